"""The functions of the language: pure, total or refusing, and all of them here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from deskhand.runbooks import arithmetic
from deskhand.runbooks.conversions import as_date, as_money, as_number, as_text
from deskhand.runbooks.shapes import (
    BOOL,
    DATE,
    DECIMAL,
    INT,
    NUMBERS,
    RAW,
    SCALARS,
    TEXT,
    Kind,
    Shape,
    strongest,
)

_TEXT = frozenset({Kind.TEXT})
_INT = frozenset({Kind.INT})
_LIST = frozenset({Kind.LIST})
_RAW = frozenset({Kind.RAW})
_DATES = frozenset({Kind.DATE, Kind.DATETIME})
_ORDERED = NUMBERS | _DATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function: the kinds that it takes, what it gives, and what computes it.

    `kinds` has one entry an argument; with `more`, the last one may be repeated. `elements` are
    the kinds that a list's elements must have; `constants` the arguments that must be written out.
    `gives` is a shape, or computes one from those of the arguments.
    """

    name: str
    kinds: tuple[frozenset[Kind], ...]
    gives: Shape | Callable[[list[Shape]], Shape]
    run: Callable[..., object]
    example: str
    more: bool = False
    elements: frozenset[Kind] | None = None
    constants: frozenset[int] = frozenset()
    reveals: bool = True

    def shape(self, given: list[Shape]) -> Shape:
        """Return the static type of a call with arguments of these."""
        shape = self.gives if isinstance(self.gives, Shape) else self.gives(given)
        if not self.reveals:
            return shape
        return shape.sealed(strongest(*(argument.sensitive for argument in given)))

    def takes(self, count: int) -> bool:
        """Whether it can be called with so many arguments."""
        return count == len(self.kinds) or (self.more and count > len(self.kinds))

    def kinds_at(self, position: int) -> frozenset[Kind]:
        """Return the kinds that the argument at a position may have."""
        return self.kinds[min(position, len(self.kinds) - 1)]


def _element(given: list[Shape]) -> Shape:
    element = given[0].element
    return element.there() if element else RAW


def _first(given: list[Shape]) -> Shape:
    return _element(given).maybe()


def _sum(given: list[Shape]) -> Shape:
    element = given[0].element
    return INT if element and element.kind is Kind.INT else DECIMAL


def _same(given: list[Shape]) -> Shape:
    return Shape(kind=given[0].kind)


def _extreme(given: list[Shape]) -> Shape:
    if given[0].kind is Kind.LIST:
        return _element(given)
    kinds = {shape.kind for shape in given}
    return DECIMAL if kinds == NUMBERS else Shape(kind=given[0].kind)


def _sum_of(values: list[object]) -> object:
    whole = all([type(value) is int for value in values])  # noqa: C419 - a list is faster here
    return arithmetic.total(values) if whole else arithmetic.exact_total(values)


_STRINGS = Shape(kind=Kind.LIST, element=TEXT)

FUNCTIONS: Final[Mapping[str, Function]] = {
    function.name: function
    for function in (
        Function(
            name="sum",
            kinds=(_LIST,),
            elements=NUMBERS,
            gives=_sum,
            run=_sum_of,
            example="sum(item.lines.charge)",
        ),
        Function(
            name="len",
            kinds=(_LIST | _TEXT,),
            gives=INT,
            run=len,
            example="len(item.lines)",
            reveals=False,
        ),
        Function(
            name="abs", kinds=(NUMBERS,), gives=_same, run=arithmetic.size, example="abs(a - b)"
        ),
        Function(
            name="min",
            kinds=(_ORDERED | _LIST,),
            elements=_ORDERED,
            gives=_extreme,
            run=arithmetic.least,
            example="min(a, b)",
            more=True,
        ),
        Function(
            name="max",
            kinds=(_ORDERED | _LIST,),
            elements=_ORDERED,
            gives=_extreme,
            run=arithmetic.greatest,
            example="max(item.lines.units)",
            more=True,
        ),
        Function(
            name="round",
            kinds=(NUMBERS, _INT),
            gives=DECIMAL,
            run=arithmetic.rounded,
            example="round(item.total / 3, 2)",
        ),
        Function(
            name="within",
            kinds=(NUMBERS, NUMBERS, NUMBERS),
            gives=BOOL,
            run=arithmetic.within,
            example="within(read.total, item.total, 0.01)",
        ),
        Function(
            name="lower", kinds=(_TEXT,), gives=TEXT, run=str.lower, example="lower(item.name)"
        ),
        Function(
            name="upper", kinds=(_TEXT,), gives=TEXT, run=str.upper, example="upper(item.name)"
        ),
        Function(
            name="digits",
            kinds=(_TEXT,),
            gives=TEXT,
            run=arithmetic.digits,
            example="digits(item.phone)",
        ),
        Function(
            name="matches",
            kinds=(_TEXT, _TEXT),
            gives=BOOL,
            run=arithmetic.present,  # never called: the checker compiles the pattern instead
            example="matches(item.number, 'A[0-9]+')",
            constants=frozenset({1}),
        ),
        Function(
            name="join",
            kinds=(_LIST, _TEXT),
            elements=_TEXT,
            gives=TEXT,
            run=arithmetic.join,
            example="join(item.codes, ', ')",
        ),
        Function(
            name="split",
            kinds=(_TEXT | _RAW, _TEXT),
            gives=_STRINGS,
            run=arithmetic.split,
            example="split(row.Codes, ';')",
            constants=frozenset({1}),
        ),
        Function(
            name="first",
            kinds=(_LIST,),
            gives=_first,
            run=arithmetic.first,
            example="first(item.lines.service_date)",
        ),
        Function(
            name="last",
            kinds=(_LIST,),
            gives=_first,
            run=arithmetic.last,
            example="last(item.lines.service_date)",
        ),
        Function(
            name="money",
            kinds=(_RAW | _TEXT | NUMBERS,),
            gives=DECIMAL,
            run=as_money,
            example="money(row.Total)",
        ),
        Function(
            name="number",
            kinds=(_RAW | _TEXT | NUMBERS,),
            gives=DECIMAL,
            run=as_number,
            example="number(row.Count)",
        ),
        Function(
            name="date",
            kinds=(_RAW | _TEXT | _DATES,),
            gives=DATE,
            run=as_date,
            example="date(row.ServiceDate)",
        ),
        Function(
            name="text", kinds=(_RAW | SCALARS,), gives=TEXT, run=as_text, example="text(row.Code)"
        ),
        Function(
            name="days",
            kinds=(_INT,),
            gives=Shape(kind=Kind.DAYS),
            run=arithmetic.days,
            example="item.service_date + days(365)",
        ),
        Function(
            name="hours",
            kinds=(_INT,),
            gives=Shape(kind=Kind.HOURS),
            run=arithmetic.hours,
            example="now_utc + hours(4)",
        ),
        Function(
            name="days_between",
            kinds=(_DATES, _DATES),
            gives=INT,
            run=arithmetic.days_between,
            example="days_between(item.service_date, today)",
        ),
    )
}
"""Every function but `there`, `present` and `default`, which concern what may be absent."""

GUARDS: Final[Mapping[str, str]] = {
    "there": "there(find_claim)",
    "present": "present(item.original_ref)",
    "default": "default(item.prior_auth, 'none')",
}
