"""In-process ratios: each query is followed by empty Flask calls, so both meet the same machine."""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Flask, Response, jsonify
from werkzeug.test import EnvironBuilder

from api import index
from api.index import Index
from api.soft import Nearest, Speller
from tests.bench.texts import Synthetic

_EMPTY_CALLS = 3  # after each query
Query = Callable[[str], object]


def _empty_call() -> Callable[[], object]:
    app = Flask("empty")

    @app.get("/")
    def empty() -> Response:
        return jsonify(ok=True)

    environ = EnvironBuilder("/").get_environ()
    return lambda: list(app.wsgi_app(dict(environ), lambda *_: lambda _: None))


_CALL = _empty_call()


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(
    query: Query, texts: Sequence[str], rounds: int = 1, before: Callable[[], object] | None = None
) -> float:
    """Median query over median empty call, interleaved; `before` runs untimed before each query."""
    for text in texts:
        query(text)
    gc.collect()
    took: list[float] = []
    empty: list[float] = []
    for _ in range(rounds):
        for text in texts:
            if before:
                before()
            took.append(seconds(lambda text=text: query(text)))  # type: ignore[misc]
            empty += [seconds(_CALL) for _ in range(_EMPTY_CALLS)]
    return statistics.median(took) / statistics.median(empty)


def new_and_known(
    query: Query, texts: Sequence[str], rounds: int, forget: Callable[[], object]
) -> tuple[float, float]:
    """Ratios of each text as the first of its wording and as the next, in one interleaved run."""
    for text in texts:
        query(text)
    gc.collect()
    took: tuple[list[float], list[float]] = ([], [])
    empty: list[float] = []
    for _ in range(rounds):
        for text in texts:
            forget()
            for times in took:
                times.append(seconds(lambda text=text: query(text)))  # type: ignore[misc]
                empty += [seconds(_CALL) for _ in range(_EMPTY_CALLS)]
    base = statistics.median(empty)
    return statistics.median(took[0]) / base, statistics.median(took[1]) / base


@dataclass(frozen=True, slots=True)
class Stages:
    """Exact and soft stage over a synthetic catalogue, through `api.index` and `api.soft`."""

    index: Index
    speller: Speller
    nearest: Nearest

    @classmethod
    def of(cls, made: Synthetic) -> Stages:
        built = index.build(made.templates)
        return cls(built, Speller(built), Nearest(built, made.causes))

    def exact(self, text: str) -> int | None:
        """The template found to the letter; of several, the one with most words, then the last."""
        hits = self.index.find(self.index.tokenise(text))
        best = max(hits, key=lambda h: (len(self.index.words(h.template)), h.last), default=None)
        return best.template if best else None

    def soft(self, text: str) -> int | None:
        tokens = self.index.tokenise(text)
        repaired = self.speller.repair(tokens) or tokens
        hits = self.index.find(repaired)
        if hits:
            return max(hits, key=lambda h: (len(self.index.words(h.template)), h.last)).template
        near = self.nearest.find(repaired)
        return near[0].template if near else None

    def match(self, text: str) -> int | None:
        found = self.exact(text)
        return self.soft(text) if found is None else found


def hits(match: Callable[[str], int | None], made: Synthetic) -> float:
    """The share of queries that get the very template they were made from."""
    return sum(match(text) == number for text, number in made.queries) / len(made.queries)


def exponent(small: float, large: float, growth: float) -> float:
    """The power of the number of templates that the time grows with."""
    return math.log(large / small) / math.log(growth)


def stage_times(stages: Sequence[Stages], made: Sequence[Synthetic]) -> list[tuple[float, float]]:
    """Median seconds of (exact, soft) for each catalogue, their queries taking turns."""
    exact: list[list[float]] = [[] for _ in stages]
    soft: list[list[float]] = [[] for _ in stages]
    for _ in range(3):
        for number in range(min(len(each.queries) for each in made)):
            for at, (stage, each) in enumerate(zip(stages, made, strict=True)):
                text = each.queries[number][0]
                exact[at].append(seconds(lambda: stage.exact(text)))  # noqa: B023
                if stage.exact(text) is None:
                    soft[at].append(seconds(lambda: stage.soft(text)))  # noqa: B023
    return [(statistics.median(e), statistics.median(s)) for e, s in zip(exact, soft, strict=True)]
