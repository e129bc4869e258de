"""Incident drills: a story that only runs forward, in rounds of evidence and choices.

Forward-only is what makes every path sure to end. `drill_reader` makes a Drill of a Markdown
file, `drill_pages` makes pages and hand-outs of a Drill, `drill_command` plays it in a terminal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

END = 0  # the `next` of a choice that leads to the damage report
_EVIDENCE = re.compile(r"^```text *([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ATTRIBUTE = re.compile(r'([a-z]+)=(?:"([^"]*)"|(\S+)) *')


@dataclass(frozen=True, slots=True)
class Evidence:
    """Terminal text. `pull` is the cause (#section) our matcher must answer; None: no answer."""

    title: str
    text: str
    pull: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Choice:
    """`next` is a round's number, END, or None: choose again. `down` are minutes of downtime."""

    id: str
    label: str
    minutes: int
    down: int
    next: int | None
    best: bool
    why: str
    body: str
    line: int


@dataclass(frozen=True, slots=True)
class Round:
    """`choices` stand in the order of their labels, which tells nothing about them."""

    number: int
    title: str
    pressure: str
    body: str
    choices: tuple[Choice, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Score:
    minutes: int
    down: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Drill:
    """`report` is the Markdown of the damage report, `downtime` and `blast` its two facts."""

    name: str
    title: str
    description: str
    difficulty: str
    system: str
    time: str
    role: str
    teaches: tuple[str, ...]
    setup: str
    rounds: tuple[Round, ...]
    downtime: str
    blast: str
    report: str
    evidence: tuple[Evidence, ...]

    def round(self, number: int) -> Round:
        return self.rounds[number - 1]

    def best_path(self) -> tuple[Choice, ...]:
        path, at = [], 1
        while at != END:
            choice = next(c for c in self.round(at).choices if c.best)
            path.append(choice)
            assert choice.next is not None
            at = choice.next
        return tuple(path)

    def worst_path(self, at: int = 1) -> tuple[Choice, ...]:
        """Every wrong turn there is, then the dearest way on."""
        if at == END:
            return ()
        choices = self.round(at).choices
        lost = tuple(choice for choice in choices if choice.next is None)
        ways = [(c, *self.worst_path(c.next)) for c in choices if c.next is not None]
        return lost + max(ways, key=lambda way: score(way).minutes)


def score(path: Sequence[Choice]) -> Score:
    return Score(
        sum(choice.minutes for choice in path),
        sum(choice.down for choice in path),
        sum(not choice.best for choice in path),
    )


def ways(drill: Drill, at: int = 1) -> list[tuple[Choice, ...]]:
    """Every way to the report without a wrong turn that only costs time."""
    if at == END:
        return [()]
    return [
        (choice, *rest)
        for choice in drill.round(at).choices
        if choice.next is not None
        for rest in ways(drill, choice.next)
    ]


def taught_page(target: str) -> tuple[str, str]:
    """`registry-auth#forbidden` as the page below docs and the anchor on it."""
    page, _, anchor = target.partition("#")
    return (page if "/" in page else f"causes/{page}"), anchor


def evidence_in(text: str, line: int = 1) -> list[tuple[Evidence, tuple[int, int], str]]:
    """Each ```text fence: the evidence, its place in `text`, and what its first line has wrong."""
    found = []
    for fence in _EVIDENCE.finditer(text):
        given = fence.group(1)
        values = {key: quoted or bare for key, quoted, bare in _ATTRIBUTE.findall(given)}
        fault = ""
        if _ATTRIBUTE.sub("", given).strip():
            fault = f"'{given}' is not key=value"
        elif unknown := values.keys() - {"title", "pull"}:
            fault = f"'{unknown.pop()}' is not known here"
        elif not values.get("title"):
            fault = "the evidence has no title"
        where = line + text.count("\n", 0, fence.start())
        pull = values.get("pull")
        found.append(
            (Evidence(values.get("title", ""), fence.group(2), pull, where), fence.span(), fault)
        )
    return found
