"""A problem in the sources: where it is, what was found, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """`line` and `column` count from 1; column 0 means the whole line, line 0 the whole file."""

    path: str
    line: int
    column: int
    code: str
    message: str
    fix: str = ""
    excerpt: str = ""  # the faulty source line, shown with a caret under `caret`
    caret: int = -1

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        text = f"{place}: {self.code}: {self.message}"
        if self.fix:
            text += f". fix: {self.fix}"
        if self.excerpt and self.caret >= 0:
            text += f"\n    {self.excerpt}\n    {' ' * self.caret}^"
        return text


class CatalogueError(Exception):
    """The sources cannot become a catalogue; `problems` holds every fault found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))
