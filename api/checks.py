"""Everything a contributor can get wrong, found in one run: offline, all problems at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from api import behaviour, behaviour_checks, catalogue, entry_checks, ledger, page_checks, schema
from api.model import Catalogue
from api.problems import Problem

# code → what it means. The page docs/contributing/checks.md is written from this.
CODES: Mapping[str, str] = {
    "yaml": "The file is not valid YAML.",
    "unknown-field": "A key that the format does not have, often a slip of spelling.",
    "missing-field": "A required field is not there; a retired entry needs `until`.",
    "wrong-type": "A field holds a list where text belongs, or the like.",
    "unknown-value": "A field with a closed list of values holds another one.",
    "quote-it": "YAML read a number, date or boolean where text was meant: `1.30` became 1.3.",
    "duplicate-key": "A key stands twice in one entry; YAML would silently keep the last.",
    "wrong-name": "The field `cause` and the file's name disagree.",
    "no-cause": "A field names a cause that has no file.",
    "no-page": "A cause has no page under `docs/causes/`.",
    "bad-id": "An id that does not start with its cause, or is not words joined by hyphens.",
    "lost-id": "An id that was published has no entry any more: links to it would die.",
    "reused-id": "An id that is there already, as an entry or as an alias.",
    "unsorted": "Entries of a file are sorted by id, so that two contributors seldom collide.",
    "placeholder": "A fault in a template: an unknown type, a brace left open, a gap at an end.",
    "typed-literal": "A literal that the tokeniser reads as a type (`text/html` is a media type):"
    " the template would match any of that type.",
    "too-broad": "A template answers a text that is no pull failure, or its words stand in the"
    " examples of several other causes.",
    "no-match": "An example, or a look-alike's text, does not match its own template.",
    "no-answer": "An example matches its template and is still not taken for a pull failure.",
    "stolen": "An example is answered with another cause or section than its signature's; only an"
    " umbrella or a symptom may yield, to its own cause or one in `ambiguous_with`.",
    "wrong-capture": "A placeholder yields another value than `captures` says.",
    "tie": "Two templates of different sections match a text, and nothing orders them.",
    "counter-matched": "A text under `not_this` is answered by this very signature.",
    "wrong-answer": "A text under `not_this` is answered with another cause than its `is`.",
    "gap-closed": "A known gap matches now, and belongs to the examples.",
    "subsumes": "Every text of another cause's signature matches this one too (proven from the"
    " templates), and no greater length makes the other win.",
    "twin": "Two templates have the same words after masking.",
    "no-section": "A signature leads to a section that its cause's page does not have, or to none"
    " although the page has some.",
    "empty-section": "A section has a heading and nothing under it.",
    "section-shape": "A section lacks what an engineer needs there: diagnose, fix, verify.",
    "orphan-section": "No signature leads to a section.",
    "one-sided": "A cause tells itself apart from a neighbour that does not mention it.",
    "secret": "A text holds what looks like a credential, a signed URL or an e-mail address.",
    "no-source": "Nothing says where a text comes from, or a `stable` entry has no second witness.",
    "todo-left": "A field of a draft is still `TODO`.",
    "stale": "A generated file differs from what it is generated from.",
}

_CHECKS_PAGE = """\
---
title: What check refuses
description: Every code of make check, what it means and how it reads.
---
# What `make check` refuses {{#checks}}

<!-- Written by 'make fix' from api/checks.py; do not edit. -->

`make check` reads the whole catalogue in a few seconds, without a network, and prints every problem
at once: `path:line:column: code: what is wrong. fix: what to do`. Its exit status is 0 or 1.

| Code | What it means |
|---|---|
{rows}
"""


def checks_page() -> str:
    """docs/contributing/checks.md."""
    rows = [f'| <span id="{code}"></span>`{code}` | {text} |' for code, text in CODES.items()]
    return _CHECKS_PAGE.format(rows="\n".join(rows))


def check(root: Path) -> list[Problem]:
    """Every problem below `root`, sorted by place."""
    inspection = catalogue.inspect(root)
    found = inspection.catalogue
    problems = [*inspection.problems, *entry_checks.check(inspection.files)]
    if any(problem.code == "yaml" for problem in problems):
        return sorted(set(problems))  # all that misses the unreadable file would be noise
    problems += page_checks.check(root, found)
    problems += ledger.check(root, found, inspection.files)
    problems += _stale(root, found)
    texts = behaviour.texts(found, [root / "tests" / "corpus" / "none.jsonl"], root)
    problems += behaviour_checks.check(found, texts, inspection.files)
    return sorted(set(problems))


def generated(root: Path, found: Catalogue) -> Mapping[str, str]:
    """Path → content of every file that is written from another source."""
    return {
        "signatures/schema.json": schema.json_schema(),
        "docs/contributing/format.md": schema.format_page(),
        "docs/contributing/checks.md": checks_page(),
        ledger.NAME: ledger.written(root, found),
    }


def _stale(root: Path, found: Catalogue) -> Iterator[Problem]:
    for name, wanted in generated(root, found).items():
        path = root / name
        if not path.exists() or path.read_text("utf-8") != wanted:
            source = "the catalogue" if name == ledger.NAME else "its source"
            yield Problem(name, 0, 0, "stale", f"differs from {source}", "make fix")
