"""Hand out the next case: people do not pick, and two never get the same."""

from dataclasses import dataclass

from deskhand.domain.entry import Actor
from deskhand.domain.exception_case import CaseKind, ExceptionCase
from deskhand.domain.identifiers import CaseId
from deskhand.domain.queue import QueueBook
from deskhand.ports.case_clocks import Place
from deskhand.ports.store import Transaction
from deskhand.use_cases.desk import Desk
from deskhand.use_cases.take_case import hand_over
from deskhand.use_cases.who_decides import is_barred


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


def next_case(wish: Wish, *, by: Actor, desk: Desk) -> ExceptionCase | None:
    """Take the case that is due first, overdue ones before all; None when there is none.

    What this person may not decide is left for somebody else: a question, for an answer that
    they gave before, and a re-check of what they had a hand in. What nobody can answer any more
    is handed out to nobody.
    """
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        places = [
            place for place in tx.case_clocks.places() if wish.fits(place, by=by, book=desk.book)
        ]
        case = _first_fit(tx, places, wish, by=by, desk=desk) if places else None
        return None if case is None else hand_over(tx, case, to=by, at=now)


def _first_fit(
    tx: Transaction, places: list[Place], wish: Wish, *, by: Actor, desk: Desk
) -> ExceptionCase | None:
    passed_by: list[CaseId] = []
    while True:
        case = tx.case_clocks.next_open(places, now=desk.clock.now(), kind=wish.kind, but=passed_by)
        if case is None:
            return None
        # An expired question nobody can answer any more: the sweep puts another case in its place.
        if not case.expired(now=desk.clock.now()) and not is_barred(
            tx, case, by=by, seal=desk.seal
        ):
            return case
        passed_by.append(case.id)
