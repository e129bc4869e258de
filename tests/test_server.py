"""A real server process on a real port: start, half-sent requests, limits, signals, `make dev`."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from api import site_builder
from tests.conftest import NOT_FOUND, Server, start, stop


def ask(server: Server, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(server.url + path, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def raw(server: Server, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall(sent)
        connection.settimeout(10)
        received = b""
        while part := connection.recv(65536):
            received += part
        return received


def test_it_answers_what_curl_sends(server: Server) -> None:
    headers = {"User-Agent": "curl/8.5.0", "Accept": "*/*"}
    status, text = ask(server, "/api/v1/match", NOT_FOUND.encode(), **headers)
    assert status == 200
    assert f"{server.url}/causes/image-tag/#not-found" in text


def test_half_sent_requests_do_not_hold_up_the_next_one(server: Server) -> None:
    half = b"POST /api/v1/match HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nFailed to"
    waiting = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
    try:
        for connection in waiting:
            connection.sendall(half)
        started = time.monotonic()
        assert ask(server, "/livez")[0] == 200
        assert time.monotonic() - started < 1
    finally:
        for connection in waiting:
            connection.close()


def test_a_body_beyond_all_limits_is_refused_in_the_same_shape(server: Server) -> None:
    for size in (300_000, 2_000_000, 10_000_000_000):
        head = (
            "POST /api/v1/match HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            f"Content-Length: {size}\r\n\r\n"
        )
        answer = raw(server, head.encode() + (b"x" * size if size < 1_000_000 else b""))
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"application/problem+json" in answer
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["fix"]


def test_a_malformed_request_is_a_problem_that_quotes_nothing(server: Server) -> None:
    answer = raw(server, b"POST /api/v1/match HTTP/1.1\r\nContent-Length: canary-number\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["fix"]
    assert b"canary" not in answer


def test_nothing_pasted_is_printed_by_the_server(server: Server) -> None:
    canary = "canary-Zq81"
    text = f"{NOT_FOUND}\n{canary}".encode()
    for body, kind in ((text, "text/plain"), (text, "application/json"), (text, "image/png")):
        ask(server, "/api/v1/match", body, **{"Content-Type": kind})
    ask(server, f"/go?message={canary}")
    ask(server, f"/{canary}")
    raw(server, f"GET /{canary}\x01 {canary} HTTP/9\r\n{canary}\r\n\r\n".encode())
    assert canary not in ask(server, "/metrics")[1]
    assert "matched bytes=" in server.printed
    assert canary not in server.printed


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_start_builds_nothing_and_a_signal_stops_it_cleanly(
    checkout: Path, number: signal.Signals
) -> None:
    started = time.monotonic()
    server = start(checkout)
    assert time.monotonic() - started < 3
    assert "Building" not in server.printed
    server.process.send_signal(number)
    assert server.process.wait(10) == 0
    stop(server)
    assert "Pullbook has stopped." in server.printed
    assert "Traceback" not in server.printed


def test_a_taken_port_is_said_plainly(checkout: Path, server: Server) -> None:
    second = start(checkout, "--port", str(server.port))
    assert second.process.wait(20) == 1
    stop(second)
    assert "Address already in use" in second.printed
    assert f"PORT={server.port + 1}" in second.printed


def test_only_a_change_of_the_sources_makes_the_site_old(checkout: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(checkout, tmp_path / "copy"))
    assert site_builder.is_current(root, root / "site")
    (root / "docs" / "glossary.md").touch()
    assert site_builder.is_current(root, root / "site")
    page = root / "docs" / "glossary.md"
    page.write_text(page.read_text("utf-8") + "\nMore.\n", "utf-8")
    assert not site_builder.is_current(root, root / "site")


def test_a_failed_build_leaves_the_site_that_was_there(checkout: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(checkout, tmp_path / "copy"))
    page = root / "docs" / "glossary.md"
    page.write_text(page.read_text("utf-8") + "\n[dead](nothing.md#x)\n", "utf-8")
    with pytest.raises(site_builder.BuildError, match=r"glossary\.md.*nothing\.md"):
        site_builder.build(root, root / "site")
    assert (root / "site" / "index.html").is_file()
    assert not list(root.glob(".site-*"))


def test_dev_serves_an_edit_reports_a_broken_one_and_keeps_the_last_good_version(
    checkout: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(checkout, tmp_path / "copy"))
    page, signatures = root / "docs" / "glossary.md", root / "signatures" / "image-tag.yaml"
    good = signatures.read_text("utf-8")
    server = start(root, "--dev")
    try:
        page.write_text(page.read_text("utf-8") + "\nA word added while serving.\n", "utf-8")
        wait_for(server, "Serving the change", 1)
        assert "A word added while serving." in ask(server, "/glossary/")[1]

        signatures.write_text(good + "\nnonsense_one: 1\nnonsense_two: 2\n", "utf-8")
        wait_for(server, "the last good version stays up", 1)
        lines = good.count("\n")
        for number, word in ((2, "nonsense_one"), (3, "nonsense_two")):
            assert f"signatures/image-tag.yaml:{lines + number}:1: unknown-field: '{word}'" in (
                server.printed
            )
        assert server.printed.count("fix: ") >= 2
        assert ask(server, "/livez")[0] == 200

        signatures.write_text(good.replace("summary: ", "summary: Now "), "utf-8")
        wait_for(server, "Serving the change", 2)
        causes = json.loads(ask(server, "/api/v1/causes")[1])["causes"]
        assert any(cause["summary"].startswith("Now ") for cause in causes)
    finally:
        stop(server)


def wait_for(server: Server, words: str, times: int) -> None:
    deadline = time.monotonic() + 60
    while server.printed.count(words) < times:
        assert time.monotonic() < deadline, server.printed
        time.sleep(0.1)
