"""The soft stage: what to do when no template fits to the letter.

First the spelling of unknown words is repaired against the catalogue's own vocabulary (one edit,
two glued or one split word) and the exact stage tried again; then RapidFuzz aligns the text with
the few templates that share its rarest words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA, LCSseq

from api.index import Hit, Index, Tokens

_SHORTEST = 5  # words below this length are not repaired: too many are one edit apart
_CANDIDATES = 50
_POSTINGS = 400
_FEWEST = 3  # words that must agree
_HEAD = 0.6  # how much of a template must stand before a cut
_SLACK = 12  # pieces that placeholders and gaps may hold between the words
ENOUGH = 0.78


@dataclass(frozen=True, slots=True)
class Near:
    """Template `template` covers `score` of its weighted words from token `first` to `last`."""

    template: int
    score: float
    first: int
    last: int


def nearest(word: str, words: Collection[str]) -> str | None:
    """The first of `words` that is at most one edit (a swap counts as one) from `word`."""
    found = process.extractOne(word, words, scorer=OSA.distance, score_cutoff=1)
    return found[0] if found else None


class Speller:
    """Repairs words to the vocabulary of an index."""

    def __init__(self, index: Index) -> None:
        self._numbers = index.vocabulary
        self._by_edge: dict[tuple[str, int], list[str]] = {}
        for word in index.vocabulary:
            if len(word) >= _SHORTEST and word.isalpha():
                for edge in {word[0], word[-1]}:
                    self._by_edge.setdefault((edge, len(word)), []).append(word)

    def repair(self, tokens: Tokens) -> Tokens | None:
        """The tokens with unknown words repaired; None where nothing could be."""
        ids = list(tokens.ids)
        changed = False
        for at, known in enumerate(tokens.ids):
            if known:
                continue
            number = self._one_edit(self._word(tokens, at))
            if number:
                ids[at], changed = number, True
        joined = self._joined(tokens, ids)
        if joined is not None:
            return joined
        return Tokens(tokens.text, ids, tokens.piece_of, tokens.pieces) if changed else None

    def _word(self, tokens: Tokens, at: int) -> str:
        number = tokens.piece_of[at]
        alone = (at == 0 or tokens.piece_of[at - 1] != number) and (
            at + 1 == len(tokens.ids) or tokens.piece_of[at + 1] != number
        )
        piece = tokens.piece(number).lower() if alone else ""
        return piece if piece.isalpha() else ""

    def _one_edit(self, word: str) -> int:
        if len(word) < _SHORTEST or len(word) > 30:
            return 0
        near = [
            candidate
            for edge in {word[0], word[-1]}
            for length in (len(word) - 1, len(word), len(word) + 1)
            for candidate in self._by_edge.get((edge, length), ())
        ]
        found = nearest(word, near)
        return self._numbers[found] if found else 0

    def _joined(self, tokens: Tokens, ids: list[int]) -> Tokens | None:
        """Words that a hard wrap cut in two, joined again."""
        numbers = self._numbers
        drop: set[int] = set()
        for at in range(len(ids) - 1):
            if at in drop or (ids[at] and ids[at + 1]):
                continue
            left, right = self._word(tokens, at), self._word(tokens, at + 1)
            whole = numbers.get(left + right) if left and right else None
            if whole:
                ids[at] = whole
                drop.add(at + 1)
        if not drop:
            return None
        keep = [at for at in range(len(ids)) if at not in drop]
        return Tokens(
            tokens.text, [ids[at] for at in keep], [tokens.piece_of[at] for at in keep], tokens.pieces
        )


class Nearest:
    """Finds the templates nearest to a text: rare words choose candidates, RapidFuzz aligns them."""

    def __init__(self, index: Index, allowed: Sequence[int]) -> None:
        self._words: dict[int, tuple[int, ...]] = {}
        self._postings: dict[int, list[int]] = {}
        for template in allowed:
            words = index.words(template)
            if len(words) >= 3:
                self._words[template] = words
                for word in set(words):
                    self._postings.setdefault(word, []).append(template)
        self._weight = {word: 1.0 / len(where) ** 0.5 for word, where in self._postings.items()}

    def find(self, tokens: Tokens) -> list[Near]:
        """Templates at least `ENOUGH` covered, best first."""
        ids = list(tokens.ids)
        scores: Counter[int] = Counter()
        budget = _POSTINGS
        for word in sorted(set(ids), key=lambda w: -self._weight.get(w, 0.0)):
            where = self._postings.get(word)
            if not where:
                continue
            budget -= len(where)
            for template in where:
                scores[template] += self._weight[word]  # type: ignore[assignment]
            if budget < 0:
                break
        near = []
        for template, _ in scores.most_common(_CANDIDATES):
            aligned = self._align(template, ids)
            if aligned is not None:
                near.append(aligned)
        return sorted(near, key=lambda n: (-n.score, n.template))

    def _align(self, template: int, ids: Sequence[int]) -> Near | None:
        """Align around the innermost place of the template's rarest word that the text has."""
        words = self._words[template]
        present = set(ids).intersection(words)
        anchor = max(present, key=lambda word: self._weight[word])
        middle = len(ids) - 1 - ids[::-1].index(anchor)
        reach = len(words) + _SLACK
        start = max(0, middle - reach)
        window = ids[start : middle + reach]
        equal = [op for op in LCSseq.opcodes(words, window) if op.tag == "equal"]
        count = sum(op.src_end - op.src_start for op in equal)
        if count < _FEWEST:
            return None
        covered = sum(self._weight[w] for op in equal for w in words[op.src_start : op.src_end])
        score = covered / sum(self._weight[word] for word in words)
        last = start + equal[-1].dest_end - 1
        # A text cut off at its end can only hold the template's beginning.
        reached = equal[-1].src_end
        if last >= len(ids) - 2 and reached >= _HEAD * len(words) and count >= _FEWEST + 1:
            score = max(score, 0.95 * covered / sum(self._weight[w] for w in words[:reached]))
        if score < ENOUGH:
            return None
        return Near(template, score, start + equal[0].dest_start, last)


def as_hit(near: Near) -> Hit:
    return Hit(near.template, near.first, near.last, ())

