"""`python -m api drill`: the same drills, played in a terminal."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import click

from api import drill_pages, drill_reader
from api.drills import END, Choice, Drill, Round, evidence_in, score
from api.problems import CatalogueError

_WIDTH = 88
_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_MARKS = re.compile(r"\*\*(.+?)\*\*|\*([^*\s][^*]*)\*")
_ANCHOR = re.compile(r" \{#[a-z0-9-]+\}$")
_ITEM = re.compile(r"(\d+\. |- )")


@click.command()
@click.argument("name", required=False)
@click.pass_obj
def drill(root: Path, name: str | None) -> None:
    """Play the incident drill NAME; without a NAME, list them."""
    try:
        drills = drill_reader.load(root)
    except CatalogueError as error:
        raise click.UsageError(f"the drills have problems:\n{error}") from None
    if name is None:
        width = max(map(len, drills))
        for found in drills.values():
            click.echo(f"{found.name:<{width}}  {found.difficulty:<6}  {found.title}")
        click.echo("\nPlay one: python -m api drill <name>")
        return
    if name not in drills:
        raise click.UsageError(f"no drill '{name}'. fix: choose one of {', '.join(drills)}")
    _play(drills[name])


def _play(drill: Drill) -> None:
    _heading(drill.title)
    for label, value in (
        ("System", drill.system), ("Time", drill.time), ("You are", drill.role)
    ):  # fmt: skip
        click.echo(plain(f"{label}: {value}"))
    click.echo("\n" + plain(drill.setup))
    path: list[Choice] = []
    at = 1
    while at != END:
        at = _round(drill, drill.round(at), path)
    _report(drill, path)


def _round(drill: Drill, here: Round, path: list[Choice]) -> int:
    """Play one round to its end; returns where it leads."""
    _heading(f"Round {here.number} of {len(drill.rounds)}: {here.title}")
    click.echo(plain(f"Pressure: {here.pressure}\n\n{here.body}"))
    left = list(here.choices)
    while True:
        click.echo("\nWhat do you do?")
        for number, choice in enumerate(left, start=1):
            click.echo(f"  {number}) {plain(choice.label)}")
        asked = click.prompt("Your choice", type=click.IntRange(1, len(left)))
        choice = left.pop(asked - 1)
        path.append(choice)
        click.echo(f"\n{plain(choice.body)}\n\n{plain(drill_pages.told(choice))}")
        so_far = score(path)
        wrong = f"{so_far.wrong} wrong turn" + ("" if so_far.wrong == 1 else "s")
        click.echo(f"So far: {drill_pages.minutes(so_far.minutes)}, {wrong}.")
        if choice.next is not None:
            return choice.next


def _report(drill: Drill, path: list[Choice]) -> None:
    _heading("Damage report")
    click.echo(f"{'':<26}{'minutes':>8}{'downtime':>10}{'wrong turns':>13}")
    for label, way in (
        ("You", path),
        ("The best path", drill.best_path()),
        ("Every wrong turn there is", drill.worst_path()),
    ):
        total = score(way)
        click.echo(f"{label:<26}{total.minutes:>8}{total.down:>10}{total.wrong:>13}")
    best = "\n".join(f"{n}. {c.label}" for n, c in enumerate(drill.best_path(), start=1))
    for text in (
        f"Downtime: {drill.downtime}",
        f"Blast radius: {drill.blast}",
        f"The best path:\n\n{best}",
        drill.report,
    ):
        click.echo("\n" + plain(text))


def _heading(title: str) -> None:
    click.echo(f"\n{title}\n{'=' * len(title)}\n")


def plain(markdown: str) -> str:
    """Markdown as text for a terminal: wrapped prose, evidence indented and left as it is."""
    parts: list[str] = []
    at = 0
    for evidence, (start, end), _ in evidence_in(markdown):
        shown = textwrap.indent(evidence.text.rstrip("\n"), "  | ", lambda _: True)
        parts += [_prose(markdown[at:start]), f"  # {evidence.title}\n{shown}"]
        at = end
    return "\n\n".join(part for part in [*parts, _prose(markdown[at:])] if part)


def _prose(text: str) -> str:
    text = _LINK.sub(lambda link: f"{link.group(1)} ({_address(link.group(2))})", text)
    text = _MARKS.sub(lambda mark: mark.group(1) or mark.group(2), text)
    lines = []
    for line in text.split("\n"):
        if line.startswith("#"):
            title = _ANCHOR.sub("", line.lstrip("# "))
            lines += [title, "-" * len(title)]
            continue
        item = _ITEM.match(line)
        hang = " " * len(item.group()) if item else ""
        lines += textwrap.wrap(
            line, _WIDTH, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return "\n".join(lines).strip("\n")


def _address(target: str) -> str:
    """A link of the Markdown as the path of the site."""
    if ":" in target:
        return target
    page, _, anchor = target.partition("#")
    path = f"/{page.removeprefix('../').removesuffix('.md')}/"
    return path + (f"#{anchor}" if anchor else "")
