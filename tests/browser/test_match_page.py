"""A link whose fragment carries the message: matched, and sent in no address."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Reader
from tests.conftest import NOT_FOUND

SECTION = re.compile("/causes/image-tag/#not-found$")
NEVER = "ErrImageNeverPull: Container image is not present with pull policy of Never"


def test_a_link_with_the_message_is_answered(reader: Reader) -> None:
    reader.open("/match/#m=" + quote(NOT_FOUND))
    expect(reader.title).to_have_attribute("href", SECTION)
    assert reader.box.input_value() == NOT_FOUND


def test_the_message_is_in_no_address_that_was_requested(reader: Reader) -> None:
    reader.open("/match/#m=" + quote(NOT_FOUND))
    expect(reader.title).to_be_visible()
    assert any(url.endswith("/api/v1/match") for url in reader.requested)
    assert not [url for url in reader.requested if "cart" in url.partition("#")[0]]


def test_another_message_in_the_address_is_answered_too(reader: Reader) -> None:
    reader.open("/match/#m=" + quote(NOT_FOUND))
    expect(reader.title).to_have_attribute("href", SECTION)
    reader.page.evaluate("text => { location.hash = 'm=' + encodeURIComponent(text); }", NEVER)
    expect(reader.title).to_have_attribute("href", re.compile("/causes/never-pull/"))


@pytest.mark.parametrize("fragment", ["", "#m=", "#m", "#m=%E0%A4%A", "#match", "#x=1&y"])
def test_a_fragment_without_a_message_leaves_an_empty_page(reader: Reader, fragment: str) -> None:
    reader.open("/match/" + fragment)
    reader.page.wait_for_timeout(100)
    if "%" not in fragment:
        assert reader.box.input_value() == ""
        expect(reader.answer).to_have_count(0)


def test_an_answer_offers_a_link_that_carries_its_line(reader: Reader) -> None:
    reader.open()
    reader.pastes(NOT_FOUND + " password=hunter2-0123")
    reader.page.get_by_role("button", name="Copy a link that carries this line").click()
    expect(reader.page.locator("#pb-announce")).to_have_text("Copied to clipboard")
    link = reader.clipboard()
    assert link.startswith(f"{reader.home}/match/#m=")
    assert "hunter2" not in link
    reader.page.goto("about:blank")
    reader.page.goto(link)
    expect(reader.title).to_have_attribute("href", SECTION)
