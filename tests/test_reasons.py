"""A word that decides leads to a section; a word that does not leads nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from api import catalogue, reasons

ROOT = Path(__file__).parents[1]
TABLES = {**reasons.WAITING, **reasons.CRIO, **reasons.STATUS}


def test_every_route_ends_in_a_section_that_exists() -> None:
    causes = catalogue.load(ROOT).causes
    for word, (cause, section) in TABLES.items():
        assert cause in causes, word
        assert section is None or section in causes[cause].sections, word


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("InvalidImageName", "invalid-reference"),
        ("ErrImageNeverPull", "never-pull"),
        ("SignatureValidationFailed", "policy-rejected"),
        ("RegistryUnavailable", "registry-unreachable"),
        ("ImageInspectError", "node-runtime"),
        ("TOOMANYREQUESTS", "rate-limited"),
        ("CONNECTION_TIMEOUT", "registry-unreachable"),
        ("429", "rate-limited"),
        ("5XX", "registry-outage"),
        (" errimageneverpull\n", "never-pull"),
    ],
)
def test_a_word_that_decides_has_a_route(reason: str, cause: str) -> None:
    target = reasons.route(reason)
    assert target is not None
    assert target[0] == cause


@pytest.mark.parametrize(
    "reason",
    ["ErrImagePull", "ImagePullBackOff", "DENIED", "NOT_FOUND", "UNKNOWN", "403", "404", "4xx", ""],
)
def test_a_word_that_leaves_the_cause_open_has_none(reason: str) -> None:
    assert reasons.route(reason) is None


def test_no_word_stands_in_two_tables() -> None:
    assert len(TABLES) == len(reasons.WAITING) + len(reasons.CRIO) + len(reasons.STATUS)
