"""A cluster's events and pods, read as they stream by: what fails, where, how often, since when."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from api import catalogue, cluster, cluster_report, json_items
from api.matcher import Matcher
from api.model import Catalogue
from tests.conftest import ROOT

Item = dict[str, Any]
WEB = "registry.acme.dev/shop/web:1"
DENIED = f'Failed to pull image "{WEB}": failed to authorize: 401 Unauthorized'
LIMIT = (
    'Failed to pull image "nginx:1.27": toomanyrequests: You have reached your unauthenticated '
    "pull rate limit. https://www.docker.com/increase-rate-limit"
)


@pytest.fixture(scope="module")
def known() -> Catalogue:
    return catalogue.load(ROOT)


@pytest.fixture(scope="module")
def matcher(known: Catalogue) -> Matcher:
    return Matcher(known)


def event(pod: str, message: str, **more: Any) -> Item:
    about = {"kind": "Pod", "namespace": "shop", "name": pod, "fieldPath": "spec.containers{app}"}
    return {
        "reason": "Failed",
        "type": "Warning",
        "message": message,
        "involvedObject": about,
        "source": {"host": "node-1"},
        "firstTimestamp": "2026-11-20T10:00:00Z",
        "lastTimestamp": "2026-11-20T11:00:00Z",
        "count": 1,
    } | more


def pod(name: str, reason: str, message: str, image: str = WEB) -> Item:
    state = {"waiting": {"reason": reason, "message": message}}
    return {
        "metadata": {
            "namespace": "shop",
            "name": name,
            "creationTimestamp": "2026-11-20T09:00:00Z",
        },
        "spec": {"nodeName": "node-2"},
        "status": {"containerStatuses": [{"name": "app", "image": image, "state": state}]},
    }


def reader(text: str) -> Callable[[int], str]:
    return io.StringIO(text).read


def read(text: str) -> list[Any]:
    return list(json_items.items(reader(text)))


# The stream


@pytest.mark.parametrize(
    "text",
    [
        '{"apiVersion":"v1","items":[{"a":1},{"b":[1,{"items":[2]}]}],"kind":"List"}',
        '{"kind":"EventList","apiVersion":"v1","metadata":{"resourceVersion":"1"},'
        '"items":[{"a":1},{"b":[1,{"items":[2]}]}]}',
        '\ufeff {\n"items": [\n {"a":1} ,\n {"b":[1,{"items":[2]}]} ]\n}\n',
        '{"items":[{"a":1}]}\n{"items":[{"b":[1,{"items":[2]}]}],"metadata":{}}',
        '{"a":1}\n{"b":[1,{"items":[2]}]}\n',
    ],
)
def test_items_are_found_wherever_the_list_puts_them(text: str) -> None:
    assert read(text) == [{"a": 1}, {"b": [1, {"items": [2]}]}]


def test_an_item_may_be_cut_anywhere_by_the_reads() -> None:
    text = json.dumps({"items": [{"n": 12.5, "s": 'a\\"é}{'}, {"t": [True, None]}], "z": -1.5e3})
    left = iter(text)
    one_by_one = json_items.items(lambda _: next(left, ""))
    assert list(one_by_one) == json.loads(text)["items"]


@pytest.mark.parametrize("text", ['{"items":[{"a":1}', '{"items":[', '{"a"', '{"items":[{]}', "[]"])
def test_a_broken_stream_is_said_to_be_broken(text: str) -> None:
    with pytest.raises(json_items.BrokenListError):
        read(text)


def test_a_deep_stream_is_refused() -> None:
    with pytest.raises(json_items.BrokenListError):
        read('{"items":[' + "[" * 200_000)


def test_memory_holds_a_window_of_the_stream_not_the_stream() -> None:
    item = json.dumps(event("web-0", "x" * 1000))
    count = 30_000

    def parts() -> Iterator[str]:
        yield '{"apiVersion":"v1","items":['
        for _ in range(count - 1):
            yield item + ","
        yield item + "]}"

    stream = parts()

    def chunk(size: int) -> str:
        text = ""
        while len(text) < size and (part := next(stream, "")):
            text += part
        return text

    tracemalloc.start()
    try:
        assert sum(1 for _ in json_items.items(chunk)) == count
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count * len(item) > 30 << 20
    assert peak < 8 << 20


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('{\n    "apiVersion": "v1",\n    "items": [\n', True),
        ('{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"9"},"items":[', True),
        ('{\n    "apiVersion": "v1",\n    "kind": "Pod",\n', False),
        ('"items": [', False),
        ("Failed to pull image", False),
    ],
)
def test_a_list_is_known_by_its_head(head: str, expected: bool) -> None:
    assert json_items.is_list(head) is expected


# The triage


def test_failures_are_grouped_by_cause_and_image_worst_first(matcher: Matcher) -> None:
    items = [event(f"web-{n}", DENIED) for n in range(3)] + [event("proxy", LIMIT)]
    found = cluster.triage(items, matcher)
    assert [(g.cause, g.registry, g.containers) for g in found.groups] == [
        ("registry-auth", "registry.acme.dev", 3),
        ("rate-limited", "docker.io", 1),
    ]
    assert found.groups[0].image == WEB
    assert (found.items, found.failures, found.capped) == (4, 4, False)


def test_the_symptoms_of_a_container_fold_into_its_reason(matcher: Matcher) -> None:
    backing = event("web-0", f'Back-off pulling image "{WEB}"', reason="BackOff", type="Normal")
    backing["lastTimestamp"] = "2026-11-20T23:00:00Z"
    items = [
        event("web-0", "Error: ErrImagePull"),
        event("web-0", DENIED, count=4),
        backing,
        event("web-1", f'Back-off pulling image "{WEB}"', reason="BackOff", type="Normal"),
    ]
    reason, symptom = cluster.triage(items, matcher).groups
    assert (reason.cause, reason.containers, reason.events) == ("registry-auth", 1, 4)
    assert reason.last_seen == "2026-11-20T23:00:00"
    assert (symptom.cause, symptom.containers) == ("backoff-only", 1)


def test_first_seen_is_the_earliest_and_events_add_up(matcher: Matcher) -> None:
    early = event("web-0", DENIED, firstTimestamp="2026-11-19T08:00:00Z", count=7)
    new_api = {
        "reason": "Failed",
        "note": DENIED,
        "regarding": {"kind": "Pod", "namespace": "shop", "name": "web-1"},
        "eventTime": "2026-11-20T12:00:00.123456Z",
        "series": {"count": 5, "lastObservedTime": "2026-11-21T01:00:00.5Z"},
    }
    (group,) = cluster.triage([event("web-2", DENIED), early, new_api], matcher).groups
    assert group.first_seen == "2026-11-19T08:00:00"
    assert group.last_seen == "2026-11-21T01:00:00"
    assert (group.containers, group.events) == (3, 13)


def test_pods_are_read_by_their_waiting_message(matcher: Matcher) -> None:
    running = pod("ok", "", "")
    running["status"]["containerStatuses"][0]["state"] = {"running": {}}
    absent = f'Container image "{WEB}" is not present with pull policy of Never'
    items = [
        pod("web-0", "ImagePullBackOff", f'Back-off pulling image "{WEB}": ErrImagePull: {DENIED}'),
        pod("web-1", "ErrImageNeverPull", absent),
        pod("web-2", "CrashLoopBackOff", "back-off 5m0s restarting failed container"),
        running,
    ]
    groups = cluster.triage(items, matcher).groups
    assert {group.cause for group in groups} == {"registry-auth", "never-pull"}
    assert {group.nodes for group in groups} == {1}
    assert {group.first_seen for group in groups} == {"2026-11-20T09:00:00"}


def test_other_events_are_counted_and_passed_over(matcher: Matcher) -> None:
    unhealthy = event("web-0", "dial tcp 10.0.0.1:80: connection refused", reason="Unhealthy")
    crash = event("web-0", "Back-off restarting failed container", reason="BackOff")
    found = cluster.triage([unhealthy, crash, {"kind": "ConfigMap"}, {}], matcher)
    assert (found.items, found.failures, found.groups) == (4, 0, ())


@pytest.mark.parametrize(
    "item",
    [
        {"involvedObject": None, "reason": "Failed"},
        {"regarding": [], "reason": "Failed", "note": 5, "count": "x", "series": []},
        {"status": {"containerStatuses": [None, {"state": []}, {"state": {"waiting": 1}}]}},
        {"status": [], "metadata": 1},
        {"involvedObject": {"name": "A B"}, "reason": "Failed", "message": DENIED, "source": 1},
    ],
)
def test_a_misshapen_item_harms_nothing(matcher: Matcher, item: Item) -> None:
    assert cluster.triage([item, event("web-0", DENIED)], matcher).groups[0].containers >= 1


def test_beyond_its_caps_a_triage_says_at_least(
    matcher: Matcher, known: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_MAX_CONTAINERS", 10)
    found = cluster.triage((event(f"web-{n}", DENIED) for n in range(50)), matcher)
    assert found.capped
    assert found.groups[0].containers == 10
    assert found.groups[0].events == 50
    assert cluster_report.text(found, known).startswith("at least 10 containers waiting")


# The reports


def test_the_three_forms_agree(matcher: Matcher, known: Catalogue) -> None:
    found = cluster.triage([event("web-0", DENIED), event("proxy|1", LIMIT)], matcher)
    told = cluster_report.answer(found, known, 3)
    text = cluster_report.text(found, known)
    table = cluster_report.markdown(found, known, "https://runbook.acme.dev/")
    assert {group["cause"] for group in told["groups"]} == {"registry-auth", "rate-limited"}
    for group in told["groups"]:
        assert group["url"] in text
        assert f"](https://runbook.acme.dev{group['url']})" in table
        assert group["image"] in text
        assert f"`{group['image']}`" in table
    assert told["verdict"] == "match"
    assert [match["cause"] for match in told["matches"]] == [g["cause"] for g in told["groups"]]


def test_a_quiet_cluster_is_said_to_be_quiet(matcher: Matcher, known: Catalogue) -> None:
    found = cluster.triage([event("web-0", "Started", reason="Started")], matcher)
    assert cluster_report.text(found, known) == "no image-pull failure in 1 items\n"
    assert cluster_report.answer(found, known, 3)["verdict"] == "unknown"


def test_what_is_secret_in_a_message_is_in_no_report(matcher: Matcher, known: Catalogue) -> None:
    signed = DENIED + ': Get "https://s3.acme.dev/blob?X-Amz-Signature=canary0123456789abcdef"'
    found = cluster.triage([event("web-0", signed)], matcher)
    reports = (
        json.dumps(cluster_report.answer(found, known, 3)),
        cluster_report.text(found, known),
        cluster_report.markdown(found, known, ""),
    )
    assert not any("canary" in report for report in reports)


# The command


def run(stdin: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "api", "match", *arguments],
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        check=False,
    )


def test_a_list_above_the_limit_of_a_paste_streams_through() -> None:
    items = [event(f"web-{n}", DENIED) for n in range(2000)]
    body = json.dumps({"apiVersion": "v1", "items": items, "kind": "List"}, indent=4).encode()
    assert len(body) > 4 * 256 * 1024
    done = run(body, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["groups"][0]["containers"] == 2000
    assert not done.stderr  # no progress where nobody looks


def test_a_list_that_ends_too_early_is_a_usage_error() -> None:
    body = json.dumps({"apiVersion": "v1", "items": [event("web-0", DENIED)]}).encode()
    done = run(body[:-20])
    assert done.returncode == 2
    assert b"ends too early" in done.stderr


def test_a_list_without_failures_is_unknown() -> None:
    body = json.dumps({"items": [event("web-0", "Started", reason="Started")]}).encode()
    assert run(body).returncode == 1


def test_markdown_links_lead_to_your_pullbook() -> None:
    body = json.dumps({"items": [event("web-0", DENIED)]}).encode()
    done = run(body, "--format", "markdown", "--url", "https://runbook.acme.dev")
    assert b"](https://runbook.acme.dev/causes/registry-auth/" in done.stdout
    single = run(DENIED.encode(), "--format", "markdown", "--url", "https://runbook.acme.dev")
    assert b"](https://runbook.acme.dev/causes/registry-auth/" in single.stdout
