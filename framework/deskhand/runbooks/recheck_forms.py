"""The form of a re-check: what a person types of what the portal shows, by kind of value.

Not by its exact type: a wrong check digit on the portal must be typed as it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from deskhand.domain.fields import Field, ValueType
from deskhand.domain.runbook import Runbook
from deskhand.runbooks.catalogue import STANDARD_TYPES
from deskhand.runbooks.misfits import MisfitError
from deskhand.runbooks.readings import decimal_number, money
from deskhand.runbooks.shapes import TEXT, Kind, Shape
from deskhand.runbooks.types import LanguageType, ListOf, RecordOf, Scalar, shape_of

_SPELLED: Final[Mapping[Kind, str]] = {
    Kind.INT: "int",
    Kind.DECIMAL: "decimal",
    Kind.BOOL: "bool",
    Kind.DATE: "date",
    Kind.DATETIME: "datetime",
}


def recheck_form(runbook: Runbook, names: Iterable[str]) -> dict[str, Field]:
    """Return a form of these outputs and item fields; any other name is taken for a text.

    Every field may be absent: the portal may show nothing there.
    """
    return {
        name: Field(name=name, type=_type(_shape(runbook, name)), optional=True) for name in names
    }


def _shape(runbook: Runbook, name: str) -> Shape:
    if name in runbook.outputs:
        known = getattr(runbook.outputs[name], "shape", None)
        return known if isinstance(known, Shape) else TEXT
    part = runbook.item.fields.get(name)
    return TEXT if part is None else shape_of(part.type)


def _type(shape: Shape) -> ValueType:
    if shape.kind is Kind.LIST and shape.element is not None:
        return ListOf(element=_type(shape.element))
    if shape.kind is Kind.RECORD and shape.fields is not None:
        parts = {
            name: Field(name=name, type=_type(part), optional=True)
            for name, part in shape.fields.items()
        }
        return RecordOf(fields=parts)
    known: LanguageType = STANDARD_TYPES.types[_SPELLED.get(shape.kind, "text")]
    if not isinstance(known, Scalar):
        raise TypeError(f"{known.name} is no scalar")
    if shape.kind is Kind.DECIMAL:
        known = replace(known, read=as_shown)
    return replace(known, sensitivity=shape.sensitive)


def as_shown(text: str) -> Decimal:
    """Read a number as a page shows it: an amount with its separators, or any decimal number.

    >>> as_shown("$1,200.50"), as_shown("0.125")
    (Decimal('1200.50'), Decimal('0.125'))
    """
    try:
        return money(text)
    except MisfitError:
        return decimal_number(text)
