"""What the words of an unknown wording tell: naive Bayes over the words of the known ones.

Weighs the words that are present, as in Manning, Raghavan and Schütze, "Introduction to Information
Retrieval", chapter 13. A section is weighed by its own templates and by those of its whole cause,
which may be more.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from api.stages import Guess

# Words of any English sentence: in this catalogue some are rare, and would seem to tell much.
_COMMON = (
    "a an and as at are be been by for from had has have in into is it its of on or than that the"
    " then there this to was were with"
).split()

Section = tuple[str, str]  # a cause and one of its sections
Feature = int | tuple[int, int]  # a word, or two in a row

_PRIOR = 2.0  # templates that each section is taken to have, worded as templates are on the whole
_SHARE = 0.25  # a word is counted by itself and with its neighbour, for section and cause
_SURE = 2.0  # how much likelier (as a logarithm) the words must be in one section than elsewhere
_SURER = 3.0  # where they must also show that a pull failed
_AHEAD = 1.0  # than in the best section of another cause


class Bayes:
    """Learnt from templates as word numbers; 0, and words that no template has, tell nothing."""

    def __init__(
        self,
        templates: Sequence[tuple[Section, Sequence[Sequence[int]]]],
        vocabulary: Mapping[str, int],
    ) -> None:
        """`templates`: the section and the runs of literal words of each."""
        self._dull = frozenset((0, *(vocabulary[word] for word in _COMMON if word in vocabulary)))
        sizes: Counter[str | Section] = Counter()
        having: defaultdict[Feature, Counter[str | Section]] = defaultdict(Counter)
        users: Counter[Feature] = Counter()
        for section, runs in templates:
            features = {feature for run in runs for feature in self._features(run)}
            users.update(features)
            for each in (section, section[0]):
                sizes[each] += 1
                for feature in features:
                    having[feature][each] += 1
        self._sections = {section for section, _ in templates}
        self._absent = {
            each: _SHARE * math.log(_PRIOR / (size + _PRIOR)) for each, size in sizes.items()
        }
        self._present = {
            feature: {
                each: _SHARE * math.log1p(count * len(templates) / (_PRIOR * users[feature]))
                for each, count in counts.items()
            }
            for feature, counts in having.items()
        }

    def guess(self, words: Sequence[int], failed: bool) -> Guess | None:
        """The section whose templates share the words; None where they do not decide.

        `failed`: it is sure that a pull failed, only the reason is asked.
        """
        scores = self._scores(words)
        best = max(scores, key=scores.__getitem__, default=None)
        if best is None or scores[best] < (_SURE if failed else _SURER):
            return None
        rivals = (score for section, score in scores.items() if section[0] != best[0])
        if scores[best] - max(rivals, default=-math.inf) < _AHEAD:
            return None
        return Guess(*best)

    def telling(self, words: Sequence[int], guess: Guess) -> list[int]:
        """Those of the words that speak for a guess, by how much they do."""
        weights: dict[int, float] = {}
        for word in words:
            weight = self._present.get(word, {}).get((guess.cause, guess.section or ""))
            if weight:
                weights[word] = weight
        return sorted(weights, key=lambda word: -weights[word])

    def _scores(self, words: Sequence[int]) -> dict[Section, float]:
        told = [found for each in set(self._features(words)) if (found := self._present.get(each))]
        scores = {each: len(told) * absent for each, absent in self._absent.items()}
        for found in told:
            for each, weight in found.items():
                scores[each] += weight
        return {section: scores[section] + scores[section[0]] for section in self._sections}

    def _features(self, words: Sequence[int]) -> Iterator[Feature]:
        """Each word that may tell something, and each two of them in a row."""
        telling = [word for word in words if word not in self._dull]
        yield from telling
        yield from pairwise(telling)
