"""Checks of one entry at a time, on the YAML as it stands: names, order, sources, secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from api import redaction, templates
from api.catalogue import LOOK_ALIKES, WRAPPERS
from api.entries import Entry
from api.problems import Problem

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_SOURCE = re.compile(r"https://\S+|(lab|atlas)(:\S+)?")
_TODO = re.compile(r"\bTODO\b")
_TEXTS = ("examples", "not_this", "known_gaps")


def check(files: Mapping[str, Entry]) -> Iterator[Problem]:
    """Everything wrong with single entries; `files` are the YAML files by path."""
    for path, file in files.items():
        stem = path.removeprefix("signatures/").removesuffix(".yaml")
        yield from _todo(path, file)
        for entry in file.entries("tells_apart"):
            yield from _todo(path, entry)
        if stem == WRAPPERS:
            for entry in file.entries("wrappers"):
                yield from _template(path, entry)
            continue
        previous = ""
        for entry in file.entries("signatures"):
            name = entry.get("id", "")
            yield from _identifier(path, entry, stem)
            if previous and name and name < previous:
                message = f"'{name}' comes before '{previous}'"
                yield _at(path, entry, "id", "unsorted", message, "make fix")
            previous = name or previous
            yield from _todo(path, entry)
            yield from _template(path, entry)
            yield from _texts(path, entry)
            if stem != LOOK_ALIKES:
                yield from _evidence(path, entry)


def _at(path: str, entry: Entry, key: str, code: str, message: str, fix: str) -> Problem:
    line, column = entry.places.get(key, (entry.line, 1))
    return Problem(path, line, column, code, message, fix)


def _identifier(path: str, entry: Entry, stem: str) -> Iterator[Problem]:
    for name in (entry.get("id"), *entry.get("aliases", ())):
        if name and not _ID.fullmatch(name):
            message = f"'{name}' is not lower-case words joined by hyphens"
            yield _at(path, entry, "id", "bad-id", message, f"write {stem}-what-it-says")
    if stem == LOOK_ALIKES and entry.get("id") and entry.get("kind"):
        wanted = f"none-{entry.get('kind')}-"
        if not entry.get("id").startswith(wanted):
            message = f"'{entry.get('id')}' does not start with {wanted}"
            yield _at(path, entry, "id", "bad-id", message, f"start it with '{wanted}'")


def _template(path: str, entry: Entry) -> Iterator[Problem]:
    text = entry.get("template")
    if text is None:
        return
    try:
        literals = templates.typed_literals(text)
    except templates.TemplateError:
        return  # the loader says so
    for piece, token in literals:
        if token != "<int>":  # a number in a message is usually part of its words
            kind = token.strip("<>")
            message = f"'{piece}' reads as {token}: the template matches any {kind} there"
            wanted = kind if kind in templates.PLACEHOLDERS else "word"
            fix = f"write {{{wanted}}}, and enough words beside it"
            yield _at(path, entry, "template", "typed-literal", message, fix)


def _todo(path: str, entry: Entry) -> Iterator[Problem]:
    for key, value in entry.values.items():
        if isinstance(value, str) and _TODO.search(value):
            message = f"{key} is still '{value[:60]}'"
            yield _at(path, entry, key, "todo-left", message, "write what belongs there")


def _texts(path: str, entry: Entry) -> Iterator[Problem]:
    for kind in _TEXTS:
        for item in entry.entries(kind):
            yield from _todo(path, item)
            source = item.get("source", "")
            if "TODO" not in source and "source" in item.places and not _SOURCE.fullmatch(source):
                message = f"source is '{source}'"
                fix = "an https address, lab:<recipe>, or atlas if written after the source code"
                yield _at(path, item, "source", "no-source", message, fix)
            yield from _secret(path, item)
    for item in entry.entries("references"):
        yield from _todo(path, item)
        url = item.get("url", "")
        if "TODO" not in url and not url.startswith("https://"):
            message = f"url is '{url}'"
            yield _at(path, item, "url", "no-source", message, "write an https address")


def _secret(path: str, item: Entry) -> Iterator[Problem]:
    text = item.get("text", "")
    clean = redaction.redact(text)
    if clean.text != text:
        what = ", ".join(clean.removed)
        fix = f"write {redaction.MASK} in its place"
        yield _at(path, item, "text", "secret", f"the text holds what looks like: {what}", fix)


def _evidence(path: str, entry: Entry) -> Iterator[Problem]:
    """Stable is earned: two texts, or one and the source line that prints it.

    Retired says since when no supported runtime prints the wording.
    """
    if entry.get("status") == "retired" and not entry.get("until"):
        message = f"'{entry.get('id')}' is retired and has no 'until'"
        fix = "name the last version that printed it"
        yield _at(path, entry, "status", "missing-field", message, fix)
    if (
        entry.get("status") == "stable"
        and not entry.get("references")
        and len(entry.entries("examples")) < 2
    ):
        message = f"'{entry.get('id')}' is stable with one text and no reference"
        fix = "add the line that prints it to references, a second text, or set status: draft"
        yield _at(path, entry, "status", "no-source", message, fix)
