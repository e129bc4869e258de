"""What tests share: one copy of the sources with its site built once, and a running server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api import site_builder
from api.app import create_app

ROOT = Path(__file__).resolve().parent.parent
NOT_FOUND = (
    'Failed to pull image "registry.acme.dev/shop/cart:2.4.1": rpc error: code = NotFound desc = '
    'failed to pull and unpack image "registry.acme.dev/shop/cart:2.4.1": failed to resolve '
    'reference "registry.acme.dev/shop/cart:2.4.1": registry.acme.dev/shop/cart:2.4.1: not found'
)


@dataclass
class Server:
    """A real `python -m api serve`, and all that it printed."""

    process: subprocess.Popen[str]
    port: int = 0
    lines: list[str] = field(default_factory=list)
    ready: threading.Event = field(default_factory=threading.Event)
    reader: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def printed(self) -> str:
        return "".join(self.lines)

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if found := re.search(r"Pullbook is at http://127\.0\.0\.1:(\d+)", line):
                self.port = int(found.group(1))
                self.ready.set()
        self.ready.set()


def start(root: Path, *options: str) -> Server:
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "--root", str(root), "serve", "--port", "0", *options],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if key not in ("HOST", "PORT")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    server = Server(process)
    server.reader = threading.Thread(target=server.read, daemon=True)
    server.reader.start()
    assert server.ready.wait(60), "no address was printed within a minute"
    return server


def stop(server: Server) -> None:
    server.process.terminate()
    server.process.wait(15)
    assert server.reader is not None
    server.reader.join(15)
    assert server.process.stdout is not None
    server.process.stdout.close()


def copy_sources(target: Path) -> Path:
    compiled = shutil.ignore_patterns("__pycache__")
    for folder in ("api", "docs", "signatures"):
        shutil.copytree(ROOT / folder, target / folder, ignore=compiled)
    for name in ("mkdocs.yml", "requirements.txt"):
        shutil.copy(ROOT / name, target / name)
    return target


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources, its site built strictly in `site/`."""
    root = copy_sources(tmp_path_factory.mktemp("checkout"))
    site_builder.build(root, root / "site")
    return root


@pytest.fixture(scope="session")
def site(checkout: Path) -> Path:
    return checkout / "site"


@pytest.fixture(scope="session")
def app(checkout: Path, site: Path) -> Flask:
    return create_app(checkout, site)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def server(checkout: Path) -> Iterator[Server]:
    running = start(checkout)
    assert running.port, running.printed
    yield running
    stop(running)
