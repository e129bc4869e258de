"""What a piece of text becomes: a typed token, a status code or its words."""

from __future__ import annotations

import time

import pytest

from api import masking

WHOLE = [
    ("https://registry-1.docker.io/v2/", "<ping-url>"),
    ("https://quay.io/v2/orbit/api/manifests/1.0", "<manifest-url>"),
    ("https://index.docker.io/v1/repositories/orbit/api/images", "<manifest-url>"),
    ("https://ghcr.io/v2/orbit/api/blobs/sha256:0a1b", "<blob-url>"),
    ("https://auth.example.org/token?scope=repository%3Aa%3Apull&service=x", "<token-url>"),
    ("https://cdn.quay.io/some/layer", "<registry-url>"),
    ("https://shop.example.com/cart", "<url>"),
    ("https://ghcr.io/v2/orbit/api/blobs/uploads/", "<upload-url>"),
    ("/v2/orbit/api/manifests/1.0", "<manifest-url>"),
    ("http+docker://localhost/v1.25/images/create?tag=1&fromImage=web", "<create-url>"),
    ("https://registry.ollama.ai/v2/library/small/manifests/1", "<other-url>"),
    ("registry.npmjs.org", "<other-host>"),
    ("oci://charts.example.org/shop/web", "<artifact>"),
    ("docker://quay.io/orbit/api:1.0", "<image>"),
    ("unix:///run/containerd/containerd.sock", "<socket>"),
    ("/var/run/crio/crio.sock", "<socket>"),
    ("/run/multus/multus.sock", "<path>"),
    ("/var/lib/docker/tmp/GetImageBlob3110843648", "<layer-path>"),
    ("https://auth.example.org/token?scope=repository:a:pull,push", "<upload-url>"),
    ("sha256:" + "0a" * 32, "<digest>"),
    ("0a" * 32, "<digest>"),
    ("quay.io/orbit/api@sha256:" + "0a" * 32, "<pinned>"),
    ("quay.io/orbit/api:1.0", "<image>"),
    ("nginx:1.27", "<image>"),
    ("registry-1.docker.io", "<registry-host>"),
    ("shop.example.com", "<host>"),
    ("registry.example.com:5000", "<addr>"),
    ("10.96.0.10:53", "<addr>"),
    ("[::1]:53", "<addr>"),
    ("/var/lib/containerd", "<path>"),
    ("C:\\ProgramData\\docker", "<path>"),
    ("https://registry.example.com/v2/orbit/web/tags/list?n=1000", "<other-url>"),
    ("https://git.example.com/orbit/web/info/refs?service=git-upload-pack", "<other-url>"),
    ("1m30s", "<duration>"),
    ("500Mi", "<size>"),
    ("linux/arm64/v8", "<platform>"),
    ("application/vnd.oci.image.index.v1+json", "<media>"),
    ("kuberuntime_image.go:51", "<file>"),
    ("631f158f-a8c8-11e8-8c35-a81e16d6787e", "<id>"),
    ("403", "403"),
    ("200", "<int>"),
    ("x" * 600, "<blob>"),
]  # fmt: skip
WORDS = [
    ("i/o", ("i", "o")),
    ("input/output", ("input", "output")),
    ("library/nginx", ("library", "nginx")),
    ("Back-off", ("back", "off")),
    ("couldn't", ("couldn", "t")),
    ("denied:requested", ("denied", "requested")),
    ("Client.Timeout", ("client", "timeout")),
    ("httpReadSeeker:", ("httpreadseeker",)),
    ("...", ()),
]


@pytest.mark.parametrize(("piece", "token"), WHOLE, ids=[piece[:40] for piece, _ in WHOLE])
def test_a_name_is_one_typed_token(piece: str, token: str) -> None:
    assert masking.tokens(piece) == (token,)


@pytest.mark.parametrize(("piece", "words"), WORDS, ids=[piece for piece, _ in WORDS])
def test_anything_else_is_its_words(piece: str, words: tuple[str, ...]) -> None:
    assert masking.tokens(piece) == words


def test_quotes_brackets_and_arrows_separate_pieces() -> None:
    text = 'Head "https://a.example/v2/": read 10.0.0.1:5->10.0.0.2:53: [::1]:53 (x)'
    trimmed = [masking.trim(piece) for piece in masking.pieces(text)]
    assert [piece for piece in trimmed if piece] == [
        "Head", "https://a.example/v2/", "read", "10.0.0.1:5", "10.0.0.2:53", "[::1]:53", "x",
    ]  # fmt: skip


def test_a_url_keeps_its_query() -> None:
    assert masking.pieces("<https://a.example/t?scope=a:b&x=1>") == [
        "https://a.example/t?scope=a:b&x=1"
    ]


@pytest.mark.parametrize(
    "unit", ["a.", "a-", "a:", "1.", "/", "[:", "http://", "a://b", "sha256:", "a@", "0", "=", "é"]
)
def test_scanning_is_linear_in_hostile_text(unit: str) -> None:
    def cost(length: int) -> float:
        text = unit * (length // len(unit))
        best = 1.0
        for _ in range(3):
            start = time.perf_counter()
            for piece in masking.pieces(text):
                masking.tokens(piece)
            best = min(best, time.perf_counter() - start)
        return best

    short, long = cost(64 * 1024), cost(256 * 1024)
    assert long < short * 4 * 2 + 0.01
