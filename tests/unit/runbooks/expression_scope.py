"""What the expressions of these tests may name, and how they are asked."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from deskhand.runbooks.expressions import check_expression
from deskhand.runbooks.shapes import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    INT,
    RAW,
    TEXT,
    Kind,
    Shape,
)
from deskhand.runbooks.terms import Names

LINE = Shape(
    kind=Kind.RECORD,
    fields={"charge": DECIMAL, "units": INT, "code": TEXT, "modifier": TEXT.maybe()},
)
ITEM = Shape(
    kind=Kind.RECORD,
    fields={
        "total": DECIMAL,
        "count": INT,
        "name": TEXT,
        "note": TEXT.maybe(),
        "kind": Shape(kind=Kind.TEXT, options=frozenset({"original", "void"})),
        "ssn": TEXT.sealed("pii"),
        "dob": DATE.sealed("phi"),
        "day": DATE,
        "urgent": BOOL,
        "lines": Shape(kind=Kind.LIST, element=LINE),
        "empty": Shape(kind=Kind.LIST, element=DECIMAL),
    },
)
FOUND = Shape(kind=Kind.RECORD, fields={"number": TEXT, "total": DECIMAL}, absent=True)
NAMES = Names(
    shapes={
        "item": ITEM, "found": FOUND, "lost": FOUND, "today": DATE, "now_utc": DATETIME, "row": RAW
    }
)  # fmt: skip
SCOPE: Mapping[str, object] = {
    "item": {
        "total": Decimal("25.00"),
        "count": 3,
        "name": "Ann Lee",
        "note": None,
        "kind": "void",
        "ssn": "123-45-6789",
        "dob": date(1980, 2, 3),
        "day": date(2026, 1, 31),
        "urgent": True,
        "lines": [
            {"charge": Decimal("12.49"), "units": 1, "code": "99213", "modifier": None},
            {"charge": Decimal("12.51"), "units": 2, "code": "J3490", "modifier": "LT"},
        ],
        "empty": [],
    },
    "found": {"number": "A-1", "total": Decimal("25.00")},
    "lost": None,
    "today": date(2026, 2, 1),
    "now_utc": datetime(2026, 2, 1, 12, tzinfo=UTC),
    "row": {
        "Total": " $1,200.50 ",
        "Date of birth": "02/03/1980",
        "Codes": "E11.9; I10;",
        "Empty": "",
        "Bad": "W123456789",
        "lines": [{"Code": "1"}, {"Code": "2"}],
        "nested": {"a": {"b": "c"}},
    },
}


def value(text: str, scope: Mapping[str, object] = SCOPE) -> object:
    checked = check_expression(text, NAMES)
    assert [problem.message for problem in checked.problems] == []
    assert checked.compiled is not None
    return checked.compiled.value(scope)


def shape(text: str) -> Shape:
    compiled = check_expression(text, NAMES).compiled
    assert compiled is not None
    return compiled.shape


def problems(text: str) -> list[str]:
    return [problem.message for problem in check_expression(text, NAMES).problems]
