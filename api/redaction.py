"""Secrets out of a pasted text before anything else looks at it.

Pull errors carry signed URLs, bearer tokens and credentials: amazon-ecs-agent#3885, moby#50065
and docker/hub-feedback#1636 show them posted in public. Every pattern is anchored on a literal
that is looked for first, and consumes what it scans, so the whole is linear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MASK = "REDACTED"

# (what it is, a literal that must be present, pattern, replacement). A pattern is compiled when a
# text first holds its literal.
_RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "private key",
        "PRIVATE KEY-----",
        r"(-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----)[^-]*",
        rf"\1{MASK}",
    ),
    ("JSON web token", "eyJ", r"\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?", MASK),
    (
        "authorization header",
        "uthorization",
        r"(?i:(authorization[\"']?\s?[:=]\s?[\"']?(?:bearer|basic|token)\s))[^\s\"',]+",
        rf"\1{MASK}",
    ),
    (
        "bearer token",
        "earer ",
        r"(?i:(\bbearer )(?!token\b|realm\b))[\w.~+/=-]{16,}",
        rf"\1{MASK}",
    ),
    ("AWS access key", "AKIA", r"\bAKIA[A-Z0-9]{16}\b", MASK),
    ("AWS access key", "ASIA", r"\bASIA[A-Z0-9]{16}\b", MASK),
    ("GitHub token", "gh", r"\bgh[pousr]_[A-Za-z0-9]{20,}", MASK),
    ("GitHub token", "github_pat_", r"\bgithub_pat_\w{20,}", MASK),
    ("GitLab token", "gl", r"\bgl(?:pat|dt|cbt|ptt|rt)-[\w-]{16,}", MASK),
    ("Docker token", "dckr_", r"\bdckr_[a-z]{1,8}_[\w-]{16,}", MASK),
    ("Slack token", "xox", r"\bxox[abprs]-[\w-]{10,}", MASK),
    ("Google key", "AIza", r"\bAIza[\w-]{30,}", MASK),
    (
        "password in a URL",
        "@",
        r"(://)[^\s/@:\"'<>]{1,256}:[^\s/@\"'<>]{1,1024}@",
        rf"\1{MASK}@",
    ),
    (
        "e-mail address",
        "@",
        r"(?<![\w.+-])[\w.+-]{1,64}@(?!sha\d)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}",
        MASK,
    ),
)
_SECRET_NAMES = (
    r"(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?token|refresh[_-]?token|id[_-]?token"
    r"|client[_-]?secret|identitytoken|registrytoken|docker-password)"
)
# The value is consumed before it is judged: a look-ahead would scan it again from every name in it.
_FIELD = (
    rf"((?i:(?<![A-Za-z]){_SECRET_NAMES}[\"']?(?:\s?[:=]\s?|\s))(?!REDACTED)[\"']?)"
    r"([^\s\"',;&]{6,4096})"
)
_NO_WORD = frozenset("0123456789!@#$%^*+/=_~-")  # one of them makes a secret of a word
_AUTH_FIELD = r"(\"auth\"\s?:\s?\")[A-Za-z0-9+/=]{8,}"
_QUERY = r"(://[^\s?\"'<>]{1,2048}\?)([^\s\"'<>]+)"
# Query values that say what failed and are no secret.
_HARMLESS = frozenset("scope service ns account offline_token client_id n last".split())


@dataclass(frozen=True, slots=True)
class Redacted:
    """The text without secrets, and what kinds were removed, each once."""

    text: str
    removed: tuple[str, ...]


def without_keys(text: str) -> str:
    """The text without private keys, whose lines cannot be known for secrets one by one."""
    _, literal, pattern, replacement = _RULES[0]
    return re.sub(pattern, replacement, text) if literal in text else text


def redact(text: str) -> Redacted:
    removed: list[str] = []
    for what, literal, pattern, replacement in _RULES:
        if literal in text:
            text, count = re.subn(pattern, replacement, text)
            if count and what not in removed:
                removed.append(what)
    if "?" in text and "://" in text:
        text = re.sub(_QUERY, lambda found: _query(found, removed), text)
    lower = text.lower()
    if any(word in lower for word in ("pass", "pwd", "secret", "token", "key")):
        text = re.sub(_FIELD, lambda found: _field(found, removed), text)
    if '"auth"' in text:
        text, count = re.subn(_AUTH_FIELD, rf"\1{MASK}", text)
        if count:
            removed.append("registry credentials")
    return Redacted(text, tuple(dict.fromkeys(removed)))


def _field(found: re.Match[str], removed: list[str]) -> str:
    name, value = found.groups()
    if _NO_WORD.isdisjoint(value):
        return name + value
    removed.append("password or token")
    return name + MASK


def _query(found: re.Match[str], removed: list[str]) -> str:
    head, query = found.groups()
    kept = []
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        if equals and value and name.lower() not in _HARMLESS and not value.startswith("%5B"):
            value = MASK + value[len(value.rstrip(":,.)")) :]
            if "signed URL" not in removed:
                removed.append("signed URL")
        kept.append(name + equals + value)
    return head + "&".join(kept)
