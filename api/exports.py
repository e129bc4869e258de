"""What the site offers to machines, and to browsers where no service runs: path to content.

A Markdown copy of each page (under its source's name, so that relative links between the copies
work), `llms.txt`, a HolmesGPT runbook catalogue, an OpenSearch description, the alerting files,
and a small page for each `/go/…` link, for hosting without the API.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from api import alerts, reasons
from api.model import Catalogue
from api.rendering import Page

ANYWHERE = "http://127.0.0.1:8000"  # where `make serve` listens; a site_url replaces it
_MARKER = re.compile(r"<!-- pullbook:[^>]*-->\n?")
_DRAWING = re.compile(r'^<div class="pb-drawing">.*?</svg></div>\n?', re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Site:
    """What the exports are made from; `pages` are expanded Markdown by source path."""

    catalogue: Catalogue
    pages: Mapping[str, Page]
    snippets: Mapping[str, str]
    base: str


def files(site: Site) -> dict[str, str]:
    """Every exported file of the site, by its path below the site's root."""
    found = {path: _copy(page) for path, page in site.pages.items()}
    found["llms.txt"] = llms(site)
    found["catalog.json"] = holmes(site)
    found["opensearch.xml"] = opensearch(site.base)
    found |= {f"alerts/{name}": text for name, text in alerts.downloads(site.snippets).items()}
    return found | dict(redirects(site.catalogue))


def _copy(page: Page) -> str:
    return _DRAWING.sub("", _MARKER.sub("", page.body)).lstrip("\n")


def llms(site: Site) -> str:
    """The index that llmstxt.org describes: causes first, then the other pages."""
    causes = [f"causes/{slug}.md" for slug in site.catalogue.causes]
    others = [path for path in sorted(site.pages) if path not in causes]
    lines = [
        "# Pullbook",
        "",
        "> The runbook that reads your error: why a Kubernetes image pull fails, how to tell, and"
        " how to fix it.",
        "",
        "POST an error as text/plain to /api/v1/match and get its cause, section and commands as"
        " JSON. Each page below is Markdown.",
        "",
        "## Causes",
        "",
        *(_entry(site, path) for path in causes if path in site.pages),
        "",
        "## Other pages",
        "",
        *(_entry(site, path) for path in others),
    ]
    return "\n".join(lines) + "\n"


def _entry(site: Site, path: str) -> str:
    meta = site.pages[path].meta
    description = str(meta.get("description", ""))
    return f"- [{meta.get('title', path)}]({site.base}/{path})" + (
        f": {description}" if description else ""
    )


def holmes(site: Site) -> str:
    """HolmesGPT's catalog.json; links are relative to it, as Holmes resolves them."""
    entries = []
    for slug, cause in site.catalogue.causes.items():
        path = f"causes/{slug}.md"
        page = site.pages.get(path)
        verified = page.meta.get("verified") if page else None
        entries.append(
            {
                "update_date": str(verified or date.min),
                "description": f"Kubernetes image pull failure: {cause.title}. {cause.summary}",
                "link": path,
            }
        )
    return json.dumps({"catalog": entries}, indent=2, ensure_ascii=False) + "\n"


def opensearch(base: str) -> str:
    """Lets a browser's address bar search Pullbook; its template must be an absolute address."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        "  <ShortName>Pullbook</ShortName>\n"
        "  <Description>Find the runbook section for an image-pull error</Description>\n"
        "  <InputEncoding>UTF-8</InputEncoding>\n"
        f'  <Url type="text/html" method="get" template="{html.escape(base)}'
        '/go?message={searchTerms}"/>\n'
        "</OpenSearchDescription>\n"
    )


def links(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Every published `/go/…` link and where it leads."""
    for slug, cause in catalogue.causes.items():
        yield f"/go/{slug}", cause.url()
        for section in cause.sections:
            if section is not None:
                yield f"/go/{slug}/{section}", cause.url(section)
    for signature in catalogue.signatures.values():
        target = catalogue.causes[signature.cause].url(signature.section)
        for name in (signature.id, *signature.aliases):
            if name not in catalogue.causes:
                yield f"/go/{name}", target


def redirects(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """A page for each `/go/…` link: it sends on, and shows the link where that is switched off."""
    for link, target in links(catalogue):
        up = "../" * link.count("/")
        yield f"{link.lstrip('/')}/index.html", _redirect(up + target.lstrip("/"))
    words = {**reasons.WAITING, **reasons.CRIO, **reasons.STATUS}
    items = "".join(
        f'<li><a href="..{catalogue.causes[cause].url(section)}"><code>{word}</code></a></li>\n'
        for word, (cause, section) in words.items()
    )
    yield (
        "go/index.html",
        _page(
            "Choose by the reason",
            "",
            "<p>This copy of Pullbook is served without its service, which would have read the"
            " reason in your link. Choose it here; of any other word, "
            '<a href="../triage/#real-message">get the real message</a>.</p>\n'
            f"<ul>\n{items}</ul>",
        ),
    )


def _redirect(target: str) -> str:
    said = html.escape(target)
    head = f'<meta http-equiv="refresh" content="0; url={said}">\n'
    return _page(
        "Pullbook",
        f'{head}<link rel="canonical" href="{said}">\n',
        f'<p>The section is at <a href="{said}">{said}</a>.</p>',
    )


def _page(title: str, head: str, body: str) -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="robots" content="noindex">\n{head}<title>{title}</title>\n</head>\n'
        f"<body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    )
