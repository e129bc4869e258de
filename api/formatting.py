"""`fix`: what a machine can put right without changing what the catalogue means.

Entries are sorted by id and their keys put in the format's order, as text, so that comments and
quoting stay. A file whose meaning would change is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from api import catalogue, checks, entries
from api.catalogue import LOOK_ALIKES, WRAPPERS
from api.entries import Entry, Field

_LISTS = ("signatures", "wrappers")
_KEY = re.compile(r"([a-z_]+):")


def fix(root: Path) -> list[str]:
    """Put every file in order; the paths that changed."""
    changed = []
    for path in sorted((root / "signatures").glob("*.yaml")):
        text = path.read_text("utf-8")
        better = ordered(text, fields_of(path.stem), path.stem != WRAPPERS)
        if better != text:
            path.write_text(better, "utf-8")
            changed.append(str(path.relative_to(root)))
    found = catalogue.inspect(root).catalogue
    for name, wanted in checks.generated(root, found).items():
        path = root / name
        if not path.exists() or path.read_text("utf-8") != wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted, "utf-8")
            changed.append(name)
    return changed


def fields_of(stem: str) -> Mapping[str, Field]:
    """The format of `signatures/<stem>.yaml`."""
    special = {WRAPPERS: entries.WRAPPER_FILE, LOOK_ALIKES: entries.LOOK_ALIKE_FILE}
    return special.get(stem, entries.CAUSE_FILE)


def ordered(text: str, fields: Mapping[str, Field], by_id: bool) -> str:
    """A YAML file with entries sorted and keys in order; as it was where that is unsafe."""
    lines = [line.rstrip() for line in text.rstrip().split("\n")]
    head, blocks = _blocks(lines)
    if not blocks:
        return "\n".join(lines) + "\n"
    kind = next(field for name, field in fields.items() if name in _LISTS)
    blocks = [_keys_in_order(block, list(kind.item)) for block in blocks]
    if by_id:
        blocks.sort(key=_id)
    better = "\n".join((*head, *(line for block in blocks for line in block))) + "\n"
    before, faults = entries.read("", text, fields)
    after, same_faults = entries.read("", better, fields)
    readable = all(fault.code != "yaml" for fault in faults)
    same = len(faults) == len(same_faults) and _meaning(before) == _meaning(after)
    return better if readable and same else text


def _blocks(lines: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """The lines before the list, and those of each of its items, comments above it included."""
    start = next((n for n, line in enumerate(lines) if line.rstrip(":") in _LISTS), len(lines))
    head, blocks = list(lines[: start + 1]), []
    waiting: list[str] = []  # comments and blank lines belong to the item below them
    for line in lines[start + 1 :]:
        if line.startswith("  - "):
            blocks.append([*waiting, line])
            waiting = []
        elif not line or line.startswith("  #") or line.startswith("#"):
            waiting.append(line)
        elif blocks:
            blocks[-1] += [*waiting, line]
            waiting = []
    if blocks:
        blocks[-1] += waiting
    return head, blocks


def _id(block: Sequence[str]) -> str:
    found = next((line for line in block if line[:7] in ("  - id:", "    id:")), "")
    return found.partition("id:")[2].strip().strip("'\"")


def _keys_in_order(block: list[str], order: Sequence[str]) -> list[str]:
    """Reorder the top-level keys of an item; whatever cannot be told apart stays."""
    first = next(number for number, line in enumerate(block) if line.startswith("  - "))
    comments = block[:first]
    body = ["    " + block[first][4:], *block[first + 1 :]]
    parts: list[tuple[str, list[str]]] = []
    waiting: list[str] = []
    for line in body:
        key = _KEY.match(line[4:]) if line[:4] == "    " and line[4:5] != " " else None
        if key:
            parts.append((key.group(1), [*waiting, line]))
            waiting = []
        elif line.startswith("    #"):
            waiting.append(line)
        elif parts:
            parts[-1][1].extend([*waiting, line])
            waiting = []
        else:
            return block
    names = [name for name, _ in parts]
    if len(set(names)) < len(names) or not set(names) <= set(order):
        return block  # `check` says so; guessing would hide it
    parts.sort(key=lambda part: order.index(part[0]))
    lines = [line for _, part in parts for line in part] + waiting
    at = next(number for number, line in enumerate(lines) if not line.startswith("    #"))
    # A comment inside the item that came first now stands above the item's dash.
    lifted = [line[2:] for line in lines[:at]]
    return [*comments, *lifted, "  - " + lines[at][4:], *lines[at + 1 :]]


def _meaning(entry: Entry) -> object:
    """The values of a file, without places; items of the sorted lists without their order."""

    def plain(value: object) -> object:
        if isinstance(value, Entry):
            return {key: plain(inner) for key, inner in sorted(value.values.items())}
        if isinstance(value, tuple):
            return [plain(inner) for inner in value]
        return value

    values = {key: plain(value) for key, value in entry.values.items()}
    for name in _LISTS:
        if isinstance(items := values.get(name), list):
            values[name] = sorted(items, key=repr)
    return values
