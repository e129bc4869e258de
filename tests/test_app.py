"""The HTTP contract of design 4.2, through Flask's client over the real catalogue and site."""

from __future__ import annotations

import json
import logging
import re
from typing import Any
from urllib.parse import urlencode, urlsplit

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api import http_problems, openapi, paste
from tests.conftest import NOT_FOUND

MATCH = "/api/v1/match"
UMBRELLA = (
    "Error response from daemon: pull access denied for shop/cart, repository does not exist or "
    "may require 'docker login': denied: requested access to the resource is denied"
)
EXPIRED = (
    'Failed to pull image "registry.acme.dev/shop/cart:2.4.1": failed to do request: Head '
    '"https://registry.acme.dev/v2/shop/cart/manifests/2.4.1": tls: failed to verify certificate: '
    "x509: certificate has expired or is not yet valid: current time 2026-11-21T00:00:00Z is after "
    "2026-11-01T00:00:00Z"
)
FORM = "application/x-www-form-urlencoded"


def post(client: FlaskClient, data: bytes | str, **more: Any) -> TestResponse:
    more.setdefault("content_type", "text/plain")
    return client.post(MATCH, data=data, **more)


def schema(name: str, causes: list[str]) -> dict[str, Any]:
    described = openapi.document(causes)
    return {"$ref": f"#/components/schemas/{name}", "components": described["components"]}


def causes_of(client: FlaskClient) -> list[str]:
    found = client.get("/api/v1/causes").get_json()
    return [cause["cause"] for cause in found["causes"]]


# What can be sent


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (NOT_FOUND.encode(), "text/plain"),
        (NOT_FOUND.encode(), "text/plain; charset=utf-8"),
        (NOT_FOUND.encode(), ""),
        (NOT_FOUND.encode(), FORM),
        (urlencode({"text": NOT_FOUND}).encode(), FORM),
        (urlencode({"other": "x", "text": NOT_FOUND}).encode(), FORM),
        (json.dumps({"text": NOT_FOUND}).encode(), "application/json"),
        (NOT_FOUND.replace(": ", ":\r\n", 1).encode(), "text/plain"),
        (b"\x80\xfe\xff junk\n" + NOT_FOUND.encode(), FORM),
        (NOT_FOUND.encode("utf-16"), "text/plain"),
    ],
    ids=["text", "charset", "untyped", "curl", "form", "form2", "json", "crlf", "bytes", "utf16"],
)
def test_every_way_of_sending_a_paste_gets_the_same_answer(
    client: FlaskClient, body: bytes, media_type: str
) -> None:
    response = client.post(MATCH, data=body, content_type=media_type)
    assert response.status_code == 200
    first = response.get_json()["matches"][0]
    assert (first["cause"], first["section"]) == ("image-tag", "not-found")
    assert first["captures"]["image"] == "registry.acme.dev/shop/cart:2.4.1"


def test_a_paste_that_only_looks_like_a_form_is_read_as_the_paste(client: FlaskClient) -> None:
    text = f"GET https://x.example/v2?text=hello\n{NOT_FOUND}"
    response = post(client, text, content_type=FORM)
    assert response.get_json()["matches"][0]["cause"] == "image-tag"


def test_limit_bounds_the_matches(client: FlaskClient) -> None:
    for limit in (1, 2):
        found = client.post(MATCH, json={"text": UMBRELLA, "limit": limit}).get_json()
        assert len(found["matches"]) == limit


def test_answers_follow_the_published_schema(client: FlaskClient) -> None:
    causes = causes_of(client)
    many = json.dumps({"kind": "List", "items": [event("a"), event("b"), event("c")]})
    for text in (NOT_FOUND, UMBRELLA, EXPIRED, "hello", "Back-off pulling image", many):
        found = post(client, text).get_json()
        jsonschema.validate(found, schema("MatchResponse", causes))


def event(pod: str) -> dict[str, Any]:
    return {
        "kind": "Event",
        "type": "Warning",
        "reason": "Failed",
        "message": NOT_FOUND,
        "involvedObject": {"kind": "Pod", "namespace": "shop", "name": pod},
    }


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/v1/causes", "Causes"),
        ("/api/v1/signatures", "Signatures"),
        ("/livez", "Live"),
        ("/readyz", "Ready"),
        ("/api/v1/problems/too-large", "ProblemType"),
    ],
)
def test_reading_routes_follow_the_published_schema(
    client: FlaskClient, path: str, name: str
) -> None:
    response = client.get(path)
    assert response.status_code == 200
    jsonschema.validate(response.get_json(), schema(name, causes_of(client)))


def test_every_signature_can_be_read_and_its_permalink_is_in_the_built_site(
    client: FlaskClient,
) -> None:
    causes = causes_of(client)
    listed = client.get("/api/v1/signatures").get_json()["signatures"]
    wanted = schema("SignatureDetail", causes)
    for known in listed[:: max(1, len(listed) // 60)]:
        found = client.get(f"/api/v1/signatures/{known['id']}").get_json()
        jsonschema.validate(found, wanted)
    pages = {cause: client.get(f"/causes/{cause}/").get_data(as_text=True) for cause in causes}
    anchors = {cause: set(re.findall(r'\bid="([^"]+)"', page)) for cause, page in pages.items()}
    missing = [k["url"] for k in listed if k["id"] not in anchors[k["cause"]]]
    sections = {(k["cause"], k["section"]) for k in listed if k["section"]}
    missing += [f"{cause}#{name}" for cause, name in sections if name not in anchors[cause]]
    assert not missing


def test_the_description_names_every_route_and_no_other(client: FlaskClient, app: Flask) -> None:
    described = client.get("/api/v1/openapi.json").get_json()
    assert described["openapi"].startswith("3.1.")
    served = {re.sub(r"<[^>]+>", "{}", rule.rule) for rule in app.url_map.iter_rules()}
    named = {re.sub(r"\{[^}]+\}", "{}", path) for path in described["paths"]}
    assert named == served - {"/match/", "/triage/"}


# Who gets which representation


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "application/json"),
        ({"Accept": "*/*"}, "application/json"),
        ({"Accept": "*/*", "User-Agent": "curl/8.5.0"}, "text/plain; charset=utf-8"),
        ({"Accept": "application/json", "User-Agent": "curl/8.5.0"}, "application/json"),
        ({"Accept": "text/plain"}, "text/plain; charset=utf-8"),
        ({"Accept": "text/html"}, "application/json"),
        ({"Accept": "text/plain;q=0.5, application/json"}, "application/json"),
    ],
)
def test_json_is_the_default_and_terminals_get_text(
    client: FlaskClient, headers: dict[str, str], expected: str
) -> None:
    response = post(client, NOT_FOUND, headers=headers)
    assert response.content_type == expected
    assert "Accept" in response.headers["Vary"]
    assert response.headers["Cache-Control"] == "no-store"


def test_the_text_links_with_the_host_that_was_asked(client: FlaskClient) -> None:
    response = post(client, NOT_FOUND, headers={"Accept": "text/plain"})
    assert "http://localhost/causes/image-tag/#not-found" in response.get_data(as_text=True)


# Errors


def long(size: int) -> bytes:
    return b"x" * size


@pytest.mark.parametrize(
    ("method", "path", "body", "media_type", "status"),
    [
        ("POST", MATCH, b"", "text/plain", 400),
        ("POST", MATCH, b" \r\n\0 ", "text/plain", 400),
        ("POST", MATCH, b"text=", FORM, 400),
        ("POST", MATCH, b"", "application/json", 400),
        ("POST", MATCH, b"{", "application/json", 400),
        ("POST", MATCH, b"[" * 100_000, "application/json", 400),
        ("POST", MATCH, b'{"text": 1}', "application/json", 400),
        ("POST", MATCH, b'["text"]', "application/json", 400),
        ("POST", MATCH, b"\xff\xfe\xfd", "application/json", 400),
        ("POST", MATCH, b'{"text": "x", "limit": 0}', "application/json", 400),
        ("POST", MATCH, b'{"text": "x", "limit": true}', "application/json", 400),
        ("POST", MATCH, b'{"text": "x", "limit": 1e999}', "application/json", 400),
        ("POST", MATCH, b"x", "image/png", 415),
        ("POST", MATCH, b"x", "multipart/form-data; boundary=x", 415),
        ("POST", MATCH, long(paste.MAX_BYTES + 1), "text/plain", 413),
        ("POST", MATCH, long(paste.MAX_BYTES + 1), FORM, 413),
        ("POST", MATCH, b'{"text": "%s"}' % long(paste.MAX_BYTES + 1), "application/json", 413),
        ("POST", MATCH, b"text=" + long(paste.MAX_BYTES + 1), FORM, 413),
        ("POST", MATCH, long(4 * paste.MAX_BYTES + 1), "text/plain", 413),
        ("POST", "/match/", long(paste.MAX_BYTES + 1), FORM, 413),
        ("GET", MATCH, None, None, 405),
        ("DELETE", "/api/v1/causes", None, None, 405),
        ("POST", "/", b"x", "text/plain", 405),
        ("PUT", "/causes/image-tag/", b"x", "text/plain", 405),
        ("POST", "/nothing/here", b"x", "text/plain", 404),
        ("GET", "/nothing/here", None, None, 404),
        ("GET", "/api/v1/nothing", None, None, 404),
        ("GET", "/api/v1/signatures/nothing", None, None, 404),
        ("GET", "/api/v1/problems/nothing", None, None, 404),
        ("GET", "/go?message=" + "x" * 1501, None, None, 400),
    ],
)
def test_every_error_is_a_problem_that_says_what_to_do(
    client: FlaskClient,
    method: str,
    path: str,
    body: bytes | None,
    media_type: str | None,
    status: int,
) -> None:
    response = client.open(path, method=method, data=body, content_type=media_type)
    assert response.status_code == status
    assert response.content_type == http_problems.MEDIA_TYPE
    told = json.loads(response.get_data())
    jsonschema.validate(told, schema("Problem", ["x"]))
    assert told["status"] == status
    assert told["fix"]
    assert client.get(told["type"]).get_json()["title"] == told["title"]
    if status == 405:
        assert method not in response.headers["Allow"].split(", ")


def test_the_limit_counts_the_text_not_its_escaping(client: FlaskClient) -> None:
    text = (NOT_FOUND + "\n\n").ljust(paste.MAX_BYTES, "\n")
    for response in (
        post(client, text),
        client.post(MATCH, json={"text": text}),
        client.post(MATCH, data={"text": text}),
    ):
        assert response.status_code == 200
        assert response.get_json()["matches"][0]["cause"] == "image-tag"


def test_lone_surrogates_and_controls_in_json_are_answered(client: FlaskClient) -> None:
    body = json.dumps({"text": NOT_FOUND + "\ud800 \x00 \u202e"})
    for accept in ("application/json", "text/plain"):
        response = client.post(
            MATCH, data=body, content_type="application/json", headers={"Accept": accept}
        )
        assert response.status_code == 200


def test_a_fault_of_ours_is_a_problem_and_its_report_quotes_nothing(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a-secret-of-the-paste")

    monkeypatch.setattr("api.app.runbook.answer", broken)
    response = post(client, NOT_FOUND)
    assert response.status_code == 500
    assert response.content_type == http_problems.MEDIA_TYPE
    assert response.headers["X-Request-ID"] in response.get_json(force=True)["detail"]
    assert "KeyError at test_app.py" in caplog.text
    assert "a-secret" not in caplog.text + response.get_data(as_text=True)


# Headers


@pytest.mark.parametrize("path", ["/", "/api/v1/causes", "/nothing", "/go?reason=x", "/livez"])
def test_security_headers_are_on_everything(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self' ")
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_a_request_id_is_echoed_only_if_it_is_harmless(client: FlaskClient) -> None:
    assert client.get("/livez", headers={"X-Request-ID": "a-1.B_2"}).headers["X-Request-ID"] == (
        "a-1.B_2"
    )
    for bad in ("<script>", "a b", "x" * 65, ""):
        given = client.get("/livez", headers={"X-Request-ID": bad}).headers["X-Request-ID"]
        assert re.fullmatch(r"[0-9a-f]{16}", given)


def test_readyz_names_the_catalogue_and_lists_revalidate(client: FlaskClient) -> None:
    digest = client.get("/readyz").get_json()["catalogue"]
    assert client.get("/api/v1/causes").get_json()["catalogue"] == digest
    etag = client.get("/api/v1/signatures").headers["ETag"]
    again = client.get("/api/v1/signatures", headers={"If-None-Match": etag})
    assert (again.status_code, again.get_data()) == (304, b"")


# /go


def location(client: FlaskClient, path: str, **query: str) -> str:
    response = client.get(path, query_string=query)
    assert response.status_code == 302
    assert response.headers["Cache-Control"] == "no-store"
    return response.headers["Location"]


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ({"reason": "InvalidImageName"}, "/causes/invalid-reference/"),
        ({"reason": "ErrImageNeverPull"}, "/causes/never-pull/"),
        ({"reason": "errimageneverpull"}, "/causes/never-pull/"),
        ({"reason": "ErrImagePull"}, "/triage/"),
        ({"reason": "ImagePullBackOff"}, "/triage/"),
        ({"reason": "nonsense"}, "/triage/"),
        ({}, "/triage/"),
        ({"reason": "RegistryUnavailable"}, "/causes/registry-unreachable/#refused"),
        ({"message": EXPIRED}, "/causes/registry-unreachable/#tls-expired"),
        ({"message": EXPIRED, "reason": "x"}, "/causes/registry-unreachable/#tls-expired"),
        ({"message": "nonsense", "reason": "ErrImageNeverPull"}, "/causes/never-pull/"),
        ({"message": "Back-off pulling image", "reason": "ImagePullBackOff"}, "/triage/"),
        ({"message": EXPIRED, "ns": "shop", "pod": "cart-1", "image": "a.io/b:1"},
         "/causes/registry-unreachable/?ns=shop&pod=cart-1&image=a.io/b:1#tls-expired"),
        ({"reason": "ErrImagePull", "ns": "Shop;rm", "pod": "", "image": "$(x)"}, "/triage/"),
    ],
)  # fmt: skip
def test_go_leads_where_the_alert_is_clear_and_to_triage_where_not(
    client: FlaskClient, query: dict[str, str], target: str
) -> None:
    assert location(client, "/go", **query) == target


def test_go_hands_every_honest_candidate_to_the_triage_page(client: FlaskClient) -> None:
    target = location(client, "/go", message=NOT_FOUND, ns="shop")
    assert target == "/triage/?candidates=image-tag/not-found,image-name/not-found&ns=shop"
    page = client.get(target).get_data(as_text=True)
    assert 'href="/causes/image-tag/?ns=shop#not-found"' in page
    shown = page.partition('<section class="pb-candidates">')[2].partition("</section>")[0]
    assert shown.count("<pre>") == 1, "each pair is told apart once"
    image = client.get(f"{target}&image=a.example/b/c:1").get_data(as_text=True)
    assert "crane ls a.example/b/c" in image


def test_triage_shows_only_candidates_that_the_catalogue_knows(client: FlaskClient) -> None:
    plain = client.get("/triage/").get_data(as_text=True)
    hostile = client.get("/triage/?candidates=<script>alert(1)</script>,//evil.example")
    assert "evil.example" not in hostile.get_data(as_text=True)
    assert "alert(1)" not in hostile.get_data(as_text=True)
    assert "pb-candidates" not in plain + hostile.get_data(as_text=True)


def test_go_follows_signatures_causes_and_sections(client: FlaskClient) -> None:
    known = client.get("/api/v1/signatures").get_json()["signatures"]
    for signature in known[::200]:
        anchor = f"#{signature['section']}" if signature["section"] else ""
        wanted = f"/causes/{signature['cause']}/{anchor}"
        assert location(client, f"/go/{signature['id']}") == wanted
    assert location(client, "/go/image-tag") == "/causes/image-tag/"
    assert location(client, "/go/image-tag/not-found") == "/causes/image-tag/#not-found"
    assert location(client, "/go/image-tag/nothing") == "/causes/image-tag/"
    assert location(client, "/go/imagetag").startswith("/triage/?candidates=image-tag")


@pytest.mark.parametrize(
    "path",
    [
        "/go?message=https://evil.example/&reason=//evil.example",
        "/go?image=//evil.example/x&ns=https://evil.example",
        "/go/https:%2F%2Fevil.example",
        "/go/%2F%2Fevil.example",
        "/go/..%5Cevil.example",
        "/go/image-tag/https:evil.example",
        "//evil.example/go",
        "//evil.example/causes/image-tag",
        "/causes/image-tag?next=//evil.example",
        "/match?x=//evil.example",
    ],
)
def test_no_redirect_leaves_the_site(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Host": "evil.example"})
    if "Location" in response.headers:
        target = urlsplit(response.headers["Location"])
        assert (target.scheme, target.netloc) == ("", "")
        assert target.path.startswith("/")
        assert not target.path.startswith("//")


# The page for readers without JavaScript


def test_a_form_post_renders_the_answer_in_the_page(client: FlaskClient) -> None:
    response = client.post("/match/", data={"text": NOT_FOUND + " <script>alert(1)</script>"})
    page = response.get_data(as_text=True)
    assert response.status_code == 200
    assert response.content_type.startswith("text/html")
    assert response.headers["Cache-Control"] == "no-store"
    assert 'href="/causes/image-tag/#not-found"' in page
    assert "registry.acme.dev/shop/cart" in page
    assert "<script>alert" not in page
    assert "pullbook:answer" not in page


def test_a_form_without_text_says_so_on_the_page(client: FlaskClient) -> None:
    response = client.post("/match/", data={"text": ""}, headers={"Accept": "text/html"})
    assert response.status_code == 400
    assert "Nothing to match" in response.get_data(as_text=True)


# Nothing pasted leaves a trace

SECRETS = ("canary-p4ssw0rd", "AKIACANARYCANARY1234", "canary@acme.example", "canarysignature99")
LEAKY = (
    f'{NOT_FOUND}\nGET "https://u:{SECRETS[0]}@registry.acme.dev/v2/": {SECRETS[1]} {SECRETS[2]} '
    f"https://bucket.s3.amazonaws.com/x?X-Amz-Signature={SECRETS[3]}"
)


@pytest.mark.parametrize("accept", ["application/json", "text/plain"])
def test_secrets_reach_no_answer_log_metric_or_error(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, accept: str
) -> None:
    caplog.set_level(logging.DEBUG)
    texts = [post(client, LEAKY, headers={"Accept": accept}).get_data(as_text=True)]
    texts.append(client.post("/match/", data={"text": LEAKY}).get_data(as_text=True))
    texts.append(client.post(MATCH, json={"text": LEAKY, "limit": "x"}).get_data(as_text=True))
    texts.append(post(client, LEAKY, content_type="image/png").get_data(as_text=True))
    texts.append(client.get("/go", query_string={"message": LEAKY}).get_data(as_text=True))
    texts.append(client.get("/metrics").get_data(as_text=True))
    for secret in SECRETS:
        assert secret not in "\n".join([*texts, caplog.text])
    assert "registry.acme.dev" not in caplog.text


def test_metrics_count_verdicts_and_problems(client: FlaskClient) -> None:
    def count(line: str) -> int:
        exposed = client.get("/metrics").get_data(as_text=True)
        found = re.search(re.escape(line) + r" (\d+)", exposed)
        return int(found.group(1)) if found else 0

    answered = 'pullbook_match_requests_total{verdict="unknown",cause="none"}'
    refused = 'pullbook_problems_total{problem="media-type"}'
    before = count(answered), count(refused)
    post(client, "hello")
    post(client, "x", content_type="image/png")
    assert (count(answered), count(refused)) == (before[0] + 1, before[1] + 1)
