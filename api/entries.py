"""The format of the YAML files: every field, its type and its meaning, in one table.

The loader validates with this table and `schema.json` is written from it, so an editor, the
loader and the format reference page cannot disagree. YAML is composed, not constructed: every
value keeps its line and column, and nothing is guessed (`1.30` stays text or is refused).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from api.problems import Problem

EMITTERS = [
    "acr",
    "apiserver",
    "artifactory",
    "buildkit",
    "cloud",
    "containerd",
    "containers-image",
    "cri-dockerd",
    "cri-o",
    "crictl",
    "ctr",
    "docker",
    "docker-hub",
    "ecr",
    "gar",
    "ghcr",
    "gitlab",
    "go",
    "grpc",
    "harbor",
    "kernel",
    "kubelet",
    "nerdctl",
    "nexus",
    "podman",
    "policy",
    "proxy",
    "quay",
    "registry",
    "windows",
]
FORMS = ["message", "describe", "events", "klog", "json", "docker", "crictl", "waiting"]
CONTEXTS = [
    "private-host",
    "docker-hub",
    "well-known-typo",
    "credentials-tried",
    "digest",
    "blob-url",
    "token-url",
    "localhost",
    "retired-host",
    "gcr-host",
    "tag-latest-only",
    "ecr-host",
    "empty-reference",
    "unrendered",
]
SHOWN = ["credentials-tried"]
STAGES = [
    "name",
    "resolve",
    "authorise",
    "answer",
    "fetch",
    "unpack",
    "sandbox",
    "inspect",
    "pull",
]
ACTIVITIES = ["pull", "push", "build", "start", "none"]
LOOK_ALIKE_KINDS = [
    "app",
    "artifact",
    "build",
    "chart",
    "config",
    "crashloop",
    "git",
    "login",
    "mount",
    "network",
    "other",
    "package",
    "probe",
    "prose",
    "push",
    "schedule",
    "start",
    "success",
    "webhook",
]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `type` is text, flag, number, texts, map or entries (of `item`)."""

    type: str
    description: str
    required: bool = False
    choices: Sequence[str] = ()
    item: Mapping[str, Field] = field(default_factory=dict)
    null: bool = False


_EXAMPLE = {
    "text": Field("text", "The whole text as an engineer would paste it, made-up names.", True),
    "form": Field("text", "How it was printed.", True, FORMS),
    "runtime": Field("text", "The program that ran the pull: containerd, cri-o, docker …", True),
    "version": Field("text", "That program's version, quoted."),
    "kubernetes": Field("text", "The kubelet's version, quoted."),
    "source": Field("text", "Where it comes from: an URL, lab, or atlas (after the source).", True),
    "captures": Field("map", "Captures the template must yield from this text."),
}
_COUNTER_EXAMPLE = {
    "text": Field("text", "A text that must not get this signature.", True),
    "is": Field("text", "The cause it really has, or none.", True),
    "because": Field("text", "What tells the two apart.", True),
    "source": Field("text", "Where it comes from.", True),
}
_REFERENCE = {
    "url": Field("text", "The source line that prints it, pinned to a tag, or the thread.", True),
    "seen": Field("text", "The day it was read, YYYY-MM-DD.", True),
}
_PREFERENCE = {
    "when": Field("text", "What the text shows besides the wording.", True, CONTEXTS),
    "cause": Field("text", "The cause that is then the best answer.", True),
    "section": Field("text", "Its section.", null=True),
}
SIGNATURE = {
    "id": Field("text", "Permanent name; starts with the cause.", True),
    "section": Field("text", "The section of the cause's page it leads to.", True, null=True),
    "status": Field("text", "draft, stable or retired.", True, ("draft", "stable", "retired")),
    "kind": Field(
        "text",
        "reason; umbrella (yields to a reason after it); symptom (says only that it failed).",
        choices=("reason", "umbrella", "symptom"),
    ),
    "generic": Field("flag", "Other programs print it too: counts only beside pull evidence."),
    "template": Field("text", "Literal words and placeholders.", True),
    "emitters": Field("texts", "Who words it.", True, EMITTERS),
    "since": Field("text", "First version that prints it."),
    "until": Field("text", "Last version that prints it."),
    "ambiguous_with": Field("texts", "Other causes that are an honest answer to this wording."),
    "prefer": Field("entries", "Context that makes another answer the best.", item=_PREFERENCE),
    "references": Field("entries", "Where the wording was read.", item=_REFERENCE),
    "examples": Field("entries", "Texts it must answer.", True, item=_EXAMPLE),
    "not_this": Field("entries", "Texts it must not answer.", item=_COUNTER_EXAMPLE),
    "known_gaps": Field("entries", "Texts it should answer and does not yet.", item=_EXAMPLE),
    "aliases": Field("texts", "Former ids that lead here."),
    "replaced_by": Field("text", "The id that answers instead of a retired one."),
}
_TELLS_APART = {
    "from": Field("text", "The neighbouring cause.", True),
    "because": Field("text", "Why the two are mistaken for each other.", True),
    "check": Field("text", "The one command that settles it.", True),
    "if_this": Field("text", "The outcome that means this cause.", True),
    "if_that": Field("text", "The outcome that means the neighbour.", True),
}
CAUSE_FILE = {
    "cause": Field("text", "The cause's slug; the file is named after it.", True),
    "summary": Field("text", "One sentence.", True),
    "retry": Field("text", "Will it clear by itself?", True, ("permanent", "transient", "depends")),
    "tells_apart": Field("entries", "How to tell it from neighbours.", item=_TELLS_APART),
    "signatures": Field("entries", "One entry per wording.", True, item=SIGNATURE),
}
LOOK_ALIKE = {
    "id": Field("text", "Permanent name; none-<kind>-<what>.", True),
    "kind": Field("text", "What the text really is.", True, LOOK_ALIKE_KINDS),
    "weight": Field("number", "1 (a hint) to 5 (certainly no image-pull failure).", True),
    "template": Field("text", "Literal words and placeholders.", True),
    "because": Field("text", "Why it is mistaken for a pull failure.", True),
    "examples": Field("entries", "Texts that must get no answer.", True, item=_EXAMPLE),
    "references": Field("entries", "Where the wording was read.", item=_REFERENCE),
}
LOOK_ALIKE_FILE = {
    "cause": Field("text", "none", True, ("none",)),
    "summary": Field("text", "One sentence.", True),
    "signatures": Field("entries", "One entry per look-alike.", True, item=LOOK_ALIKE),
}
WRAPPER = {
    "template": Field("text", "The outer phrase.", True),
    "stage": Field("text", "The stage of the pull it proves.", True, STAGES),
    "says": Field("text", "What was going on.", True, ACTIVITIES),
    "weight": Field("number", "1 (a hint) to 5 (proof).", True),
    "shows": Field("text", "A fact that `prefer` may ask for.", choices=SHOWN),
    "emitters": Field("texts", "Who words it.", choices=EMITTERS),
}
WRAPPER_FILE = {
    "wrappers": Field("entries", "Phrases the matcher looks through.", True, item=WRAPPER)
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A validated YAML mapping: its `values`, and the `places` (line, column) of its keys."""

    values: Mapping[str, Any]
    places: Mapping[str, tuple[int, int]]
    line: int

    def get(self, key: str, default: Any = None) -> Any:
        return self.values.get(key, default)

    def entries(self, key: str) -> Sequence[Entry]:
        found: Sequence[Entry] = self.values.get(key, ())
        return found


def read(path: str, text: str, fields: Mapping[str, Field]) -> tuple[Entry, list[Problem]]:
    """Read one YAML file against `fields`; `path` is used in problems only."""
    problems: list[Problem] = []
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problems.append(
            Problem(path, line, column, "yaml", f"{error.problem}", "correct the YAML syntax")
        )
        return Entry({}, {}, 1), problems
    if not isinstance(node, yaml.MappingNode):
        problems.append(Problem(path, 1, 1, "yaml", "not a mapping", "start with 'cause:'"))
        return Entry({}, {}, 1), problems
    return _entry(path, node, fields, problems, "the file"), problems


def _entry(
    path: str,
    node: yaml.MappingNode,
    fields: Mapping[str, Field],
    problems: list[Problem],
    what: str,
) -> Entry:
    values: dict[str, Any] = {}
    places: dict[str, tuple[int, int]] = {}
    misspelt: set[str] = set()
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line, column = _place(key_node)
        if key in places:
            problems.append(
                Problem(
                    path, line, column, "duplicate-key",
                    f"'{key}' also on line {places[key][0]}; YAML would keep only this one",
                    "remove one of them",
                )
            )  # fmt: skip
        elif key not in fields:
            near = difflib.get_close_matches(key, fields, n=1)
            misspelt.update(near)
            fix = f"did you mean '{near[0]}'?" if near else f"fields are {', '.join(fields)}"
            message = f"'{key}' is not a field of {what}"
            problems.append(Problem(path, line, column, "unknown-field", message, fix))
        else:
            value = _value(path, key, value_node, fields[key], problems)
            if value is not None:
                values[key] = value
        places[key] = _place(value_node)
    line, column = _place(node)
    for key, wanted in fields.items():
        if wanted.required and key not in places and key not in misspelt:
            message = f"{what} has no '{key}'"
            problems.append(
                Problem(
                    path, line, column, "missing-field", message, f"add it: {wanted.description}"
                )
            )
    return Entry(values, places, line)


def _value(path: str, key: str, node: yaml.Node, wanted: Field, problems: list[Problem]) -> Any:
    def refuse(code: str, message: str, fix: str, at: yaml.Node = node) -> None:
        problems.append(Problem(path, *_place(at), code, message, fix))

    if wanted.type in ("entries", "texts") and not isinstance(node, yaml.SequenceNode):
        refuse("wrong-type", f"{key} is not a list", "start each item with '- '")
        return None
    if wanted.type == "entries":
        items = []
        for item in node.value:
            if isinstance(item, yaml.MappingNode):
                what = f"an entry of {key}" if key != "signatures" else "a signature"
                items.append(_entry(path, item, wanted.item, problems, what))
            else:
                refuse(
                    "wrong-type", f"an item of {key} is not a mapping", "write 'key: value'", item
                )
        return tuple(items)
    if wanted.type == "texts":
        return tuple(
            text for item in node.value if (text := _text(key, item, wanted, refuse)) is not None
        )
    if wanted.type == "map":
        if not isinstance(node, yaml.MappingNode):
            refuse("wrong-type", f"{key} is not a mapping", "write 'name: value'")
            return None
        return {str(k.value): str(v.value) for k, v in node.value}
    if wanted.null and node.tag == "tag:yaml.org,2002:null":
        return None
    if wanted.type == "flag":
        if node.tag == "tag:yaml.org,2002:bool":
            return str(node.value).lower() in ("true", "yes", "on")
        refuse("wrong-type", f"{key} is {node.value!r}", "write true or false")
        return None
    if wanted.type == "number":
        if node.tag == "tag:yaml.org,2002:int":
            return int(node.value)
        refuse("wrong-type", f"{key} is {node.value!r}", "write a whole number")
        return None
    return _text(key, node, wanted, refuse)


def _text(key: str, node: yaml.Node, wanted: Field, refuse: Any) -> str | None:
    if not isinstance(node, yaml.ScalarNode):
        refuse("wrong-type", f"{key} is not text", "write one text, quoted", node)
        return None
    if node.tag != "tag:yaml.org,2002:str":
        kind = node.tag.rpartition(":")[2]
        message = f"{key} is the YAML {kind} {node.value}, not text"
        refuse("quote-it", message, f'write "{node.value}"', node)
        return None
    value = str(node.value)
    if wanted.choices and value not in wanted.choices:
        near = difflib.get_close_matches(value, wanted.choices, n=1)
        fix = f"did you mean '{near[0]}'? " if near else ""
        refuse(
            "unknown-value",
            f"{key} is '{value}'",
            f"{fix}values are {', '.join(wanted.choices)}",
            node,
        )
        return None
    return value


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def read_plain(text: str) -> Any:
    """A YAML file that is not ours to validate (mkdocs.yml, front matter), as plain values."""
    return yaml.load(text, Loader=yaml.CSafeLoader)
