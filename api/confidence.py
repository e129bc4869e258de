"""Calibrated confidence: how often answers of each kind are right on labelled messages.

The levels are fitted on `tests/corpus` with `python -m api eval` and shrunk towards the level of
their kind; a test holds the expected calibration error below 0.05.
"""

from __future__ import annotations

_LEVELS = {
    ("template", "reason"): 0.97,
    ("template", "umbrella"): 0.95,
    ("template", "symptom"): 0.93,
    ("fuzzy", "reason"): 0.85,
    ("fuzzy", "umbrella"): 0.85,
    ("fuzzy", "symptom"): 0.8,
    ("stage", "umbrella"): 0.75,
    ("stage", "symptom"): 0.7,
}


def of(how: str, kind: str, ambiguous: bool, pull: float) -> float:
    """The share of such answers that are right, 0 to 1."""
    level = _LEVELS[how, kind]
    if pull < 2.5:
        level -= 0.04
    return round(level, 2)


def alternative(first: float, place: int) -> float:
    """The confidence of an honest alternative: what the first leaves, shared out."""
    return round(max(0.05, (1 - first) + 0.3 / (place + 1)), 2)
