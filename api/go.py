"""From an alert's link to a page of the site: `/go` decides, and never leaves the site.

Every target is put together from the catalogue's own names; of the request only values that fit
the grammar of what they claim to be pass through to the page.
"""

from __future__ import annotations

import difflib
import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from api import reasons, references, runbook
from api.matcher import Matcher
from api.model import Catalogue, Cause

LONGEST_MESSAGE = 1500
TRIAGE = "/triage/"
_PASSED = {"ns": "namespace", "pod": "pod", "container": "container", "image": "image"}


@dataclass(frozen=True, slots=True)
class Target:
    """A cause and section that a link may mean."""

    cause: str
    section: str | None = None

    def __str__(self) -> str:
        return f"{self.cause}/{self.section}" if self.section else self.cause


def named(catalogue: Catalogue, name: str, section: str | None, query: Mapping[str, str]) -> str:
    """Where `/go/<name>` leads: a signature's section, a cause, or the nearest names there are."""
    cause = catalogue.causes.get(name)
    if cause is not None:
        return _page(cause, section, query)
    signature = catalogue.signature(name)
    if signature is not None:
        return _page(catalogue.causes[signature.cause], signature.section, query)
    near = difflib.get_close_matches(name[:80], [*catalogue.causes, *catalogue.signatures], n=3)
    return _triage([_target(catalogue, found) for found in near], query)


def asked(matcher: Matcher, reason: str, message: str, query: Mapping[str, str]) -> str:
    """Where an alert's reason and message lead; the message decides where it can."""
    catalogue = matcher.catalogue
    candidates: list[Target] = []
    if message.strip():
        found = matcher.diagnose(f"{reason} {message}")
        if found.verdict != "symptom":
            candidates = [Target(match.cause, match.section) for match in found.matches]
        if found.verdict == "match" and found.matches[0].how != "stage":
            first = candidates[0]
            return _page(catalogue.causes[first.cause], first.section, query)
    route = None if candidates else reasons.route(reason)
    if route is not None and route[0] in catalogue.causes:
        return _page(catalogue.causes[route[0]], route[1], query)
    return _triage(candidates, query)


def passed(query: Mapping[str, str]) -> dict[str, str]:
    """The parameters that go on to the page: known names, values that fit their grammar."""
    return {
        name: query[name]
        for name, kind in _PASSED.items()
        if query.get(name) and references.fits(kind, query[name])
    }


def _page(cause: Cause, section: str | None, query: Mapping[str, str]) -> str:
    anchor = section if section in cause.sections else None
    path, hash_, fragment = cause.url(anchor).partition("#")
    return _with(path, passed(query)) + hash_ + fragment


def _triage(candidates: Iterable[Target], query: Mapping[str, str]) -> str:
    names = ",".join(dict.fromkeys(str(candidate) for candidate in candidates))
    return _with(TRIAGE, ({"candidates": names} if names else {}) | passed(query))


def _with(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query, safe='/,:@')}" if query else path


def _target(catalogue: Catalogue, name: str) -> Target:
    signature = catalogue.signatures.get(name)
    return Target(signature.cause, signature.section) if signature else Target(name)


def candidates_html(catalogue: Catalogue, listed: str, query: Mapping[str, str]) -> str:
    """What the triage page shows for the candidates in its address; nothing where none is known."""
    targets = _known(catalogue, listed.split(",")[:10])
    if not targets:
        return ""
    items = []
    for cause, section in targets:
        title = cause.title
        if section:
            title = f"{cause.title}: {cause.sections[section].title}"
        link = html.escape(_page(cause, section, query))
        items.append(
            f'<li><a href="{link}">{html.escape(title)}</a>: {html.escape(cause.summary)}</li>'
        )
    values = {_PASSED[name]: value for name, value in passed(query).items()}
    image = references.parse(values.get("image", ""))
    if image is not None:
        values |= {"registry": image.registry, "repository": image.repository}
        values |= {"tag": image.tag} if image.tag else {}
    return (
        '<section class="pb-candidates"><h2>Your link fits these</h2>'
        f"<ul>{''.join(items)}</ul>{''.join(_checks([cause for cause, _ in targets], values))}"
        "</section>"
    )


def _checks(causes: Sequence[Cause], values: Mapping[str, str]) -> Iterator[str]:
    """How to tell the candidates apart, each pair once, whichever of the two explains it."""
    say = html.escape
    titles = {cause.slug: cause.title for cause in causes}
    told: set[frozenset[str]] = set()
    for cause in causes:
        for entry in cause.tells_apart:
            pair = frozenset((cause.slug, entry.neighbour))
            if entry.neighbour in titles and pair not in told:
                told.add(pair)
                yield (
                    f"<p>{say(entry.because)}</p>"
                    f"<pre><code>{say(runbook.fill(entry.check, values))}</code></pre>"
                    f"<ul><li>{say(cause.title)}: {say(entry.if_this)}</li>"
                    f"<li>{say(titles[entry.neighbour])}: {say(entry.if_that)}</li></ul>"
                )


def _known(catalogue: Catalogue, names: Sequence[str]) -> list[tuple[Cause, str | None]]:
    found: dict[tuple[str, str | None], tuple[Cause, str | None]] = {}
    for name in names:
        slug, _, section = name.partition("/")
        cause = catalogue.causes.get(slug)
        if cause is not None:
            anchor = section if section in cause.sections else None
            found[slug, anchor] = (cause, anchor)
    return list(found.values())
