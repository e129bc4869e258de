"""Drills played to their end in a real browser: by mouse and keyboard, with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from api import drill_reader, drills
from api.drills import Choice, Drill
from tests.conftest import Server

DRILLS = drill_reader.load(Path(__file__).resolve().parent.parent.parent)
LAUNCH = DRILLS["launch-day"]
NODE = DRILLS["one-bad-node"]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def visit(page: Page, server: Server, drill: Drill, fragment: str = "") -> None:
    page.goto(f"{server.url}/drills/{drill.name}/{fragment}")
    page.wait_for_selector(".drill[data-playing]")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def status(page: Page) -> str:
    return page.locator(".drill-status").inner_text()


def choose(page: Page, choice: Choice) -> None:
    number, place = int(choice.id[:-1]), "abcd".index(choice.id[-1])
    page.locator(f"#round-{number} .drill-button").nth(place).click()


def onward(page: Page) -> None:
    page.locator(".drill-result .pb-button--primary:visible").click()


def play(page: Page, path: tuple[Choice, ...]) -> None:
    for choice in path:
        choose(page, choice)
        onward(page)


def row(page: Page) -> list[str]:
    return page.locator(".drill-report tbody tr").first.locator("td").all_inner_texts()


@pytest.mark.parametrize("path", [LAUNCH.best_path(), LAUNCH.worst_path()], ids=["best", "worst"])
def test_a_path_played_to_the_end_is_counted_as_the_drill_counts_it(
    page: Page, server: Server, path: tuple[Choice, ...]
) -> None:
    visit(page, server, LAUNCH)
    play(page, path)
    total = drills.score(path)
    assert row(page) == ["You", str(total.minutes), str(total.down), str(total.wrong)]
    assert focused(page) == "Damage report"


def test_a_phone_shows_a_drill_without_scrolling_sideways(
    chromium: Browser, server: Server
) -> None:
    context = chromium.new_context(viewport={"width": 375, "height": 812}, color_scheme="dark")
    page = context.new_page()
    visit(page, server, NODE)
    play(page, NODE.worst_path())
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert row(page)[0] == "You"
    context.close()


def test_only_the_round_at_hand_is_shown_and_its_heading_has_the_focus(
    page: Page, server: Server
) -> None:
    visit(page, server, LAUNCH)
    first = LAUNCH.best_path()[0]
    assert page.locator("#round-2").is_hidden()
    choose(page, first)
    assert focused(page).startswith("You chose: Look at the pull secret")
    assert "The best move here." in status(page)
    assert page.locator("#round-2").is_hidden()
    onward(page)
    assert focused(page).startswith("Round 2 of 4")
    assert page.locator("#round-2").is_visible()
    assert page.locator("#damage-report").is_hidden()


def test_a_wrong_turn_says_so_in_words_and_leaves_the_other_choices(
    page: Page, server: Server
) -> None:
    visit(page, server, LAUNCH)
    wrong = next(c for c in LAUNCH.rounds[0].choices if c.next is None)
    choose(page, wrong)
    assert page.locator("[role=status].drill-status").inner_text().startswith("A wrong turn")
    assert f"{wrong.minutes} minutes so far, 1 wrong turn." in status(page)
    onward(page)
    assert focused(page) in {c.label.replace("`", "") for c in LAUNCH.rounds[0].choices}
    assert page.locator("#round-1 .drill-button:enabled").count() == 3


def test_a_drill_can_be_played_by_keyboard_alone(page: Page, server: Server) -> None:
    visit(page, server, NODE)
    page.locator("#round-1-title").focus()
    for choice in NODE.best_path():
        wanted = choice.label.replace("`", "")
        for _ in range(30):
            page.keyboard.press("Tab")
            if focused(page) == wanted:
                break
        assert focused(page) == wanted
        page.keyboard.press("Enter")
        assert focused(page) == f"You chose: {wanted}"
        for _ in range(30):
            page.keyboard.press("Tab")
            if focused(page).startswith(("Go on", "See the")):
                break
        page.keyboard.press("Enter")
    assert focused(page) == "Damage report"


def test_a_run_survives_a_reload_and_starts_again_on_request(page: Page, server: Server) -> None:
    visit(page, server, LAUNCH)
    path = LAUNCH.best_path()
    play(page, path[:2])
    choose(page, path[2])
    before = status(page)
    page.reload()
    page.wait_for_selector(".drill[data-playing]")
    assert status(page) == before
    assert page.locator("#round-4").is_hidden()
    onward(page)
    assert page.locator("#round-4").is_visible()
    page.get_by_role("button", name="Start again").click()
    assert page.locator("#round-2").is_hidden()
    assert "0 minutes so far, 0 wrong turns" in status(page)
    assert focused(page).startswith("Round 1")


def test_a_link_shows_the_path_that_was_taken(
    page: Page, chromium: Browser, server: Server
) -> None:
    visit(page, server, NODE)
    play(page, NODE.worst_path())
    link = page.locator(".drill-link").input_value()
    other = chromium.new_page()
    other.goto(link)
    other.wait_for_selector(".drill[data-playing]")
    assert row(other) == row(page)
    assert other.locator(".drill-result:visible").count() == len(NODE.worst_path())
    other.close()


@pytest.mark.parametrize("fragment", ["#play=9z.1b", "#play=1b.1b", "#play=3c", "#play=....", "#x"])
def test_a_link_that_fits_no_path_starts_the_drill(
    page: Page, server: Server, fragment: str
) -> None:
    visit(page, server, NODE, fragment)
    assert page.locator("#round-1").is_visible()
    assert page.locator("#damage-report").is_hidden()


def test_without_javascript_the_drill_is_nested_disclosures(
    chromium: Browser, server: Server
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}/drills/{LAUNCH.name}/")
    for choice in LAUNCH.best_path():
        round_ = page.locator(f"#round-{choice.id[:-1]}")
        if round_.get_attribute("open") is None:
            round_.locator("> summary").click()
        here = page.locator(f"[data-choice='{choice.id}']")
        assert here.locator(".drill-verdict").is_hidden()
        here.locator("> summary").click()
        assert "The best move here." in here.locator(".drill-verdict").inner_text()
        assert here.locator("a.drill-go").is_visible()
    page.locator("#damage-report > summary").click()
    assert page.locator("#damage-report #signals").is_visible()
    assert page.locator(".drill-button").count() == 0
    context.close()


def test_instant_navigation_from_one_drill_to_the_next_starts_it(
    page: Page, server: Server
) -> None:
    visit(page, server, LAUNCH)
    choose(page, LAUNCH.best_path()[0])
    page.locator("nav.md-nav--primary a[href*='one-bad-node']").first.click()
    page.wait_for_selector(".drill[data-playing][data-drill=one-bad-node]")
    assert "Round 1 of 3. 0 minutes" in status(page)


def test_terminal_text_has_a_caption_and_can_be_reached_by_keyboard(
    page: Page, server: Server
) -> None:
    visit(page, server, LAUNCH)
    figures = page.locator(".drill-evidence")
    assert figures.count() == sum(len(drills.evidence_in(r.body)) for r in LAUNCH.rounds)
    assert page.locator(".drill-evidence figcaption").count() == figures.count()
    assert page.locator(".drill-evidence pre[tabindex='0']").count() == figures.count()
