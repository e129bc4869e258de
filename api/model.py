"""What a catalogue is: frozen causes, signatures, sections, and where they are written.

Nothing here reads a file's meaning, so a process that answers from a compiled catalogue starts
without the YAML and Markdown libraries; `catalogue` loads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from api.templates import Template


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    form: str
    runtime: str
    version: str | None
    source: str
    captures: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class CounterExample:
    text: str
    cause: str
    because: str
    line: int


@dataclass(frozen=True, slots=True)
class Preference:
    """In the context `when`, `cause` and `section` are the better answer."""

    when: str
    cause: str
    section: str | None


@dataclass(frozen=True, slots=True)
class Reference:
    url: str
    seen: str


@dataclass(frozen=True, slots=True)
class Signature:
    """One wording. `kind`: reason, umbrella or symptom; `generic` needs pull evidence beside it."""

    id: str
    cause: str
    section: str | None
    status: str
    kind: str
    generic: bool
    template: Template
    emitters: tuple[str, ...]
    since: str | None
    until: str | None
    ambiguous_with: tuple[str, ...]
    prefer: tuple[Preference, ...]
    references: tuple[Reference, ...]
    examples: tuple[Example, ...]
    not_this: tuple[CounterExample, ...]
    known_gaps: tuple[Example, ...]
    aliases: tuple[str, ...]
    replaced_by: str | None
    line: int


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A wording of something else: `weight` 1 to 5 says how surely it is no image-pull failure."""

    id: str
    kind: str
    weight: int
    template: Template
    because: str
    examples: tuple[Example, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Wrapper:
    """An outer phrase: the stage it proves, what it `says` was going on, how surely (1 to 5).

    `shows` is a fact that a signature's `prefer` may ask for.
    """

    template: Template
    stage: str
    says: str
    weight: int
    shows: str | None
    line: int


@dataclass(frozen=True, slots=True)
class TellApart:
    neighbour: str
    because: str
    check: str
    if_this: str
    if_that: str


@dataclass(frozen=True, slots=True)
class Section:
    """A linkable part of a cause's page; `id` is None for a cause without sections."""

    id: str | None
    title: str
    html: str
    markdown: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    slug: str
    title: str
    summary: str
    retry: str
    tells_apart: tuple[TellApart, ...]
    sections: Mapping[str | None, Section]

    def url(self, section: str | None = None) -> str:
        """The permalink, a path of the site."""
        return f"/causes/{self.slug}/" + (f"#{section}" if section else "")


@dataclass(frozen=True, slots=True)
class Catalogue:
    causes: Mapping[str, Cause]
    signatures: Mapping[str, Signature]
    look_alikes: Sequence[LookAlike]
    wrappers: Sequence[Wrapper]
    aliases: Mapping[str, str]
    well_known: frozenset[str]
    digest: str

    def signature(self, identifier: str) -> Signature | None:
        """The signature with this id, or whose alias it is."""
        return self.signatures.get(self.aliases.get(identifier, identifier))


def sources(root: Path) -> list[Path]:
    """Every file the catalogue is made of, in a fixed order."""
    return [
        root / "mkdocs.yml",
        *sorted((root / "signatures").glob("*.yaml")),
        root / "signatures" / "well-known.txt",
        *sorted((root / "docs" / "causes").glob("*.md")),
    ]


def digest(root: Path) -> str:
    """A hash of all sources: names the catalogue in /readyz and keys the compiled index."""
    total = hashlib.sha256()
    for path in sources(root):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:16]
