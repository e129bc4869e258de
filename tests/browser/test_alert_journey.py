"""An alert fires, its link is followed: the section is right, its commands name the pod."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.conftest import Server
from tests.test_alerts import PUBLISHED, rendered_links, run


@pytest.mark.parametrize(
    ("reason", "heading", "names"),
    [
        ("ImagePullBackOff", "Get the real message", ("web-7d9c5b6f4-abcde", "shop")),
        ("InvalidImageName", "The image reference doesn't parse", ("db-0", "shop")),
    ],
)
def test_a_fired_alert_opens_its_section_with_the_pods_names(
    server: Server, chromium: Browser, reason: str, heading: str, names: tuple[str, str]
) -> None:
    run("promtool", "test", "rules", "image-pull.test.yaml")  # the link is the one that fires
    (link,) = [link for link in rendered_links() if f"reason={reason}&" in link]
    page = chromium.new_page()
    page.goto(server.url + link.removeprefix(PUBLISHED))
    assert page.locator("h1").inner_text().startswith(heading)
    pod, namespace = names
    command = page.locator("code", has_text=f"kubectl get pod {pod} -n {namespace}").first
    command.wait_for(timeout=5000)
    assert "your-pod" not in command.inner_text()
    page.close()
