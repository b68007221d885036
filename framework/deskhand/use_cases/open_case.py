"""Open an exception case: an item, or an account, goes to a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deskhand.domain.account import AccountHealth
from deskhand.domain.cause import Cause
from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.exception_case import CaseKind, CaseState, ExceptionCase, case_kind
from deskhand.domain.identifiers import CaseId
from deskhand.domain.question import Question
from deskhand.domain.work_item import WorkItem
from deskhand.ports.store import Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.sealing import detail_context, seal_json

APPROVAL_WANTED = "APPROVAL_WANTED"
ANSWER_WANTED = "ANSWER_WANTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpener:
    """Opens cases within a transaction: who says so, when, and under which seal."""

    seal: Seal
    actor: Actor
    at: datetime

    def about_item(
        self, tx: Transaction, item: WorkItem, cause: Cause, *, queue: str, attempt: int | None
    ) -> ExceptionCase:
        """Open a case about an item that has just moved to a person.

        It came back when the item had a case of the same code before.
        """
        asks = _Asks(queue=queue, kind=case_kind(cause.kind), code=cause.code, step=cause.step)
        detail = {"message": cause.message, "hint": cause.hint}
        return self._about(tx, item, asks, detail=detail, attempt=attempt)

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
        asks = _Asks(
            queue=question.queue,
            kind=CaseKind.APPROVAL if question.approval else CaseKind.QUESTION,
            code=APPROVAL_WANTED if question.approval else ANSWER_WANTED,
            step=question.step,
            expires_at=None if question.expires is None else self.at + question.expires,
        )
        detail = {"message": question.title, "hint": "", "question": asked}
        return self._about(tx, item, asks, detail=detail, attempt=attempt)

    def again(
        self,
        tx: Transaction,
        item: WorkItem,
        before: ExceptionCase,
        *,
        detail: Mapping[str, Any],
    ) -> ExceptionCase:
        """Open a closed case's question once more, with the same `detail`."""
        asks = _Asks(
            queue=before.queue,
            kind=before.kind,
            code=before.code,
            step=before.step,
            expires_at=before.expires_at,
        )
        return self._about(tx, item, asks, detail=detail, attempt=None)

    def about_account(
        self, tx: Transaction, health: AccountHealth, cause: Cause, *, queue: str
    ) -> ExceptionCase:
        """Open the one case about an account that has just been held."""
        case_id = CaseId(f"{health.name.replace('/', '-')}-{health.audit_seq}")
        portal, _, client = health.name.partition("/")
        detail = {"message": cause.message, "hint": cause.hint}
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
                kind=case_kind(cause.kind),
                code=cause.code,
                step=cause.step,
                state=CaseState.OPEN,
                stream=health.stream,
                audit_seq=0,
                version=1,
                sealed_detail=self._sealed(case_id, detail),
                opened_at=self.at,
            ),
            attempt=None,
        )

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
        asks: "_Asks",
        *,
        detail: Mapping[str, Any],
        attempt: int | None,
    ) -> ExceptionCase:
        earlier = tx.cases.of_item(item.id)
        case_id = CaseId(f"{item.id}-{len(earlier) + 1}")
        return self._open(
            tx,
            ExceptionCase(
                id=case_id,
                item=item.id,
                account=item.account,
                runbook=item.runbook,
                client=item.client,
                reference=item.reference,
                queue=asks.queue,
                kind=asks.kind,
                code=asks.code,
                step=asks.step,
                state=CaseState.OPEN,
                stream=item.stream,
                audit_seq=0,
                version=1,
                sealed_detail=self._sealed(case_id, detail),
                opened_at=self.at,
                came_back=any(asks.came_back_from(case) for case in earlier),
                expires_at=asks.expires_at,
            ),
            attempt=attempt,
        )

    def _sealed(self, case: CaseId, detail: Mapping[str, Any]) -> bytes:
        return seal_json(detail, seal=self.seal, context=detail_context(case))

    def _open(self, tx: Transaction, case: ExceptionCase, *, attempt: int | None) -> ExceptionCase:
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
            )
        )
        opened = case.at_record(seq)
        tx.cases.add(opened)
        return opened


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asks:
    """What a case about an item asks, of whom."""

    queue: str
    kind: CaseKind
    code: str
    step: str
    expires_at: datetime | None = None

    def came_back_from(self, earlier: ExceptionCase) -> bool:
        """Whether an earlier case of the item asked the same."""
        if self.code in _ASKED_BY_STEPS and earlier.step != self.step:
            return False
        return earlier.code == self.code


_ASKED_BY_STEPS = frozenset({APPROVAL_WANTED, ANSWER_WANTED})
