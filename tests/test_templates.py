"""The template language: what it accepts, and how it points at a fault."""

from __future__ import annotations

import pytest

from api import templates


def test_literal_words_and_placeholders_alternate() -> None:
    template = templates.parse('pull access denied for "{image}"{gap}may require {word}')
    assert template.runs == (("pull", "access", "denied", "for"), ("may", "require"))
    assert [[p.type for p in slot] for slot in template.slots] == [[], ["image", "gap"], ["word"]]
    assert template.words == 6


def test_punctuation_between_words_does_not_split_a_run() -> None:
    assert templates.parse("denied: requested access").runs == (("denied", "requested", "access"),)


def test_a_placeholder_may_be_named() -> None:
    (slot,) = [slot for slot in templates.parse("no {image:wanted} here").slots if slot]
    assert (slot[0].type, slot[0].name) == ("image", "wanted")


def test_a_doubled_brace_is_a_literal_one() -> None:
    assert templates.parse("template {{ failed }} here").runs == (("template", "failed", "here"),)


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("pull {img} denied", 5, "no type 'img'"),
        ("pull {image denied", 5, "never closed"),
        ("pull image} denied", 10, "without '{'"),
        ("{image}", 0, "no literal word"),
        ("{gap}denied", 0, "first or last"),
        ("denied{gap}", 11, "first or last"),
    ],
)
def test_a_fault_names_its_column_and_a_fix(text: str, column: int, says: str) -> None:
    with pytest.raises(templates.TemplateError, match=says) as caught:
        templates.parse(text)
    assert caught.value.column == column
    assert caught.value.fix


def test_a_near_miss_of_a_type_is_suggested() -> None:
    with pytest.raises(templates.TemplateError) as caught:
        templates.parse("denied for {imge}")
    assert caught.value.fix.startswith("did you mean {image}?")
