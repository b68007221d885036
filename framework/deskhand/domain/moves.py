"""A table of moves: which state may follow which."""

from collections.abc import Mapping
from enum import Enum
from typing import Generic, TypeVar

from deskhand.errors import IllegalMoveError

State = TypeVar("State", bound=Enum)


class Moves(Generic[State]):
    """The moves of one kind of thing; drawn in the docs, enforced here."""

    def __init__(self, thing: str, table: Mapping[State, frozenset[State]]) -> None:
        self.thing = thing
        self.table = table

    def check(self, at: State, to: State) -> State:
        """Return `to`; raises `IllegalMoveError` when `at` does not lead there."""
        if to not in self.table[at]:
            raise IllegalMoveError(self.thing, at=str(at.value), to=str(to.value))
        return to

    def ends(self) -> frozenset[State]:
        """Return the states that nothing leaves."""
        return frozenset(state for state, following in self.table.items() if not following)
