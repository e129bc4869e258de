"""The command line of design 4.3, as processes: what is printed, and the exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from api import paste
from tests.conftest import NOT_FOUND, ROOT, copy_sources


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "api", *arguments],
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        check=False,
    )


def test_standard_input_gets_a_readable_answer_and_status_0() -> None:
    done = run("match", stdin=NOT_FOUND.encode())
    assert done.returncode == 0
    printed = done.stdout.decode()
    assert "/causes/image-tag/#not-found" in printed
    assert "registry.acme.dev/shop/cart" in printed
    assert "\x1b[" not in printed
    assert not done.stderr


def test_a_file_gets_the_answer_of_the_api_as_json(tmp_path: Path) -> None:
    file = tmp_path / "event.txt"
    file.write_bytes(NOT_FOUND.replace(": ", ":\r\n", 1).encode())
    done = run("match", str(file), "--format", "json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert found["matches"][0]["cause"] == "image-tag"
    assert found["matches"][0]["html"]


def test_bytes_that_are_no_utf8_are_no_obstacle() -> None:
    done = run("match", "-", stdin=b"\x80\x81\x00\xfe\n" + NOT_FOUND.encode())
    assert done.returncode == 0


def test_an_unknown_text_is_status_1_and_says_what_to_collect() -> None:
    done = run("match", stdin=b"the coffee machine is on fire")
    assert done.returncode == 1
    assert b"kubectl" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (["match", "/no/such/file"], b"", "/no/such/file"),
        (["match", "--format", "xml"], b"x", "xml"),
        (["match"], b" \n", "empty"),
        (["match"], b"x" * (paste.MAX_BYTES + 1), "256 KiB"),
        (["match", "--jsonl"], b'{"id": 1, "text": "x"}\nnonsense\n', "line 2"),
        (["match", "--jsonl"], b'{"id": 1}\n', "line 1"),
        (["match", "--jsonl"], b'{"text": "x"}\n', "line 1"),
        (["nonsense"], b"", "nonsense"),
        (["--root", "tests", "match"], b"x", "--root"),
    ],
)
def test_a_usage_error_is_status_2_and_named(arguments: list[str], stdin: bytes, said: str) -> None:
    done = run(*arguments, stdin=stdin)
    assert done.returncode == 2
    assert said in done.stderr.decode()


def test_jsonl_answers_line_by_line_with_the_id_and_without_html() -> None:
    texts = {"a": NOT_FOUND, "b": "\ud800 hello", "c": ""}
    lines = [json.dumps({"id": name, "text": text}) for name, text in texts.items()]
    done = run("match", "--jsonl", stdin="\n\n".join(lines).encode())
    assert done.returncode == 0
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["id"] for each in found] == list(texts)
    assert [each["verdict"] for each in found[1:]] == ["unknown", "unknown"]
    assert found[0]["matches"][0]["cause"] == "image-tag"
    assert "html" not in found[0]["matches"][0]


def test_a_list_of_events_is_grouped_by_cause_and_image() -> None:
    def event(pod: str, message: str) -> dict[str, object]:
        about = {"kind": "Pod", "namespace": "shop", "name": pod}
        return {"type": "Warning", "reason": "Failed", "message": message, "involvedObject": about}

    quota = NOT_FOUND.replace("cart:2.4.1: not found", "cart:2.4.1: 429 Too Many Requests")
    items = [event(f"cart-{n}", NOT_FOUND) for n in range(4)] + [event("pay-0", quota)]
    done = run("match", stdin=json.dumps({"kind": "List", "items": items}).encode())
    assert done.returncode == 0
    lines = done.stdout.decode().splitlines()
    assert lines[0].startswith("5 containers waiting, 1 image, 2 causes")
    row = next(line.split() for line in lines if "cart:2.4.1" in line and line.split()[0] == "4")
    assert row[-2:] == ["registry.acme.dev", "registry.acme.dev/shop/cart:2.4.1"]
    assert lines.index(next(x for x in lines if "/causes/image-tag/" in x)) < lines.index(
        next(x for x in lines if "/causes/rate-limited/" in x)
    )


def test_a_reader_that_goes_away_is_no_error() -> None:
    lines = "\n".join(json.dumps({"id": n, "text": NOT_FOUND}) for n in range(300))
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "match", "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, errors = process.communicate(lines.encode(), timeout=60)
    assert process.returncode == 0
    assert not errors


def test_a_broken_catalogue_is_reported_whole_and_is_not_taken_for_unknown(tmp_path: Path) -> None:
    root = copy_sources(tmp_path)
    for name in ("image-tag", "image-name"):
        (root / "signatures" / f"{name}.yaml").write_text("cause: [\n")
    done = run("--root", str(root), "match", stdin=b"x")
    assert done.returncode == 2
    assert b"image-tag.yaml:" in done.stderr
    assert b"image-name.yaml:" in done.stderr
