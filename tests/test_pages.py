"""The catalogue shows on the pages; markers nobody answers to are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from api import catalogue, pages
from tests import trees


def source(root: Path, cause: str = "image-tag") -> pages.Source:
    loaded = catalogue.load(trees.plant(root))
    return pages.Source(
        loaded, loaded.causes[cause], {"tree": "<?xml?><svg><title>T</title></svg>"}
    )


def test_every_signature_is_listed_with_its_permalink_and_example(tmp_path: Path) -> None:
    page = pages.expand("<!-- pullbook:messages -->", source(tmp_path))
    assert 'id="image-tag-manifest-unknown"' in page
    assert "manifest for {image} not found" in page
    assert "manifest for orbit/api:1 not found" in page


def test_text_from_the_catalogue_is_escaped(tmp_path: Path) -> None:
    hostile = trees.SIGNATURES.replace("manifest for orbit/api:1 not", "manifest for <b>x</b> not")
    loaded = catalogue.load(trees.plant(tmp_path, {"signatures/image-tag.yaml": hostile}))
    page = pages.expand(
        "<!-- pullbook:messages -->", pages.Source(loaded, loaded.causes["image-tag"], {})
    )
    assert "<b>x</b>" not in page


def test_a_drawing_is_inlined_without_its_declaration(tmp_path: Path) -> None:
    page = pages.expand("<!-- pullbook:svg tree -->", source(tmp_path))
    assert page == '<div class="pb-drawing"><svg><title>T</title></svg></div>'


def test_whether_it_clears_is_said(tmp_path: Path) -> None:
    assert "not clear by itself" in pages.expand("<!-- pullbook:retry -->", source(tmp_path))


@pytest.mark.parametrize("marker", ["nothing", "svg other"])
def test_an_unknown_marker_is_refused_by_name(tmp_path: Path, marker: str) -> None:
    with pytest.raises(pages.MarkerError, match=marker.split()[-1]):
        pages.expand(f"<!-- pullbook:{marker} -->", source(tmp_path))


def test_example_values_in_code_are_marked_for_the_script() -> None:
    html = "<p>your-pod</p><code>kubectl logs your-pod -n your-namespace</code>"
    assert pages.mark_examples(html) == (
        '<p>your-pod</p><code>kubectl logs <span class="pb-value" data-pb="pod">your-pod</span> -n '
        '<span class="pb-value" data-pb="namespace">your-namespace</span></code>'
    )
