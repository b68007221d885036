"""`deskhand accounts`: which accounts rest, and letting them work again."""

import click

from deskhand.bootstrap.workplace import human
from deskhand.cli.surroundings import as_option, json_option, print_json, print_table, workplace
from deskhand.domain.identifiers import AccountName
from deskhand.use_cases.hold_account import Release, release_account


@click.group()
def accounts() -> None:
    """See which accounts rest, and release them."""


@accounts.command("list")
@json_option
@click.pass_context
def list_accounts(context: click.Context, as_json: bool) -> None:
    """List the project's accounts and whether they work."""
    place = workplace(context)
    with place.store.reading() as tx:
        health = {one.name: one for one in tx.accounts.all_health()}
    rows = []
    for name, account in place.accounts.items():
        known = health.get(name)
        state = "held" if known and known.held else "working"
        rows.append((name, state, known.held_for if known else None, account.at_once))
    if as_json:
        names = ("account", "state", "held_for", "at_once")
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        print_table(("account", "state", "held for", "at once"), rows)


@accounts.command()
@click.argument("account")
@click.option("--reason", default="", help="Why it may work again; it is recorded.")
@as_option
@json_option
@click.pass_context
def release(
    context: click.Context, account: str, reason: str, as_name: str | None, as_json: bool
) -> None:
    """Let a held account work again, and close its case."""
    place = workplace(context)
    word = Release(account=AccountName(account), by=human(as_name), reason=reason)
    well = release_account(word, store=place.store, clock=place.clock, book=place.book)
    if as_json:
        print_json({"account": well.name, "state": "working"})
    else:
        click.echo(f"{well.name} may work again")
