"""The HTTP API's description, OpenAPI 3.1, written by hand; tests hold real answers against it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api import bodies, http_problems, paste

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_CONFIDENCE: Schema = {
    "type": "number",
    "minimum": 0,
    "maximum": 1,
    "description": "Calibrated: of answers given with 0.9, nine in ten are right.",
}
_RETRY: Schema = {
    "enum": ["permanent", "transient", "depends"],
    "description": "Will it clear by itself?",
}
_SPANS: Schema = {
    "type": "array",
    "items": {
        "type": "array",
        "prefixItems": [{"type": "integer"}, {"type": "integer"}],
        "minItems": 2,
        "maxItems": 2,
    },
    "description": "Start and end of the deciding words in `message`, in characters.",
}


def document(causes: Sequence[str]) -> dict[str, Any]:
    """The whole description; `causes` are the catalogue's slugs, a closed list."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pullbook",
            "version": "1",
            "summary": "The runbook that reads your error.",
            "description": "Send what Kubernetes printed when an image would not pull; get the "
            "section of the runbook, the evidence and the commands. The text is redacted before "
            "it is matched, and neither logged nor stored.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": _paths(),
        "components": {"schemas": _schemas(causes)},
    }


def _paths() -> dict[str, Any]:
    return {
        "/api/v1/match": {"post": _match()},
        "/api/v1/causes": {"get": _reads("listCauses", "Every cause.", "Causes")},
        "/api/v1/signatures": {"get": _reads("listSignatures", "Every signature.", "Signatures")},
        "/api/v1/signatures/{id}": {
            "get": _reads("getSignature", "One signature, by id or alias.", "SignatureDetail")
            | {"parameters": [_in("path", "id", "A signature's id or a former one.")]}
        },
        "/api/v1/problems/{name}": {
            "get": _reads("getProblem", "What an error's `type` means.", "ProblemType")
            | {"parameters": [_in("path", "name", "The last part of a problem's type.")]}
        },
        "/api/v1/openapi.json": {
            "get": {
                "operationId": "getOpenapi",
                "summary": "This description.",
                "responses": {"200": _answers("OpenAPI 3.1.", {"type": "object"})},
            }
        },
        "/go": {
            "get": _goes("go", "From an alert's reason or message to the section that fits it.")
            | {
                "parameters": [
                    _in("query", "reason", "Kubernetes' own word, such as ErrImagePull."),
                    _in("query", "message", "The message, at most 1,500 characters.", 1500),
                    *_passed(),
                ]
            }
        },
        "/go/{name}": {
            "get": _goes("goNamed", "From a signature id, an alias or a cause to its section.")
            | {"parameters": [_in("path", "name", "A signature id, alias or cause."), *_passed()]}
        },
        "/go/{cause}/{section}": {
            "get": _goes("goSection", "To a section of a cause.")
            | {
                "parameters": [
                    _in("path", "cause", "A cause."),
                    _in("path", "section", "One of its sections."),
                    *_passed(),
                ]
            }
        },
        "/livez": {"get": _reads("livez", "The process answers.", "Live")},
        "/readyz": {"get": _reads("readyz", "The catalogue being served.", "Ready")},
        "/metrics": {
            "get": {
                "operationId": "metrics",
                "summary": "Counts for Prometheus.",
                "responses": {
                    "200": {
                        "description": "Prometheus' text format.",
                        "content": {"text/plain": {"schema": _TEXT}},
                    }
                },
            }
        },
    }


def _match() -> dict[str, Any]:
    body = {
        "type": "string",
        "description": f"The paste, at most {paste.MAX_BYTES} bytes.",
        "minLength": 1,
    }
    return {
        "operationId": "match",
        "summary": "Match a pasted text.",
        "description": "Plain text for people where Accept asks for it, and for curl without an "
        "Accept header of its own; JSON otherwise.",
        "requestBody": {
            "required": True,
            "content": {
                "text/plain": {"schema": body},
                "application/json": {"schema": _ref("MatchRequest")},
                "application/x-www-form-urlencoded": {
                    "schema": {"type": "object", "properties": {"text": body}}
                },
            },
        },
        "responses": {
            "200": {
                "description": "The answer, also where the text is no image-pull failure.",
                "headers": {"Cache-Control": {"schema": {"const": "no-store"}}},
                "content": {
                    "application/json": {"schema": _ref("MatchResponse")},
                    "text/plain": {"schema": _TEXT},
                },
            },
            **_problems(400, 413, 415),
        },
    }


def _reads(operation: str, summary: str, schema: str) -> dict[str, Any]:
    missing = _problems(404) if operation.startswith("get") else {}
    return {
        "operationId": operation,
        "summary": summary,
        "responses": {"200": _answers(summary, _ref(schema)), **missing, **_problems(405)},
    }


def _goes(operation: str, summary: str) -> dict[str, Any]:
    return {
        "operationId": operation,
        "summary": summary,
        "responses": {
            "302": {
                "description": "The section where one answer is clear, else the triage page with "
                "the candidates; always an address of this site.",
                "headers": {"Location": {"schema": {"type": "string", "pattern": "^/[^/]"}}},
            },
            **(_problems(400) if operation == "go" else {}),
        },
    }


def _answers(description: str, schema: Schema) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _problems(*statuses: int) -> dict[str, Any]:
    content = {http_problems.MEDIA_TYPE: {"schema": _ref("Problem")}}
    titles = {
        status: " or ".join(
            known.title for known in http_problems.KINDS.values() if known.status == status
        )
        for status in statuses
    }
    return {
        str(status): {"description": f"{title}.", "content": content}
        for status, title in titles.items()
    }


def _in(place: str, name: str, description: str, longest: int | None = None) -> dict[str, Any]:
    schema = _TEXT if longest is None else {"type": "string", "maxLength": longest}
    found = {"name": name, "in": place, "description": description, "schema": schema}
    return found | {"required": True} if place == "path" else found


def _passed() -> list[dict[str, Any]]:
    return [
        _in("query", name, "Goes on to the page, which fills its commands with it.")
        for name in ("ns", "pod", "container", "image")
    ]


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: dict[str, Schema], **optional: Schema) -> Schema:
    return {
        "type": "object",
        "required": list(required),
        "properties": required | optional,
        "additionalProperties": False,
    }


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _schemas(causes: Sequence[str]) -> dict[str, Schema]:
    url = {"type": "string", "pattern": "^/causes/", "description": "A path of this site."}
    summary = {
        "id": _TEXT,
        "cause": _ref("Cause"),
        "section": _TEXT_OR_NULL,
        "status": {"enum": ["draft", "stable", "retired"]},
        "kind": {"enum": ["reason", "umbrella", "symptom"]},
        "template": _TEXT,
        "emitters": _list(_TEXT),
        "aliases": _list(_TEXT),
        "url": url,
    }
    described = {
        "cause": _ref("Cause"),
        "title": _TEXT,
        "summary": _TEXT,
        "retry": _RETRY,
        "url": url,
        "sections": _list(_object({"section": _TEXT, "title": _TEXT, "url": url})),
        "neighbours": _list(_TEXT),
    }
    kind = {
        "type": {"type": "string", "pattern": f"^{http_problems.PATH}[a-z-]+$"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "fix": _TEXT | {"description": "What to do."},
    }
    return {
        "Cause": {"enum": list(causes)},
        "MatchRequest": {
            "type": "object",
            "required": ["text"],
            "properties": {
                "text": _TEXT | {"minLength": 1},
                "limit": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": bodies.MAX_LIMIT,
                    "default": bodies.DEFAULT_LIMIT,
                },
            },
        },
        "MatchResponse": _object(
            {
                "verdict": {"enum": ["match", "ambiguous", "symptom", "unknown"]},
                "matches": _list(_ref("Match")),
                "tell_apart": _list(_ref("TellApart")),
                "workloads": _list(_ref("Workload")),
                "removed": _list(_TEXT)
                | {"description": "The kinds of secrets removed before matching."},
                "next": {
                    "oneOf": [{"type": "null"}, _object({"why": _TEXT, "command": _TEXT})],
                    "description": "What to collect where the text does not hold the reason.",
                },
                "draft": _TEXT_OR_NULL
                | {"description": "A catalogue entry to start from, YAML, for an unknown wording."},
            }
        ),
        "Match": {
            "type": "object",
            "required": [
                "cause", "section", "title", "url", "signature", "how", "confidence", "retry",
                "evidence", "captures", "commands", "html",
            ],
            "properties": {
                "cause": _ref("Cause"),
                "section": _TEXT_OR_NULL,
                "title": _TEXT,
                "url": url,
                "signature": _TEXT_OR_NULL,
                "how": {"enum": ["template", "fuzzy", "stage"]},
                "confidence": _CONFIDENCE,
                "retry": _RETRY,
                "summary": _TEXT,
                "evidence": _object({"message": _TEXT, "spans": _SPANS}),
                "captures": {"type": "object", "additionalProperties": _TEXT},
                "commands": _list(_TEXT),
                "html": _TEXT | {"description": "The section as the site shows it."},
            },
        },
        "TellApart": _object(
            {
                "between": _list(_ref("Cause")) | {"minItems": 2, "maxItems": 2},
                "because": _TEXT,
                "check": _TEXT,
                "if_this": _TEXT,
                "if_that": _TEXT,
            }
        ),
        "Workload": _object(
            {
                "namespace": _TEXT_OR_NULL,
                "pod": _TEXT_OR_NULL,
                "container": _TEXT_OR_NULL,
                "image": _TEXT_OR_NULL,
                "cause": _ref("Cause"),
                "section": _TEXT_OR_NULL,
                "url": url,
                "confidence": _CONFIDENCE,
            }
        ),
        "Causes": _object({"catalogue": _TEXT, "causes": _list(_object(described))}),
        "Signatures": _object({"catalogue": _TEXT, "signatures": _list(_object(summary))}),
        "SignatureDetail": _object(
            summary
            | {
                "generic": {"type": "boolean"},
                "since": _TEXT_OR_NULL,
                "until": _TEXT_OR_NULL,
                "ambiguous_with": _list(_TEXT),
                "replaced_by": _TEXT_OR_NULL,
                "references": _list(_object({"url": _TEXT, "seen": _TEXT})),
                "examples": _list(
                    _object(
                        {
                            "text": _TEXT,
                            "form": _TEXT,
                            "runtime": _TEXT,
                            "version": _TEXT_OR_NULL,
                            "source": _TEXT,
                        }
                    )
                ),
            }
        ),
        "Live": _object({"status": {"const": "live"}}),
        "Ready": _object(
            {"status": {"const": "ready"}, "catalogue": _TEXT, "signatures": {"type": "integer"}}
        ),
        "ProblemType": _object(kind),
        "Problem": _object(
            kind | {"detail": _TEXT},
            instance=_TEXT | {"description": "The request's id."},
        ),
    }  # fmt: skip
