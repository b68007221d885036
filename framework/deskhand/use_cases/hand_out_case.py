"""Hand out the next case: people do not pick, and two never get the same."""

from dataclasses import dataclass

from deskhand.domain.entry import Actor
from deskhand.domain.exception_case import ASKED, ExceptionCase
from deskhand.domain.identifiers import CaseId
from deskhand.domain.queue import QueueBook
from deskhand.ports.case_clocks import Place
from deskhand.ports.store import Transaction
from deskhand.use_cases.ask_person import asked_question, barring_answer
from deskhand.use_cases.desk import Desk
from deskhand.use_cases.take_case import hand_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which cases somebody wants to be handed; None means any.

    `skills` are the ones they have today, in place of those that they are listed with.
    """

    queue: str | None = None
    client: str | None = None
    skills: frozenset[str] = frozenset()

    def fits(self, place: Place, *, by: Actor, book: QueueBook) -> bool:
        """Whether cases of this queue and client are wanted, and for this person."""
        return (
            self.queue in (None, place.queue)
            and self.client in (None, place.client)
            and book.may(by.name, place.queue, place.client)
            and book.skilled(by.name, place.queue, skills=self.skills)
        )


def next_case(wish: Wish, *, by: Actor, desk: Desk) -> ExceptionCase | None:
    """Take the case that is due first, overdue ones before all; None when there is none.

    Questions that this person may not answer, for an answer that they gave before, are left
    for somebody else.
    """
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        places = [
            place for place in tx.case_clocks.places() if wish.fits(place, by=by, book=desk.book)
        ]
        case = _first_open(tx, places, by=by, desk=desk) if places else None
        return None if case is None else hand_over(tx, case, to=by, at=now)


def _first_open(
    tx: Transaction, places: list[Place], *, by: Actor, desk: Desk
) -> ExceptionCase | None:
    left: list[CaseId] = []
    while True:
        case = tx.case_clocks.next_open(places, now=desk.clock.now(), but_not=left)
        if case is None or not _is_barred(tx, case, by=by, desk=desk):
            return case
        left.append(case.id)


def _is_barred(tx: Transaction, case: ExceptionCase, *, by: Actor, desk: Desk) -> bool:
    if case.kind not in ASKED:
        return False
    asked = asked_question(case, seal=desk.seal)
    return asked is not None and barring_answer(tx, case, asked, by=by) is not None
