"""Open an exception case: an item, or an account, goes to a person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from deskhand.domain.account import AccountHealth
from deskhand.domain.cause import Cause
from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.exception_case import (
    CaseKind,
    CaseState,
    ExceptionCase,
    case_kind,
    cause_group,
)
from deskhand.domain.identifiers import CaseId
from deskhand.domain.queue import DEFAULTS, CaseTimes, QueueBook
from deskhand.domain.work_item import WorkItem
from deskhand.ports.store import Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.sealing import detail_context, seal_json


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpener:
    """Opens cases within a transaction: who says so, when, under which seal.

    `book` says when they are due.
    """

    seal: Seal
    actor: Actor
    at: datetime
    book: QueueBook = DEFAULTS

    def about_item(
        self, tx: Transaction, item: WorkItem, cause: Cause, *, queue: str, attempt: int | None
    ) -> ExceptionCase:
        """Open a case about an item that has just moved to a person.

        It came back when the item had a case of the same code before; then it is due when the
        first of them was. No case is due later than its item.
        """
        earlier = tx.cases.of_item(item.id)
        before = [case for case in earlier if case.code == cause.code]
        case_id = CaseId(f"{item.id}-{len(earlier) + 1}")
        kind = case_kind(cause.kind)
        times = self._times(item, kind, queue=queue, before=before)
        return self._open(
            tx,
            ExceptionCase(
                id=case_id,
                item=item.id,
                account=item.account,
                runbook=item.runbook,
                client=item.client,
                reference=item.reference,
                queue=queue,
                kind=kind,
                code=cause.code,
                step=cause.step,
                state=CaseState.OPEN,
                stream=item.stream,
                audit_seq=0,
                version=1,
                sealed_detail=self._detail(case_id, cause),
                opened_at=self.at,
                came_back=bool(before),
                due_at=times.due_at,
                risk_at=times.risk_at,
                cause_group=cause_group(cause, item.account),
            ),
            attempt=attempt,
        )

    def about_account(
        self, tx: Transaction, health: AccountHealth, cause: Cause, *, queue: str
    ) -> ExceptionCase:
        """Open the one case about an account that has just been held."""
        case_id = CaseId(f"{health.name.replace('/', '-')}-{health.audit_seq}")
        portal, _, client = health.name.partition("/")
        kind = case_kind(cause.kind)
        times = self.book.times(queue, kind, client, opened=self.at)
        return self._open(
            tx,
            ExceptionCase(
                id=case_id,
                item=None,
                account=health.name,
                runbook="",
                client=client,
                reference=f"account {portal}/{client}",
                queue=queue,
                kind=kind,
                code=cause.code,
                step=cause.step,
                state=CaseState.OPEN,
                stream=health.stream,
                audit_seq=0,
                version=1,
                sealed_detail=self._detail(case_id, cause),
                opened_at=self.at,
                due_at=times.due_at,
                risk_at=times.risk_at,
                cause_group=cause_group(cause, health.name),
            ),
            attempt=None,
        )

    def _times(
        self, item: WorkItem, kind: CaseKind, *, queue: str, before: Sequence[ExceptionCase]
    ) -> CaseTimes:
        """Return when a case is due: coming back wins no time, and no item waits past its own."""
        for case in before:
            if case.due_at is not None and case.risk_at is not None:
                return CaseTimes(risk_at=case.risk_at, due_at=case.due_at)
        times = self.book.times(queue, kind, item.client, opened=self.at)
        if item.due is None or times.due_at <= item.due:
            return times
        return CaseTimes(risk_at=min(times.risk_at, item.due), due_at=item.due)

    def _detail(self, case: CaseId, cause: Cause) -> bytes:
        detail = {"message": cause.message, "hint": cause.hint}
        return seal_json(detail, seal=self.seal, context=detail_context(case))

    def _open(self, tx: Transaction, case: ExceptionCase, *, attempt: int | None) -> ExceptionCase:
        if case.kind is CaseKind.SYSTEM:
            case = replace(case, incident=tx.case_clocks.incident_of(case.cause_group) or case.id)
        seq = tx.record(
            Entry(
                stream=case.stream,
                type=RecordType.CASE_OPENED,
                subject=f"case:{case.id}",
                state=case.state.value,
                actor=self.actor,
                at=self.at,
                attempt=attempt,
                data={
                    "kind": case.kind.value,
                    "code": case.code,
                    "step": case.step,
                    "queue": case.queue,
                    "came_back": case.came_back,
                    "due_at": case.due_at.isoformat() if case.due_at else None,
                    "incident": case.incident,
                },
            )
        )
        opened = case.at_record(seq)
        tx.cases.add(opened)
        return opened
