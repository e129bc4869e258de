"""The nearest miss: which words keep a template from matching a text.

Slow and thorough, for people: `soft` is the fast counterpart that answers pastes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from api import masking, paste, redaction
from api.matcher import Matcher
from api.model import LookAlike, Signature
from api.templates import Template

_AROUND = 3  # words shown on each side of a difference
_CANDIDATES = 40


@dataclass(frozen=True, slots=True)
class Miss:
    """`covered` is the share of the template's words found in order; `word` counts from 1.

    `wanted` and `found` show the words around the first difference.
    """

    covered: float
    missing: tuple[str, ...]
    wanted: str
    found: str
    word: int


def miss(text: str, template: Template) -> Miss:
    """How `template` misses the message of `text` that comes nearest to it."""
    bodies = [m.text for m in paste.messages(redaction.redact(text).text)] or [""]
    return max((_align(words_of(body), template, {}) for body in bodies), key=lambda m: m.covered)


def misses(
    matcher: Matcher, words: Sequence[str], count: int
) -> list[tuple[Signature | LookAlike, Miss]]:
    """The `count` signatures and look-alikes nearest to a message that lacks some words."""
    known = [e for e in matcher.entries if isinstance(e, Signature | LookAlike)]
    often = Counter(word for e in known for word in {w for run in e.template.runs for w in run})
    present = set(words)
    scored = []
    for number, entry in enumerate(known):
        own = {word for run in entry.template.runs for word in run}
        total = sum(often[word] ** -0.5 for word in own)
        shared = sum(often[word] ** -0.5 for word in own & present)
        if shared:
            scored.append((shared / total * min(1.0, shared), -number, entry))
    scored.sort(reverse=True, key=lambda score: score[:2])
    aligned = [(e, _align(words, e.template, often)) for _, _, e in scored[:_CANDIDATES]]
    lacking = [pair for pair in aligned if pair[1].missing]
    return sorted(lacking, key=lambda p: (-p[1].covered, len(p[1].missing), p[0].id))[:count]


def words_of(text: str) -> list[str]:
    """The tokens of a text in words, as templates see them."""
    return [token for piece in masking.pieces(text) for token in masking.tokens(piece)]


def _align(words: Sequence[str], template: Template, often: Mapping[str, int]) -> Miss:
    """Line the template's words up with the text's; rare words count for more."""
    wanted = [word for run in template.runs for word in run]
    steps = SequenceMatcher(None, wanted, words, autojunk=False).get_opcodes()
    missing = tuple(
        word
        for kind, start, end, _, _ in steps
        if kind in ("delete", "replace")
        for word in wanted[start:end]
    )
    # The first word that does not continue the template where it should.
    at = next((s for k, s, _, _, _ in steps if k in ("delete", "replace")), len(wanted))
    near = next((d for k, _, _, d, _ in steps if k in ("delete", "replace")), len(words))
    weights = {word: often.get(word, 1) ** -0.5 for word in wanted}
    covered = 1 - sum(weights[w] for w in missing) / sum(weights[w] for w in wanted)
    return Miss(covered, missing, _around(wanted, at), _around(words, near), at + 1)


def _around(words: Sequence[str], at: int) -> str:
    start, end = max(0, at - _AROUND), min(len(words), at + _AROUND)
    before = "… " if start else ""
    after = " …" if end < len(words) else ""
    return f"{before}{' '.join(words[start:end])}{after}" if words else "nothing"
