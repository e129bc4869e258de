"""Evidence is graded and weighed; what a message names is captured where it fits its grammar."""

from __future__ import annotations

import pytest

from api import evidence, index, templates
from api.evidence import Evidence, Found
from api.model import LookAlike, Signature, Wrapper

PULL = Wrapper(templates.parse("Failed to pull image {image}"), "pull", "pull", 5, None, 1)
RESOLVE = Wrapper(templates.parse("failed to resolve reference {image}"), "resolve", "pull", 4, None, 1)
PUSH = Wrapper(templates.parse("The push refers to repository"), "pull", "push", 5, None, 1)
TRIED = Wrapper(
    templates.parse("failed to fetch oauth token"), "authorise", "none", 1, "credentials-tried", 1
)
PROBE = LookAlike("none-probe", "probe", 4, templates.parse("probe failed"), "", (), 1)
CHART = LookAlike("none-chart", "chart", 4, templates.parse("helm upgrade"), "", (), 1)
ENTRIES: tuple[Signature | LookAlike | Wrapper, ...] = (PULL, RESOLVE, PUSH, TRIED, PROBE, CHART)
BUILT = index.build(entry.template for entry in ENTRIES)


def read(text: str) -> tuple[list[Found], index.Tokens, Evidence]:
    tokens = BUILT.tokenise(text)
    found = [Found(ENTRIES[hit.template], hit) for hit in BUILT.find(tokens)]
    return found, tokens, evidence.Scale(BUILT.vocabulary).weigh(found, tokens)


def test_the_strongest_sign_of_a_pull_counts() -> None:
    assert read('Failed to pull image "a/b:1": failed to resolve reference "a/b:1"')[2].pull == 5


def test_the_innermost_stage_is_told() -> None:
    told = read('Failed to pull image "a/b:1": failed to resolve reference "a/b:1": x')[2]
    assert told.stage == "resolve"


def test_a_registry_url_is_a_sign_of_a_pull() -> None:
    assert read("Get https://quay.io/v2/a/b/manifests/1: EOF")[2].pull > 2
    assert read("Get https://shop.example.com/cart: EOF")[2].pull == 0


def test_signs_of_something_else_count_against() -> None:
    assert read("The push refers to repository a/b")[2].counter == 5
    assert read("Readiness probe failed: EOF")[2].counter == 4


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("Get https://registry.ollama.ai/v2/library/small/manifests/1: EOF", 4),
        ("Head oci://charts.example.org/shop/web: EOF", 5),
        ("Post https://quay.io/v2/a/b/blobs/uploads/: EOF", 5),
    ],
)
def test_hosts_schemes_and_uploads_of_other_programs_count_against(
    text: str, weight: float
) -> None:
    assert read(text)[2].counter == weight


def test_another_client_speaks_for_the_addresses_around_it_but_not_for_words_of_a_pull() -> None:
    client = read("helm upgrade web")[2].client
    address = evidence.beside(read("Get https://quay.io/v2/a/b/manifests/1: EOF")[2], client)
    assert address.counter >= address.pull
    assert evidence.beside(read('Failed to pull image "a/b:1": EOF')[2], client).counter == 0
    assert read("Readiness probe failed: EOF")[2].client == 0


def test_the_last_http_status_is_told() -> None:
    assert read("Head https://quay.io/v2/a/b/manifests/1: 429, then 503")[2].status == "503"


def test_a_wrapper_shows_that_credentials_were_tried() -> None:
    told = read("failed to fetch oauth token: x")[2]
    assert "credentials-tried" in evidence.context(told, "", ())


def test_variables_that_nothing_filled_in_and_empty_names_are_seen() -> None:
    told = read("x")[2]
    assert "unrendered" in evidence.context(told, "", (), text="{{ .Values.image }}:1")
    assert "unrendered" in evidence.context(told, "", (), text="${IMAGE}:1")
    assert "empty-reference" in evidence.context(told, "", (), text='Pulling image ""')
    assert evidence.context(told, "", (), text='Pulling image "nginx"') == frozenset()


def test_names_are_captured_and_taken_apart() -> None:
    found, tokens, _ = read('Failed to pull image "quay.io/orbit/api:2.4": x')
    assert evidence.captured(found, tokens) == {
        "image": "quay.io/orbit/api:2.4",
        "registry": "quay.io",
        "repository": "orbit/api",
        "tag": "2.4",
    }


def test_what_does_not_fit_its_grammar_is_not_captured() -> None:
    found, tokens, _ = read('Failed to pull image "quay.io/orbit/api:$(reboot)": x')
    assert "tag" not in evidence.captured(found, tokens)


def test_the_context_knows_docker_hub_a_private_host_and_a_typo() -> None:
    told = read("x")[2]
    assert "docker-hub" in evidence.context(told, "orbit/api:1", ())
    assert "private-host" in evidence.context(told, "registry.example.com/orbit/api:1", ())
    assert "well-known-typo" in evidence.context(told, "ngnix:1", ("nginx",))
    assert "well-known-typo" not in evidence.context(told, "nginx:1", ("nginx",))
