"""What the catalogue adds to a page: markers in the Markdown become tables, lists and pictures.

`expand` is a pure function of page text and catalogue, so any site builder can call it; MkDocs
does through `hooks`. A marker is `<!-- pullbook:NAME ARGUMENT -->` on a line of its own.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from api import alerts, drill_pages, runbook
from api.drills import Drill
from api.model import Catalogue, Cause, Example, Signature

_MARKER = re.compile(r"^<!-- pullbook:([a-z-]+)(?: ([a-z0-9-]+))? -->$", re.MULTILINE)
_CODE = re.compile(r"(<code[^>]*>)(.*?)(</code>)", re.DOTALL)
_RUNTIMES = {
    "containerd": "containerd",
    "cri-o": "CRI-O",
    "docker": "Docker",
    "podman": "Podman",
    "kubelet": "kubelet",
}


@dataclass(frozen=True, slots=True)
class Source:
    """What a marker may read: catalogue, the page's cause (if any), drawings, files to download."""

    catalogue: Catalogue
    cause: Cause | None
    drawings: Mapping[str, str]
    downloads: Mapping[str, str] = field(default_factory=dict)
    drills: Mapping[str, Drill] = field(default_factory=dict)


class MarkerError(ValueError):
    """A marker that no function answers to."""


def expand(markdown: str, source: Source) -> str:
    """Replace every marker of a page. Raises MarkerError naming an unknown one."""

    def replace(found: re.Match[str]) -> str:
        name, argument = found.groups()
        if name in KEPT:
            return found.group()
        if name not in MARKERS:
            raise MarkerError(f"no marker '{name}'; markers are {', '.join(sorted(MARKERS))}")
        return MARKERS[name](source, argument or "")

    return _MARKER.sub(replace, markdown)


def mark_examples(page: str) -> str:
    """Wrap the example values inside code of a rendered page, so that a script can fill them."""
    return _CODE.sub(lambda code: code.group(1) + _wrap(code.group(2)) + code.group(3), page)


_VALUES = re.compile("|".join(re.escape(value) for value in runbook.EXAMPLES.values()))
_KINDS = {value: kind for kind, value in runbook.EXAMPLES.items()}


def _wrap(code: str) -> str:
    return _VALUES.sub(
        lambda found: (
            f'<span class="pb-value" data-pb="{_KINDS[found.group()]}">{found.group()}</span>'
        ),
        code,
    )


def _retry(source: Source, _: str) -> str:
    assert source.cause is not None
    return f"**{runbook.RETRY[source.cause.retry]}**"


def _messages(source: Source, _: str) -> str:
    """Every wording that leads to the cause, a closed list a section, with examples by runtime."""
    assert source.cause is not None
    known = [s for s in source.catalogue.signatures.values() if s.cause == source.cause.slug]
    parts: list[str] = []
    titles = {key: section.title for key, section in source.cause.sections.items()}
    titles.setdefault(None, source.cause.title)  # some wordings say no more than the cause
    for key, title in titles.items():
        here = [signature for signature in known if signature.section == key]
        if here:
            title = html.escape(title)
            link = f' <a href="#{key}">Go to the section</a>' if key else ""
            plural = "wording" if len(here) == 1 else "wordings"
            parts += [
                f'<details class="pb-wordings"><summary>{title}: {len(here)} {plural}</summary>',
                f"<p>A word in braces stands for a name or a number.{link}</p>",
                f"<ul>{''.join(_wording(signature) for signature in here)}</ul></details>",
            ]
    return "\n".join(parts)


def _wording(signature: Signature) -> str:
    said = html.escape(signature.template.text)
    retired = " <strong>retired</strong>" if signature.status == "retired" else ""
    anchors = "".join(f'<span id="{alias}"></span>' for alias in signature.aliases)
    ages = "".join(
        f"; {word} {html.escape(version)}"
        for word, version in (("since", signature.since), ("until", signature.until))
        if version
    )
    examples = "".join(_example(example) for example in signature.examples)
    return (
        f'<li class="pb-wording" id="{signature.id}">{anchors}<code>{said}</code>{retired}'
        f" <small>{html.escape(', '.join(signature.emitters))}{ages}"
        f' <a href="#{signature.id}">permalink</a></small>{examples}</li>'
    )


def _example(example: Example) -> str:
    runtime = _RUNTIMES.get(example.runtime, example.runtime)
    title = html.escape(" ".join(part for part in (runtime, example.version) if part))
    text = html.escape(example.text).replace("\n", "&#10;")
    shown = f'<pre tabindex="0"><code>{text}</code></pre>'
    return f"<details><summary>Example: {title}</summary>{shown}</details>"


def _tells_apart(source: Source, _: str) -> str:
    assert source.cause is not None
    lines = []
    for entry in source.cause.tells_apart:
        neighbour = source.catalogue.causes.get(entry.neighbour)
        title = neighbour.title if neighbour else entry.neighbour
        lines += [
            f"**Or [{title}]({entry.neighbour}.md)?** {entry.because}",
            "",
            "```bash",
            entry.check,
            "```",
            "",
            f"- *{source.cause.title}*: {entry.if_this}",
            f"- *{title}*: {entry.if_that}",
            "",
        ]
    return "\n".join(lines)


def _causes(source: Source, _: str) -> str:
    lines = ["| Cause | What it means | Clears by itself? |", "|---|---|---|"]
    clears = {"permanent": "no", "transient": "can", "depends": "depends"}
    for slug in ORDER:
        cause = source.catalogue.causes.get(slug)
        if cause:
            lines.append(
                f"| [{cause.title}](causes/{slug}.md) | {cause.summary} | {clears[cause.retry]} |"
            )
    return "\n".join(lines)


def _svg(source: Source, name: str) -> str:
    if name not in source.drawings:
        raise MarkerError(f"no drawing '{name}'; drawings are {', '.join(sorted(source.drawings))}")
    drawing = source.drawings[name]
    return f'<div class="pb-drawing">{drawing[drawing.index("<svg") :].strip()}</div>'


def _download(source: Source, name: str) -> str:
    """A file to download, shown; `name` with a hyphen for each dot."""
    for file, content in source.downloads.items():
        if file.replace(".", "-") == name:
            return alerts.shown(file, content)
    raise MarkerError(f"no download '{name}'; downloads are {', '.join(sorted(source.downloads))}")


# The order of the table on the home page and of the navigation: the taxonomy's own.
ORDER = (
    "image-name image-tag registry-auth wrong-registry registry-unreachable architecture-mismatch"
    " rate-limited image-too-large node-storage invalid-reference registry-outage never-pull"
    " corrupt-content unsupported-image policy-rejected sandbox-image node-runtime backoff-only"
).split()

# Markers that the running server fills, not the builder.
KEPT = frozenset(("answer", "triage"))

MARKERS: Mapping[str, Callable[[Source, str], str]] = {
    "retry": _retry,
    "messages": _messages,
    "tells-apart": _tells_apart,
    "causes": _causes,
    "svg": _svg,
    "download": _download,
    "drills": lambda source, _: drill_pages.table(source.drills),
    "drill-handouts": lambda source, _: drill_pages.handouts(source.drills),
    "drill-answers": lambda source, _: drill_pages.answers(source.drills),
}
