"""Every command a reader may paste: it parses, its flags exist, its values are the known ones."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import catalogue, rendering, runbook
from tests import knowledge, kubectl
from tests.knowledge import ROOT, Block

BASH = [block for page in knowledge.pages() for block in page.blocks() if block.language == "bash"]
LANGUAGES = {
    "bash", "dockerfile", "http", "ini", "javascript", "json", "markdown", "python", "text", "toml",
    "yaml",
}  # fmt: skip

# Hosts that stand for something else than the reader's registry, each with its own meaning.
OTHER_HOSTS = {"proxy.example.com", "registry.internal.example.com", "pullbook.example.com"}
# Objects of the cluster that the reader has no name of his own for.
GIVEN = {"namespace": {"default", "kube-system", "monitoring"}}


def checks_that_tell_causes_apart() -> list[Block]:
    loaded = catalogue.load(ROOT)
    return [
        Block(f"../signatures/{slug}.yaml: {entry.neighbour}", 0, "bash", entry.check)
        for slug, cause in loaded.causes.items()
        for entry in cause.tells_apart
    ]


ALL = [*BASH, *checks_that_tell_causes_apart()]


def calls(block: Block) -> Iterator[list[str]]:
    for words in kubectl.simple_commands(block.text):
        if words[0] == "kubectl":
            yield words


def test_every_block_says_its_language() -> None:
    wrong = [
        f"{block}: {block.language!r}"
        for page in knowledge.pages()
        for block in page.blocks()
        if block.language not in LANGUAGES
    ]
    assert not wrong


def test_every_command_is_clean_shell(tmp_path: Path) -> None:
    names: dict[str, Block] = {}
    for number, block in enumerate(ALL):
        names[f"{number}.sh"] = block
        (tmp_path / f"{number}.sh").write_text(f"{block.text}\n", "utf-8")
    shellcheck = Path(sys.executable).with_name("shellcheck")
    result = subprocess.run(
        [shellcheck, "--norc", "--shell=bash", "--format=json", *names],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    findings = [
        f"{names[found['file']]}+{found['line']}: SC{found['code']} {found['message']}"
        for found in json.loads(result.stdout)
    ]
    assert not findings
    assert result.returncode == 0, result.stderr


def test_kubectl_knows_every_subcommand_flag_selector_and_path() -> None:
    wrong = [
        f"{block}: {problem}: {' '.join(words)}"
        for block in ALL
        for words in calls(block)
        for problem in kubectl.problems(words)
    ]
    assert not wrong
    assert sum(1 for block in ALL for _ in calls(block)) > 400


@pytest.mark.parametrize(
    "command",
    [
        "kubectl gett pods",
        "kubectl rollout",
        "kubectl get pods --all-namespace",
        "kubectl get pods --sort-by",
        "kubectl get pots",
        "kubectl get events --field-selector involvedObject.pod=x",
        "kubectl get pod -o jsonpath='{.status.containerStatuses[*]'",
        "kubectl get pod -o jsonpath='{range .items[*]}{.kind}'",
        "kubectl get pod -o jsonpath='{.items[?(@.type=DiskPressure)].status}'",
        "kubectl get pod -o custom-columns=NODE:spec.nodeName",
        "kubectl get pod -o jsn",
    ],
)
def test_a_wrong_kubectl_command_is_noticed(command: str) -> None:
    assert [kubectl.problems(words) for words in kubectl.simple_commands(command)] != [[]]


def test_no_command_holds_a_template_that_nobody_rendered() -> None:
    assert not [str(block) for block in ALL if "{{" in block.text]


def test_no_command_starts_with_a_prompt() -> None:
    prompts = re.compile(r"^\s*(?:[$%>] |\w+@\w[\w.-]*[#$:~])", re.MULTILINE)
    assert not [str(block) for block in ALL if prompts.search(block.text)]


def test_every_name_in_a_kubectl_command_is_an_example_value() -> None:
    wrong = []
    for block in ALL:
        made = set(_created_on(block.page))
        for words in calls(block):
            call = kubectl.parse(words)
            assert isinstance(call, kubectl.Call)
            for kind, name in _names(call):
                known = {runbook.EXAMPLES[kind], *GIVEN.get(kind, ()), *made}
                if "$" not in name and name not in known:
                    wrong.append(f"{block}: {kind} {name}: {' '.join(words)}")
    assert not wrong


def test_no_code_names_another_example_registry() -> None:
    host = re.compile(r"[\w*.-]*\bexample\.(?:com|org|net|io)\b")
    wrong = [
        f"{block}: {found}"
        for page in knowledge.pages()
        if page.path.startswith(("causes/", "checks/", "how-it-works/")) or "/" not in page.path
        for block in page.blocks()
        for found in host.findall(block.text)
        if found != runbook.EXAMPLES["registry"] and found not in OTHER_HOSTS
    ]
    assert not wrong


def test_every_variable_is_explained_in_its_section() -> None:
    """A section is read alone, so each says what to set before its commands run."""
    wrong = []
    for page in knowledge.pages():
        for title, text in page.sections():
            code = [block for kind, block, _ in rendering.fences(text) if kind == "bash"]
            set_here = {name for block in code for name in _SET.findall(block)}
            prose = "\n".join([*knowledge.prose_lines(text), *_COMMENT.findall("\n".join(code))])
            wrong += [
                f"docs/{page.path} '{title}': ${name}"
                for name in sorted({name for block in code for name in _USED.findall(block)})
                if name != "HOME" and name not in set_here and not re.search(rf"\b{name}\b", prose)
            ]
    assert not wrong


_USED = re.compile(r"\$\{?([A-Z][A-Z0-9_]+)")
_SET = re.compile(r"(?:(?:^|\s)(?=[A-Z][A-Z0-9_]*=)|read -rs )([A-Z][A-Z0-9_]+)", re.MULTILINE)
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)
_KIND = {
    "pod": "pod", "pods": "pod", "node": "node", "nodes": "node", "secret": "secret",
    "secrets": "secret", "deployment": "deployment", "deploy": "deployment",
    "deployments": "deployment", "serviceaccount": "service-account", "sa": "service-account",
    "docker-registry": "secret",
}  # fmt: skip
_ON_NODES = {"cordon", "uncordon", "drain"}


def _names(call: kubectl.Call) -> Iterator[tuple[str, str]]:
    for namespace in call.flag("-n", "--namespace"):
        yield "namespace", namespace
    for container in call.flag("-c", "--container"):
        yield "container", container
    words = list(call.words)
    if call.path[0] in _ON_NODES:
        yield from (("node", word) for word in words)
    elif call.path[0] == "logs":
        yield from (("pod", word) for word in words if "/" not in word)
    elif words and words[0] in _KIND and call.path[0] != "run":
        yield from ((_KIND[words[0]], word) for word in words[1:])
    for word in words:
        kind, slash, name = word.partition("/")
        if slash and kind in _KIND:
            yield _KIND[kind], name
    for selector in call.flag("--field-selector"):
        for term in selector.split(","):
            key, _, name = term.partition("=")
            if key == "spec.nodeName":
                yield "node", name
            elif key == "involvedObject.name":
                yield ("node" if "involvedObject.kind=Node" in selector else "pod"), name


def _created_on(page: str) -> Iterator[str]:
    """Names that a `kubectl run` on the same page gives to a pod of its own."""
    for block in BASH:
        if block.page == page:
            for words in calls(block):
                call = kubectl.parse(words)
                if isinstance(call, kubectl.Call) and call.path == ("run",):
                    yield call.words[0]
