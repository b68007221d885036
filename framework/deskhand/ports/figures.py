"""Figures over many items: what was read back, what became of them, what people found."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureFilter:
    """Over what figures are: from `since` on, before `until`; None means any."""

    since: datetime | None = None
    until: datetime | None = None
    client: str | None = None
    runbook: str | None = None


class ReadBackFigure(NamedTuple):
    """Fields read back, of one version of a runbook on one account.

    `checked` and `wrong` are of the first reading after each act: what the bot wrote.
    `left_wrong` is of the last one: what the portal holds since.
    """

    account: str
    runbook: str
    version: int
    field: str
    checked: int
    wrong: int
    left_wrong: int


class CountFigure(NamedTuple):
    """How many there are of one kind (a state, an outcome), of one version of a runbook."""

    runbook: str
    version: int
    kind: str
    number: int


class Figures(Protocol):
    """Counting in the store; nothing of it is locked."""

    def read_backs(self, wanted: FigureFilter) -> list[ReadBackFigure]:
        """Count the fields that were read back, by account and version; `field` is empty."""
        ...

    def read_backs_by_field(self, wanted: FigureFilter) -> list[ReadBackFigure]:
        """Count the same by field. Read-backs of an older deskhand have no fields."""
        ...

    def items(self, wanted: FigureFilter) -> list[CountFigure]:
        """Count the items that moved last in this time, by their state."""
        ...

    def items_with_cases(self, wanted: FigureFilter) -> list[CountFigure]:
        """Count those of them that ever waited for a person, by their state."""
        ...

    def attempts(self, wanted: FigureFilter) -> list[CountFigure]:
        """Count the attempts that ended in this time, by their outcome."""
        ...

    def rechecks(self, wanted: FigureFilter) -> list[CountFigure]:
        """Count the items that were chosen in this time: by grade, else by state."""
        ...
