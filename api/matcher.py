"""Messages to a diagnosis: which cause, which section, how sure, and what else it could be.

Within a message a reason beats an umbrella sentence and an umbrella beats a symptom; a template
inside a longer one yields to it; otherwise the innermost (last) wins, because Go error chains
read outer to inner. Over messages any reason beats any symptom, and any symptom beats none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from api import confidence, evidence, paste, redaction, scan, stages
from api.evidence import Evidence, Found
from api.index import Hit, Index, Tokens, build
from api.model import Catalogue, LookAlike, Signature, TellApart, Wrapper
from api.paste import Message, Workload
from api.soft import Near, Nearest, Speller, as_hit

_HOWS = {"template": 2, "fuzzy": 1, "stage": 0}
_KINDS = {"reason": 3, "umbrella": 2, "symptom": 1}
NEEDED = 2.0  # pull evidence that a generic wording needs beside it
_FEW = 3  # messages of a paste that are worth the soft stage without any sign of a pull
_LONG = 4  # words of a template that tells by itself
_RESIDUE = 2  # words that no template accounts for, before the soft stage looks at them
_REMEMBERED = 1000  # wordings of messages
_REMEMBERED_WORDS = 200  # of the longest of them
_DISTANT = 1.5  # what evidence loses when it stands in another message of the paste


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
class _Parsed:
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


_Wording = tuple[tuple[int, ...], tuple[int, ...]]  # word numbers, and which piece each is of
Entry = Signature | LookAlike | Wrapper


@dataclass(frozen=True, slots=True)
class Parts:
    """What a matcher is built from; `compiled` keeps it so that a process starts fast.

    `entries` are numbered as in the index; `causes` names the cause of each, "" where it has none.
    """

    entries: Sequence[Entry]
    index: Index
    causes: Sequence[str]
    signs: scan.Signs


def parts(catalogue: Catalogue) -> Parts:
    entries: tuple[Entry, ...] = (
        *catalogue.signatures.values(),
        *catalogue.look_alikes,
        *catalogue.wrappers,
    )
    causes = [entry.cause if isinstance(entry, Signature) else "" for entry in entries]
    index = build(entry.template for entry in entries)
    return Parts(entries, index, causes, scan.signs(entries))


class Matcher:
    """Matches pastes against one catalogue; safe between threads."""

    def __init__(self, catalogue: Catalogue, ready: Parts | None = None) -> None:
        self.catalogue = catalogue
        self._parts = ready or parts(catalogue)
        self.entries, self.index = self._parts.entries, self._parts.index
        self._remembered: dict[_Wording, tuple[list[Found], Evidence]] = {}
        self._scale = evidence.Scale(self.index.vocabulary)
        self._codes = {
            self.index.vocabulary[code]: code
            for code in stages.CODES
            if code in self.index.vocabulary
        }

    @cached_property
    def _speller(self) -> Speller:
        return Speller(self.index)

    @cached_property
    def _nearest(self) -> Nearest:
        return Nearest(self.index, self._parts.causes)

    def diagnose(self, text: str, limit: int = 3) -> Diagnosis:
        """Read a paste; never raises on any text. Linear in its length."""
        if len(text) > scan.LONG and not paste.is_json(text):
            text = self._parts.signs.lines(redaction.without_keys(text))
        clean = redaction.redact(text)
        readings = self.read(paste.messages(clean.text))
        answered = [reading for reading in readings if reading.answer]
        if not answered:
            return Diagnosis("unknown", (), (), (), clean.removed)
        ranked = sorted(answered, key=_rank, reverse=True)
        return self._diagnosis(ranked, limit, clean.removed)

    def read(self, messages: Sequence[Message]) -> list[Reading]:
        """What each message of one paste says: its evidence, its templates, its answer."""
        parsed = [self._parse(message, self.index.tokenise(message.text)) for message in messages]
        distant = max((each.told.pull for each in parsed), default=0.0) - _DISTANT
        order = sorted(range(len(parsed)), key=lambda at: -_known(parsed[at]))
        telling = set(order[:_FEW])
        return [self._reading(each, distant, at in telling) for at, each in enumerate(parsed)]

    def _parse(self, message: Message, tokens: Tokens) -> _Parsed:
        """The message with its templates and evidence, remembered for messages worded alike.

        What differs between two such messages is masked: word numbers hold no pasted text.
        """
        wording = tokens.ids, tuple(tokens.piece_of)
        known = self._remembered.get(wording)
        if known is None:
            found = self.found(tokens)
            known = found, self._scale.weigh(found, tokens)
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            if len(tokens.ids) <= _REMEMBERED_WORDS:
                self._remembered[wording] = known
        return _Parsed(message, tokens, *known)

    def forget(self) -> None:
        """Meet every wording as if for the first time: what the bench measures by."""
        self._remembered.clear()

    def found(self, tokens: Tokens) -> list[Found]:
        return [Found(self.entries[hit.template], hit) for hit in self.index.find(tokens)]

    def _reading(self, parsed: _Parsed, distant: float, telling: bool) -> Reading:
        """The best answer to one message: exact, else repaired, else near, else by its stage.

        `telling`: worth the time of the soft stage even where it shows no pull.
        """
        best, how = self._best(parsed, distant), "template"
        if _strength(best) < 3 and (telling or parsed.told.pull >= NEEDED) and _unexplained(parsed):
            tokens = self._speller.repair(parsed.tokens)
            repaired = self._parse(parsed.message, tokens) if tokens else parsed
            better = self._best(repaired, distant)
            if _strength(better) > _strength(best):
                best, how, parsed = better, "fuzzy", repaired
            if near := self._near(parsed, best, telling):
                best, how = near, "fuzzy"
        answer = None
        if best is not None and _strength(best) >= 2:
            answer = self._answer(best, how, parsed)
        elif (guessed := self._guess(parsed)) is not None:
            answer, best = guessed, None
        elif best is not None:
            answer = self._answer(best, "stage" if _unworded(parsed) else how, parsed)
        elif parsed.told.pull >= 4 > parsed.told.counter and parsed.told.stage:
            answer = _symptom()
        return Reading(
            parsed.message,
            answer,
            parsed.told,
            parsed.tokens,
            parsed.found,
            best.hit if best else None,
            parsed.captured,
        )

    def _best(self, parsed: _Parsed, distant: float) -> Candidate | None:
        """The best signature that the evidence admits, of those found in the message."""
        told, found = parsed.told, parsed.found
        pull = max(told.pull, min(distant, 4.0))
        admissible = []
        for item in found:
            entry = item.entry
            if isinstance(entry, Signature):
                if entry.generic and (pull < NEEDED or told.counter >= pull):
                    continue
                if not entry.generic and told.counter >= max(evidence.SELF_EVIDENT, told.pull):
                    continue
                admissible.append(Candidate(entry, item.hit))
        free = [item for item in admissible if not outdone(item, found)]
        return max(free or admissible, key=order, default=None)

    def _near(self, parsed: _Parsed, best: Candidate | None, telling: bool) -> Candidate | None:
        """The nearest signature that says more than `best`, and says it further in.

        Without pull evidence only wording counts that nothing but a pull prints.
        """
        told = parsed.told
        shown = told.pull >= NEEDED and told.pull > told.counter
        if not shown and (not telling or told.counter):
            return None
        found: Candidate | None = None
        for near in self._nearest.find(parsed.tokens):
            entry = self.entries[near.template]
            if isinstance(entry, Signature) and (shown or _tells(entry, near)):
                candidate = Candidate(entry, as_hit(near))
                further_in = best is None or near.last > best.hit.last
                if further_in and _strength(candidate) > max(_strength(best), _strength(found)):
                    found = candidate
        return found

    def _guess(self, parsed: _Parsed) -> Answer | None:
        """What HTTP status, gRPC code or stage say where no wording is known."""
        tokens, told = parsed.tokens, parsed.told
        if told.pull < 3 or told.counter >= told.pull:
            return None
        code = next((self._codes[i] for i in reversed(tokens.ids) if i in self._codes), None)
        guess = stages.guess(told.status, code, told.stage)
        if guess is None:
            return None
        section = guess.section
        if guess.cause == "rate-limited" and "docker-hub" in self._context(parsed):
            section = "docker-hub"
        return Answer(guess.cause, section, None, "stage", "umbrella", guess.ambiguous_with)

    def _answer(self, best: Candidate, how: str, parsed: _Parsed) -> Answer:
        signature = best.entry
        cause, section = signature.cause, signature.section
        alternatives = list(signature.ambiguous_with)
        facts = self._context(parsed) if signature.prefer else frozenset()
        for preference in signature.prefer:
            if preference.when in facts:
                if preference.cause != cause:
                    alternatives = [preference.cause, cause, *alternatives]
                cause, section = preference.cause, preference.section
                break
        others = tuple(dict.fromkeys(other for other in alternatives if other != cause))
        return Answer(cause, section, signature.id, how, signature.kind, others)

    def _context(self, parsed: _Parsed) -> frozenset[str]:
        image = parsed.captured().get("image", "")
        return evidence.context(parsed.told, image, self.catalogue.well_known)

    def _diagnosis(
        self, ranked: Sequence[Reading], limit: int, removed: tuple[str, ...]
    ) -> Diagnosis:
        best = ranked[0]
        assert best.answer is not None
        matches: dict[str, Match] = {}
        for reading in ranked:
            answer = reading.answer
            if answer and answer.cause not in matches and (
                answer.kind != "symptom" or reading is best
            ):
                matches[answer.cause] = self._match(reading, answer)
        first = matches[best.answer.cause]
        for number, other in enumerate(best.answer.alternatives):
            if other not in matches:
                section = self._section_of(other, best)
                level = confidence.alternative(number)
                matches[other] = replace(
                    first, cause=other, section=section, confidence=level, signature=None
                )
        ordered = [first, *(m for m in matches.values() if m.cause != first.cause)][:limit]
        if best.answer.kind == "symptom":
            verdict = "symptom"
        elif best.answer.alternatives:
            verdict = "ambiguous"
        else:
            verdict = "match"
        pairs = [self._between(first.cause, m.cause) for m in ordered[1:]]
        return Diagnosis(
            verdict,
            tuple(ordered),
            tuple(pair for pair in pairs if pair),
            _workloads(ranked, matches),
            removed,
        )

    def _section_of(self, cause: str, reading: Reading) -> str | None:
        """The section of an alternative: the one named alike, else none (the cause's page)."""
        wanted = reading.answer.section if reading.answer else None
        known = self.catalogue.causes.get(cause)
        return wanted if known and wanted in known.sections else None

    def _match(self, reading: Reading, answer: Answer) -> Match:
        hit = reading.hit
        place = reading.tokens.span(hit.first, hit.last) if hit else (0, 0)
        text, span = _excerpt(reading.message.text, place)
        return Match(
            answer.cause,
            answer.section,
            answer.signature,
            answer.how,
            confidence.of(answer.how, answer.kind, reading.evidence.pull >= NEEDED),
            text,
            (span,) if span[1] > span[0] else (),
            reading.captures(),
        )

    def _between(self, one: str, other: str) -> tuple[str, TellApart] | None:
        for slug, neighbour in ((one, other), (other, one)):
            for entry in self.catalogue.causes[slug].tells_apart if slug in self.catalogue.causes else ():
                if entry.neighbour == neighbour:
                    return slug, entry
        return None


def _strength(item: Found | Candidate | None) -> int:
    """3 for a reason, 2 for an umbrella, 1 for a symptom, 0 for what is no signature."""
    return _KINDS[item.entry.kind] if item and isinstance(item.entry, Signature) else 0


def order(item: Candidate) -> tuple[int, bool, int, int]:
    """What makes an answer the better of two: its kind, wording that only pulls print, the place."""
    return _strength(item), not item.entry.generic, item.hit.last, item.entry.template.words


def outdone(item: Candidate, found: Sequence[Found]) -> bool:
    """Whether a template with more words accounts for this one's place, or for part of it."""
    words, strength = item.entry.template.words, _strength(item)
    for other in found:
        if other.hit is item.hit or not isinstance(other.entry, Signature):
            continue
        apart = other.hit.last < item.hit.first or item.hit.last < other.hit.first
        inside = other.hit.first <= item.hit.first and item.hit.last <= other.hit.last
        if not apart and (inside or _strength(other) >= strength):
            more = other.entry.template.words - words
            if more > 0 or (more == 0 and other.hit.last > item.hit.last):
                return True
    return False


def _rank(reading: Reading) -> tuple[bool, bool, int, int, int]:
    answer = reading.answer
    assert answer is not None
    kind = _KINDS[answer.kind] if answer.how != "stage" else 1
    return (
        kind > 1,
        reading.evidence.pull >= NEEDED,
        kind,
        # Of two symptoms, the one that is followed by an unknown reason says more.
        _HOWS[answer.how] if kind > 1 else -_HOWS[answer.how],
        reading.message.count,
    )


def _known(parsed: _Parsed) -> int:
    """How many words of a message the catalogue uses too."""
    return len(parsed.tokens.ids) - parsed.tokens.ids.count(0)


def _unexplained(parsed: _Parsed) -> bool:
    """Whether enough words follow the first wrapper that nothing in the catalogue accounts for."""
    found, tokens = parsed.found, parsed.tokens
    if not found:
        return len(tokens.ids) >= _RESIDUE
    covered = max(item.hit.last for item in found)
    if len(tokens.ids) - 1 - covered >= _RESIDUE:
        return True
    inside = {at for item in found for at in range(item.hit.first, item.hit.last + 1)}
    first = min(item.hit.first for item in found)
    return covered - first + 1 - len(inside) >= _RESIDUE


def _unworded(parsed: _Parsed) -> bool:
    """Whether a reason follows the innermost known words, in words the catalogue does not have."""
    last = max(item.hit.last for item in parsed.found)
    if len(parsed.tokens.ids) - 1 - last < _LONG:
        return False
    _, end = parsed.tokens.span(last, last)
    return parsed.tokens.text[end : end + 4].lstrip("\"'\\ )")[:1] in (":", "=")


def _tells(entry: Signature, near: Near) -> bool:
    """Whether a near template is sign enough by itself that an image pull failed."""
    return not entry.generic and near.whole and entry.template.words >= _LONG


def _symptom() -> Answer:
    return Answer("backoff-only", None, None, "stage", "symptom", ())


_EXCERPT = 2000


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


def _workloads(
    ranked: Sequence[Reading], matches: dict[str, Match]
) -> tuple[WorkloadAnswer, ...]:
    """The best answer for each workload that the text names; worst first."""
    answers: dict[Workload, WorkloadAnswer] = {}
    first = ranked[0]
    for reading in ranked:
        answer = reading.answer
        whose = reading.message.workload
        captures = matches[first.answer.cause].captures if reading is first and first.answer else None
        image = whose.image or (captures or reading.captures()).get("image")
        key = Workload(whose.namespace, whose.pod, None, None, None if whose.pod else image)
        if answer is None or key in answers:
            continue
        level = confidence.of(answer.how, answer.kind, reading.evidence.pull >= NEEDED)
        answers[key] = WorkloadAnswer(
            whose._replace(image=image), answer.cause, answer.section, level
        )
    return tuple(answers.values())
