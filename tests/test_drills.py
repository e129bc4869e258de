"""The drills, walked: every path of every one, every piece of evidence, every link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from api import catalogue, drill_pages, drill_reader, drills
from api.cli import main
from api.drills import END, Choice, Drill, Evidence
from api.matcher import Matcher
from api.problems import CatalogueError

ROOT = Path(__file__).resolve().parent.parent
DRILLS = drill_reader.load(ROOT)
KNOWN = drill_reader.targets(ROOT)
BROKEN = sorted((ROOT / "tests" / "broken").glob("drill-*"))
READER = (ROOT / "api" / "drill_reader.py").read_text("utf-8")

each_drill = pytest.mark.parametrize("drill", DRILLS.values(), ids=lambda drill: drill.name)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(catalogue.load(ROOT))


def paths(
    drill: Drill, at: int = 1, tried: tuple[Choice, ...] = ()
) -> Iterator[tuple[Choice, ...]]:
    """Every way to play a drill: each set of wrong turns of a round, then each way on."""
    if at == END:
        yield ()
        return
    for choice in drill.round(at).choices:
        if choice in tried:
            continue
        if choice.next is not None:
            for rest in paths(drill, choice.next):
                yield (choice, *rest)
        elif not tried or choice.id > tried[-1].id:  # the order of wrong turns changes nothing
            for rest in paths(drill, at, (*tried, choice)):
                yield (choice, *rest)


def evidence(marked: bool) -> list[tuple[str, Evidence]]:
    return [
        (drill.name, found)
        for drill in DRILLS.values()
        for found in drill.evidence
        if (found.pull is not None) == marked
    ]


def test_there_are_at_least_six_and_one_of_them_is_no_pull_failure() -> None:
    assert len(DRILLS) >= 6
    assert [d.name for d in DRILLS.values() if not any(e.pull for e in d.evidence)] == [
        "back-off-again"
    ]


def test_the_source_documents_drill_is_complete() -> None:
    drill = DRILLS["launch-day"]
    assert [len(here.choices) for here in drill.rounds[:3]] == [4, 4, 4]
    assert len(drill.rounds) == 4
    for told in ("thumbprint", "IRSA", "Pod Identity", "credential provider", "12"):
        assert told in drill.report


@each_drill
def test_every_path_runs_forward_and_ends_at_the_report(drill: Drill) -> None:
    walked = 0
    for path in paths(drill):
        walked += 1
        assert path[-1].next == END
        assert len(set(path)) == len(path)
    assert walked > len(drill.rounds)


@each_drill
def test_the_best_path_is_the_one_cheapest(drill: Drill) -> None:
    best = drill.best_path()
    cost = drills.score(best)
    assert cost.wrong == 0
    others = [drills.score(path) for path in paths(drill) if path != best]
    assert all(other.minutes > cost.minutes and other.wrong for other in others)
    assert all(other.down >= cost.down for other in others)


@each_drill
def test_the_worst_path_is_the_dearest(drill: Drill) -> None:
    worst = drills.score(drill.worst_path()).minutes
    assert worst == max(drills.score(path).minutes for path in paths(drill))


@each_drill
def test_every_choice_tells_its_result_its_cost_and_why(drill: Drill) -> None:
    for here in drill.rounds:
        for choice in here.choices:
            assert drills.evidence_in(choice.body), f"'{choice.label}' shows no terminal text"
            assert choice.minutes > 0
            assert len(choice.why.split()) > 6


@each_drill
def test_every_taught_section_is_one_of_the_catalogue_or_a_page(drill: Drill) -> None:
    causes = catalogue.load(ROOT).causes
    for target in drill.teaches:
        name, _, section = target.partition("#")
        if "/" not in name:
            assert section in causes[name].sections


@pytest.mark.parametrize(("name", "found"), evidence(marked=True))
def test_a_pull_error_is_matched_to_the_cause_the_drill_teaches(
    name: str, found: Evidence, matcher: Matcher
) -> None:
    diagnosis = matcher.diagnose(found.text)
    assert diagnosis.matches, f"docs/drills/{name}.md:{found.line} is not recognized"
    best = diagnosis.matches[0]
    assert found.pull in (best.cause, f"{best.cause}#{best.section}"), f"{name}.md:{found.line}"


@pytest.mark.parametrize(("name", "found"), evidence(marked=False))
def test_text_that_is_no_pull_error_gets_no_answer(
    name: str, found: Evidence, matcher: Matcher
) -> None:
    assert matcher.diagnose(found.text).verdict == "unknown", f"docs/drills/{name}.md:{found.line}"


def test_the_order_and_length_of_the_choices_give_nothing_away() -> None:
    rounds = [here for drill in DRILLS.values() for here in drill.rounds]
    for here in rounds:
        labels = [choice.label.replace("`", "").casefold() for choice in here.choices]
        assert labels == sorted(labels)
    places = [next(i for i, c in enumerate(here.choices) if c.best) for here in rounds]
    assert max(places.count(place) for place in range(4)) <= len(rounds) / 2
    longest = [max(here.choices, key=lambda choice: len(choice.label)).best for here in rounds]
    assert sum(longest) <= len(rounds) / 3


@each_drill
def test_the_page_links_each_choice_to_a_place_on_it(drill: Drill) -> None:
    page = drill_pages.page(drill)
    ids = set(re.findall(r'id="([^"]+)"', page))
    aims = re.findall(r"\]\(#([^)]+)\)\{ \.drill-go \}", page)
    assert len(aims) == sum(len(here.choices) for here in drill.rounds)
    assert set(aims) <= ids
    assert "style=" not in page
    assert "onclick" not in page


def test_the_handouts_hold_the_evidence_and_no_answer() -> None:
    sheets, answers = drill_pages.handouts(DRILLS), drill_pages.answers(DRILLS)
    for drill in DRILLS.values():
        for here in drill.rounds:
            assert here.body.split("\n")[-2] in sheets or here.title in sheets
            for choice in here.choices:
                assert choice.label in sheets
                assert choice.why not in sheets
                assert choice.why in answers
        assert drill.report.split("\n", 1)[0] not in sheets


def test_the_site_has_every_drill_as_disclosures(site: Path) -> None:
    for drill in DRILLS.values():
        page = (site / "drills" / drill.name / "index.html").read_text("utf-8")
        assert page.count('<details class="drill-choice"') == sum(
            len(here.choices) for here in drill.rounds
        )
        assert page.count('<pre tabindex="0">') == len(drill.evidence)
        assert "```" not in page.partition("<article")[2].partition("</article>")[0]


# The reader


@pytest.mark.parametrize("folder", BROKEN, ids=lambda folder: folder.name)
def test_a_broken_drill_is_refused_in_the_expected_words(folder: Path) -> None:
    text = (folder / "broken.md").read_text("utf-8")
    drill, problems = drill_reader.read(f"docs/drills/{folder.name}.md", text, KNOWN)
    assert drill is None
    said = "\n".join(map(str, problems))
    for line in (folder / "expected.txt").read_text("utf-8").splitlines():
        assert line in said, said
    assert folder.name in {problem.code for problem in problems}
    for problem in problems:
        assert 1 <= problem.line <= text.count("\n") + 1
        assert problem.fix


def test_every_problem_of_the_reader_has_a_broken_drill() -> None:
    codes = set(re.findall(r'(?:line|last|where|1|number|offset),\s+"([a-z-]+)"', READER))
    assert len(codes) > 15
    assert {f"drill-{code}" for code in codes} <= {folder.name for folder in BROKEN}


def test_all_problems_of_all_drills_are_told_at_once(tmp_path: Path) -> None:
    target = tmp_path / "docs" / "drills"
    target.mkdir(parents=True)
    for name in ("one", "two"):
        (target / f"{name}.md").write_text("# No front matter\n", "utf-8")
    with pytest.raises(CatalogueError) as caught:
        drill_reader.load(tmp_path)
    assert {problem.path for problem in caught.value.problems} == {
        "docs/drills/one.md",
        "docs/drills/two.md",
    }


# The terminal


def typed(drill: Drill, path: tuple[Choice, ...]) -> str:
    """What one types to play `path`."""
    keys, left = [], {here.number: list(here.choices) for here in drill.rounds}
    for choice in path:
        here = left[int(choice.id[:-1])]
        keys.append(str(here.index(choice) + 1))
        here.remove(choice)
    return "\n".join(keys) + "\n"


@each_drill
def test_the_best_and_the_worst_path_play_in_a_terminal(drill: Drill) -> None:
    for path in (drill.best_path(), drill.worst_path()):
        played = CliRunner().invoke(main, ["drill", drill.name], input=typed(drill, path))
        assert played.exit_code == 0, played.output
        total = drills.score(path)
        report = played.output.partition("Damage report")[2]
        told = f"You {total.minutes} {total.down} {total.wrong}"
        assert told in [" ".join(line.split()) for line in report.splitlines()]
        assert "](" not in played.output
        assert "{#" not in played.output


def test_without_a_name_the_drills_are_listed() -> None:
    listed = CliRunner().invoke(main, ["drill"])
    assert listed.exit_code == 0
    assert all(name in listed.output for name in DRILLS)


def test_an_unknown_drill_is_a_usage_error_with_the_names() -> None:
    refused = CliRunner().invoke(main, ["drill", "no-such-night"])
    assert refused.exit_code == 2
    assert "launch-day" in refused.output


def test_a_drill_that_is_cut_off_ends_without_a_traceback() -> None:
    cut = CliRunner().invoke(main, ["drill", "launch-day"], input="1\n")
    assert cut.exit_code == 1
    assert "Traceback" not in cut.output
