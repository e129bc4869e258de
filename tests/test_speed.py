"""A guard against slips of speed, cheap enough for every run; `make bench` measures properly."""

from __future__ import annotations

from pathlib import Path

import pytest

from api import compiled, scan
from api.matcher import Matcher
from tests.bench import measure, report, texts
from tests.bench.measure import Stages

ROOT = Path(__file__).resolve().parent.parent
# Far above what is measured on an idle machine: only a change of kind fails here.
ONE_MESSAGE = 30  # empty Flask calls
LONG_PASTE = 200


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return compiled.load(ROOT)


def test_one_message_takes_a_few_empty_calls(matcher: Matcher) -> None:
    corpus = texts.corpus()[::10]
    assert measure.ratio(matcher.diagnose, corpus, before=matcher.forget) < ONE_MESSAGE


@pytest.mark.parametrize("text", [texts.describe(), texts.hostile()], ids=["describe", "hostile"])
def test_a_long_paste_takes_some_empty_calls(matcher: Matcher, text: str) -> None:
    assert measure.ratio(matcher.diagnose, [text], rounds=10) < LONG_PASTE


def test_both_stages_grow_much_slower_than_the_catalogue() -> None:
    made = [texts.synthetic(size, 60) for size in (300, 6000)]
    few, many = measure.stage_times([Stages.of(each) for each in made], made)
    for small, large in zip(few, many, strict=True):
        assert measure.exponent(small, large, 20) < 0.5


def test_noisy_queries_find_their_template() -> None:
    made = texts.synthetic(3000, 200)
    assert measure.hits(Stages.of(made).match, made) >= 0.97


def test_the_lines_of_a_long_paste_that_matter_are_kept(matcher: Matcher) -> None:
    long = texts.describe()
    assert len(long) > scan.LONG
    found = matcher.diagnose(long)
    events = matcher.diagnose(long[long.index("Events:") :])
    assert found.matches[0].cause == events.matches[0].cause == "image-tag"
    assert found.matches[0].captures["pod"] == "cart-7d9f8b6c4d-x2x7q"


def test_a_failure_is_found_wherever_a_long_log_holds_it(matcher: Matcher) -> None:
    lines = texts.hostile().split("\n")
    failure = 'failed to pull image "a.example/b:1": pull access denied for a.example/b'
    for at in (0, len(lines) // 2, len(lines)):
        text = "\n".join([*lines[:at], failure, *lines[at:]])
        assert matcher.diagnose(text).matches, at


def test_two_wordings_alike_share_what_is_remembered(matcher: Matcher) -> None:
    one = 'Failed to pull image "a.example/b:1": a.example/b:1: not found'
    other = one.replace("a.example/b:1", "c.example/team/d:2")
    matcher.forget()
    alone = matcher.diagnose(other)
    matcher.forget()
    matcher.diagnose(one)
    assert matcher.diagnose(other) == alone
    assert alone.matches[0].captures["image"] == "c.example/team/d:2"


def test_the_page_holds_what_the_bench_wrote() -> None:
    page = (ROOT / "docs" / "speed.md").read_text("utf-8")
    generated = page.partition(report.BEGIN)[2].partition(report.END)[0]
    assert "Measured with Python" in generated
    drawing = (ROOT / "docs" / "assets" / "speed.svg").read_text("utf-8")
    assert "<title" in drawing
    assert "style=" not in drawing
