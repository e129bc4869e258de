"""A compiled matcher answers as a fresh one, starts fast, and is never stale or half written."""

from __future__ import annotations

from pathlib import Path

from api import catalogue, compiled
from api.matcher import Matcher
from tests import trees

ROOT = Path(__file__).resolve().parent.parent
TEXT = 'Failed to pull image "orbit/api:1": manifest for orbit/api:1 not found'


def only(root: Path) -> Path:
    (path,) = (root / ".cache").iterdir()
    return path


def test_it_answers_as_a_fresh_matcher(tmp_path: Path) -> None:
    root = trees.plant(tmp_path)
    fresh = Matcher(catalogue.load(root)).diagnose(TEXT)
    assert compiled.load(root).diagnose(TEXT) == fresh  # compiles
    assert compiled.load(root).diagnose(TEXT) == fresh  # loads


def test_its_catalogue_is_the_same(tmp_path: Path) -> None:
    root = trees.plant(tmp_path)
    compiled.load(root)
    loaded, fresh = compiled.load(root).catalogue, catalogue.load(root)
    assert dict(loaded.causes) == dict(fresh.causes)
    assert dict(loaded.signatures) == dict(fresh.signatures)
    assert tuple(loaded.wrappers) == tuple(fresh.wrappers)
    assert (loaded.aliases, loaded.well_known, loaded.digest) == (
        fresh.aliases, fresh.well_known, fresh.digest,
    )  # fmt: skip


def test_a_change_of_any_source_makes_a_new_file_and_removes_the_old(tmp_path: Path) -> None:
    root = trees.plant(tmp_path)
    compiled.load(root)
    before = only(root)
    trees.plant(
        tmp_path,
        {"signatures/image-tag.yaml": trees.SIGNATURES.replace("manifest for", "manifst of")},
    )
    assert compiled.load(root).diagnose(TEXT).matches[0].signature is None
    assert only(root) != before


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    root = trees.plant(tmp_path)
    compiled.load(root)
    for damage in (b"", b"nonsense", only(root).read_bytes()[:100]):
        only(root).write_bytes(damage)
        assert compiled.load(root).diagnose(TEXT).matches
        assert len(only(root).read_bytes()) > len(damage)


def test_the_projects_own_catalogue_survives_compiling() -> None:
    compiled.load(ROOT)
    loaded = compiled.load(ROOT)
    fresh = catalogue.load(ROOT)
    assert dict(loaded.catalogue.signatures) == dict(fresh.signatures)
    assert dict(loaded.catalogue.causes) == dict(fresh.causes)
