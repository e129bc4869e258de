"""The matcher meets its bars on our own messages, and the corpus is what it says it is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from api import catalogue, cli, evaluation, evaluation_report, paste
from api.evaluation import NONE, Label, Report
from api.matcher import Matcher
from api.model import Catalogue, LookAlike, Signature, Wrapper

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "tests" / "corpus"
ATLAS_ENTRIES = 485

# What stands for a placeholder of the atlas where its bare text is looked up.
_SAMPLES = {
    "url": "https://registry.example.com/v2/team/app/manifests/1.2.3",
    "image": "registry.example.com/team/app:1.2.3",
    "repository": "team/app",
    "tag": "1.2.3",
    "digest": "sha256:" + "0123456789abcdef" * 4,
    "host": "registry.example.com",
    "ip": "192.0.2.7",
    "port": "443",
    "n": "3",
    "duration": "30s",
    "path": "/var/lib/containerd/data",
    "status": "403 Forbidden",
    "method": "HEAD",
    "mediatype": "application/vnd.example.layer.v1+zip",
}


@pytest.fixture(scope="module")
def loaded() -> Catalogue:
    return catalogue.load(ROOT)


@pytest.fixture(scope="module")
def matcher(loaded: Catalogue) -> Matcher:
    return Matcher(loaded)


@pytest.fixture(scope="module")
def labels() -> list[Label]:
    return evaluation.read([CORPUS])


@pytest.fixture(scope="module")
def measured(matcher: Matcher, labels: list[Label]) -> Report:
    return evaluation.report(evaluation.judge(matcher, labels))


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPUS / name).read_text("utf-8").splitlines()]


def misses(measured: Report) -> str:
    return "\n" + evaluation_report.text(measured)


def test_an_accepted_cause_comes_first(measured: Report) -> None:
    assert measured.top1.share >= 0.975, misses(measured)


def test_look_alikes_get_no_answer(measured: Report) -> None:
    assert measured.false_alarms.share <= 0.015, misses(measured)


def test_the_section_is_right_where_the_cause_is(measured: Report) -> None:
    assert measured.section.share >= 0.95, misses(measured)


def test_no_cause_is_neglected(measured: Report) -> None:
    low = {cause: str(rate) for cause, rate in measured.by_cause.items() if rate.share < 0.9}
    assert not low, misses(measured)


def test_confidence_says_how_often_an_answer_is_right(measured: Report) -> None:
    assert measured.calibration_error <= 0.05, misses(measured)


def test_each_pod_of_a_paste_gets_its_own_cause(measured: Report) -> None:
    assert measured.pods.share >= 0.9, misses(measured)


def test_labels_are_sound(labels: list[Label], loaded: Catalogue) -> None:
    known = {NONE, *loaded.causes}
    assert len({label.id for label in labels}) == len(labels)
    for label in labels:
        assert label.cause in label.accept, label.id
        assert known >= set(label.accept), label.id
        if label.section and label.cause != NONE:
            assert label.section in loaded.causes[label.cause].sections, label.id
        assert {cause for _, cause in label.pods} <= known, label.id


def test_every_cause_and_every_form_is_represented(labels: list[Label], loaded: Catalogue) -> None:
    assert {label.cause for label in labels} == {NONE, *loaded.causes}
    forms = (
        "message describe events klog json waiting crictl docker podman ctr journald ansible"
        " kubeadm ci argocd flux helm alertmanager k9s html markdown truncated ansi crlf tabs"
    )
    assert {label.form for label in labels} >= set(forms.split())


def covered(row: dict[str, Any], matcher: Matcher) -> bool:
    """Whether the catalogue has a wording for an entry of the atlas, by its text or its message."""
    bare = re.sub(r"<([a-z]+)>", lambda kind: _SAMPLES.get(kind.group(1), "value"), row["atlas"])
    texts = [bare, *(message.text for message in paste.messages(row["text"]))]
    entries = [
        found.entry
        for text in (texts[:1] if row["covers"] == "wrapper" else texts)
        for found in matcher.found(matcher.index.tokenise(text))
    ]
    if row["covers"] == "wrapper":
        return any(isinstance(entry, Signature | Wrapper) for entry in entries)
    if row["covers"] == "look-alike":
        return any(isinstance(entry, LookAlike | Wrapper) for entry in entries)
    return any(
        row["cause"] in (entry.cause, *entry.ambiguous_with, *(p.cause for p in entry.prefer))
        for entry in entries
        if isinstance(entry, Signature)
        and (entry.kind != "symptom" or row["cause"] == "backoff-only")
    )


def test_every_known_wording_is_covered_or_excused(matcher: Matcher) -> None:
    wordings = rows("wordings.jsonl")
    assert len(wordings) == ATLAS_ENTRIES
    missing = {row["atlas"] for row in wordings if not covered(row, matcher)}
    excused = {row["template"]: row["reason"] for row in rows("not-covered.jsonl")}
    assert all(excused.values())
    assert sorted(missing - excused.keys()) == [], "cover these, or say why not"
    assert sorted(excused.keys() - missing) == [], "covered now: remove from not-covered.jsonl"


def test_the_page_shows_what_is_measured_now(measured: Report) -> None:
    page = (ROOT / "docs" / "accuracy.md").read_text("utf-8")
    assert page == evaluation_report.refresh(page, measured), "run: make fix"


def test_the_picture_shows_what_is_measured_now(measured: Report) -> None:
    drawn = (ROOT / "docs" / "assets" / "accuracy.svg").read_text("utf-8")
    assert drawn == evaluation_report.svg(measured), "run: make fix"


def test_the_picture_needs_no_style_and_no_script(measured: Report) -> None:
    drawn = evaluation_report.svg(measured)
    assert "style=" not in drawn
    assert "<script" not in drawn
    assert "currentColor" in drawn


def label(number: int, **fields: object) -> str:
    text = 'Container image "orbit/app:dev" is not present with pull policy of Never'
    return json.dumps({"id": f"own-{number}", "text": text, "cause": "never-pull"} | fields)


def test_eval_measures_a_corpus_of_the_reader(tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    wrong = label(2, cause="image-tag", accept=["image-tag"], variant="not-found")
    own.write_text(f"{label(1)}\n{wrong}\n\n", "utf-8")
    done = CliRunner().invoke(cli.main, ["eval", str(own), "--format", "json"])
    found = json.loads(done.stdout)
    assert found["top1"] == {"share": 0.5, "good": 1, "of": 2}
    assert found["confusion"] == [{"wanted": "image-tag", "answered": "never-pull", "count": 1}]
    assert found["misses"] == [{"id": "own-2", "accept": ["image-tag"], "answered": "never-pull"}]


def test_eval_draws_a_picture(tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text(label(1), "utf-8")
    done = CliRunner().invoke(cli.main, ["eval", str(own), "--svg", str(tmp_path / "a.svg")])
    assert done.exit_code == 0
    assert "top1          1.0000 (1/1)" in done.stdout
    assert (tmp_path / "a.svg").read_text("utf-8").startswith("<svg ")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "own.jsonl:1: no JSON"),
        ('{"id": "a"}', "own.jsonl:1: a label is an object with id, text, cause"),
        ("", "no labelled message"),
    ],
)
def test_eval_says_what_is_wrong_with_a_label(tmp_path: Path, line: str, problem: str) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text(line, "utf-8")
    done = CliRunner().invoke(cli.main, ["eval", str(own)])
    assert done.exit_code == 2
    assert problem in done.output


def test_eval_refuses_a_page_without_a_generated_part(tmp_path: Path) -> None:
    own, page = tmp_path / "own.jsonl", tmp_path / "page.md"
    own.write_text(label(1), "utf-8")
    page.write_text("# Mine\n", "utf-8")
    done = CliRunner().invoke(cli.main, ["eval", str(own), "--page", str(page)])
    assert done.exit_code == 2
    assert "the page has no lines" in done.output
    assert page.read_text("utf-8") == "# Mine\n"
