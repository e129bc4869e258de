"""Every error the server can answer with (RFC 9457), in one table: what it is and what to do.

No text here or in a `detail` quotes the request: a paste may hold secrets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MEDIA_TYPE = "application/problem+json"
PATH = "/api/v1/problems/"  # each problem's `type` is an address below it that explains it


@dataclass(frozen=True, slots=True)
class Kind:
    status: int
    title: str
    fix: str


KINDS: Mapping[str, Kind] = {
    "empty-body": Kind(
        400,
        "Nothing to match",
        "Send the text that Kubernetes or the runtime printed as the body of the request.",
    ),
    "broken-body": Kind(
        400,
        "The body cannot be read",
        'Send the text itself as text/plain, or JSON of the form {"text": "…", "limit": 3}.',
    ),
    "broken-request": Kind(
        400,
        "The request cannot be read",
        "Send a well-formed HTTP request; see /api/v1/openapi.json.",
    ),
    "message-too-long": Kind(
        400,
        "The message is too long for a link",
        "Keep 'message' to 1,500 characters, its end above all; link to /match/#m=<text>, which "
        "has no such limit; or POST the text to /api/v1/match.",
    ),
    "not-found": Kind(
        404,
        "There is nothing at this address",
        "Start at / for the runbook or at /api/v1/openapi.json for the API.",
    ),
    "unknown-problem": Kind(
        404, "No problem has this name", "Take the 'type' of an error as it was answered."
    ),
    "unknown-signature": Kind(
        404, "No signature has this id", "GET /api/v1/signatures lists every id and its aliases."
    ),
    "method": Kind(
        405, "This address does not take that method", "Use a method that the Allow header names."
    ),
    "too-large": Kind(
        413,
        "The text is larger than 256 KiB",
        "Send less: the Warning lines of the events are enough, for example "
        "kubectl get events --field-selector type=Warning.",
    ),
    "media-type": Kind(
        415,
        "This media type cannot be matched",
        "Send text/plain, application/json, or a form with a field named text.",
    ),
    "headers-too-large": Kind(431, "The request's headers are too large", "Send fewer headers."),
    "internal": Kind(
        500,
        "Pullbook failed on this request",
        "Report the request id and, if you may share it, the text: this is a fault of ours.",
    ),
}
_BY_STATUS = {
    400: "broken-request",
    404: "not-found",
    405: "method",
    413: "too-large",
    415: "media-type",
    431: "headers-too-large",
}


class HttpProblem(Exception):
    """Stops a request with one of KINDS; `detail` says what was wrong with this request."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.detail = detail


def kind_of(status: int) -> str:
    """The kind for an error that the framework found by itself."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return "broken-request" if 400 <= status < 500 else "internal"


def explained(kind: str) -> dict[str, Any]:
    """What the address in `type` answers with."""
    known = KINDS[kind]
    return {
        "type": PATH + kind,
        "title": known.title,
        "status": known.status,
        "fix": known.fix,
    }


def document(kind: str, detail: str, request_id: str | None = None) -> dict[str, Any]:
    found = explained(kind) | {"detail": detail}
    return found | {"instance": request_id} if request_id else found
