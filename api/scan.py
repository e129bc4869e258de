"""Long pastes: keep the lines that can matter before anything else is done with the text.

A line matters when it has a pair of neighbouring words that only image pulls have: every wording
that tells by itself, and every wrapper that proves a pull, lends one. Words that need such
evidence beside them are kept around it. The work per character is done by a few calls into C.
"""

from __future__ import annotations

import math
import string
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from api.model import LookAlike, Signature, Wrapper

LONG = 8192
_AROUND = 4  # lines kept before and after one that matters: a wrapped message, its neighbours
# Lower case, digits alike, everything else a gap: lines that differ in numbers become equal. Only
# 2 stays, for the /v2/ of a registry's addresses.
_WORDS = str.maketrans(
    {chr(code): " " for code in range(128) if not chr(code).isalnum() and chr(code) != "\n"}
    | {letter: letter.lower() for letter in string.ascii_uppercase}
    | dict.fromkeys("013456789", "0")
)
_HEADERS = ("name ", "namespace ", "node ")  # of `kubectl describe`: whom the events are about
# Registry addresses are signs too, and the event that names a pod's node.
_ALWAYS = frozenset("v2 manifests blobs scope docker gcr ghcr quay azurecr dkr".split())
_URLS = frozenset(("ping-url", "manifest-url", "blob-url", "token-url"))
_ASSIGNED = ("successfully", "assigned")


@dataclass(frozen=True, slots=True)
class Signs:
    """Single `words` and `pairs` of which every line that matters has one; `rare`: one of each."""

    words: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    rare: frozenset[str]

    def lines(self, text: str) -> str:
        """The text without the lines that cannot matter, nor stand beside one that does."""
        plain = text if text.isascii() else text.encode("ascii", "replace").decode("ascii")
        forms = plain.translate(_WORDS).split("\n")
        hot = {form for form in set(forms) if self._matters(form)}
        keep: set[int] = set()
        for at, form in enumerate(forms):
            if form in hot:
                keep.update(range(max(0, at - _AROUND), min(len(forms), at + _AROUND + 1)))
            elif form.startswith(_HEADERS):
                keep.add(at)
        lines = text.split("\n")
        return "\n".join([lines[at] for at in sorted(keep)])

    def _matters(self, form: str) -> bool:
        words = form.split()
        if self.rare.isdisjoint(words):
            return False
        return not (self.words.isdisjoint(words) and self.pairs.isdisjoint(pairwise(words)))


def signs(entries: Iterable[Signature | LookAlike | Wrapper]) -> Signs:
    """Choose signs so that every telling template has one, and few other templates do."""
    telling: list[frozenset[tuple[str, ...]]] = []
    others: Counter[tuple[str, ...]] = Counter()
    for entry in entries:
        runs = [_words(run) for run in entry.template.runs]
        pairs = frozenset(pair for run in runs for pair in pairwise(run))
        alone = frozenset((word,) for run in runs for word in run)
        if _tells(entry) and not _URLS & entry.template.captures:
            telling.append(pairs or alone)
        elif not _tells(entry):
            others.update(pairs | alone)
    chosen: set[tuple[str, ...]] = {(word,) for word in _ALWAYS} | {_ASSIGNED}
    uses = Counter(feature for features in telling for feature in features)
    # The most useful sign first; a template that has one already needs no other.
    for features in sorted(telling, key=len):
        if chosen.isdisjoint(features) and features:
            chosen.add(max(features, key=lambda f: (_worth(f, uses[f], others[f]), f)))
    single = frozenset(feature[0] for feature in chosen if len(feature) == 1)
    double = frozenset((f[0], f[1]) for f in chosen if len(f) == 2)
    rare = {max(pair, key=lambda w: (_worth((w,), 1, others[w,]), w)) for pair in double}
    return Signs(single, double, single | rare)


def _worth(feature: tuple[str, ...], uses: int, others: int) -> float:
    """How good a sign: long words, in many telling templates and in few others."""
    letters = sum(max(1, len(word) - 2) for word in feature)
    return math.sqrt(uses) * letters / (1 + others) ** 2


def _tells(entry: Signature | LookAlike | Wrapper) -> bool:
    if isinstance(entry, Signature):
        return not entry.generic
    return isinstance(entry, Wrapper) and entry.says == "pull"


def _words(run: Sequence[str]) -> list[str]:
    """The words of a run as `Signs.lines` reads them; a typed word stands for none."""
    return [part for word in run if word[0] != "<" for part in word.translate(_WORDS).split()]
