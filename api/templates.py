"""The template language of the catalogue: literal words and typed placeholders, nothing else.

A template is cut into *runs* of literal tokens with *slots* of placeholders between them. Both
templates and pasted text pass through `masking`, so case, quotes and punctuation never matter.
Grammar: literal text; `{type}` or `{type:name}` for one piece of that type; `{gap}` for up to
twelve pieces; a literal brace is written twice.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from api import masking

GAP = "gap"
GAP_PIECES = 12

# What a placeholder accepts: None for any one piece, else the tokens it must be.
PLACEHOLDERS: dict[str, frozenset[str] | None] = {
    "image": None,
    "pinned": frozenset(("<pinned>",)),
    "registry": None,
    "repository": None,
    "tag": None,
    "digest": None,
    "host": None,
    "addr": None,
    "path": frozenset(("<path>", "<socket>", "<layer-path>", "<file>")),
    "socket": frozenset(("<socket>",)),
    "pod": None,
    "word": None,
    "secret": None,
    "duration": None,
    "size": None,
    "int": None,
    "status": frozenset(masking.STATUS_TOKENS),
    "platform": frozenset(("<platform>",)),
    "media": frozenset(masking.MEDIA_TOKENS),
    "schema1-media": frozenset(("<schema1-media>",)),
    "web-media": frozenset(("<web-media>",)),
    "url": frozenset(masking.URL_TOKENS),
    "ping-url": frozenset(("<ping-url>",)),
    "manifest-url": frozenset(("<manifest-url>",)),
    "blob-url": frozenset(("<blob-url>", "<upload-url>")),
    "token-url": frozenset(("<token-url>",)),
    "create-url": frozenset(("<create-url>",)),
    GAP: None,
}


class TemplateError(ValueError):
    """A fault in a template; `column` counts from 0 in the template's own text."""

    def __init__(self, message: str, column: int, fix: str) -> None:
        super().__init__(message)
        self.column = column
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One slot entry: its type, the name its capture goes by, and what it accepts."""

    type: str
    name: str


@dataclass(frozen=True, slots=True)
class Template:
    """Literal `runs` and the `slots` before, between and after them (one more than runs)."""

    text: str
    runs: tuple[tuple[str, ...], ...]
    slots: tuple[tuple[Placeholder, ...], ...]
    words: int  # literal tokens: the measure of how specific it is
    captures: frozenset[str]  # the types of its placeholders


def parse(text: str) -> Template:
    """Read a template. Raises TemplateError with the column of the first fault."""
    runs: list[tuple[str, ...]] = []
    slots: list[tuple[Placeholder, ...]] = [()]
    for literal, placeholder, column in _parts(text):
        if placeholder is None:
            run = tuple(
                token for piece in masking.pieces(literal) for token in masking.tokens(piece)
            )
            if run and len(runs) == len(slots):
                runs[-1] += run  # only punctuation stood between them
            elif run:
                runs.append(run)
                slots.append(())
        else:
            slots[-1] += (_placeholder(placeholder, column),)
    if not runs:
        raise TemplateError("no literal word", 0, "add the words that only this failure prints")
    for slot, column in ((slots[0], 0), (slots[-1], len(text))):
        if any(entry.type == GAP for entry in slot):
            raise TemplateError(
                "{gap} is first or last", column, "remove it; a template may match anywhere"
            )
    words = sum(len(run) for run in runs)
    captures = frozenset(entry.type for slot in slots for entry in slot)
    return Template(text, tuple(runs), tuple(slots), words, captures)


def typed_literals(text: str) -> list[tuple[str, str]]:
    """(piece, token) for each literal piece that reads as a type and so matches any of its kind."""
    return [
        (masking.trim(piece), token)
        for literal, placeholder, _ in _parts(text)
        if placeholder is None
        for piece in masking.pieces(literal)
        for token in masking.tokens(piece)
        if token[0] == "<"
    ]


def _parts(text: str) -> list[tuple[str, str | None, int]]:
    """Cut into (literal, None, column) and ("", placeholder source, column)."""
    parts: list[tuple[str, str | None, int]] = []
    literal, at = "", 0
    while at < len(text):
        char = text[at]
        if text[at : at + 2] in ("{{", "}}"):
            literal, at = literal + char, at + 2
        elif char == "{":
            end = text.find("}", at)
            if end < 0:
                raise TemplateError("'{' is never closed", at, "close it with '}', or write '{{'")
            parts += [(literal, None, at), ("", text[at + 1 : end], at)]
            literal, at = "", end + 1
        elif char == "}":
            raise TemplateError("'}' without '{'", at, "write '}}' for a literal brace")
        else:
            literal, at = literal + char, at + 1
    return [*parts, (literal, None, at)]


def _placeholder(source: str, column: int) -> Placeholder:
    kind, _, name = source.partition(":")
    if kind not in PLACEHOLDERS:
        near = difflib.get_close_matches(kind, PLACEHOLDERS, n=1)
        fix = f"did you mean {{{near[0]}}}?" if near else "use one of the types"
        types = ", ".join(PLACEHOLDERS)
        raise TemplateError(f"no type '{kind}' in {{{source}}}", column, f"{fix} Types: {types}")
    return Placeholder(kind, name or kind)
