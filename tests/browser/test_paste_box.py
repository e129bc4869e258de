"""The main job: an error goes into the box, its section, evidence and commands come out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import A_WHILE, Reader
from tests.conftest import NOT_FOUND
from tests.journeys import REAL_INPUT

IMAGE = "registry.acme.dev/shop/cart:2.4.1"
NEVER = "ErrImageNeverPull: Container image is not present with pull policy of Never"
RATE_LIMITED = (
    'Failed to pull image "docker.io/acme/bill:1.0": failed to copy: httpReadSeeker: failed open: '
    "unexpected status code https://registry-1.docker.io/v2/acme/bill/manifests/1.0: 429 Too Many "
    "Requests - Server message: toomanyrequests: You have reached your pull rate limit."
)
DESCRIBE = next(
    journey.text
    for journey in REAL_INPUT
    if (journey.cause, journey.form) == ("node-storage", "describe")
)
UNKNOWN_TAG = f"Error response from daemon: manifest for {IMAGE} not found: manifest unknown"
EVENT = "shop  2m  Warning  Failed  pod/{}  {}\n"
TWO_PODS = EVENT.format("cart-7d9c", NOT_FOUND) + EVENT.format("bill-5f6b", RATE_LIMITED)
BACK_OFF = f'Back-off pulling image "{IMAGE}"'
SECTION = re.compile("/causes/image-tag/#not-found$")


def by_ctrl_enter(reader: Reader, text: str) -> None:
    reader.box.evaluate("(box, text) => { box.value = text; }", text)  # so that no event tells
    reader.box.focus()
    reader.page.keyboard.press("Control+Enter")


def by_the_button(reader: Reader, text: str) -> None:
    reader.box.evaluate("(box, text) => { box.value = text; }", text)
    reader.page.get_by_role("button", name="Find the section").click()


def by_typing(reader: Reader, text: str) -> None:
    reader.box.press_sequentially(text, delay=1)


def by_dropping(reader: Reader, text: str) -> None:
    reader.box.evaluate(
        """(box, text) => {
            box.value = text;
            const dropped = {bubbles: true, inputType: "insertFromDrop"};
            box.dispatchEvent(new InputEvent("input", dropped));
        }""",
        text,
    )


@pytest.mark.parametrize(
    "enters",
    [Reader.pastes, Reader.pastes_by_mouse, by_typing, by_ctrl_enter, by_the_button, by_dropping],
    ids=["keyboard", "mouse", "typing", "ctrl-enter", "button", "drop"],
)
def test_every_way_in_gets_the_answer(
    reader: Reader, enters: Callable[[Reader, str], None]
) -> None:
    reader.open()
    enters(reader, NEVER)
    expect(reader.title).to_have_attribute("href", re.compile("^/causes/never-pull/"))
    assert reader.box.input_value() == NEVER
    expect(reader.page.locator(".pb-status")).to_contain_text("imagePullPolicy")


def test_the_answer_is_there_within_a_second(reader: Reader) -> None:
    reader.open()
    reader.page.evaluate(
        """() => {
            const place = document.getElementById("pullbook-answer");
            document.addEventListener("paste", () => { window.asked = performance.now(); }, true);
            new MutationObserver(() => { window.took = performance.now() - window.asked; })
                .observe(place, {childList: true});
        }"""
    )
    reader.pastes(DESCRIBE)
    expect(reader.title).to_be_visible()
    assert reader.page.evaluate("window.took") < 1000


def test_the_answer_says_what_and_why(reader: Reader) -> None:
    reader.open()
    reader.pastes(RATE_LIMITED)
    expect(reader.verdict).to_have_text("This is")
    expect(reader.title).to_have_text("Registry rate-limited: Docker Hub's pull limit is used up")
    facts = reader.answer.locator(".pb-facts")
    expect(facts).to_contain_text(re.compile(r"Confidence\s*(confident|likely) \(0\.\d\d\)"))
    expect(facts).to_contain_text("Can clear by itself")
    assert reader.answer.locator(".pb-evidence").inner_text().strip() == RATE_LIMITED
    marked = " ".join(reader.answer.locator(".pb-evidence mark").all_inner_texts())
    assert "You have reached your pull rate limit" in marked
    assert "acme/bill:1.0" not in marked


def test_the_first_steps_speak_about_the_readers_image(reader: Reader) -> None:
    reader.open()
    reader.pastes(UNKNOWN_TAG)
    expect(reader.title).to_have_attribute("href", "/causes/image-tag/#manifest-unknown")
    steps = reader.answer.locator(".pb-steps pre")
    expect(steps.filter(has_text="registry.acme.dev/shop/cart").first).to_be_visible()
    assert "registry.example.com" not in " ".join(steps.all_inner_texts())


def test_the_section_can_be_read_in_place(reader: Reader) -> None:
    reader.open()
    reader.pastes(NOT_FOUND)
    section = reader.answer.locator("details", has_text="Read the section here")
    section.locator("summary").first.click()
    command = section.locator("pre", has_text=IMAGE).first
    expect(command).to_be_visible()
    command.locator("xpath=..").get_by_role("button", name="Copy").click()
    expect(reader.page.locator("#pb-announce")).to_have_text("Copied to clipboard")
    assert IMAGE in reader.clipboard()


def test_two_honest_answers_come_with_the_check_that_decides(reader: Reader) -> None:
    reader.open()
    reader.pastes(NOT_FOUND)
    expect(reader.verdict).to_have_text("One of these")
    links = reader.answer.locator(".pb-candidates a")
    expect(links).to_have_count(2)
    expect(links.first).to_have_attribute("href", SECTION)
    check = reader.answer.locator(".pb-tell-apart")
    expect(check.locator("pre")).to_have_text("crane ls registry.acme.dev/shop/cart")
    outcomes = check.locator("li")
    expect(outcomes.nth(0).locator("a")).to_have_attribute("href", "/causes/image-tag/")
    expect(outcomes.nth(1).locator("a")).to_have_attribute("href", "/causes/image-name/")


def test_several_workloads_are_told_one_by_one(reader: Reader) -> None:
    reader.open()
    reader.pastes(TWO_PODS)
    expect(reader.verdict).to_have_text("2 workloads fail, for 2 reasons")
    rows = reader.answer.locator(".pb-workloads tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="cart-7d9c").locator("a")).to_have_attribute("href", SECTION)
    rate_limited = rows.filter(has_text="bill-5f6b").locator("a")
    expect(rate_limited).to_have_attribute("href", "/causes/rate-limited/#docker-hub")


def test_only_a_back_off_is_told_how_to_get_the_reason(reader: Reader) -> None:
    reader.open()
    reader.pastes(BACK_OFF)
    expect(reader.verdict).to_have_text("The reason is not in this text")
    expect(reader.answer.locator(".pb-next pre")).to_contain_text("kubectl get pod your-pod")


def test_unknown_text_is_told_what_to_collect(reader: Reader) -> None:
    reader.open()
    reader.pastes("The quick brown fox jumps over the lazy dog.")
    expect(reader.verdict).to_have_text("Not recognized as an image-pull failure")
    expect(reader.answer.locator(".pb-next pre")).to_contain_text("kubectl describe pod your-pod")
    expect(reader.answer.locator(".pb-steps")).to_have_count(0)


def test_what_was_removed_is_named_and_not_shown(reader: Reader) -> None:
    reader.open()
    reader.pastes(f"{NOT_FOUND} Authorization: Bearer c4n4ry-0123456789abcdef")
    expect(reader.answer.locator(".pb-removed")).to_contain_text("authorization header")
    assert "c4n4ry" not in reader.answer.inner_text()


HOSTILE = (
    NOT_FOUND.replace(
        "rpc error", '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'
    )
    + "\n</code></pre><h1 id=pwned>x</h1> ${window.hit=1} {{7*7}}"
)


def test_hostile_text_stays_text(reader: Reader) -> None:
    reader.open()
    reader.pastes(HOSTILE)
    expect(reader.answer).to_contain_text("<script>window.hit=1</script>")
    reader.page.evaluate(
        "text => { location.href = '/match/#m=' + encodeURIComponent(text); }", HOSTILE
    )
    expect(reader.answer).to_contain_text("<script>window.hit=1</script>")
    assert reader.page.evaluate("window.hit") is None
    assert reader.page.locator("#pwned, .pb-result script, .pb-result img").count() == 0


def test_it_works_again_after_instant_navigation(reader: Reader) -> None:
    reader.open_for_navigation()
    reader.pastes(NOT_FOUND)
    reader.title.click()
    expect(reader.page).to_have_url(SECTION)
    expect(reader.page.locator("h1")).to_contain_text("Image tag doesn't exist")
    reader.page.locator(".md-nav__link", has_text="Home").first.click()
    expect(reader.page.locator("h1")).to_contain_text("The runbook that reads your error")
    expect(reader.answer).to_have_count(0)
    reader.pastes(RATE_LIMITED)
    expect(reader.title).to_contain_text("Registry rate-limited")
    assert reader.never_left()


def test_a_link_ends_at_its_section_even_from_a_page_that_still_scrolls(reader: Reader) -> None:
    reader.open()
    reader.pastes(NOT_FOUND)
    expect(reader.title).to_be_visible()
    for after in (0, 30, 60, 90):  # ms: the theme notes where the page was left after a pause
        reader.page.evaluate("scrollTo(0, 40); scrollTo(0, 80)")
        reader.page.wait_for_timeout(after)
        reader.title.evaluate("link => link.click()")
        expect(reader.page).to_have_url(SECTION)
        reader.page.wait_for_function(
            """() => {
                const top = document.getElementById("not-found")?.getBoundingClientRect().top;
                return top > 40 && top < 200;
            }""",
            timeout=A_WHILE,
        )
        reader.page.go_back()
        expect(reader.page.locator("h1")).to_contain_text("The runbook that reads your error")
        reader.pastes(NOT_FOUND)
        expect(reader.title).to_be_visible()


def test_the_latest_paste_wins(reader: Reader) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    reader.open()
    reader.page.route("**/api/v1/match", hold_the_first)
    reader.pastes(RATE_LIMITED)
    expect(reader.page.locator(".pb-status")).to_have_text("Looking …")
    reader.box.fill("")
    reader.pastes(NOT_FOUND)
    expect(reader.title).to_have_attribute("href", SECTION)
    held[0].continue_()
    reader.page.wait_for_timeout(200)
    expect(reader.title).to_have_attribute("href", SECTION)


def test_the_themes_hot_keys_do_not_fire_in_the_box(reader: Reader) -> None:
    reader.open()
    reader.box.press_sequentially("s/f n,p.")
    assert reader.box.input_value() == "s/f n,p."
    assert not reader.page.locator("[data-md-toggle=search]").is_checked()
    assert reader.path == "/"


def test_an_example_shows_how_it_works_and_clear_starts_anew(reader: Reader) -> None:
    reader.open()
    reader.page.get_by_role("button", name="Try an example").click()
    expect(reader.title).to_have_attribute("href", SECTION)
    reader.page.get_by_text("Clear", exact=True).click()
    expect(reader.answer).to_have_count(0)
    assert reader.box.input_value() == ""


@pytest.mark.parametrize("path", ["/", "/match/", "/no/such/page/"])
def test_every_box_answers(reader: Reader, path: str) -> None:
    reader.open(path)
    reader.pastes(NOT_FOUND)
    expect(reader.title).to_have_attribute("href", SECTION)
    if path == "/no/such/page/":
        assert [text for text in reader.complaints if "404" not in text] == []
        reader.complaints.clear()


def test_a_text_that_is_too_long_is_refused_with_a_way_out(reader: Reader) -> None:
    reader.open()
    reader.box.fill("x" * 300_000)
    by_the_button(reader, "x" * 300_000)
    expect(reader.verdict).to_be_visible()
    expect(reader.answer).to_contain_text("262,144")
    expect(reader.answer).to_contain_text("What to do:")
    assert all("413" in text for text in reader.complaints)
    reader.complaints.clear()


def test_without_the_service_the_box_says_how_to_start_it(reader: Reader) -> None:
    reader.open()
    reader.page.route("**/api/v1/match", lambda route: route.fulfill(status=404, body="no"))
    reader.pastes(NOT_FOUND)
    expect(reader.verdict).to_have_text("Matching needs the Pullbook service")
    expect(reader.answer.locator("code")).to_have_text("make serve")
    reader.complaints.clear()  # the browser's own line about the 404


def test_a_phone_shows_the_answer_without_scrolling_sideways(phone: Reader) -> None:
    phone.open()
    for text in (NOT_FOUND, DESCRIBE, RATE_LIMITED, BACK_OFF, "nothing of that kind"):
        phone.box.fill("")
        phone.pastes(text)
        expect(phone.verdict).to_be_visible()
        assert phone.fits_the_screen()
    phone.box.fill("")
    phone.pastes(TWO_PODS)
    expect(phone.answer.locator(".pb-workloads")).to_be_visible()
    assert phone.fits_the_screen()


def test_paper_shows_the_answer_and_not_the_box(reader: Reader) -> None:
    reader.open()
    reader.pastes(NOT_FOUND)
    expect(reader.title).to_be_visible()
    reader.page.emulate_media(media="print")
    assert reader.title.is_visible()
    assert reader.answer.locator(".pb-steps pre").first.is_visible()
    for hidden in (".pb-paste", ".md-header", ".pb-button"):
        assert reader.page.locator(hidden).first.is_hidden(), hidden


# Without JavaScript


def posted(reader: Reader, text: str) -> Page:
    reader.open()
    reader.box.fill(text)
    reader.page.get_by_role("button", name="Find the section").click()
    reader.page.wait_for_url("**/match/")
    return reader.page


def test_without_javascript_the_form_brings_the_answer(plain: Reader) -> None:
    page = posted(plain, RATE_LIMITED)
    link = page.get_by_role(
        "link", name="Registry rate-limited: Docker Hub's pull limit is used up"
    )
    assert link.get_attribute("href") == "/causes/rate-limited/#docker-hub"
    marked = " ".join(page.locator("#pullbook-answer mark").all_inner_texts())
    assert "You have reached your pull rate limit" in marked
    assert "acme/bill" in page.locator("#pullbook-answer").inner_text()
    assert plain.box.input_value() == RATE_LIMITED
    link.click()
    page.wait_for_url("**/causes/rate-limited/#docker-hub")


def test_without_javascript_two_answers_come_with_the_check(plain: Reader) -> None:
    page = posted(plain, NOT_FOUND)
    answer = page.locator("#pullbook-answer")
    assert answer.locator("h2").inner_text() == "One of these"
    assert answer.locator("ol a").first.get_attribute("href") == "/causes/image-tag/#not-found"
    assert "The check that decides" in answer.inner_text()
    assert f"crane manifest {IMAGE}" in answer.inner_text()


def test_without_javascript_unknown_text_is_told_what_to_collect(plain: Reader) -> None:
    answer = posted(plain, "hello there").locator("#pullbook-answer").inner_text()
    assert "Not recognized as an image-pull failure" in answer
    assert "kubectl describe pod" in answer


def test_without_javascript_the_text_is_kept_but_for_its_secrets(plain: Reader) -> None:
    text = f"\n  {NOT_FOUND}\n</textarea><h1 id=pwned>x</h1> &amp; password=hunter2-0123"
    page = posted(plain, text)
    kept = plain.box.input_value()
    assert kept == text.replace("hunter2-0123", "REDACTED")
    assert page.locator("#pwned").count() == 0
    assert "Removed before matching: password or token" in page.content()
