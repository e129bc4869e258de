"""The soft stage: what to do when no template fits to the letter.

First the spelling of unknown words is repaired against the catalogue's own vocabulary (one edit,
two glued or one split word) and the exact stage tried again; then RapidFuzz aligns the text with
the few templates that share its rarest words.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA, LCSseq, Opcode

from api import masking
from api.index import Hit, Index, Tokens

_SHORTEST = 4  # words below this length are not repaired: too many are one edit apart
_LONGEST = 30
_TWO_EDITS = 8  # letters of a word that may differ in two places
_CHOICES = 8
_CANDIDATES = 50
_POSTINGS = 400
_FEWEST = 3  # words that must agree
_HEAD = 0.6  # how much of a template must stand before a cut
_ALIKE = 0.5  # how like its word a misspelt one must be
_GARBLED = 0.92  # what a template is worth with one word misspelt beyond repair
_CUT = 0.95  # what a template is worth whose end was cut off
_SLACK = 12  # pieces that placeholders and gaps may hold between the words
ENOUGH = 0.85


@dataclass(frozen=True, slots=True)
class Near:
    """Template `template` covers `score` of its weighted words from token `first` to `last`.

    `explained` is the weight of the text's words that it accounts for; `whole`: no word of it is
    missing, but for one misspelt or what the text's end cut off.
    """

    template: int
    score: float
    explained: float
    whole: bool
    first: int
    last: int


def nearest(word: str, words: Collection[str]) -> str | None:
    """The first of `words` that is at most one edit (a swap counts as one) from `word`."""
    found = process.extractOne(word, words, scorer=OSA.distance, score_cutoff=1)
    return found[0] if found else None


class Speller:
    """Repairs words to the vocabulary of an index, where their neighbours bear it out."""

    def __init__(self, index: Index) -> None:
        self._numbers = index.vocabulary
        self._pairs = index.word_pairs()
        self._by_edge: dict[tuple[str, int], list[str]] = {}
        for word in index.vocabulary:
            if len(word) >= _SHORTEST and word.isalpha():
                for edge in {word[0], word[-1]}:
                    self._by_edge.setdefault((edge, len(word)), []).append(word)

    def repair(self, tokens: Tokens) -> Tokens | None:
        """The tokens with unknown words repaired; None where nothing could be."""
        unknown = [at for at, known in enumerate(tokens.ids) if not known]
        if not unknown:
            return None
        ids = list(tokens.ids)
        for at in unknown:
            if word := _word(tokens, at):
                ids[at] = self._repaired(word, ids[at - 1] if at else 0, tokens.ids[at + 1 :][:1])
        joined = self._joined(tokens, ids)
        if joined is not None:
            return joined
        if tuple(ids) == tokens.ids:
            return None
        return Tokens(tokens.text, tuple(ids), tokens.piece_of, tokens.pieces)

    def _repaired(self, word: str, before: int, after: Sequence[int]) -> int:
        """The nearest word, by preference one that stands beside these neighbours in a template."""
        if len(word) < _SHORTEST or len(word) > _LONGEST:
            return 0
        edits = 2 if len(word) >= _TWO_EDITS else 1
        near = [
            candidate
            for edge in {word[0], word[-1]}
            for length in range(len(word) - edits, len(word) + edits + 1)
            for candidate in self._by_edge.get((edge, length), ())
        ]
        found = process.extract(word, near, scorer=OSA.distance, score_cutoff=edits, limit=_CHOICES)
        for candidate, _, _ in found:
            number = self._numbers[candidate]
            if (before, number) in self._pairs or (after and (number, after[0]) in self._pairs):
                return number
        if found and found[0][1] == 1 and len(word) > _SHORTEST:
            return self._numbers[found[0][0]]
        return 0

    def _joined(self, tokens: Tokens, ids: list[int]) -> Tokens | None:
        """Words that a hard wrap cut in two, joined again."""
        numbers = self._numbers
        drop: set[int] = set()
        for at in range(len(ids) - 1):
            if at in drop or (ids[at] and ids[at + 1]):
                continue
            head, tail = _word(tokens, at), _word(tokens, at + 1)
            whole = numbers.get(head + tail) if head and tail else None
            if whole:
                ids[at] = whole
                drop.add(at + 1)
        if not drop:
            return None
        keep = [at for at in range(len(ids)) if at not in drop]
        return Tokens(
            tokens.text, tuple(ids[at] for at in keep), [tokens.piece_of[at] for at in keep], tokens.pieces
        )


def _word(tokens: Tokens, at: int) -> str:
    """The word behind a token; empty for a typed token or a number."""
    piece_of = tokens.piece_of
    piece, first = piece_of[at], at
    while first and piece_of[first - 1] == piece:
        first -= 1
    word = masking.tokens(tokens.pieces[piece])[at - first]
    return word if word.isalpha() else ""


class Nearest:
    """Finds the templates nearest to a text: rare words choose candidates, RapidFuzz aligns them."""

    def __init__(self, index: Index, causes: Sequence[str]) -> None:
        """`causes` names the cause of each template of the index; those without are not found.

        A word weighs by how few causes use it: that is what it tells.
        """
        self._spelt = {number: word for word, number in index.vocabulary.items()}
        self._words: dict[int, tuple[int, ...]] = {}
        self._ends: dict[int, frozenset[int]] = {}  # where runs end: no place to be cut off at
        self._postings: dict[int, list[int]] = {}
        users: dict[int, set[str]] = {}
        for template, cause in enumerate(causes):
            words = index.words(template)
            for word in set(words):
                users.setdefault(word, set()).add(cause)
            if cause and len(words) >= _FEWEST:
                self._words[template] = words
                self._ends[template] = index.run_ends(template)
                for word in set(words):
                    self._postings.setdefault(word, []).append(template)
        self._weight = {word: 1.0 / len(users[word]) for word in self._postings}

    def find(self, tokens: Tokens) -> list[Near]:
        """Templates at least `ENOUGH` covered; those that explain most of the text first."""
        present = set(tokens.ids)
        scores: defaultdict[int, float] = defaultdict(float)
        budget = _POSTINGS
        for word in sorted(present, key=lambda w: -self._weight.get(w, 0.0)):
            where = self._postings.get(word)
            if not where:
                continue
            budget -= len(where)
            for template in where:
                scores[template] += self._weight[word]
            if budget < 0:
                break
        near = []
        for template in heapq.nlargest(_CANDIDATES, scores, key=scores.__getitem__):
            aligned = self._align(template, tokens, present)
            if aligned is not None:
                near.append(aligned)
        return sorted(near, key=lambda n: (-n.score * n.explained, n.template))

    def _alike(self, word: int, tokens: Tokens, at: int) -> bool:
        """Whether the text's word at `at` may be the template's, misspelt."""
        said = _word(tokens, at) if 0 <= at < len(tokens.ids) else ""
        return bool(said) and OSA.normalized_similarity(said, self._spelt[word]) >= _ALIKE

    def _align(self, template: int, tokens: Tokens, known: set[int]) -> Near | None:
        """Align around the innermost place of the template's rarest word that the text has."""
        ids, words = tokens.ids, self._words[template]
        weights = [self._weight[word] for word in words]
        heaviest = weights.index(max(weights))
        lacking = [word for word in words if word not in known]
        if len(words) - len(lacking) < _FEWEST or (words[heaviest] in lacking and len(lacking) > 1):
            return None  # as aligning would find: too few agree, or not the one that tells
        anchor = max(known.intersection(words), key=lambda word: self._weight[word])
        middle = len(ids) - 1 - ids[::-1].index(anchor)
        reach = len(words) + _SLACK
        start = max(0, middle - reach)
        window = ids[start : middle + reach]
        equal = [op for op in LCSseq.opcodes(words, window) if op.tag == "equal"]
        aligned = {at for op in equal for at in range(op.src_start, op.src_end)}
        if len(aligned) < _FEWEST:
            return None
        last = start + equal[-1].dest_end - 1
        reached = len(words)
        # A text cut off at its end can only hold the template's beginning.
        if last >= len(ids) - 2 and len(aligned) > _FEWEST:
            reached = equal[-1].src_end
        place = _missing(aligned, len(words), equal)
        garbled = place is not None and self._alike(words[place[0]], tokens, start + place[1])
        if heaviest not in aligned and not garbled:
            return None  # the word that tells this template from others is missing or cut off
        if reached < len(words) and (reached < _HEAD * len(words) or reached in self._ends[template]):
            return None
        explained = sum(weights[at] for at in aligned)
        score = explained / sum(weights[:reached])
        if garbled:
            score = max(score, _GARBLED)
        if reached < len(words):
            score *= _CUT
        if score < ENOUGH:
            return None
        whole = garbled or len(aligned) == reached
        return Near(template, score, explained, whole, start + equal[0].dest_start, last)


def _missing(
    aligned: Collection[int], count: int, equal: Sequence[Opcode]
) -> tuple[int, int] | None:
    """Where all words but one stand in a row: that word's number, and the place in the text."""
    if len(aligned) != count - 1 or count < _FEWEST + 1 or len(equal) > 2:
        return None
    (missing,) = set(range(count)).difference(aligned)
    if missing == 0:
        return (0, equal[0].dest_start - 1) if len(equal) == 1 else None
    at = next(op.dest_end for op in equal if op.src_end == missing)
    if missing == count - 1 or equal[1].dest_start == at + 1:
        return missing, at
    return None


def as_hit(near: Near) -> Hit:
    return Hit(near.template, near.first, near.last, ())

