"""The format for editors and for people: JSON Schema and the reference page, from one table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from api import entries, templates
from api.entries import Field

_ID = "^[a-z0-9]+(-[a-z0-9]+)+$"
_TYPES = {
    "text": "text, quoted",
    "flag": "true or false",
    "number": "1 to 5",
    "texts": "list of texts",
    "map": "name: text",
    "entries": "list",
}


def json_schema() -> str:
    """signatures/schema.json: draft-07, the newest that the YAML language server promises."""
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Pullbook signature files",
        "description": "Written by 'make fix' from api/entries.py; do not edit.",
        "type": "object",
        "if": {"required": ["wrappers"]},
        "then": _mapping(entries.WRAPPER_FILE),
        "else": {
            "if": {"properties": {"cause": {"const": "none"}}, "required": ["cause"]},
            "then": _mapping(entries.LOOK_ALIKE_FILE),
            "else": _mapping(entries.CAUSE_FILE),
        },
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _mapping(fields: Mapping[str, Field]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, field in fields.items() if field.required],
        "properties": {name: _property(name, field) for name, field in fields.items()},
    }


def _property(name: str, field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {"description": field.description}
    text: dict[str, Any] = {"type": ["string", "null"] if field.null else "string"}
    if field.choices:
        text["enum"] = list(field.choices)
    if name == "id":
        text["pattern"] = _ID
    if field.type == "text":
        return found | text
    if field.type == "flag":
        return found | {"type": "boolean"}
    if field.type == "number":
        return found | {"type": "integer", "minimum": 1, "maximum": 5}
    if field.type == "texts":
        return found | {"type": "array", "items": text}
    if field.type == "map":
        return found | {"type": "object", "additionalProperties": {"type": "string"}}
    return found | {"type": "array", "items": _mapping(field.item)}


_FORMAT = """\
---
title: Format of a signature file
description: Every field of the catalogue's YAML files, its type and its meaning.
---
# Format of a signature file {{#format}}

<!-- Written by 'make fix' from api/entries.py and api/templates.py; do not edit. -->

One file for each cause, `signatures/<cause>.yaml`; `none.yaml` holds look-alikes that must get no
answer, `wrappers.yaml` the outer phrases that the matcher looks through. An editor with the YAML
language server completes and checks them: the first line of each file names `schema.json`.

Free text and versions are quoted. No key stands twice. A field not in these tables is refused.

## A cause's file {{#cause-file}}

{cause}

### A signature {{#signature}}

{signature}

### An example, or a known gap {{#example}}

{example}

### A counter-example (`not_this`) {{#counter-example}}

{counter}

### A preference (`prefer`) {{#preference}}

{preference}

### A reference {{#reference}}

{reference}

### A neighbour (`tells_apart`) {{#neighbour}}

{tells_apart}

## Look-alikes: `none.yaml` {{#look-alikes}}

{look_alike}

## Wrappers: `wrappers.yaml` {{#wrappers}}

{wrapper}

## The template language {{#template}}

A template is literal words and placeholders in braces; there are no regular expressions. Text and
template are cut the same way: at white space, quotes, brackets and `, ; = |`, then into words at
every character that is no letter or digit. Case and punctuation do not matter. Words without a
placeholder between them must stand next to each other. A template may match anywhere in a message.

A placeholder stands for one piece, and the piece may be missing unless the table names what it
must be. `{{gap}}` stands for up to {gap} pieces and never stands first or last. Two of one type get
names: `{{image:wanted}}`. A literal brace is written twice. A literal number stands for any number,
except an HTTP status from 400 to 599, which stands for itself.

| Placeholder | Stands for |
|---|---|
{placeholders}

Among templates that match, a `reason` beats an `umbrella`, an `umbrella` beats a `symptom`; one
that lies inside a longer one yields to it; otherwise the last in the message wins, because errors
are printed outermost first.
"""


def format_page() -> str:
    """docs/contributing/format.md."""
    signature = entries.SIGNATURE
    return _FORMAT.format(
        cause=_table(entries.CAUSE_FILE),
        signature=_table(signature),
        example=_table(signature["examples"].item),
        counter=_table(signature["not_this"].item),
        preference=_table(signature["prefer"].item),
        reference=_table(signature["references"].item),
        tells_apart=_table(entries.CAUSE_FILE["tells_apart"].item),
        look_alike=_table(entries.LOOK_ALIKE),
        wrapper=_table(entries.WRAPPER),
        gap=templates.GAP_PIECES,
        placeholders="\n".join(
            f"| `{{{name}}}` | {_accepts(name, accepted)} |"
            for name, accepted in templates.PLACEHOLDERS.items()
        ),
    )


def _accepts(name: str, accepted: frozenset[str] | None) -> str:
    if name == templates.GAP:
        return f"up to {templates.GAP_PIECES} pieces"
    if accepted is None:
        return "any one piece"
    if len(accepted) > 5:
        return "an HTTP status, 400 to 599"
    return "exactly: " + ", ".join(f"`{token}`" for token in sorted(accepted))


def _table(fields: Mapping[str, Field]) -> str:
    rows = ["| Field | Required | Type | Meaning |", "|---|---|---|---|"]
    for name, field in fields.items():
        values = ", ".join(f"`{value}`" for value in field.choices)
        values = f" One of: {values}." if values else ""
        kind = _TYPES[field.type] + (" or null" if field.null else "")
        required = "yes" if field.required else ""
        rows.append(f"| `{name}` | {required} | {kind} | {field.description}{values} |")
    return "\n".join(rows)
