"""Many failing workloads at a glance: one line, with a count, for a failure and its image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api import runbook

_NAMED = 2  # workloads named on a line; the rest are counted


def text(found: Mapping[str, Any]) -> str:
    """The answer for a terminal, its workloads grouped."""
    told = runbook.text({**found, "workloads": []})
    if len(found["workloads"]) > 1:
        told += "\nAll workloads:\n" + table(found["workloads"])
    return told


def table(workloads: Sequence[Mapping[str, Any]]) -> str:
    """Failures grouped by cause and image, most frequent first; `workloads` come worst first."""
    groups: dict[tuple[str, str], list[str]] = {}
    for workload in workloads:
        group = groups.setdefault((workload["cause"], workload["image"] or "-"), [])
        names = (workload["namespace"], workload["pod"] or workload["container"])
        group.append("/".join(name for name in names if name) or "?")
    ranked = sorted(groups.items(), key=lambda item: -len(item[1]))
    rows = [("COUNT", "CAUSE", "IMAGE", "WORKLOADS")]
    for (cause, image), named in ranked:
        more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
        rows.append((str(len(named)), cause, image, ", ".join(named[:_NAMED]) + more))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "".join(
        f"  {count:>{widths[0]}}  {cause:<{widths[1]}}  {image:<{widths[2]}}  {named}\n"
        for count, cause, image, named in rows
    )
