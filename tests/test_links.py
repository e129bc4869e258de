"""Links never die: every address that was published, or that anything here can emit, leads on.

Signature ids have their own ledger, `signatures/ids.txt`; `links.txt` holds all other addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from flask.testing import FlaskClient

from api import alerts, catalogue, exports, reasons
from api.model import Catalogue
from tests.conftest import ROOT

LEDGER = [
    line
    for line in (ROOT / "tests" / "links.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
HOST = "http://localhost"


@pytest.fixture(scope="module")
def known() -> Catalogue:
    return catalogue.load(ROOT)


def emitted(known: Catalogue) -> Iterator[str]:
    """The addresses that the API, the CLI and the rules make, but for those of signatures."""
    for slug, cause in known.causes.items():
        yield cause.url()
        yield f"/causes/{slug}.md"
        yield f"/go/{slug}"
        for section in cause.sections:
            if section is not None:
                yield cause.url(section)
                yield f"/go/{slug}/{section}"
    files = {path.name: path.read_text("utf-8") for path in (ROOT / "docs" / "alerts").iterdir()}
    yield from (f"/alerts/{name}" for name in alerts.downloads(files))
    for cause_name, anchor in (*reasons.WAITING.values(), *reasons.CRIO.values()):
        yield known.causes[cause_name].url(anchor)


def lands(client: FlaskClient, link: str) -> str:
    """Follow a link on the real app; what is wrong with where it ends, or nothing."""
    answer = client.get(link.partition("#")[0], follow_redirects=True)
    if answer.status_code != 200:
        return f"{link}: status {answer.status_code}"
    steps = [step.headers["Location"] for step in answer.history]
    if any(urlsplit(urljoin(HOST, step)).netloc != urlsplit(HOST).netloc for step in steps):
        return f"{link}: leaves the site"
    anchor = urlsplit(steps[-1]).fragment if steps else ""
    anchor = anchor or link.partition("#")[2]
    if anchor and anchor not in ids(answer.get_data(as_text=True)):
        return f"{link}: no {{#{anchor}}} on the page"
    return ""


@cache
def ids(page: str) -> frozenset[str]:
    return frozenset(re.findall(r'\sid="?([^"\s>]+)', page))


def test_every_published_link_still_leads_somewhere(client: FlaskClient) -> None:
    assert not [fault for link in LEDGER if (fault := lands(client, link))]


def test_every_link_we_make_is_published(known: Catalogue) -> None:
    missing = sorted(set(emitted(known)) - set(LEDGER))
    assert not missing, "append to tests/links.txt:\n" + "\n".join(missing)


def test_the_ledger_has_each_link_once() -> None:
    assert len(LEDGER) == len(set(LEDGER))


def test_every_signature_has_its_links(client: FlaskClient, known: Catalogue) -> None:
    faults = []
    for signature in known.signatures.values():
        page = known.causes[signature.cause].url()
        for name in (signature.id, *signature.aliases):
            faults += [lands(client, f"/go/{name}"), lands(client, f"{page}#{name}")]
    assert not [fault for fault in faults if fault]


def test_every_target_diagnoses_and_fixes(site: Path, known: Catalogue) -> None:
    for slug, cause in known.causes.items():
        found = ids((site / "causes" / slug / "index.html").read_text("utf-8"))
        for section in cause.sections:
            lead = f"{section}-" if section else ""
            assert {f"{lead}diagnose", f"{lead}fix"} <= found, f"{slug} {section}"
            assert cause.sections[section].steps, f"{slug} {section}: no command to begin with"


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        for name in ("href", "src", "action"):
            if value := named.get(name):
                self.found.append(value)
        if named.get("http-equiv") == "refresh":
            self.found.append(str(named["content"]).partition("url=")[2])


def test_every_link_of_every_page_leads_somewhere(site: Path) -> None:
    """Raw HTML, drawings and generated pages too, which the strict build does not look at."""
    pages = {
        f"/{path.relative_to(site).as_posix()}".removesuffix("index.html"): path
        for path in site.rglob("*.html")
    }
    faults: list[str] = []
    walked = 0
    for address, path in pages.items():
        page = _Links()
        page.feed(path.read_text("utf-8"))
        for link in page.found:
            target = urlsplit(urljoin(HOST + address, link))
            if target.scheme not in ("http", "https") or target.netloc != urlsplit(HOST).netloc:
                continue
            walked += 1
            faults += _fault(site, pages, address, unquote(target.path), target.fragment)
    assert walked > 5000
    assert not faults, "\n".join(sorted(set(faults))[:40])


def _fault(site: Path, pages: dict[str, Path], address: str, path: str, fragment: str) -> list[str]:
    page = pages.get(path)
    if page is None:
        return [] if (site / path.lstrip("/")).is_file() else [f"{address} → {path}"]
    if fragment and fragment not in ids(page.read_text("utf-8")) and fragment != "__codelineno":
        return [f"{address} → {path}#{fragment}"]
    return []


def test_static_hosting_has_a_page_for_each_go_link(site: Path, known: Catalogue) -> None:
    for link, target in exports.links(known):
        page = (site / link.lstrip("/") / "index.html").read_text("utf-8")
        (refresh,) = re.findall(r'content="0; url=([^"]+)"', page)
        assert urljoin(f"{HOST}{link}/", refresh) == HOST + target
        assert f'<a href="{refresh}">' in page
