"""Site and API in one process: waitress, which reads a request whole before a thread sees it.

So ten half-sent requests hold no thread, and the next one is answered at once.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

import waitress.channel
import waitress.server
import waitress.task

from api import bodies, catalogue, edition, http_problems, site_builder
from api.app import create_app
from api.edition import Live
from api.problems import CatalogueError
from api.site_builder import BuildError

_POLL_SECONDS = 0.4
_THREADS = 8
_REBUILT = ("api/pages.py", "api/hooks.py")  # the site is built by a fresh process
_HIGHEST_BODY = bodies.MAX_BODY + 64 * 1024  # a little more than what the app itself refuses


class StartError(Exception):
    """The server cannot start; the text says why and what to do."""


def serve(root: Path, host: str, port: int, *, dev: bool) -> None:
    """Build what changed, then serve until SIGINT or SIGTERM. Raises StartError."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    site = root / "site"
    try:
        seen = _stamps(root)
        live = Live(_current(root, site))
    except (CatalogueError, BuildError) as error:
        raise StartError(f"{error}\n\nThe sources have problems, nothing is served.") from None
    except OSError as error:
        raise StartError(f"{error}. fix: --root names the folder of mkdocs.yml.") from None
    _log_to_stderr()
    server = _listen(create_app(root, site, live), host, port)
    if dev:
        watcher = _Watcher(root, site, live, seen)
        threading.Thread(target=watcher.run, name="watcher", daemon=True).start()
    print(f"Pullbook is at {_address(host, server)}  (Ctrl+C stops it)", flush=True)
    server.run()  # returns when a signal raised SystemExit
    server.close()
    print("Pullbook has stopped.", flush=True)


def _current(root: Path, site: Path) -> edition.Edition:
    """The edition of the sources as they are now; the site is built where it is older."""
    if not site_builder.is_current(root, site):
        catalogue.load(root)  # its problems come with line, column and fix, MkDocs' do not
        print("Building the site …", flush=True)
        site_builder.build(root, site)
    return edition.load(root, site)


def _listen(app: Any, host: str, port: int) -> Any:
    try:
        server = waitress.server.create_server(
            app,
            host=host,
            port=port,
            threads=_THREADS,
            ident=None,
            max_request_body_size=_HIGHEST_BODY,
            inbuf_overflow=2 * _HIGHEST_BODY,  # beyond it, waitress would write a paste to disk
            channel_timeout=60,
            clear_untrusted_proxy_headers=True,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise StartError(
            f"Cannot listen on {host}:{port}: {reason}. fix: choose another port or address, for "
            f"example 'PORT={(port or 8000) + 1} make serve'."
        ) from None
    return server


class _Problem(waitress.task.ErrorTask):
    """What waitress refuses by itself (a body beyond all limits, a broken header), in our shape."""

    def execute(self) -> None:
        request: Any = self.request
        code, reason = request.error.code, request.error.reason
        kind = http_problems.kind_of(code)
        told = http_problems.document(kind, http_problems.KINDS[kind].title + ".")
        body = json.dumps(told | {"status": code}, ensure_ascii=False).encode()
        self.status = f"{code} {reason}"
        self.response_headers = [
            ("Content-Type", http_problems.MEDIA_TYPE),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Content-Security-Policy", "default-src 'none'"),
        ]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


waitress.channel.HTTPChannel.error_task_class = _Problem


class _Watcher:
    """Serves each edit after a browser reload; a broken one is reported and not served."""

    def __init__(self, root: Path, site: Path, live: Live, seen: dict[Path, int]) -> None:
        self._root = root
        self._site = site
        self._live = live
        self._seen = seen

    def run(self) -> None:
        print("Watching docs/, signatures/, mkdocs.yml and api/pages.py.", flush=True)
        while True:
            time.sleep(_POLL_SECONDS)
            now = _stamps(self._root)
            if now != self._seen:
                changed = {path for path, _ in now.items() ^ self._seen.items()}
                self._seen = now
                self._rebuild(sorted(str(path.relative_to(self._root)) for path in changed))

    def _rebuild(self, changed: list[str]) -> None:
        print(f"Changed: {', '.join(changed[:5])}{' …' if len(changed) > 5 else ''}", flush=True)
        if any(path.startswith("api/") and path not in _REBUILT for path in changed):
            print("Code of the running server changed: restart it to run that.", flush=True)
        started = time.perf_counter()
        try:
            self._live.edition = _current(self._root, self._site)
        except (CatalogueError, BuildError) as error:
            _complain(str(error))
        except Exception as error:  # half-saved files must not end the watching
            _complain(f"{type(error).__name__}: {error}")
        else:
            print(f"Serving the change after {time.perf_counter() - started:.1f} s.", flush=True)


def _stamps(root: Path) -> dict[Path, int]:
    """When each source changed last; a file that vanishes while we look is left out."""
    found = {}
    for path in site_builder.sources(root):
        try:
            found[path] = path.stat().st_mtime_ns
        except OSError:
            continue
    return found


def _complain(problems: str) -> None:
    told = f"{problems}\n\nNot served; the last good version stays up."
    print(told, file=sys.stderr, flush=True)


def _stop(signal_number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def _address(host: str, server: Any) -> str:
    port = getattr(server, "effective_port", None) or server.effective_listen[0][1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("waitress").setLevel(logging.CRITICAL)  # its lines quote request paths
