"""Which cause, which section, how sure: the rules of decision, on messages written after the atlas."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from api import catalogue
from api.matcher import Matcher

ROOT = Path(__file__).resolve().parent.parent
IMAGE = "registry.example.com/orbit/api:2.4"
PULL = f'Failed to pull image "{IMAGE}": failed to pull and unpack image "{IMAGE}": failed to resolve reference "{IMAGE}": '


@cache
def matcher() -> Matcher:
    return Matcher(catalogue.load(ROOT))


def answer(text: str) -> tuple[str, str | None]:
    diagnosis = matcher().diagnose(text)
    return (
        (diagnosis.matches[0].cause, diagnosis.matches[0].section)
        if diagnosis.matches
        else ("none", None)
    )


def test_the_innermost_reason_wins_over_its_wrappers() -> None:
    text = PULL + 'failed to do request: Head "https://registry.example.com/v2/orbit/api/manifests/2.4": ' \
        "dial tcp: lookup registry.example.com on 10.96.0.10:53: no such host"  # fmt: skip
    assert answer(text) == ("registry-unreachable", "dns")


def test_a_reason_after_an_umbrella_wins() -> None:
    text = PULL + "pull access denied, repository does not exist or may require authorization: " \
        "authorization failed: no basic auth credentials"  # fmt: skip
    assert answer(text) == ("registry-auth", "no-credentials")


def test_an_umbrella_alone_is_answered_as_ambiguous_with_the_check_that_settles_it() -> None:
    text = 'Failed to pull image "orbit/api:2.4": pull access denied, repository does not exist or may ' \
        "require authorization: server message: insufficient_scope: authorization failed"  # fmt: skip
    diagnosis = matcher().diagnose(text)
    assert diagnosis.verdict == "ambiguous"
    assert {match.cause for match in diagnosis.matches} >= {"image-name", "registry-auth"}
    assert diagnosis.tell_apart


def test_a_private_host_turns_the_umbrella_towards_credentials() -> None:
    text = PULL + "pull access denied, repository does not exist or may require authorization: " \
        "server message: insufficient_scope: authorization failed"  # fmt: skip
    assert answer(text)[0] == "registry-auth"


def test_a_misspelt_well_known_name_turns_it_towards_the_name() -> None:
    text = "Error response from daemon: pull access denied for ngnix, repository does not exist or may require 'docker login'"
    assert answer(text)[0] == "image-name"


@pytest.mark.parametrize(
    "text",
    [
        "Could not connect to DB: dial tcp: lookup database on 127.0.0.11:53: no such host",
        "Unable to connect to the server: x509: certificate signed by unknown authority",
        'Liveness probe failed: Get "http://10.0.0.9:8080/health": dial tcp 10.0.0.9:8080: connect: connection refused',
        "write /data/journal: no space left on device",
        "Back-off restarting failed container",
        "",
        "hello",
        "Can't fetch the picture: Status: 404; <!DOCTYPE html>",
    ],
)
def test_the_same_words_without_a_pull_get_no_answer(text: str) -> None:
    assert matcher().diagnose(text).verdict == "unknown"


def test_a_push_gets_no_answer() -> None:
    text = "docker push orbit/api\nThe push refers to repository [docker.io/orbit/api]\n" \
        "denied: requested access to the resource is denied"  # fmt: skip
    assert answer(text) == ("none", None)


@pytest.mark.parametrize(
    "client",
    [
        "helm template web oci://charts.example.org/shop/web --version 0.1.0",
        "$ ollama run small",
        "$ brew install ninja",
    ],
)
def test_another_programs_visit_to_a_registry_gets_no_answer(client: str) -> None:
    said = 'Error: Get "https://registry.example.com/v2/orbit/api/blobs/sha256:0a": dial tcp: ' \
        "lookup registry.example.com: no such host"  # fmt: skip
    stamp = "2026-11-20T09:14:41Z "
    assert answer(said)[0] == "registry-unreachable"
    assert answer(f"{client}\n{said}") == ("none", None)
    assert answer(f"{stamp}{client}\n{stamp}{said}") == ("none", None)
    assert answer(f"{stamp}{client}\n{stamp}{PULL}{said}")[0] == "registry-unreachable"


def test_a_reason_before_what_another_program_says_is_the_pulls() -> None:
    pull = f"- {PULL}failed to authorize: failed to fetch oauth token: unexpected status: 403 Forbidden"
    probe = "- Liveness probe failed: HTTP probe failed with statuscode: 500"
    assert answer(f"{pull}\n{probe}") == ("registry-auth", "forbidden")
    assert answer("Liveness probe failed: unexpected status: 403 Forbidden") == ("none", None)


def test_words_that_only_a_pull_prints_yield_to_no_success_of_another_container() -> None:
    other = "Normal Created Created container web Normal Started Started container web"
    assert answer(f'{other} Warning Failed "pull QPS exceeded"') == ("node-runtime", "qps")
    assert answer('step git clone Failed "pull QPS exceeded"') == ("node-runtime", "qps")


def test_a_login_gets_no_answer() -> None:
    refused = 'Get "https://registry.example.com/v2/": unauthorized: incorrect username or password'
    assert answer(f"Error response from daemon: {refused}")[0] == "registry-auth"
    login = f"$ docker login registry.example.com\nError response from daemon: {refused}"
    assert answer(login) == ("none", None)


def test_a_refusal_at_a_socket_is_the_runtimes_only_where_the_runtime_listens() -> None:
    said = "dial unix {}: connect: connection refused"
    runtime = said.format("/run/containerd/containerd.sock")
    assert answer(runtime) == ("node-runtime", "runtime-down")
    assert answer(said.format("/run/multus/multus.sock")) == ("none", None)


def test_credentials_that_were_tried_are_wrong_not_missing() -> None:
    required = "unauthorized: authentication required"
    assert answer(f"{PULL}{required}") == ("registry-auth", "no-credentials")
    tried = f"{PULL}unable to retrieve auth token: invalid username/password: {required}"
    assert answer(tried) == ("registry-auth", "bad-credentials")


def test_a_variable_that_nothing_filled_in_is_a_format_not_a_capital() -> None:
    said = 'Failed to apply default image tag "{}:1": couldn\'t parse image reference "{}:1": ' \
        "invalid reference format: repository name must be lowercase"  # fmt: skip
    assert answer(said.format("Shop/API", "Shop/API")) == ("invalid-reference", "uppercase")
    assert answer(said.format("${IMAGE}", "${IMAGE}")) == ("invalid-reference", "format")


def test_the_reason_of_a_pod_spares_the_soft_search_but_not_for_another_pod() -> None:
    known = f'pod="shop/web-1" {PULL}toomanyrequests: You have reached your pull rate limit.'
    misspelt = f'pod="shop/{{}}" {PULL}x509: certficate signed by unknwon authority'
    stamp = "2026-11-20T09:14:41Z "
    one = matcher().diagnose(f"{stamp}{known}\n{stamp}{misspelt.format('web-1')}")
    two = matcher().diagnose(f"{stamp}{known}\n{stamp}{misspelt.format('api-1')}")
    assert [found.cause for found in one.workloads] == ["rate-limited"]
    assert {found.cause for found in two.workloads} == {"rate-limited", "registry-unreachable"}


def test_only_the_back_off_is_a_symptom() -> None:
    diagnosis = matcher().diagnose(f'Back-off pulling image "{IMAGE}"')
    assert (diagnosis.verdict, diagnosis.matches[0].cause) == ("symptom", "backoff-only")


def test_a_symptom_row_beside_a_crash_loop_is_still_answered() -> None:
    text = "web-1   0/1   CrashLoopBackOff   12   1h\nweb-2   0/1   ImagePullBackOff   0    1h\n"
    assert answer(text)[0] == "backoff-only"


def test_one_typo_is_repaired_and_said() -> None:
    match = (
        matcher()
        .diagnose(PULL.replace("image", "imge", 1) + "certificate signed by unknwon authority")
        .matches[0]
    )
    assert (match.cause, match.how) == ("registry-unreachable", "fuzzy")


def test_a_known_status_without_a_known_wording_is_a_guess_with_low_confidence() -> None:
    match = matcher().diagnose(PULL + "the moon is in the wrong phase 502 oddly").matches[0]
    assert (match.cause, match.how) == ("registry-outage", "stage")
    assert match.confidence < 0.9


def test_a_lost_status_is_a_reason_not_shown_with_the_causes_that_may_stand_behind_it() -> None:
    url = "https://registry.example.com/v2/orbit/api/mani"
    diagnosis = matcher().diagnose(PULL + f"unexpected status from HEAD request to {url}")
    causes = [match.cause for match in diagnosis.matches]
    assert (diagnosis.verdict, causes[:2]) == ("symptom", ["backoff-only", "registry-outage"])


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        (
            "the mirror's certificate was signed by an authority unknown here",
            "registry-unreachable",
        ),
        ("no more disk space left for image layers", "node-storage"),
        ("signature of the image could not be verified by the policy", "policy-rejected"),
    ],
)
def test_a_wording_nobody_met_is_a_guess_from_the_words_it_shares(reason: str, cause: str) -> None:
    diagnosis = matcher().diagnose(PULL + reason)
    assert [(m.cause, m.how) for m in diagnosis.matches][:1] == [(cause, "stage")]
    assert diagnosis.matches[0].confidence < 0.75


def test_several_pods_get_an_answer_each() -> None:
    rows = (
        'Warning  Failed  2m  kubelet  pod/a  Failed to pull image "quay.io/orbit/a:1": manifest unknown\n'
        'Warning  Failed  2m  kubelet  pod/b  Failed to pull image "orbit/b:1": toomanyrequests: '
        "You have reached your pull rate limit.\n"
    )
    found = {w.workload.pod: w.cause for w in matcher().diagnose(rows).workloads}
    assert found == {"a": "image-tag", "b": "rate-limited"}


def test_the_deciding_words_are_marked_in_the_deciding_line() -> None:
    match = (
        matcher()
        .diagnose("first line\n" + PULL + "dial tcp 192.0.2.1:443: i/o timeout\nlast line")
        .matches[0]
    )
    ((start, end),) = match.spans
    assert "i/o timeout" in match.message[start:end]
    assert "first line" not in match.message


def test_the_words_that_a_guess_rests_on_are_marked() -> None:
    found = matcher().diagnose(PULL + "no more disk space left for image layers").matches[0]
    assert [found.message[start:end] for start, end in found.spans] == ["no more disk space left"]


def test_captures_fit_their_grammar() -> None:
    captures = matcher().diagnose(PULL + "not found").matches[0].captures
    assert captures["image"] == IMAGE
    assert captures["registry"] == "registry.example.com"
    assert captures["tag"] == "2.4"


def test_a_hostile_name_is_not_captured() -> None:
    text = 'Failed to pull image "orbit/api:$(reboot)": manifest unknown: manifest unknown'
    captures = matcher().diagnose(text).matches[0].captures
    assert "$" not in "".join(captures.values())


def test_at_most_limit_matches_each_cause_once() -> None:
    text = (
        "pull access denied for orbit/api, repository does not exist or may require 'docker login'"
    )
    for limit in (1, 2, 3):
        causes = [match.cause for match in matcher().diagnose(text, limit).matches]
        assert len(causes) <= limit
        assert len(set(causes)) == len(causes)


def test_every_example_of_the_catalogue_gets_an_accepted_answer() -> None:
    wrong = []
    for signature in matcher().catalogue.signatures.values():
        accepted = {
            signature.cause,
            *signature.ambiguous_with,
            *(p.cause for p in signature.prefer),
        }
        for example in signature.examples:
            if answer(example.text)[0] not in accepted:
                wrong.append((signature.id, answer(example.text)))
    assert wrong == []


def test_no_counter_example_gets_the_answer_it_is_listed_against() -> None:
    wrong = []
    for signature in matcher().catalogue.signatures.values():
        for counter in signature.not_this:
            diagnosis = matcher().diagnose(counter.text)
            if diagnosis.matches and diagnosis.matches[0].signature == signature.id:
                wrong.append((signature.id, counter.text[:80]))
    assert wrong == []


def test_no_look_alike_is_answered() -> None:
    wrong = [
        (entry.id, answer(example.text))
        for entry in matcher().catalogue.look_alikes
        for example in entry.examples
        if answer(example.text)[0] != "none"
    ]
    assert wrong == []
