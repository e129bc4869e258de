"""On any port the theme swaps pages without loading them, and each kind of page still works."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Reader
from tests.conftest import NOT_FOUND

KINDS = [
    "/causes/image-tag/",
    "/checks/is-it-the-secret/",
    "/how-it-works/back-off/",
    "/drills/launch-day/",
    "/prevent/",
    "/alerts/",
    "/triage/",
    "/api/",
    "/contributing/format/",
    "/accuracy/",
    "/glossary/",
    "/",
]


def test_every_kind_of_page_opens_without_a_load(reader: Reader) -> None:
    reader.open_for_navigation()
    assert not reader.home.endswith(":8000"), "the built address would hide a wrong sitemap"
    for path in KINDS:
        link = reader.page.locator(f".md-nav--primary a[href='{reader.home}{path}']").first
        link.evaluate("link => link.click()")
        expect(reader.page).to_have_url(reader.home + path)
        there = reader.page.locator(f"link[rel=canonical][href$='{path}']")
        expect(there).to_be_attached()  # the address changes before the page does
        if path.startswith("/drills/"):
            expect(reader.page.locator(".drill[data-playing]")).to_be_visible()
        if path.startswith("/causes/"):
            expect(reader.page.locator(".pb-strip")).to_be_visible()
    reader.pastes(NOT_FOUND)
    expect(reader.title).to_be_visible()
    assert reader.never_left()
