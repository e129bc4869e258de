"""The commands speak about the reader's own pod: from a paste, from a link, or by hand."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from api import pages
from tests.browser.conftest import Reader
from tests.conftest import NOT_FOUND
from tests.test_runbook import HUB_COMMANDS

PAGE = "/causes/registry-auth/"


def edit(reader: Reader, label: str) -> Locator:
    strip = reader.page.locator(".pb-strip")
    expect(strip).to_be_visible()
    if not strip.locator("details").evaluate("node => node.open"):
        strip.locator("summary").click()
    return strip.get_by_label(label, exact=True)


def command(reader: Reader, words: str) -> Locator:
    return reader.page.locator("article pre code:visible", has_text=words).first


def test_examples_stand_until_there_is_something_better(reader: Reader) -> None:
    reader.open(PAGE)
    expect(reader.page.locator(".pb-strip__summary")).to_contain_text("example values")
    assert "your-pod" in command(reader, "kubectl get pod").inner_text()


def test_values_by_hand_fill_every_command_and_survive_navigation(reader: Reader) -> None:
    reader.open(PAGE)
    edit(reader, "Pod").fill("web-1")
    edit(reader, "Namespace").fill("shop")
    expect(command(reader, "kubectl get pod web-1 -n shop")).to_be_visible()
    assert "your-pod" not in " ".join(reader.page.locator("article pre").all_inner_texts())
    reader.page.locator(".md-nav__link", has_text="Home").first.click()
    expect(reader.page.locator("h1")).to_contain_text("The runbook that reads your error")
    expect(command(reader, "kubectl describe pod web-1 -n shop")).to_be_visible()
    reader.page.reload()
    expect(command(reader, "kubectl describe pod web-1 -n shop")).to_be_visible()
    expect(reader.page.locator(".pb-strip__summary")).to_contain_text("pod web-1")


def test_values_are_kept_in_this_tab_and_sent_nowhere(reader: Reader) -> None:
    reader.open(PAGE)
    edit(reader, "Pod").fill("web-1-canary")
    expect(command(reader, "web-1-canary")).to_be_visible()
    reader.open("/")
    other = reader.page.context.new_page()
    other.goto(reader.home + PAGE)
    expect(other.locator(".pb-strip__summary")).to_contain_text("example values")
    assert other.evaluate("localStorage.length && JSON.stringify(localStorage)").find("canary") < 0
    assert not [url for url in reader.requested if "canary" in url]
    other.close()


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("Pod", "web-1; reboot"),
        ("Pod", "$(id)"),
        ("Namespace", "Shop"),
        ("Namespace", "--now"),
        ("Image", "registry.acme.dev/Shop/cart"),
        ("Image", "cart`id`"),
        ("Pull secret", "a'b"),
    ],
)
def test_an_invalid_value_is_refused_and_not_used(reader: Reader, label: str, value: str) -> None:
    reader.open(PAGE)
    field = edit(reader, label)
    field.fill(value)
    expect(field).to_have_attribute("aria-invalid", "true")
    told = reader.page.locator(f"#{field.get_attribute('aria-describedby')}")
    expect(told).to_contain_text("Not used. Must be")
    assert value not in " ".join(reader.page.locator("article pre").all_inner_texts())
    field.fill("")
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_an_image_fills_its_parts(reader: Reader) -> None:
    reader.open("/causes/image-tag/")
    edit(reader, "Image").fill("quay.io/orbit/api:9.1")
    assert edit(reader, "Registry").input_value() == "quay.io"
    assert edit(reader, "Repository").input_value() == "orbit/api"
    assert edit(reader, "Tag").input_value() == "9.1"
    expect(command(reader, "crane manifest quay.io/orbit/api:9.1")).to_be_visible()
    edit(reader, "Tag").fill("9.2")
    expect(command(reader, "crane manifest quay.io/orbit/api:9.2")).to_be_visible()


def test_reset_brings_the_examples_back(reader: Reader) -> None:
    reader.open(PAGE)
    edit(reader, "Pod").fill("web-1")
    expect(command(reader, "kubectl get pod web-1")).to_be_visible()
    reader.page.get_by_role("button", name="Reset to the examples").click()
    expect(command(reader, "kubectl get pod your-pod")).to_be_visible()
    expect(command(reader, "web-1")).to_have_count(0)
    assert edit(reader, "Pod").input_value() == ""
    reader.page.reload()
    expect(command(reader, "kubectl get pod your-pod")).to_be_visible()


def test_a_paste_fills_the_commands_of_the_page(reader: Reader) -> None:
    reader.open()
    reader.pastes(NOT_FOUND)
    expect(command(reader, "crane digest registry.acme.dev/shop/cart:2.4.1")).to_be_visible()


def test_a_link_fills_the_commands_and_its_bad_values_are_left_out(reader: Reader) -> None:
    reader.open(f"{PAGE}?ns=shop&pod=web-1&image=a%3Bb&node=%24(id)")
    expect(command(reader, "kubectl get pod web-1 -n shop")).to_be_visible()
    text = reader.page.locator("article").inner_text()
    assert "a;b" not in text
    assert "$(id)" not in text


def test_the_themes_copy_button_copies_the_filled_command(reader: Reader) -> None:
    reader.open()
    edit(reader, "Pod").fill("web-1")
    block = reader.page.locator(".highlight", has_text="kubectl describe pod web-1").first
    block.hover()
    block.locator("button.md-code__button, button.md-clipboard").first.click()
    expect(reader.page.locator(".md-dialog")).to_contain_text("Copied")
    assert reader.clipboard().strip() == "kubectl describe pod web-1 -n your-namespace | tail -n 30"


@pytest.mark.parametrize(("example", "filled"), HUB_COMMANDS)
def test_docker_hub_is_contacted_by_its_hosts_name(
    reader: Reader, example: str, filled: str
) -> None:
    reader.open(PAGE)
    block = pages.mark_examples(f"<pre><code class='hub'>{example}</code></pre>")
    reader.page.evaluate(
        "html => document.querySelector('article h1').insertAdjacentHTML('afterend', html)", block
    )
    edit(reader, "Image").fill("docker.io/acme/bill:1.0")
    expect(reader.page.locator("code.hub")).to_have_text(filled)


def test_without_javascript_the_examples_are_clear(plain: Reader) -> None:
    plain.open(PAGE)
    assert plain.page.locator(".pb-strip").count() == 0
    assert (
        "kubectl get pod your-pod -n your-namespace" in plain.page.locator("article").inner_text()
    )


def test_the_strip_is_usable_on_a_phone(phone: Reader) -> None:
    phone.open(PAGE)
    edit(phone, "Image").fill(
        "registry.acme.dev/a-rather-long-team-name/a-rather-long-image-name:2026.11.21"
    )
    assert phone.fits_the_screen()
    expect(phone.page.locator(".pb-strip__summary")).to_contain_text(
        re.compile("a-rather-long-image")
    )
