"""Imports point one way, and each third-party library has one home."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

API = Path(__file__).resolve().parent.parent / "api"


def imports(path: Path) -> Iterator[str]:
    """Top-level names and api modules that a module imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "api":
                yield from (f"api.{alias.name}" for alias in node.names)
            else:
                yield node.module


def modules() -> dict[str, set[str]]:
    return {path.stem: set(imports(path)) for path in sorted(API.glob("*.py"))}


def test_no_import_cycle() -> None:
    graph = {
        name: {target.removeprefix("api.") for target in found if target.startswith("api.")}
        for name, found in modules().items()
    }
    done: set[str] = set()
    while len(done) < len(graph):
        ready = {
            name
            for name in graph
            if name not in done and graph[name] - {name} <= done | (graph[name] - set(graph))
        }
        assert ready, f"a cycle among {sorted(set(graph) - done)}"
        done |= ready


def test_matching_knows_no_host() -> None:
    ground = (
        "masking templates index soft bayes scan evidence paste redaction references stages"
        " confidence matcher"
    )
    for name in ground.split():
        hosts = {"flask", "click", "mkdocs", "waitress", "markdown", "yaml"}
        assert not {target.partition(".")[0] for target in modules()[name]} & hosts, name


HOMES = {
    "yaml": {"entries"},
    "markdown": {"rendering"},
    "mkdocs": {"hooks", "site_builder"},
    "waitress": {"server"},
    "rapidfuzz": {"soft"},
}


def test_each_library_has_one_home() -> None:
    for library, homes in HOMES.items():
        users = {
            name
            for name, found in modules().items()
            if any(target.partition(".")[0] == library for target in found)
        }
        assert users <= homes, f"{library} is used by {sorted(users - homes)}"


def test_only_known_libraries_are_imported() -> None:
    known = {*HOMES, "flask", "click", "werkzeug", "api", *sys.stdlib_module_names}
    for name, found in modules().items():
        assert {target.partition(".")[0] for target in found} <= known, name
