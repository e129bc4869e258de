"""Write tests/kubectl-flags.json from the kubectl on PATH: `python -m tests.update_kubectl_flags`.

Its `--help` is the judge of every kubectl command in the knowledge base. The file is pinned, so
that the tests need no kubectl and every machine judges alike. Run this after a kubectl release and
read the difference.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

PINNED = Path(__file__).with_name("kubectl-flags.json")

_FLAG = re.compile(r"^    (?:(-\w), )?(--[a-z0-9-]+)=(.*):$", re.MULTILINE)
_COMMAND = re.compile(r"^  ([a-z][a-z-]*)  +\S")
_SECTION = re.compile(r"^[A-Z].*:$")


def _run(*arguments: str) -> str:
    return subprocess.run(
        ["kubectl", *arguments], capture_output=True, text=True, check=True
    ).stdout


def _flags(text: str) -> dict[str, bool]:
    """Every spelling of a flag, and whether it takes a value."""
    found: dict[str, bool] = {}
    for short, long, default in _FLAG.findall(text):
        # `--dry-run` has an optional value: without `=` it does not take the next word.
        takes = default not in ("true", "false") and long != "--dry-run"
        found[long] = takes
        if short:
            found[short] = takes
    return found


def _command(*path: str) -> dict[str, Any]:
    text = _run(*path, "--help")
    names: list[str] = []
    section = ""
    for line in text.splitlines():
        if _SECTION.match(line):
            section = line
        elif "Commands" in section and (found := _COMMAND.match(line)):
            names.append(found.group(1))
    usage = text.partition("Usage:\n")[2].partition("\n")[0]
    group = bool(names) and re.match(r"\s*kubectl[a-z -]* (SUBCOMMAND|\[flags\]) ", usage)
    return {
        "runs": not group,
        "flags": dict(sorted(_flags(text).items())),
        "commands": {name: _command(*path, name) for name in sorted(set(names))},
    }


def read() -> dict[str, Any]:
    version = json.loads(_run("version", "--client", "-o", "json"))["clientVersion"]["gitVersion"]
    return {
        "version": re.match(r"v\d+\.\d+\.\d+", version)[0],  # type: ignore[index]
        "global": dict(sorted(_flags(_run("options")).items())),
        **_command(),
    }


if __name__ == "__main__":
    PINNED.write_text(json.dumps(read(), indent=1) + "\n", "utf-8")
