"""The header's search: an error gets our match above the theme's results, words are searched."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Reader
from tests.conftest import NOT_FOUND
from tests.journeys import REAL_INPUT

NEVER = "ErrImageNeverPull: Container image is not present with pull policy of Never"
DESCRIBE = next(
    journey.text
    for journey in REAL_INPUT
    if (journey.cause, journey.form) == ("node-storage", "describe")
)


def opened(reader: Reader, path: str = "/") -> Locator:
    """The search box, with the theme's index loaded."""
    reader.open(path)
    reader.page.keyboard.press("/")
    field = reader.page.locator(".md-search__input")
    expect(field).to_be_focused()
    expect(meta(reader)).to_have_text("Type to start searching", timeout=10_000)
    return field


def meta(reader: Reader) -> Locator:
    return reader.page.locator(".md-search-result__meta")


def ours(reader: Reader) -> Locator:
    return reader.page.locator(".pb-search")


@pytest.mark.parametrize(
    "pastes", [Reader.pastes, Reader.pastes_by_mouse], ids=["keyboard", "mouse"]
)
def test_a_pasted_error_shows_our_match_above_the_results(
    reader: Reader, pastes: Callable[[Reader, str, Locator], None]
) -> None:
    field = opened(reader)
    pastes(reader, NOT_FOUND, field)
    first = ours(reader).get_by_role("link").first
    expect(first).to_have_attribute("href", "/causes/image-tag/#not-found")
    expect(first).to_contain_text(re.compile(r"(confident|likely|a guess) \(0\.\d\d\)"))
    expect(meta(reader)).to_contain_text(re.compile(r"\d+ matching|No matching"))
    above, below = ours(reader).bounding_box(), meta(reader).bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"] + 1


def test_a_pasted_describe_keeps_the_lines_that_the_box_drops(reader: Reader) -> None:
    reader.pastes(DESCRIBE, opened(reader, "/glossary/"))
    expect(ours(reader).get_by_role("link").first).to_have_attribute(
        "href", re.compile("^/causes/node-storage/#disk-full$")
    )


def test_a_typed_error_is_matched_too(reader: Reader) -> None:
    opened(reader).press_sequentially(NEVER, delay=1)
    expect(ours(reader).get_by_role("link")).to_have_attribute("href", re.compile("/never-pull/"))


def test_typed_words_search_as_ever(reader: Reader) -> None:
    opened(reader).press_sequentially("rate limit")
    expect(meta(reader)).to_contain_text(re.compile(r"\d+ matching"))
    results = reader.page.locator(".md-search-result__link")
    expect(results.first).to_be_visible()
    expect(ours(reader)).to_have_count(0)
    assert not [url for url in reader.requested if "/api/" in url]


def test_a_pasted_word_is_searched_not_matched(reader: Reader) -> None:
    reader.pastes("imagePullSecrets", opened(reader))
    expect(meta(reader)).to_contain_text(re.compile(r"\d+ matching"))
    reader.page.wait_for_timeout(300)
    expect(ours(reader)).to_have_count(0)


def test_an_error_of_something_else_is_said_not_to_be_a_pull_failure(reader: Reader) -> None:
    reader.pastes('panic: runtime error: "index out of range" in main.go', opened(reader))
    expect(ours(reader)).to_contain_text("Not recognized as an image-pull failure")
    expect(ours(reader).get_by_role("link")).to_have_count(0)


def test_enter_opens_our_match_and_clearing_takes_it_away(reader: Reader) -> None:
    field = opened(reader)
    reader.pastes(NOT_FOUND, field)
    expect(ours(reader)).to_be_visible()
    reader.page.get_by_role("button", name="Clear").first.click()
    expect(ours(reader)).to_have_count(0)
    assert field.input_value() == ""
    reader.pastes(NOT_FOUND, field)
    expect(ours(reader)).to_be_visible()
    field.press("Enter")
    expect(reader.page).to_have_url(re.compile("/causes/image-tag/#not-found$"))


def test_our_match_fills_the_commands_of_the_page_it_opens(reader: Reader) -> None:
    reader.pastes(NOT_FOUND, opened(reader))
    ours(reader).get_by_role("link").first.click()
    expect(reader.page).to_have_url(re.compile("/causes/image-tag/#not-found$"))
    expect(reader.page.locator(".pb-strip__summary")).to_contain_text(
        "registry.acme.dev/shop/cart:2.4.1"
    )
    expect(reader.page.locator("[data-md-toggle=search]")).not_to_be_checked()
    filled = reader.page.locator("#not-found ~ * pre", has_text="registry.acme.dev/shop/cart").first
    expect(filled).to_be_visible()


def test_it_works_after_instant_navigation_and_on_a_phone(phone: Reader) -> None:
    phone.open_for_navigation()
    phone.page.locator("article a[href$='/pulled-scheduled-or-crashed/']").first.click()
    expect(phone.page.locator("h1")).to_contain_text("crashed?")
    phone.page.locator("label.md-header__button[for=__search]").click()
    field = phone.page.locator(".md-search__input")
    expect(field).to_be_focused()
    phone.pastes(NOT_FOUND, field)
    expect(ours(phone).get_by_role("link").first).to_be_visible()
    assert phone.fits_the_screen()
    assert phone.never_left()
