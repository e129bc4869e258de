"""How accurate the matcher is on labelled messages, and whether it knows when it is right.

A label is a JSON object a line: id, text, cause (`none` where the text is no image-pull failure),
variant (the section), accept (every honest answer), form, and for pastes that show several pods
`workloads`, the pods with their causes. Nothing here changes what the matcher answers.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.diagnosis import Diagnosis
from api.matcher import Matcher

NONE = "none"
BINS = 10
_RANKED = 3


class LabelError(ValueError):
    """A line of a corpus that is no label; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Label:
    """A message and its honest answers; `pods` are (pod, cause) where the text shows several."""

    id: str
    text: str
    cause: str
    section: str | None
    accept: tuple[str, ...]
    form: str
    pods: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was answered to a label; cause `none` and no confidence where nothing was.

    `pods` are filled where the label has some; an answer without a pod's name has an empty one.
    """

    label: Label
    cause: str
    section: str | None
    ranked: tuple[str, ...]
    confidence: float | None
    pods: frozenset[tuple[str, str]]

    @property
    def accepted(self) -> bool:
        return self.cause in self.label.accept


@dataclass(frozen=True, slots=True)
class Rate:
    """`good` of `of`; the share of nothing is 1, so that an absent class breaks no bar."""

    good: int
    of: int

    @property
    def share(self) -> float:
        return self.good / self.of if self.of else 1.0

    def __str__(self) -> str:
        return f"{self.share:.4f} ({self.good}/{self.of})" if self.of else "n/a"


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose confidence lies in one tenth: how sure they were, how many were right."""

    confidence: float
    right: float
    answers: int


@dataclass(frozen=True, slots=True)
class Report:
    """Measures over a corpus; `confusion` counts (wanted, answered) where they differ."""

    top1: Rate
    strict: Rate
    top3: Rate
    section: Rate
    false_alarms: Rate
    pods: Rate
    calibration_error: float
    bins: tuple[Bin, ...]
    by_cause: Mapping[str, Rate]
    by_form: Mapping[str, Rate]
    confusion: Mapping[tuple[str, str], int]
    misses: tuple[Verdict, ...]


def read(paths: Iterable[Path]) -> list[Label]:
    """Labels of the files, a folder standing for the label files in it. Raises LabelError."""
    labels = []
    for path in paths:
        files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
        for file in files:
            for number, line in enumerate(file.read_text("utf-8").split("\n"), start=1):
                label = _label(line, f"{file}:{number}", file is not path) if line.strip() else None
                if label is not None:
                    labels.append(label)
    if not labels:
        raise LabelError("no labelled message: give a .jsonl file, or a folder that holds some")
    return labels


def _label(line: str, place: str, skip: bool) -> Label | None:
    """The label on a line; None for a line of another kind in a folder (it has no text)."""
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        raise LabelError(f"{place}: no JSON") from None
    if isinstance(item, dict) and skip and "text" not in item:
        return None
    if not isinstance(item, dict) or not {"id", "text", "cause"} <= item.keys():
        raise LabelError(f"{place}: a label is an object with id, text, cause")
    return Label(
        id=str(item["id"]),
        text=str(item["text"]),
        cause=str(item["cause"]),
        section=item.get("variant"),
        accept=tuple(item.get("accept") or (item["cause"],)),
        form=str(item.get("form", "message")),
        pods=frozenset((pod["pod"], pod["cause"]) for pod in item.get("workloads", ())),
    )


def judge(matcher: Matcher, labels: Iterable[Label]) -> list[Verdict]:
    """Ask the matcher for each label."""
    return [verdict(label, matcher.diagnose(label.text)) for label in labels]


def verdict(label: Label, found: Diagnosis) -> Verdict:
    pods = frozenset((each.workload.pod or "", each.cause) for each in found.workloads)
    if not label.pods:
        pods = frozenset()
    if not found.matches:
        return Verdict(label, NONE, None, (), None, pods)
    first = found.matches[0]
    ranked = tuple(match.cause for match in found.matches[:_RANKED])
    return Verdict(label, first.cause, first.section, ranked, first.confidence, pods)


def report(verdicts: Sequence[Verdict]) -> Report:
    failures = [v for v in verdicts if v.label.cause != NONE]
    look_alikes = [v for v in verdicts if v.label.cause == NONE]
    sections = [v for v in failures if v.label.section and v.cause == v.label.cause]
    bins = _bins([v for v in verdicts if v.confidence is not None])
    answers = sum(each.answers for each in bins)
    gaps = sum(abs(each.confidence - each.right) * each.answers for each in bins)
    shown = sum(len(v.label.pods | v.pods) for v in verdicts)
    return Report(
        top1=_rate(failures),
        strict=Rate(sum(v.cause == v.label.cause for v in failures), len(failures)),
        top3=Rate(sum(v.label.cause in v.ranked for v in failures), len(failures)),
        section=Rate(sum(v.section == v.label.section for v in sections), len(sections)),
        false_alarms=Rate(sum(not v.accepted for v in look_alikes), len(look_alikes)),
        pods=Rate(sum(len(v.label.pods & v.pods) for v in verdicts), shown),
        calibration_error=gaps / answers if answers else 0.0,
        bins=bins,
        by_cause=_grouped(verdicts, [v.label.cause for v in verdicts]),
        by_form=_grouped(verdicts, [v.label.form for v in verdicts]),
        confusion=Counter((v.label.cause, v.cause) for v in verdicts if v.cause != v.label.cause),
        misses=tuple(v for v in verdicts if not v.accepted),
    )


def _rate(verdicts: Sequence[Verdict]) -> Rate:
    return Rate(sum(v.accepted for v in verdicts), len(verdicts))


def _grouped(verdicts: Sequence[Verdict], keys: Sequence[str]) -> dict[str, Rate]:
    """Rates by key, worst first."""
    groups: dict[str, list[Verdict]] = {}
    for key, each in zip(keys, verdicts, strict=True):
        groups.setdefault(key, []).append(each)
    rates = {key: _rate(group) for key, group in groups.items()}
    return dict(sorted(rates.items(), key=lambda item: (item[1].share, item[0])))


def _bins(answered: Sequence[Verdict]) -> tuple[Bin, ...]:
    held: dict[int, list[tuple[float, bool]]] = {}
    for each in answered:
        assert each.confidence is not None
        number = min(BINS - 1, int(each.confidence * BINS))
        held.setdefault(number, []).append((each.confidence, each.accepted))
    return tuple(
        Bin(
            sum(confidence for confidence, _ in pairs) / len(pairs),
            sum(right for _, right in pairs) / len(pairs),
            len(pairs),
        )
        for _, pairs in sorted(held.items())
    )


def as_json(found: Report) -> dict[str, Any]:
    """The report as plain values."""

    def plain(rate: Rate) -> dict[str, Any]:
        return {"share": round(rate.share, 4), "good": rate.good, "of": rate.of}

    return {
        "top1": plain(found.top1),
        "strict": plain(found.strict),
        "top3": plain(found.top3),
        "section": plain(found.section),
        "false_alarms": plain(found.false_alarms),
        "pods": plain(found.pods),
        "calibration_error": round(found.calibration_error, 4),
        "bins": [
            {"confidence": round(b.confidence, 4), "right": round(b.right, 4), "answers": b.answers}
            for b in found.bins
        ],
        "by_cause": {cause: plain(rate) for cause, rate in found.by_cause.items()},
        "by_form": {form: plain(rate) for form, rate in found.by_form.items()},
        "confusion": [
            {"wanted": wanted, "answered": answered, "count": count}
            for (wanted, answered), count in sorted(found.confusion.items())
        ],
        "misses": [
            {"id": v.label.id, "accept": list(v.label.accept), "answered": v.cause}
            for v in found.misses
        ],
    }
