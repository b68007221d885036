"""Hand out the next case: people do not pick, and two never get the same."""

from dataclasses import dataclass

from deskhand.domain.entry import Actor
from deskhand.domain.exception_case import ExceptionCase
from deskhand.domain.queue import QueueBook
from deskhand.ports.case_clocks import Place
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store
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


def next_case(
    wish: Wish, *, by: Actor, store: Store, clock: Clock, book: QueueBook
) -> ExceptionCase | None:
    """Take the case that is due first, overdue ones before all; None when there is none."""
    now = clock.now()
    with store.transaction() as tx:
        places = [place for place in tx.case_clocks.places() if wish.fits(place, by=by, book=book)]
        case = tx.case_clocks.next_open(places, now=now) if places else None
        return None if case is None else hand_over(tx, case, to=by, at=now)
