"""YAML is read by the table: nothing is guessed, and every fault has its place."""

from __future__ import annotations

import pytest

from api import entries
from tests.trees import SIGNATURES


def problems(text: str) -> list[str]:
    return [str(problem) for problem in entries.read("a.yaml", text, entries.CAUSE_FILE)[1]]


def test_a_good_file_has_no_problem() -> None:
    entry, found = entries.read("a.yaml", SIGNATURES, entries.CAUSE_FILE)
    assert found == []
    assert entry.entries("signatures")[0].get("emitters") == ("docker",)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("template:", "templat:", "a.yaml:8:5: unknown-field: 'templat' is not a field of a signature"
         ". fix: did you mean 'template'?"),
        ("    status: stable\n", "    status: stable\n    status: draft\n",
         "a.yaml:8:5: duplicate-key: 'status' also on line 7"),
        ("status: stable", "status: 1.30", "a.yaml:7:13: quote-it: status is the YAML float 1.30, not text"
         '. fix: write "1.30"'),
        ("status: stable", "status: stabel", "unknown-value: status is 'stabel'. fix: did you mean 'stable'?"),
        ("emitters: [docker]", "emitters: docker", "wrong-type: emitters is not a list"),
        ("summary: \"The tag does not exist.\"\n", "", "missing-field: the file has no 'summary'"),
        ("cause: image-tag", "cause: [", "yaml: "),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_place_and_fix(old: str, new: str, says: str) -> None:
    told = problems(SIGNATURES.replace(old, new, 1))
    assert any(says in line for line in told), told


def test_all_faults_are_told_at_once() -> None:
    broken = SIGNATURES.replace("status: stable", "status: maybe").replace(
        "form: message", "forme: x"
    )
    assert len(problems(broken)) == 2
