"""Readings to a diagnosis: ranked causes over the whole paste, and what tells them apart.

Any reason beats any symptom, and any symptom beats none; a message that shows a pull beats one
that only may belong to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api import confidence
from api.model import Catalogue, TellApart
from api.paste import Workload
from api.reading import NEEDED, STRENGTHS, Answer, Reading

_HOWS = {"template": 2, "fuzzy": 1, "stage": 0}
_EXCERPT = 2000  # characters of a message that an answer quotes


@dataclass(frozen=True, slots=True)
class Match:
    """A ranked answer with the message that decided it."""

    cause: str
    section: str | None
    signature: str | None
    how: str
    confidence: float
    message: str
    spans: tuple[tuple[int, int], ...]
    captures: dict[str, str]


@dataclass(frozen=True, slots=True)
class WorkloadAnswer:
    workload: Workload
    cause: str
    section: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`verdict` is match, ambiguous, symptom or unknown; `matches` are ranked, a cause once."""

    verdict: str
    matches: tuple[Match, ...]
    tell_apart: tuple[tuple[str, TellApart], ...]
    workloads: tuple[WorkloadAnswer, ...]
    removed: tuple[str, ...]


def compose(
    readings: Sequence[Reading], catalogue: Catalogue, limit: int, removed: tuple[str, ...]
) -> Diagnosis:
    """The diagnosis of a paste; `removed` names what was taken out of it before it was read."""
    ranked = sorted((each for each in readings if each.answer), key=_rank, reverse=True)
    if not ranked or ranked[0].answer is None:
        return Diagnosis("unknown", (), (), (), removed)
    best = ranked[0].answer
    matches: dict[str, Match] = {}
    for reading in ranked:
        answer = reading.answer
        told = answer is not None and (answer.kind != "symptom" or reading is ranked[0])
        if answer and told and answer.cause not in matches:
            matches[answer.cause] = _match(reading, answer)
    first = matches[best.cause]
    for number, other in enumerate(best.alternatives):
        if other not in matches:
            matches[other] = replace(
                first,
                cause=other,
                section=_section_of(catalogue, other, best),
                confidence=confidence.alternative(number),
                signature=None,
            )
    ordered = [first, *(m for m in matches.values() if m.cause != first.cause)][:limit]
    pairs = [_between(catalogue, first.cause, other.cause) for other in ordered[1:]]
    return Diagnosis(
        _verdict(best),
        tuple(ordered),
        tuple(pair for pair in pairs if pair),
        _workloads(ranked, first),
        removed,
    )


def _verdict(best: Answer) -> str:
    if best.kind == "symptom":
        return "symptom"
    return "ambiguous" if best.alternatives else "match"


def _section_of(catalogue: Catalogue, cause: str, best: Answer) -> str | None:
    """The section of an alternative: the one named alike, else none (the cause's page)."""
    known = catalogue.causes.get(cause)
    return best.section if known and best.section in known.sections else None


def _match(reading: Reading, answer: Answer) -> Match:
    hit = reading.hit
    place = reading.tokens.span(hit.first, hit.last) if hit else (0, 0)
    text, span = _excerpt(reading.message.text, place)
    return Match(
        answer.cause,
        answer.section,
        answer.signature,
        answer.how,
        _level(reading, answer),
        text,
        (span,) if span[1] > span[0] else (),
        reading.captures(),
    )


def _level(reading: Reading, answer: Answer) -> float:
    return confidence.of(answer.how, answer.kind, reading.evidence.pull >= NEEDED)


def _between(catalogue: Catalogue, one: str, other: str) -> tuple[str, TellApart] | None:
    """The entry that tells two causes apart, with the cause in whose file it stands."""
    for slug, neighbour in ((one, other), (other, one)):
        cause = catalogue.causes.get(slug)
        for entry in cause.tells_apart if cause else ():
            if entry.neighbour == neighbour:
                return slug, entry
    return None


def _rank(reading: Reading) -> tuple[bool, bool, int, int, int]:
    answer = reading.answer
    assert answer is not None
    kind = STRENGTHS[answer.kind] if answer.how != "stage" else 1
    return (
        kind > 1,
        reading.evidence.pull >= NEEDED,
        kind,
        # Of two symptoms, the one that is followed by an unknown reason says more.
        _HOWS[answer.how] if kind > 1 else -_HOWS[answer.how],
        reading.message.count,
    )


def _excerpt(text: str, span: tuple[int, int]) -> tuple[str, tuple[int, int]]:
    """The lines that hold the span, at most `_EXCERPT` characters, and the span within them."""
    start = text.rfind("\n", 0, span[0]) + 1
    end = text.find("\n", span[1])
    end = len(text) if end < 0 else end
    if span[1] - start > _EXCERPT:
        start = max(start, span[0] - 200)
    end = min(end, start + _EXCERPT)
    shown = text[start:end]
    lead = len(shown) - len(shown.lstrip())
    shown = shown.strip()
    return shown, (max(0, span[0] - start - lead), min(len(shown), span[1] - start - lead))


def _workloads(ranked: Sequence[Reading], first: Match) -> tuple[WorkloadAnswer, ...]:
    """The best answer for each workload that the text names; worst first.

    A line that names only an image speaks of the pod that names the same image.
    """
    answers: dict[Workload, WorkloadAnswer] = {}
    for reading in ranked:
        answer, whose = reading.answer, reading.message.workload
        captures = first.captures if reading is ranked[0] else reading.captures()
        image = whose.image or captures.get("image")
        key = Workload(whose.namespace, whose.pod, None, None, None if whose.pod else image)
        if answer is not None and key not in answers:
            level = _level(reading, answer)
            answers[key] = WorkloadAnswer(
                whose._replace(image=image), answer.cause, answer.section, level
            )
    with_pod = {found.workload.image for found in answers.values() if found.workload.pod}
    return tuple(
        found
        for found in answers.values()
        if found.workload.pod or found.workload.image not in with_pod
    )
