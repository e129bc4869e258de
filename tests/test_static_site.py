"""The built site as it is served: caching, redirects, the policy, and no way out of its folder."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api import static_site


def test_pages_revalidate_and_hashed_assets_are_kept_for_a_year(client: FlaskClient) -> None:
    page = client.get("/causes/image-tag/")
    assert page.headers["Cache-Control"] == "no-cache"
    again = client.get("/causes/image-tag/", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    assets = re.findall(r'(?:src|href)="[./]*(/?assets/[^"]+)"', page.get_data(as_text=True))
    hashed = [name for name in assets if re.search(r"\.[0-9a-f]{8}\.min\.", name)]
    assert hashed
    for name in assets:
        response = client.get("/" + name.lstrip("/"))
        assert response.status_code == 200
        assert ("immutable" in response.headers["Cache-Control"]) == (name in hashed)


@pytest.mark.parametrize(
    "path",
    [
        "/../mkdocs.yml",
        "/assets/../../mkdocs.yml",
        "/%2e%2e/mkdocs.yml",
        "/..%2fmkdocs.yml",
        "/assets/%2e%2e/%2e%2e/api/app.py",
        "//etc/passwd",
        "/.sources",
        "/%00",
        "/assets",
        "/index.html/",
    ],
)
def test_nothing_outside_the_built_pages_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_folder_without_its_slash_redirects_and_keeps_the_query(client: FlaskClient) -> None:
    response = client.get("/causes/image-tag?ns=shop")
    assert response.status_code == 308
    assert response.headers["Location"] == "/causes/image-tag/?ns=shop"


def test_a_browser_gets_the_sites_own_page_for_an_unknown_address(client: FlaskClient) -> None:
    response = client.get("/no/such/page", headers={"Accept": "text/html,*/*;q=0.8"})
    assert response.status_code == 404
    assert response.content_type == "text/html; charset=utf-8"
    assert "not in the runbook" in response.get_data(as_text=True)
    api = client.get("/api/v1/nothing", headers={"Accept": "text/html"})
    assert api.content_type == "application/problem+json"


def test_head_answers_like_get_without_a_body(client: FlaskClient) -> None:
    response = client.head("/")
    assert (response.status_code, response.get_data()) == (200, b"")


def test_the_policy_names_exactly_the_inline_scripts_of_the_pages() -> None:
    run = b"<script>go()</script>"
    others = b'<script src="x.js"></script><script id="c" type="application/json">{"a": 1}</script>'
    policy = static_site.policy([b"<html>" + run + others + b"</html>", run])
    wanted = base64.b64encode(hashlib.sha256(b"go()").digest()).decode()
    assert re.findall("'sha256-([^']+)'", policy) == [wanted]
    assert "sha256" not in static_site.policy([others])


def test_no_page_needs_what_the_policy_forbids(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        assert not re.search(r"<[a-z][^>]*\sstyle=", text), f"{page.name} has a style attribute"
        assert not re.search(r"<[a-z][^>]*\son[a-z]+=", text), f"{page.name} has an inline handler"
        assert "<style" not in text, f"{page.name} has a style element"


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    loads = re.compile(r"<(?:script|img|link|iframe|source)\b[^>]*\s(?:src|href)=\"(https?:)?//")
    for page in site.rglob("*.html"):
        assert not loads.search(page.read_text("utf-8")), page
