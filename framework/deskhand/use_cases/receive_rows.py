"""Take a signed request's rows in: once an id, with its answer, in the caller's transaction."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from deskhand.domain.entry import Actor, ActorKind, Entry, RecordType
from deskhand.domain.intake_file import FileRow, RowFate
from deskhand.domain.queue import DEFAULTS, QueueBook
from deskhand.ports.clock import Clock
from deskhand.ports.hook_log import SeenRequest
from deskhand.ports.inbox import HookRequest, RefusalKind, Refused, RejectedRow, Taken
from deskhand.ports.runbook_library import RunbookLibrary
from deskhand.ports.store import Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.accept_rows import RowDelivery, accept_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What taking requests in needs; `book` says when the cases are due that come of them."""

    seal: Seal
    clock: Clock
    library: RunbookLibrary
    book: QueueBook = DEFAULTS


def receive_rows(
    tx: Transaction,
    request: HookRequest,
    deliveries: Sequence[RowDelivery],
    *,
    reception: Reception,
) -> Taken | Refused:
    """Take a request's rows in for each of the runbooks, and keep the answer under its id.

    The same request again changes nothing and gets its first answer; other content under its id
    is refused.
    """
    digest = reception.seal.digest(request.content, context=f"hook:{request.client}/{request.hook}")
    seen = tx.hooks.seen(request.client, request.hook, request.id)
    if seen is not None:
        return _first_answer(seen) if seen.digest == digest else _other_content()
    now = reception.clock.now()
    runbooks = [delivery.runbook.name for delivery in deliveries]
    tx.record(
        Entry(
            stream=f"hook:{request.client}/{request.hook}",
            type=RecordType.WEBHOOK_TAKEN,
            subject=f"request:{request.id}",
            actor=sender_of(request),
            at=now,
            data={"event": request.event, "rows": len(request.rows), "runbooks": runbooks},
        )
    )
    fates: list[FileRow] = []
    for delivery in deliveries:
        fates += accept_rows(
            tx,
            request.rows,
            delivery,
            seal=reception.seal,
            clock=reception.clock,
            library=reception.library,
        )
    taken = _taken(fates)
    tx.hooks.add(
        SeenRequest(
            client=request.client,
            hook=request.hook,
            id=request.id,
            digest=digest,
            answer=json.dumps(asdict(taken)),
            seen_at=now,
        )
    )
    return taken


def sender_of(request: HookRequest) -> Actor:
    """Return who acts: the program that knows the hook's secret."""
    return Actor(kind=ActorKind.SERVICE, id=f"hook:{request.client}/{request.hook}")


def _first_answer(seen: SeenRequest) -> Taken:
    answer = json.loads(seen.answer)
    rejected = tuple(RejectedRow(**row) for row in answer.pop("rejected"))
    return Taken(**answer, rejected=rejected)


def _other_content() -> Refused:
    return Refused(
        kind=RefusalKind.OTHER_CONTENT,
        problem="this webhook-id was used before, for other content",
        advice="give each message an id of its own, and keep it when you send the same one again",
    )


def _taken(fates: Sequence[FileRow]) -> Taken:
    def count(fate: RowFate) -> int:
        return sum(row.fate is fate for row in fates)

    return Taken(
        accepted=count(RowFate.ACCEPTED),
        repeats=count(RowFate.REPEAT),
        conflicts=count(RowFate.CONFLICT),
        rejected=tuple(
            RejectedRow(row=fate.row, field=fate.field, reason=fate.problem)
            for fate in fates
            if fate.fate is RowFate.REJECTED
        ),
    )
