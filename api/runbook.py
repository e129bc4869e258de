"""A diagnosis to what the reader gets: the section, the commands filled in, as JSON, text or HTML.

Values captured from a paste replace the example values of the runbook only where they fit the
grammar of what they claim to be (`references.fits`); those grammars admit nothing that a shell
would interpret, so a filled command is as safe as the example.
"""

from __future__ import annotations

import html as html_
from collections.abc import Mapping, Sequence
from typing import Any

from api import references
from api.matcher import Diagnosis, Match, WorkloadAnswer
from api.model import Catalogue, Cause, Section

# The runbook's example values; every page uses exactly these, longest first when replacing.
EXAMPLES: Mapping[str, str] = {
    "image": "registry.example.com/team/app:1.2.3",
    "digest": "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "registry": "registry.example.com",
    "repository": "team/app",
    "tag": "1.2.3",
    "namespace": "your-namespace",
    "pod": "your-pod",
    "container": "your-container",
    "deployment": "your-deployment",
    "node": "your-node",
    "secret": "your-pull-secret",
    "service-account": "your-service-account",
}
RETRY = {
    "permanent": "It will not clear by itself.",
    "transient": "It can clear by itself; the kubelet keeps trying.",
    "depends": "It may clear by itself, depending on what is behind it.",
}
_MESSAGE_COMMAND = (
    "kubectl get pod your-pod -n your-namespace -o jsonpath="
    "'{.status.initContainerStatuses[*].state.waiting.message}"
    "{.status.containerStatuses[*].state.waiting.message}'"
)
_NEXT = {
    "symptom": (
        "The text shows that the pull failed, not why. This prints the reason (kubelet 1.32 and"
        " later repeat it while backing off; before, look for the Failed events):",
        _MESSAGE_COMMAND,
    ),
    "unknown": (
        "Not recognised as an image-pull failure. If a pod is waiting for its image, paste what"
        " this prints:",
        "kubectl describe pod your-pod -n your-namespace",
    ),
}


def fill(command: str, values: Mapping[str, str]) -> str:
    """The command with the reader's own values where they are known and fit their grammar."""
    image = values.get("image")
    if image and references.fits("image", image):
        command = command.replace(EXAMPLES["image"], image)
    for kind, example in EXAMPLES.items():
        value = values.get(kind)
        if kind != "image" and value and kind in references.GRAMMARS and references.fits(kind, value):
            command = command.replace(example, value)
    return command


def answer(diagnosis: Diagnosis, catalogue: Catalogue, draft: str | None = None) -> dict[str, Any]:
    """The object of the HTTP API (design 4.2), ready for JSON."""
    values = diagnosis.matches[0].captures if diagnosis.matches else {}
    why, command = _NEXT.get(diagnosis.verdict, ("", ""))
    return {
        "verdict": diagnosis.verdict,
        "matches": [_match(match, catalogue.causes[match.cause]) for match in diagnosis.matches],
        "tell_apart": [
            {
                "between": [cause, entry.neighbour],
                "because": entry.because,
                "check": fill(entry.check, values),
                "if_this": entry.if_this,
                "if_that": entry.if_that,
            }
            for cause, entry in diagnosis.tell_apart
        ],
        "workloads": [_workload(found, catalogue) for found in diagnosis.workloads],
        "removed": list(diagnosis.removed),
        "next": {"why": why, "command": fill(command, values)} if command else None,
        "draft": draft,
    }


def section_of(match: Match | WorkloadAnswer, cause: Cause) -> Section:
    return cause.sections.get(match.section) or next(iter(cause.sections.values()))


def _match(match: Match, cause: Cause) -> dict[str, Any]:
    section = section_of(match, cause)
    title = cause.title if section.id is None else f"{cause.title}: {section.title}"
    return {
        "cause": match.cause,
        "section": match.section,
        "title": title,
        "url": cause.url(match.section),
        "signature": match.signature,
        "how": match.how,
        "confidence": match.confidence,
        "retry": cause.retry,
        "summary": cause.summary,
        "evidence": {"message": match.message, "spans": [list(span) for span in match.spans]},
        "captures": match.captures,
        "commands": [fill(step, match.captures) for step in section.steps],
        "html": section.html,
    }


def _workload(found: WorkloadAnswer, catalogue: Catalogue) -> dict[str, Any]:
    whose = found.workload
    return {
        "namespace": whose.namespace,
        "pod": whose.pod,
        "container": whose.container,
        "image": whose.image,
        "cause": found.cause,
        "section": found.section,
        "url": catalogue.causes[found.cause].url(found.section),
        "confidence": found.confidence,
    }


def in_words(confidence: float) -> str:
    if confidence >= 0.9:
        return "confident"
    return "likely" if confidence >= 0.75 else "a guess"


_HEADLINES = {
    "match": "This is",
    "ambiguous": "One of these; first",
    "symptom": "The reason is not in this text",
    "unknown": "Not recognised as an image-pull failure",
}


def text(found: Mapping[str, Any]) -> str:
    """The answer for a terminal: what it is, what to type, how to tell it apart."""
    lines: list[str] = []
    matches: Sequence[Mapping[str, Any]] = found["matches"]
    if matches:
        first = matches[0]
        sure = f"{in_words(first['confidence'])}, {first['confidence']:.2f}"
        lines += [f"{_HEADLINES[found['verdict']]}: {first['title']}  ({sure})"]
        lines += [first["summary"], RETRY[first["retry"]], f"Runbook: {first['url']}", ""]
        lines += ["Decided by:", *_indented(first["evidence"]["message"]), ""]
        if first["commands"]:
            lines += ["First steps:", *(f"  {command}" for command in first["commands"]), ""]
        for check in found["tell_apart"]:
            one, other = check["between"]
            lines += [
                f"{one} or {other}? {check['because']}",
                f"  {check['check']}",
                f"  {one}: {check['if_this']}",
                f"  {other}: {check['if_that']}",
                "",
            ]
        if len(matches) > 1:
            lines += ["Also possible:"]
            lines += [f"  {match['title']}  {match['url']}" for match in matches[1:]] + [""]
    if len(found["workloads"]) > 1:
        lines += ["Workloads:"]
        for workload in found["workloads"]:
            names = (workload["namespace"], workload["pod"], workload["container"])
            whose = "/".join(part for part in names if part)
            lines.append(f"  {workload['cause']:<22} {whose or workload['image'] or '?'}")
        lines.append("")
    if found["next"]:
        lines += [found["next"]["why"], f"  {found['next']['command']}", ""]
    if found["removed"]:
        lines += ["Removed before matching: " + ", ".join(found["removed"]), ""]
    return "\n".join(lines).rstrip() + "\n"


def _indented(message: str) -> list[str]:
    return [f"  {line.strip()}" for line in message.split("\n") if line.strip()]


def html(found: Mapping[str, Any]) -> str:
    """The answer for a page without JavaScript; everything from the paste is escaped."""
    say = html_.escape
    parts: list[str] = []
    matches: Sequence[Mapping[str, Any]] = found["matches"]
    if not matches:
        parts.append(f"<h2>{_HEADLINES['unknown']}</h2>")
    else:
        first = matches[0]
        sure = f"{in_words(first['confidence'])} ({first['confidence']:.2f})"
        parts += [
            f"<p>{_HEADLINES[found['verdict']]}</p>",
            f'<h2><a href="{say(first["url"])}">{say(first["title"])}</a></h2>',
            f"<p>{say(first['summary'])} {RETRY[first['retry']]} {sure}</p>",
            f"<pre>{_marked(first['evidence'])}</pre>",
        ]
        if first["commands"]:
            parts.append("<h3>First steps</h3>")
            parts += [f"<pre><code>{say(command)}</code></pre>" for command in first["commands"]]
    for check in found["tell_apart"]:
        one, other = check["between"]
        parts += [
            f"<h3>{say(one)} or {say(other)}?</h3><p>{say(check['because'])}</p>",
            f"<pre><code>{say(check['check'])}</code></pre>",
            f"<ul><li>{say(one)}: {say(check['if_this'])}</li>",
            f"<li>{say(other)}: {say(check['if_that'])}</li></ul>",
        ]
    if len(matches) > 1:
        links = (f'<li><a href="{say(m["url"])}">{say(m["title"])}</a></li>' for m in matches[1:])
        parts.append(f"<h3>Also possible</h3><ul>{''.join(links)}</ul>")
    if found["next"]:
        parts.append(f"<p>{say(found['next']['why'])}</p>")
        parts.append(f"<pre><code>{say(found['next']['command'])}</code></pre>")
    if found["removed"]:
        parts.append(f"<p>Removed before matching: {say(', '.join(found['removed']))}</p>")
    return "\n".join(parts)


def _marked(evidence: Mapping[str, Any]) -> str:
    message: str = evidence["message"]
    for start, end in evidence["spans"]:
        return (
            html_.escape(message[:start])
            + f"<mark>{html_.escape(message[start:end])}</mark>"
            + html_.escape(message[end:])
        )
    return html_.escape(message)
