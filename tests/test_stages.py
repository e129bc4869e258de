"""What the HTTP status, the gRPC code or the stage say where no wording is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from api import catalogue, stages

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        ("401", "registry-auth"),
        ("429", "rate-limited"),
        ("500", "registry-outage"),
        ("503", "registry-outage"),
        ("521", "registry-outage"),
    ],
)
def test_a_status_names_a_cause(status: str, cause: str) -> None:
    guess = stages.by_status(status)
    assert guess is not None
    assert guess.cause == cause


@pytest.mark.parametrize(
    ("code", "stage", "cause"),
    [
        ("notfound", "resolve", "image-tag"),
        ("canceled", "unpack", "image-too-large"),
        (None, "unpack", "node-runtime"),
        (None, "sandbox", "sandbox-image"),
    ],
)
def test_the_code_says_more_than_the_stage(code: str | None, stage: str, cause: str) -> None:
    guess = stages.by_stage(code, stage)
    assert guess is not None
    assert guess.cause == cause


def test_nothing_known_is_no_guess() -> None:
    assert stages.by_status(None) is None
    assert stages.by_status("418") is None
    assert stages.by_stage(None, "fetch") is None


def test_every_guess_names_a_section_that_exists() -> None:
    causes = catalogue.load(ROOT).causes
    guesses = [stages.by_status(str(number)) for number in range(400, 600)]
    guesses += [stages.by_stage(code, None) for code in stages.CODES]
    for guess in filter(None, guesses):
        assert guess.section in causes[guess.cause].sections
        assert set(guess.ambiguous_with) <= set(causes)


def test_behind_an_error_status_that_is_not_shown_stand_the_causes_of_such_statuses() -> None:
    assert stages.behind("answer") == ("registry-outage", "registry-auth", "rate-limited")
    assert stages.behind("resolve") == stages.behind(None) == ()
