"""Takes docs/assets/screenshot.png: the home page with an answer. Run by `make screenshot`."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from api import site_builder
from tests.conftest import ROOT, copy_sources, start, stop
from tests.test_readme import pasted

TARGET = ROOT / "docs" / "assets" / "screenshot.png"
WIDTH, HEIGHT = 1000, 1060


def main() -> None:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = copy_sources(Path(folder))
        site_builder.build(root, root / "site")
        server = start(root)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        take(browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}), server.url)
        browser.close()
        stop(server)
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size // 1024} KiB")


def take(page: Page, url: str) -> None:
    page.goto(url)
    page.locator(".pb-paste textarea").fill(pasted())
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".pb-result")
    page.locator(".pb-paste").evaluate("box => scrollTo(0, box.offsetTop - 64)")
    page.wait_for_timeout(500)  # the header's title and the scrolling settle
    page.screenshot(path=TARGET)


if __name__ == "__main__":
    main()
