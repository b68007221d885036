"""Open an exception case: an item, or an account, goes to a person."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from deskhand.domain.account import AccountHealth
from deskhand.domain.cause import Cause
from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.exception_case import (
    CaseKind,
    CaseState,
    ExceptionCase,
    Matter,
    Wanted,
    case_kind,
    cause_group,
)
from deskhand.domain.identifiers import CaseId
from deskhand.domain.question import Question
from deskhand.domain.queue import DEFAULTS, CaseTimes, QueueBook
from deskhand.domain.work_item import WorkItem
from deskhand.ports.store import Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.sealing import detail_context, seal_json

APPROVAL_WANTED = "APPROVAL_WANTED"
ANSWER_WANTED = "ANSWER_WANTED"


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
        wanted = Wanted(
            queue=queue,
            kind=case_kind(cause.kind),
            code=cause.code,
            step=cause.step,
            group=cause_group(cause, item.account),
        )
        return self._about(tx, item, wanted, detail=_told(cause), attempt=attempt)

    def about_question(
        self,
        tx: Transaction,
        item: WorkItem,
        question: Question,
        *,
        asked: Mapping[str, Any],
        attempt: int | None,
    ) -> ExceptionCase:
        """Open the case that asks a person; `asked` is what they see, in JSON types.

        It came back when the same step has asked before.
        """
        code = APPROVAL_WANTED if question.approval else ANSWER_WANTED
        wanted = Wanted(
            queue=question.queue,
            kind=CaseKind.APPROVAL if question.approval else CaseKind.QUESTION,
            code=code,
            step=question.step,
            group=f"{code}/{question.step}@{item.runbook}",
            expires_at=None if question.expires is None else self.at + question.expires,
        )
        detail = {"message": question.title, "hint": "", "question": asked}
        return self._about(tx, item, wanted, detail=detail, attempt=attempt)

    def again(
        self,
        tx: Transaction,
        item: WorkItem,
        before: ExceptionCase,
        *,
        detail: Mapping[str, Any],
        came_back: bool,
    ) -> ExceptionCase:
        """Open a closed case's question once more, with the same `detail`."""
        wanted = Wanted(
            queue=before.queue,
            kind=before.kind,
            code=before.code,
            step=before.step,
            group=before.cause_group,
            expires_at=before.expires_at,
            came_back=came_back,
        )
        return self._about(tx, item, wanted, detail=detail, attempt=None)

    def about_account(
        self, tx: Transaction, health: AccountHealth, cause: Cause, *, queue: str
    ) -> ExceptionCase:
        """Open the one case about an account that has just been held."""
        matter = Matter(
            id=CaseId(f"{health.name.replace('/', '-')}-{health.audit_seq}"),
            reference=f"account {health.name}",
            stream=health.stream,
            queue=queue,
            kind=case_kind(cause.kind),
            code=cause.code,
            group=cause_group(cause, health.name),
            client=health.name.partition("/")[2],
            account=health.name,
            step=cause.step,
        )
        return self.about_no_item(tx, matter, detail=_told(cause))

    def about_receiver(
        self, tx: Transaction, stream: str, cause: Cause, *, queue: str
    ) -> ExceptionCase:
        """Open the one case about a receiver, or a target, that nothing could be delivered to.

        It belongs to no item and no account; its stream is of such cases only.
        """
        word, _, name = stream.partition(":")
        earlier = tx.audit_log.of_stream(stream)
        matter = Matter(
            id=CaseId(f"{word}-{name.replace(':', '-')}-{len(earlier) + 1}"),
            reference=f"{word} {name}",
            stream=stream,
            queue=queue,
            kind=case_kind(cause.kind),
            code=cause.code,
            group=f"{cause.group}@{name}",
            step=cause.step,
            came_back=bool(earlier),
        )
        return self.about_no_item(tx, matter, detail=_told(cause))

    def about_no_item(
        self, tx: Transaction, matter: Matter, *, detail: Mapping[str, Any]
    ) -> ExceptionCase:
        """Open a case about something else than an item; `detail` is what the person sees."""
        times = self.book.times(
            matter.queue, matter.kind, matter.client, opened=self.at, account=matter.account
        )
        case = ExceptionCase(
            id=matter.id,
            item=None,
            account=matter.account,
            runbook=matter.runbook,
            client=matter.client,
            reference=matter.reference,
            queue=matter.queue,
            kind=matter.kind,
            code=matter.code,
            step=matter.step,
            state=CaseState.OPEN,
            stream=matter.stream,
            audit_seq=0,
            version=1,
            sealed_detail=self._sealed(matter.id, detail),
            opened_at=self.at,
            came_back=matter.came_back,
            due_at=times.due_at,
            risk_at=times.risk_at,
            cause_group=matter.group,
        )
        return self.open(tx, case, attempt=None)

    def entry(
        self,
        stream: str,
        type: str,
        subject: str,
        *,
        state: str,
        attempt: int | None,
        **facts: object,
    ) -> Entry:
        """Return a record of what this opener does."""
        return Entry(
            stream=stream,
            type=type,
            subject=subject,
            state=state,
            actor=self.actor,
            at=self.at,
            attempt=attempt,
            data=facts,
        )

    def _about(
        self,
        tx: Transaction,
        item: WorkItem,
        wanted: Wanted,
        *,
        detail: Mapping[str, Any],
        attempt: int | None,
    ) -> ExceptionCase:
        earlier = tx.cases.of_item(item.id)
        before = [case for case in earlier if wanted.asked_by(case)]
        case_id = CaseId(f"{item.id}-{len(earlier) + 1}")
        times = self._times(wanted, item, before)
        return self.open(
            tx,
            ExceptionCase(
                id=case_id,
                item=item.id,
                account=item.account,
                runbook=item.runbook,
                client=item.client,
                reference=item.reference,
                queue=wanted.queue,
                kind=wanted.kind,
                code=wanted.code,
                step=wanted.step,
                state=CaseState.OPEN,
                stream=item.stream,
                audit_seq=0,
                version=1,
                sealed_detail=self._sealed(case_id, detail),
                opened_at=self.at,
                came_back=bool(before) if wanted.came_back is None else wanted.came_back,
                due_at=times.due_at,
                risk_at=times.risk_at,
                cause_group=wanted.group,
                expires_at=wanted.expires_at,
            ),
            attempt=attempt,
        )

    def _times(self, wanted: Wanted, item: WorkItem, before: list[ExceptionCase]) -> CaseTimes:
        """Return when a case is due: coming back wins no time, and no item waits past its own."""
        for case in before:
            if case.due_at is not None and case.risk_at is not None:
                return CaseTimes(risk_at=case.risk_at, due_at=case.due_at)
        times = self.book.times(
            wanted.queue, wanted.kind, item.client, opened=self.at, account=item.account
        )
        if item.due is None or times.due_at <= item.due:
            return times
        return CaseTimes(risk_at=min(times.risk_at, item.due), due_at=item.due)

    def _sealed(self, case: CaseId, detail: Mapping[str, Any]) -> bytes:
        return seal_json(detail, seal=self.seal, context=detail_context(case))

    def open(self, tx: Transaction, case: ExceptionCase, *, attempt: int | None) -> ExceptionCase:
        """Write the first record of a new case, then the case; find the incident it belongs to."""
        if case.kind is CaseKind.SYSTEM:
            case = replace(case, incident=tx.case_clocks.incident_of(case.cause_group) or case.id)
        seq = tx.record(
            self.entry(
                case.stream,
                RecordType.CASE_OPENED,
                f"case:{case.id}",
                state=case.state.value,
                attempt=attempt,
                kind=case.kind.value,
                code=case.code,
                step=case.step,
                queue=case.queue,
                came_back=case.came_back,
                due_at=case.due_at.isoformat() if case.due_at else None,
                incident=case.incident,
            )
        )
        opened = case.at_record(seq)
        tx.cases.add(opened)
        return opened


def _told(cause: Cause) -> dict[str, str]:
    return {"message": cause.message, "hint": cause.hint}
