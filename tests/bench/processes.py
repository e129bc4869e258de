"""What needs processes of its own: a request over HTTP, the cold start, the memory."""

from __future__ import annotations

import http.client
import marshal
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from api.index import Index

_ROOT = Path(__file__).resolve().parents[2]
_STARTS = 15
_EMPTY_SERVER = """
import waitress
from flask import Flask, jsonify
app = Flask("empty")
@app.post("/")
def empty():
    return jsonify(ok=True)
server = waitress.create_server(app, host="127.0.0.1", port=0)
print(f"at http://127.0.0.1:{server.effective_port}", flush=True)
server.run()
"""


@contextmanager
def _running(*command: str) -> Iterator[http.client.HTTPConnection]:
    with tempfile.TemporaryFile("w+") as printed:  # a pipe that nobody reads would fill and block
        process = subprocess.Popen(
            [sys.executable, *command], cwd=_ROOT, stdout=printed, stderr=subprocess.STDOUT
        )
        try:
            port = _port(process, printed)
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            yield connection
            connection.close()
        finally:
            process.terminate()
            process.wait(15)


def _port(process: subprocess.Popen[bytes], printed: IO[str]) -> int:
    for _ in range(600):
        printed.seek(0)
        said = printed.read()
        if found := re.search(r"at http://127\.0\.0\.1:(\d+)", said):
            return int(found.group(1))
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {said}")


def _post(connection: http.client.HTTPConnection, path: str, text: str) -> float:
    headers = {"Content-Type": "text/plain", "Accept": "application/json"}
    start = time.perf_counter()
    connection.request("POST", path, text.encode(), headers)
    response = connection.getresponse()
    response.read()
    took = time.perf_counter() - start
    assert response.status == 200, response.status
    return took


def request_ratio(texts: Sequence[str]) -> float:
    """p50 of a match over p50 of an empty request with the same body, each through waitress."""
    with (
        _running("-m", "api", "serve", "--port", "0") as server,
        _running("-c", _EMPTY_SERVER) as nothing,
    ):
        for text in texts[:50]:
            _post(server, "/api/v1/match", text)
            _post(nothing, "/", text)
        pairs = [
            (_post(server, "/api/v1/match", text), _post(nothing, "/", text)) for text in texts
        ]
    base = statistics.median(empty for _, empty in pairs)
    return statistics.median(match for match, _ in pairs) / base


_FLASK = "import flask"
_COLD = (
    "import flask; from pathlib import Path; from api import compiled;"
    " compiled.load(Path('.')).diagnose('')"
)


def cold_start_ratio() -> float:
    """The quickest start with the matcher loaded over the quickest with Flask alone."""
    took: dict[str, list[float]] = {_FLASK: [], _COLD: []}
    for _ in range(_STARTS):
        for code, times in took.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], cwd=_ROOT, check=True)
            times.append(time.perf_counter() - start)
    return min(took[_COLD]) / min(took[_FLASK])


_MEMORY = """
import marshal, sys
import flask, psutil, rapidfuzz.process
from api import matcher, soft
from api.index import Index
from pathlib import Path
before = psutil.Process().memory_info().rss
if len(sys.argv) > 1:
    state, causes = marshal.loads(Path(sys.argv[1]).read_bytes())
    index = Index(state)
    speller, nearest = soft.Speller(index), soft.Nearest(index, causes)
    index.find(index.tokenise("failed to pull image"))
    del state
print(psutil.Process().memory_info().rss - before)
"""


def memory(index: Index, causes: list[str], folder: Path) -> float:
    """MB that both stages add to a process that has Flask and the matcher's code already."""
    path = folder / "index.bin"
    path.write_bytes(marshal.dumps((index.state, causes)))
    ran = subprocess.run(
        [sys.executable, "-c", _MEMORY, str(path)], cwd=_ROOT, check=True, capture_output=True
    )
    return int(ran.stdout) / 1e6
