"""References are taken apart as the runtimes do it, and nothing a shell would interpret fits."""

from __future__ import annotations

import pytest

from api import references

DIGEST = "sha256:" + "0a" * 32


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag", "digest"),
    [
        ("nginx", "docker.io", "library/nginx", None, None),
        ("nginx:1.27", "docker.io", "library/nginx", "1.27", None),
        ("orbit/api", "docker.io", "orbit/api", None, None),
        ("index.docker.io/orbit/api:1", "docker.io", "orbit/api", "1", None),
        ("localhost/api:1", "localhost", "api", "1", None),
        ("localhost:5000/api", "localhost:5000", "api", None, None),
        ("registry.example.com:5000/a/b/c:v1", "registry.example.com:5000", "a/b/c", "v1", None),
        (f"quay.io/orbit/api@{DIGEST}", "quay.io", "orbit/api", None, DIGEST),
        (f"quay.io/orbit/api:1@{DIGEST}", "quay.io", "orbit/api", "1", DIGEST),
        ("MyOrg/api:1", "MyOrg", "api", "1", None),
    ],
)
def test_a_reference_is_normalised(
    text: str, registry: str, repository: str, tag: str | None, digest: str | None
) -> None:
    parsed = references.parse(text)
    assert parsed is not None
    assert (parsed.registry, parsed.repository, parsed.tag, parsed.digest) == (
        registry, repository, tag, digest,
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quay.io/Orbit/api",
        "a b",
        "api:",
        "api:a:b",
        "/api",
        "api@sha256:12",
        "https://quay.io/a",
        "a" * 600,
    ],
)
def test_what_is_no_reference_does_not_parse(text: str) -> None:
    assert references.parse(text) is None


SHELL = [
    ";",
    "$",
    "`",
    "|",
    "&",
    "<",
    ">",
    "(",
    ")",
    "{",
    "}",
    "'",
    '"',
    "\\",
    "*",
    "?",
    "!",
    "#",
    "~",
    "\n",
    "\t",
    " ",
]


@pytest.mark.parametrize("kind", [*references.GRAMMARS, "image"])
@pytest.mark.parametrize("character", SHELL)
def test_no_grammar_admits_a_shell_character(kind: str, character: str) -> None:
    for value in (
        f"web{character}1",
        f"{character}web",
        f"web{character}",
        f"linux/amd64{character}",
    ):
        assert not references.fits(kind, value)


@pytest.mark.parametrize("kind", references.GRAMMARS)
def test_no_value_starts_like_an_option(kind: str) -> None:
    assert not references.fits(kind, "--all")
