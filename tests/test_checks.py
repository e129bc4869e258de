"""Every check has a broken catalogue that raises it, in the very words a contributor reads."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from api import catalogue, checks, cli

ROOT = Path(__file__).resolve().parent.parent
BROKEN = ROOT / "tests" / "broken"
SOUND = BROKEN / "sound"
CASES = sorted(
    path.parent.name
    for path in BROKEN.glob("*/expected.txt")
    if not path.parent.name.startswith("drill-")  # tests/test_drills.py has those
)


def laid_over(tmp_path: Path, case: str | None) -> Path:
    """The sound catalogue with the files of a broken one over it, and what is generated, new."""
    root = tmp_path / "root"
    shutil.copytree(SOUND, root)
    over = BROKEN / case if case else root
    if case:
        shutil.copytree(over, root, dirs_exist_ok=True)
    found = catalogue.inspect(root).catalogue
    for name, text in checks.generated(root, found).items():
        if not (over / name).exists():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, "utf-8")
    return root


def test_the_sound_catalogue_has_no_problem(tmp_path: Path) -> None:
    assert checks.check(laid_over(tmp_path, None)) == []


@pytest.mark.parametrize("case", CASES)
def test_a_broken_catalogue_is_refused_in_these_words(tmp_path: Path, case: str) -> None:
    said = "\n".join(str(problem) for problem in checks.check(laid_over(tmp_path, case)))
    assert said == (BROKEN / case / "expected.txt").read_text("utf-8").rstrip("\n")
    assert f": {case}: " in said


def test_every_code_has_a_broken_catalogue() -> None:
    assert set(checks.CODES) == set(CASES)


def test_the_catalogue_itself_is_clean() -> None:
    assert [str(problem) for problem in checks.check(ROOT)] == []


def test_the_whole_catalogue_is_checked_in_less_than_ten_seconds() -> None:
    started = time.perf_counter()
    checks.check(ROOT)
    assert time.perf_counter() - started < 10


def test_a_signature_once_published_may_go_only_by_retiring_or_as_an_alias(tmp_path: Path) -> None:
    root = laid_over(tmp_path, None)
    path = root / "signatures" / "image-name.yaml"
    text = path.read_text("utf-8")
    renamed = text.replace("id: image-name-unknown", "id: image-name-not-known")
    path.write_text(renamed, "utf-8")
    assert {problem.code for problem in checks.check(root)} == {"lost-id", "stale"}
    path.write_text(renamed + "    aliases: [image-name-unknown]\n", "utf-8")
    assert {problem.code for problem in checks.check(root)} == {"stale"}
    retired = text.replace("status: draft", 'status: retired\n    until: "quay 3.1"')
    path.write_text(retired, "utf-8")
    assert checks.check(root) == []


def test_a_heading_may_be_renamed(tmp_path: Path) -> None:
    root = laid_over(tmp_path, None)
    page = root / "docs" / "causes" / "image-tag.md"
    text = page.read_text("utf-8").replace("## The manifest is unknown", "## No such manifest")
    page.write_text(text, "utf-8")
    assert checks.check(root) == []
    page.write_text(text.replace("manifest-unknown", "no-manifest"), "utf-8")
    assert {problem.code for problem in checks.check(root)} >= {"lost-id", "no-section"}


def test_all_problems_come_at_once_and_the_exit_status_is_one(tmp_path: Path) -> None:
    root = laid_over(tmp_path, "secret")
    shutil.copytree(BROKEN / "one-sided", root, dirs_exist_ok=True)
    result = CliRunner().invoke(cli.main, ["--root", str(root), "check"])
    assert result.exit_code == 1
    assert ": secret: " in result.output
    assert ": one-sided: " in result.output


def test_github_gets_annotations(tmp_path: Path) -> None:
    root = laid_over(tmp_path, "placeholder")
    result = CliRunner().invoke(cli.main, ["--root", str(root), "check", "--format", "github"])
    first = result.output.split("\n")[0]
    where = "file=signatures/image-tag.yaml,line=15,col=29,title=placeholder"
    assert first.startswith(f"::error {where}::no type 'img' in {{img}}. fix: did you mean")
