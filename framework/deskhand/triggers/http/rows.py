"""The rows of a body: one object, a list of them, or `{"rows": [...]}`."""

from collections.abc import Sequence
from http import HTTPStatus

from deskhand.ports.reader import BadRow, Row
from deskhand.triggers.http.refusal import HttpRefusal

MAX_ROWS = 1000


def rows_of(value: object) -> Sequence[Row | BadRow]:
    """Return a body's rows; raises `HttpRefusal` when it has none, or too many."""
    match value:
        case {"rows": list(listed), **others} if not others:
            return _rows(listed)
        case dict():
            return _rows([value])
        case list():
            return _rows(value)
        case _:
            raise _no_rows()


def _rows(listed: list[object]) -> Sequence[Row | BadRow]:
    if not listed:
        raise _no_rows()
    if len(listed) > MAX_ROWS:
        raise HttpRefusal(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"there are more than {MAX_ROWS:,} rows",
            advice="send them in several requests, each with an id of its own",
        )
    return [_row(value, number) for number, value in enumerate(listed, start=1)]


def _row(value: object, number: int) -> Row | BadRow:
    if isinstance(value, dict):
        return Row(number=number, line=number, values=value)
    return BadRow(number=number, line=number, field="row", reason="is not an object")


def _no_rows() -> HttpRefusal:
    return HttpRefusal(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "the body holds no rows",
        advice='send one object, a list of objects, or {"rows": [...]}',
    )
