"""A paste to its diagnosis: messages, tokens, templates, evidence, and one answer a message.

The stages in order: the exact index; spelling repair and the nearest templates where words are
left that no template accounts for; the HTTP status, single words, or the stage of the pull where
no wording is known.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from api import diagnosis, evidence, paste, redaction, scan, stages
from api.bayes import Bayes
from api.diagnosis import Diagnosis
from api.evidence import Evidence, Found
from api.index import Hit, Index, Tokens, build
from api.model import Catalogue, LookAlike, Signature, Wrapper
from api.paste import Message
from api.reading import (
    NEEDED,
    Answer,
    Candidate,
    Parsed,
    Reading,
    objection,
    order,
    outdone,
    rest,
    strength,
)

if TYPE_CHECKING:  # the soft stage brings RapidFuzz, which many a paste never needs
    from api.soft import Near, Nearest, Speller

_FEW = 3  # messages of a paste that are worth the soft stage without any sign of a pull
_LONG = 4  # words of a template that tells by itself
_LONGER = 5  # with one of them misspelt
_RESIDUE = 2  # words that no template accounts for, before the soft stage looks at them
_REMEMBERED = 1000  # wordings of messages
_REMEMBERED_WORDS = 200  # of the longest of them
_NEAR = 3  # messages before and after that the same program may have printed
_DISTANT = 1.5  # what evidence loses when it stands in another message of the paste

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
        from api.soft import Speller

        return Speller(self.index)

    @cached_property
    def _bayes(self) -> Bayes:
        reasons = [
            ((entry.cause, entry.section), self.index.runs(number))
            for number, entry in enumerate(self.entries)
            if isinstance(entry, Signature) and entry.kind == "reason" and entry.section
        ]
        return Bayes(reasons, self.index.vocabulary)

    @cached_property
    def _nearest(self) -> Nearest:
        from api.soft import Nearest

        return Nearest(self.index, self._parts.causes)

    def diagnose(self, text: str, limit: int = 3) -> Diagnosis:
        """Read a paste; never raises on any text. Linear in its length."""
        if len(text) > scan.LONG and not paste.is_json(text):
            text = self._parts.signs.lines(redaction.without_keys(text))
        clean = redaction.redact(text)
        readings = self.read(paste.messages(clean.text))
        return diagnosis.compose(readings, self.catalogue, limit, clean.removed)

    def read(self, messages: Sequence[Message]) -> list[Reading]:
        """What each message of one paste says: its evidence, its templates, its answer."""
        parsed = [self._parse(message, self.index.tokenise(message.text)) for message in messages]
        if any(each.told.client for each in parsed):
            parsed = [_beside(parsed, at) for at in range(len(parsed))]
        distant = max((each.told.pull for each in parsed), default=0.0) - _DISTANT
        best = [self._best(each, distant) for each in parsed]
        settled = {
            each.message.workload.pod
            for each, found in zip(parsed, best, strict=True)
            if strength(found) == 3 and each.told.pull >= NEEDED
        }
        telling: set[int] = set()
        if not settled:
            telling.update(sorted(range(len(parsed)), key=lambda at: -_known(parsed[at]))[:_FEW])
        settled.discard(None)  # who is not named may be another
        return [
            self._reading(each, found, distant, at in telling, each.message.workload.pod in settled)
            for at, (each, found) in enumerate(zip(parsed, best, strict=True))
        ]

    def _parse(self, message: Message, tokens: Tokens) -> Parsed:
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
        return Parsed(message, tokens, *known)

    def forget(self) -> None:
        """Meet every wording as if for the first time: what the bench measures by."""
        self._remembered.clear()

    def telling(self, reading: Reading) -> list[str]:
        """The words by which an answer was guessed; those that say most first, none for others."""
        words = rest(reading.found, reading.tokens.ids)
        guess = self._bayes.guess(words, _failed(reading.evidence))
        answer = reading.answer
        if not (answer and guess and answer.how == "stage" and guess.section == answer.section):
            return []
        spelt = ("", *self.index.vocabulary)
        return [spelt[number] for number in self._bayes.telling(words, guess)]

    def found(self, tokens: Tokens) -> list[Found]:
        return [Found(self.entries[hit.template], hit) for hit in self.index.find(tokens)]

    def _reading(
        self,
        parsed: Parsed,
        best: Candidate | None,
        distant: float,
        telling: bool,
        settled: bool,
    ) -> Reading:
        """The best answer to one message: exact (`best`), else repaired, near, or by its stage.

        `telling`: worth the time of the soft stage even where it shows no pull; `settled`: another
        message gives the reason of the same pod, and the soft stage is spared.
        """
        how = "template"
        worth = not settled and (telling or parsed.told.pull >= NEEDED)
        if worth and strength(best) < 3 and _unexplained(parsed, best):
            tokens = self._speller.repair(parsed.tokens)
            repaired = self._parse(parsed.message, tokens) if tokens else parsed
            better = self._best(repaired, distant)
            if strength(better) > strength(best):
                best, how, parsed = better, "fuzzy", repaired
            if near := self._near(repaired, best, telling):
                best, how, parsed = near, "fuzzy", repaired
        answer = None
        hit = best.hit if best else None
        if best is not None and strength(best) >= 2:
            answer = self._answer(best, how, parsed)
        elif (guessed := self._guess(parsed)) is not None:
            answer, hit = guessed
        elif best is not None:
            answer = self._answer(best, "stage" if _unworded(parsed) else how, parsed)
        elif _failed(parsed.told):
            answer = _symptom(parsed.told.stage)
        return Reading(
            parsed.message,
            answer,
            parsed.told,
            parsed.tokens,
            parsed.found,
            hit,
            parsed.captured,
        )

    def _best(self, parsed: Parsed, distant: float) -> Candidate | None:
        """The best signature that the evidence admits, of those found in the message."""
        told, found = parsed.told, parsed.found
        pull = max(told.pull, min(distant, 4.0))
        admissible = [
            Candidate(item.entry, item.hit)
            for item in found
            if isinstance(item.entry, Signature)
            and objection(item.entry, item.hit, found, told, pull) is None
        ]
        free = [item for item in admissible if not outdone(item, found)]
        return max(free or admissible, key=order, default=None)

    def _near(self, parsed: Parsed, best: Candidate | None, telling: bool) -> Candidate | None:
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
                hit = Hit(near.template, near.first, near.last, ())
                candidate = Candidate(entry, hit)
                further_in = best is None or near.last > best.hit.last
                if further_in and strength(candidate) > max(strength(best), strength(found)):
                    found = candidate
        return found

    def _guess(self, parsed: Parsed) -> tuple[Answer, Hit | None] | None:
        """What HTTP status, words, gRPC code or stage say where no wording is known; and where."""
        tokens, told = parsed.tokens, parsed.told
        if told.pull < 3 or told.counter >= told.pull:
            return None
        told_by: Collection[int] = ()
        words = rest(parsed.found, tokens.ids)
        if guess := stages.by_status(told.status):
            told_by = (self.index.vocabulary[told.status or ""],)
        elif guess := self._bayes.guess(words, _failed(told)):
            told_by = self._bayes.telling(words, guess)
        else:
            code = next((self._codes[i] for i in reversed(tokens.ids) if i in self._codes), None)
            guess = stages.by_stage(code, told.stage)
        if guess is None:
            return None
        section = guess.section
        if guess.cause == "rate-limited" and "docker-hub" in self._context(parsed):
            section = "docker-hub"
        answer = Answer(guess.cause, section, None, "stage", "umbrella", guess.ambiguous_with)
        start = len(tokens.ids) - len(words)
        places = [at for at, word in enumerate(words, start) if word in told_by]
        return answer, Hit(-1, places[0], places[-1], ()) if places else None

    def _answer(self, best: Candidate, how: str, parsed: Parsed) -> Answer:
        signature = best.entry
        cause, section = signature.cause, signature.section
        alternatives = list(signature.ambiguous_with)
        if signature.kind == "symptom":
            alternatives += stages.behind(parsed.told.stage)
        facts = self._context(parsed) if signature.prefer else frozenset()
        for preference in signature.prefer:
            if preference.when in facts:
                if preference.cause != cause:
                    alternatives = [preference.cause, cause, *alternatives]
                cause, section = preference.cause, preference.section
                break
        others = tuple(dict.fromkeys(other for other in alternatives if other != cause))
        return Answer(cause, section, signature.id, how, signature.kind, others)

    def _context(self, parsed: Parsed) -> frozenset[str]:
        named = parsed.captured()
        image, registry = named.get("image", ""), named.get("registry", "")
        text = parsed.tokens.text
        return evidence.context(parsed.told, image, self.catalogue.well_known, registry, text)


def _beside(parsed: Sequence[Parsed], at: int) -> Parsed:
    """The message with what its neighbours tell of the program that printed them all."""
    near = parsed[max(0, at - _NEAR) : at + _NEAR + 1]
    told = evidence.beside(parsed[at].told, max(each.told.client for each in near))
    return replace(parsed[at], told=told)


def _known(parsed: Parsed) -> int:
    """How many words of a message the catalogue uses too."""
    return len(parsed.tokens.ids) - parsed.tokens.ids.count(0)


def _unexplained(parsed: Parsed, best: Candidate | None) -> bool:
    """Whether enough words follow the first wrapper that nothing in the catalogue accounts for."""
    found, tokens = parsed.found, parsed.tokens
    if best is None:
        return len(tokens.ids) >= _RESIDUE
    covered = max(item.hit.last for item in found)
    after = len(tokens.ids) - 1 - covered
    if after >= _RESIDUE or (after and not tokens.ids[-1]):
        return True
    inside = {at for item in found for at in range(item.hit.first, item.hit.last + 1)}
    first = min(item.hit.first for item in found)
    return covered - first + 1 - len(inside) >= _RESIDUE


def _unworded(parsed: Parsed) -> bool:
    """Whether a reason follows the innermost known words, in words the catalogue does not have."""
    last = max((item.hit.last for item in parsed.found), default=len(parsed.tokens.ids))
    if len(parsed.tokens.ids) - 1 - last < _LONG:
        return False
    _, end = parsed.tokens.span(last, last)
    return parsed.tokens.text[end : end + 4].lstrip("\"'\\ )")[:1] in (":", "=")


def _failed(told: Evidence) -> bool:
    """Whether it is sure that a pull failed although no wording says why."""
    return told.pull > told.counter and (told.pull >= 5 or (told.pull >= 4 and bool(told.stage)))


def _tells(entry: Signature, near: Near) -> bool:
    """Whether a near template is sign enough by itself that an image pull failed."""
    enough = _LONG if near.score == 1.0 else _LONGER
    return not entry.generic and near.whole and entry.template.words >= enough


def _symptom(stage: str | None) -> Answer:
    return Answer("backoff-only", None, None, "stage", "symptom", stages.behind(stage))
