"""What one message shows besides its reason: was it a pull at all, at which stage, of what.

Evidence is graded 1 (a hint) to 5 (proof) and weighed against counter-evidence of the same
scale; nothing is a gate. It is read from wrappers, look-alikes and the kinds of URL in the text.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from api import masking, references
from api.index import Hit, Tokens
from api.model import LookAlike, Signature, Wrapper
from api.templates import Template

# A registry URL of the distribution API is itself a sign of a pull (or of a push).
_URL_WEIGHTS: Mapping[str, float] = {
    "<create-url>": 4,
    "<manifest-url>": 4,
    "<blob-url>": 3.5,
    "<ping-url>": 2.5,
    "<token-url>": 2.5,
    "<registry-url>": 2.5,
    "<registry-host>": 2,
    "<layer-path>": 3.5,
}
_RETIRED_HOSTS = frozenset(("k8s.gcr.io",))
_GCR_HOSTS = frozenset(("gcr.io", "us.gcr.io", "eu.gcr.io", "asia.gcr.io"))
# How the variables of Helm, shells and make look where nothing filled them in.
_UNRENDERED = ("{{", "${", "$(")
_NOTHING_NAMED = ('image ""', 'reference ""', "docker://:", 'docker:// "')
SELF_EVIDENT = 5.0
# Programs that speak to registries, or like them, about something else than images.
_CLIENTS = frozenset(("artifact", "chart", "login", "package", "push"))
# A host or scheme that serves no images, and where a push sends its layers.
_OTHER_WEIGHTS: Mapping[str, float] = {
    "<other-url>": 4,
    "<other-host>": 4,
    "<artifact>": 5,
    "<upload-url>": 5,
}
_ADDRESSES = frozenset(("url", *(token.strip("<>") for token in _URL_WEIGHTS)))
_NAMED = 2.5  # of wording that says a pull failed, not why
_SAID = 4.0  # pull evidence that names the pull; less is an address that others visit too


class Found(NamedTuple):
    """A template of the catalogue found in a message."""

    entry: Signature | LookAlike | Wrapper
    hit: Hit


class Evidence(NamedTuple):
    """Weights for and against an image pull, the innermost stage and the last HTTP status.

    Of `pull`, `said` is what words tell, not addresses; of `counter`, `client` is what names
    another program that visits registries. `shown` are facts that wrappers show.
    """

    pull: float
    said: float
    counter: float
    client: float
    stage: str | None
    status: str | None
    urls: frozenset[str]
    shown: frozenset[str]


class Scale:
    """Weighs messages tokenised with one vocabulary."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._urls = {vocabulary[token]: token for token in _URL_WEIGHTS}
        self._others = {vocabulary[token]: weight for token, weight in _OTHER_WEIGHTS.items()}
        self._statuses = {vocabulary[token]: token for token in masking.STATUS_TOKENS}

    def weigh(self, found: Sequence[Found], tokens: Tokens) -> Evidence:
        pull = said = counter = client = 0.0
        stage, innermost, spoken = None, -1, -1
        clients: list[tuple[int, float]] = []
        shown: frozenset[str] = frozenset()
        for item in found:
            entry = item.entry
            if isinstance(entry, Wrapper):
                if entry.shows:
                    shown |= {entry.shows}
                if entry.says == "pull":
                    pull = max(pull, entry.weight)
                    if _ADDRESSES.isdisjoint(entry.template.captures):
                        said = max(said, entry.weight)
                        if entry.weight >= _SAID and entry.stage == "pull":
                            spoken = max(spoken, item.hit.last)
                    if entry.stage != "pull" and item.hit.last >= innermost:
                        stage, innermost = entry.stage, item.hit.last
                elif entry.says == "push":
                    clients.append((item.hit.last, entry.weight))
                elif entry.says != "build":
                    counter = max(counter, entry.weight)
            elif isinstance(entry, Signature):
                if entry.kind != "reason" and not entry.generic:
                    pull = max(pull, _NAMED)
            elif not _outdone(item, found):
                if entry.kind in _CLIENTS:
                    clients.append((item.hit.last, entry.weight))
                else:
                    counter = max(counter, entry.weight)
        for last, weight in clients:  # the last who was named speaks
            if last >= spoken:
                client = max(client, weight)
        present = set(tokens.ids)
        for number in present.intersection(self._others):
            client = max(client, self._others[number])
        counter = max(counter, client)
        urls = frozenset(self._urls[number] for number in present.intersection(self._urls))
        for token in urls:
            pull = max(pull, _URL_WEIGHTS[token])
        status = None
        if not present.isdisjoint(self._statuses):
            last = next(number for number in reversed(tokens.ids) if number in self._statuses)
            status = self._statuses[last]
        return Evidence(pull, said, counter, client, stage, status, urls, shown)


def beside(told: Evidence, client: float) -> Evidence:
    """The evidence of a message that stands near another client's, of weight `client`."""
    if client <= told.counter or told.said >= _SAID:
        return told
    return told._replace(counter=client)


def _outdone(item: Found, found: Sequence[Found]) -> bool:
    """Whether a signature accounts for a look-alike's words with at least as many of its own."""
    return any(
        isinstance(other.entry, Signature)
        and not other.entry.generic
        and other.entry.kind != "symptom"
        and other.hit.first <= item.hit.last
        and item.hit.first <= other.hit.last
        and other.entry.template.words >= item.entry.template.words
        for other in found
    )


_CAPTURED = frozenset((*references.GRAMMARS, "image", "pinned", "host"))
_AS = {"pinned": "image", "host": "registry"}
_STRUCTURE = frozenset("/:@.")


def captured(found: Sequence[Found], tokens: Tokens) -> dict[str, str]:
    """Placeholder values that fit the grammar of what they claim to be; the first of a kind."""
    values: dict[str, str] = {}
    reference = plain = None
    wanted = set(_CAPTURED)
    for item in sorted(found, key=_first):
        template = item.entry.template
        if wanted.isdisjoint(template.captures):
            continue
        for name, piece in placeholders(template, item.hit, tokens):
            if name not in wanted:
                continue
            kind, value = _AS.get(name, name), tokens.piece(piece)
            if kind != "image":
                if kind not in values and references.fits(kind, value):
                    values[kind] = value
                    wanted -= {name, kind}
            elif not _STRUCTURE.isdisjoint(value):
                reference = references.parse(value)
                if reference:
                    wanted -= {"image", "pinned"}
            elif plain is None and references.fits(kind, value) and not tokens.known(piece):
                plain = value  # nginx, but not a word that the catalogue itself uses
    if reference is None:
        image = _first_image(tokens) or plain
        reference = references.parse(image) if image else None
    if reference:
        values["image"] = reference.text
        values["registry"] = reference.registry
        values["repository"] = reference.repository
        if reference.tag:
            values["tag"] = reference.tag
        if reference.digest:
            values["digest"] = reference.digest
    return values


def _first(item: Found) -> int:
    return item.hit.first


def _first_image(tokens: Tokens) -> str | None:
    """The first piece that can only be an image reference, where no placeholder caught one."""
    for raw in tokens.pieces:
        if "/" in raw and ":" in raw and "://" not in raw:
            piece = masking.trim(raw)
            reference = references.parse(piece)
            if reference and (reference.tag or reference.digest):
                return piece
    return None


def placeholders(template: Template, hit: Hit, tokens: Tokens) -> list[tuple[str, int]]:
    """(type, piece) for each placeholder of a found template; gaps and missing ones left out."""
    values: list[tuple[str, int]] = []
    edges = [hit.first, *hit.at, hit.last + 1]
    for number, slot in enumerate(template.slots):
        if number == 0:
            start, end = hit.first, hit.at[0]
        else:
            start = hit.at[number - 1] + len(template.runs[number - 1])
            end = edges[number + 1]
        if not slot:
            continue
        between = sorted(set(tokens.piece_of[start:end]))
        if len(between) == len(slot):
            for placeholder, piece in zip(slot, between, strict=True):
                if placeholder.type != "gap":
                    values.append((placeholder.type, piece))
    return values


def context(
    told: Evidence, image: str, well_known: Collection[str], registry: str = "", text: str = ""
) -> frozenset[str]:
    """The facts that a signature's `prefer` may ask for."""
    facts = {token.strip("<>") for token in told.urls.intersection(("<blob-url>", "<token-url>"))}
    facts |= told.shown
    if any(opening in text for opening in _UNRENDERED):
        facts.add("unrendered")
    if any(naming in text for naming in _NOTHING_NAMED):
        facts.add("empty-reference")
    reference = references.parse(image)
    if reference is None:
        if registry:
            facts.add("docker-hub" if registry in references.HUB_HOSTS else "private-host")
        return frozenset(facts)
    facts.add("docker-hub" if reference.on_docker_hub else "private-host")
    if reference.digest:
        facts.add("digest")
    if reference.registry.partition(":")[0] in ("localhost", "127.0.0.1"):
        facts.add("localhost")
    if reference.registry in _RETIRED_HOSTS:
        facts.add("retired-host")
    if ".dkr.ecr." in reference.registry:
        facts.add("ecr-host")
    if reference.registry in _GCR_HOSTS:
        facts.add("gcr-host")
    if reference.tag in (None, "latest") and not reference.digest:
        facts.add("tag-latest-only")
    if reference.on_docker_hub and _misspelt(reference.repository, well_known):
        facts.add("well-known-typo")
    return frozenset(facts)


def _misspelt(repository: str, well_known: Collection[str]) -> bool:
    """Whether a well-known name is one edit away, and this is none itself."""
    name = repository.removeprefix("library/")
    if len(name) < 4 or name in well_known:
        return False
    from api import soft  # brings RapidFuzz, which most messages do without

    return soft.nearest(name, well_known) is not None
