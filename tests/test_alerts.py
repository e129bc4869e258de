"""Rules that fire, links that land: checked by the programs that read them and the real server."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from api import alerts, catalogue, entries
from tests.conftest import ROOT, Server

FILES = ROOT / "docs" / "alerts"
PUBLISHED = "https://pullbook.example.com"
RULES = sorted(FILES.glob("*.rules.yaml"))
SNIPPETS = {path.name: path.read_text("utf-8") for path in FILES.iterdir()}


def run(tool: str, *arguments: object) -> str:
    path = shutil.which(tool)
    assert path, f"{tool} is not installed: make alert-tools"
    done = subprocess.run(
        [path, *map(str, arguments)],
        cwd=FILES,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_prometheus_accepts_the_rules() -> None:
    assert run("promtool", "check", "rules", *RULES).count("SUCCESS") == len(RULES)


def test_the_rules_fire_as_their_tests_say() -> None:
    run("promtool", "test", "rules", "image-pull.test.yaml")


def test_promtool_would_notice_another_link(tmp_path: Path) -> None:
    for path in (*RULES, FILES / "image-pull.test.yaml"):
        text = path.read_text("utf-8")
        if path not in RULES:
            text = text.replace("reason=InvalidImageName&ns", "reason=ErrImagePull&ns")
        (tmp_path / path.name).write_text(text, "utf-8")
    done = subprocess.run(
        ["promtool", "test", "rules", str(tmp_path / "image-pull.test.yaml")],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1


def test_every_alert_has_a_test() -> None:
    written = {
        rule["alert"]
        for path in RULES
        for group in entries.read_plain(path.read_text("utf-8"))["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }
    expected = {
        case["alertname"]
        for test in entries.read_plain(SNIPPETS["image-pull.test.yaml"])["tests"]
        for case in test.get("alert_rule_test", ())
        if case.get("exp_alerts")
    }
    assert written == expected


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_the_operator_gets_the_same_rules(path: Path, tmp_path: Path) -> None:
    name = path.name.replace(".rules.yaml", ".prometheusrule.yaml")
    text = alerts.downloads(SNIPPETS)[name]
    resource = entries.read_plain(text)
    assert resource["kind"] == "PrometheusRule"
    assert resource["spec"] == entries.read_plain(path.read_text("utf-8"))
    assert text.startswith("# ")  # the comments came along


def rendered_links() -> list[str]:
    """The links that promtool rendered: `test_the_rules_fire_as_their_tests_say` compares them."""
    tests = entries.read_plain(SNIPPETS["image-pull.test.yaml"])["tests"]
    return sorted(
        {
            alert["exp_annotations"]["runbook_url"]
            for test in tests
            for case in test.get("alert_rule_test", ())
            for alert in case.get("exp_alerts") or ()
        }
    )


def opened(server: Server, link: str) -> tuple[str, str]:
    """Where a published link ends on the real server, and the page there."""
    assert link.startswith(PUBLISHED)
    with urllib.request.urlopen(server.url + link.removeprefix(PUBLISHED)) as answer:
        return answer.url, answer.read().decode()


@pytest.mark.parametrize("link", rendered_links())
def test_a_rendered_link_opens_a_section(server: Server, link: str) -> None:
    target, page = opened(server, link)
    anchor = urlsplit(target).fragment or urlsplit(link).fragment
    assert not anchor or f'id="{anchor}"' in page
    assert not urlsplit(target).path.startswith("/go")


@pytest.mark.parametrize(
    ("reason", "path", "fragment"),
    [
        ("InvalidImageName", "/causes/invalid-reference/", ""),
        ("ErrImageNeverPull", "/causes/never-pull/", ""),
        ("TOOMANYREQUESTS", "/causes/rate-limited/", ""),
        ("503", "/causes/registry-outage/", "unavailable"),
        ("CONNECTION_TIMEOUT", "/causes/registry-unreachable/", "timeout"),
        ("SignatureValidationFailed", "/causes/policy-rejected/", "signature"),
        ("ImagePullBackOff", "/triage/", ""),
        ("DENIED", "/triage/", ""),
    ],
)
def test_the_reason_decides_where_it_can(
    server: Server, reason: str, path: str, fragment: str
) -> None:
    link = f"{PUBLISHED}/go?reason={reason}&ns=shop&pod=web-0&container=app"
    target = urlsplit(opened(server, link)[0])
    assert (target.path, target.fragment) == (path, fragment)
    assert parse_qs(target.query) == {"ns": ["shop"], "pod": ["web-0"], "container": ["app"]}


def test_alertmanager_accepts_the_snippet() -> None:
    assert "SUCCESS" in run("amtool", "check-config", "alertmanager.yaml")


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        (("alertname=ImagePullFailing", "severity=warning"), "chat"),
        (("alertname=ImagePullFailingFromRegistry", "severity=critical"), "pager,chat"),
        (("alertname=SomethingElse", "severity=critical"), "default"),
    ],
)
def test_alertmanager_routes_to_the_receiver(labels: tuple[str, ...], receivers: str) -> None:
    config = "--config.file=alertmanager.yaml"
    assert run("amtool", "config", "routes", "test", config, *labels).strip() == receivers


@pytest.mark.parametrize(
    ("labels", "link"),
    [
        (
            {"alertname": "KubeContainerWaiting", "reason": "InvalidImageName"},
            f"{PUBLISHED}/go?reason=InvalidImageName&ns=shop&pod=web-0&container=app",
        ),
        ({"alertname": "KubeContainerWaiting", "reason": "ContainerCreating"}, "https://its.own"),
        ({"alertname": "ImagePullFailing"}, "https://its.own"),
    ],
)
def test_the_template_makes_the_link(tmp_path: Path, labels: dict[str, str], link: str) -> None:
    names = {"namespace": "shop", "pod": "web-0", "container": "app"}
    alert = {"labels": labels | names, "annotations": {"runbook_url": "https://its.own"}}
    data = tmp_path / "data.json"
    data.write_text(json.dumps({"alerts": [alert]}))
    text = '{{ template "pullbook.link" (index .Alerts 0) }}'
    glob = f"--template.glob={FILES / 'pullbook.tmpl'}"
    printed = run(
        "amtool", "template", "render", glob, f"--template.text={text}", f"--template.data={data}"
    )
    assert printed.strip() == link


def test_the_mixin_keeps_every_other_link(tmp_path: Path) -> None:
    waiting = {"alert": "KubeContainerWaiting", "annotations": {"runbook_url": "old", "a": "b"}}
    other = {"alert": "KubePodNotReady", "annotations": {"runbook_url": "kept"}}
    groups = [{"name": "apps", "rules": [waiting, other, {"record": "r", "expr": "1"}]}]
    mixin = {"prometheusAlerts": {"groups": groups}}
    code = f"({json.dumps(mixin)} + (import '{FILES / 'kubernetes-mixin.libsonnet'}'))"
    (changed,) = json.loads(run("jsonnet", "-e", f"{code}.prometheusAlerts.groups"))
    assert changed["rules"][0]["annotations"]["runbook_url"].startswith(f"{PUBLISHED}/go?reason=")
    assert changed["rules"][0]["annotations"]["a"] == "b"
    assert changed["rules"][1:] == groups[0]["rules"][1:]


def test_a_class_is_a_section_and_there_are_few() -> None:
    causes = catalogue.load(ROOT).causes
    for name, _ in alerts.CLASSES:
        cause, _, section = name.partition("/")
        assert section in causes[cause].sections, name
    assert alerts.UNCLASSED in causes
    assert f'pull_class = "{alerts.UNCLASSED}"' in (
        ROOT / "docs" / "alerts" / "pullbook.alloy"
    ).read_text("utf-8")
    assert len({name for name, _ in alerts.CLASSES} | {alerts.UNCLASSED}) <= 30


def test_a_class_agrees_with_the_catalogue() -> None:
    """On every example of the catalogue that reads as an event of a failed pull."""
    right = wrong = 0
    for signature in catalogue.load(ROOT).signatures.values():
        for example in signature.examples:
            if "ailed to pull image" not in example.text:
                continue
            found = [name for name, words in alerts.CLASSES if re.search(words, example.text)]
            cause = found[-1].partition("/")[0] if found else None
            right += cause in (signature.cause, *signature.ambiguous_with)
            wrong += cause not in (None, signature.cause, *signature.ambiguous_with)
    assert right > 100
    assert right / (right + wrong) >= 0.9


def test_the_pipeline_has_a_stage_for_each_class() -> None:
    text = alerts.downloads(SNIPPETS)["pullbook.alloy"]
    for name, words in alerts.CLASSES:
        assert f'|~ "{words}"`' in text
        assert f'pull_class = "{name}"' in text
        assert not set(words) & set('`"\\'), words  # would end the string it stands in
    assert text.count("{") == text.count("}")


def test_the_link_of_the_event_rule_opens_its_section(server: Server, tmp_path: Path) -> None:
    """LogQL has no checker here, so promtool renders the link with an expression of its own."""
    events = SNIPPETS["loki-events.yaml"]
    rule = entries.read_plain(events)["groups"][0]["rules"][0]
    rule["expr"] = "sum by (namespace, pod, pull_class) (events) >= 2"
    (tmp_path / "rules.yaml").write_text(
        json.dumps({"groups": [{"name": "events", "rules": [rule]}]})
    )
    link = f"{PUBLISHED}/go/registry-unreachable/dns?ns=shop&pod=web-0"
    labels = {"namespace": "shop", "pod": "web-0", "pull_class": "registry-unreachable/dns"}
    expected = {
        "exp_labels": labels | {"severity": "warning"},
        "exp_annotations": {
            "summary": "Pod shop/web-0 cannot pull an image: registry-unreachable/dns",
            "runbook_url": link,
        },
    }
    series = ",".join(f'{key}="{value}"' for key, value in labels.items())
    test = {
        "rule_files": ["rules.yaml"],
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": f"events{{{series}}}", "values": "3x5"}],
                "alert_rule_test": [
                    {"alertname": rule["alert"], "eval_time": "2m", "exp_alerts": [expected]}
                ],
            }
        ],
    }
    (tmp_path / "test.yaml").write_text(json.dumps(test))
    run("promtool", "test", "rules", tmp_path / "test.yaml")
    target = urlsplit(opened(server, link)[0])
    assert (target.path, target.fragment) == ("/causes/registry-unreachable/", "dns")


def test_every_file_is_yaml_where_it_says_so() -> None:
    for name, text in alerts.downloads(SNIPPETS).items():
        if name.endswith(".yaml"):
            assert entries.read_plain(text), name


def test_every_file_is_on_the_page() -> None:
    page = (ROOT / "docs" / "alerts.md").read_text("utf-8")
    for name in alerts.downloads(SNIPPETS):
        assert f"<!-- pullbook:download {name.replace('.', '-')} -->" in page, name
