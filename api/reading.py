"""One message read: the templates found in it, what they weigh, and the answer they give.

Within a message a reason beats an umbrella sentence and an umbrella beats a symptom; a template
inside a longer one yields to it; otherwise the innermost (last) wins, because Go error chains
read outer to inner.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from api import evidence
from api.evidence import Evidence, Found
from api.index import Hit, Tokens
from api.model import LookAlike, Signature, Wrapper
from api.paste import Message

STRENGTHS = {"reason": 3, "umbrella": 2, "symptom": 1}
NEEDED = 2.0  # pull evidence that a generic wording needs beside it


class Answer(NamedTuple):
    """A cause and section; `how` is template, fuzzy or stage."""

    cause: str
    section: str | None
    signature: str | None
    how: str
    kind: str
    alternatives: tuple[str, ...]


class Candidate(NamedTuple):
    """A signature found in a message."""

    entry: Signature
    hit: Hit


@dataclass(slots=True)
class Parsed:
    """A message as tokens, the templates in it, what they weigh, and what it names if asked."""

    message: Message
    tokens: Tokens
    found: Sequence[Found]
    told: Evidence
    _captured: dict[str, str] | None = None

    def captured(self) -> dict[str, str]:
        if self._captured is None:
            self._captured = evidence.captured(self.found, self.tokens)
        return self._captured


class Reading(NamedTuple):
    """One message read: its best answer (None: no pull failure) and what supports it."""

    message: Message
    answer: Answer | None
    evidence: Evidence
    tokens: Tokens
    found: Sequence[Found]
    hit: Hit | None
    captured: Callable[[], Mapping[str, str]]

    def captures(self) -> dict[str, str]:
        """What the message names, and what its place in the paste says of the workload."""
        values = dict(self.captured())
        whose = self.message.workload
        for name in ("namespace", "pod", "container", "node", "image"):
            value = getattr(whose, name)
            if value:
                values.setdefault(name, value)
        return values


def strength(item: Found | Candidate | None) -> int:
    """3 for a reason, 2 for an umbrella, 1 for a symptom, 0 for what is no signature."""
    return STRENGTHS[item.entry.kind] if item and isinstance(item.entry, Signature) else 0


def order(item: Candidate) -> tuple[int, bool, int, int]:
    """What makes the better of two: its kind, wording that only pulls print, its place."""
    return strength(item), not item.entry.generic, item.hit.last, item.entry.template.words


def rest(found: Sequence[Found], words: Sequence[int]) -> Sequence[int]:
    """The words after the innermost wrapper or symptom: where the reason stands."""
    outer = (
        item.hit.last
        for item in found
        if isinstance(item.entry, Wrapper) or strength(item) == STRENGTHS["symptom"]
    )
    return words[max(outer, default=-1) + 1 :]


def outdone(item: Candidate, found: Sequence[Found]) -> bool:
    """Whether a template with more words accounts for this one's place, or for part of it."""
    words, own = item.entry.template.words, strength(item)
    for other in found:
        if other.hit is item.hit or not isinstance(other.entry, Signature):
            continue
        apart = other.hit.last < item.hit.first or item.hit.last < other.hit.first
        inside = other.hit.first <= item.hit.first and item.hit.last <= other.hit.last
        if not apart and (inside or strength(other) >= own):
            more = other.entry.template.words - words
            if more > 0 or (more == 0 and other.hit.last > item.hit.last):
                return True
    return False


def objection(
    entry: Signature, hit: Hit, found: Sequence[Found], told: Evidence, pull: float
) -> str | None:
    """Why the evidence does not admit a signature that was found; None where it does.

    `pull` is the evidence for a pull, of this message or of others in the paste.
    """
    if entry.generic and (pull < NEEDED or (told.counter >= pull and not _before(hit, found))):
        return f"generic: needs pull evidence of {NEEDED:g} and more than against"
    if not entry.generic and evidence.SELF_EVIDENT <= told.client > told.said:
        return "outweighed by another program that visits registries"
    if told.counter >= NEEDED and _disowned(entry, hit, found):
        return "yields to a look-alike that accounts for more of the same words"
    return None


def _before(hit: Hit, found: Sequence[Found]) -> bool:
    """Whether words of a pull stand before the hit and all that something else says after it."""
    said = any(
        isinstance(other.entry, Wrapper) and other.entry.says == "pull" and other.entry.weight >= 5
        for other in found
        if other.hit.last < hit.first
    )
    return said and not any(
        isinstance(other.entry, LookAlike)
        and other.entry.weight >= NEEDED
        and other.hit.first < hit.first
        for other in found
    )


def _disowned(entry: Signature, hit: Hit, found: Sequence[Found]) -> bool:
    return any(
        isinstance(other.entry, LookAlike)
        and other.hit.first <= hit.last
        and hit.first <= other.hit.last
        and other.entry.template.words > entry.template.words
        for other in found
    )
