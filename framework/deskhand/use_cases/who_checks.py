"""Who may check a bot's work again: nobody who had a hand in it, or saw what the bot recorded."""

from collections.abc import Iterator

from deskhand.audit.record import decode
from deskhand.domain.entry import Actor, RecordType
from deskhand.domain.exception_case import CaseKind
from deskhand.domain.person_name import same_person
from deskhand.domain.work_item import WorkItem
from deskhand.errors import DecisionRefusedError
from deskhand.ports.store import Transaction


def refuse_involved(tx: Transaction, item: WorkItem, *, by: Actor) -> None:
    """Raise `DecisionRefusedError` when this person had a hand in the item's work."""
    for name, did in _hands(tx, item):
        if same_person(name, by.name):
            raise DecisionRefusedError(f"{name} {did} this item: somebody else must check it again")


def is_involved(tx: Transaction, item: WorkItem, *, by: Actor) -> bool:
    """Whether this person had a hand in the item's work."""
    return any(same_person(name, by.name) for name, _ in _hands(tx, item))


def _hands(tx: Transaction, item: WorkItem) -> Iterator[tuple[str, str]]:
    """Yield who did what of the item: answered, decided, corrected, looked at its evidence."""
    for answer in tx.answers.of_item(item.id):
        yield answer.by, f"answered `{answer.step}` of"
    for case in tx.cases.of_item(item.id):
        if case.kind is not CaseKind.QUALITY and case.closed_by is not None:
            yield case.closed_by, "decided a case of"
    for row in tx.audit_log.of_stream(item.stream):
        if row.type == RecordType.EVIDENCE_LOOKED_AT:
            actor = decode(row.body).actor
            yield actor.get("asserted") or actor["id"] or "", "looked at the evidence of"
