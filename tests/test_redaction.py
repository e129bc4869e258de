"""Secrets leave the text before anything else reads it; what says why a pull failed stays."""

from __future__ import annotations

import time

import pytest

from api import redaction

SECRETS = [
    ("signed URL", "Get https://cdn.example.com/layer?X-Amz-Signature={}&x=1: 403", "9f8e7d6c5b4a39281706"),
    ("JSON web token", "token {} refused", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"),
    ("authorization header", "Authorization: Bearer {}", "abcdef0123456789abcdef"),
    ("authorization header", "authorization: Basic {}", "YWxpY2U6c2VjcmV0"),
    ("password in a URL", "Get https://alice:{}@registry.example.com/v2/: EOF", "hunter2hunter2"),
    ("AWS access key", "key {} is not valid", "AKIAIOSFODNN7EXAMPLE"),
    ("GitHub token", "denied for {}", "ghp_0123456789abcdefghij0123456789abcdef"),
    ("GitLab token", "denied for {}", "glpat-0123456789abcdefghij"),
    ("Docker token", "login with {}", "dckr_pat_0123456789abcdefghij"),
    ("e-mail address", "user {} not found", "alice.smith@example.com"),
    ("password or token", "docker login --password {} registry.example.com", "s3cretPassw0rd"),
    ("password or token", '"password": "{}"', "s3cretPassw0rd"),
    ("registry credentials", '{{"auths":{{"a.example":{{"auth":"{}"}}}}}}', "YWxpY2U6czNjcmV0"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "secret"), SECRETS)
def test_a_secret_is_removed_and_named(kind: str, text: str, secret: str) -> None:
    redacted = redaction.redact(text.format(secret))
    assert secret not in redacted.text
    assert kind in redacted.removed


@pytest.mark.parametrize(
    "text",
    [
        'Failed to pull image "quay.io/orbit/api@sha256:' + "0a" * 32 + '": not found',
        "https://auth.docker.io/token?scope=repository%3Aorbit%2Fapi%3Apull&service=registry.docker.io",
        'secret "regcred" not found',
        "unable to retrieve some image pull secrets (regcred)",
        "token has expired",
        "failed to fetch anonymous token: unexpected status 403",
        "https://registry.example.com/v2/?ns=%5BREDACTED%5D",
        "incorrect username or password",
    ],
)
def test_what_tells_the_cause_stays(text: str) -> None:
    assert redaction.redact(text) == redaction.Redacted(text, ())


@pytest.mark.parametrize(
    "unit",
    [
        "://a?b=c&",
        "://",
        "a@",
        "@",
        "eyJ",
        "Authorization: Bearer ",
        "password=",
        "secret:",
        "pwd: ",
        "?",
        "key: ",
        "x=",
        ".com@b.",
    ],
)
def test_redacting_is_linear_in_hostile_text(unit: str) -> None:
    def cost(length: int) -> float:
        text = unit * (length // len(unit))
        start = time.perf_counter()
        redaction.redact(text)
        return time.perf_counter() - start

    short, long = min(cost(64 * 1024) for _ in range(3)), min(cost(256 * 1024) for _ in range(3))
    assert long < short * 4 * 2 + 0.02
