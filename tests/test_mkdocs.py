"""MkDocs typed directly, without our server: the strict build and the live server work."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from xml.etree import ElementTree

from flask.testing import FlaskClient

from api import exports
from tests.conftest import ROOT, copy_sources

_LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def mkdocs(*arguments: str) -> list[str]:
    program = Path(sys.executable).with_name("mkdocs")
    assert program.is_file(), "mkdocs is not installed beside this Python"
    return [str(program), *arguments]


def test_mkdocs_build_strict_works(tmp_path: Path) -> None:
    root = copy_sources(tmp_path)
    done = subprocess.run(
        mkdocs("build", "--strict"), cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "image-tag-manifest-unknown" in (root / "site/causes/image-tag/index.html").read_text()


def test_mkdocs_build_strict_refuses_a_broken_signature(tmp_path: Path) -> None:
    root = copy_sources(tmp_path)
    file = root / "signatures" / "image-tag.yaml"
    file.write_text(file.read_text("utf-8") + "\nnonsense: 1\n", "utf-8")
    done = subprocess.run(
        mkdocs("build", "--strict"), cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode
    assert "unknown-field: 'nonsense'" in done.stderr + done.stdout


def test_mkdocs_serve_works(tmp_path: Path) -> None:
    root = copy_sources(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = mkdocs("serve", "--no-livereload", "--dev-addr", address)
    serving = subprocess.Popen(
        command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        assert "Image tag doesn" in page(f"http://{address}/causes/image-tag/", serving)
    finally:
        serving.terminate()
        serving.wait(15)


def page(url: str, serving: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and serving.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return str(response.read().decode())
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"mkdocs serve answered nothing at {url} (status {serving.poll()})")


# Where the pages say they are


def test_no_page_claims_to_be_at_another_host(site: Path) -> None:
    for file in site.rglob("*.html"):
        for link in re.findall(
            r'<link rel="(?:canonical|prev|next)" href="([^"]*)"', file.read_text()
        ):
            assert not re.match(r"[a-z]+:|//", link), f"{file.relative_to(site)}: {link}"


def test_the_sitemap_names_every_page_under_the_host_that_was_asked(
    client: FlaskClient, site: Path
) -> None:
    """The theme navigates instantly only to pages that its sitemap names."""
    host = "runbook.acme.dev:9000"
    answer = client.get("/sitemap.xml", headers={"Host": host})
    named = {loc.text for loc in ElementTree.fromstring(answer.get_data()).iter(_LOC)}
    pages = {
        f"http://{host}/{file.relative_to(site).as_posix()}".removesuffix("index.html")
        for file in site.rglob("index.html")
        if not file.relative_to(site).as_posix().startswith("go/")
    }
    assert named == pages


def test_a_host_that_is_none_is_not_repeated(client: FlaskClient) -> None:
    for path in ("/sitemap.xml", "/opensearch.xml", "/llms.txt"):
        for host in ("a<b>", "a/b", "x y", "<script>"):
            answer = client.get(path, headers={"Host": host}).get_data(as_text=True)
            assert f"//{host}" not in answer


def test_the_address_of_make_serve_is_the_one_that_is_replaced() -> None:
    config = (ROOT / "mkdocs.yml").read_text("utf-8")
    assert f"\nsite_url: {exports.ANYWHERE}/\n" in config
