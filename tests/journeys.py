"""Texts for the same journey through browser, API and command line, and what they must lead to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).resolve().parent / "corpus"
CAUSES = (
    "image-name",
    "image-tag",
    "registry-auth",
    "wrong-registry",
    "registry-unreachable",
    "architecture-mismatch",
    "rate-limited",
    "image-too-large",
    "node-storage",
)
# What people paste: a message, `kubectl describe`, a kubelet's log, events or pods as JSON, the
# container statuses of a pod as YAML.
FORMS = ("message", "describe", "klog", "json", "waiting")


@dataclass(frozen=True, slots=True)
class Journey:
    """One text of the corpus, and the section it is about."""

    name: str
    text: str
    cause: str
    section: str
    form: str

    @property
    def url(self) -> str:
        return f"/causes/{self.cause}/#{self.section}"


def real_input() -> list[Journey]:
    """The corpus' first text of every form, for each of the first nine causes."""
    found: dict[tuple[str, str], Journey] = {}
    for name in ("forms", "lab", "wordings"):
        for line in (CORPUS / f"{name}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            cause, form, section = row["cause"], row["form"], row.get("variant")
            if cause in CAUSES and form in FORMS and section:
                journey = Journey(row["id"], row["text"], cause, section, form)
                found.setdefault((cause, form), journey)
    return [found[key] for key in sorted(found)]


REAL_INPUT = real_input()
NAMES = [f"{journey.cause}-{journey.form}" for journey in REAL_INPUT]
