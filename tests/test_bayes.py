"""Words of an unknown wording are told apart by the sections whose templates use them."""

from __future__ import annotations

from pathlib import Path

import pytest

from api import catalogue, index
from api.bayes import Bayes
from api.stages import Guess
from api.templates import Template

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def reasons() -> list[tuple[tuple[str, str], Template]]:
    known = catalogue.load(ROOT).signatures.values()
    return [((e.cause, e.section), e.template) for e in known if e.kind == "reason" and e.section]


@pytest.fixture(scope="module")
def built(reasons: list[tuple[tuple[str, str], Template]]) -> index.Index:
    return index.build(template for _, template in reasons)


@pytest.fixture(scope="module")
def bayes(reasons: list[tuple[tuple[str, str], Template]], built: index.Index) -> Bayes:
    learnt = [(section, built.runs(at)) for at, (section, _) in enumerate(reasons)]
    return Bayes(learnt, built.vocabulary)


def guessed(built: index.Index, bayes: Bayes, text: str, failed: bool = True) -> Guess | None:
    return bayes.guess(built.tokenise(text).ids, failed)


@pytest.mark.parametrize(
    ("text", "cause", "section"),
    [
        ("no more disk space left for image layers", "node-storage", "disk-full"),
        ("certificate by an unknown authority", "registry-unreachable", "tls-untrusted"),
        ("server is down for maintenance", "registry-outage", "unavailable"),
        ("image has no valid signature", "policy-rejected", "signature"),
    ],
)
def test_words_that_one_section_uses_tell_it(
    built: index.Index, bayes: Bayes, text: str, cause: str, section: str
) -> None:
    assert guessed(built, bayes, text) == Guess(cause, section)


@pytest.mark.parametrize(
    "text",
    [
        "the vault of images is closed on sundays",  # words that nobody uses, and common ones
        "not found",  # words that many causes use
        "image",  # one word is not enough
        "",
    ],
)
def test_words_that_do_not_decide_are_no_guess(built: index.Index, bayes: Bayes, text: str) -> None:
    assert guessed(built, bayes, text) is None


def test_more_is_asked_of_words_that_must_show_the_failure_too(
    built: index.Index, bayes: Bayes
) -> None:
    text = "no room on the disk"
    assert guessed(built, bayes, text, failed=True) is not None
    assert guessed(built, bayes, text, failed=False) is None


def test_nothing_learnt_is_no_guess() -> None:
    assert Bayes([], {}).guess([1, 2, 3], failed=True) is None
