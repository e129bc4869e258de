"""A cluster's triage for people and programs: a table, JSON, Markdown for an incident channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api import runbook
from api.cluster import SYMPTOM, Container, Group, Triage
from api.diagnosis import Diagnosis, Match
from api.model import Catalogue, Cause

_COLUMNS = ("WAITING", "EVENTS", "NODES", "FIRST SEEN", "REGISTRY", "IMAGE")
_IMAGES = 5  # shown of a cause in a terminal
_ROWS = 25  # shown in a channel; JSON has them all


def answer(found: Triage, catalogue: Catalogue, limit: int) -> dict[str, Any]:
    """The object of the HTTP API for the whole cluster, and what `groups` adds to it."""
    matches: dict[str, Match] = {}
    for members in _by_cause(found.groups):
        matches.setdefault(members[0].cause, members[0].match)
    verdict = "match" if matches else "unknown"
    if list(matches) == [SYMPTOM]:
        verdict = "symptom"
    whole = Diagnosis(verdict, tuple(list(matches.values())[:limit]), (), (), ())
    return runbook.answer(whole, catalogue) | groups(found, catalogue)


def groups(found: Triage, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "items": found.items,
        "failures": found.failures,
        "capped": found.capped,
        "groups": [_group(group, catalogue.causes[group.cause]) for group in found.groups],
    }


def _group(group: Group, cause: Cause) -> dict[str, Any]:
    return {
        "cause": group.cause,
        "section": group.section,
        "title": _title(group, cause),
        "url": cause.url(group.section),
        "retry": cause.retry,
        "registry": group.registry or None,
        "image": group.image or None,
        "containers": group.containers,
        "events": group.events,
        "nodes": group.nodes,
        "first_seen": _utc(group.first_seen),
        "last_seen": _utc(group.last_seen),
        "message": group.match.message,
        "examples": [
            {"namespace": namespace or None, "pod": pod or None, "container": container or None}
            for namespace, pod, container in group.examples
        ],
    }


def text(found: Triage, catalogue: Catalogue) -> str:
    """For a terminal: causes worst first, below each the images that wait the most."""
    lines = [_summary(found)]
    columns = zip(_COLUMNS, *map(_cells, found.groups), strict=True)
    widths = [max(map(len, column)) for column in columns]
    for members in _by_cause(found.groups):
        cause = catalogue.causes[members[0].cause]
        waiting = _count(sum(group.containers for group in members), "container")
        lines += [
            "",
            f"{_title(members[0], cause)}  ({waiting})",
            f"  Runbook: {cause.url(members[0].section)}",
            "  " + _line(_COLUMNS, widths),
        ]
        for group in members[:_IMAGES]:
            lines += ["  " + _line(_cells(group), widths), f"    {_examples(group)}"]
        if len(members) > _IMAGES:
            lines.append(f"  and {_count(len(members) - _IMAGES, 'more image')}")
        lines.append(f"  {_first_line(members[0].match.message)}")
    return "\n".join([*lines, *_capped(found)]) + "\n"


def markdown(found: Triage, catalogue: Catalogue, base: str) -> str:
    """For an incident channel: one table, each cause a link below `base`."""
    lines = [f"**Image pulls: {_summary(found)}**"]
    if found.groups:
        lines += [
            "",
            "| Cause | Image | Waiting | Events | Nodes | First seen (UTC) | Example |",
            "|---|---|---:|---:|---:|---|---|",
        ]
    for group in found.groups[:_ROWS]:
        cause = catalogue.causes[group.cause]
        cells = (
            f"[{_title(group, cause)}]({base.rstrip('/')}{cause.url(group.section)})",
            f"`{group.image or group.registry or 'not named'}`",
            str(group.containers),
            str(group.events),
            str(group.nodes),
            group.first_seen.replace("T", " "),
            f"`{_name(group.examples[0])}`" if group.examples else "",
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    if len(found.groups) > _ROWS:
        lines += ["", f"{len(found.groups) - _ROWS:,} more rows are left out."]
    return "\n".join([*lines, *_capped(found)]) + "\n"


def one(found: Mapping[str, Any], base: str) -> str:
    """The answer to a single paste, in the same form."""
    if not found["matches"]:
        return f"**Not recognized as an image-pull failure.** {found['next']['why']}\n"
    first = found["matches"][0]
    lines = [
        f"**[{first['title']}]({base.rstrip('/')}{first['url']})**: {first['summary']}",
        "",
        *(f"    {line}" for line in first["evidence"]["message"].split("\n")),
    ]
    if first["commands"]:
        lines += ["", "```bash", *first["commands"], "```"]
    return "\n".join(lines) + "\n"


def _by_cause(groups: Sequence[Group]) -> list[list[Group]]:
    """Groups of one cause and section together; most containers first, symptoms last."""
    found: dict[tuple[str, str | None], list[Group]] = {}
    for group in groups:
        found.setdefault((group.cause, group.section), []).append(group)
    return sorted(
        found.values(),
        key=lambda members: (members[0].cause == SYMPTOM, -sum(g.containers for g in members)),
    )


def _title(group: Group, cause: Cause) -> str:
    section = cause.sections.get(group.section) if group.section else None
    return f"{cause.title}: {section.title}" if section else cause.title


def _summary(found: Triage) -> str:
    if not found.groups:
        return f"no image-pull failure in {found.items:,} items"
    containers = sum(group.containers for group in found.groups)
    more = "at least " if found.capped else ""
    causes = len({group.cause for group in found.groups})
    images = len({group.image for group in found.groups if group.image})
    return (
        f"{more}{_count(containers, 'container')} waiting, {_count(images, 'image')}, "
        f"{_count(causes, 'cause')} ({found.items:,} items read)"
    )


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def _cells(group: Group) -> tuple[str, ...]:
    return (
        str(group.containers), str(group.events), str(group.nodes or "-"), group.first_seen or "-",
        group.registry or "-", group.image or "-",
    )  # fmt: skip


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    numbers = [f"{cell:>{width}}" for cell, width in zip(cells[:3], widths, strict=False)]
    words = [f"{cell:<{width}}" for cell, width in zip(cells[3:], widths[3:], strict=True)]
    return "  ".join(numbers + words).rstrip()


def _examples(group: Group) -> str:
    more = group.containers - len(group.examples)
    named = ", ".join(_name(example) for example in group.examples)
    return f"{named} and {more:,} more" if more > 0 else named


def _name(container: Container) -> str:
    return "/".join(part for part in container if part) or "not named"


def _first_line(message: str) -> str:
    return next((line.strip() for line in message.split("\n") if line.strip()), "")[:300]


def _capped(found: Triage) -> list[str]:
    if not found.capped:
        return []
    return ["", "More containers or images than are told apart: counts are lower bounds."]


def _utc(time: str) -> str | None:
    return f"{time}Z" if time else None
