"""Answers of people to the questions of runbooks."""

from sqlalchemy import Connection, insert, select, update

from deskhand.domain.identifiers import ItemId
from deskhand.domain.question import Answer
from deskhand.stores.mapping import changes_of, columns_of, value_of
from deskhand.stores.tables import answer


class SqlAnswers:
    """The table `answer`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Answer) -> None:
        self._connection.execute(insert(answer), columns_of(new))

    def save(self, changed: Answer) -> None:
        self._connection.execute(
            update(answer).where(answer.c.id == changed.id), changes_of(changed)
        )

    def of_item(self, item: ItemId) -> list[Answer]:
        rows = self._connection.execute(
            select(answer).where(answer.c.item == item).order_by(answer.c.given_at, answer.c.id)
        )
        return [value_of(Answer, row) for row in rows]
