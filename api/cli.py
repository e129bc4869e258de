"""The command line (design 4.3). Each further command lives in the module that does its work."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import click

from api import (
    cluster_command,
    cluster_report,
    compiled,
    contributor_commands,
    drill_command,
    eval_command,
    paste,
    runbook,
    triage,
)
from api.bodies import DEFAULT_LIMIT, MAX_LIMIT, printable
from api.cluster import Triage
from api.matcher import Matcher
from api.model import Catalogue
from api.problems import CatalogueError

ROOT = Path(__file__).resolve().parent.parent
SERVED = "http://127.0.0.1:8000"
UNKNOWN = 1
USAGE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="PULLBOOK_ROOT",
    default=ROOT,
    help="The folder with docs/, signatures/ and mkdocs.yml.",
)
@click.pass_context
def main(context: click.Context, root: Path) -> None:
    """Pullbook: the runbook that reads your error."""
    context.obj = root.resolve()


@main.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text")
@click.option("--url", envvar="PULLBOOK_URL", default=SERVED, help="Where Markdown's links lead.")
@click.option("--jsonl", is_flag=True, help="One object with id and text a line in, one line out.")
@click.option("--limit", type=click.IntRange(1, MAX_LIMIT), default=DEFAULT_LIMIT)
@click.pass_obj
def match(root: Path, file: BinaryIO, form: str, url: str, jsonl: bool, limit: int) -> None:
    """Read a paste from FILE or standard input, print the section that fits it.

    A List, as `kubectl get events -A -o json` prints it, may have any size: its failures are
    grouped by cause, registry and image.

    Exit status: 0 an answer, 1 not recognized, 2 a usage error.
    """
    if jsonl:
        _stream(root, file, limit)
        return
    body = _read(file)
    listed = cluster_command.is_list(body)
    long = listed and len(body) > paste.MAX_BYTES
    text = "" if long else _text(body)
    matcher = _load(root)
    loaded = matcher.catalogue
    if listed and _print_list(cluster_command.read(body, file, matcher), loaded, form, url, limit):
        return
    found = runbook.answer(matcher.diagnose(text, limit), loaded)
    if form == "markdown":
        _print(cluster_report.one(found, url))
    else:
        _print(_json(found) if form == "json" else triage.text(found))
    if found["verdict"] == "unknown":
        sys.exit(UNKNOWN)


def _print_list(found: Triage, loaded: Catalogue, form: str, url: str, limit: int) -> bool:
    """False where no event or pod of the List tells of a failed pull."""
    if not found.groups:
        return False
    if form == "json":
        _print(_json(cluster_report.answer(found, loaded, limit)))
    elif form == "markdown":
        _print(cluster_report.markdown(found, loaded, url))
    else:
        _print(cluster_report.text(found, loaded))
    return True


@main.command()
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="PORT", type=click.IntRange(0, 65535), default=8000)
@click.option("--dev", is_flag=True, help="Rebuild when a source changes.")
@click.pass_obj
def serve(root: Path, host: str, port: int, dev: bool) -> None:
    """Serve site and API; builds the site first if its sources changed."""
    from api import server  # its imports would slow every other command down

    try:
        server.serve(root, host, port, dev=dev)
    except server.StartError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


def _read(file: BinaryIO) -> bytes:
    """As much as a paste may have, and one byte that shows whether there is more."""
    if file.isatty():
        click.echo("Paste the text, then press Ctrl+D:", err=True)
    return file.read(paste.MAX_BYTES + 1)


def _text(body: bytes) -> str:
    if len(body) > paste.MAX_BYTES:
        raise click.UsageError(
            "the text is larger than 256 KiB; send less, for example the output of "
            "'kubectl get events --field-selector type=Warning'"
        )
    text = paste.decode(body)
    if not text.strip():
        raise click.UsageError("the text is empty; paste what Kubernetes or the runtime printed")
    return text


def _load(root: Path) -> Matcher:
    try:
        return compiled.load(root)
    except CatalogueError as error:
        click.echo(f"{error}\n\nThe catalogue has problems, nothing can be matched.", err=True)
        sys.exit(USAGE)
    except OSError as error:
        raise click.UsageError(f"{error}; --root names the folder of mkdocs.yml") from None


def _stream(root: Path, file: BinaryIO, limit: int) -> None:
    matcher = _load(root)
    loaded = matcher.catalogue
    for identifier, text in _items(file):
        found = runbook.answer(matcher.diagnose(text, limit), loaded)
        for each in found["matches"]:
            del each["html"]
        _print(json.dumps({"id": identifier} | found, ensure_ascii=False) + "\n")


def _items(file: BinaryIO) -> Iterator[tuple[Any, str]]:
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            raise click.UsageError(f"line {number} is no JSON") from None
        if not isinstance(item, dict) or "id" not in item or not isinstance(item.get("text"), str):
            raise click.UsageError(f"line {number} is no object with an 'id' and a 'text'")
        text = printable(item["text"])
        if len(text.encode()) > paste.MAX_BYTES:
            raise click.UsageError(f"the text of line {number} is larger than 256 KiB")
        yield item["id"], text


def _json(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _print(text: str) -> None:
    """To standard output as UTF-8; a reader that went away ends the output, not the answer."""
    try:
        sys.stdout.buffer.write(printable(text).encode())
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


for command in contributor_commands.COMMANDS:
    main.add_command(command)
main.add_command(eval_command.command)
main.add_command(drill_command.drill)
