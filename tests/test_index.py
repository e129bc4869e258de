"""Templates are found wherever they occur, through their slots, and nowhere else."""

from __future__ import annotations

import time

import pytest

from api import index, templates


def found(text: str, *sources: str) -> list[str]:
    built = index.build(templates.parse(source) for source in sources)
    return [sources[hit.template] for hit in built.find(built.tokenise(text))]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("no such host", "dial tcp: lookup x: No such host"),
        ("lookup {host} on {addr}: no such host", "lookup a.example on 10.0.0.1:53: no such host"),
        ("lookup {host} on {addr}: no such host", "lookup my-host on x.x.x.x: no such host"),
        ("manifest for {image} not found", "manifest for not found"),
        (
            "denied{gap}may require {word}",
            "denied for x, repository does not exist or may require 'y'",
        ),
        ("{manifest-url}: 403 Forbidden", 'Head "https://a.io/v2/b/manifests/1": 403 Forbidden'),
        ("toomanyrequests", "error: toomanyrequests: slow down"),
        ("status {status}", "status 503 now"),
    ],
)
def test_a_template_is_found(template: str, text: str) -> None:
    assert found(text, template) == [template]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("no such host", "no such file, host"),
        ("lookup {host} on {addr}: no such host", "lookup a b c on d: no such host"),
        ("manifest for {image} not found", "manifest for one two not found"),
        ("{manifest-url}: 403 Forbidden", 'Head "https://a.io/v2/": 403 Forbidden'),
        ("denied{gap}may require", "denied " + "x " * 13 + "may require"),
        ("status {status}", "status 200 now"),
        ("may require", "require may"),
    ],
)
def test_a_template_is_not_found(template: str, text: str) -> None:
    assert found(text, template) == []


def test_each_place_is_found() -> None:
    assert found("not found, not found", "not found") == ["not found"] * 2


def test_a_hit_spans_its_placeholders() -> None:
    built = index.build([templates.parse("manifest for {image}")])
    tokens = built.tokenise('no "manifest for a.io/b:1" here')
    (hit,) = built.find(tokens)
    start, end = tokens.span(hit.first, hit.last)
    assert tokens.text[start:end] == "manifest for a.io/b:1"


def test_an_index_is_its_state_again() -> None:
    built = index.build([templates.parse("no such host"), templates.parse("{url}: EOF")])
    again = index.Index(built.state)
    text = "Get https://a.example/x: EOF, no such host"
    assert again.find(again.tokenise(text)) == built.find(built.tokenise(text))


def test_cost_does_not_grow_with_the_number_of_templates() -> None:
    words = [f"w{number}x" for number in range(2000)]

    def cost(count: int) -> float:
        built = index.build(
            templates.parse(
                f"{words[n % 2000]} {words[n * 7 % 2000]} {words[n * 13 % 2000]} failed"
            )
            for n in range(count)
        )
        text = "failed to pull image: lookup host: no such host " + " ".join(words[:20])
        best = 1.0
        for _ in range(50):
            start = time.perf_counter()
            built.find(built.tokenise(text))
            best = min(best, time.perf_counter() - start)
        return best

    assert cost(10_000) < cost(300) * 2.5
