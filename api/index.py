"""Templates to candidates: which templates occur in a text, in time independent of their number.

Every template is filed under the rarest pair of neighbouring words of its literal runs. A text's
pairs are looked up once each; a hit is verified in place, run by run, through the slots between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, chain, pairwise
from typing import Any, NamedTuple

from api import masking
from api.templates import GAP, GAP_PIECES, PLACEHOLDERS, Template

_UNKNOWN = 0
_CACHED_PIECES = 20_000
_CACHED_LENGTH = 64


class Tokens(NamedTuple):
    """A text as token ids; `piece_of` numbers the piece each is of, `pieces` are as they stand.

    A named tuple like all that is made many times a message: it costs a fifth of a frozen class.
    """

    text: str
    ids: tuple[int, ...]
    piece_of: Sequence[int]
    pieces: Sequence[str]

    def piece(self, number: int) -> str:
        return masking.trim(self.pieces[number])

    def known(self, piece: int) -> bool:
        """Whether every word of the piece is in the vocabulary."""
        return all(
            word for word, where in zip(self.ids, self.piece_of, strict=True) if where == piece
        )

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The offsets in the text from token `first` to token `last`."""
        opening, closing = self.piece_of[first], self.piece_of[last]
        place, at = self.text.index, 0
        for piece in self.pieces[:opening]:
            at = place(piece, at) + len(piece)
        start = place(self.pieces[opening], at)
        at = start
        for piece in self.pieces[opening:closing]:
            at = place(piece, at) + len(piece)
        end = place(self.pieces[closing], at)
        return start + self._lead(opening), end + self._lead(closing) + len(self.piece(closing))

    def _lead(self, number: int) -> int:
        """How much edge punctuation stands before the piece."""
        return self.pieces[number].index(self.piece(number))


class Hit(NamedTuple):
    """Template `template` found at tokens `first` to `last`; `at` is where each run starts."""

    template: int
    first: int
    last: int
    at: tuple[int, ...]


# A template as plain numbers, so that a compiled index loads fast: its runs of word ids, for each
# slot the placeholders' acceptance classes, and how many pieces each slot may hold.
_Compiled = tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...], tuple[int, ...]]
# Template, run, offset of the filed pair's last word in it, another word that the text must have.
_Place = tuple[int, int, int, int]
State = tuple[
    dict[str, int], tuple[_Compiled, ...], dict[int, list[_Place]], dict[int, list[_Place]]
]
_KINDS = tuple(PLACEHOLDERS)
_STRICT = frozenset(number for number, kind in enumerate(_KINDS) if PLACEHOLDERS[kind])


class _Pieces(dict[str, tuple[int, ...]]):
    """The token ids of each piece seen; what it lacks it makes, so that a lookup is one C call."""

    def __init__(self, vocabulary: dict[str, int]) -> None:
        self._number = vocabulary

    def __missing__(self, piece: str) -> tuple[int, ...]:
        number = self._number
        known = tuple([number.get(token, _UNKNOWN) for token in masking.tokens(piece)])
        if len(piece) <= _CACHED_LENGTH:
            if len(self) >= _CACHED_PIECES:
                self.clear()
            self[piece] = known
        return known


class Index:
    """An immutable index over templates; `find` gives every template that occurs in a text."""

    def __init__(self, state: State) -> None:
        self.vocabulary, self._compiled, self._pairs, self._singles = state
        self._width = len(self.vocabulary) + 1
        self._accepted = tuple(
            frozenset(self.vocabulary[token] for token in accepted) if accepted else frozenset()
            for accepted in PLACEHOLDERS.values()
        )
        self._known = _Pieces(self.vocabulary)

    @property
    def state(self) -> State:
        """What `Index(state)` needs to be this index again: plain numbers, dicts and tuples."""
        return self.vocabulary, self._compiled, self._pairs, self._singles

    def runs(self, template: int) -> Sequence[Sequence[int]]:
        """The literal word ids of a template, run by run."""
        return self._compiled[template][0]

    def words(self, template: int) -> tuple[int, ...]:
        """The literal word ids of a template, in order."""
        return tuple(word for run in self._compiled[template][0] for word in run)

    def neighbours(self) -> Callable[[int, int], bool]:
        """Tells whether two words stand side by side in some template."""
        width = self._width
        pairs = frozenset(
            a * width + b for runs, _, _ in self._compiled for run in runs for a, b in pairwise(run)
        )
        return lambda before, word: before * width + word in pairs

    def demands(self, template: int) -> tuple[frozenset[int], ...]:
        """What a text must hold of the template's strictly typed placeholders, one of each set."""
        slots = self._compiled[template][1]
        return tuple(self._accepted[kind] for slot in slots for kind in slot if kind in _STRICT)

    def room(self, template: int) -> int:
        """How many pieces the placeholders and gaps of the template may hold."""
        return sum(self._compiled[template][2])

    def run_ends(self, template: int) -> frozenset[int]:
        """How many words stand before each end of a run."""
        return frozenset(accumulate(len(run) for run in self._compiled[template][0]))

    def __len__(self) -> int:
        return len(self._compiled)

    def tokenise(self, text: str) -> Tokens:
        pieces = masking.pieces(text)
        known = list(map(self._known.__getitem__, pieces))
        if () in known:  # punctuation by itself
            pieces = [piece for piece, numbers in zip(pieces, known, strict=True) if numbers]
            known = [numbers for numbers in known if numbers]
        ids = tuple(chain.from_iterable(known))
        piece_of: Sequence[int] = range(len(ids))
        if len(ids) > len(pieces):
            piece_of = [number for number, numbers in enumerate(known) for _ in numbers]
        return Tokens(text, ids, piece_of, pieces)

    def find(self, tokens: Tokens) -> list[Hit]:
        """Every place where a template occurs, each template at most once per place."""
        ids, width, filed = tokens.ids, self._width, self._pairs.get
        present = set(ids)
        keys = [before * width + word for before, word in pairwise(ids)]
        places = [(at, found) for at, found in enumerate(map(filed, keys), start=1) if found]
        alone = self._singles.keys() & present
        if alone:
            places += [(at, self._singles[word]) for at, word in enumerate(ids) if word in alone]
            places.sort(key=_position)
        hits: list[Hit] = []
        for at, found in places:
            for number, run, offset, other in found:
                if other in present and at >= offset:
                    self._verify(tokens, number, run, at - offset, hits)
        return hits

    def _verify(self, tokens: Tokens, number: int, run: int, start: int, hits: list[Hit]) -> None:
        runs, slots, reach = self._compiled[number]
        ids = tokens.ids
        words = runs[run]
        if ids[start : start + len(words)] != words:
            return
        if len(runs) == 1:
            at: tuple[int, ...] = (start,)
        else:
            found = [0] * len(runs)
            found[run] = start
            for later in range(run + 1, len(runs)):
                last = found[later - 1] + len(runs[later - 1]) - 1
                place = self._next(tokens, runs[later], slots[later], reach[later], last)
                if place < 0:
                    return
                found[later] = place
            for earlier in range(run - 1, -1, -1):
                slot = slots[earlier + 1]
                place = self._before(
                    tokens, runs[earlier], slot, reach[earlier + 1], found[earlier + 1]
                )
                if place < 0:
                    return
                found[earlier] = place
            at = tuple(found)
        first, last = at[0], at[-1] + len(runs[-1]) - 1
        if slots[0]:
            first = self._opening(tokens, slots[0], first)
        if slots[-1]:
            last = self._closing(tokens, slots[-1], last)
        if first >= 0 and last >= 0:
            hits.append(Hit(number, first, last, at))

    def _next(
        self, tokens: Tokens, words: tuple[int, ...], slot: tuple[int, ...], reach: int, end: int
    ) -> int:
        """Where `words` stand after token `end`, through the slot between; -1 if nowhere."""
        ids, piece_of = tokens.ids, tokens.piece_of
        furthest = piece_of[end] + reach + 1
        for start in range(end + 1, len(ids)):
            if piece_of[start] > furthest:
                return -1
            stands = ids[start] == words[0] and ids[start : start + len(words)] == words
            if stands and self._fits(ids, slot, end, start):
                return start
        return -1

    def _before(
        self, tokens: Tokens, words: tuple[int, ...], slot: tuple[int, ...], reach: int, start: int
    ) -> int:
        ids, piece_of = tokens.ids, tokens.piece_of
        nearest = piece_of[start] - reach - 1
        for end in range(start - 1, -1, -1):
            if piece_of[end] < nearest:
                return -1
            begin = end - len(words) + 1
            stands = begin >= 0 and ids[end] == words[-1] and ids[begin : end + 1] == words
            if stands and self._fits(ids, slot, end, start):
                return begin
        return -1

    def _fits(self, ids: Sequence[int], slot: tuple[int, ...], end: int, start: int) -> bool:
        """Whether the tokens between `end` and `start` hold what the slot's strict types demand."""
        return all(
            any(word in self._accepted[kind] for word in ids[end + 1 : start])
            for kind in slot
            if kind in _STRICT
        )

    def _opening(self, tokens: Tokens, slot: tuple[int, ...], first: int) -> int:
        """The first token of the leading slot's pieces; -1 where a strict type finds none."""
        ids, piece_of = tokens.ids, tokens.piece_of
        for kind in reversed(slot):
            if kind in _STRICT and (first == 0 or ids[first - 1] not in self._accepted[kind]):
                return -1
            if first > 0:
                piece = piece_of[first - 1]
                while first > 0 and piece_of[first - 1] == piece:
                    first -= 1
        return first

    def _closing(self, tokens: Tokens, slot: tuple[int, ...], last: int) -> int:
        ids, piece_of = tokens.ids, tokens.piece_of
        end = len(ids) - 1
        for kind in slot:
            if kind in _STRICT and (last == end or ids[last + 1] not in self._accepted[kind]):
                return -1
            if last < end:
                piece = piece_of[last + 1]
                while last < end and piece_of[last + 1] == piece:
                    last += 1
        return last


def build(templates: Iterable[Template]) -> Index:
    """Index templates; each is filed under its rarest pair (its rarest word if no run has two)."""
    templates = tuple(templates)
    words = {word for template in templates for run in template.runs for word in run}
    typed = {token for accepted in PLACEHOLDERS.values() if accepted for token in accepted}
    typed.update(masking.EVIDENCE_TOKENS)
    vocabulary = {word: number for number, word in enumerate(sorted(words | typed), start=1)}
    width = len(vocabulary) + 1
    shared: dict[Any, Any] = {}  # most templates have a run or a slot in common with another
    compiled = tuple(_compile(template, vocabulary, shared) for template in templates)
    pair_count = Counter(a * width + b for c in compiled for run in c[0] for a, b in pairwise(run))
    word_count = Counter(word for c in compiled for run in c[0] for word in run)
    pairs: dict[int, list[_Place]] = {}
    singles: dict[int, list[_Place]] = {}
    for number, (runs, _, _) in enumerate(compiled):
        places = [
            (pair_count[a * width + b], a * width + b, run, at)
            for run, run_words in enumerate(runs)
            for at, (a, b) in enumerate(pairwise(run_words))
        ]
        if places:
            _, key, run, at = min(places)
            others = [word for each in runs for word in each if word not in divmod(key, width)]
            other = min(others, key=lambda word: (word_count[word], word), default=key % width)
            pairs.setdefault(key, []).append((number, run, at + 1, other))
        else:
            _, word, run = min((word_count[r[0]], r[0], i) for i, r in enumerate(runs))
            others = [each[0] for each in runs if each[0] != word]
            other = min(others, key=lambda word: (word_count[word], word), default=word)
            singles.setdefault(word, []).append((number, run, 0, other))
    return Index((vocabulary, compiled, pairs, singles))


def _compile(template: Template, vocabulary: dict[str, int], shared: dict[Any, Any]) -> _Compiled:
    runs = (tuple(vocabulary[word] for word in run) for run in template.runs)
    slots = tuple(tuple(_KINDS.index(p.type) for p in slot) for slot in template.slots)
    reach = tuple(sum(GAP_PIECES if p.type == GAP else 1 for p in s) for s in template.slots)
    return (
        tuple(shared.setdefault(run, run) for run in runs),
        shared.setdefault(slots, slots),
        shared.setdefault(("reach", reach), reach),
    )


def _position(place: tuple[int, list[_Place]]) -> int:
    return place[0]
