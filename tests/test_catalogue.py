"""One folder becomes one frozen catalogue, or every problem at once."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from api import catalogue, model
from api.problems import CatalogueError
from tests import trees

ROOT = Path(__file__).resolve().parent.parent


def test_the_projects_own_sources_load() -> None:
    loaded = catalogue.load(ROOT)
    assert len(loaded.causes) == 18
    assert all(cause.sections for cause in loaded.causes.values())


def test_a_section_holds_its_html_and_first_steps(tmp_path: Path) -> None:
    section = catalogue.load(trees.plant(tmp_path)).causes["image-tag"].sections["not-found"]
    assert section.title == "The tag is gone"
    assert "<h3" in section.html
    assert section.steps == (
        "crane ls registry.example.com/team/app",
        "kubectl get pod your-pod -n your-namespace",
    )


def test_a_catalogue_cannot_be_changed(tmp_path: Path) -> None:
    loaded = catalogue.load(trees.plant(tmp_path))
    with pytest.raises(dataclasses.FrozenInstanceError):
        loaded.digest = "other"  # type: ignore[misc]


def test_the_digest_follows_every_source(tmp_path: Path) -> None:
    root = trees.plant(tmp_path)
    seen = {model.digest(root)}
    for name in trees.FILES:
        with (root / name).open("a") as file:
            file.write("\n")
        seen.add(model.digest(root))
    assert len(seen) == len(trees.FILES) + 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("section: not-found", "section: gone", "no-section: image-tag-manifest-unknown: "
         "docs/causes/image-tag.md has no {#gone}. fix: it has: not-found"),
        ("{image}", "{img}", "signatures/image-tag.yaml:8:29: placeholder: no type 'img' in {img}"),
        ("id: image-tag-m", "id: image-m", "bad-id: 'image-manifest-unknown' does not start with the cause"),
        ("cause: image-tag", "cause: image-name", "wrong-name: cause is 'image-name'"),
        ("    emitters:", "    ambiguous_with: [nothing]\n    emitters:", "no-cause: "),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_place(tmp_path: Path, old: str, new: str, says: str) -> None:
    changed = {"signatures/image-tag.yaml": trees.SIGNATURES.replace(old, new, 1)}
    with pytest.raises(CatalogueError) as caught:
        catalogue.load(trees.plant(tmp_path, changed))
    assert says in str(caught.value)


def test_a_template_fault_is_shown_with_a_caret(tmp_path: Path) -> None:
    changed = {"signatures/image-tag.yaml": trees.SIGNATURES.replace("{image}", "{img}")}
    with pytest.raises(CatalogueError) as caught:
        catalogue.load(trees.plant(tmp_path, changed))
    assert "    manifest for {img} not found\n                 ^" in str(caught.value)


def test_a_cause_without_a_page_is_refused(tmp_path: Path) -> None:
    root = trees.plant(tmp_path)
    (root / "docs/causes/image-tag.md").unlink()
    with pytest.raises(CatalogueError, match="no-page"):
        catalogue.load(root)
