"""Open an exception case: an item, or an account, goes to a person."""

from dataclasses import dataclass
from datetime import datetime

from deskhand.domain.account import AccountHealth
from deskhand.domain.cause import Cause
from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.exception_case import CaseState, ExceptionCase, case_kind
from deskhand.domain.identifiers import AccountName, CaseId
from deskhand.domain.work_item import WorkItem
from deskhand.ports.store import Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.sealing import detail_context, seal_json


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
                queue=queue,
                kind=case_kind(cause.kind),
                code=cause.code,
                step=cause.step,
                state=CaseState.OPEN,
                stream=item.stream,
                audit_seq=0,
                version=1,
                sealed_detail=self._detail(case_id, cause),
                opened_at=self.at,
                came_back=any(case.code == cause.code for case in earlier),
            ),
            attempt=attempt,
        )

    def about_account(
        self, tx: Transaction, health: AccountHealth, cause: Cause, *, queue: str
    ) -> ExceptionCase:
        """Open the one case about an account that has just been held."""
        case_id = CaseId(f"{health.name.replace('/', '-')}-{health.audit_seq}")
        portal, _, client = health.name.partition("/")
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
                sealed_detail=self._detail(case_id, cause),
                opened_at=self.at,
            ),
            attempt=None,
        )

    def about_receiver(
        self, tx: Transaction, stream: str, cause: Cause, *, queue: str
    ) -> ExceptionCase:
        """Open the one case about a receiver that events could not be delivered to.

        It belongs to no item and no account: `deskhand events` decides it.
        """
        name = stream.partition(":")[2]
        earlier = tx.audit_log.of_stream(stream)
        case_id = CaseId(f"receiver-{name.replace(':', '-')}-{len(earlier) + 1}")
        return self._open(
            tx,
            ExceptionCase(
                id=case_id,
                item=None,
                account=AccountName(""),
                runbook="",
                client="",
                reference=f"receiver {name}",
                queue=queue,
                kind=case_kind(cause.kind),
                code=cause.code,
                step=cause.step,
                state=CaseState.OPEN,
                stream=stream,
                audit_seq=0,
                version=1,
                sealed_detail=self._detail(case_id, cause),
                opened_at=self.at,
                came_back=bool(earlier),
            ),
            attempt=None,
        )

    def _detail(self, case: CaseId, cause: Cause) -> bytes:
        detail = {"message": cause.message, "hint": cause.hint}
        return seal_json(detail, seal=self.seal, context=detail_context(case))

    def _open(self, tx: Transaction, case: ExceptionCase, *, attempt: int | None) -> ExceptionCase:
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
                },
            )
        )
        opened = case.at_record(seq)
        tx.cases.add(opened)
        return opened
