"""How well the catalogue answers a wording that it does not have: each example, its own signature
left out. `hold_one_out.txt` lists the examples that then get no accepted cause; the test holds it
to exactly those, so that it shrinks as templates grow more general, and never grows unseen.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest

from api import catalogue
from api.matcher import Matcher
from api.model import Catalogue, Example, Signature

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests" / "hold_one_out.txt"
# The share of examples that may be on the list. It may only be lowered.
MOST = 0.26
_GROUPS = 48


def without(loaded: Catalogue, left_out: Collection[str]) -> Matcher:
    kept = {key: value for key, value in loaded.signatures.items() if key not in left_out}
    return Matcher(replace(loaded, signatures=kept))


def answered(matcher: Matcher, signature: Signature, example: Example) -> bool:
    """Whether an honest answer comes first although the signature itself is missing."""
    honest = {signature.cause, *signature.ambiguous_with, *(p.cause for p in signature.prefer)}
    found = matcher.diagnose(example.text)
    return bool(found.matches) and found.matches[0].cause in honest


def unanswered(loaded: Catalogue) -> set[str]:
    """The examples, as `signature/number`, that need their own signature.

    Signatures are left out by groups first, which is quick; what a group misses is tried again
    with nothing but its own signature left out.
    """
    groups: dict[int, list[Signature]] = {}
    for signature in loaded.signatures.values():
        groups.setdefault(zlib.crc32(signature.id.encode()) % _GROUPS, []).append(signature)
    failed = set()
    for group in groups.values():
        matcher = without(loaded, {signature.id for signature in group})
        for signature in group:
            if all(answered(matcher, signature, example) for example in signature.examples):
                continue
            alone = without(loaded, {signature.id})
            for number, example in enumerate(signature.examples, start=1):
                if not answered(alone, signature, example):
                    failed.add(f"{signature.id}/{number}")
    return failed


@pytest.fixture(scope="module")
def loaded() -> Catalogue:
    return catalogue.load(ROOT)


@pytest.fixture(scope="module")
def failed(loaded: Catalogue) -> set[str]:
    return unanswered(loaded)


@pytest.fixture(scope="module")
def listed() -> list[str]:
    lines = LIST.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_no_further_example_needs_its_own_signature(failed: set[str], listed: list[str]) -> None:
    new = sorted(failed - set(listed))
    assert new == [], (
        "these are answered only by their own signature; if the wording is like no other, add the"
        f" lines to {LIST.name}; if they were answered before, a change made the catalogue brittle"
    )


def test_an_example_that_is_answered_now_leaves_the_list(
    failed: set[str], listed: list[str]
) -> None:
    assert sorted(set(listed) - failed) == [], f"well done: remove these from {LIST.name}"


def test_the_list_is_sorted_and_small(listed: list[str], loaded: Catalogue) -> None:
    examples = sum(len(signature.examples) for signature in loaded.signatures.values())
    assert listed == sorted(set(listed))
    assert len(listed) / examples <= MOST
