"""The HTTP side: routes to answers (design 4.2). What they decide lives in the modules they call.

Nothing here logs, counts or reports a byte of what was pasted.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, g, redirect, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Response as BaseResponse

from api import (
    bodies,
    edition,
    exports,
    go,
    http_problems,
    listing,
    openapi,
    redaction,
    references,
    runbook,
    scaffold,
    triage,
)
from api.edition import Edition, Live
from api.http_problems import HttpProblem
from api.metrics import TYPE as METRICS_TYPE
from api.metrics import Metrics
from api.static_site import File

ROOT = Path(__file__).resolve().parent.parent
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_A_YEAR = "public, max-age=31536000, immutable"
# Files that name whole addresses of this site. They get the one that the reader came by, and the
# theme navigates instantly only within the addresses of its sitemap.
_ADDRESSED = frozenset(("/sitemap.xml", "/opensearch.xml", "/llms.txt", "/catalog.json"))
_log = logging.getLogger("pullbook")


def create_app(root: Path = ROOT, site: Path | None = None, live: Live | None = None) -> Flask:
    """The WSGI application over the catalogue of `root` and the built `site`.

    `live` is given by a server that replaces what is served while it runs.
    """
    held = live or Live(edition.load(root, site or root / "site"))
    app = Flask("pullbook", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = bodies.MAX_BODY
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # would answer with an address made from the Host header
    metrics = Metrics()
    _add_frame(app, held, metrics)
    _add_match(app, metrics)
    _add_catalogue(app)
    _add_go(app)
    _add_probes(app, metrics)
    return app


def _add_frame(app: Flask, live: Live, metrics: Metrics) -> None:
    """What every request gets: an edition, an id, the site's files, headers, one error shape."""

    @app.before_request
    def begin() -> BaseResponse | None:
        g.edition = live.edition
        given = request.headers.get("X-Request-ID", "")
        g.id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        # A catch-all route for the site would turn every 405 of the API into a 404.
        if isinstance(request.routing_exception, NotFound):
            return _static(request.path)
        return None

    @app.after_request
    def headers(response: Response) -> Response:
        found = response.headers
        found["X-Content-Type-Options"] = "nosniff"
        found["Referrer-Policy"] = "no-referrer"
        found["Content-Security-Policy"] = g.edition.site.policy
        found["X-Request-ID"] = g.id
        return response

    @app.errorhandler(HttpProblem)
    def problem(error: HttpProblem) -> BaseResponse:
        metrics.failed(error.kind)
        return _problem(error.kind, error.detail)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> BaseResponse:
        kind = http_problems.kind_of(error.code or 500)
        metrics.failed(kind)
        response = _problem(kind, http_problems.KINDS[kind].title + ".")
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return response

    @app.errorhandler(Exception)
    def failed(error: Exception) -> BaseResponse:
        # An exception's message may quote the paste: places only.
        frames = traceback.extract_tb(error.__traceback__)
        places = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames[-6:]))
        _log.error("id=%s failed with %s at %s", g.id, type(error).__name__, places)
        metrics.failed("internal")
        return _problem("internal", f"The request id is {g.id}.")


def _add_match(app: Flask, metrics: Metrics) -> None:
    def read() -> bodies.Asked:
        return bodies.read(request.get_data(cache=False), request.mimetype)

    def diagnose(asked: bodies.Asked) -> dict[str, Any]:
        serving: Edition = g.edition
        started = time.perf_counter()
        diagnosis = serving.matcher.diagnose(asked.text, asked.limit)
        seconds = time.perf_counter() - started
        draft = scaffold.offer(diagnosis, asked.text, serving.matcher)
        found = runbook.answer(diagnosis, serving.catalogue, draft)
        cause = found["matches"][0]["cause"] if found["matches"] else "none"
        metrics.matched(found["verdict"], cause, seconds)
        _log.info(
            "id=%s matched bytes=%d verdict=%s cause=%s ms=%.1f",
            g.id, len(asked.text.encode()), found["verdict"], cause, seconds * 1000,
        )  # fmt: skip
        return found

    @app.post("/api/v1/match")
    def match() -> BaseResponse:
        found = diagnose(read())
        response = _plain(found) if _wants_text() else _json(found)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Vary"] = "Accept, User-Agent"
        return response

    @app.route("/match/", methods=["GET", "POST"])
    def match_page() -> BaseResponse:
        page = g.edition.site.find("/match/")
        if request.method != "POST" or page is None:
            return _static(request.path)
        status = 200
        try:
            asked = read()
            content = runbook.html(diagnose(asked))
            page = page.with_paste(redaction.redact(asked.text).text)
        except HttpProblem as error:  # its reader is a person with a browser
            if not _wants_html():
                raise
            metrics.failed(error.kind)
            known = http_problems.KINDS[error.kind]
            status, content = known.status, f"<h2>{known.title}</h2><p>{known.fix}</p>"
        response = Response(page.filled("answer", content), status, content_type=page.type)
        response.headers["Cache-Control"] = "no-store"
        return response


def _add_catalogue(app: Flask) -> None:
    @app.get("/api/v1/causes")
    def causes() -> BaseResponse:
        return _tagged(_json(listing.causes(g.edition.catalogue)))

    @app.get("/api/v1/signatures")
    def signatures() -> BaseResponse:
        return _tagged(_json(listing.signatures(g.edition.catalogue)))

    @app.get("/api/v1/signatures/<identifier>")
    def signature(identifier: str) -> BaseResponse:
        catalogue = g.edition.catalogue
        known = catalogue.signature(identifier)
        if known is None:
            raise HttpProblem("unknown-signature", "No id and no alias of the catalogue is this.")
        return _tagged(_json(listing.signature(known, catalogue)))

    @app.get(http_problems.PATH + "<kind>")
    def problem_type(kind: str) -> BaseResponse:
        if kind not in http_problems.KINDS:
            raise HttpProblem("unknown-problem", "No error of this API has this type.")
        return _tagged(_json(http_problems.explained(kind)))

    @app.get("/api/v1/openapi.json")
    def described() -> BaseResponse:
        return _tagged(_json(openapi.document(list(g.edition.catalogue.causes))))


def _add_go(app: Flask) -> None:
    @app.get("/go")
    def go_asked() -> BaseResponse:
        message = request.args.get("message", "")
        if len(message) > go.LONGEST_MESSAGE:
            raise HttpProblem(
                "message-too-long",
                f"'message' has {len(message):,} characters, the limit is 1,500.",
            )
        reason = request.args.get("reason", "")[:100]
        return _sent(go.asked(g.edition.matcher, reason, message, request.args))

    @app.get("/go/<name>")
    @app.get("/go/<name>/<section>")
    def go_named(name: str, section: str | None = None) -> BaseResponse:
        return _sent(go.named(g.edition.catalogue, name, section, request.args))

    @app.get("/triage/")
    def triage_page() -> BaseResponse:
        page = g.edition.site.find("/triage/")
        listed = request.args.get("candidates", "")
        if page is None or not listed or not request.path.endswith("/"):
            return _static(request.path)
        content = go.candidates_html(g.edition.catalogue, listed, request.args)
        return _tagged(Response(page.filled("triage", content), content_type=page.type))


def _add_probes(app: Flask, metrics: Metrics) -> None:
    @app.get("/livez")
    def livez() -> BaseResponse:
        return _unstored(_json({"status": "live"}))

    @app.get("/readyz")
    def readyz() -> BaseResponse:
        catalogue = g.edition.catalogue
        told = {"catalogue": catalogue.digest, "signatures": len(catalogue.signatures)}
        return _unstored(_json({"status": "ready"} | told))

    @app.get("/metrics")
    def measured() -> BaseResponse:
        info = {"digest": g.edition.catalogue.digest}
        return _unstored(Response(metrics.text(info), content_type=METRICS_TYPE))


def _static(path: str) -> BaseResponse:
    """A file of the site; the site's own page where there is none."""
    site = g.edition.site
    file = site.find(path)
    if request.method not in ("GET", "HEAD"):
        if file is None and not site.is_folder(path):
            raise HttpProblem("not-found", "No route and no page has this address.")
        raise MethodNotAllowed(valid_methods=["GET", "HEAD"])
    if file is not None:
        return _file(file)
    if site.is_folder(path):
        query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        return redirect(quote(path) + "/" + query, 308)
    missing = site.find("/404.html")
    if missing is None or not _wants_html() or path.startswith("/api/v"):
        raise HttpProblem("not-found", "No route and no page has this address.")
    return Response(missing.body, 404, content_type=missing.type)


def _file(file: File) -> BaseResponse:
    if request.path in _ADDRESSED and references.fits("registry", request.host):
        origin = request.host_url.rstrip("/").encode()
        body = file.body.replace(exports.ANYWHERE.encode(), origin)
        return _tagged(Response(body, content_type=file.type))
    response = Response(file.body, content_type=file.type)
    response.headers["Cache-Control"] = _A_YEAR if file.immutable else "no-cache"
    response.set_etag(file.etag)
    return response.make_conditional(request)


def _json(value: Mapping[str, Any]) -> Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(body + "\n", content_type="application/json")


def _plain(found: Mapping[str, Any]) -> Response:
    """For a terminal: links with the host, so that they can be opened from there."""
    host = request.host_url.rstrip("/")
    linked = [match | {"url": host + match["url"]} for match in found["matches"]]
    text = triage.text({**found, "matches": linked})
    return Response(text, content_type="text/plain; charset=utf-8")


def _problem(kind: str, detail: str) -> Response:
    told = http_problems.document(kind, detail, g.id)
    response = _json(told)
    response.status_code = told["status"]
    response.content_type = http_problems.MEDIA_TYPE
    response.headers["Cache-Control"] = "no-store"
    return response


def _tagged(response: Response) -> BaseResponse:
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)


def _unstored(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _sent(location: str) -> BaseResponse:
    """A redirect within the site; the catalogue it was decided by may change, so it is not kept."""
    response = redirect(location, 302)
    response.headers["Cache-Control"] = "no-store"
    return response


def _wants_text() -> bool:
    accept = request.headers.get("Accept", "*/*")
    if accept == "*/*":
        return request.headers.get("User-Agent", "").startswith("curl/")
    wanted = ("application/json", "text/plain")
    return request.accept_mimetypes.best_match(wanted, wanted[0]) == "text/plain"


def _wants_html() -> bool:
    return "text/html" in request.headers.get("Accept", "")
