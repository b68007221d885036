"""Accept items: unique references, sealed fields, first records, in one transaction a batch."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import NamedTuple

from deskhand.domain.account import account_name
from deskhand.domain.attached_files import file_fields, missing_files
from deskhand.domain.cause import Cause, CauseKind
from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.identifiers import FileId, ItemId, ordered_id
from deskhand.domain.intake_file import FileRow, RowFate
from deskhand.domain.queue import DEFAULTS, QueueBook
from deskhand.domain.runbook import Runbook
from deskhand.domain.step import Expression
from deskhand.domain.work_item import ItemState, WorkItem
from deskhand.errors import ExpressionError
from deskhand.ports.item_store import KnownReference
from deskhand.ports.reader import BadRow, Row
from deskhand.ports.runbook_library import Rejected, RowBinder, RunbookLibrary
from deskhand.ports.store import Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.open_case import CaseOpener
from deskhand.use_cases.sealing import fields_context, fields_digest_context

REFERENCE_CONFLICT = "REFERENCE_CONFLICT"
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A row that may become an item: typed, checked, sealed, not yet compared with the store."""

    row: Row
    item: WorkItem


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMaker:
    """Makes items of one runbook out of one client's rows; `book` says when conflicts are due."""

    runbook: Runbook
    client: str
    file: FileId | None
    folder: Path | None
    seal: Seal
    library: RunbookLibrary
    book: QueueBook = DEFAULTS
    _file_fields: Sequence[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Worked out once: rows come by the hundred thousand.
        object.__setattr__(self, "_file_fields", file_fields(self.runbook.item))

    def candidate(
        self, row: Row | BadRow, binder: RowBinder, *, now: datetime
    ) -> Candidate | FileRow:
        """Return the item that a row would become, or its rejection."""
        if isinstance(row, BadRow):
            return self._rejection(row, row.field, row.reason)
        today = now.astimezone(self.book.zone(self.client)).date()
        bound = binder.bind(row.values, today=today, now=now)
        if isinstance(bound, Rejected):
            fields = ", ".join(dict.fromkeys(field for field, _ in bound.problems if field))
            reasons = "; ".join(reason for _, reason in bound.problems)
            return self._rejection(row, fields, reasons)
        for name, reason in missing_files(self._file_fields, bound.values, folder=self.folder):
            return self._rejection(row, name, reason)
        try:
            return Candidate(row=row, item=self._item(row, bound.values, now=now))
        except ExpressionError as error:
            return self._rejection(row, "", str(error))

    def fate(self, row: Row, fate: RowFate, item: WorkItem) -> FileRow:
        """Return what became of a row."""
        return FileRow(
            file=self.file or FileId(""),
            row=row.number,
            line=row.line,
            fate=fate,
            reference=item.reference,
            item=item.id,
        )

    def _rejection(self, row: Row | BadRow, fields: str, reason: str) -> FileRow:
        return FileRow(
            file=self.file or FileId(""),
            row=row.number,
            line=row.line,
            fate=RowFate.REJECTED,
            field=fields,
            problem=reason,
        )

    def _item(self, row: Row, values: Mapping[str, object], *, now: datetime) -> WorkItem:
        item_id = ItemId(ordered_id(at=now, entropy=secrets.token_bytes(10)))
        plain = canonical(self.library.plain_fields(self.runbook, values))
        said = worked_out(self.runbook, values, accepted_at=now, zone=self.book.zone(self.client))
        return WorkItem(
            id=item_id,
            runbook=self.runbook.name,
            runbook_hash=self.runbook.hash,
            client=self.client,
            reference=reference_of(self.runbook, values, seal=self.seal),
            account=account_name(self.runbook.portal, self.client),
            state=ItemState.WAITING,
            version=1,
            audit_seq=1,
            sealed_fields=self.seal.close(plain, context=fields_context(item_id)),
            fields_digest=self.seal.digest(plain, context=fields_digest_context(self.runbook.name)),
            accepted_at=now,
            changed_at=now,
            file=self.file,
            row=row.number,
            amount=said.amount,
            due=said.due,
            deadline=said.deadline,
        )


class WorkedOut(NamedTuple):
    """What the runbook works out of an item's fields; it is kept in clear with the item."""

    amount: str | None
    due: datetime | None
    deadline: datetime | None


def worked_out(
    runbook: Runbook, values: Mapping[str, object], *, accepted_at: datetime, zone: tzinfo
) -> WorkedOut:
    """Work out the amount and the dates of an item, as on the day it was accepted.

    Days are those of the client's `zone`. Raises `ExpressionError`.
    """
    scope: dict[str, object] = {
        "item": values,
        "params": runbook.params,
        "today": accepted_at.astimezone(zone).date(),
        "now_utc": accepted_at,
    }
    shape = runbook.item
    return WorkedOut(
        amount=_text(shape.amount, scope),
        due=_end_of_day(shape.due, scope, zone=zone),
        deadline=_end_of_day(shape.deadline, scope, zone=zone),
    )


def canonical(plain: object) -> bytes:
    """Return JSON bytes that are equal when the data is."""
    return _CANONICAL.encode(plain).encode()


def reference_of(runbook: Runbook, values: Mapping[str, object], *, seal: Seal) -> str:
    """Return what people call an item: its reference; a keyed hash if a part is sensitive."""
    parts = [values.get(name) for name in runbook.item.reference]
    text = "/".join(str(part) for part in parts if part not in (None, ""))
    if not runbook.item.reference_sealed:
        return text
    return seal.digest(text.encode(), context=f"reference:{runbook.name}")[:32]


@dataclass(slots=True)
class BatchAcceptance:
    """Compares a batch of candidates with the store, and inserts what is new."""

    tx: Transaction
    maker: ItemMaker
    by: Actor
    now: datetime
    _known: dict[str, KnownReference] = field(default_factory=dict)

    def take(self, candidates: Sequence[Candidate]) -> list[FileRow]:
        """Insert new items and conflicts, count repeats; return each row's fate."""
        runbook = self.maker.runbook
        references = list({candidate.item.reference for candidate in candidates})
        self._known = dict(self.tx.items.known(runbook.name, self.maker.client, references))
        new: list[Candidate] = []
        old: list[Candidate] = []
        for candidate in candidates:
            if candidate.item.reference in self._known:
                old.append(candidate)
            else:
                new.append(candidate)
                self._note(candidate.item, occurrences=1)
        self._insert([candidate.item for candidate in new])
        fates = [self.maker.fate(one.row, RowFate.ACCEPTED, one.item) for one in new]
        return fates + [self._repeat_or_conflict(candidate) for candidate in old]

    def _note(self, item: WorkItem, *, occurrences: int) -> None:
        known = self._known.get(item.reference)
        self._known[item.reference] = KnownReference(
            item=known.item if known else item.id,
            fields_digest=known.fields_digest if known else item.fields_digest,
            occurrences=occurrences,
        )

    def _insert(self, items: Iterable[WorkItem]) -> None:
        added = list(items)
        self.tx.record_first(self._created(item) for item in added)
        self.tx.items.add(added)

    def _created(self, item: WorkItem) -> Entry:
        return Entry(
            stream=item.stream,
            type=RecordType.ITEM_CREATED,
            subject="item",
            state=item.state.value,
            actor=self.by,
            at=self.now,
            data={
                "runbook": item.runbook,
                "runbook_hash": item.runbook_hash,
                "client": item.client,
                "reference": item.reference,
                "file": item.file,
                "row": item.row,
                "fields_digest": item.fields_digest,
            },
        )

    def _repeat_or_conflict(self, candidate: Candidate) -> FileRow:
        known = self._known[candidate.item.reference]
        if known.fields_digest == candidate.item.fields_digest:
            return self._repeat(candidate, known)
        return self._conflict(candidate, known)

    def _repeat(self, candidate: Candidate, known: KnownReference) -> FileRow:
        first = self.tx.items.get(known.item)
        self.tx.record(
            Entry(
                stream=first.stream,
                type=RecordType.ITEM_REPEATED,
                subject="item",
                actor=self.by,
                at=self.now,
                data={"file": candidate.item.file, "row": candidate.row.number},
            )
        )
        return self.maker.fate(candidate.row, RowFate.REPEAT, first)

    def _conflict(self, candidate: Candidate, known: KnownReference) -> FileRow:
        """The same reference with other content: an item of its own, straight to a person."""
        item = replace(candidate.item, occurrence=known.occurrences)
        self._note(item, occurrences=known.occurrences + 1)
        self._insert([item])
        seq = self.tx.record(
            Entry(
                stream=item.stream,
                type=RecordType.ITEM_MOVED,
                subject="item",
                state=ItemState.WITH_PERSON.value,
                actor=self.by,
                at=self.now,
                data={"from": item.state.value, "conflicts_with": known.item},
            )
        )
        held = replace(
            item.moved_to(ItemState.WITH_PERSON, audit_seq=seq, at=self.now),
            reason=REFERENCE_CONFLICT,
        )
        self.tx.items.save(held)
        opener = CaseOpener(seal=self.maker.seal, actor=self.by, at=self.now, book=self.maker.book)
        cause = Cause(
            kind=CauseKind.BUSINESS,
            code=REFERENCE_CONFLICT,
            message=f"the reference is taken by item {known.item}, with other content",
            hint="reject this one, or fix its reference",
        )
        opener.about_item(
            self.tx, held, cause, queue=self.maker.runbook.queues["business"], attempt=None
        )
        return self.maker.fate(candidate.row, RowFate.CONFLICT, held)


def _text(expression: Expression | None, scope: dict[str, object]) -> str | None:
    if expression is None:
        return None
    value = expression.value(scope)
    return None if value is None else str(value)


def _end_of_day(
    expression: Expression | None, scope: dict[str, object], *, zone: tzinfo
) -> datetime | None:
    """Return the moment at which a day of the client is over, in UTC."""
    value = None if expression is None else expression.value(scope)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
    return None
