"""Open what the records of an item hold under the seal, for a person, on the record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from deskhand.audit.record import Record, decode
from deskhand.domain.entry import Actor, RecordType
from deskhand.domain.identifiers import AnswerId, ItemId
from deskhand.domain.work_item import WorkItem
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store
from deskhand.ports.vault import Seal
from deskhand.use_cases.sealing import (
    answer_context,
    fields_context,
    open_facts,
    recheck_context,
)
from deskhand.use_cases.tell_story import looked_at

_SEALED = "sealed_values"

_CONTEXTS: Mapping[str, Callable[[ItemId, str], str]] = {
    RecordType.ITEM_CORRECTED: lambda item, _: fields_context(item),
    RecordType.ANSWER_GIVEN: lambda _, subject: answer_context(
        AnswerId(subject.removeprefix("answer:"))
    ),
    RecordType.RECHECK_ANSWERED: lambda item, _: recheck_context(item),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealedRecord:
    """A record, and the values that it holds under the seal; None where it holds none.

    Of a correction the old and the new value of each field, of an answer those of its form.
    """

    record: Record
    values: dict[str, Any] | None = None


def revealed_records(
    name: str, *, by: Actor, store: Store, seal: Seal, clock: Clock
) -> tuple[WorkItem, list[RevealedRecord]]:
    """Return an item and its records, opened; that somebody looked is recorded first.

    Raises `NotFoundError`, `SealBrokenError`.
    """
    with store.transaction() as tx:
        item = looked_at(tx, name, by=by, at=clock.now(), records=True)
        records = [decode(row.body) for row in tx.audit_log.of_stream(item.stream)]
        return item, [_opened(record, item, seal=seal) for record in records]


def _opened(record: Record, item: WorkItem, *, seal: Seal) -> RevealedRecord:
    sealed, context = record.data.get(_SEALED), _CONTEXTS.get(record.type)
    if context is None or not isinstance(sealed, str):
        return RevealedRecord(record=record)
    values = open_facts(sealed, seal=seal, context=context(item.id, record.subject))
    return RevealedRecord(record=record, values=values)
