"""Every page in a real browser: nothing is blocked by the policy, nothing is asked of others."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.conftest import Server


def test_no_page_has_a_complaint_or_a_foreign_request(
    chromium: Browser, server: Server, site: Path
) -> None:
    page = chromium.new_page()
    complaints: list[str] = []
    foreign: list[str] = []
    page.on("console", lambda said: complaints.append(f"{page.url}: {said.text}"))
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith((server.url, "data:")) else foreign.append(asked.url)
        ),
    )
    for file in sorted(site.rglob("index.html")):
        path = file.relative_to(site).as_posix().removesuffix("index.html")
        if path.startswith("go/"):  # for static hosting; the server answers with a redirect
            continue
        page.goto(f"{server.url}/{path}", wait_until="load")
    page.close()
    assert not complaints
    assert not foreign


def test_search_and_palette_work_under_the_policy(chromium: Browser, server: Server) -> None:
    page = chromium.new_page()
    page.goto(server.url)
    before = page.locator("body").get_attribute("data-md-color-scheme")
    page.locator("form[data-md-component=palette] label:visible").first.click()
    page.wait_for_function(
        "before => document.body.getAttribute('data-md-color-scheme') !== before", arg=before
    )
    page.keyboard.press("/")
    page.keyboard.type("rate limit")
    found = page.locator(".md-search-result__meta")
    expect(found).to_contain_text(re.compile(r"\d+ matching"), timeout=10_000)
    page.close()
