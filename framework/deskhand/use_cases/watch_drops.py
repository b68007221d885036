"""Watch drop folders: which triggers rest, when they were looked at, and what nobody else sees."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from deskhand.domain.cause import Cause, CauseKind
from deskhand.domain.drop import DropPlace
from deskhand.domain.identifiers import TriggerName
from deskhand.domain.runbook import Runbook
from deskhand.domain.schedule import KnownTrigger
from deskhand.use_cases.desk import Desk
from deskhand.use_cases.open_drop_case import DropCase, open_drop_case
from deskhand.use_cases.take_drop import DROPS

CLIENT_UNKNOWN = "CLIENT_UNKNOWN"
DROP_FAILED = "DROP_FAILED"


def paused_triggers(names: Sequence[TriggerName], *, desk: Desk) -> frozenset[TriggerName]:
    """Return the triggers that a person has paused."""
    with desk.store.reading() as tx:
        known = [tx.triggers.known(name) for name in names]
    return frozenset(one.name for one in known if one is not None and one.paused)


def note_look(names: Collection[TriggerName], *, desk: Desk) -> None:
    """Note that the triggers' folders have just been looked at."""
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        for name in names:
            known = tx.triggers.known(name) or KnownTrigger(name=name, decided_to=now)
            tx.triggers.save(replace(known, decided_to=now))


def tell_stranger(place: DropPlace, *, runbook: Runbook, desk: Desk) -> bool:
    """Open a case about files of a client that has no account; False when one is open."""
    cause = Cause(
        kind=CauseKind.SYSTEM,
        code=CLIENT_UNKNOWN,
        message=f"files lie in {place.folder}, and there is no account "
        f"{runbook.portal}/{place.client}; they are not taken in",
        hint="add the account to accounts.yaml and start the hosts again, or move the files",
    )
    case = DropCase(runbook=runbook, place=place, cause=cause, about="client")
    with desk.store.transaction() as tx:
        return open_drop_case(tx, case, by=DROPS, desk=desk) is not None


def tell_failure(
    place: DropPlace, problem: str, *, about: str, runbook: Runbook, desk: Desk
) -> bool:
    """Open a case about a file, folder or answer that does not come right; False when one is open.

    `problem` names no file: a case's own words are sealed, its cause is not.
    """
    which = place.folder if about == place.folder else f"{about} of {place.folder}"
    cause = Cause(
        kind=CauseKind.SYSTEM,
        code=DROP_FAILED,
        message=f"{which} cannot be seen to: {problem}",
        hint=f"it is tried again; a file that was given up lies in {place.folder}/claimed: "
        "move it back by hand to have it tried anew",
    )
    case = DropCase(runbook=runbook, place=place, cause=cause, about=about)
    with desk.store.transaction() as tx:
        return open_drop_case(tx, case, by=DROPS, desk=desk) is not None
