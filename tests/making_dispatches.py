"""Test data of events on their way: the dispatch of one, put into the outbox, given up."""

from dataclasses import replace

from deskhand.domain.dispatch import Dispatch, DispatchState, OutgoingEvent, new_dispatch
from deskhand.domain.identifiers import ItemId
from deskhand.ports.store import Transaction
from tests.making import NOW, an_entry, an_event


def a_dispatch(item: str = "i1", receiver: str = "emr", **changes: object) -> Dispatch:
    """Return the dispatch of the one event of an item, the first of the outbox."""
    event = OutgoingEvent(
        position=1,
        event="claims.submitted",
        item=ItemId(item),
        subject=item,
        body="{}",
        emitted_at=NOW,
    )
    made = new_dispatch(event, receiver=receiver, log="test/1", at=NOW)
    return replace(made, **changes)  # type: ignore[arg-type]


def add_dispatch(tx: Transaction, dispatch: Dispatch) -> Dispatch:
    """Put the event of an item that is there into the outbox, on its way to a receiver."""
    tx.outbox.add(an_event())
    (event,) = tx.dispatches.unaddressed(limit=1)
    tx.dispatches.address(event, [dispatch], at=NOW)
    return dispatch


def give_up(tx: Transaction, dispatch: Dispatch) -> Dispatch:
    """Record that a dispatch is given up, and save it."""
    state = DispatchState.GIVEN_UP
    seq = tx.record(an_entry(dispatch.stream, dispatch.subject, state.value))
    given_up = dispatch.moved_to(state, audit_seq=seq, at=NOW)
    tx.dispatches.save(given_up)
    return given_up
