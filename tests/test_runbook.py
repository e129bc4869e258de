"""A diagnosis becomes the section, with the reader's own names in the commands."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from api import catalogue, runbook
from api.matcher import Matcher

ROOT = Path(__file__).resolve().parent.parent


@cache
def matcher() -> Matcher:
    return Matcher(catalogue.load(ROOT))


def answered(text: str) -> dict[str, object]:
    return runbook.answer(matcher().diagnose(text), matcher().catalogue)


def test_known_values_replace_the_examples() -> None:
    command = "kubectl get pod your-pod -n your-namespace; crane ls registry.example.com/team/app"
    values = {"pod": "web-1", "namespace": "shop", "registry": "quay.io", "repository": "orbit/api"}
    assert (
        runbook.fill(command, values) == "kubectl get pod web-1 -n shop; crane ls quay.io/orbit/api"
    )


# What the examples become for an image of Docker Hub; tests/browser/test_values.py holds the value
# strip to the same list. `docker.io` names the registry, but no host of that name serves images.
HUB_COMMANDS = [
    ("curl -sS https://registry.example.com/v2/", "curl -sS https://registry-1.docker.io/v2/"),
    ("nslookup registry.example.com", "nslookup registry-1.docker.io"),
    ("nc -zv -w 5 registry.example.com 443", "nc -zv -w 5 registry-1.docker.io 443"),
    (
        "openssl s_client -connect registry.example.com:443 -servername registry.example.com",
        "openssl s_client -connect registry-1.docker.io:443 -servername registry-1.docker.io",
    ),
    ("crane ls registry.example.com/team/app", "crane ls docker.io/acme/bill"),
    (
        "crane manifest registry.example.com/team/app:1.2.3",
        "crane manifest docker.io/acme/bill:1.0",
    ),
    (
        "curl -i https://registry.example.com/v2/team/app/manifests/1.2.3",
        "curl -i https://registry-1.docker.io/v2/acme/bill/manifests/1.0",
    ),
    ("crane auth login registry.example.com", "crane auth login docker.io"),
    (
        "kubectl create secret docker-registry s --docker-server=registry.example.com",
        "kubectl create secret docker-registry s --docker-server=docker.io",
    ),
    (
        "ls /etc/containerd/certs.d/registry.example.com/hosts.toml",
        "ls /etc/containerd/certs.d/docker.io/hosts.toml",
    ),
    ('{"auths": {"registry.example.com": {}}}', '{"auths": {"docker.io": {}}}'),
]


@pytest.mark.parametrize(("example", "filled"), HUB_COMMANDS)
def test_docker_hub_is_contacted_by_its_hosts_name(example: str, filled: str) -> None:
    values = {
        "image": "docker.io/acme/bill:1.0",
        "registry": "docker.io",
        "repository": "acme/bill",
        "tag": "1.0",
    }
    assert runbook.fill(example, values) == filled


@pytest.mark.parametrize("value", ["a;reboot", "$(x)", "a b", "`x`", "--all", "a'b", "x\ny"])
def test_a_value_that_does_not_fit_its_grammar_is_not_used(value: str) -> None:
    command = "kubectl delete pod your-pod -n your-namespace"
    assert runbook.fill(command, {"pod": value, "namespace": value}) == command


def test_every_kind_of_example_has_a_grammar_or_stays() -> None:
    for kind, example in runbook.EXAMPLES.items():
        assert runbook.fill(example, {}) == example, kind


TEXT = (
    'Warning  Failed  2m  kubelet  Failed to pull image "quay.io/orbit/api:9": manifest for '
    "quay.io/orbit/api:9 not found: manifest unknown: manifest unknown"
)


def test_the_text_answer_can_be_acted_on() -> None:
    text = runbook.text(answered(TEXT))
    assert "Runbook: /causes/image-tag/#" in text
    assert "quay.io/orbit/api" in text
    assert "First steps:" in text


def test_nothing_of_the_paste_reaches_the_html_unescaped() -> None:
    hostile = TEXT.replace("kubelet", "<script>alert(1)</script> <img src=x onerror=y>")
    page = runbook.html(answered(hostile))
    assert "<script" not in page
    assert "<img" not in page
    assert "<mark>" in page


def test_a_failure_in_unknown_words_is_said_to_be_one() -> None:
    found = answered(
        'Failed to pull image "quay.io/orbit/api:9": the vault of images is closed on sundays'
    )
    assert "in words that Pullbook does not know" in runbook.text(found)
    assert "in words that Pullbook does not know" in runbook.html(found)


def test_a_guess_from_single_words_does_not_say_that_it_is_so() -> None:
    found = answered('Failed to pull image "quay.io/orbit/api:9": no more disk space left for it')
    assert runbook.text(found).startswith("This may be: Storage limit")
    assert "This may be" in runbook.html(found)


def test_an_unknown_text_is_told_what_to_collect() -> None:
    text = runbook.text(answered("hello"))
    assert "Not recognized" in text
    assert "kubectl describe pod" in text


def test_removed_secrets_are_named() -> None:
    text = runbook.text(answered(TEXT + " Authorization: Bearer abcdef0123456789"))
    assert "Removed before matching: authorization header" in text
