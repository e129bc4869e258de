"""`signatures/ids.txt`: every id that was ever published, so that no link to one can die.

A line is `cause <slug>`, `section <cause>/<id>`, `signature <id>` or `look-alike <id>`. Lines are
only ever added. What a line names must be live, retired, or an alias of something live.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from api import rendering
from api.entries import Entry
from api.model import Catalogue
from api.problems import Problem

NAME = "signatures/ids.txt"
_HEADER = "# Every id ever published. Lines are only added (make fix), never changed or removed.\n"


def published(root: Path) -> Sequence[tuple[int, str]]:
    """(line number, entry) of the ledger as it stands."""
    path = root / NAME
    text = path.read_text("utf-8") if path.exists() else ""
    lines = enumerate(text.split("\n"), start=1)
    return [(number, line) for number, line in lines if line and line[0] != "#"]


def live(catalogue: Catalogue) -> set[str]:
    """The entries the catalogue stands for today; aliases are promises too."""
    found = {f"signature {name}" for name in (*catalogue.signatures, *catalogue.aliases)}
    found |= {f"look-alike {entry.id}" for entry in catalogue.look_alikes}
    for cause in catalogue.causes.values():
        found.add(f"cause {cause.slug}")
        found |= {f"section {cause.slug}/{section}" for section in cause.sections if section}
    return found


def written(root: Path, catalogue: Catalogue) -> str:
    """The ledger with what is new added; what was there stays, in its place."""
    old = [line for _, line in published(root)]
    new = sorted(live(catalogue).difference(old))
    return _HEADER + "".join(f"{line}\n" for line in (*old, *new))


def check(root: Path, catalogue: Catalogue, files: Mapping[str, Entry]) -> Iterator[Problem]:
    """Ids that were lost or used again; a faulty entry of `files` still holds its id."""
    here = live(catalogue)
    for file in files.values():
        here |= {f"signature {entry.get('id')}" for entry in file.entries("signatures")}
        here |= {f"look-alike {entry.get('id')}" for entry in file.entries("signatures")}
    for number, line in published(root):
        kind, _, name = line.partition(" ")
        if line in here or (kind == "section" and _anchored(root, name)):
            continue
        if kind == "section":
            cause, _, section = name.partition("/")
            fix = f"give a heading of docs/causes/{cause}.md the id {{#{section}}} again"
        elif kind == "signature":
            fix = "list it under aliases of its successor, or keep it with status: retired"
        else:
            fix = "bring it back"
        message = f"'{name}' was published and has no entry"
        yield Problem(NAME, number, 0, "lost-id", message, fix)
    for alias, owner in catalogue.aliases.items():
        if alias in catalogue.signatures:
            signature = catalogue.signatures[owner]
            path = f"signatures/{signature.cause}.yaml"
            message = f"'{alias}' is an alias of {owner} and an id of its own"
            yield Problem(path, signature.line, 0, "reused-id", message, "choose another id")
    for signature in catalogue.signatures.values():
        wanted = signature.replaced_by
        if wanted and wanted not in catalogue.signatures:
            path = f"signatures/{signature.cause}.yaml"
            message = f"{signature.id} is replaced by '{wanted}', which is no signature"
            yield Problem(path, signature.line, 0, "lost-id", message, "name a live id")


def _anchored(root: Path, name: str) -> bool:
    """Whether a former section is still an anchor of its page."""
    cause, _, section = name.partition("/")
    path = root / "docs" / "causes" / f"{cause}.md"
    return path.exists() and section in {h.id for h in rendering.headings(path.read_text("utf-8"))}
