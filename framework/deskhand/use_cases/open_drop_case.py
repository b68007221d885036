"""Open a case about a drop folder, or a file in it: else nobody who can help would hear of it."""

from dataclasses import dataclass

from deskhand.domain.cause import Cause
from deskhand.domain.drop import DropPlace
from deskhand.domain.entry import Actor
from deskhand.domain.exception_case import ExceptionCase, Matter, case_kind
from deskhand.domain.identifiers import CaseId
from deskhand.domain.runbook import Runbook
from deskhand.domain.schedule import trigger_stream
from deskhand.ports.case_store import CaseFilter
from deskhand.ports.store import Transaction
from deskhand.use_cases.desk import Desk
from deskhand.use_cases.open_case import CaseOpener

_MANY = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class DropCase:
    """What a person is told; `about` is the drop or folder that it is about."""

    runbook: Runbook
    place: DropPlace
    cause: Cause
    about: str

    @property
    def group(self) -> str:
        """What makes two cases the same: never two of them are open."""
        return f"{self.cause.group}@{self.place.trigger}/{self.place.client}/{self.about}"


def open_drop_case(
    tx: Transaction, case: DropCase, *, by: Actor, desk: Desk
) -> ExceptionCase | None:
    """Open a case, unless one about the same is open; then None."""
    place, cause = case.place, case.cause
    alike = CaseFilter(cause_group=case.group, unclosed=True)
    if tx.cases.find(alike, limit=1):
        return None
    stream = trigger_stream(place.trigger)
    number = len(tx.audit_log.of_stream(stream)) + 1
    kind = case_kind(cause.kind)
    matter = Matter(
        id=CaseId(f"{place.trigger}-{number}".replace("/", "-")),
        reference=f"drop folder {place.folder}",
        stream=stream,
        queue=case.runbook.queues[kind.value],
        kind=kind,
        code=cause.code,
        group=case.group,
        runbook=case.runbook.name,
        client=place.client,
    )
    detail = {"message": cause.message, "hint": cause.hint, "rows": []}
    opener = CaseOpener(seal=desk.seal, actor=by, at=desk.clock.now(), book=desk.book)
    return opener.about_no_item(tx, matter, detail=detail)
