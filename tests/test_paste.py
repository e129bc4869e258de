"""Whatever a terminal, a log, JSON, YAML or a chat did to a message is undone."""

from __future__ import annotations

import json
import time

import pytest

from api import paste

EVENT = 'Failed to pull image "quay.io/orbit/api:1": manifest unknown'


def texts(pasted: str) -> list[str]:
    return [message.text for message in paste.messages(pasted)]


@pytest.mark.parametrize(
    "pasted",
    [
        EVENT.replace('"', '\\"'),
        EVENT.replace('"', '\\\\\\"'),
        EVENT.replace('"', "&quot;"),
        f"\x1b[31m{EVENT}\x1b[0m",
        f"> {EVENT}",
        f"\ufeff{EVENT}\r\n",
        f"│ {EVENT} │",
        json.dumps({"message": EVENT}),
    ],
    ids=["escaped", "twice escaped", "html", "colours", "quoted", "bom and crlf", "box", "json"],
)
def test_a_message_comes_back(pasted: str) -> None:
    assert EVENT in texts(pasted)[0]


def test_links_that_a_tracker_made_are_text_again() -> None:
    text = "unexpected HTTP status: 50[3](https://ci.example.org/runs/1#step:2:3) Unavailable"
    assert [m.text for m in paste.messages(text)] == ["unexpected HTTP status: 503 Unavailable"]


def test_lines_broken_at_the_terminal_width_are_joined() -> None:
    long = f"kubelet: {EVENT} " + "and more of the same words to fill several rows " * 4
    wrapped = "\n".join(long[at : at + 80] for at in range(0, len(long), 80))
    assert texts(wrapped) == [long.strip()]


def test_every_event_row_is_a_message_of_its_own() -> None:
    rows = texts(
        "Events:\n"
        "  Type     Reason   Age   From     Message\n"
        f"  Warning  Failed   5m    kubelet  {EVENT}\n"
        "  Normal   BackOff  2m    kubelet  Back-off pulling image\n"
    )
    assert len(rows) == 3
    assert EVENT in rows[1]


def test_describe_names_the_workload() -> None:
    messages = paste.messages(
        f"Name:         web-1\nNamespace:    shop\nNode:         node-7/10.0.0.7\nEvents:\n"
        f"  Warning  Failed  5m  kubelet  {EVENT}\n"
    )
    assert messages[-1].workload == paste.Workload(namespace="shop", pod="web-1", node="node-7")


def test_a_table_of_all_namespaces_names_them_too() -> None:
    table = (
        "NAMESPACE  LAST SEEN  TYPE     REASON  OBJECT     MESSAGE\n"
        "shop       2m         Warning  Failed  pod/web-1  Error: ErrImagePull\n"
        "payments   1m         Warning  Failed  pod/api-7  Error: ErrImagePull"
    )
    found = [message.workload for message in paste.messages(table)]
    assert [(w.namespace, w.pod) for w in found[1:]] == [("shop", "web-1"), ("payments", "api-7")]


def test_a_kubelet_line_names_the_workload() -> None:
    (message,) = paste.messages(
        'E1121 09:00:00.000001 1 pod_workers.go:1300] "Error syncing pod, skipping" '
        'err="failed to \\"StartContainer\\" for \\"api\\" with ErrImagePull" pod="shop/web-1" podUID="x"'
    )
    assert message.workload == paste.Workload(namespace="shop", pod="web-1", container="api")


def test_an_event_object_gives_its_message_workload_and_count() -> None:
    event = {
        "kind": "Event",
        "type": "Warning",
        "reason": "Failed",
        "message": EVENT,
        "count": 7,
        "involvedObject": {
            "kind": "Pod", "name": "web-1", "namespace": "shop", "fieldPath": "spec.containers{api}",
        },
        "source": {"component": "kubelet", "host": "node-7"},
    }  # fmt: skip
    (message,) = paste.messages(json.dumps({"kind": "List", "items": [event]}))
    assert EVENT in message.text
    assert message.count == 7
    assert message.workload == paste.Workload("shop", "web-1", "api", "node-7")


def test_a_pod_object_gives_the_message_of_each_waiting_container() -> None:
    pod = {
        "kind": "Pod",
        "metadata": {"name": "web-1", "namespace": "shop"},
        "status": {
            "containerStatuses": [
                {"name": "api", "image": "quay.io/orbit/api:1",
                 "state": {"waiting": {"reason": "ErrImagePull", "message": EVENT}}},
                {"name": "ok", "state": {"running": {}}},
            ]
        },
    }  # fmt: skip
    (message,) = paste.messages(json.dumps(pod))
    assert message.workload.container == "api"
    assert EVENT in message.text


SHAPES: list[object] = [
    None,
    1,
    "x",
    [],
    {},
    [1],
    {"a": 1},
    True,
    1.5,
    [[]],
    {"kind": 1, "name": 2},
]


@pytest.mark.parametrize("shape", SHAPES, ids=repr)
@pytest.mark.parametrize(
    "key",
    ["involvedObject", "source", "series", "count", "message", "metadata", "spec", "status", "items",
     "containerStatuses", "state", "waiting", "regarding"],
)  # fmt: skip
def test_misshapen_json_is_read_without_complaint(key: str, shape: object) -> None:
    waiting = {"reason": "ErrImagePull", "message": "x"} if key != "waiting" else shape
    state = {"waiting": waiting} if key != "state" else shape
    status = {
        "containerStatuses": [{"name": 1, "state": state}] if key != "containerStatuses" else shape
    }
    event = {"involvedObject": {}, "message": "y", key: shape}
    pod = {"metadata": {}, "status": status, key: shape}
    for item in (
        event,
        pod,
        [event, pod],
        {"items": [event, pod]},
        {"kind": "List", "items": shape},
    ):
        paste.messages(json.dumps(item))


def test_rows_of_a_progress_table_are_not_joined() -> None:
    rows = "\n".join(f" {name} Pulling".ljust(75) + "2.4s" for name in ("web", "api", "db"))
    (message,) = paste.messages(f"[+] Running 0/3\n{rows}\nmanifest unknown")
    assert message.text.endswith("2.4s\nmanifest unknown")


def test_repeated_long_lines_are_not_joined() -> None:
    line = "pulling image error : Get http://192.0.2.7:5000/v2/: connection refused"
    (text,) = texts(f"{line}\nretrying in 5s\n{line}\nretrying in 5s")
    assert "refused\nretrying" in text


def test_identical_messages_are_counted_once() -> None:
    (message,) = paste.messages(
        "\n".join(["Warning  Failed  5m  kubelet  Error: ErrImagePull"] * 5)
    )
    assert message.count == 5


def test_bytes_that_are_no_utf8_still_decode() -> None:
    assert "pull" in paste.decode(b"\xffpull\xfe")
    assert paste.decode("pull".encode("utf-16")).endswith("pull")


@pytest.mark.parametrize(
    "unit",
    [
        "\n",
        "[",
        "{",
        '\\"',
        "\\n",
        "Warning ",
        "\x1b[",
        "│",
        "> ",
        "a 1/1 b 0 ",
        "pod=",
        "&#1;",
        "Name: a\n",
        "x" * 79 + "\n",
    ],
)
def test_reading_is_linear_in_hostile_text(unit: str) -> None:
    def cost(length: int) -> float:
        text = unit * (length // len(unit))
        start = time.perf_counter()
        paste.messages(text)
        return time.perf_counter() - start

    short, long = min(cost(64 * 1024) for _ in range(3)), min(cost(256 * 1024) for _ in range(3))
    assert long < short * 4 * 2 + 0.02
