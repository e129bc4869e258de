"""The README shows what Pullbook prints today, and leads nowhere that does not exist."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from api import cli
from tests.conftest import ROOT

README = ROOT / "README.md"
_BLOCK = re.compile(r"```text\n(.*?)```", re.DOTALL)
_LINK = re.compile(r"(?:\]\(|src=\")(?!https?:)([^)\"#]+)")


def pasted() -> str:
    """The event that the README pastes; the next block is its answer."""
    return str(_BLOCK.findall(README.read_text("utf-8"))[0])


def test_the_answer_in_the_readme_is_the_real_one() -> None:
    event, answer, *_ = _BLOCK.findall(README.read_text("utf-8"))
    printed = CliRunner().invoke(cli.main, ["match"], input=event).stdout
    assert answer == printed, f"put this into README.md:\n{printed}"


def test_every_link_of_the_readme_leads_to_a_file() -> None:
    links = _LINK.findall(README.read_text("utf-8"))
    assert len(links) > 10
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("target", re.findall(r"^make ([a-z]+)", README.read_text("utf-8"), re.M))
def test_every_make_target_of_the_readme_exists(target: str) -> None:
    assert re.search(
        rf"^[a-z ]*\b{target}\b[a-z ]*:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE
    )


def test_every_address_of_the_readme_answers(client: FlaskClient) -> None:
    paths = re.findall(r"`(?:GET )?(/(?:go|api|causes|match)[^` ]*)`", README.read_text("utf-8"))
    assert paths
    for path in paths:
        assert client.get(path).status_code in (200, 302, 405), path


def test_the_screenshot_is_small() -> None:
    assert (ROOT / "docs" / "assets" / "screenshot.png").stat().st_size < 200 * 1024
