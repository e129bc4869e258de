"""What the HTTP status, the gRPC code or the stage say where no wording is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from api import catalogue, stages

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("status", "code", "stage", "cause"),
    [
        ("401", None, "resolve", "registry-auth"),
        ("429", None, None, "rate-limited"),
        ("500", None, "fetch", "registry-outage"),
        ("503", "notfound", None, "registry-outage"),
        (None, "notfound", "resolve", "image-tag"),
        (None, "canceled", None, "image-too-large"),
        (None, None, "unpack", "node-runtime"),
        (None, None, "sandbox", "sandbox-image"),
    ],
)
def test_the_status_says_more_than_the_code_and_the_code_more_than_the_stage(
    status: str | None, code: str | None, stage: str | None, cause: str
) -> None:
    guess = stages.guess(status, code, stage)
    assert guess is not None
    assert guess.cause == cause


def test_nothing_known_is_no_guess() -> None:
    assert stages.guess(None, None, "fetch") is None
    assert stages.guess("418", None, None) is None


def test_every_guess_names_a_section_that_exists() -> None:
    causes = catalogue.load(ROOT).causes
    for status in (None, *(str(number) for number in range(400, 600))):
        for code in (None, *stages.CODES):
            guess = stages.guess(status, code, None)
            if guess:
                assert guess.section in causes[guess.cause].sections
                assert set(guess.ambiguous_with) <= set(causes)


def test_behind_an_error_status_that_is_not_shown_stand_the_causes_of_such_statuses() -> None:
    assert stages.behind("answer") == ("registry-outage", "registry-auth", "rate-limited")
    assert stages.behind("resolve") == stages.behind(None) == ()
