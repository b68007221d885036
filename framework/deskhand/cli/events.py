"""`deskhand events`: which events went out, and what to do with those that did not."""

import click

from deskhand.bootstrap.workplace import human
from deskhand.cli.surroundings import (
    as_option,
    json_option,
    limit_option,
    print_json,
    print_table,
    workplace,
)
from deskhand.domain.dispatch import Dispatch, DispatchState, Parcel
from deskhand.ports.dispatches import DispatchFilter
from deskhand.use_cases.decide_dispatch import DispatchWord, drop_dispatch, retry_dispatch

_ALL = 100_000


@click.group()
def events() -> None:
    """See which events went out; retry or drop those that did not."""


@events.command("list")
@click.option("--state", type=click.Choice([state.value for state in DispatchState]))
@click.option("--receiver", help="Only dispatches to this receiver.")
@limit_option
@json_option
@click.pass_context
def list_events(
    context: click.Context, state: str | None, receiver: str | None, limit: int, as_json: bool
) -> None:
    """List dispatches, oldest event first."""
    wanted = DispatchFilter(state=DispatchState(state) if state else None, receiver=receiver)
    with workplace(context).store.reading() as tx:
        found = tx.dispatches.find(wanted, limit=limit)
    if as_json:
        print_json([_facts(parcel) for parcel in found])
        return
    print_table(
        ("event", "subject", "receiver", "state", "tries", "next try", "problem", "id"),
        [
            (
                parcel.event.event,
                parcel.event.subject,
                parcel.dispatch.receiver,
                parcel.dispatch.state.value.replace("_", " "),
                parcel.dispatch.tries,
                _next_try(parcel.dispatch),
                parcel.dispatch.problem,
                parcel.dispatch.id,
            )
            for parcel in found
        ],
    )


@events.command()
@click.argument("dispatch", required=False)
@click.option("--receiver", help="Everything of this receiver that was given up.")
@click.option("--reason", default="", help="Why; it is recorded.")
@as_option
@json_option
@click.pass_context
def retry(
    context: click.Context,
    dispatch: str | None,
    receiver: str | None,
    reason: str,
    as_name: str | None,
    as_json: bool,
) -> None:
    """Try DISPATCH again that was given up; what waits behind it follows."""
    place = workplace(context)
    decided = [
        retry_dispatch(word, store=place.store, clock=place.clock, book=place.book)
        for word in _words(context, dispatch, receiver, reason=reason, as_name=as_name)
    ]
    _tell(decided, said="waiting again", as_json=as_json)


@events.command()
@click.argument("dispatch", required=False)
@click.option("--receiver", help="Everything of this receiver that was given up.")
@click.option("--reason", default="", help="Why; it is recorded.")
@as_option
@json_option
@click.pass_context
def drop(
    context: click.Context,
    dispatch: str | None,
    receiver: str | None,
    reason: str,
    as_name: str | None,
    as_json: bool,
) -> None:
    """Drop DISPATCH that was given up: its receiver need not know; what waits behind it follows."""
    place = workplace(context)
    decided = [
        drop_dispatch(word, store=place.store, clock=place.clock, book=place.book)
        for word in _words(context, dispatch, receiver, reason=reason, as_name=as_name)
    ]
    _tell(decided, said="dropped", as_json=as_json)


def _words(
    context: click.Context,
    dispatch: str | None,
    receiver: str | None,
    *,
    reason: str,
    as_name: str | None,
) -> list[DispatchWord]:
    if (dispatch is None) is (receiver is None):
        raise click.UsageError("name one dispatch, or a --receiver")
    with workplace(context).store.reading() as tx:
        if dispatch is not None:
            ids = [tx.dispatches.named(dispatch).id]
        else:
            wanted = DispatchFilter(state=DispatchState.GIVEN_UP, receiver=receiver)
            ids = [parcel.dispatch.id for parcel in tx.dispatches.find(wanted, limit=_ALL)]
    by = human(as_name)
    return [DispatchWord(dispatch=one, by=by, reason=reason) for one in ids]


def _tell(decided: list[Dispatch], *, said: str, as_json: bool) -> None:
    if as_json:
        print_json([{"id": one.id, "state": one.state.value} for one in decided])
        return
    for one in decided:
        click.echo(f"{one.id}: {said}")
    if not decided:
        click.echo("nothing was given up")


def _next_try(dispatch: Dispatch) -> object:
    return dispatch.next_try_at if dispatch.state is DispatchState.WAITING else None


def _facts(parcel: Parcel) -> dict[str, object]:
    dispatch = parcel.dispatch
    return {
        "id": dispatch.id,
        "event": parcel.event.event,
        "item": parcel.event.item,
        "subject": parcel.event.subject,
        "receiver": dispatch.receiver,
        "state": dispatch.state.value,
        "tries": dispatch.tries,
        "next_try_at": _next_try(dispatch),
        "problem": dispatch.problem,
        "emitted_at": parcel.event.emitted_at,
        "ended_at": dispatch.ended_at,
    }
