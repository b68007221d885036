"""Take a slot that is due, in order to ask its source.

The source is asked outside of any transaction, under a lease. A process that dies meanwhile
leaves the slot due: when the lease has run out another one asks again, and what had been taken
in is a repeat.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from deskhand.domain.account import AccountHealth, account_name
from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.entry import Actor
from deskhand.domain.identifiers import AccountName, SlotId
from deskhand.domain.schedule import SlotState, TriggerSlot
from deskhand.ports.action import Failed
from deskhand.ports.store import Store
from deskhand.use_cases.decide_slots import WatchedTrigger
from deskhand.use_cases.desk import Desk

ASK_AT_MOST = timedelta(minutes=3)
LEASE = ASK_AT_MOST + timedelta(minutes=1)
WAITS = timedelta(minutes=10)
"""How long a session is kept free for a source: longer than the pauses between its tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """A slot that a host holds while it asks the source. `folder` is the project's."""

    slot: TriggerSlot
    watched: WatchedTrigger
    holder: str
    by: Actor
    folder: Path

    @property
    def bot(self) -> str:
        """The bot that is asked."""
        return self.watched.trigger.source.action.partition(".")[0]

    @property
    def account(self) -> AccountName:
        """The account with which it is asked."""
        return account_name(self.bot, self.slot.client)


def take_slot(id: SlotId, *, holder: str, desk: Desk) -> TriggerSlot | None:
    """Hold a slot that is due; None when another host does, or did."""
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        if not tx.workers.lease(slot_lease(id), holder=holder, now=now, until=now + LEASE):
            return None
        slot = tx.triggers.slot(id)
        if slot.state is SlotState.DUE and not (slot.not_before and slot.not_before > now):
            return slot
        tx.workers.free(slot_lease(id), holder=holder)
    return None


def enter_account(firing: Firing, *, at_once: int | None, desk: Desk) -> Failed | None:
    """Take a session of the source's account, or say why the source must not be asked now.

    Nobody works on an account that is held, nor in more sessions than `at_once` (None where the
    bot has no account). While they are all in use, the next one that gets free is kept for this
    source.
    """
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        health = tx.accounts.health(firing.account)
        if health.held:
            return _held(health)
        if at_once is None or tx.accounts.visit(
            firing.account, visitor=firing.slot.id, at_once=at_once, now=now, until=now + WAITS
        ):
            return None
    message = f"all sessions of {firing.account} are in use"
    code = SystemCode.ACCOUNT_BUSY
    return Failed(cause=Cause(kind=CauseKind.SYSTEM, code=code, message=message))


def _held(health: AccountHealth) -> Failed:
    message = f"the account {health.name} is held: {health.held_for}"
    hint = f"when it may work again: deskhand accounts release {health.name}"
    code = SystemCode.ACCOUNT_HELD
    return Failed(cause=Cause(kind=CauseKind.SYSTEM, code=code, message=message, hint=hint))


def let_go(id: SlotId, *, holder: str, store: Store) -> None:
    """Give a slot back unasked: another host may take it at once."""
    with store.transaction() as tx:
        tx.accounts.end_visit(id)
        tx.workers.free(slot_lease(id), holder=holder)


def slot_lease(id: SlotId) -> str:
    """Name the lease of who asks for a slot."""
    return f"slot:{id}"
