"""No paste takes more than linear time: each scanner and the whole, on inputs made to hurt."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from api import catalogue, masking, paste, redaction
from api.matcher import Matcher

ROOT = Path(__file__).resolve().parent.parent
SIZES = [paste.MAX_BYTES >> shift for shift in range(6, -1, -1)]
# Eight times the text in at most this many times the time: 8 is linear, 64 is quadratic.
MOST = 16.0
LONGEST = 2.0  # seconds, on a busy machine; a larger text is not tried after that
# Below this a measurement says nothing: that fast, any growth is harmless.
HARMLESS = 0.05


def repeated(unit: str) -> Callable[[int], str]:
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def nested(opening: str, closing: str) -> Callable[[int], str]:
    return lambda size: opening * (size // 2) + closing * (size // 2)


# What each placeholder type is made of, drawn out so that a careless pattern backtracks.
PIECES: dict[str, Callable[[int], str]] = {
    "url": repeated("https://"),
    "url-path": lambda size: "https://a.example/v2/" + "manifests/" * (size // 10),
    "url-query": lambda size: "https://a.example/token?" + "scope=&" * (size // 7),
    "image": repeated("a/"),
    "image-dots": repeated("a."),
    "image-colons": repeated("a:"),
    "pinned": repeated("a@sha256:"),
    "digest": lambda size: "sha256:" + "0" * size,
    "host": repeated("a-."),
    "addr-v4": repeated("1.1.1."),
    "addr-v6": repeated("[::"),
    "addr-v6-open": lambda size: "[" + ":" * size,
    "path": repeated("/../"),
    "path-windows": repeated("C:\\"),
    "duration": repeated("1h1m1"),
    "size": lambda size: "9" * size + ".",
    "int": repeated("1,"),
    "status": repeated("403 "),
    "platform": repeated("linux/"),
    "media": repeated("application/vnd."),
    "id": repeated("0a"),
    "uuid": repeated("01234567-89ab-"),
    "quotes": repeated("\"'"),
    "brackets": nested("[", "]"),
    "word": lambda size: "a" * size,
    "punctuation": repeated("….,-"),
    "spaces": lambda size: " " * size,
}

MESSAGE = (
    'Failed to pull image "a.example/b:1": failed to resolve reference "a.example/b:1": dial tcp:'
    " lookup a.example on 10.0.0.1:53: no such host"
)

# What a paste may look like as a whole.
PASTES = PIECES | {
    "failures": repeated(MESSAGE + "\n"),
    "failures-in-one-line": repeated(MESSAGE + " "),
    "nearly-templates": repeated("failed to pull and unpack failed to resolve reference "),
    "gaps": repeated("pull access denied "),
    "typos": repeated("faild to pul imagge becuse manifst unknwn "),
    "unknown-words": lambda size: " ".join(f"w{number:x}q" for number in range(size // 7)),
    "klog": repeated('E1120 09:14:41.331118    1733 x.go:1] "a" err="\\"b\\""\n'),
    "klog-many": lambda size: "\n".join(
        f'E1120 09:14:41.{number:06}    1733 x.go:1] "Failed" err="dial tcp" pod="n/p{number}"'
        for number in range(size // 80)
    ),
    "rows": repeated("  Warning  Failed  1s  kubelet  Error: ErrImagePull\n"),
    "rows-without-end": repeated("Warning Normal "),
    "backslashes": repeated("\\\\\\"),
    "escaped-quotes": repeated('\\\\\\"'),
    "escaped-lines": repeated("\\n"),
    "newlines": repeated("\n"),
    "carriage-returns": repeated("\r\n"),
    "yaml": repeated("        message: 'a\n          b'\n"),
    "yaml-indent": lambda size: "\n".join(
        " " * (number % 80) + "a: b" for number in range(size // 44)
    ),
    "quoted": repeated("> "),
    "quoted-lines": repeated("> > a\n"),
    "box": repeated("│ a │\n"),
    "box-corners": repeated("┌─┐"),
    "ansi": repeated("\x1b[31m"),
    "ansi-open": repeated("\x1b["),
    "ansi-title": repeated("\x1b]"),
    "html": repeated("&quot;"),
    "html-open": repeated("&#"),
    "json-open": repeated("["),
    "json-objects": repeated('{"a":'),
    "json-list": lambda size: json.dumps(
        {"kind": "List", "items": [{"involvedObject": {}, "message": "x"}] * (size // 50)}
    ),
    "json-in-json": lambda size: json.dumps({"message": '{"message": "' * (size // 20)}),
    "basic-auth": repeated("://a:"),
    "basic-auth-long": lambda size: "://" + "a:" * (size // 2) + "@",
    "e-mail": repeated("a@"),
    "e-mail-dots": lambda size: "a@" + "b." * (size // 2),
    "jwt": repeated("eyJ"),
    "jwt-dots": lambda size: "eyJ" + "a" * 8 + ".a" * (size // 2),
    "secrets": repeated("password="),
    "secret-names": repeated("secret:"),
    "links": repeated("[a](http://"),
    "link-texts": repeated("["),
    "bearer": repeated("Bearer "),
    "private-key": repeated("-----BEGIN PRIVATE KEY-----"),
    "query": lambda size: "https://a.example/?" + "a=b&" * (size // 4),
    "surrogates": repeated("\ud800"),
    "replacement": repeated("\ufffd"),
    "null": repeated("\x00"),
    "combining": repeated("a\u0301"),
    "right-to-left": repeated("\u202eabc "),
}


def seconds(work: Callable[[str], object], text: str) -> float:
    """The best of up to three runs; one is enough when it is far from the bar."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        work(text)
        best = min(best, time.perf_counter() - start)
        if best < HARMLESS:
            break
    return best


def assert_linear(work: Callable[[str], object], make: Callable[[int], str]) -> None:
    times: list[float] = []
    for size in SIZES:
        times.append(seconds(work, make(size)))
        assert times[-1] < LONGEST, f"{size} characters took {times[-1]:.1f} s"
    if times[-1] > HARMLESS:
        assert times[-1] / times[-4] <= MOST, [f"{each * 1000:.0f} ms" for each in times]


def scan(text: str) -> None:
    for piece in masking.pieces(text):
        masking.tokens(piece)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(catalogue.load(ROOT))


@pytest.mark.parametrize("kind", PIECES)
def test_scanning_a_placeholder_is_linear(kind: str) -> None:
    assert_linear(scan, PIECES[kind])


@pytest.mark.parametrize("kind", PASTES)
def test_redacting_is_linear(kind: str) -> None:
    assert_linear(redaction.redact, PASTES[kind])


@pytest.mark.parametrize("kind", PASTES)
def test_cutting_into_messages_is_linear(kind: str) -> None:
    assert_linear(paste.messages, PASTES[kind])


@pytest.mark.parametrize("kind", PASTES)
def test_an_answer_takes_linear_time(matcher: Matcher, kind: str) -> None:
    assert_linear(matcher.diagnose, PASTES[kind])


def test_failures_are_found_in_the_largest_paste(matcher: Matcher) -> None:
    found = matcher.diagnose(PASTES["failures"](paste.MAX_BYTES))
    assert found.matches[0].cause == "registry-unreachable"
