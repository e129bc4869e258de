"""What machines get from the built site: each file is what its reader expects."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

from flask.testing import FlaskClient

from api import catalogue, exports
from api.rendering import Page
from tests.conftest import ROOT

_OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def test_each_page_has_a_markdown_copy(site: Path) -> None:
    for source in (ROOT / "docs").rglob("*.md"):
        copy = site / source.relative_to(ROOT / "docs")
        text = copy.read_text("utf-8")
        assert "<!-- pullbook:" not in text, copy
        assert not text.startswith("---"), copy
        assert re.search(r"^# ", text, re.MULTILINE), copy


def test_links_between_the_copies_work(site: Path) -> None:
    for copy in site.rglob("*.md"):
        for link in re.findall(r"\]\(([^)#:]+\.md)", copy.read_text("utf-8")):
            assert (copy.parent / link).resolve().is_file(), f"{copy} → {link}"


def test_a_copy_has_what_the_catalogue_adds(site: Path) -> None:
    assert "ErrImageNeverPull" in (site / "causes" / "never-pull.md").read_text("utf-8")
    for copy in site.rglob("*.md"):
        assert "<svg" not in copy.read_text("utf-8"), copy


def test_llms_txt_lists_every_page_by_an_address_that_works(
    site: Path, client: FlaskClient
) -> None:
    text = (site / "llms.txt").read_text("utf-8")
    assert text.startswith("# Pullbook\n\n> ")
    listed = re.findall(r"^- \[[^\]]+\]\(([^)]+)\)", text, re.MULTILINE)
    assert len(listed) == len(set(listed)) == len(list((ROOT / "docs").rglob("*.md")))
    for link in listed:
        assert client.get(urlsplit(link).path).status_code == 200, link


def test_holmes_finds_each_runbook_beside_its_catalogue(site: Path) -> None:
    entries = json.loads((site / "catalog.json").read_text("utf-8"))["catalog"]
    assert {entry["link"] for entry in entries} == {
        f"causes/{slug}.md" for slug in catalogue.load(ROOT).causes
    }
    for entry in entries:
        assert (site / entry["link"]).is_file()
        assert date.fromisoformat(entry["update_date"]) > date(2026, 1, 1)
        assert len(entry["description"]) > 60


def test_the_address_bar_searches_by_message(client: FlaskClient, site: Path) -> None:
    root = ElementTree.fromstring((site / "opensearch.xml").read_text("utf-8"))
    url = root.find(f"{_OPENSEARCH}Url")
    assert url is not None
    template = url.attrib["template"]
    asked = urlsplit(template.replace("{searchTerms}", "toomanyrequests%20pull%20nginx"))
    assert asked.scheme
    answer = client.get(f"{asked.path}?{asked.query}")
    assert answer.status_code == 302
    for name in ("index.html", "causes/never-pull/index.html"):
        page = (site / name).read_text("utf-8")
        assert re.search(r'<link rel="search"[^>]*opensearch\.xml"', page), name


def test_the_address_of_the_site_is_in_what_needs_one() -> None:
    site = exports.Site(
        catalogue.load(ROOT), {"a.md": Page({}, "# A", 0)}, {}, "https://kb.example"
    )
    files = exports.files(site)
    assert "](https://kb.example/a.md)" in files["llms.txt"]
    assert 'template="https://kb.example/go?message={searchTerms}"' in files["opensearch.xml"]


def test_no_redirect_page_names_a_host(site: Path) -> None:
    for page in (site / "go").rglob("index.html"):
        assert "://" not in page.read_text("utf-8"), page


def test_a_go_link_without_the_service_offers_the_words_that_decide(site: Path) -> None:
    page = (site / "go" / "index.html").read_text("utf-8")
    for word in ("InvalidImageName", "TOOMANYREQUESTS", "429"):
        assert f"<code>{word}</code>" in page
    for link in re.findall(r'href="([^"]+)"', page):
        path = urlsplit(urljoin("http://localhost/go/", link)).path
        assert (site / path.lstrip("/") / "index.html").is_file(), link
