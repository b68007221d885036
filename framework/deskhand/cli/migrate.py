"""`deskhand migrate`: the database's tables, before the first host of a version starts."""

import click

from deskhand.cli.surroundings import json_option, print_json, workplace


@click.command()
@json_option
@click.pass_context
def migrate(context: click.Context, as_json: bool) -> None:
    """Bring the database to this version's tables, or say that it is there.

    Every command does so by itself; this one does nothing else. Make a backup first: a database
    cannot go back to the version before.
    """
    done = workplace(context).migrate()
    if as_json:
        print_json({"found": done.found, "now": done.now})
    elif done.found == done.now:
        click.echo(f"the database is at {done.now}: nothing to do")
    else:
        click.echo(f"the database is at {done.now}; it was {done.found or 'empty'}")
