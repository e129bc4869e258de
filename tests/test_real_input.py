"""Each cause in the forms that people paste: the API and the command line give the section.

The same texts go through the browser in tests/browser/test_real_input.py.
"""

from __future__ import annotations

import json
from collections import Counter

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from api import cli
from tests.journeys import CAUSES, NAMES, REAL_INPUT, Journey


def test_each_cause_comes_in_at_least_three_forms() -> None:
    forms = Counter(journey.cause for journey in REAL_INPUT)
    assert set(forms) == set(CAUSES)
    assert min(forms.values()) >= 3


@pytest.mark.parametrize("journey", REAL_INPUT, ids=NAMES)
def test_the_api_gives_the_section(client: FlaskClient, journey: Journey) -> None:
    response = client.post("/api/v1/match", data=journey.text, content_type="text/plain")
    first = response.get_json()["matches"][0]
    assert (first["cause"], first["section"], first["url"]) == (
        journey.cause,
        journey.section,
        journey.url,
    )


@pytest.mark.parametrize("journey", REAL_INPUT, ids=NAMES)
def test_the_command_line_gives_the_section(journey: Journey) -> None:
    asked = CliRunner().invoke(cli.main, ["match", "--format", "json"], input=journey.text)
    assert asked.exit_code == 0, asked.output
    first = json.loads(asked.stdout)["matches"][0]
    assert (first["cause"], first["section"]) == (journey.cause, journey.section)
    told = CliRunner().invoke(cli.main, ["match"], input=journey.text)
    assert f"Runbook: {journey.url}\n" in told.stdout
