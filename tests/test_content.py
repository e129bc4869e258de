"""The knowledge base as a text: one shape, dated facts, dated sources, plain short sentences.

The prose rules are a small house style of our own. proselint was tried: on pages about commands
nearly all it finds is straight quotes; vale is a download at run time. Code is not judged here
(test_commands.py), nor are links between pages (the strict build does that).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import rendering
from tests import knowledge
from tests.knowledge import CAUSES, Page

# The permanent anchors of each cause page; signatures and other people's links lead to them.
SECTIONS = {
    "image-name": ["not-found", "access-denied", "name-unknown"],
    "image-tag": ["manifest-unknown", "not-found", "digest-not-found"],
    "registry-auth": [
        "no-credentials", "bad-credentials", "expired-token", "forbidden", "credential-provider",
        "anonymous-token",
    ],
    "wrong-registry": ["missing-prefix", "not-a-registry", "retired"],
    "registry-unreachable": [
        "dns", "timeout", "refused", "no-route", "reset", "tls-untrusted", "tls-name",
        "tls-expired", "tls-other", "plain-http", "proxy",
    ],
    "architecture-mismatch": ["no-platform", "exec-format"],
    "rate-limited": ["docker-hub", "other-registry"],
    "image-too-large": ["deadline", "canceled"],
    "node-storage": ["disk-full", "disk-pressure", "image-gc", "quota"],
    "invalid-reference": ["uppercase", "format", "empty"],
    "registry-outage": ["server-error", "unavailable", "bad-gateway"],
    "never-pull": [],
    "corrupt-content": ["digest-mismatch", "truncated", "missing-content"],
    "unsupported-image": ["schema1", "media-type", "not-an-image"],
    "policy-rejected": ["signature", "policy", "admission"],
    "sandbox-image": [],
    "node-runtime": ["runtime-down", "qps", "unpack", "permission"],
    "backoff-only": [],
}  # fmt: skip
PARTS = ["looks", "diagnose", "fix", "verify"]
BEFORE = ["retry", "messages", "tell-apart"]
AFTER = ["prevent", "references"]

# Drills tell stories, with people who talk as people do; contributors' pages are the schema's
# own words. Neither is read at 3 AM. The match page states no facts.
RUNBOOK = [
    page for page in knowledge.pages() if not page.path.startswith(("drills/", "contributing/"))
]
FACTS = [page for page in RUNBOOK if page.path != "match.md"]
LONGEST_SENTENCE = 25
MOST_PASSIVE = 0.2

FILLER = re.compile(
    r"\b(simply|just|easily|obviously|basically|very|really|quite|actually|clearly|merely|please"
    r"|of course|in order to|note that|it is important|utili[sz]e|leverage|seamless(?:ly)?|robust"
    r"|powerful|awesome|hopefully|blazing|effortless(?:ly)?|we|our|ours|let's)\b",
    re.IGNORECASE,
)
BRITISH = re.compile(
    r"\b(colou?r(?<=our)\w*|behaviou\w+|favou\w+|neighbou\w+|labelled|cancelled|licence|centre"
    r"|whilst|artefacts?|(?:recogn|author|organ|normal|synchron|initial|optim|summar)is\w+)\b",
    re.IGNORECASE,
)
_IRREGULAR = (
    "built|bound|broken|brought|chosen|cut|done|drawn|found|given|gone|held|hidden|hit|kept|known"
    "|left|lost|made|meant|met|paid|put|read|run|said|seen|sent|set|shown|shut|split|stuck|taken"
    "|told|understood|worn|written"
)
PASSIVE = re.compile(
    rf"\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+|not\s+|also\s+|never\s+)*"
    rf"(?:\w+ed|{_IRREGULAR})\b(?!\s+to\b)",
    re.IGNORECASE,
)
REPEATED = re.compile(r"\b([a-z]{2,})\s+\1\b(?!\.)")
SHARE = re.compile(
    r"\b\d+\s?(?:%|percent)\s+of\s+(?:the\s+|all\s+)?(?:cases|failures|incidents|outages)"
)
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u26ff]")


def test_the_causes_are_the_eighteen_of_the_taxonomy() -> None:
    assert sorted(SECTIONS) == CAUSES


@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_page_has_the_shape_of_all_cause_pages(cause: str) -> None:
    found = [(h.level, h.id) for h in rendering.headings(_page(cause).body) if h.level <= 2]
    middle = SECTIONS[cause] or PARTS
    assert found == [(1, cause), *((2, anchor) for anchor in [*BEFORE, *middle, *AFTER])]
    markers = re.findall(r"^<!-- pullbook:([a-z-]+) -->$", _page(cause).body, re.MULTILINE)
    assert markers == ["retry", "messages", "tells-apart"]


@pytest.mark.parametrize("cause", CAUSES)
def test_every_section_shows_the_message_and_says_how_to_find_fix_and_prove_it(cause: str) -> None:
    body = _page(cause).body
    for anchor in SECTIONS[cause] or [""]:
        level, prefix = (3, f"{anchor}-") if anchor else (2, "")
        parts = rendering.sections(body, level)
        ids = [key for key in parts if key.removeprefix(prefix) in PARTS and key.startswith(prefix)]
        assert ids == [f"{prefix}{part}" for part in PARTS]
        for part in ids:
            text = parts[part][1]
            kinds = {language for language, _, _ in rendering.fences(text)}
            assert len(text.split()) >= 15, f"#{part} has next to no content"
            if part.endswith("looks"):
                assert "text" in kinds, f"#{part} shows no message"
            if part.endswith(("diagnose", "verify")):
                assert "bash" in kinds, f"#{part} has no command"


@pytest.mark.parametrize("cause", CAUSES)
def test_a_section_starts_with_what_happened(cause: str) -> None:
    for anchor, (_, text, _) in rendering.sections(_page(cause).body, 2).items():
        if anchor in SECTIONS[cause]:
            first = text.partition("\n")[0]
            assert re.match(r"[A-Z`]", first), f"#{anchor} starts with {first[:30]!r}"


@pytest.mark.parametrize("page", knowledge.pages(), ids=lambda page: page.path)
def test_front_matter_is_complete(page: Page) -> None:
    assert page.meta.get("title"), "no title"
    description = str(page.meta.get("description", ""))
    assert 20 <= len(description) <= 150, f"{len(description)} characters of description"
    assert description.endswith((".", "?"))
    assert page.verified or page not in FACTS, "no date of verification"


def test_titles_are_unique() -> None:
    titles = [page.meta["title"] for page in knowledge.pages()]
    assert len(titles) == len(set(titles))


def test_every_page_of_the_site_says_when_its_facts_were_verified(site: Path) -> None:
    for page in FACTS:
        folder = page.path.removesuffix(".md").removesuffix("index").strip("/")
        built = (site / folder / "index.html").read_text("utf-8")
        assert f'<time datetime="{page.verified}">{page.verified}</time>' in built, page.path


def test_every_source_says_when_it_was_seen() -> None:
    links = [link for page in knowledge.pages() for link in page.links()]
    assert not [f"docs/{link.page}: {link.url}" for link in links if not link.seen]
    for link in links:
        verified = knowledge.read(link.page).verified or datetime.date.max
        assert datetime.date.fromisoformat(link.seen) <= verified, f"{link.page}: {link.url}"


def test_one_source_has_one_address() -> None:
    """No second spelling of a source by scheme, slash, language or fragment."""
    spellings: dict[str, set[str]] = {}
    for page in knowledge.pages():
        for link in page.links():
            spellings.setdefault(link.url.rstrip("/").lower(), set()).add(link.url)
            assert not re.search(r"^http:|/zh(?:-cn)?/|//www\.github|utm_", link.url), link
    assert not [found for found in spellings.values() if len(found) > 1]


def test_every_page_about_facts_names_its_sources() -> None:
    for page in RUNBOOK:
        if page.path.startswith("causes/"):
            assert len(list(page.links())) >= 3, page.path


def test_a_sentence_has_at_most_25_words() -> None:
    long = [
        f"docs/{page.path}: {len(words)} words: {sentence}"
        for page in RUNBOOK
        for sentence in page.sentences()
        for words in [[word for word in sentence.split() if re.search(r"\w", word)]]
        if len(words) > LONGEST_SENTENCE
    ]
    assert not long


@pytest.mark.parametrize(
    "style",
    [FILLER, BRITISH, REPEATED, SHARE, EMOJI],
    ids=["filler", "british", "repeated", "statistics", "emoji"],
)
def test_the_words_are_plain(style: re.Pattern[str]) -> None:
    assert not [f"docs/{path}: {found}: {text}" for path, found, text in _find(style)]


def test_most_sentences_say_who_does_it() -> None:
    for page in RUNBOOK:
        sentences = [sentence for sentence in page.sentences() if len(sentence.split()) > 3]
        passive = [sentence for sentence in sentences if PASSIVE.search(sentence)]
        assert len(sentences) < 20 or len(passive) <= MOST_PASSIVE * len(sentences), (
            f"docs/{page.path}: {len(passive)} of {len(sentences)} sentences are passive"
        )


@pytest.mark.parametrize(
    ("words", "style"),
    [
        ("Simply delete the pod.", FILLER),
        ("The registry is not recognised.", BRITISH),
        ("Delete the the pod.", REPEATED),
        ("A typo is 35 % of all cases.", SHARE),
        ("The secret was quietly deleted.", PASSIVE),
    ],
)
def test_the_style_notices_what_it_forbids(words: str, style: re.Pattern[str]) -> None:
    assert style.search(words)


def test_back_off_is_told_alike_everywhere() -> None:
    """10, 20, 40, 80, 160, 300: lists that leave out 160 are a common mistake."""
    right = re.compile(r"10, 20, 40(?:, 80, 160| seconds)")
    for page in RUNBOOK:
        text = " ".join(page.paragraphs())
        lists = re.findall(r"\b10, 20, 40.{12}", text)
        assert not [found for found in lists if not right.match(found)], page.path
        assert not re.search(r"\bbackoff\b(?!-only)", text), page.path


def _page(cause: str) -> Page:
    return knowledge.read(f"causes/{cause}.md")


def _find(style: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    for page in RUNBOOK:
        for sentence in page.sentences():
            if found := style.search(sentence):
                yield page.path, found.group(), sentence
