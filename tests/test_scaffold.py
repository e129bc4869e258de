"""`new` drafts a signature: masked, placed, and refused by `check` until each TODO is answered."""

from __future__ import annotations

import contextlib
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from api import catalogue, checks, cli, entries, scaffold
from api.matcher import Matcher
from tests.test_checks import SOUND

PULL = 'Failed to pull image "registry.example.net/acme/web:9": '
REFUSAL = PULL + "the shelf of tenant 7f3a is closed for stock-taking until Monday"


ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    shutil.copytree(SOUND, root)
    run(root, "fix")
    return root


def run(root: Path, *arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(cli.main, ["--root", str(root), *arguments], input=text)


def new(root: Path, text: str, *options: str) -> Result:
    return run(root, "new", *options, text=text)


def codes(root: Path) -> set[str]:
    return {problem.code for problem in checks.check(root)}


def test_a_draft_stands_in_its_file_in_order_and_check_refuses_its_todo(root: Path) -> None:
    result = new(root, REFUSAL, "--cause", "image-name")
    assert result.exit_code == 0, result.output
    text = (root / "signatures" / "image-name.yaml").read_text("utf-8")
    mine, theirs = "- id: image-name-shelf-tenant-closed-stock", "- id: image-name-unknown"
    assert text.index(mine) < text.index(theirs)
    assert codes(root) == {"todo-left", "stale"}
    run(root, "fix")
    assert codes(root) == {"todo-left"}


def test_the_draft_matches_its_own_example(root: Path) -> None:
    new(root, REFUSAL, "--cause", "image-name")
    best = Matcher(catalogue.inspect(root).catalogue).diagnose(REFUSAL).matches[0]
    assert best.signature == "image-name-shelf-tenant-closed-stock"


def test_names_and_numbers_become_placeholders(root: Path) -> None:
    output = new(root, REFUSAL, "--cause", "image-name", "--print").output
    assert '"the shelf of tenant {word} is closed for stock-taking until Monday"' in output
    assert not codes(root)


def test_it_says_what_it_would_gain_and_steal(root: Path) -> None:
    output = new(root, REFUSAL, "--cause", "image-name").output
    assert "gained    1, e.g. image-name-shelf-tenant-closed-stock example 1" in output
    assert "verdict  clean" in output


def test_the_nearest_are_shown_with_the_words_that_differ(root: Path) -> None:
    text = PULL + "name unknown: repository was never known"
    output = new(root, text, "--cause", "image-name", "--print", "--anyway").output
    assert "near      image-name-unknown: 'name unknown: repository not known'" in output
    assert "lacks not" in output


def test_a_known_message_is_offered_as_an_example(root: Path) -> None:
    text = "Error response from daemon: manifest for acme/api:3 not found"
    result = new(root, text)
    assert "known     image-tag-manifest-for answers this (image-tag" in result.output
    offered = result.output.partition("    examples:\n")[2].partition("If the answer")[0]
    added = (
        (root / "signatures" / "image-tag.yaml")
        .read_text("utf-8")
        .replace("    examples:\n", "    examples:\n" + offered.rstrip() + "\n", 1)
    )
    _, problems = entries.read("", added, entries.CAUSE_FILE)
    assert problems == []


def test_secrets_and_addresses_are_masked_and_named(root: Path) -> None:
    text = PULL + (
        "shelf closed by 10.20.30.40 for ops@acme.test, token eyJhbGciOiJIUzI1NiJ9.eyJzdWIifQ.c2ln"
        " and again 10.20.30.40 and 10.20.30.41"
    )
    output = new(root, text, "--cause", "image-name").output
    written = (root / "signatures" / "image-name.yaml").read_text("utf-8")
    for hidden in ("10.20.30", "ops@acme", "eyJhbGci"):
        assert hidden not in written
    assert written.count("192.0.2.1 ") == 2
    assert "replaced  JSON web token" in output
    assert "replaced  e-mail address" in output
    assert "replaced  10.20.30.40 → 192.0.2.1" in output


def test_a_second_draft_of_the_same_words_gets_an_id_of_its_own(root: Path) -> None:
    new(root, REFUSAL, "--cause", "image-name")
    new(root, REFUSAL, "--cause", "image-name", "--anyway")
    text = (root / "signatures" / "image-name.yaml").read_text("utf-8")
    assert "id: image-name-shelf-tenant-closed-stock-2\n" in text


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("", (), "the text is empty"),
        ("hello", (), "nothing in this text looks like a failed image pull"),
        (REFUSAL, ("--cause", "image-nam"), "causes are image-name, image-tag"),
        (REFUSAL, ("--cause", "image-name", "--section", "gone"), "image-name has name-unknown"),
    ],
)
def test_what_cannot_be_drafted_is_said(
    root: Path, text: str, options: tuple[str, ...], said: str
) -> None:
    result = new(root, text, *options)
    assert result.exit_code == 2
    assert said in result.output


def test_a_thief_is_seen_before_it_is_committed(root: Path) -> None:
    text = 'Failed to pull image "quay.io/acme/wbe:9": name unknown: repository not known'
    output = new(
        root, text, "--anyway", "--cause", "image-tag", "--template",
        "reading manifest {tag} in {repository} name unknown: repository not known",
    ).output  # fmt: skip
    assert "steals    1, e.g. image-name-unknown example 1" in output


def test_the_paste_box_gets_a_draft_that_a_file_can_take() -> None:
    reader = Matcher(catalogue.inspect(SOUND).catalogue)
    draft = scaffold.draft(REFUSAL, reader)
    assert draft is not None
    (entry,) = yaml.safe_load(draft)
    assert entry["status"] == "draft"
    assert entry["examples"][0]["text"] == REFUSAL
    assert "TODO" in entry["examples"][0]["source"]


def test_no_draft_for_what_is_surely_no_pull() -> None:
    reader = Matcher(catalogue.inspect(SOUND).catalogue)
    text = 'MountVolume.SetUp failed for volume "x": secret not found'
    assert scaffold.draft(text, reader) is None


@pytest.mark.parametrize("text", ["", "\0", "{" * 5_000, "a." * 30_000, "}{" * 40, "\ud800"])
def test_no_text_breaks_the_draft(text: str) -> None:
    scaffold.draft(text, Matcher(catalogue.inspect(SOUND).catalogue))


def test_explain_says_why_another_won_and_what_mine_lacks(root: Path) -> None:
    text = (
        'Failed to pull image "q.io/a:1": reading manifest 1 in q.io/a:'
        " name unknown: repository not known"
    )
    output = run(root, "explain", "--id", "image-tag-manifest-unknown", text=text).output
    assert "message 1 of 1: Failed to pull image" in output
    assert "evidence  pull 5, against 0" in output
    assert "found     image-name-unknown (words 11 to 15): reason, 5 words: wins" in output
    assert "why not   image-tag-manifest-unknown lacks: manifest" in output
    assert "answer    image-name/name-unknown" in output


def test_explain_says_which_words_told_a_guess() -> None:
    said = 'Failed to pull image "registry.example.com/orbit/api:2.4": '
    output = run(ROOT, "explain", text=f"{said}no more disk space left for its layers").output
    told = next(line for line in output.splitlines() if "told by" in line)
    assert {"disk", "space", "left"} <= set(told.replace(",", "").split())
    output = run(ROOT, "explain", text=f"{said}the storefront answers 503").output
    assert "told by   the HTTP status 503" in output


def test_explain_of_an_unknown_id_is_a_usage_error(root: Path) -> None:
    assert run(root, "explain", "--id", "no-such", text="x").exit_code == 2


def test_an_answer_offers_a_draft_only_where_no_wording_answered() -> None:
    reader = Matcher(catalogue.inspect(SOUND).catalogue)
    known = "Error response from daemon: manifest for acme/api:3 not found"
    assert scaffold.offer(reader.diagnose(known), known, reader) is None
    strange = "the registrar of acme refused the pull of image web"
    assert scaffold.offer(reader.diagnose(strange), strange, reader)


def test_at_a_terminal_it_asks(root: Path) -> None:
    """A real pseudo-terminal: the paste ends with Ctrl-D, then each proposal can be corrected."""
    primary, secondary = pty.openpty()
    command = [sys.executable, "-m", "api", "--root", str(root), "new"]
    process = subprocess.Popen(
        command, stdin=secondary, stdout=secondary, stderr=secondary, cwd=ROOT
    )
    os.close(secondary)
    screen = ""
    for wait, answer in (
        ("Ctrl-D", REFUSAL + "\n\x04"),
        ("template [the shelf", "shelf of {word} is closed\n"),
        ("cause", "image-name\n"),
        ("section", "\n"),
    ):
        while wait not in screen:
            screen += os.read(primary, 4096).decode("utf-8", "replace")
        screen = ""
        os.write(primary, answer.encode())
    with contextlib.suppress(OSError):  # the other side is closed when it ends
        while shown := os.read(primary, 4096):
            screen += shown.decode("utf-8", "replace")
    assert process.wait(20) == 0, screen
    written = (root / "signatures" / "image-name.yaml").read_text("utf-8")
    assert 'template: "shelf of {word} is closed"' in written


def test_explain_says_what_a_shorter_template_yields_to(root: Path) -> None:
    path = root / "signatures" / "image-name.yaml"
    text = path.read_text("utf-8")
    entry = text[text.index("  - id:") :]
    short = entry.replace("image-name-unknown", "image-name-known").replace(
        "name unknown: repository not known", "not known", 1
    )
    path.write_text(text + short, "utf-8")
    said = 'Failed to pull image "q.io/a:1": name unknown: repository not known'
    output = run(root, "explain", text=said).output
    line = next(line for line in output.split("\n") if "found     image-name-known" in line)
    assert "reason, 2 words: yields to image-name-unknown" in line
