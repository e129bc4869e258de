"""The alerting files of `docs/alerts`, each from one source.

Plain rules are the source of the operator's PrometheusRule (the same text, indented, under a
header, so comments survive). `CLASSES` is the source of the Alloy pipeline that gives each event
of a failed pull a bounded label, which is also the path of its permalink.
"""

from __future__ import annotations

from collections.abc import Mapping

# Cause and section, and the words that decide them (RE2). Later lines overrule earlier ones: from
# what a registry answers, over what the network says, to what stops before or after both.
CLASSES: tuple[tuple[str, str], ...] = (
    ("image-name/access-denied", "pull access denied|requested access to the resource is denied"),
    ("image-name/name-unknown", "name unknown|NAME_UNKNOWN|repository name not known"),
    ("image-tag/not-found", ": not found"),
    ("image-tag/manifest-unknown", "manifest unknown|manifest for [^ ]+ not found"),
    ("registry-auth/no-credentials", "no basic auth credentials|authentication required"),
    ("registry-auth/bad-credentials", "incorrect username or password|invalid username/password"),
    ("registry-auth/forbidden", "403 Forbidden|status 403"),
    ("registry-auth/no-credentials", "401 Unauthorized|status 401"),
    ("registry-auth/anonymous-token", "failed to fetch anonymous token.*(401|403)"),
    ("registry-auth/expired-token", "token has expired|authorization token has expired"),
    ("registry-outage/server-error", "500 Internal Server Error"),
    ("registry-outage/bad-gateway", "502 Bad Gateway|504 Gateway Time-?out"),
    ("registry-outage/unavailable", "503 Service (Temporarily )?Unavailable"),
    ("rate-limited/other-registry", "429 Too Many Requests|toomanyrequests|TOOMANYREQUESTS"),
    ("rate-limited/docker-hub", "reached your (unauthenticated )?pull rate limit"),
    ("registry-unreachable/timeout", "i/o timeout|Client.Timeout exceeded|TLS handshake timeout"),
    ("registry-unreachable/reset", "connection reset by peer"),
    ("registry-unreachable/refused", "connection refused"),
    ("registry-unreachable/no-route", "no route to host|network is unreachable"),
    ("registry-unreachable/dns", "no such host|server misbehaving|Temporary failure in name resol"),
    ("registry-unreachable/tls-untrusted", "certificate signed by unknown authority"),
    ("registry-unreachable/tls-name", "x509: certificate is valid for|doesn't contain any IP SANs"),
    ("registry-unreachable/tls-expired", "certificate has expired or is not yet valid"),
    ("registry-unreachable/plain-http", "server gave HTTP response to HTTPS client"),
    ("registry-unreachable/proxy", "proxyconnect tcp|Proxy Authentication Required"),
    ("architecture-mismatch/no-platform", "no match for platform|no matching manifest for"),
    ("node-storage/disk-full", "no space left on device"),
    ("node-storage/quota", "disk quota exceeded"),
    ("node-runtime/qps", "pull QPS exceeded"),
    ("policy-rejected/signature", "[Ss]ource image rejected|SignatureValidationFailed"),
)
UNCLASSED = "backoff-only"


def operator_rule(rules: str, name: str) -> str:
    """Plain Prometheus rules as a PrometheusRule for the operator."""
    comment, start, groups = rules.partition("groups:\n")
    header = (
        "apiVersion: monitoring.coreos.com/v1\n"
        "kind: PrometheusRule\n"
        "metadata:\n"
        f"  name: {name}\n"
        "  labels:\n"
        "    # As ruleSelector of your Prometheus asks; this is kube-prometheus-stack's default.\n"
        "    release: kube-prometheus-stack\n"
        "spec:\n"
    )
    indented = "".join(f"  {line}" if line.strip() else line for line in groups.splitlines(True))
    return f"{comment}{header}  {start}{indented}"


def alloy(template: str) -> str:
    """The Alloy pipeline with one stage for each class."""
    stages = "".join(
        "  stage.match {\n"
        f'    selector = `{{job="pullbook/image-pulls"}} |~ "{words}"`\n'
        f'    stage.static_labels {{ values = {{ pull_class = "{name}" }} }}\n'
        "  }\n"
        for name, words in CLASSES
    )
    return template.replace("  // pullbook:classes\n", stages)


def downloads(snippets: Mapping[str, str]) -> dict[str, str]:
    """Every file to download, by name: the sources, and what is made from them."""
    found: dict[str, str] = {}
    for name, text in snippets.items():
        stem, _, kind = name.partition(".")
        found[name] = alloy(text) if kind == "alloy" else text
        if kind == "rules.yaml":
            found[f"{stem}.prometheusrule.yaml"] = operator_rule(text, f"pullbook-{stem}")
    return found


_LANGUAGES = {"yaml": "yaml", "libsonnet": "jsonnet"}
_LONG = 40  # lines; a longer file is folded away


def shown(name: str, content: str) -> str:
    """A file as a page shows it: the link to download it, and the text."""
    language = _LANGUAGES.get(name.rpartition(".")[2], "text")
    link = f'<p><a href="{name}" download>Download {name}</a></p>'
    block = f"```{language}\n{content.rstrip()}\n```"
    if content.count("\n") <= _LONG:
        return f"{link}\n\n{block}\n"
    folded = "\n".join(f"    {line}" if line else "" for line in block.split("\n"))
    return f'{link}\n\n??? note "{name}"\n{folded}\n'
