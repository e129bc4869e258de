"""A Chromium, and a page whose reader also sees what goes wrong behind it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Route,
    TimeoutError,
    expect,
    sync_playwright,
)

from tests.conftest import Server

A_WHILE = 5_000  # ms: machines that run tests are busy
expect.set_options(timeout=A_WHILE)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "no Chromium: run these tests with 'make test', which finds or installs one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Reader:
    """Somebody at the site: opens, pastes, reads. Complaints and requests elsewhere are kept."""

    page: Page
    home: str
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._request)
        self.page.context.route(lambda url: not url.startswith(self.home), self._refuse)

    def _console(self, message: ConsoleMessage) -> None:
        self.complaints.append(f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        self.requested.append(request.url)

    def _refuse(self, route: Route) -> None:
        self.elsewhere.append(route.request.url)
        route.abort()

    def open(self, path: str = "/") -> None:
        self.page.goto(self.home + path, wait_until="load")

    def open_for_navigation(self, path: str = "/") -> None:
        """Until the theme has its sitemap: before that, it leaves links to the browser."""
        with self.page.expect_response("**/sitemap.xml"):
            self.open(path)
        self.page.wait_for_load_state("networkidle")
        self.page.evaluate("window.sameDocument = true")

    def never_left(self) -> bool:
        """Whether every page since was put in place by the theme, without a load."""
        return bool(self.page.evaluate("window.sameDocument === true"))

    @property
    def path(self) -> str:
        at = urlsplit(self.page.url)
        return at.path + (f"#{at.fragment}" if at.fragment else "")

    @property
    def box(self) -> Locator:
        return self.page.locator(".pb-paste textarea")

    @property
    def answer(self) -> Locator:
        return self.page.locator("#pullbook-answer .pb-result")

    @property
    def verdict(self) -> Locator:
        return self.answer.locator(".pb-verdict")

    @property
    def title(self) -> Locator:
        """The first answer's title, a link to its section."""
        return self.answer.locator(".pb-title a").first

    def copies(self, text: str) -> None:
        """From somewhere else, into the clipboard."""
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)

    def clipboard(self) -> str:
        return str(self.page.evaluate("navigator.clipboard.readText()"))

    def pastes(self, text: str, into: Locator | None = None) -> None:
        """With the keyboard."""
        self.copies(text)
        (into or self.box).focus()
        self.page.keyboard.press("ControlOrMeta+v")

    def pastes_by_mouse(self, text: str, into: Locator | None = None) -> None:
        """By the command that the context menu's "Paste" gives; no key is involved."""
        self.copies(text)
        (into or self.box).click()
        session: CDPSession = self.page.context.new_cdp_session(self.page)
        session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "commands": ["paste"]})
        session.detach()

    def fits_the_screen(self) -> bool:
        """Nothing to scroll to the side, once the theme's own movements have come to rest."""
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        with contextlib.suppress(TimeoutError):
            self.page.wait_for_function(f"() => !({wide})", timeout=2_000)
        return not self.page.evaluate(wide)


def visit(context: BrowserContext, server: Server) -> Reader:
    reader = Reader(context.new_page(), server.url)
    reader.watch()
    return reader


def at_ease(reader: Reader) -> None:
    """What holds after every visit: nothing in the console, nothing asked of another host."""
    assert reader.complaints == []
    assert reader.elsewhere == []


@pytest.fixture
def reader(chromium: Browser, server: Server) -> Iterator[Reader]:
    """At a desk. After each test the console is empty and no other host was asked."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900},
        permissions=["clipboard-read", "clipboard-write"],
    )
    found = visit(context, server)
    yield found
    at_ease(found)
    context.close()


@pytest.fixture
def phone(chromium: Browser, server: Server) -> Iterator[Reader]:
    """On a phone, in the dark."""
    context = chromium.new_context(
        viewport={"width": 375, "height": 812},
        color_scheme="dark",
        has_touch=True,
        is_mobile=True,
        permissions=["clipboard-read", "clipboard-write"],
    )
    found = visit(context, server)
    yield found
    at_ease(found)
    context.close()


@pytest.fixture
def plain(chromium: Browser, server: Server) -> Iterator[Reader]:
    """Without JavaScript."""
    context = chromium.new_context(java_script_enabled=False)
    found = visit(context, server)
    yield found
    at_ease(found)
    context.close()
