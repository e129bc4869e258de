"""Names and their grammars: image references, hosts, Kubernetes names.

Grammars: distribution/reference v0.6.0 (references and their normalisation), RFC 1123 (names).
A value from a paste enters a command only if it fits the grammar of what it claims to be; none of
these grammars admits a character that a shell would interpret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DOCKER_HUB = "docker.io"
DOCKER_HUB_HOST = "registry-1.docker.io"  # its name in references is no host that serves images
HUB_HOSTS = frozenset(
    ("docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com")
)

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = (
    r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]{1,5})?"
)
_TAG = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"
_DIGEST = r"sha(?:256:[a-f0-9]{64}|512:[a-f0-9]{128})"
_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"

GRAMMARS: dict[str, re.Pattern[str]] = {
    "registry": re.compile(_HOST),
    "repository": re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*"),
    "tag": re.compile(_TAG),
    "digest": re.compile(_DIGEST),
    "namespace": re.compile(_LABEL),
    "container": re.compile(_LABEL),
    "pod": re.compile(rf"{_LABEL}(?:\.{_LABEL})*"),
    "node": re.compile(rf"{_LABEL}(?:\.{_LABEL})*"),
    "secret": re.compile(rf"{_LABEL}(?:\.{_LABEL})*"),
    "status": re.compile(r"[45][0-9]{2}"),
    "platform": re.compile(r"[a-z0-9]{1,16}/[a-z0-9]{1,16}(?:/[a-z0-9]{1,16})?"),
}
_LONGEST = 512


@dataclass(frozen=True, slots=True)
class Reference:
    """An image reference taken apart and normalised as the runtimes do it."""

    text: str
    registry: str
    repository: str
    tag: str | None
    digest: str | None

    @property
    def on_docker_hub(self) -> bool:
        return self.registry == DOCKER_HUB


def fits(kind: str, value: str) -> bool:
    """Whether `value` is written as a `kind` must be. Kinds: `GRAMMARS` and image."""
    if kind == "image":
        return parse(value) is not None
    return len(value) <= _LONGEST and GRAMMARS[kind].fullmatch(value) is not None


def parse(text: str) -> Reference | None:
    """Take a reference apart; None where it does not parse."""
    if not text or len(text) > _LONGEST:
        return None
    name, at, digest = text.partition("@")
    if at and not GRAMMARS["digest"].fullmatch(digest):
        return None
    head, slash, rest = name.partition("/")
    if slash and ("." in head or ":" in head or head == "localhost" or head != head.lower()):
        registry, path = head, rest
    else:
        registry, path = DOCKER_HUB, name
    path, colon, tag = path.partition(":")
    if colon and not GRAMMARS["tag"].fullmatch(tag):
        return None
    if registry in HUB_HOSTS:
        registry = DOCKER_HUB
    if registry == DOCKER_HUB and "/" not in path:
        path = f"library/{path}"
    if not GRAMMARS["repository"].fullmatch(path) or not GRAMMARS["registry"].fullmatch(registry):
        return None
    return Reference(text, registry, path, tag or None, digest or None)
