"""Markdown is cut into sections and rendered with the site's own extensions."""

from __future__ import annotations

from api import rendering
from tests.trees import MKDOCS, PAGE


def test_front_matter_is_cut_off() -> None:
    page = rendering.page(PAGE)
    assert page.meta == {"title": "Image tag"}
    assert page.body.startswith("# Image tag")
    assert page.offset == 3


def test_a_comment_in_a_fence_is_no_heading() -> None:
    titles = [heading.title for heading in rendering.headings(rendering.page(PAGE).body)]
    assert titles == [
        "Image tag", "Will it clear by itself?", "The tag is gone", "Diagnose", "Fix", "Verify",
    ]  # fmt: skip


def test_sections_hold_what_is_below_their_heading() -> None:
    sections = rendering.sections(rendering.page(PAGE).body, 2)
    assert list(sections) == ["retry", "not-found"]
    title, body, _ = sections["not-found"]
    assert title == "The tag is gone"
    assert body.startswith("Nobody pushed it.")
    assert "Look again" in body


def test_fences_are_found_with_their_language_and_without_their_indent() -> None:
    ((language, content, _),) = rendering.fences(PAGE)
    assert language == "bash"
    assert content.startswith("# every tag\ncrane ls")


def test_links_to_pages_become_site_paths() -> None:
    html = rendering.Renderer(MKDOCS).html("[a](../checks/which-node.md#one) [b](never-pull.md)")
    assert 'href="/checks/which-node/#one"' in html
    assert 'href="/causes/never-pull/"' in html


def test_heading_ids_are_the_authors_own() -> None:
    assert '<h2 id="one">Two</h2>' in rendering.Renderer(MKDOCS).html("## Two {#one}")
