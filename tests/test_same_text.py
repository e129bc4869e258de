"""What the API sends of a section is what stands on its page: same words, same order."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from api import catalogue
from tests.conftest import ROOT

CAUSES = catalogue.load(ROOT).causes
_HIDDEN = ("script", "style", "nav", "button")
_VOID = ("br", "hr", "img", "input", "link", "meta", "source", "wbr")


class Sections(HTMLParser):
    """Text by the id of the second-level heading above it, links to headings left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._here: list[str] | None = None
        self._skipped = 0
        self._stack: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "h2":
            self._here = self.found.setdefault(given.get("id") or "", [])
        if tag in _VOID:
            return
        hidden = tag in _HIDDEN or "headerlink" in (given.get("class") or "")
        self._stack.append((tag, hidden))
        self._skipped += hidden

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._here = None
        while self._stack:
            opened, hidden = self._stack.pop()
            self._skipped -= hidden
            if opened == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._here is not None and not self._skipped:
            self._here.append(data)


def texts(html: str) -> dict[str, str]:
    reader = Sections()
    reader.feed(html)
    return {name: " ".join("".join(parts).split()) for name, parts in reader.found.items()}


@pytest.mark.parametrize("slug", CAUSES)
def test_every_section_reads_the_same_in_the_api_and_on_the_page(site: Path, slug: str) -> None:
    page = texts((site / "causes" / slug / "index.html").read_text("utf-8"))
    told = [section for section in CAUSES[slug].sections.values() if section.id]
    for section in told:
        (sent,) = texts(section.html).values()
        assert len(sent) > 100, f"{slug}#{section.id} is all but empty"
        assert sent == page[section.id or ""]


def test_most_causes_have_sections() -> None:
    assert sum(any(section.id for section in c.sections.values()) for c in CAUSES.values()) >= 9
