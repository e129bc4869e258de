"""Markdown to HTML, with the extensions the site uses, and pages cut into linkable sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import markdown

from api.entries import read_plain

# MkDocs adds these by itself; without them a shell comment inside a fence becomes a heading.
_MKDOCS_ADDS = ("toc", "tables", "fenced_code")
_HEADING = re.compile(r"(#{1,6}) +(.*?)(?: +\{#([a-z0-9-]+)\})? *$")
_FENCE = re.compile(r" *(```+|~~~+) *([a-z]*)")
_LINK = re.compile(r'href="([^":#]*?)([^"/:#]+)\.md(#[^"]*)?"')


@dataclass(frozen=True, slots=True)
class Heading:
    """A Markdown heading outside fences: `line` counts from 1, `id` is None where it has none."""

    level: int
    title: str
    id: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown page: its front matter, its body, and the number of lines before the body."""

    meta: Mapping[str, Any]
    body: str
    offset: int


def page(text: str) -> Page:
    """Cut the front matter off a page."""
    if text.startswith("---\n") and (end := text.find("\n---\n", 3)) >= 0:
        meta = read_plain(text[4:end]) or {}
        return Page(meta, text[end + 5 :], text.count("\n", 0, end + 5))
    return Page({}, text, 0)


def headings(body: str) -> list[Heading]:
    found = []
    for number, line in _outside_fences(body):
        heading = _HEADING.fullmatch(line)
        if heading:
            hashes, title, anchor = heading.groups()
            found.append(Heading(len(hashes), title, anchor, number))
    return found


def sections(body: str, level: int) -> dict[str, tuple[str, str, int]]:
    """Heading id → (title, Markdown below it, line), for the headings of `level`."""
    marks = [h for h in headings(body) if h.level <= level]
    lines = body.split("\n")
    found = {}
    for number, mark in enumerate(marks):
        if mark.level == level and mark.id:
            end = marks[number + 1].line - 1 if number + 1 < len(marks) else len(lines)
            found[mark.id] = (mark.title, "\n".join(lines[mark.line : end]).strip(), mark.line)
    return found


def fences(text: str) -> list[tuple[str, str, int]]:
    """Every fenced block of `text` as (language, content, line of its opening fence)."""
    blocks: list[tuple[str, str, int]] = []
    opening, language, start, content = "", "", 0, [""]
    indent = 0
    for number, line in enumerate(text.split("\n"), start=1):
        fence = _FENCE.match(line)
        if not opening and fence:
            opening, language = fence.groups()
            indent = len(line) - len(line.lstrip())
            start, content = number, []
        elif opening and line.strip() == opening:
            blocks.append((language, "\n".join(content), start))
            opening = ""
        elif opening:
            content.append(line[indent:] if not line[:indent].strip() else line)
    return blocks


class Renderer:
    """Renders with the extensions named in mkdocs.yml, so that API and site agree."""

    def __init__(self, mkdocs_yml: str) -> None:
        config = read_plain(mkdocs_yml)
        names: list[str] = list(_MKDOCS_ADDS)
        options: dict[str, Any] = {}
        for extension in config.get("markdown_extensions", ()):
            for name, settings in (
                extension.items() if isinstance(extension, dict) else [(extension, {})]
            ):
                if name not in names:
                    names.append(name)
                options[name] = settings or {}
        options.setdefault("toc", {})["permalink"] = False  # the page has them; an answer does not
        self._markdown = markdown.Markdown(extensions=names, extension_configs=options)

    def html(self, text: str, directory: str = "/causes/") -> str:
        """Render; links to other pages' Markdown become absolute paths below `directory`."""
        self._markdown.reset()
        return _LINK.sub(
            lambda link: f'href="{_path(directory, link)}"', self._markdown.convert(text)
        )


def _path(directory: str, link: re.Match[str]) -> str:
    folder, name, fragment = link.groups()
    parts = directory.strip("/").split("/") if directory.strip("/") else []
    for part in folder.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part and part != ".":
            parts.append(part)
    if name != "index":
        parts.append(name)
    return "/" + "".join(f"{part}/" for part in parts) + (fragment or "")


def _outside_fences(body: str) -> Iterator[tuple[int, str]]:
    opening = ""
    for number, line in enumerate(body.split("\n"), start=1):
        fence = _FENCE.match(line)
        if not opening and fence:
            opening = fence.group(1)
        elif opening and line.strip() == opening:
            opening = ""
        elif not opening:
            yield number, line
