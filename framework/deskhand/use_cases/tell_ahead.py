"""Tell people of a trigger that is ahead: it fires nothing, and they know whose clock errs.

A host whose clock was put far forward decided about slots that had not come. Going back by
itself would be as wrong where it is this host's clock that is behind.
"""

from deskhand.domain.cause import Cause, CauseKind
from deskhand.domain.entry import Actor
from deskhand.domain.exception_case import CaseKind, Matter
from deskhand.domain.identifiers import CaseId
from deskhand.domain.schedule import trigger_stream
from deskhand.ports.case_store import CaseFilter
from deskhand.use_cases.decide_slots import WatchedTrigger
from deskhand.use_cases.desk import Desk
from deskhand.use_cases.open_case import CaseOpener

TRIGGER_AHEAD = "TRIGGER_AHEAD"


def tell_ahead(watched: WatchedTrigger, *, desk: Desk, by: Actor) -> bool:
    """Open a case when the trigger is ahead; False when it is not, or a person has been told."""
    now = desk.clock.now()
    with desk.store.reading() as tx:
        known = tx.triggers.known(watched.name)
    if known is None or not known.is_ahead(now):
        return False
    cause = Cause(
        kind=CauseKind.SYSTEM,
        code=TRIGGER_AHEAD,
        message=f"its slots were decided about up to {known.decided_to:%Y-%m-%d %H:%M} UTC, when "
        f"it is {now:%Y-%m-%d %H:%M} UTC here: nothing fires until then",
        hint="see to the clocks of all hosts; then deskhand triggers pause, and resume: "
        f"{watched.name} begins anew",
    )
    group = f"{cause.group}@{watched.name}"
    with desk.store.transaction() as tx:
        if tx.cases.find(CaseFilter(cause_group=group, unclosed=True), limit=1):
            return False
        opener = CaseOpener(seal=desk.seal, actor=by, at=now, book=desk.book)
        detail = {"message": cause.message, "hint": cause.hint, "rows": []}
        opener.about_no_item(tx, _matter(watched, opener, group=group), detail=detail)
    return True


def _matter(watched: WatchedTrigger, opener: CaseOpener, *, group: str) -> Matter:
    name = f"{watched.name}/{TRIGGER_AHEAD}/{opener.at:%Y%m%dT%H%M%S}"
    return Matter(
        id=CaseId(name.replace("/", "-")),
        reference=f"trigger {watched.name}",
        stream=trigger_stream(watched.name),
        queue=watched.runbook.queues[CaseKind.SYSTEM.value],
        kind=CaseKind.SYSTEM,
        code=TRIGGER_AHEAD,
        group=group,
        runbook=watched.runbook.name,
    )
