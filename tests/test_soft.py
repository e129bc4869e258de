"""Where no template fits to the letter: spelling is repaired, and near templates are found."""

from __future__ import annotations

import pytest

from api import index, soft, templates

WORDINGS = (
    "certificate signed by unknown authority",
    "no space left on device",
    "connection reset by peer",
    "toomanyrequests: You have reached your pull rate limit",
    "manifest unknown",
)
CAUSES = ("tls", "storage", "network", "limit", "tag")


@pytest.fixture(scope="module")
def built() -> index.Index:
    return index.build(templates.parse(text) for text in WORDINGS)


def repaired(built: index.Index, text: str) -> list[str]:
    tokens = soft.Speller(built).repair(built.tokenise(text))
    return [WORDINGS[hit.template] for hit in built.find(tokens)] if tokens else []


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("certifcate signed by unknown authority", WORDINGS[0]),
        ("certificate signed by unknwon authority", WORDINGS[0]),
        ("no spcae left on device", WORDINGS[1]),
        ("connection rest by peer", WORDINGS[2]),
        ("certificate signed by unknown autho\nrity", WORDINGS[0]),
        ("manifest unknwn", WORDINGS[4]),
        ("n space left on device", WORDINGS[1]),
        ("no space left om device", WORDINGS[1]),
    ],
)
def test_a_misspelt_or_broken_word_is_repaired(built: index.Index, text: str, wording: str) -> None:
    assert repaired(built, text) == [wording]


def test_a_text_without_a_repairable_word_is_left_alone(built: index.Index) -> None:
    assert soft.Speller(built).repair(built.tokenise("my-app web-1 qqqqqq")) is None


def near(built: index.Index, text: str) -> list[str]:
    return [WORDINGS[n.template] for n in soft.Nearest(built, CAUSES).find(built.tokenise(text))]


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("write /data: no siace lft on device", []),
        ("certificate signed by an unknown authority", [WORDINGS[0]]),
        ("toomanyrequests: You have reached your pull ra", [WORDINGS[3]]),
        ("no space lefd on device", [WORDINGS[1]]),
        ("signed by authority", []),
        ("nothing of the kind", []),
    ],
)
def test_a_near_template_is_found_only_where_most_of_it_stands(
    built: index.Index, text: str, wording: list[str]
) -> None:
    assert near(built, text) == wording


def test_a_text_cut_before_the_telling_word_is_near_to_nothing() -> None:
    shared = "reading the manifest from the registry:"
    built = index.build(templates.parse(f"{shared} {end}") for end in ("toomanyrequests", "denied"))
    assert soft.Nearest(built, ("limit", "auth")).find(built.tokenise(shared)) == []


def test_a_cut_at_a_placeholder_tells_where_only_one_cause_begins_so() -> None:
    wordings = ("Digest did not match, expected {digest}, got {digest:got}", "Digest unknown")
    built = index.build(map(templates.parse, wordings))
    cut = built.tokenise("Digest did not match, expected sha256:bcf91eef")
    assert [n.template for n in soft.Nearest(built, ("content", "tag")).find(cut)] == [0]
    shared = (wordings[0], "Digest did not match, expected {digest} of the policy")
    built = index.build(map(templates.parse, shared))
    assert soft.Nearest(built, ("content", "policy")).find(cut._replace(ids=built.tokenise(cut.text).ids)) == []


def test_a_text_that_ends_where_a_wrapper_ends_was_not_cut_in_its_reason() -> None:
    wordings = ("rpc error: code = Unknown desc = EOF", "rpc error: code = Unknown desc =")
    built = index.build(map(templates.parse, wordings))
    text = built.tokenise("rpc error: code = Unknown desc =")
    assert soft.Nearest(built, ("network", "")).find(text) == []
    assert soft.Nearest(built, ("network", "other")).find(text) != []


def test_a_text_that_goes_on_otherwise_is_not_cut_off() -> None:
    built = index.build([templates.parse("attempting to reclaim starved resource ephemeral storage")])
    search = soft.Nearest(built, ("storage",))
    assert search.find(built.tokenise("attempting to reclaim starved resource eph"))
    assert search.find(built.tokenise("attempting to reclaim starved resource memory")) == []


def test_another_status_is_no_near_match() -> None:
    built = index.build([templates.parse("invalid status code from registry 404")])
    search = soft.Nearest(built, ("tag",))
    assert search.find(built.tokenise("invalid status code from registry 503")) == []
    assert search.find(built.tokenise("invalid status code from a registry 404"))


def test_the_opposite_of_a_wording_is_no_near_match() -> None:
    wordings = ("kubelet has insufficient disk space available", "kubelet has disk pressure")
    built = index.build(map(templates.parse, wordings))
    search = soft.Nearest(built, ("storage", "storage"))
    for healthy in ("kubelet has sufficient disk space available", "kubelet has no disk pressure"):
        tokens = built.tokenise(healthy)
        assert search.find(tokens) == []
        repaired = soft.Speller(built).repair(tokens)
        assert repaired is None or built.find(repaired) == []
    assert search.find(built.tokenise("kubelet has the disk pressure"))


def test_words_far_apart_are_no_near_match() -> None:
    built = index.build([templates.parse("failed to resolve reference {image} not found")])
    text = "failed to resolve reference a/b:1 pull access denied repository does not exist found"
    assert soft.Nearest(built, ("tag",)).find(built.tokenise(text)) == []


def test_a_template_without_a_cause_is_never_near(built: index.Index) -> None:
    found = soft.Nearest(built, [""] * len(WORDINGS)).find(built.tokenise(WORDINGS[0]))
    assert found == []
