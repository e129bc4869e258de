"""The last honest answer: no template fits, but the HTTP status or the stage of the pull is known.

HTTP statuses as the OCI distribution specification uses them (opencontainers/distribution-spec,
spec.md, "Error Codes"); gRPC codes as containerd maps its errors (errdefs, errgrpc/grpc.go).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guess:
    """A cause and section, and the neighbours that are honest answers too."""

    cause: str
    section: str | None
    ambiguous_with: tuple[str, ...] = ()


_BY_STATUS: Mapping[str, Guess] = {
    "400": Guess("registry-outage", "server-error", ("wrong-registry",)),
    "401": Guess("registry-auth", "bad-credentials"),
    "403": Guess("registry-auth", "forbidden"),
    "404": Guess("image-tag", "not-found", ("image-name",)),
    "405": Guess("wrong-registry", "not-a-registry", ("registry-outage",)),
    "407": Guess("registry-unreachable", "proxy"),
    "408": Guess("registry-outage", "server-error", ("registry-unreachable",)),
    "410": Guess("wrong-registry", "retired", ("image-tag", "image-name")),
    "412": Guess("wrong-registry", "retired"),
    "416": Guess("corrupt-content", "truncated"),
    "429": Guess("rate-limited", "other-registry"),
    "451": Guess("policy-rejected", "policy"),
    "502": Guess("registry-outage", "bad-gateway"),
    "503": Guess("registry-outage", "unavailable"),
    "504": Guess("registry-outage", "bad-gateway"),
}
_BY_CODE: Mapping[str, Guess] = {
    "notfound": Guess("image-tag", "not-found", ("image-name",)),
    "unauthenticated": Guess("registry-auth", "bad-credentials"),
    "permissiondenied": Guess("registry-auth", "forbidden"),
    "canceled": Guess("image-too-large", "canceled"),
    "deadlineexceeded": Guess("image-too-large", "deadline"),
    "resourceexhausted": Guess("rate-limited", "other-registry"),
    "unimplemented": Guess("node-runtime", "runtime-down"),
}
_BY_STAGE: Mapping[str, Guess] = {
    "name": Guess("invalid-reference", "format"),
    "authorise": Guess("registry-auth", "bad-credentials"),
    "unpack": Guess("node-runtime", "unpack", ("corrupt-content",)),
    "sandbox": Guess("sandbox-image", None),
    "inspect": Guess("node-runtime", "runtime-down"),
}
_BEHIND: Mapping[str, tuple[str, ...]] = {
    # An error status that the text does not show: a 5xx, a 403, a 429.
    "answer": ("registry-outage", "registry-auth", "rate-limited"),
}
CODES = tuple(_BY_CODE)


def by_status(status: str | None) -> Guess | None:
    if status and status in _BY_STATUS:
        return _BY_STATUS[status]
    if status and status[0] == "5":
        return Guess("registry-outage", "server-error")
    return None


def by_stage(code: str | None, stage: str | None) -> Guess | None:
    """The best answer from a gRPC code or, which says less, the stage."""
    return _BY_CODE.get(code or "") or _BY_STAGE.get(stage or "")


def behind(stage: str | None) -> tuple[str, ...]:
    """The causes that a pull that failed at this stage may have, where the reason is not shown."""
    return _BEHIND.get(stage or "", ())
