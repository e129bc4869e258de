"""A diagnosis to what the reader gets: the section, the commands filled in, as JSON, text or HTML.

Values captured from a paste replace the example values of the runbook only where they fit the
grammar of what they claim to be (`references.fits`); those grammars admit nothing that a shell
would interpret, so a filled command is as safe as the example.
"""

from __future__ import annotations

import html as html_
import re
from collections.abc import Mapping, Sequence
from typing import Any

from api import references
from api.diagnosis import Diagnosis, Match, WorkloadAnswer
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
    "unworded": (
        "The text shows that the pull failed. It was cut off before the reason, or gives it in"
        " words that Pullbook does not know. This prints the whole of it:",
        _MESSAGE_COMMAND,
    ),
    "unknown": (
        "If a pod is waiting for its image, paste what this prints:",
        "kubectl describe pod your-pod -n your-namespace",
    ),
}


# A host that a command connects to: in a URL, or a word of its own that is no login's argument.
# Elsewhere the example names the registry: in a reference, a pull secret, a folder of certs.d.
_HOST = re.escape(EXAMPLES["registry"]) + r"(?![\w-]|\.\w)"
_CONTACTED = re.compile(
    rf"(?<=://){_HOST}|(?<=[\s,])(?<!login )(?<!catalog ){_HOST}(?!/|:(?:\s|$))"
)


def fill(command: str, values: Mapping[str, str]) -> str:
    """The command with the reader's own values where they are known and fit their grammar."""
    image = values.get("image")
    if image and references.fits("image", image):
        command = command.replace(EXAMPLES["image"], image)
    for kind, example in EXAMPLES.items():
        value = values.get(kind)
        if kind == "image" or not value or kind not in references.GRAMMARS:
            continue
        if references.fits(kind, value):
            if kind == "registry" and value == references.DOCKER_HUB:
                command = _CONTACTED.sub(references.DOCKER_HUB_HOST, command)
            command = command.replace(example, value)
    return command


def answer(diagnosis: Diagnosis, catalogue: Catalogue, draft: str | None = None) -> dict[str, Any]:
    """The object of the HTTP API (design 4.2), ready for JSON."""
    values = diagnosis.matches[0].captures if diagnosis.matches else {}
    how = diagnosis.matches[0].how if diagnosis.matches else ""
    why, command = _NEXT.get(_told(diagnosis.verdict, how), ("", ""))
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


def _match(match: Match, cause: Cause) -> dict[str, Any]:
    section = cause.sections.get(match.section) or _overview(cause)
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


def _overview(cause: Cause) -> Section:
    """For an answer that names a cause but none of its sections: what there is to choose from."""
    links = "".join(
        f'<li><a href="{cause.url(section.id)}">{html_.escape(section.title)}</a></li>'
        for section in cause.sections.values()
    )
    title, summary = html_.escape(cause.title), html_.escape(cause.summary)
    page = f"<h2>{title}</h2><p>{summary}</p><ul>{links}</ul>"
    return Section(None, cause.title, page, cause.summary, ())


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
    "guess": "This may be",
    "ambiguous": "One of these",
    "symptom": "The reason is not in this text",
    "unworded": "A pull failed; the reason is cut off, or in words that Pullbook does not know",
    "unknown": "Not recognized as an image-pull failure",
}


_UNKNOWN_WORDS = {"match": "guess", "symptom": "unworded"}


def _told(verdict: str, how: str) -> str:
    """The verdict, told apart by whether a known wording gave it."""
    return _UNKNOWN_WORDS.get(verdict, verdict) if how == "stage" else verdict


def _headline(found: Mapping[str, Any]) -> str:
    how = found["matches"][0]["how"] if found["matches"] else ""
    return _HEADLINES[_told(found["verdict"], how)]


def text(found: Mapping[str, Any]) -> str:
    """The answer for a terminal: what it is, what to type, how to tell it apart."""
    lines: list[str] = []
    matches: Sequence[Mapping[str, Any]] = found["matches"]
    if matches:
        first = matches[0]
        headline = _headline(found)
        if found["verdict"] == "ambiguous" and matches[1:]:
            headline = f"One of {len(matches)} causes, most likely"
        sure = f"{in_words(first['confidence'])}, {first['confidence']:.2f}"
        lines += [f"{headline}: {first['title']}  ({sure})"]
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
    if not matches:
        lines.append(f"{_HEADLINES['unknown']}.")
    if found["next"]:
        lines += [found["next"]["why"], f"  {found['next']['command']}", ""]
    if found["removed"]:
        lines += ["Removed before matching: " + ", ".join(found["removed"]), ""]
    return "\n".join(lines).rstrip() + "\n"


def _indented(message: str) -> list[str]:
    return [f"  {line.strip()}" for line in message.split("\n") if line.strip()]


def html(found: Mapping[str, Any]) -> str:
    """The answer for a page without JavaScript; everything from the paste is escaped."""
    matches: Sequence[Mapping[str, Any]] = found["matches"]
    several = found["verdict"] == "ambiguous" and len(matches) > 1
    parts = [f'<h2 class="pb-verdict">{_headline(found)}</h2>']
    if len(found["workloads"]) > 1:
        parts.append(_workload_table(found["workloads"]))
    if several:
        parts.append(f"<ol>{_listed(matches)}</ol>")
    elif matches:
        first = matches[0]
        parts.append(f'<p class="pb-title">{_link(first)}</p>')
        parts.append(f"<p>{_say(first['summary'])} {RETRY[first['retry']]}</p>")
        if found["verdict"] != "symptom":
            parts.append(f"<p>Confidence: {_sure(first)}.</p>")
    if found["next"]:
        parts.append(f"<h3>What to collect next</h3><p>{_say(found['next']['why'])}</p>")
        parts.append(_code(found["next"]["command"]))
    if matches:
        line = _marked(matches[0]["evidence"])
        parts.append("<p>The line that decided, with the deciding words marked:</p>")
        parts.append(f'<pre class="pb-evidence"><code>{line}</code></pre>')
    titles = {match["cause"]: match["title"] for match in matches}
    parts += [_check(check, titles) for check in found["tell_apart"]]
    if matches and matches[0]["commands"]:
        whose = f" for “{_say(matches[0]['title'])}”" if several else ""
        parts.append(f"<h3>First steps{whose}</h3>")
        parts += [_code(command) for command in matches[0]["commands"]]
    if matches[1:] and not several:
        parts.append(f"<h3>Also possible</h3><ul>{_listed(matches[1:])}</ul>")
    if found["removed"]:
        parts.append(f"<p>Removed before matching: {_say(', '.join(found['removed']))}.</p>")
    body = "\n".join(parts)
    return f'<section class="pb-result pb-result--{found["verdict"]}">\n{body}\n</section>'


_say = html_.escape


def _link(match: Mapping[str, Any]) -> str:
    return f'<a href="{_say(match["url"])}">{_say(match["title"])}</a>'


def _listed(matches: Sequence[Mapping[str, Any]]) -> str:
    return "".join(f"<li>{_link(match)}, {_sure(match)}</li>" for match in matches)


def _sure(match: Mapping[str, Any]) -> str:
    return f"{in_words(match['confidence'])} ({match['confidence']:.2f})"


def _code(command: str) -> str:
    return f"<pre><code>{_say(command)}</code></pre>"


def _check(check: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    one, other = (_say(titles.get(cause, cause)) for cause in check["between"])
    return (
        f"<h3>The check that decides</h3><p>{_say(check['because'])}</p>{_code(check['check'])}"
        f"<ul><li>{_say(check['if_this'])} → {one}</li>"
        f"<li>{_say(check['if_that'])} → {other}</li></ul>"
    )


def _workload_table(workloads: Sequence[Mapping[str, Any]]) -> str:
    names = ("namespace", "pod", "container", "image")
    rows = []
    for one in workloads:
        cells = [f'<a href="{_say(one["url"])}">{_say(one["cause"])}</a>']
        cells += [_say(one[name] or "–") for name in names]
        rows.append(f"<tr><td>{'</td><td>'.join(cells)}</td></tr>")
    heads = "".join(f'<th scope="col">{name.capitalize()}</th>' for name in ("cause", *names))
    return (
        f'<h3>Which workload, which cause</h3><div class="pb-table"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _marked(evidence: Mapping[str, Any]) -> str:
    message: str = evidence["message"]
    pieces, done = [], 0
    for start, end in sorted(evidence["spans"]):
        if end > max(start, done):
            start = max(start, done)
            pieces += [_say(message[done:start]), f"<mark>{_say(message[start:end])}</mark>"]
            done = end
    return "".join([*pieces, _say(message[done:])])
