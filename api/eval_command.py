"""`python -m api eval`: measure the matcher on labelled messages."""

from __future__ import annotations

import json
from pathlib import Path

import click

from api import catalogue, evaluation, evaluation_report
from api.matcher import Matcher
from api.problems import CatalogueError


@click.command("eval")
@click.argument("corpus", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Draw it to a file.")
@click.option(
    "--page",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Make the generated part of a Markdown page new.",
)
@click.pass_obj
def command(
    root: Path, corpus: tuple[Path, ...], form: str, svg: Path | None, page: Path | None
) -> None:
    """Measure the matcher on CORPUS: label files (.jsonl) or folders of them.

    Without CORPUS it is tests/corpus.
    """
    try:
        labels = evaluation.read(corpus or (root / "tests" / "corpus",))
        matcher = Matcher(catalogue.load(root))
    except evaluation.LabelError as error:
        raise click.UsageError(str(error)) from None
    except CatalogueError as error:
        raise click.UsageError(f"the catalogue has problems:\n{error}") from None
    found = evaluation.report(evaluation.judge(matcher, labels))
    if svg:
        svg.write_text(evaluation_report.svg(found), "utf-8")
    if page:
        try:
            page.write_text(evaluation_report.refresh(page.read_text("utf-8"), found), "utf-8")
        except evaluation_report.RegionError as error:
            raise click.UsageError(f"{page}: {error}") from None
    if form == "json":
        click.echo(json.dumps(evaluation.as_json(found), ensure_ascii=False, indent=2))
    elif form == "markdown":
        click.echo(evaluation_report.markdown(found), nl=False)
    else:
        click.echo(evaluation_report.text(found), nl=False)
