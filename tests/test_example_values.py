"""In the built site every example value in code is a span that the value strip can fill."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from api import runbook

KINDS = {value: kind for kind, value in runbook.EXAMPLES.items()}
VALUE = re.compile("|".join(re.escape(value) for value in runbook.EXAMPLES.values()))


@dataclass
class Code:
    """The text of one code element, and for each character the kind of the span around it."""

    text: str = ""
    kinds: list[str] = field(default_factory=list)
    spans: list[tuple[str, str]] = field(default_factory=list)


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.codes: list[Code] = []
        self._depth = 0
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "code":
            self._depth += 1
            if self._depth == 1:
                self.codes.append(Code())
        elif self._depth and tag == "span":
            given = dict(attrs)
            kind = (given.get("data-pb") or "") if given.get("class") == "pb-value" else ""
            self._open.append(kind)
            if kind:
                self.codes[-1].spans.append((kind, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "code":
            self._depth -= 1
        elif self._depth and tag == "span":
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._depth:
            kind = next((kind for kind in reversed(self._open) if kind), "")
            code = self.codes[-1]
            code.text += data
            code.kinds += [kind] * len(data)
            if kind:
                code.spans[-1] = (kind, code.spans[-1][1] + data)


def read(html: str) -> list[Code]:
    reader = Reader()
    reader.feed(html)
    return reader.codes


def unmarked(code: Code) -> list[str]:
    """Values that no span holds, and spans that hold anything but their value."""
    lost = [
        found.group()
        for found in VALUE.finditer(code.text)
        if set(code.kinds[found.start() : found.end()]) != {KINDS[found.group()]}
    ]
    return lost + [text for kind, text in code.spans if runbook.EXAMPLES.get(kind) != text]


def test_every_example_value_in_code_can_be_filled(site: Path) -> None:
    wrong: list[str] = []
    seen: set[str] = set()
    for file in sorted(site.rglob("index.html")):
        for code in read(file.read_text("utf-8")):
            seen |= {kind for kind, _ in code.spans}
            wrong += [f"{file.relative_to(site)}: {value}: {code.text}" for value in unmarked(code)]
    assert not wrong
    assert seen == set(runbook.EXAMPLES)


def test_a_value_outside_a_span_and_a_span_cut_short_are_noticed() -> None:
    assert unmarked(read("<code>crane ls registry.example.com/<b>team</b>/app</code>")[0])
    cut = '<code><span class="pb-value" data-pb="tag">1.2</span>.3</code>'
    assert unmarked(read(cut)[0]) == ["1.2.3", "1.2"]
