"""A reader of kubectl command lines: subcommands and flags from kubectl's own help, jsonpath.

`problems` judges one simple command against tests/kubectl-flags.json (update_kubectl_flags.py
writes it), so no kubectl is needed. The jsonpath grammar is client-go's util/jsonpath.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HELP: dict[str, Any] = json.loads(Path(__file__).with_name("kubectl-flags.json").read_text("utf-8"))

KINDS = {
    "clusterimagepolicies.policy.sigstore.dev", "clusterpolicies.kyverno.io", "configmap",
    "constraints", "cronjob", "cronjobs", "daemonset", "deploy", "deployment", "deployments",
    "endpointslices", "events", "ingress", "job", "jobs", "mutatingwebhookconfigurations",
    "networkpolicy", "node", "nodes", "pod", "pods", "policies.kyverno.io", "prometheus",
    "replicaset", "replicasets", "sa", "secret", "secrets", "service", "serviceaccount",
    "statefulset", "svc",
    "validatingadmissionpolicies", "validatingadmissionpolicybindings",
    "validatingwebhookconfigurations",
}  # fmt: skip
# What the API server can select on, a kind each (the selectable fields of their strategies).
SELECTABLE = {
    "events": {
        "involvedObject.kind", "involvedObject.name", "involvedObject.namespace",
        "involvedObject.fieldPath", "involvedObject.uid", "reason", "type", "source",
        "reportingComponent", "metadata.name", "metadata.namespace",
    },
    "pods": {
        "metadata.name", "metadata.namespace", "spec.nodeName", "spec.restartPolicy",
        "spec.schedulerName", "spec.serviceAccountName", "status.phase", "status.podIP",
    },
    "secrets": {"metadata.name", "metadata.namespace", "type"},
}  # fmt: skip
_PLURAL = {"pod": "pods", "po": "pods", "secret": "secrets", "event": "events"}
_OPERATORS = set(";|&()<>\n")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_LEADING = {"!", "{", "do", "else", "if", "sudo", "then", "time", "until", "while"}


@dataclass(frozen=True, slots=True)
class Call:
    """A kubectl call taken apart: subcommand path, positional words, flags, what follows `--`."""

    path: tuple[str, ...]
    words: tuple[str, ...]
    flags: dict[str, list[str]] = field(default_factory=dict)
    rest: tuple[str, ...] = ()

    def flag(self, *names: str) -> list[str]:
        return [value for name in names for value in self.flags.get(name, ())]


def simple_commands(script: str) -> Iterator[list[str]]:
    """The simple commands of a bash script as words; pipes, lists and subshells taken apart."""
    text = re.sub(r"\\\n\s*", " ", script)
    text = "\n".join("" if line.lstrip().startswith("#") else line for line in text.split("\n"))
    # "$(…)" inside double quotes is a command of its own.
    for inner in re.findall(r'"[^"\n]*?\$\(([^()]*)\)[^"\n]*"', text):
        yield from simple_commands(inner)
    lexer = shlex.shlex(text, posix=True, punctuation_chars=";|&()<>\n")
    lexer.whitespace = " \t"
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    for token in lexer:
        if set(token) <= _OPERATORS:
            yield from _command(words)
            words = []
        else:
            words.append(token)
    yield from _command(words)


def _command(words: list[str]) -> Iterator[list[str]]:
    while words and (words[0] in _LEADING or _ASSIGNMENT.match(words[0])):
        words = words[1:]
    if words:
        yield words


def parse(words: list[str]) -> Call | list[str]:
    """A call, or what is wrong with it."""
    node: dict[str, Any] = HELP
    path: list[str] = []
    positional: list[str] = []
    flags: dict[str, list[str]] = {}
    problems: list[str] = []
    rest: tuple[str, ...] = ()
    queue = list(words[1:])
    while queue:
        word = queue.pop(0)
        if word == "--":
            rest = tuple(queue)
            break
        if word.startswith("-") and word != "-":
            problems += _flag(word, queue, {**HELP["global"], **node["flags"]}, flags)
        elif not positional and word in node["commands"]:
            node = node["commands"][word]
            path.append(word)
        elif not node["runs"]:
            return [f"no subcommand '{' '.join([*path, word])}'"]
        else:
            positional.append(word)
    if not node["runs"]:
        problems.append(f"'kubectl {' '.join(path)}' needs a subcommand")
    return problems or Call(tuple(path), tuple(positional), flags, rest)


def _flag(
    word: str, queue: list[str], known: dict[str, bool], flags: dict[str, list[str]]
) -> list[str]:
    name, equals, value = word.partition("=")
    if not name.startswith("--") and len(name) > 2:  # -it, -o=name, -n1
        if known.get(name[:2]):
            flags.setdefault(name[:2], []).append(word[2:].removeprefix("="))
            return []
        return [problem for letter in name[1:] for problem in _flag(f"-{letter}", [], known, flags)]
    if name not in known:
        return [f"no flag {name}"]
    if equals:
        flags.setdefault(name, []).append(value)
    elif known[name]:
        if not queue:
            return [f"{name} needs a value"]
        flags.setdefault(name, []).append(queue.pop(0))
    else:
        flags.setdefault(name, []).append("true")
    return []


def problems(words: list[str]) -> list[str]:
    """Everything wrong with one kubectl command."""
    call = parse(words)
    if isinstance(call, list):
        return call
    found: list[str] = []
    kinds: list[str] = []
    if call.path[0] in ("get", "delete", "describe", "patch", "label", "annotate") and call.words:
        kinds = [
            kind.partition("/")[0]
            for word in (call.words if "/" in call.words[0] else call.words[:1])
            for kind in word.split(",")
        ]
        found += [f"unknown kind '{kind}'" for kind in kinds if kind not in KINDS]
    for output in call.flag("-o", "--output"):
        found += _output(output)
    for selector in call.flag("--field-selector"):
        found += _selector(selector, _PLURAL.get(kinds[0], kinds[0]) if kinds else "")
    return found


def _selector(selector: str, kind: str) -> list[str]:
    found = []
    for term in selector.split(","):
        key, _, value = re.sub("!=|==", "=", term).partition("=")
        if not value:
            found.append(f"field selector '{term}' has no value")
        if key not in SELECTABLE.get(kind, ()):
            found.append(f"the server cannot select {kind or 'this'} by {key}")
    return found


def _output(output: str) -> list[str]:
    form, equals, value = output.partition("=")
    if form == "jsonpath" and equals:
        return jsonpath_problems(value)
    if form == "custom-columns" and equals:
        return [
            problem
            for column in value.split(",")
            for problem in (
                [f"column '{column}' is not NAME:.path"]
                if not re.match(r"[A-Z][A-Z0-9_-]*:\.", column)
                else jsonpath_problems("{" + column.partition(":")[2] + "}")
            )
        ]
    return [] if form in ("json", "yaml", "name", "wide") else [f"no output format '{output}'"]


_TEXT = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_NAME = r"(?:[A-Za-z_][\w-]*|\\.)(?:[\w-]|\\.)*"
_STEP = rf"(?:\.\.?{_NAME}|\.\.?\*|\.?\[(?:\*|-?\d*(?::-?\d*){{0,2}}|{_TEXT}|FILTER)\])"
_VALUE = rf"(?:{_TEXT}|-?\d+(?:\.\d+)?|true|false)"
_FILTER = rf"\?\(\s*@(?:\.{_NAME}|\[-?\d+\])*\s*(?:(?:==|!=|<=|>=|<|>)\s*{_VALUE}\s*)?\)"
_PATH = re.compile(rf"[$@]?(?:{_STEP.replace('FILTER', _FILTER)})+|[$@]")
_TEXT_ONLY = re.compile(_TEXT)


def jsonpath_problems(template: str) -> list[str]:
    """Everything wrong with a jsonpath template."""
    found: list[str] = []
    depth = 0
    for action in _actions(template):
        if action is None:
            return [*found, f"a brace is not closed in {template}"]
        if action == "end":
            depth -= 1
            if depth < 0:
                found.append(f"an end without range in {template}")
        elif action.startswith("range "):
            depth += 1
            if not _PATH.fullmatch(action.removeprefix("range ").strip()):
                found.append(f"cannot range over '{action}'")
        elif not _PATH.fullmatch(action) and not _TEXT_ONLY.fullmatch(action):
            found.append(f"'{action}' is neither a path nor a text")
    if depth > 0:
        found.append(f"a range without end in {template}")
    return found


def _actions(template: str) -> Iterator[str | None]:
    """What stands in each pair of braces; None where a brace stays open."""
    position = 0
    while (start := template.find("{", position)) >= 0:
        quote, position = "", start + 1
        while position < len(template) and (quote or template[position] != "}"):
            letter = template[position]
            if letter == "\\":
                position += 1
            elif quote:
                quote = "" if letter == quote else quote
            elif letter in "\"'":
                quote = letter
            position += 1
        if position >= len(template):
            yield None
            return
        yield template[start + 1 : position].strip()
        position += 1
