"""A drill's Markdown file to a Drill, or every problem with it at once.

Beside the form it proves what a player relies on: each path runs forward and ends, the path
marked best is the one cheapest, every taught section exists and the damage report links to it.
The format is described for writers in docs/drills/format.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from api import entries, rendering
from api.drills import END, Choice, Drill, Evidence, Round, evidence_in, score, taught_page, ways
from api.entries import Entry, Field
from api.problems import CatalogueError, Problem

REPORT = "Damage report"
SIGNALS = "signals"
# Pages below docs/drills that are about drills, not drills.
PAGES = frozenset(("index", "facilitator", "format", "handouts", "answers"))
# A back-off without its reason is where every drill may start; it needs no teaching of its own.
ALWAYS_TAUGHT = "backoff-only"

FRONT_MATTER: Mapping[str, Field] = {
    "title": Field("text", "What the drill is called; must not give the cause away.", True),
    "description": Field("text", "One sentence for the list of drills.", True),
    "verified": Field("text", "The day its facts were checked, quoted: YYYY-MM-DD.", True),
    "hide": Field("texts", "Parts of the theme to hide; [toc] keeps the outline from telling."),
    "difficulty": Field("text", "How hard.", True, ("easy", "medium", "hard")),
    "system": Field("text", "The cluster, its runtime and its registry.", True),
    "time": Field("text", "When it happens.", True),
    "role": Field("text", "Who the reader is.", True),
    "teaches": Field("texts", "cause, cause#section or folder/page#section.", True),
}
_ROUND = re.compile(r"Round (\d+): (.+)")
_FACT = re.compile(r"- ([a-z ]+?)(?:: (.*))?$")
_LINK = re.compile(r"\]\(([^()\s:#]+\.md)?(?:#([^()\s]+))?\)")


def load(root: Path) -> Mapping[str, Drill]:
    """Every drill below `root`, by name. Raises CatalogueError with every problem found."""
    known = targets(root)
    found: dict[str, Drill] = {}
    problems: list[Problem] = []
    for path in sorted((root / "docs" / "drills").glob("*.md")):
        if path.stem in PAGES:
            continue
        name = path.relative_to(root).as_posix()
        drill, faults = read(name, path.read_text("utf-8"), known)
        problems += faults
        if drill is not None:
            found[drill.name] = drill
    if problems:
        raise CatalogueError(problems)
    return found


def targets(root: Path) -> Mapping[str, frozenset[str]]:
    """What a drill may link to: each page below docs (without .md) and the ids of its headings."""
    docs = root / "docs"
    return {
        path.relative_to(docs).with_suffix("").as_posix(): frozenset(
            heading.id for heading in rendering.headings(path.read_text("utf-8")) if heading.id
        )
        for path in sorted(docs.rglob("*.md"))
    }


def read(
    path: str, text: str, known: Mapping[str, frozenset[str]]
) -> tuple[Drill | None, list[Problem]]:
    """One drill, and what is wrong with it; `path` names it, `known` is what `targets` gave."""
    reader = _Reader(path, text, known)
    drill = reader.drill()
    return (None if reader.problems else drill), sorted(reader.problems)


class _Reader:
    def __init__(self, path: str, text: str, known: Mapping[str, frozenset[str]]) -> None:
        self.path, self.text, self.known = path, text, known
        self.name = PurePosixPath(path).stem
        self.problems: list[Problem] = []
        self.page = rendering.page(text)
        self.lines = self.page.body.split("\n")

    def refuse(self, line: int, code: str, message: str, fix: str) -> None:
        self.problems.append(Problem(self.path, line, 0, f"drill-{code}", message, fix))

    def drill(self) -> Drill | None:
        front = self._front_matter()
        setup, rounds, report = self._blocks()
        if report is None or not rounds:
            return None
        facts, body = self._facts(*report, required=("downtime", "blast radius"), optional=())
        evidence = self._evidence()
        drill = Drill(
            self.name, front.get("title", ""), front.get("description", ""),
            front.get("difficulty", ""), front.get("system", ""), front.get("time", ""),
            front.get("role", ""), front.get("teaches", ()), setup, tuple(rounds),
            facts.get("downtime", ""), facts.get("blast radius", ""), body, evidence,
        )  # fmt: skip
        self._check_teaching(drill, front, report[0])
        self._check_links()
        if not self.problems:
            self._check_graph(drill)
        return drill

    def _front_matter(self) -> Entry:
        lines = self.text.split("\n")[: self.page.offset]
        if not lines:
            message = "the file does not start with front matter"
            self.refuse(1, "front-matter", message, "start with '---' and the fields title, …")
            return Entry({}, {}, 1)
        entry, problems = entries.read(self.path, "\n" + "\n".join(lines[1:-1]), FRONT_MATTER)
        self.problems += problems
        return entry

    def _blocks(self) -> tuple[str, list[Round], tuple[int, int] | None]:
        """Set-up, rounds, and the lines (of the body, from 0) of the damage report."""
        heads = [h for h in rendering.headings(self.page.body) if h.level <= 2]
        ends = [*(h.line - 1 for h in heads[1:]), len(self.lines)]
        setup, report = "", None
        rounds: list[Round] = []
        for head, end in zip(heads, ends, strict=True):
            line = head.line + self.page.offset
            numbered = _ROUND.fullmatch(head.title)
            if head.level == 1:
                setup = "\n".join(self.lines[head.line : end]).strip()
            elif head.title == REPORT:
                report = (head.line, end)
            elif numbered and report is None:
                number = len(rounds) + 1
                if int(numbered.group(1)) != number:
                    message = f"round {numbered.group(1)} stands where round {number} should"
                    self.refuse(line, "round-order", message, "number the rounds 1, 2, 3 …")
                rounds.append(self._round(number, numbered.group(2), head.line, end))
            else:
                self.refuse(
                    line, "heading", f"'{head.title}' is no part of a drill here",
                    f"'## Round 1: …' and so on, then '## {REPORT}'",
                )  # fmt: skip
        last = len(self.lines) + self.page.offset
        if not rounds:
            self.refuse(last, "rounds", "the drill has no round", "add '## Round 1: …'")
        if report is None:
            self.refuse(last, "report", "the drill has no damage report", f"add '## {REPORT}'")
        return setup, rounds, report

    def _round(self, number: int, title: str, start: int, end: int) -> Round:
        line = start + self.page.offset
        heads = [
            h for h in rendering.headings(self.page.body) if h.level == 3 and start < h.line <= end
        ]
        stops = [*(h.line - 1 for h in heads), end]
        facts, body = self._facts(start, stops[0], required=("service", "pressure"), optional=())
        if facts.get("service", "up") not in ("up", "down"):
            fix = "write 'up' or 'down': do users notice?"
            self.refuse(line, "fact", f"service is '{facts['service']}'", fix)
        if not evidence_in(body):
            fix = "show what the reader sees in a ```text fence"
            self.refuse(line, "no-evidence", f"round {number} shows no evidence", fix)
        down = facts.get("service") == "down"
        choices = [
            self._choice(number, down, head.title, head.line, stop)
            for head, stop in zip(heads, stops[1:], strict=True)
        ]
        choices.sort(key=lambda choice: choice.label.replace("`", "").casefold())
        if not 2 <= len(choices) <= 4:
            message = f"round {number} has {len(choices)} choices"
            self.refuse(line, "choices", message, "give two, three or four '### …' choices")
        best = [choice for choice in choices if choice.best]
        if len(best) != 1:
            message = f"round {number} has {len(best)} choices marked best"
            self.refuse(line, "best", message, "mark one choice with '- best'")
        return Round(
            number,
            title,
            facts.get("pressure", ""),
            body,
            tuple(replace(c, id=f"{number}{'abcdefgh'[at % 8]}") for at, c in enumerate(choices)),
            line,
        )

    def _choice(self, number: int, down: bool, label: str, start: int, end: int) -> Choice:
        line = start + self.page.offset
        facts, body = self._facts(
            start, end, required=("minutes", "next", "why"), optional=("down", "best")
        )
        minutes = self._minutes(line, facts.get("minutes", "1"))
        lost = self._minutes(line, facts["down"]) if "down" in facts else minutes * down
        leads = self._next(line, number, facts.get("next", "stay"))
        if "best" in facts and leads is None:
            message = f"'{label}' is best, and leads nowhere"
            self.refuse(line, "best", message, "name the next round, or 'end'")
        if not body:
            message = f"'{label}' shows no result"
            self.refuse(line, "no-result", message, "tell what the reader sees")
        return Choice(
            "", label, minutes, lost, leads, "best" in facts, facts.get("why", ""), body, line
        )

    def _minutes(self, line: int, value: str) -> int:
        if value.isdecimal() and int(value) <= 600:
            return int(value)
        self.refuse(line, "fact", f"'{value}' is no number of minutes", "write 0 to 600")
        return 0

    def _next(self, line: int, number: int, value: str) -> int | None:
        if value == "stay":
            return None
        if value == "end":
            return END
        aim = value.removeprefix("round ")
        if aim != value and aim.isdecimal():
            return int(aim)
        self.refuse(line, "next", f"next is '{value}'", "write 'round 2', 'end' or 'stay'")
        return None

    def _facts(
        self, start: int, end: int, required: Sequence[str], optional: Sequence[str]
    ) -> tuple[dict[str, str], str]:
        """The `- key: value` lines right below a heading, and the Markdown after them."""
        facts: dict[str, str] = {}
        at, key = start, ""
        while at < end:
            line = self.lines[at]
            fact = _FACT.match(line)
            if fact:
                key = fact.group(1)
                if key not in (*required, *optional):
                    fix = f"known here: {', '.join((*required, *optional))}"
                    where = at + 1 + self.page.offset
                    self.refuse(where, "fact", f"'{key}' is not known here", fix)
                facts[key] = fact.group(2) or ""
            elif key and line.startswith("  "):
                facts[key] += " " + line.strip()
            elif line or key:
                break
            at += 1
        for name in required:
            if not facts.get(name):
                message = f"'- {name}: …' is missing"
                self.refuse(start + self.page.offset, "fact", message, "add it below the heading")
        return facts, "\n".join(self.lines[at:end]).strip()

    def _evidence(self) -> tuple[Evidence, ...]:
        found = evidence_in(self.page.body, self.page.offset + 1)
        for evidence, _, fault in found:
            if fault:
                fix = 'write ```text title="kubectl get pods", and pull=<cause> for a pull error'
                self.refuse(evidence.line, "evidence", fault, fix)
        return tuple(evidence for evidence, _, _ in found)

    def _check_teaching(self, drill: Drill, front: Entry, report: int) -> None:
        line = front.places.get("teaches", (1, 1))[0]
        for target in drill.teaches:
            page, anchor = taught_page(target)
            if page not in self.known or (anchor and anchor not in self.known[page]):
                message = f"it teaches '{target}', and docs/{page}.md has no such section"
                fix = "name a cause, cause#section or folder/page#id"
                self.refuse(line, "teaches", message, fix)
            elif f"{page}.md" + (f"#{anchor}" if anchor else "") not in drill.report:
                message = f"the damage report has no link to '{target}'"
                self.refuse(report + self.page.offset, "not-linked", message, f"link ../{page}.md")
        causes = {target.partition("#")[0] for target in drill.teaches} | {ALWAYS_TAUGHT}
        for evidence in drill.evidence:
            if evidence.pull and evidence.pull.partition("#")[0] not in causes:
                message = f"the evidence is '{evidence.pull}', which the drill does not teach"
                fix = f"add it to 'teaches', or correct it: {', '.join(sorted(causes))}"
                self.refuse(evidence.line, "not-taught", message, fix)
        signals = rendering.sections(drill.report, 3).get(SIGNALS, ("", "", 0))[1]
        count = len(re.findall(r"^\d+\. ", signals, re.MULTILINE))
        if count != 2:
            message = f"the report names {count} deciding signals"
            fix = f"list two below '### … {{#{SIGNALS}}}', as 1. and 2."
            self.refuse(report + self.page.offset, "signals", message, fix)

    def _check_links(self) -> None:
        for number, line in enumerate(self.lines, start=1 + self.page.offset):
            for link in _LINK.finditer(line):
                page = f"drills/{self.name}"
                if link.group(1):
                    parts = ["drills", *link.group(1).removesuffix(".md").split("/")]
                    while ".." in parts:
                        at = parts.index("..")
                        del parts[max(0, at - 1) : at + 1]
                    page = "/".join(parts)
                anchor = link.group(2)
                # Signature ids are anchors too, made when the site is built.
                if page not in self.known or (anchor and anchor not in self.known[page]):
                    message = f"'{link.group()[2:-1]}' leads nowhere"
                    self.refuse(number, "link", message, "correct the page or the anchor")

    def _check_graph(self, drill: Drill) -> None:
        reached = {1}
        for here in drill.rounds:
            for choice in here.choices:
                if choice.next is None or choice.next == END:
                    continue
                if not here.number < choice.next <= len(drill.rounds):
                    message = f"'{choice.label}' leads from round {here.number} to {choice.next}"
                    fix = "lead forward, to a round that exists"
                    self.refuse(choice.line, "next", message, fix)
                elif here.number in reached:
                    reached.add(choice.next)
        for here in drill.rounds:
            if here.number not in reached:
                message = f"no choice leads to round {here.number}"
                self.refuse(here.line, "unreachable", message, "lead to it, or remove it")
        if self.problems:
            return
        best = score(drill.best_path()).minutes
        for path in ways(drill):
            taken = score(path)
            if taken.wrong and taken.minutes <= best:
                first = next(choice for choice in path if not choice.best)
                message = f"by '{first.label}' it takes {taken.minutes} minutes, by the best {best}"
                fix = "let the best path be the one cheapest"
                self.refuse(first.line, "not-cheapest", message, fix)
