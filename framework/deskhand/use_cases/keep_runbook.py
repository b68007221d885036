"""Keep the text of a runbook: what performed an item can be read as long as the item is."""

from datetime import datetime

from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.runbook import Runbook
from deskhand.ports.store import Transaction


def keep_runbook(tx: Transaction, runbook: Runbook, *, by: Actor, at: datetime) -> None:
    """Keep the runbook's text, once a version, with its record."""
    if tx.runbooks.known(runbook.hash):
        return
    tx.record(
        Entry(
            stream=f"runbook:{runbook.name}",
            type=RecordType.RUNBOOK_ADDED,
            subject=f"version:{runbook.hash}",
            actor=by,
            at=at,
        )
    )
    tx.runbooks.add(runbook.hash, name=runbook.name, source=runbook.source, by=by.name, at=at)
