"""The built site, held in memory: what was not built cannot be asked for.

A rebuilt site replaces the old one as a whole, no request ever sees half of each, and a path that
climbs out of the folder is just a name that nothing has.
"""

from __future__ import annotations

import base64
import hashlib
import html
import mimetypes
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

# The theme puts a hash of the content into the names of its own assets, and of nothing else.
_HASHED = re.compile(r"/assets/(?:[^/]+/)*[^/]+\.[0-9a-f]{8}\.min\.(?:js|css)")
_SCRIPT = re.compile(rb"<script\b([^>]*)>(.*?)</script>", re.DOTALL)
_SOURCE = re.compile(rb"\bsrc\s*=")
_DATA = re.compile(rb"\btype\s*=\s*\"?application/json")
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".map": "application/json",
    ".woff2": "font/woff2",
    ".gz": "application/gzip",
}
_POLICY = (
    "default-src 'none'",
    "script-src 'self'{hashes}",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)


@dataclass(frozen=True, slots=True)
class File:
    """One file of the site; `immutable` says that its name changes with its content."""

    body: bytes
    type: str
    etag: str
    immutable: bool

    def filled(self, marker: str, content: str) -> bytes:
        """The page with `content` in place of `<!-- pullbook:marker -->`."""
        return self.body.replace(f"<!-- pullbook:{marker} -->".encode(), content.encode(), 1)

    def with_paste(self, text: str) -> File:
        """The page with `text` in its (first, empty) text area, to be read again and corrected."""
        kept = f"\n{html.escape(text)}</textarea>".encode()  # a reader drops that first line end
        return replace(self, body=self.body.replace(b"</textarea>", kept, 1))


@dataclass(frozen=True, slots=True)
class Site:
    """Files by URL path (a folder's page under the path that ends in a slash)."""

    files: Mapping[str, File]
    policy: str

    def find(self, path: str) -> File | None:
        return self.files.get(path)

    def is_folder(self, path: str) -> bool:
        """Whether a slash is all that `path` lacks."""
        return not path.endswith("/") and path + "/" in self.files


def read(folder: Path) -> Site:
    """Read a built site, and compute the Content-Security-Policy that its own scripts need."""
    files: dict[str, File] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith("."):
            file = _file(f"/{name}", path.read_bytes())
            files[f"/{name}"] = file
            if path.name == "index.html":
                files[f"/{name}".removesuffix("index.html")] = file
    pages = (file.body for name, file in files.items() if name.endswith(".html"))
    return Site(files, policy(pages))


def _file(name: str, body: bytes) -> File:
    suffix = Path(name).suffix.lower()
    kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/") and "charset" not in kind:
        kind += "; charset=utf-8"
    etag = hashlib.sha256(body).hexdigest()[:32]
    return File(body, kind, etag, _HASHED.fullmatch(name) is not None)


def policy(pages: Iterable[bytes]) -> str:
    """Allows our own host, and of inline scripts exactly those that stand in `pages`."""
    hashes = {
        base64.b64encode(hashlib.sha256(script).digest()).decode()
        for page in pages
        for attributes, script in _SCRIPT.findall(page)
        if not _SOURCE.search(attributes) and not _DATA.search(attributes)
    }
    listed = "".join(f" 'sha256-{value}'" for value in sorted(hashes))
    return "; ".join(_POLICY).format(hashes=listed)
