"""Each cause in the forms that people paste: the paste box gives the section."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import A_WHILE, Reader, at_ease, visit
from tests.conftest import Server
from tests.journeys import NAMES, REAL_INPUT, Journey


@pytest.fixture(scope="module")
def desk(chromium: Browser, server: Server) -> Reader:
    """One reader for all the texts, who pastes one after the other."""
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    reader = visit(context, server)
    reader.open()
    return reader


@pytest.mark.parametrize("journey", REAL_INPUT, ids=NAMES)
def test_the_paste_box_gives_the_section(desk: Reader, journey: Journey) -> None:
    desk.box.fill("")
    expect(desk.answer).to_have_count(0)
    desk.pastes(journey.text)
    expect(desk.title).to_have_attribute("href", journey.url, timeout=A_WHILE)
    marked = desk.answer.locator(".pb-evidence mark")
    assert marked.count() >= 1
    assert marked.first.inner_text() in desk.answer.locator(".pb-evidence").inner_text()
    at_ease(desk)
