"""Builds the site strictly, beside the old one, and only when something it is made of changed.

MkDocs runs as a process of its own: it reads the sources afresh, and whatever it prints or
breaks stays out of a running server.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_STAMP = ".sources"  # in the built site: the digest of what it was built from
_FOLDERS = ("docs", "signatures")
_FILES = ("mkdocs.yml", "requirements.txt")


class BuildError(Exception):
    """The site cannot be built; the text is what MkDocs had to say about it."""


def sources(root: Path) -> list[Path]:
    """Every file that the built site depends on, in a fixed order."""
    found = [root / name for name in _FILES if (root / name).is_file()]
    found += sorted((root / "api").glob("*.py"))
    for folder in _FOLDERS:
        found += sorted(path for path in (root / folder).rglob("*") if path.is_file())
    return found


def digest(root: Path) -> str:
    total = hashlib.sha256()
    for path in sources(root):
        total.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def is_current(root: Path, site: Path) -> bool:
    stamp = site / _STAMP
    return stamp.is_file() and stamp.read_text("utf-8") == digest(root)


def build(root: Path, site: Path) -> None:
    """Build into a fresh folder and put it in place of `site`; a BuildError leaves `site`."""
    before = digest(root)  # what changes during the build is built next time
    fresh = Path(tempfile.mkdtemp(prefix=".site-", dir=site.parent))
    try:
        _run(root, fresh)
        (fresh / _STAMP).write_text(before, "utf-8")
        fresh.chmod(0o755)
        _replace(site, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _run(root: Path, target: Path) -> None:
    # No -q and no -v: with either, MkDocs' strict mode misses dead anchors.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)]
    done = subprocess.run(
        command,
        cwd=root,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        told = [line for line in done.stdout.splitlines() if not line.startswith("INFO ")]
        raise BuildError("\n".join(told).strip() or f"mkdocs ended with status {done.returncode}")


def _replace(site: Path, fresh: Path) -> None:
    old = fresh.with_name(fresh.name + ".old")
    if site.exists():
        site.rename(old)
    fresh.rename(site)
    shutil.rmtree(old, ignore_errors=True)
