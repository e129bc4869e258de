"""The catalogue as the JSON that `/api/v1/causes` and `/api/v1/signatures` answer with."""

from __future__ import annotations

from typing import Any

from api.model import Catalogue, Cause, Example, Signature


def causes(catalogue: Catalogue) -> dict[str, Any]:
    return {
        "catalogue": catalogue.digest,
        "causes": [_cause(cause) for cause in catalogue.causes.values()],
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "cause": cause.slug,
        "title": cause.title,
        "summary": cause.summary,
        "retry": cause.retry,
        "url": cause.url(),
        "sections": [
            {"section": section.id, "title": section.title, "url": cause.url(section.id)}
            for section in cause.sections.values()
            if section.id is not None
        ],
        "neighbours": [entry.neighbour for entry in cause.tells_apart],
    }


def signatures(catalogue: Catalogue) -> dict[str, Any]:
    return {
        "catalogue": catalogue.digest,
        "signatures": [_summary(known, catalogue) for known in catalogue.signatures.values()],
    }


def signature(known: Signature, catalogue: Catalogue) -> dict[str, Any]:
    """Everything about one signature, its examples included."""
    return _summary(known, catalogue) | {
        "generic": known.generic,
        "since": known.since,
        "until": known.until,
        "ambiguous_with": list(known.ambiguous_with),
        "replaced_by": known.replaced_by,
        "references": [{"url": source.url, "seen": source.seen} for source in known.references],
        "examples": [_example(example) for example in known.examples],
    }


def _summary(known: Signature, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "id": known.id,
        "cause": known.cause,
        "section": known.section,
        "status": known.status,
        "kind": known.kind,
        "template": known.template.text,
        "emitters": list(known.emitters),
        "aliases": list(known.aliases),
        "url": catalogue.causes[known.cause].url(known.id),
    }


def _example(example: Example) -> dict[str, Any]:
    return {
        "text": example.text,
        "form": example.form,
        "runtime": example.runtime,
        "version": example.version,
        "source": example.source,
    }
