"""Text to tokens: what a message says, without the names that differ from cluster to cluster.

The text is cut into *pieces* first (at white space, quotes and brackets), then each piece is
classified once, by itself. One alternation of placeholder patterns over the whole text is
quadratic on hostile input; cutting first and looking at bounded pieces is linear.
"""

from __future__ import annotations

import re

# A URL is one piece although it may hold = ; and commas; an IPv6 address keeps its brackets.
# Each alternative consumes what it scanned, so the scan is linear in the text.
_PIECE = re.compile(
    r"[A-Za-z][A-Za-z0-9+.]{1,15}://[^\s\"'`<>“”‘’|\\]+"
    r"|\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?"
    r"|[^\s\"'`()\[\]{}<>,;=|\\“”‘’]+"
)
_WORD = re.compile(r"[^\W_]+")
_EDGE = ".,:;!?*_~#…-)]}"
_LONGEST_PIECE = 512
_LONGEST_WORD = 40

_DIGITS = frozenset("0123456789")
_HEX = frozenset("0123456789abcdef")
_REFERENCE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-/:@")
_FILE_ENDINGS = frozenset(
    "go tar gz json sock so yaml yml log txt py sh service toml conf md html xml js rs java".split()
)
# Where runtimes listen; a refusal at another socket is another program's.
_SOCKETS = tuple(
    f"{name}.sock"
    for name in "containerd crio docker dockershim cri-dockerd podman buildkitd".split()
)
# Where a layer lies while it is pulled: Docker, containers/image, containerd.
_LAYER_FILES = ("getimageblob", "container_images_storage", "content/ingest/")
_PLATFORM_SYSTEMS = frozenset(("linux", "windows", "darwin", "freebsd", "unknown"))
_MEDIA_TREES = frozenset(("application", "text"))
MEDIA_TOKENS = ("<media>", "<schema1-media>", "<web-media>")
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|us|µs|ns|h|m|s))+")
_SIZE = re.compile(r"\d+(?:\.\d+)?(?:[kmgt]i?b?|b|bytes)")
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

URL_TOKENS = (
    "<ping-url>", "<manifest-url>", "<blob-url>", "<token-url>", "<registry-url>", "<url>",
    "<other-url>", "<upload-url>", "<create-url>",
)  # fmt: skip
# Hosts that serve nothing but images: to name one is a sign of a pull.
_REGISTRY_HOSTS = frozenset(
    "registry-1.docker.io index.docker.io auth.docker.io docker.io production.cloudflare.docker.com"
    " gcr.io ghcr.io quay.io registry.k8s.io k8s.gcr.io mcr.microsoft.com public.ecr.aws"
    " registry.access.redhat.com registry.redhat.io registry.gitlab.com".split()
)
_REGISTRY_DOMAINS = (".azurecr.io", ".gcr.io", ".pkg.dev", ".quay.io", ".docker.com", ".docker.io")
# Hosts and a scheme that serve anything but images, some by the registries' own protocol.
_OTHER_HOSTS = frozenset(
    "registry.ollama.ai registry.npmjs.org registry.yarnpkg.com registry.terraform.io pypi.org"
    " files.pythonhosted.org proxy.golang.org sum.golang.org index.crates.io static.crates.io"
    " crates.io repo.maven.apache.org repo1.maven.org rubygems.org api.nuget.org deb.debian.org"
    " archive.ubuntu.com security.ubuntu.com dl-cdn.alpinelinux.org formulae.brew.sh"
    " charts.bitnami.com charts.helm.sh kubernetes-charts.storage.googleapis.com".split()
)
# What only those ask for who list images, and who clone a repository of source code.
_NO_PULL = ("tags/list", "v2/_catalog", "info/refs", "git-upload-pack", "git-receive-pack")
_ARTIFACT_SCHEME = "oci"  # Helm, Flux, Argo CD and ORAS write it before what is no image
# Signs for or against a pull that no placeholder asks for.
EVIDENCE_TOKENS = ("<registry-host>", "<other-host>", "<artifact>")
STATUS_TOKENS = tuple(str(code) for code in range(400, 600))


def pieces(text: str) -> list[str]:
    """The pieces of `text` in order, as they stand, edge punctuation included."""
    return _PIECE.findall(text)


def trim(piece: str) -> str:
    """The piece without edge punctuation; an IPv6 address keeps its brackets."""
    left = piece.lstrip(_EDGE)
    return left if left[:1] == "[" else left.rstrip(_EDGE)


def tokens(piece: str) -> tuple[str, ...]:
    """Classify one piece: a single `<type>` token, a status code, or its words in lower case."""
    piece = trim(piece)
    if not piece:
        return ()
    if len(piece) > _LONGEST_PIECE:
        return ("<blob>",)
    low = piece.lower()
    whole = _whole(low, piece)
    if whole:
        return (whole,)
    return tuple(_word(word) for word in _WORD.findall(low))


def _word(word: str) -> str:
    if word.isdecimal():
        return word if len(word) == 3 and word[0] in "45" else "<int>"
    return word if len(word) <= _LONGEST_WORD else "<id>"


def _whole(low: str, piece: str) -> str | None:
    """The token of a piece that is one thing: a URL, a digest, a reference, an address …"""
    if low.isalpha():
        return None
    if "://" in low:
        return _url(low)
    if "@sha256:" in low or "@sha512:" in low:
        return "<pinned>"
    if "sha256:" in low or "sha512:" in low:
        return "<digest>"
    first = low[0]
    if first in _DIGITS or first in "[:":
        number = _number(low)
        if number:
            return number
    if first == "/":
        return _path(low)
    if len(low) >= 12 and _HEX.issuperset(low) and not _DIGITS.isdisjoint(low):
        return "<digest>" if len(low) in (64, 128) else "<id>"
    if len(low) == 36 and _UUID.fullmatch(low):
        return "<id>"
    if low[1:3] in (":\\", ":/") or low.startswith("\\\\"):
        return "<path>"
    head, slash, _ = low.partition("/")
    if slash and head in _PLATFORM_SYSTEMS:
        return "<platform>"
    if slash and head in _MEDIA_TREES:
        return _media(low)
    return _name(low, piece)


def _path(low: str) -> str | None:
    """A path; a registry's log prints its addresses without the host."""
    if low.startswith("/v2/"):
        return _api(low[1:].partition("?")[0]) or "<path>"
    if low.endswith(_SOCKETS):
        return "<socket>"
    if any(name in low for name in _LAYER_FILES):
        return "<layer-path>"
    return "<path>" if len(low) > 1 else None


def _api(path: str) -> str | None:
    """What the path of a registry's address asks for."""
    if "manifests/" in path or path.startswith(("v1/repositories/", "v1/images/")):
        return "<manifest-url>"
    if "blobs/uploads" in path:
        return "<upload-url>"  # a push
    if "blobs/" in path or "registry-v2/docker/registry" in path:
        return "<blob-url>"
    return None


def _media(low: str) -> str:
    """A media type; a web page's and schema 1's tell a cause by themselves."""
    if low.startswith(("text/html", "application/xhtml")):
        return "<web-media>"
    return "<schema1-media>" if ".manifest.v1+" in low else "<media>"


def _url(low: str) -> str:
    scheme, _, rest = low.partition("://")
    if scheme == _ARTIFACT_SCHEME:
        return "<artifact>"
    if "images/create" in rest:
        return "<create-url>"  # how the Docker API asks for a pull
    if scheme not in ("http", "https"):
        if scheme in ("unix", "npipe", "tcp", "file"):
            return _path(f"/{rest}") or "<path>"
        return "<image>"
    path, _, query = rest.partition("?")
    host, _, path = path.partition("/")
    path = path.rstrip("/")
    bare = host.rpartition("@")[2].partition(":")[0]
    if bare in _OTHER_HOSTS or path.endswith(_NO_PULL) or "git-" in query:
        return "<other-url>"
    known = _api(path)
    if known:
        return known
    if "scope=" in query and "push" in query:
        return "<upload-url>"
    if "scope=" in query or "service=" in query or path.endswith(("token", "oauth2/exchange")):
        return "<token-url>"
    if path in ("v2", "v1", "v1/_ping"):
        return "<ping-url>"
    return "<registry-url>" if _serves_images(bare) else "<url>"


def _serves_images(host: str) -> bool:
    return host in _REGISTRY_HOSTS or host.endswith(_REGISTRY_DOMAINS) or ".dkr.ecr." in host


def _number(low: str) -> str | None:
    if low.isdecimal():
        return low if len(low) == 3 and low[0] in "45" else "<int>"
    if low.rstrip("%").replace(".", "", 1).isdecimal():
        return "<int>"
    if _DURATION.fullmatch(low):
        return "<duration>"
    if _SIZE.fullmatch(low):
        return "<size>"
    if _IPV4.fullmatch(low):
        return "<addr>"
    if low.count(":") >= 2 or low[0] == "[":
        bare = low.strip("[]").replace(":", "").replace("]", "").replace(".", "")
        if _HEX.issuperset(bare):
            return "<addr>" if low[0] in "[:" or low.count(":") > 2 else "<time>"
    if low[0] == ":" and low[1:].isdecimal():
        return "<addr>"
    if low[:4].isdecimal() and (low[4:5] in "-/"):
        return "<time>"
    return None


def _name(low: str, piece: str) -> str | None:
    """A host, an address with a port, or an image reference; None where it reads as words."""
    if not _REFERENCE.issuperset(low):
        return None
    head, colon, tail = low.rpartition(":")
    if "/" in low:
        # i/o, input/output and library/nginx are words; a dot, a tag or a port makes it a name.
        return "<image>" if "." in low or colon else None
    if colon:
        if tail.isdecimal() and ("." in head or head == "localhost" or "-" in head):
            return "<addr>" if head.rpartition(".")[2] not in _FILE_ENDINGS else "<file>"
        # denied:requested is two words that lost their space; nginx:1.25 is a reference.
        return "<image>" if not _DIGITS.isdisjoint(tail) or "." in tail else None
    last = low.rpartition(".")[2]
    if "." in low and piece == low and last.isalpha() and len(last) > 1:
        if last in _FILE_ENDINGS:
            return "<file>"
        if low in _OTHER_HOSTS:
            return "<other-host>"
        return "<registry-host>" if _serves_images(low) else "<host>"
    return None
