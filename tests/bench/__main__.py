"""One run of every row, ours and the others', written to docs/speed.md and its picture."""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from api import compiled
from api.matcher import Matcher
from tests.bench import measure, peers, processes, report, texts
from tests.bench.measure import Stages
from tests.bench.report import Engine, Row
from tests.bench.texts import ROOT, Synthetic

_SIZES = (300, 100_000)
_QUERIES = 1000
_SLOW_QUERIES = 6  # of an engine that takes a second for one
_SLOW = 0.005  # seconds a query, from which on it gets few
_NEEDED = ("tantivy", "psutil")


def main() -> None:
    lacking = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if lacking:
        sys.exit(f"make bench needs {', '.join(lacking)}: pip install -r requirements-bench.txt")
    matcher = compiled.load(ROOT)
    corpus = texts.corpus()
    made = [texts.synthetic(size, _QUERIES) for size in _SIZES]
    stages = [Stages.of(each) for each in made]
    rows = [*_pastes(matcher, corpus), *_growth(made, stages), *_processes(made, stages, corpus)]
    engines = [_ours(matcher, corpus, made, stages), *_peers(matcher, corpus, made)]
    print(report.text(rows, engines, _SIZES), end="")
    page = ROOT / "docs" / "speed.md"
    generated = report.markdown(rows, engines, _SIZES, _machine(len(corpus), len(matcher.entries)))
    page.write_text(report.insert(page.read_text("utf-8"), generated), "utf-8")
    (ROOT / "docs" / "assets" / "speed.svg").write_text(report.svg(engines, _SIZES), "utf-8")


def _pastes(matcher: Matcher, corpus: Sequence[str]) -> list[Row]:
    answer = matcher.diagnose
    assert answer(texts.describe()).matches
    assert not answer(texts.hostile()).matches
    new, known = measure.new_and_known(answer, corpus, 3, matcher.forget)
    describe = measure.ratio(answer, [texts.describe()], rounds=100, before=matcher.forget)
    hostile = measure.ratio(answer, [texts.hostile()], rounds=100, before=matcher.forget)
    return [
        Row("One message whose wording is new to the process (median)", new, "×", 0.5),
        Row("One message whose wording was seen before (median)", known, "×"),
        Row("54 KB `kubectl describe` of one failing pod", describe, "×", 1.5),
        Row("60 KB log full of look-alikes", hostile, "×", 5),
    ]


def _growth(made: Sequence[Synthetic], stages: Sequence[Stages]) -> list[Row]:
    (exact, soft), (exact_many, soft_many) = measure.stage_times(stages, made)
    growth = _SIZES[1] / _SIZES[0]
    few, many = (f"{size:,}" for size in _SIZES)
    return [
        Row(f"Growth exponent {few} → {many} templates, exact stage",
            measure.exponent(exact, exact_many, growth), "", 0.05),
        Row(f"Growth exponent {few} → {many} templates, soft stage",
            measure.exponent(soft, soft_many, growth), "", 0.2),
        Row(f"Noisy queries answered right at {many} templates",
            100 * measure.hits(stages[1].match, made[1]), "%", 99, at_least=True),
    ]  # fmt: skip


def _processes(
    made: Sequence[Synthetic], stages: Sequence[Stages], corpus: Sequence[str]
) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        memory = [
            processes.memory(stage.index, each.causes, Path(folder))
            for stage, each in zip(stages, made, strict=True)
        ]
    few, many = (f"{size:,}" for size in _SIZES)
    return [
        Row("HTTP request through waitress, over an empty one (p50)",
            processes.request_ratio(corpus), "×", 1.15),
        Row("Cold start over `import flask`", processes.cold_start_ratio(), "×", 1.05),
        Row(f"Memory over that, {few} templates", memory[0], "MB", 5),
        Row(f"Memory over that, {many} templates", memory[1], "MB", 80),
    ]  # fmt: skip


def _ours(
    matcher: Matcher, corpus: Sequence[str], made: Sequence[Synthetic], stages: Sequence[Stages]
) -> Engine:
    return Engine(
        "Pullbook",
        measure.ratio(matcher.diagnose, corpus[::4], before=matcher.forget),
        tuple(
            (measure.ratio(stage.match, [q for q, _ in each.queries]),
             measure.hits(stage.match, each))
            for stage, each in zip(stages, made, strict=True)
        ),
    )  # fmt: skip


def _peers(matcher: Matcher, corpus: Sequence[str], made: Sequence[Synthetic]) -> list[Engine]:
    catalogue = [peers.plain(entry.template) for entry in matcher.entries]
    engines = []
    for peer in peers.PEERS:
        few = _few(peer.build(catalogue), corpus[::4])
        message = measure.ratio(peer.build(catalogue), corpus[::4][:few])
        sizes: list[tuple[float, float | None]] = []
        for each in made:
            match = peer.build([peers.plain(template) for template in each.templates])
            asked = [text for text, _ in each.queries]
            few = _few(match, asked)
            rate = measure.hits(match, each) if few == len(asked) else None
            sizes.append((measure.ratio(match, asked[:few]), rate))
        engines.append(Engine(peer.name, message, tuple(sizes)))
    return engines


def _few(match: peers.Match, asked: Sequence[str]) -> int:
    """How many queries an engine gets: few where one takes long."""
    start = time.perf_counter()
    for text in asked[:3]:
        match(text)
    return len(asked) if time.perf_counter() - start < 3 * _SLOW else _SLOW_QUERIES


def _machine(messages: int, templates: int) -> str:
    return (
        f"Measured with Python {platform.python_version()} on {os.cpu_count()} cores"
        f" ({platform.machine()}, {platform.system()}); {messages:,} messages,"
        f" {templates:,} templates of the catalogue."
    )


if __name__ == "__main__":
    main()
