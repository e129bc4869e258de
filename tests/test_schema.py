"""The schema as editors see it: through the real YAML language server, on good and bad files."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator

from api import cli, entries, schema
from tests.test_checks import SOUND

ROOT = Path(__file__).resolve().parent.parent
SERVER = ROOT / ".cache" / "editor" / "node_modules" / ".bin" / "yaml-language-server"
GOOD = (SOUND / "signatures" / "image-tag.yaml").read_text("utf-8")


class Editor:
    """An editor with one file open, as the language server knows it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [str(SERVER), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder
        )
        self.number = 0
        root: dict[str, Any] = {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}}
        self.ask("initialize", root)
        self.send("initialized", {})
        settings = {"yaml": {"validate": True, "hover": True, "completion": True}}
        self.send("workspace/didChangeConfiguration", {"settings": settings})

    def send(self, method: str, params: dict[str, Any], number: int | None = None) -> None:
        body = {"jsonrpc": "2.0", "method": method, "params": params}
        self.write(body if number is None else body | {"id": number})

    def write(self, body: dict[str, Any]) -> None:
        assert self.process.stdin
        data = json.dumps(body).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout
        length = 0
        while (line := self.process.stdout.readline().strip()) or not length:
            if not line and self.process.poll() is not None:
                raise RuntimeError("the language server ended")
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        found: dict[str, Any] = json.loads(self.process.stdout.read(length))
        if "method" in found and "id" in found:  # the server asks for settings: there are none
            count = len(found["params"].get("items", ()))
            self.write({"jsonrpc": "2.0", "id": found["id"], "result": [None] * count})
        return found

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        self.number += 1
        self.send(method, params, self.number)
        while True:
            found = self.receive()
            if found.get("id") == self.number and "method" not in found:
                return found["result"]

    def open(self, name: str, text: str) -> list[dict[str, Any]]:
        """Open a file; the faults the editor underlines."""
        uri = (self.folder / name).as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.send("textDocument/didOpen", {"textDocument": document})
        while True:
            found = self.receive()
            if found.get("method") == "textDocument/publishDiagnostics":
                told = found["params"]
                if told["uri"] == uri:
                    faults: list[dict[str, Any]] = told["diagnostics"]
                    return faults

    def at(self, name: str, line: int, column: int) -> dict[str, Any]:
        document = {"uri": (self.folder / name).as_uri()}
        return {"textDocument": document, "position": {"line": line, "character": column}}


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    subprocess.run(["make", "--silent", "editor"], cwd=ROOT, check=True)
    folder = tmp_path_factory.mktemp("editor")
    (folder / "schema.json").write_text(schema.json_schema(), "utf-8")
    editor = Editor(folder)
    yield editor
    editor.process.kill()
    editor.process.communicate()


def test_a_good_file_shows_no_fault(editor: Editor) -> None:
    assert editor.open("good.yaml", GOOD) == []


@pytest.mark.parametrize("path", sorted((ROOT / "signatures").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_file_of_the_catalogue_shows_no_fault(editor: Editor, path: Path) -> None:
    assert editor.open(path.name, path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("template:", "templat:", "templat"),
        ("status: stable", "status: stabel", "draft"),
        ("emitters: [docker]", "emitters: [dokcer]", "containerd"),
        ("emitters: [docker]", "emitters: docker", "array"),
        ('version: "27.0.1"', "version: 27.0", "string"),
        ("id: image-tag-manifest-for", "id: Image_Tag", "pattern"),
        ("retry: permanent\n", "", "retry"),
    ],
)
def test_a_bad_file_is_underlined(editor: Editor, old: str, new: str, said: str) -> None:
    faults = editor.open(f"bad-{abs(hash(old + new))}.yaml", GOOD.replace(old, new, 1))
    assert any(said in fault["message"] for fault in faults), faults


def test_the_editor_explains_a_field(editor: Editor) -> None:
    editor.open("hover.yaml", GOOD)
    line = GOOD.split("\n").index('    template: "manifest for {image} not found"')
    hover = editor.ask("textDocument/hover", editor.at("hover.yaml", line, 6))
    assert "Literal words and placeholders" in hover["contents"]["value"]


def test_the_editor_completes_fields_and_values(editor: Editor) -> None:
    text = GOOD.replace("    status: draft\n", "    status: \n    kin\n", 1)
    editor.open("complete.yaml", text)
    line = text.split("\n").index("    status: ")
    values = editor.ask("textDocument/completion", editor.at("complete.yaml", line, 12))
    assert {"draft", "stable", "retired"} <= {item["label"] for item in values["items"]}
    fields = editor.ask("textDocument/completion", editor.at("complete.yaml", line + 1, 7))
    assert "kind" in {item["label"] for item in fields["items"]}


def test_it_is_a_sound_draft_07_schema() -> None:
    Draft7Validator.check_schema(json.loads(schema.json_schema()))


def test_the_command_prints_it() -> None:
    result = CliRunner().invoke(cli.main, ["schema"])
    assert result.output == (ROOT / "signatures" / "schema.json").read_text("utf-8")


def test_every_field_has_a_description() -> None:
    def undescribed(found: Any) -> Iterator[str]:
        if isinstance(found, dict):
            for name, inner in found.get("properties", {}).items():
                if inner != {"const": "none"} and not inner.get("description"):
                    yield name
            for inner in found.values():
                yield from undescribed(inner)

    assert list(undescribed(json.loads(schema.json_schema()))) == []


def test_the_format_page_names_every_field_and_placeholder() -> None:
    page = schema.format_page()
    for name in (*entries.SIGNATURE, *entries.LOOK_ALIKE, *entries.WRAPPER, *entries.CAUSE_FILE):
        assert f"| `{name}` |" in page
    assert "| `{blob-url}` |" in page
