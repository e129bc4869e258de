"""MkDocs' side of the site: load the catalogue once a build, expand each page, mark its values."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # `mkdocs serve` lacks it

from mkdocs.exceptions import PluginError

from api import alerts, catalogue, drill_pages, drill_reader, exports, pages
from api.problems import CatalogueError
from api.rendering import Page

_state: dict[str, pages.Source] = {}
_snippets: dict[str, str] = {}
_expanded: dict[str, Page] = {}


def on_config(config: Any) -> Any:
    root = Path(config.config_file_path).parent
    try:
        loaded = catalogue.load(root)
        drills = drill_reader.load(root)
    except CatalogueError as error:
        raise PluginError(f"the sources have problems:\n{error}") from None
    drawn = (root / "docs" / "assets").glob("*.svg")
    drawings = {path.stem: path.read_text("utf-8") for path in drawn}
    _snippets.update((p.name, p.read_text("utf-8")) for p in (root / "docs" / "alerts").iterdir())
    _state["site"] = pages.Source(loaded, None, drawings, alerts.downloads(_snippets), drills)
    return config


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    site = _state["site"]
    folder, _, name = page.file.src_uri.rpartition("/")
    cause = site.catalogue.causes.get(name.removesuffix(".md")) if folder == "causes" else None
    if folder == "drills" and name.removesuffix(".md") in site.drills:
        markdown = drill_pages.page(site.drills[name.removesuffix(".md")])
    try:
        expanded = pages.expand(markdown, replace(site, cause=cause))
    except pages.MarkerError as error:
        raise PluginError(f"{page.file.src_uri}: {error}") from None
    _expanded[page.file.src_uri] = Page(page.meta, expanded, 0)
    return expanded


def on_page_content(html: str, **_: Any) -> str:
    return pages.mark_examples(html)


def on_page_context(context: Any, page: Any, **_: Any) -> Any:
    # A copy under another host or port must not say that the page's true address is elsewhere.
    page.canonical_url = urlsplit(page.canonical_url or "").path or None
    return context


def on_post_build(config: Any) -> None:
    base = (config.site_url or exports.ANYWHERE).rstrip("/")
    made = exports.Site(_state["site"].catalogue, _expanded, _snippets, base)
    for path, content in exports.files(made).items():
        target = Path(config.site_dir, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, "utf-8")
