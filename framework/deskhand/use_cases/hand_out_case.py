"""Hand out the next case: people do not pick, and two never get the same."""

from dataclasses import dataclass
from datetime import datetime

from deskhand.domain.entry import Actor
from deskhand.domain.exception_case import CaseKind, ExceptionCase
from deskhand.domain.identifiers import CaseId
from deskhand.domain.queue import QueueBook
from deskhand.ports.case_clocks import Place
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store, Transaction
from deskhand.use_cases.take_case import hand_over
from deskhand.use_cases.who_checks import is_involved


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which cases somebody wants to be handed; None means any.

    `kind` is the kind of case. `skills` are the ones they have today, in place of those that
    they are listed with.
    """

    queue: str | None = None
    client: str | None = None
    kind: CaseKind | None = None
    skills: frozenset[str] = frozenset()

    def fits(self, place: Place, *, by: Actor, book: QueueBook) -> bool:
        """Whether cases of this queue and client are wanted, and for this person."""
        return (
            self.queue in (None, place.queue)
            and self.client in (None, place.client)
            and book.may(by.name, place.queue, place.client)
            and book.skilled(by.name, place.queue, skills=self.skills)
        )


def next_case(
    wish: Wish, *, by: Actor, store: Store, clock: Clock, book: QueueBook
) -> ExceptionCase | None:
    """Take the case that is due first, overdue ones before all; None when there is none.

    Nobody is handed a re-check of what they had a hand in.
    """
    now = clock.now()
    with store.transaction() as tx:
        places = [place for place in tx.case_clocks.places() if wish.fits(place, by=by, book=book)]
        case = _first_fit(tx, places, wish, by=by, now=now) if places else None
        return None if case is None else hand_over(tx, case, to=by, at=now)


def _first_fit(
    tx: Transaction, places: list[Place], wish: Wish, *, by: Actor, now: datetime
) -> ExceptionCase | None:
    passed_by: list[CaseId] = []
    while True:
        case = tx.case_clocks.next_open(places, now=now, kind=wish.kind, but=passed_by)
        if case is None or case.kind is not CaseKind.QUALITY or case.item is None:
            return case
        if not is_involved(tx, tx.items.get(case.item), by=by):
            return case
        passed_by.append(case.id)
