"""A whole cluster's events or pods to its failures: by cause, registry and image, worst first.

Several events speak of one failure (`Failed`, `Error: ErrImagePull`, `BackOff`), so failures are
kept for each container: a reason absorbs the symptoms that repeat it. All tables are capped, so
memory does not grow with the input; beyond a cap the counts are lower bounds, and say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from api import paste, reasons, references
from api.diagnosis import Diagnosis, Match
from api.matcher import Matcher
from api.paste import Message

_MAX_CONTAINERS = 100_000
_MAX_GROUPS = 5_000
_MAX_NODES = 1_000
_EXAMPLES = 3
_CACHED = 8_192
_PROGRESS = 10_000
SYMPTOM = "backoff-only"

# Events that can tell of a failed pull; all others are counted and passed over.
_EVENTS = frozenset(
    (
        "BackOff", "ErrImageNeverPull", "FailedCreate", "FailedCreatePodSandBox",
        "FailedToRetrieveImagePullSecret", "Failed", "FreeDiskSpaceFailed", "ImageGCFailed",
        "InspectFailed",
    )
)  # fmt: skip
_WAITING = frozenset((*reasons.WAITING, "ErrImagePull", "ImagePullBackOff"))
_STATUSES = ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses")

Key = tuple[str, str | None, str]  # cause, section, image
Container = tuple[str, str, str]  # namespace, pod, container


@dataclass(frozen=True, slots=True)
class Group:
    """One failure of one image: `containers` wait for it, `events` told so between the times."""

    cause: str
    section: str | None
    registry: str
    image: str
    containers: int
    events: int
    nodes: int
    first_seen: str
    last_seen: str
    examples: tuple[Container, ...]
    match: Match


@dataclass(frozen=True, slots=True)
class Triage:
    """`groups` are worst first; `capped`: more containers than are told apart, counts are less."""

    groups: tuple[Group, ...]
    items: int
    failures: int
    capped: bool


@dataclass(slots=True)
class _Seen:
    events: int
    first: str
    last: str
    node: str | None

    def add(self, other: _Seen) -> None:
        self.events += other.events
        self.span(other)
        self.node = other.node or self.node

    def span(self, other: _Seen) -> None:
        self.first = min(filter(None, (self.first, other.first)), default="")
        self.last = max(self.last, other.last)


@dataclass(slots=True)
class _Total:
    match: Match
    containers: int = 0
    seen: _Seen = field(default_factory=lambda: _Seen(0, "", "", None))
    nodes: set[str] = field(default_factory=set)
    examples: list[Container] = field(default_factory=list)


def triage(
    items: Iterable[Mapping[str, Any]],
    matcher: Matcher,
    progress: Callable[[int], None] = lambda _: None,
) -> Triage:
    """Read events and pods to the end; `progress` hears how many items are read so far."""
    known = _Known(matcher)
    count = 0
    for item in items:
        count += 1
        if count % _PROGRESS == 0:
            progress(count)
        for message, seen in _failures(item):
            known.add(message, seen)
    return Triage(tuple(known.groups()), count, known.failures, known.capped)


def _failures(item: Mapping[str, Any]) -> Iterator[tuple[Message, _Seen]]:
    if "involvedObject" in item or "regarding" in item:
        if item.get("reason") not in _EVENTS:
            return
        first, last = _times(item)
        parts = {key: _at(item, key) for key in ("involvedObject", "regarding", "source", "series")}
        for message in paste.objects({**item, **parts}):
            yield message, _Seen(message.count, first, last, message.workload.node)
    elif _waits(item):
        started = str(_at(item, "metadata").get("creationTimestamp") or "")[:19]
        for message in paste.objects(item):
            if message.text.partition(" ")[0].strip() in _WAITING:
                yield message, _Seen(1, started, started, message.workload.node)


def _waits(pod: Mapping[str, Any]) -> bool:
    status = _at(pod, "status")
    return any(
        isinstance(container, Mapping) and "waiting" in _at(container, "state")
        for key in _STATUSES
        for container in status.get(key) or ()
    )


def _at(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}


def _times(event: Mapping[str, Any]) -> tuple[str, str]:
    """First and last time of an event of either API; to the second, so that they compare."""
    made = event.get("eventTime") or _at(event, "metadata").get("creationTimestamp")
    first = event.get("firstTimestamp") or event.get("deprecatedFirstTimestamp") or made
    last = (
        event.get("lastTimestamp")
        or event.get("deprecatedLastTimestamp")
        or _at(event, "series").get("lastObservedTime")
        or first
    )
    return str(first or "")[:19], str(last or "")[:19]


class _Known:
    def __init__(self, matcher: Matcher) -> None:
        self.failures = 0
        self.capped = False
        self._totals: dict[Key, _Total] = {}
        self._containers: dict[int, dict[Key, _Seen]] = {}
        self._diagnose: Callable[[str], Diagnosis] = lru_cache(_CACHED)(
            lambda text: matcher.diagnose(text, 1)
        )

    def add(self, message: Message, seen: _Seen) -> None:
        found = self._diagnose(message.text).matches[:1]
        if not found:
            return
        match = found[0]
        self.failures += 1
        whose = message.workload
        image = match.captures.get("image") or whose.image or ""
        key = (match.cause, match.section, image)
        total = self._totals.get(key)
        if total is None:
            if len(self._totals) >= _MAX_GROUPS:
                self.capped = True
                return
            total = self._totals[key] = _Total(match)
        name = (whose.namespace or "", whose.pod or "", whose.container or "")
        if len(total.examples) < _EXAMPLES and name not in total.examples:
            total.examples.append(name)
        told = self._containers.get(hash(name))
        if told is None:
            if len(self._containers) >= _MAX_CONTAINERS:
                self.capped = True
                self._count(total, seen)
                return
            told = self._containers[hash(name)] = {}
        if key in told:
            told[key].add(seen)
        else:
            told[key] = seen

    def _count(self, total: _Total, seen: _Seen) -> None:
        total.seen.add(seen)
        if seen.node and len(total.nodes) < _MAX_NODES:
            total.nodes.add(seen.node)

    def groups(self) -> list[Group]:
        """What was seen, each container's symptoms folded into its reasons; worst first."""
        for told in self._containers.values():
            why = {key: seen for key, seen in told.items() if key[0] != SYMPTOM}
            for key, seen in _named(told).items() if not why else ():
                self._totals[key].containers += 1
                self._count(self._totals[key], seen)
            for key, seen in why.items():
                for symptom in (told[k] for k in told if k not in why):
                    seen.span(symptom)
                self._totals[key].containers += 1
                self._count(self._totals[key], seen)
        found = [_group(key, total) for key, total in self._totals.items() if total.seen.events]
        return sorted(found, key=_worst_first)


def _worst_first(group: Group) -> tuple[bool, int, int, str, str]:
    """Most containers first; where only the symptom is known comes last."""
    return group.cause == SYMPTOM, -group.containers, -group.events, group.first_seen, group.image


def _named(told: Mapping[Key, _Seen]) -> Mapping[Key, _Seen]:
    """Symptoms of one container, those without an image folded into those with one."""
    named = {key: seen for key, seen in told.items() if key[2]}
    if not named:
        return told
    for key, seen in told.items():
        if not key[2]:
            for other in named.values():
                other.span(seen)
    return named


def _group(key: Key, total: _Total) -> Group:
    cause, section, image = key
    reference = references.parse(image)
    captured = total.match.captures.get("registry", "")
    seen = total.seen
    return Group(
        cause, section, reference.registry if reference else captured, image,
        total.containers, seen.events, len(total.nodes), seen.first, seen.last,
        tuple(total.examples), total.match,
    )  # fmt: skip
