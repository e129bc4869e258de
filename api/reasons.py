"""What a single word decides: a waiting reason, CRI-O's error label, an HTTP status.

Alerts seldom carry the message. Where the word alone names the cause, a link may go there; where it
does not (`ErrImagePull`, 404: name or tag?), there is no route, and the reader fetches the message.
"""

from __future__ import annotations

from collections.abc import Mapping

Target = tuple[str, str | None]

# Waiting reasons of the kubelet. ErrImagePull and ImagePullBackOff say only that a pull failed.
# RegistryUnavailable comes from CRI-O on a refused connection; never from containerd.
WAITING: Mapping[str, Target] = {
    "InvalidImageName": ("invalid-reference", None),
    "ErrImageNeverPull": ("never-pull", None),
    "SignatureValidationFailed": ("policy-rejected", "signature"),
    "RegistryUnavailable": ("registry-unreachable", "refused"),
    "ImageInspectError": ("node-runtime", "runtime-down"),
}

# The `error` label of container_runtime_crio_image_pulls_failure_total: the registry
# specification's codes, and three words of CRI-O's own. DENIED and NOT_FOUND are left out, since
# a registry says both of a repository that is missing and of one that is hidden.
CRIO: Mapping[str, Target] = {
    "UNAUTHORIZED": ("registry-auth", None),
    "TOOMANYREQUESTS": ("rate-limited", None),
    "UNAVAILABLE": ("registry-outage", "unavailable"),
    "NAME_UNKNOWN": ("image-name", "name-unknown"),
    "NAME_INVALID": ("invalid-reference", "format"),
    "TAG_INVALID": ("invalid-reference", "format"),
    "MANIFEST_UNKNOWN": ("image-tag", "manifest-unknown"),
    "MANIFEST_INVALID": ("unsupported-image", "media-type"),
    "MANIFEST_BLOB_UNKNOWN": ("corrupt-content", "missing-content"),
    "BLOB_UNKNOWN": ("corrupt-content", "missing-content"),
    "DIGEST_INVALID": ("corrupt-content", "digest-mismatch"),
    "SIZE_INVALID": ("corrupt-content", "truncated"),
    "CONNECTION_REFUSED": ("registry-unreachable", "refused"),
    "CONNECTION_TIMEOUT": ("registry-unreachable", "timeout"),
}

# 403 and 404 are left out for the same reason as DENIED; 4xx says too little.
STATUS: Mapping[str, Target] = {
    "401": ("registry-auth", None),
    "407": ("registry-unreachable", "proxy"),
    "429": ("rate-limited", None),
    "500": ("registry-outage", "server-error"),
    "502": ("registry-outage", "bad-gateway"),
    "503": ("registry-outage", "unavailable"),
    "504": ("registry-outage", "bad-gateway"),
    "5xx": ("registry-outage", None),
}

_ROUTES = {
    word.casefold(): target for table in (WAITING, CRIO, STATUS) for word, target in table.items()
}


def route(reason: str) -> Target | None:
    """The cause and section that this word alone decides, or None: ask for the message."""
    return _ROUTES.get(reason.strip().casefold())
