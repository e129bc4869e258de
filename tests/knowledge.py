"""The knowledge base as its tests read it: pages, code blocks, prose, and the links to sources.

`python -m tests.knowledge` prints the record of external links, one JSON object a line. The pages
are the only list of them, so this record cannot disagree with what a reader sees.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from api import rendering

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
CAUSES = sorted(path.stem for path in (DOCS / "causes").glob("*.md"))

_EXTERNAL = re.compile(r"\[([^\]]*)\]\((https?://[^)\s]+)\)")
_SEEN = re.compile(r"\(seen (\d{4}-\d{2}-\d{2})\)")
_MARKUP = re.compile(
    r"<!--.*?-->|\{[#.][^}]*\}|!\[[^\]]*\]\([^)]*\)|\]\([^)]*\)|</?[a-z][^>]*>", re.DOTALL
)
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_BLOCK = re.compile(r"^\s*(?:[-*+]|\d+\.|:|>|\?\?\?\+?|!!!|#+)\s")
_TITLED = re.compile(r'^(\s*)(?:!!!|\?\?\?\+?) \w+ "(.*)"\s*$')
# Programs keep their lower case at the start of a sentence.
_LOWER = "containerd|cri-dockerd|crictl|crane|crun|curl|ctr|dockerd|ext4|k3s|kubectl|runc|skopeo"
_END = re.compile(
    rf"(?<=[.!?:;])[\"”)]*\s+(?=[\"“(]*[A-Z0-9])|(?<=[.!?])[\"”)]*\s+(?=(?:{_LOWER})\b)"
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: the page's path below docs/, the line of its fence, its content."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"docs/{self.page}:{self.line}"


@dataclass(frozen=True, slots=True)
class Link:
    """An external link of a page. `seen` is empty where the page does not say when."""

    page: str
    title: str
    url: str
    seen: str


@dataclass(frozen=True, slots=True)
class Page:
    path: str
    meta: Mapping[str, Any]
    body: str
    offset: int

    @property
    def verified(self) -> datetime.date | None:
        value = self.meta.get("verified")
        return value if isinstance(value, datetime.date) else _date(value)

    def blocks(self) -> list[Block]:
        return [
            Block(self.path, line + self.offset, language, text)
            for language, text, line in rendering.fences(self.body)
        ]

    def sections(self) -> Iterator[tuple[str, str]]:
        """Title and text of what stands before the first H2 heading, then of each H2 section."""
        lines = self.body.split("\n")
        marks = [heading for heading in rendering.headings(self.body) if heading.level == 2]
        starts = [0, *(heading.line for heading in marks)]
        ends = [*(heading.line - 1 for heading in marks), len(lines)]
        titles = ["", *(heading.title for heading in marks)]
        for title, start, end in zip(titles, starts, ends, strict=True):
            yield title, "\n".join(lines[start:end])

    def paragraphs(self) -> Iterator[str]:
        """The prose, a paragraph, list item or table cell each; code and markup left out."""
        lines: list[str] = []
        for line in [*prose_lines(self.body), ""]:
            titled = _TITLED.match(line)
            if titled:
                line = f"{titled.group(1)}{titled.group(2)}."
            row = line.strip()
            starts = not row or titled or row.startswith("|") or _BLOCK.match(line)
            if starts and lines:
                yield from _clean(lines)
                lines = []
            if row.startswith("|"):
                for cell in row.strip("|").split("|"):
                    yield from _clean([cell])
            elif row and not row.startswith("#"):
                lines.append(line)

    def sentences(self) -> Iterator[str]:
        for paragraph in self.paragraphs():
            yield from (part.strip() for part in _END.split(paragraph) if part.strip())

    def links(self) -> Iterator[Link]:
        for line in prose_lines(self.body):
            seen = _SEEN.search(line)
            for title, url in _EXTERNAL.findall(line):
                yield Link(self.path, title, url, seen.group(1) if seen else "")


def pages() -> list[Page]:
    return [read(str(path.relative_to(DOCS))) for path in sorted(DOCS.rglob("*.md"))]


def read(path: str) -> Page:
    page = rendering.page((DOCS / path).read_text("utf-8"))
    return Page(path, page.meta, page.body, page.offset)


def prose_lines(body: str) -> Iterator[str]:
    opening = ""
    for line in body.split("\n"):
        mark = re.match(r" *(```+|~~~+)", line)
        if not opening and mark:
            opening = mark.group(1)
        elif opening and line.strip() == opening:
            opening = ""
        elif not opening:
            yield line


def _clean(lines: list[str]) -> Iterator[str]:
    text = " ".join(_BLOCK.sub("", line).strip() for line in lines)
    text = _MARKUP.sub("", _CODE.sub("CODE", text)).replace("[", "").replace("]", "")
    text = re.sub(r"\s+", " ", text.replace("*", "")).strip()
    if text and not re.fullmatch(r"[-: |]+", text):
        yield text


def _date(value: object) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        return None


if __name__ == "__main__":
    for page in pages():
        for link in page.links():
            print(json.dumps(asdict(link), ensure_ascii=False))
