"""One file is edited, and page, API and command line all know the new wording."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from api import site_builder
from api.app import create_app
from tests.conftest import ROOT, copy_sources

WORDING = "the quartermaster has no crate labelled"
MESSAGE = (
    'Failed to pull image "registry.acme.dev/shop/cart:2.4.1": rpc error: code = Unknown desc = '
    f"{WORDING} registry.acme.dev/shop/cart:2.4.1"
)
ENTRY = f"""
  - id: image-tag-quartermaster
    section: not-found
    status: stable
    template: "{WORDING} {{image}}"
    emitters: [registry]
    examples:
      - text: {json.dumps(MESSAGE)}
        form: message
        runtime: containerd
        source: written for a test
"""


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources with one signature more, and a site built from them."""
    root = copy_sources(tmp_path_factory.mktemp("edited"))
    file = root / "signatures" / "image-tag.yaml"
    file.write_text(file.read_text("utf-8").rstrip("\n") + ENTRY, "utf-8")
    site_builder.build(root, root / "site")
    return root


def command_line(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api", "--root", str(root), "match", "--format", "json"],
        cwd=ROOT,
        input=MESSAGE,
        capture_output=True,
        text=True,
        check=False,
    )


def test_nobody_knew_the_wording_before() -> None:
    found = json.loads(command_line(ROOT).stdout)
    assert all(match["signature"] != "image-tag-quartermaster" for match in found["matches"])
    assert all("quartermaster" not in path.read_text("utf-8") for path in ROOT.glob("signatures/*"))


def test_the_page_shows_it(edited: Path) -> None:
    page = (edited / "site" / "causes" / "image-tag" / "index.html").read_text("utf-8")
    assert 'id="image-tag-quartermaster"' in page
    assert WORDING in page


def test_the_api_matches_and_lists_it(edited: Path) -> None:
    client = create_app(edited, edited / "site").test_client()
    found = client.post("/api/v1/match", data=MESSAGE, content_type="text/plain").get_json()
    first = found["matches"][0]
    assert first["signature"] == "image-tag-quartermaster"
    assert first["url"] == "/causes/image-tag/#not-found"
    listed = client.get("/api/v1/signatures/image-tag-quartermaster")
    assert WORDING in listed.get_data(as_text=True)


def test_the_command_line_matches_it(edited: Path) -> None:
    asked = command_line(edited)
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout)["matches"][0]["signature"] == "image-tag-quartermaster"
