"""Calls tried before there is data: with the arguments that the runbook itself writes out."""

import ast
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from deskhand.runbooks.functions import Function
from deskhand.runbooks.shapes import Kind, Shape
from deskhand.runbooks.terms import Walk

_SAMPLES: Final[Mapping[Kind, object]] = {
    Kind.TEXT: "",
    Kind.INT: 0,
    Kind.DECIMAL: Decimal(0),
    Kind.BOOL: False,
    Kind.DATE: date(2000, 1, 1),
    Kind.DATETIME: datetime(2000, 1, 1, tzinfo=UTC),
    Kind.LIST: (),
    Kind.RAW: None,
}
"""What stands for an argument that comes with the data: a value that no function refuses."""


def refusal(
    function: Function, arguments: Sequence[ast.expr], shapes: Sequence[Shape], walk: Walk
) -> str:
    """Return why a call can never give a value, whatever the data; empty where it may."""
    written = [_written(argument, walk) for argument in arguments]
    if all(value is None for value in written) or not _SAMPLES.keys() >= {s.kind for s in shapes}:
        return ""
    values = [
        _SAMPLES[shape.kind] if value is None else value
        for value, shape in zip(written, shapes, strict=True)
    ]
    try:
        function.run(*values)
    except ValueError as error:
        return str(error)
    return ""


def _written(argument: ast.expr, walk: Walk) -> object:
    """Return a constant's value, None for anything else."""
    if isinstance(argument, ast.UnaryOp) and isinstance(argument.op, ast.USub):
        inner = _written(argument.operand, walk)
        return -inner if isinstance(inner, int | Decimal) else None
    if not isinstance(argument, ast.Constant):
        return None
    value: object = argument.value
    return Decimal(walk.source(argument)) if isinstance(value, float) else value
