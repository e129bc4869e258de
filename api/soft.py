"""The soft stage: what to do when no template fits to the letter.

First the spelling of unknown words is repaired against the catalogue's own vocabulary (one edit,
two glued or one split word) and the exact stage tried again; then RapidFuzz aligns the text with
the few templates that share its rarest words.
"""

from __future__ import annotations

import bisect
import heapq
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import takewhile

from rapidfuzz import process
from rapidfuzz.distance import OSA, LCSseq

from api import masking
from api.index import Index, Tokens

_SHORTEST = 4  # shorter words are one edit from too many: only a neighbour bears them out
_LONGEST = 30
_TWO_EDITS = 8  # letters of a word that may differ in two places
_CHOICES = 8
_CANDIDATES = 50
_POSTINGS = 400
_FEWEST = 3  # words that must agree, unless the template has but two
_LOOSE = 1  # further words that may stand between those of a template
_ALONE = 5  # words that tell enough without the URL, status and the like between them
_HEAD = 0.6  # how much of a template must stand before a cut
_ALIKE = 0.5  # how like its word a misspelt one must be
_GARBLED = 0.92  # what a template is worth with one word misspelt beyond repair
_CUT = 0.95  # what a template is worth whose end was cut off
_PAIR = 2
_DENIALS = frozenset(("no", "not", "never", "without"))
_NEGATIONS = ("in", "un", "im", "dis", "non", "mis")
_SLACK = 12  # pieces that placeholders and gaps may hold between the words
_TELLS = 0.83  # of the weight of a template's heaviest word: words that tell as much as it
ENOUGH = 0.85


@dataclass(frozen=True, slots=True)
class Near:
    """Template `template` covers `score` of its weighted words from token `first` to `last`.

    `explained` is the weight of the text's words that it accounts for; `whole`: no word of it is
    missing, but for one misspelt or what the text's end cut off, and the URLs, statuses and the
    like that it speaks of are there too.
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
        self._sorted = sorted(index.vocabulary)
        self._neighbours = index.neighbours()
        self._by_edge: dict[tuple[str, int], list[str]] = {}
        for word in index.vocabulary:
            if len(word) >= _SHORTEST and word.isalpha():
                for edge in {word[0], word[-1]}:
                    self._by_edge.setdefault((edge, len(word)), []).append(word)
        self._literal = frozenset(
            number for word, number in index.vocabulary.items() if word.isalpha()
        )
        self._short = [word for word in self._sorted if len(word) <= _SHORTEST and word.isalpha()]

    def repair(self, tokens: Tokens) -> Tokens | None:
        """The tokens with unknown words repaired; None where nothing could be."""
        unknown = [at for at, known in enumerate(tokens.ids) if not known]
        if not unknown:
            return None
        ids = list(tokens.ids)
        if unknown[-1] == len(ids) - 1 and len(ids) > 1:
            ids[-1] = self._completed(_word(tokens, len(ids) - 1), ids[-2])
            unknown = [at for at in unknown if not ids[at]]
        for at in unknown:
            if word := _word(tokens, at):
                ids[at] = self._repaired(word, ids[at - 1] if at else 0, tokens.ids[at + 1 :][:1])
        joined = self._joined(tokens, ids)
        if joined is not None:
            return joined
        apart = self._apart(tokens, ids)
        if apart is not None:
            return apart
        if tuple(ids) == tokens.ids:
            return None
        return tokens._replace(ids=tuple(ids))

    def _apart(self, tokens: Tokens, ids: Sequence[int]) -> Tokens | None:
        """Two words that lost the space between them, or have a letter in its place, set apart."""
        found: list[int] = []
        piece_of: list[int] = []
        for at, (number, piece) in enumerate(zip(ids, tokens.piece_of, strict=True)):
            pair = () if number else self._two(_word(tokens, at))
            found += pair or (number,)
            piece_of += [piece] * (2 if pair else 1)
        if len(found) == len(ids):
            return None
        return tokens._replace(ids=tuple(found), piece_of=piece_of)

    def _two(self, word: str) -> tuple[int, ...]:
        """The words that `word` is made of, where some template has them side by side."""
        if len(word) > 2 * _LONGEST:
            return ()
        for end in range(2, len(word) - 1):
            head = self._numbers.get(word[:end])
            for start in (end, end + 1) if head else ():
                tail = self._numbers.get(word[start:])
                if tail and self._neighbours(head or 0, tail):
                    return head or 0, tail
        return ()

    def _completed(self, word: str, before: int) -> int:
        """The one word that begins so and follows `before`: the text's end was cut off."""
        if len(word) < 2 or not before:
            return 0
        start = bisect.bisect_left(self._sorted, word)
        fitting = [
            self._numbers[each]
            for each in takewhile(
                lambda each: each.startswith(word), self._sorted[start : start + _LONGEST]
            )
            if self._neighbours(before, self._numbers[each])
        ]
        # One word, or one and its longer forms: platform, platforms.
        spelt = [self._sorted[each - 1] for each in fitting]
        return fitting[0] if spelt and all(each.startswith(spelt[0]) for each in spelt) else 0

    def _repaired(self, word: str, before: int, after: Sequence[int]) -> int:
        """The nearest word, by preference one that stands beside these neighbours in a template."""
        if len(word) < _SHORTEST:
            return self._short_word(word, before, after)
        if len(word) > _LONGEST:
            return 0
        edits = 2 if len(word) >= _TWO_EDITS else 1
        near = [
            candidate
            for edge in {word[0], word[-1]}
            for length in range(len(word) - edits, len(word) + edits + 1)
            for candidate in self._by_edge.get((edge, length), ())
        ]
        near_words = process.extract(
            word, near, scorer=OSA.distance, score_cutoff=edits, limit=_CHOICES
        )
        found = [each for each in near_words if not _opposite(word, each[0])]
        for candidate, _, _ in found:
            number = self._numbers[candidate]
            if self._neighbours(before, number) or (after and self._neighbours(number, after[0])):
                return number
        if found and found[0][1] == 1 and len(word) > _SHORTEST:
            return self._numbers[found[0][0]]
        return 0

    def _short_word(self, word: str, before: int, after: Sequence[int]) -> int:
        """The word that one edit makes of a short one and that fits between its neighbours."""
        left = before if before in self._literal else 0
        right = after[0] if after and after[0] in self._literal else 0
        if not left and not right:
            return 0
        near = process.extract_iter(word, self._short, scorer=OSA.distance, score_cutoff=1)
        for candidate, _, _ in near:
            number = self._numbers[candidate]
            if left and self._neighbours(left, number):
                return number
            if right and self._neighbours(number, right):
                return number
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
        kept, whose = tuple(ids[at] for at in keep), [tokens.piece_of[at] for at in keep]
        return Tokens(tokens.text, kept, whose, tokens.pieces)


def _opposite(one: str, other: str) -> bool:
    """Whether a prefix turns one word into the other's opposite: sufficient, insufficient."""
    shorter, longer = sorted((one, other), key=len)
    return any(longer == prefix + shorter for prefix in _NEGATIONS)


def _word(tokens: Tokens, at: int) -> str:
    """The word behind a token; empty for a typed token or a number."""
    piece_of = tokens.piece_of
    piece, first = piece_of[at], at
    while first and piece_of[first - 1] == piece:
        first -= 1
    words = masking.tokens(tokens.pieces[piece])
    word = words[at - first] if at - first < len(words) else ""
    return word if word.isalpha() else ""


class Nearest:
    """Finds the templates nearest to a text: telling words choose, RapidFuzz aligns."""

    def __init__(self, index: Index, causes: Sequence[str]) -> None:
        """`causes` names the cause of each template of the index; those without are not found.

        A word weighs by how few causes use it: that is what it tells.
        """
        self._index = index
        self._causes = causes
        self._spelt = ("", *index.vocabulary)  # numbered in its order
        self._postings: dict[int, list[int]] = {}
        users: dict[int, set[str]] = {}
        for template, cause in enumerate(causes):
            words = index.words(template)
            for word in set(words):
                users.setdefault(word, set()).add(cause)
            if cause and len(words) >= _PAIR:
                for word in set(words):
                    self._postings.setdefault(word, []).append(template)
        self._outer = {index.words(at) for at, cause in enumerate(causes) if not cause}
        self._statuses = frozenset(
            index.vocabulary[code] for code in masking.STATUS_TOKENS if code in index.vocabulary
        )
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

    def _goes_on(self, rest: tuple[int, ...], tokens: Tokens, last: int) -> bool:
        """Whether the text ends after place `last`, or in the first of the words that are left."""
        left = len(tokens.ids) - 1 - last
        if left == 1 and rest:
            return self._spelt[rest[0]].startswith(_word(tokens, last + 1))
        return not left

    def _ends_a_wrapper(self, head: tuple[int, ...]) -> bool:
        """Whether the words end with a phrase of no cause: anything may follow it."""
        return any(head[start:] in self._outer for start in range(len(head)))

    def _sole(self, template: int, reached: int) -> bool:
        """Whether only wordings of the template's cause begin with its first `reached` words."""
        head = self._index.words(template)[:reached]
        users = min((self._postings[word] for word in head), key=len)
        return all(
            self._causes[other] == self._causes[template]
            for other in users
            if self._index.words(other)[:reached] == head
        )

    def _alike(self, word: int, tokens: Tokens, at: int) -> bool:
        """Whether the text's word at `at` may be the template's, misspelt."""
        said = _word(tokens, at) if 0 <= at < len(tokens.ids) else ""
        if not said or _opposite(said, self._spelt[word]):
            return False
        return OSA.normalized_similarity(said, self._spelt[word]) >= _ALIKE

    def _align(self, template: int, tokens: Tokens, known: set[int]) -> Near | None:
        """Align the template with the text and judge what is missing or was cut off."""
        words = self._index.words(template)
        weights = [self._weight[word] for word in words]
        enough = _TELLS * max(weights)
        telling = [weight for word, weight in zip(words, weights, strict=True) if word in known]
        fewest = min(_FEWEST, len(words))
        if not known.issuperset(self._statuses.intersection(words)):
            return None  # another status, or none
        if len(telling) < fewest or (max(telling) < enough and len(telling) < len(words) - 1):
            return None  # as aligning would find: too few agree, or none that tells
        places = self._stretch(words, tokens, known)
        if len(places) < fewest:
            return None
        first, last = places[0][1], places[-1][1]
        if last + 1 - first - len(places) > self._index.room(template) + _LOOSE:
            return None
        reached = len(words)
        # A text cut off at its end can only hold the template's beginning.
        if len(places) > _FEWEST and self._goes_on(words[places[-1][0] + 1 :], tokens, last):
            reached = places[-1][0] + 1
        cut = reached < len(words)
        if cut and (reached < _HEAD * len(words) or self._ends_a_wrapper(words[:reached])):
            return None
        sole = cut and self._sole(template, reached)
        if cut and reached in self._index.run_ends(template) and not sole:
            return None  # other causes go on from here
        missing = _missing(places, len(words))
        garbled = missing is not None and self._alike(words[missing[0]], tokens, missing[1])
        if max(weights[at] for at, _ in places) < enough and not garbled and not sole:
            return None  # the word that tells this template from others is missing or cut off
        explained = sum(weights[at] for at, _ in places)
        score = max(explained / sum(weights[:reached]), _GARBLED if garbled else 0.0)
        lacking = any(map(known.isdisjoint, self._index.demands(template)))
        score *= _CUT if cut else 1.0
        if score < ENOUGH or (lacking and len(places) < _ALONE):
            return None
        between = set(range(first, last)).difference(at for _, at in places)
        if any(_word(tokens, at) in _DENIALS for at in between):
            return None  # has no disk pressure
        whole = not lacking and (garbled or len(places) == reached)
        return Near(template, score, explained, whole, first, last)

    def _stretch(
        self, words: tuple[int, ...], tokens: Tokens, known: set[int]
    ) -> list[tuple[int, int]]:
        """(word of the template, place in the text) where the two agree, as RapidFuzz aligns them.

        Around the innermost place of the rarest word, and as close together as the text allows.
        """
        ids = tokens.ids
        anchor = max(known.intersection(words), key=lambda word: self._weight[word])
        middle = len(ids) - 1 - ids[::-1].index(anchor)
        reach = len(words) + _SLACK
        start = max(0, middle - reach)
        places = [
            (at, start + op.dest_start + at - op.src_start)
            for op in LCSseq.opcodes(words, ids[start : middle + reach])
            if op.tag == "equal"
            for at in range(op.src_start, op.src_end)
        ]
        for number in range(len(places) - 2, -1, -1):
            at, (follower, place) = places[number][0], places[number + 1]
            if follower == at + 1 and ids[place - 1] == words[at]:
                places[number] = at, place - 1
        return places


def _missing(places: Sequence[tuple[int, int]], count: int) -> tuple[int, int] | None:
    """Where all words but one stand in a row: that word's number, and its place in the text."""
    offsets = {place - at for at, place in places}
    if len(places) != count - 1 or count <= _FEWEST or len(offsets) != 1:
        return None
    (missing,) = set(range(count)).difference(at for at, _ in places)
    return missing, missing + offsets.pop()
