"""`deskhand check`, `explain`, `schema`: for those who write runbooks and bots."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from deskhand.bootstrap.checks import check_runbook, check_settings, check_together
from deskhand.bootstrap.projects import (
    compiled_runbook,
    runbook_file,
    runbook_files,
)
from deskhand.cli.surroundings import workplace
from deskhand.runbooks.diagnostics import ERROR, Diagnostic, as_annotations, as_json, rendered
from deskhand.runbooks.explain import explained
from deskhand.runbooks.json_schema import json_schema


@click.command()
@click.argument("runbooks", nargs=-1, metavar="[RUNBOOK]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="For people, programs, or annotations of a pull request.",
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.pass_context
def check(context: click.Context, runbooks: tuple[str, ...], form: str) -> None:
    """Find every mistake in runbooks, by name or file; all of the project's by default.

    The project's settings files are checked with them, and whether all of it can be hosted
    together.
    """
    place = workplace(context)
    files = [runbook_file(place.project, name) for name in runbooks]
    files = files or runbook_files(place.project)
    queues, about_settings = check_settings(place)
    checked = [check_runbook(place, file, queues=queues) for file in files]
    results: list[tuple[Sequence[Diagnostic], str]] = [
        (about_settings, ""),
        *((one.diagnostics, one.text) for one in checked),
        (check_together(place, checked), ""),
    ]
    found = [one for diagnostics, _ in results for one in diagnostics]
    if form == "json":
        click.echo(as_json(found))
    elif form == "github":
        click.echo(as_annotations(found))
    else:
        for diagnostics, text in results:
            if diagnostics:
                click.echo(rendered(diagnostics, text))
        mistakes = sum(one.severity == ERROR for one in found)
        click.echo(f"{len(files)} runbooks checked, {mistakes} mistakes")
    if any(one.severity == ERROR for one in found):
        sys.exit(1)


@click.command()
@click.argument("runbook")
@click.pass_context
def explain(context: click.Context, runbook: str) -> None:
    """Say in words what RUNBOOK does: every default, every binding, every commit point."""
    place = workplace(context)
    file = runbook_file(place.project, runbook)
    click.echo(explained(compiled_runbook(place, file)))


@click.command()
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), help="A file.")
@click.pass_context
def schema(context: click.Context, target: Path | None) -> None:
    """Print the JSON Schema of runbooks, with the actions of this project's bots.

    Editors find it through a first line such as
    `# yaml-language-server: $schema=runbook.schema.json`.
    """
    place = workplace(context)
    text = json.dumps(json_schema(place.bots), indent=2)
    if target is None:
        click.echo(text)
    else:
        target.write_text(text + "\n", encoding="utf-8")
