"""The behaviour diff names what a change gains, loses and steals; subsumption is proven."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api import behaviour, behaviour_diff, catalogue, cli, templates
from api.matcher import Matcher
from tests.test_checks import SOUND

TAG = "signatures/image-tag.yaml"
NAME = "signatures/image-name.yaml"
NEW = """  - id: image-tag-zero
    section: manifest-unknown
    status: draft
    template: "{template}"
    emitters: [registry]
    examples:
      - text: '{text}'
        form: message
        runtime: docker
        source: "lab:zero"
"""
PAUSED = 'Failed to pull image "acme/web:9": the shelf of acme/web is paused for stock-taking'

ADDED = NEW.format(template="is paused for stock-taking", text=PAUSED)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A git repository with the sound catalogue in its first commit."""
    root = tmp_path / "root"
    shutil.copytree(SOUND, root)
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "sound"]):
        subprocess.run(["git", "-C", str(root), *command], check=True, env=clean())
    return root


def clean() -> dict[str, str]:
    """The environment without a surrounding repository's settings."""
    return {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}


def diff(root: Path, *options: str) -> Result:
    return CliRunner().invoke(cli.main, ["--root", str(root), "diff", "HEAD", *options])


def change(root: Path, path: str, how: Callable[[str], str]) -> None:
    file = root / path
    file.write_text(how(file.read_text("utf-8")), "utf-8")


def test_no_change_is_clean(root: Path) -> None:
    result = diff(root)
    assert result.exit_code == 0
    assert result.output.startswith("verdict  clean: 0 texts gained, nothing stolen")


def test_a_new_wording_is_clean_and_says_what_it_gains(root: Path) -> None:
    change(root, TAG, lambda text: text + ADDED)
    result = diff(root)
    assert result.exit_code == 0
    assert "new      image-tag-zero" in result.output
    assert "gained    1, e.g. image-tag-zero example 1" in result.output
    assert "steals    0" in result.output
    assert "verdict  clean: 1 text gained" in result.output


def test_a_thief_is_named_with_its_victim(root: Path) -> None:
    long = "reading manifest {word} in {word:in} name unknown: repository not known"
    text = 'Failed to pull image "quay.io/a/b:1": reading manifest 1 in quay.io/a/b: ' + (
        "name unknown: repository not known"
    )
    change(root, TAG, lambda old: old + NEW.format(template=long, text=text))
    result = diff(root)
    assert result.exit_code == 1
    assert "steals    1, e.g. image-name-unknown example 1: image-name/" in result.output
    assert "verdict  harm: steals from image-name-unknown" in result.output


def test_a_bare_not_found_is_too_broad(root: Path) -> None:
    text = 'Failed to pull image "acme/web:9": not found'
    change(root, TAG, lambda old: old + NEW.format(template="not found", text=text))
    result = diff(root)
    assert result.exit_code == 1
    assert "subsumes  image-tag-manifest-for (all its words are inside)" in result.output
    assert "verdict  too broad: 3 decoys newly answered" in result.output
    assert "Add a word that only this failure prints" in result.output


def test_a_removed_wording_is_told(root: Path) -> None:
    change(root, NAME, lambda text: text.partition("signatures:")[0] + "signatures: []\n")
    result = diff(root)
    assert "removed  image-name-unknown" in result.output


def test_markdown_is_a_table_for_the_job_summary(root: Path) -> None:
    change(root, TAG, lambda text: text + ADDED)
    result = diff(root, "--format", "markdown")
    assert result.output.startswith("## What this changes in the answers\n\n**clean: 1 text gained")
    assert "| `image-tag-zero` | new | gained: 1" in result.output


def test_an_unknown_revision_is_a_usage_error(root: Path) -> None:
    result = CliRunner().invoke(cli.main, ["--root", str(root), "diff", "no-such-revision"])
    assert result.exit_code == 2
    assert "no-such-revision" in result.output


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("not found", "manifest for {image} not found"),
        ("manifest {gap} found", "manifest for {image} not found"),
        ("manifest {word} found", "manifest unfound found"),
        ("{url}: denied", "{manifest-url}: denied"),
        ("failed {gap} denied", "failed to fetch {word} access denied by policy"),
        ("a {gap} b", "a {word} c b"),
    ],
)
def test_subsumption_is_proven(short: str, long: str) -> None:
    assert behaviour.subsumes(templates.parse(short), templates.parse(long))


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("manifest for {image} not found", "not found"),
        ("manifest for", "manifest {word} for"),  # a name may stand between
        ("manifest {word} found", "manifest for {image} not found"),
        ("{manifest-url}: denied", "{url}: denied"),
        ("a {word} b", "a {gap} b"),
        ("denied twice denied", "denied twice"),
    ],
)
def test_what_is_not_always_so_is_no_subsumption(short: str, long: str) -> None:
    assert not behaviour.subsumes(templates.parse(short), templates.parse(long))


def test_every_text_of_a_template_it_subsumes_is_matched() -> None:
    """The proof against the matcher itself, over all pairs of the real catalogue."""
    found = catalogue.inspect(Path(__file__).resolve().parent.parent).catalogue
    reader = Matcher(found)
    pairs = [
        (short.id, long)
        for short, long in behaviour.subsumptions(list(found.signatures.values()))
        if long.examples
    ]
    assert pairs
    for short, long in pairs:
        for number, example in enumerate(long.examples, start=1):
            text = behaviour.Text("", 0, "example", long.id, number, example.text, ())
            found_in = behaviour.read(reader, text).hits()
            hits = {getattr(item.entry, "id", "") for _, item in found_in}
            assert short in hits or long.id not in hits, (short, long.id)


def test_every_change_is_attributed_or_listed(root: Path) -> None:
    old = behaviour_diff.base(root, "HEAD")
    change(root, NAME, lambda text: text.replace("name unknown: repository", "repository"))
    new = catalogue.inspect(root).catalogue
    report = behaviour_diff.compare(old, new, behaviour.corpus(root), root)
    assert [entry.id for entry in report.entries] == ["image-name-unknown"]
    assert not report.others
