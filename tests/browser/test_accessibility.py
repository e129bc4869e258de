"""Every page with axe-core in light and dark, desktop and phone; by keyboard; on paper."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import Server

AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
DESKTOP, PHONE = 1280, 375
TASTE = ["", "causes/registry-auth/", "checks/is-it-the-secret/"]


def paths(site: Path) -> list[str]:
    """Addresses of the pages; what /go/ answers on a static host only passes on."""
    found = [file.relative_to(site).as_posix() for file in sorted(site.rglob("index.html"))]
    return [path.removesuffix("index.html") for path in found if not path.startswith("go/")]


def complaints(page: Page) -> list[str]:
    page.evaluate(AXE)
    answer = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url} {found['id']}: {found['help']}: {node['html'][:200]}"
        for found in answer["violations"]
        for node in found["nodes"]
    ]


# Either palette and either width for every page; their crossing for three kinds of page.
@pytest.mark.parametrize(("palette", "width"), [("light", DESKTOP), ("dark", PHONE)])
def test_axe_finds_nothing_on_any_page(
    chromium: Browser, server: Server, site: Path, palette: str, width: int
) -> None:
    assert visit_all(chromium, server, paths(site), palette, width) == []


@pytest.mark.parametrize(("palette", "width"), [("dark", DESKTOP), ("light", PHONE)])
def test_axe_finds_nothing_with_palette_and_width_crossed(
    chromium: Browser, server: Server, palette: str, width: int
) -> None:
    assert visit_all(chromium, server, TASTE, palette, width) == []


def visit_all(
    chromium: Browser, server: Server, where: list[str], palette: str, width: int
) -> list[str]:
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if palette == "dark" else "light",
    )
    page = context.new_page()
    found: list[str] = []
    for path in where:
        page.goto(f"{server.url}/{path}", wait_until="load")
        settle(page)
        found += complaints(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{page.url}: {wide} pixels wide on a screen of {width}")
    context.close()
    return found


def settle(page: Page) -> None:
    """Until the page's own script has named what the theme leaves without a name."""
    page.wait_for_timeout(300)
    page.wait_for_function("!document.querySelector('.md-code__nav:not([role=none])')")


def test_the_keyboard_reaches_the_box_its_button_and_the_causes(
    chromium: Browser, server: Server
) -> None:
    page = chromium.new_page()
    page.goto(server.url, wait_until="load")
    reached = []
    for _ in range(200):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                """() => {
                    const at = document.activeElement;
                    const outline = getComputedStyle(at);
                    return [at.id || at.getAttribute('href') || at.textContent.trim(),
                            outline.outlineStyle !== 'none' || outline.boxShadow !== 'none'];
                }"""
            )
        )
    names = [name for name, _ in reached]
    box, button = names.index("pb-text"), names.index("Find the section")
    assert box < button
    for link in ("/causes/image-name/", "#diagnosis", "/triage/#real-message"):
        assert any(name.endswith(link) for name in names), link
    assert reached[box][1], "the focused box looks as if it had no focus"
    assert reached[button][1], "the focused button looks as if it had no focus"
    page.close()


def test_the_skip_link_comes_first_and_leads_to_the_text(chromium: Browser, server: Server) -> None:
    page = chromium.new_page()
    page.goto(f"{server.url}/causes/image-tag/", wait_until="load")
    page.keyboard.press("Tab")
    assert "md-skip" in page.evaluate("document.activeElement.className")
    page.keyboard.press("Enter")
    page.wait_for_url("**/#image-tag", timeout=5000)
    page.close()


def test_paper_shows_the_text_and_no_navigation(chromium: Browser, server: Server) -> None:
    page = chromium.new_page()
    page.goto(f"{server.url}/causes/image-tag/", wait_until="load")
    page.emulate_media(media="print")
    for hidden in (".md-header", ".md-sidebar--primary", ".md-sidebar--secondary", ".md-footer"):
        assert page.locator(hidden).first.is_hidden(), hidden
    assert page.locator("#manifest-unknown-fix").is_visible()
    assert page.locator(".pb-verified").is_visible()
    cut = page.evaluate(
        "[...document.querySelectorAll('.highlight pre > code')]"
        ".filter(code => code.scrollWidth > code.clientWidth + 1).length"
    )
    assert cut == 0, "a long line is cut off on paper"
    page.close()


def test_a_long_message_wraps_and_a_command_scrolls(chromium: Browser, server: Server) -> None:
    """A message is read to its end; a command must stay one line to be copied by eye."""
    page = chromium.new_page(viewport={"width": PHONE, "height": 800})
    page.goto(f"{server.url}/causes/image-tag/", wait_until="load")
    wrap = "node => getComputedStyle(node).whiteSpace"
    assert page.locator(".language-text code").first.evaluate(wrap) == "pre-wrap"
    assert page.locator(".language-bash code").first.evaluate(wrap) == "pre"
    page.close()
