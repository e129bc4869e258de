"""The contributor's commands: check, new, fix, diff, explain, schema."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import click

from api import (
    behaviour,
    behaviour_diff,
    catalogue,
    checks,
    formatting,
    nearest,
    paste,
    scaffold,
    schema,
)
from api import explain as explanation
from api.diagnosis import Diagnosis
from api.matcher import Matcher
from api.model import Catalogue, Signature
from api.problems import Problem
from api.scaffold import Proposal

_NEAR = 3


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "github"]), default="text")
@click.pass_obj
def check(root: Path, form: str) -> None:
    """Everything a contributor can get wrong, all at once, offline. Exit status 0 or 1."""
    problems = checks.check(root)
    for problem in problems:
        click.echo(_annotation(problem) if form == "github" else str(problem))
    if problems:
        click.echo(f"{len(problems)} problem{'s' if len(problems) != 1 else ''}", err=True)
        sys.exit(1)
    click.echo("The catalogue is clean.", err=True)


def _annotation(problem: Problem) -> str:
    """The form that GitHub shows beside the line."""
    said = f"{problem.message}. fix: {problem.fix}" if problem.fix else problem.message
    escaped = said.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    place = f"file={problem.path}"
    place += f",line={problem.line}" if problem.line else ""
    place += f",col={problem.column}" if problem.column else ""
    return f"::error {place},title={problem.code}::{escaped}"


@click.command()
@click.pass_obj
def fix(root: Path) -> None:
    """Sort and format the entries; write ids.txt, schema.json and the generated pages anew."""
    changed = formatting.fix(root)
    for name in changed:
        click.echo(f"wrote {name}")
    click.echo(f"{len(changed)} file{'s' if len(changed) != 1 else ''} changed", err=True)


@click.command("schema")
@click.option("--write", is_flag=True, help="Write signatures/schema.json instead of printing it.")
@click.pass_obj
def print_schema(root: Path, write: bool) -> None:
    """The JSON Schema of the signature files, for editors."""
    if write:
        (root / "signatures" / "schema.json").write_text(schema.json_schema(), "utf-8")
    else:
        click.echo(schema.json_schema(), nl=False)


@click.command()
@click.argument("base", default=lambda: os.environ.get("BASE", "HEAD"))
@click.option("--format", "form", type=click.Choice(["text", "markdown"]), default="text")
@click.pass_obj
def diff(root: Path, base: str, form: str) -> None:
    """What a change to the catalogue does to the answers, compared with the git revision BASE.

    Exit status 1 where it steals, answers a decoy, or makes an answer wrong.
    """
    try:
        old = behaviour_diff.base(root, base)
    except behaviour_diff.RevisionError as error:
        raise click.UsageError(str(error)) from None
    new = catalogue.inspect(root).catalogue
    report = behaviour_diff.compare(old, new, behaviour.corpus(root), root)
    write = behaviour_diff.markdown if form == "markdown" else behaviour_diff.text
    click.echo(write(report), nl=False)
    if report.harm:
        sys.exit(1)


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--id", "identifier", help="Ask about this signature: why not mine?")
@click.pass_obj
def explain(root: Path, file: BinaryIO, identifier: str | None) -> None:
    """Show how the answer to a paste comes about: words, evidence, templates, nearest misses."""
    found = catalogue.inspect(root).catalogue
    wanted = found.signature(identifier) if identifier else None
    if identifier and wanted is None:
        raise click.UsageError(f"no signature '{identifier}'")
    click.echo(explanation.explain(Matcher(found), _text(file), wanted), nl=False)


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--cause", help="The cause it belongs to, instead of the proposed one.")
@click.option("--section", help="The section of the cause's page.")
@click.option("--template", help="The template, instead of the proposed one.")
@click.option("--print", "only_print", is_flag=True, help="Print the entry, write nothing.")
@click.option("--anyway", is_flag=True, help="Write it although a signature matches already.")
@click.pass_obj
def new(
    root: Path,
    file: BinaryIO,
    cause: str | None,
    section: str | None,
    template: str | None,
    only_print: bool,
    anyway: bool,
) -> None:
    """Draft a signature from a message (FILE or standard input) and write it to its file.

    Secrets and addresses are masked. What a machine cannot know is marked TODO.
    """
    asking = sys.stdin.isatty()
    if asking and file.name == "<stdin>":
        click.echo("Paste the message, then press Ctrl-D on a line of its own.", err=True)
    masked = scaffold.mask(_text(file))
    for what in masked.replaced:
        click.echo(f"replaced  {what}")
    loaded = catalogue.inspect(root).catalogue
    reader = Matcher(loaded)
    known = reader.diagnose(masked.text)
    if _known(known) and not anyway:
        _offer_example(known, masked.text)
        return
    proposal = scaffold.propose(masked.text, reader)
    if proposal is None:
        raise click.UsageError("nothing in this text looks like a failed image pull")
    for match in known.matches[:1]:
        click.echo(f"unsure    {match.cause} answers this by {match.how} only, no template does")
    near = _nearest(reader, proposal)
    proposal = _settled(proposal, loaded, near, (cause, section, template), asking)
    click.echo(scaffold.entry(proposal), nl=False)
    if not only_print:
        _write(root, loaded, proposal)


def _text(file: BinaryIO) -> str:
    body = file.read(paste.MAX_BYTES + 1)
    if len(body) > paste.MAX_BYTES:
        raise click.UsageError("the text is larger than 256 KiB")
    if not body.strip():
        raise click.UsageError("the text is empty")
    return paste.decode(body)


def _known(found: Diagnosis) -> bool:
    best = next(iter(found.matches), None)
    return best is not None and best.how == "template" and found.verdict != "symptom"


def _offer_example(found: Diagnosis, text: str) -> None:
    best = found.matches[0]
    click.echo(f"known     {best.signature} answers this ({best.cause}, {best.confidence:.2f}).")
    click.echo(f"To add the text, put this into its entry in signatures/{best.cause}.yaml,")
    click.echo("under the examples that are there:\n")
    click.echo(scaffold.as_example(text))
    click.echo("If the answer is wrong, run this again with --anyway to draft a signature.")


def _nearest(reader: Matcher, proposal: Proposal) -> Sequence[str]:
    """Print the nearest signatures with the words that differ; their causes, nearest first."""
    causes = []
    words = nearest.words_of(proposal.template)
    for entry, miss in nearest.misses(reader, words, _NEAR):
        click.echo(f"near      {entry.id}: '{entry.template.text}'")
        click.echo(f"          lacks {', '.join(miss.missing)}")
        if isinstance(entry, Signature):
            causes.append(entry.cause)
    return causes


def _settled(
    proposal: Proposal,
    loaded: Catalogue,
    near: Sequence[str],
    given: tuple[str | None, str | None, str | None],
    asking: bool,
) -> Proposal:
    """The proposal with what the contributor says, asked for where somebody can answer."""
    cause, section, template = given
    if template:
        proposal = scaffold.with_template(proposal, template)
    elif asking:
        proposal = scaffold.with_template(
            proposal, click.prompt("template", default=proposal.template)
        )
    causes = click.Choice(list(loaded.causes))
    likely = proposal.cause or next(iter(near), "")
    if asking and not cause:
        cause = click.prompt("cause", default=likely or None, type=causes)
    cause = cause or likely
    if cause not in loaded.causes:
        choices = ", ".join(loaded.causes)
        raise click.UsageError(f"say the cause with --cause; causes are {choices}")
    sections = [name for name in loaded.causes[cause].sections if name]
    if section is None and sections:
        section = proposal.section if proposal.section in sections else sections[0]
        if asking:
            section = click.prompt("section", default=section, type=click.Choice(sections))
    if section and section not in sections:
        has = ", ".join(sections) or "none"
        raise click.UsageError(f"no section '{section}'; {cause} has {has}")
    return scaffold.toward(proposal, cause, section, loaded)


def _write(root: Path, old: Catalogue, proposal: Proposal) -> None:
    path = root / "signatures" / f"{proposal.cause}.yaml"
    text = scaffold.insert(path.read_text("utf-8"), proposal)
    path.write_text(formatting.ordered(text, formatting.fields_of(path.stem), by_id=True), "utf-8")
    inspection = catalogue.inspect(root)
    report = behaviour_diff.compare(old, inspection.catalogue, behaviour.corpus(root), root)
    signature = inspection.catalogue.signatures.get(proposal.id)
    line = f":{signature.line}" if signature else ""
    click.echo(f"\nwrote     signatures/{path.name}{line}")
    click.echo(behaviour_diff.text(report), nl=False)
    click.echo("next      replace each TODO, then: make fix, make check, make diff")


COMMANDS = (check, new, fix, diff, explain, print_schema)
