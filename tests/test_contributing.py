"""CONTRIBUTING.md holds: each of its commands is run in a clone, each line of output is found."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from api import catalogue, checks, entries, rendering, schema

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "CONTRIBUTING.md"
SOURCES = ("api", "docs", "signatures", "tests/corpus")
FILES = ("Makefile", "mkdocs.yml", "requirements.txt")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh clone as a contributor has it, whose environment is the one that runs this test."""
    folder = tmp_path_factory.mktemp("contributor")
    root = folder / "pullbook"
    root.mkdir()
    for name in SOURCES:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy2(ROOT / name, root)
    (root / ".gitignore").write_text("/.venv/\n", "utf-8")
    python = root / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', "utf-8")
    python.chmod(0o755)
    (root / ".venv" / ".runtime").touch()
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "as it is"]):
        subprocess.run(["git", *command], cwd=root, check=True, env=environment(folder))
    return root


def environment(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "MAKE"))}
    return kept | {"TMPDIR": str(folder)}


def test_the_guide_can_be_followed_step_by_step(clone: Path) -> None:
    blocks = rendering.fences(GUIDE.read_text("utf-8"))
    said = ""
    ran = compared = 0
    for language, content, line in blocks:
        content = content.replace("/tmp/", f"{clone.parent}/")
        if language == "bash":
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", content],
                cwd=clone,
                env=environment(clone.parent),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            said = done.stdout
            assert done.returncode == 0, f"CONTRIBUTING.md:{line}:\n{said}"
            ran += 1
        elif language == "text":
            at = 0
            for wanted in content.split("\n"):
                found = said.find(wanted.strip(), at)
                where = f"CONTRIBUTING.md:{line}"
                assert found >= 0, f"{where}: no {wanted.strip()!r} after that in:\n{said}"
                at = found
                compared += 1
    assert ran >= 7
    assert compared >= 20


def test_the_guide_links_to_pages_that_exist() -> None:
    text = GUIDE.read_text("utf-8")
    for target in ("docs/contributing/format.md", "docs/contributing/checks.md", "LICENSE"):
        assert f"]({target})" in text
        assert (ROOT / target).exists()


def test_generated_pages_are_up_to_date() -> None:
    found = catalogue.inspect(ROOT).catalogue
    for name, wanted in checks.generated(ROOT, found).items():
        assert (ROOT / name).read_text("utf-8") == wanted, f"{name} is stale: make fix"


def test_every_code_is_on_the_page_of_checks() -> None:
    page = checks.checks_page()
    assert all(f'<span id="{code}"></span>`{code}`' in page for code in checks.CODES)


def test_the_format_page_says_what_a_placeholder_accepts() -> None:
    assert "| `{gap}` | up to 12 pieces |" in schema.format_page()


@pytest.mark.parametrize("path", sorted((ROOT / ".github").rglob("*.yml")), ids=lambda p: p.stem)
def test_what_github_reads_is_valid(path: Path) -> None:
    assert isinstance(entries.read_plain(path.read_text("utf-8")), dict)


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=lambda p: p.stem
)
def test_workflows_may_only_read_and_pin_what_they_use(path: Path) -> None:
    text = path.read_text("utf-8")
    assert entries.read_plain(text)["permissions"] == {"contents": "read"}
    for line in text.split("\n"):
        if "uses:" in line:
            assert re.search(r"uses: [\w/-]+@[0-9a-f]{40} # v\d", line), line
    assert "pull_request_target" not in text


def test_hooks_before_a_commit_are_make_targets() -> None:
    hooks = entries.read_plain((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for hook in hooks["repos"][0]["hooks"]:
        target = hook["entry"].removeprefix("make --silent ")
        assert re.search(rf"^[a-z ]*\b{target}\b[a-z ]*:", makefile, re.MULTILINE), target
