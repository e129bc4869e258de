"""The paste out of a request's body, whichever of the accepted forms it was sent in.

The limit counts the text, not its escaping: a form triples a line break, JSON doubles it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from api import paste
from api.http_problems import HttpProblem

MAX_BODY = 4 * paste.MAX_BYTES  # escaped text included
DEFAULT_LIMIT = 3
MAX_LIMIT = 18  # every cause there is
# What a browser never leaves unescaped in a form: such a body is a paste that curl mislabelled.
_NOT_A_FORM = re.compile(rb"[\s\"'<>{}\\^`|\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Asked:
    text: str
    limit: int = DEFAULT_LIMIT


def read(body: bytes, media_type: str) -> Asked:
    """Raises HttpProblem: empty-body, broken-body, too-large or media-type."""
    if media_type == "application/json":
        asked = _json(body)
    elif media_type == "application/x-www-form-urlencoded":
        field = _field(body, b"text")
        asked = Asked(_text(body if field is None else field))
    elif media_type in ("text/plain", ""):
        asked = Asked(_text(body))
    else:
        raise HttpProblem("media-type", "The Content-Type is none of those that hold a text.")
    if not asked.text.strip().strip("\0\ufeff\ufffd"):
        raise HttpProblem("empty-body", "The text is empty.")
    return asked


def printable(text: str) -> str:
    """The text without lone surrogates, which JSON can carry and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _text(body: bytes) -> str:
    if len(body) > paste.MAX_BYTES:
        raise HttpProblem("too-large", f"The text has {len(body):,} bytes, the limit is 262,144.")
    return paste.decode(body)


def _field(body: bytes, name: bytes) -> bytes | None:
    """The value of a form's field; None where the body is no form with that field."""
    if name + b"=" not in body or _NOT_A_FORM.search(body.strip()):
        return None
    for part in body.strip().split(b"&"):
        key, equals, value = part.partition(b"=")
        if equals and key == name:
            return unquote_to_bytes(value.replace(b"+", b" "))
    return None


def _json(body: bytes) -> Asked:
    if not body.strip():
        raise HttpProblem("empty-body", "The body is empty.")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise HttpProblem("broken-body", "The body is declared as JSON and is none.") from None
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise HttpProblem("broken-body", "The JSON is no object whose 'text' is a string.")
    limit = value.get("limit", DEFAULT_LIMIT)
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MAX_LIMIT:
        raise HttpProblem("broken-body", f"'limit' is no whole number from 1 to {MAX_LIMIT}.")
    text = printable(value["text"])
    size = len(text.encode())
    if size > paste.MAX_BYTES:
        raise HttpProblem("too-large", f"The text has {size:,} bytes, the limit is 262,144.")
    return Asked(text, limit)
