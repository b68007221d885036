"""Carry what is known of triggers over to their names, from when their places named them.

Once: afterwards nothing is known under such a name that is not noted as left.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.identifiers import TriggerName
from deskhand.domain.schedule import KnownTrigger
from deskhand.domain.trigger_names import is_former
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store, Transaction


def rename_triggers(
    former: Mapping[TriggerName, TriggerName], *, by: Actor, store: Store, clock: Clock
) -> int:
    """Carry over how far each trigger has come, and its pause; return how many it were.

    `former` says what each trigger of the project was called. What is known under a name of that
    kind and fits no trigger is noted as left; its pause stays until a person ends it.
    """
    with store.reading() as tx:
        old = [known.name for known in tx.triggers.all_known() if _waits(known)]
    names = {was: name for name, was in former.items()}
    renamed = 0
    for was in old:
        with store.transaction() as tx:
            renamed += _rename(tx, was, names.get(was), by=by, now=clock.now())
    return renamed


def names_wait(store: Store) -> bool:
    """Whether something is known of triggers by their places only."""
    with store.reading() as tx:
        return any(_waits(known) for known in tx.triggers.all_known())


def _waits(known: KnownTrigger) -> bool:
    return is_former(known.name) and known.left_at is None


def _rename(
    tx: Transaction, was: TriggerName, name: TriggerName | None, *, by: Actor, now: datetime
) -> bool:
    old = tx.triggers.known(was)
    if old is None or not _waits(old):
        return False  # another process was faster
    if name is None or tx.triggers.known(name) is not None:
        tx.triggers.save(replace(old, left_at=now))
        return False
    new = replace(old, name=name, audit_seq=0)
    left = replace(old, left_at=now)
    if old.paused:
        told = {"paused_by": old.paused_by, "reason": old.paused_why, "was": was}
        seq = tx.record(_entry(new, RecordType.TRIGGER_PAUSED, by=by, now=now, **told))
        new = replace(new, audit_seq=seq)
        reason = f"it is called {name} now"
        seq = tx.record(_entry(left, RecordType.TRIGGER_RESUMED, by=by, now=now, reason=reason))
        left = replace(
            left, audit_seq=seq, paused=False, paused_by=None, paused_why=None, paused_at=None
        )
    tx.triggers.save(new)
    tx.triggers.save(left)
    return True


def _entry(
    known: KnownTrigger, type: str, *, by: Actor, now: datetime, **facts: str | None
) -> Entry:
    return Entry(
        stream=known.stream,
        type=type,
        subject="trigger",
        state="paused" if type == RecordType.TRIGGER_PAUSED else "working",
        actor=by,
        at=now,
        data=facts,
    )
