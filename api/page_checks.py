"""Checks of the cause pages against the signatures that lead there, and of neighbours' pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from api import rendering
from api.model import Catalogue, Cause, Signature
from api.problems import Problem

NO_SIGNATURE = "<!-- no-signature -->"
_SHAPE = ("diagnose", "fix", "verify")
_LEAST = 20  # characters of text below which a heading has nothing to say


def check(root: Path, catalogue: Catalogue) -> Iterator[Problem]:
    """Everything wrong between pages and catalogue."""
    for signature in catalogue.signatures.values():
        yield from _sectionless(catalogue, signature)
    led = {(s.cause, s.section) for s in catalogue.signatures.values()}
    led |= {(p.cause, p.section) for s in catalogue.signatures.values() for p in s.prefer}
    for cause in catalogue.causes.values():
        yield from _one_sided(catalogue, cause)
        path = root / "docs" / "causes" / f"{cause.slug}.md"
        if not path.exists():
            continue  # the loader says so
        page = rendering.page(path.read_text("utf-8"))
        name = f"docs/causes/{cause.slug}.md"
        whole = rendering.sections(page.body, 2)
        lines = {h.id: h.line + page.offset for h in rendering.headings(page.body)}
        for anchor, section in cause.sections.items():
            line = lines.get(anchor, 0)
            if anchor and not section.markdown.strip():
                message = f"'{section.title}' has nothing under it"
                yield Problem(name, line, 0, "empty-section", message, "write the section")
            else:
                parts = rendering.sections(section.markdown, 3) if anchor else whole
                yield from _shape(name, line, anchor, parts)
            if anchor and (cause.slug, anchor) not in led and NO_SIGNATURE not in section.markdown:
                message = f"no signature leads to {{#{anchor}}}"
                fix = f"add one, or put {NO_SIGNATURE} under the heading"
                yield Problem(name, line, 0, "orphan-section", message, fix)


def _sectionless(catalogue: Catalogue, signature: Signature) -> Iterator[Problem]:
    cause = catalogue.causes.get(signature.cause)
    if cause and signature.section is None and None not in cause.sections and cause.sections:
        message = f"{signature.id} has no section, and its cause's page has some"
        fix = f"name one: {', '.join(str(section) for section in cause.sections)}"
        yield Problem(
            f"signatures/{cause.slug}.yaml", signature.line, 0, "no-section", message, fix
        )


def _shape(
    path: str, line: int, anchor: str | None, parts: Mapping[str, tuple[str, str, int]]
) -> Iterator[Problem]:
    """Who lands on a section at night must find steps, a fix and a proof under it."""
    for part in _SHAPE:
        heading = f"{anchor}-{part}" if anchor else part
        if len(parts.get(heading, ("", "", 0))[1]) < _LEAST:
            message = f"'{anchor or 'the page'}' has no {part} steps"
            level = "###" if anchor else "##"
            fix = f"write them under a heading '{level} … {{#{heading}}}'"
            yield Problem(path, line, 0, "section-shape", message, fix)


def _one_sided(catalogue: Catalogue, cause: Cause) -> Iterator[Problem]:
    for entry in cause.tells_apart:
        other = catalogue.causes.get(entry.neighbour)
        path = f"signatures/{cause.slug}.yaml"
        if other is None:
            message = f"tells_apart names '{entry.neighbour}', which is no cause"
            fix = f"causes are {', '.join(catalogue.causes)}"
            yield Problem(path, 1, 0, "no-cause", message, fix)
        elif cause.slug not in {back.neighbour for back in other.tells_apart}:
            message = f"{cause.slug} tells itself apart from {other.slug}, not the other way round"
            fix = f"add 'from: {cause.slug}' to tells_apart of signatures/{other.slug}.yaml"
            yield Problem(path, 1, 0, "one-sided", message, fix)
