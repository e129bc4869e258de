"""The behaviour diff: what a change to the catalogue does to the answers of texts it did not touch.

Both catalogues answer the same texts, those of either catalogue and of the corpus; subsumption is
proven from the templates.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from api import behaviour, catalogue
from api.behaviour import Outcome, Text
from api.matcher import Matcher
from api.model import Catalogue, Signature

_SHOWN = 5


class RevisionError(ValueError):
    """The revision to compare with cannot be read."""


@dataclass(frozen=True, slots=True)
class Change:
    """A text that is answered otherwise than before."""

    text: Text
    before: Outcome
    after: Outcome

    @property
    def stolen(self) -> bool:
        """Whether it was its own signature's and now gets another cause or section."""
        was, now = self.before, self.after
        mine = bool(self.text.owner) and was.signature == self.text.owner
        return mine and (was.cause, was.section) != (now.cause, now.section)

    @property
    def worse(self) -> bool:
        accept = self.text.accept
        return self.before.cause in accept and self.after.cause not in accept


@dataclass(frozen=True, slots=True)
class Entry:
    """A signature that is new, changed or removed, with the texts that came to it and left it."""

    what: str
    id: str
    gained: Sequence[Change]
    lost: Sequence[Change]
    subsumes: Sequence[str]

    @property
    def stolen(self) -> Sequence[Change]:
        return [change for change in self.gained if change.stolen]

    @property
    def decoys(self) -> Sequence[Change]:
        return [change for change in self.gained if change.text.role == "decoy"]


@dataclass(frozen=True, slots=True)
class Report:
    """`entries` are the touched signatures, `changes` every text answered otherwise."""

    entries: Sequence[Entry]
    changes: Sequence[Change]
    texts: int

    @property
    def others(self) -> Sequence[Change]:
        """Changes that no touched signature gained or lost."""
        explained = {change for entry in self.entries for change in (*entry.gained, *entry.lost)}
        return [change for change in self.changes if change not in explained]

    @property
    def harm(self) -> Sequence[str]:
        """What a reviewer must not let pass, in words; empty when the change is clean."""
        said = []
        if decoys := [c for c in self.changes if c.text.role == "decoy" and c.worse]:
            said.append(f"{_counted(decoys, 'decoy')} newly answered")
        removed = {entry.id for entry in self.entries if entry.what == "removed"}
        if victims := sorted({c.text.owner for c in self.changes if c.stolen} - removed):
            more = f" and {len(victims) - _SHOWN} more" if len(victims) > _SHOWN else ""
            said.append(f"steals from {', '.join(victims[:_SHOWN])}{more}")
        rest = [c for c in self.changes if c.text.role != "decoy" and not c.stolen]
        if wrong := [c for c in rest if c.worse]:
            said.append(f"{_counted(wrong, 'text')} answered wrongly, e.g. {wrong[0].text.name}")
        return said

    @property
    def verdict(self) -> str:
        """One line."""
        if not self.harm:
            gained = [change for entry in self.entries for change in entry.gained]
            return f"clean: {_counted(gained, 'text')} gained, nothing stolen, no decoy answered"
        broad = any(entry.decoys for entry in self.entries)
        advice = ". Add a word that only this failure prints" if broad else ""
        return f"{'too broad' if broad else 'harm'}: {'; '.join(self.harm)}{advice}"


def _counted(changes: Sequence[Change], word: str) -> str:
    return f"{len(changes)} {word}{'s' if len(changes) != 1 else ''}"


def base(root: Path, revision: str) -> Catalogue:
    """The catalogue as it was at a git revision."""
    git = ["git", "-C", str(root), "archive", "--format=tar", revision, "--"]
    wanted = ["signatures", "docs/causes", "mkdocs.yml"]
    packed = subprocess.run([*git, *wanted], capture_output=True, check=False)
    if packed.returncode:
        said = packed.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
        raise RevisionError(f"git cannot show the catalogue at '{revision}': {said}")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
            archive.extractall(folder, filter="data")
        return catalogue.inspect(Path(folder)).catalogue


def compare(old: Catalogue, new: Catalogue, corpus: Sequence[Path], root: Path) -> Report:
    """Answer every known text with both catalogues, and attribute each change to a signature."""
    texts = behaviour.texts(new, corpus, root)
    known = {text.text for text in texts}
    texts += [text for text in behaviour.texts(old) if text.text not in known]
    before, after = Matcher(old), Matcher(new)
    changes = []
    for text in texts:
        was, now = behaviour.outcome(before, text.text), behaviour.outcome(after, text.text)
        if was != now:
            changes.append(Change(text, was, now))
    entries = [_entry(what, name, changes, new) for what, name in _touched(old, new)]
    return Report(entries, changes, len(texts))


def _touched(old: Catalogue, new: Catalogue) -> Iterator[tuple[str, str]]:
    for name, signature in new.signatures.items():
        if name not in old.signatures:
            yield "new", name
        elif _behaviour(old.signatures[name]) != _behaviour(signature):
            yield "changed", name
    for name in old.signatures:
        if name not in new.signatures:
            yield "removed", name


def _behaviour(signature: Signature) -> object:
    """What decides answers: not the examples, not the references."""
    return (
        signature.template.text, signature.section, signature.kind, signature.generic,
        signature.ambiguous_with, signature.prefer,
    )  # fmt: skip


def _entry(what: str, name: str, changes: Sequence[Change], new: Catalogue) -> Entry:
    gained = [c for c in changes if c.after.signature == name and c.before.signature != name]
    lost = [c for c in changes if c.before.signature == name and c.after.signature != name]
    signature = new.signatures.get(name)
    subsumes = []
    if signature:
        subsumes = [
            long.id
            for long in new.signatures.values()
            if long.id != name and behaviour.subsumes(signature.template, long.template)
        ]
    return Entry(what, name, gained, lost, subsumes)


def text(report: Report) -> str:
    """For a terminal."""
    lines = []
    for entry in report.entries:
        lines.append(f"{entry.what:8} {entry.id}")
        lines += [f"  {name:9} {said}" for name, said in _facts(entry)]
    for change in report.others[:_SHOWN]:
        lines.append(f"also     {change.text.name}: {_moved(change)}")
    if len(report.others) > _SHOWN:
        lines.append(f"also     {len(report.others) - _SHOWN} more")
    lines.append(f"verdict  {report.verdict} ({report.texts} texts compared)")
    return "\n".join(lines) + "\n"


def markdown(report: Report) -> str:
    """For a pull request's job summary."""
    lines = ["## What this changes in the answers", ""]
    lines += [f"**{report.verdict}** ({report.texts} texts compared)", ""]
    if report.entries:
        lines += ["| Signature | What | |", "|---|---|---|"]
    for entry in report.entries:
        said = "<br>".join(f"{name}: {_cell(fact)}" for name, fact in _facts(entry))
        lines.append(f"| `{entry.id}` | {entry.what} | {said} |")
    if report.others:
        lines += ["", "Changed besides:", ""]
        lines += [f"- {_cell(c.text.name)}: {_cell(_moved(c))}" for c in report.others[:_SHOWN]]
    return "\n".join(lines) + "\n"


def _cell(said: str) -> str:
    return said.replace("|", "\\|").replace("<", "&lt;")


def _facts(entry: Entry) -> Iterator[tuple[str, str]]:
    yield "gained", _names(entry.gained)
    yield "lost", _names(entry.lost)
    yield "steals", _names(entry.stolen, whose=True)
    yield "decoys", _names(entry.decoys)
    if entry.subsumes:
        more = f" and {len(entry.subsumes) - 3} more" if len(entry.subsumes) > 3 else ""
        yield "subsumes", f"{', '.join(entry.subsumes[:3])}{more} (all its words are inside)"


def _names(changes: Sequence[Change], whose: bool = False) -> str:
    if not changes:
        return "0"
    first = changes[0]
    example = f"{first.text.name}: {_moved(first)}" if whose else first.text.name
    return f"{len(changes)}, e.g. {example}"


def _moved(change: Change) -> str:
    return f"{_answer(change.before)} → {_answer(change.after)}"


def _answer(outcome: Outcome) -> str:
    where = f"{outcome.cause}/{outcome.section}" if outcome.section else outcome.cause
    return f"{where} by {outcome.signature}" if outcome.signature else where
