"""JSON values as a client wrote them: numbers keep their own text, doubtful ones are named."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from deskhand.ports.reader import BadRow, Row

_DEEPEST = 32


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a value that could be decoded."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """One decoded value, where its text ends, and what makes it unfit for a row, if anything."""

    value: object
    end: int
    fault: Fault | None


class ValueDecoder:
    """Decodes JSON with every number kept as its text.

    Standard JSON leaves open what a name that appears twice means; here it is a fault, and so
    are NaN and Infinity, NUL characters, half surrogates, and nesting beyond 32 levels.
    """

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_float=str,
            parse_int=str,
            parse_constant=self._constant,
        )

    def decode(self, text: str, at: int = 0) -> Decoded:
        """Decode the value that begins at `at`.

        Raises `json.JSONDecodeError` for what is not JSON, and `RecursionError` for nesting that
        no reader could take.
        """
        self._faults.clear()
        value, end = self._decoder.raw_decode(text, at)
        fault = self._faults[0] if self._faults else None
        if fault is None and _worth_a_look(text, at, end):
            fault = _examined(value)
        return Decoded(value, end, fault)

    def _object(self, pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
        value = dict(pairs)
        if len(value) != len(pairs):
            twice = _first_twice(pairs)
            self._faults.append(Fault(shown(twice), "appears twice in the same object"))
        return value

    def _constant(self, constant: str) -> str:
        self._faults.append(Fault("row", "holds NaN or Infinity, which JSON does not know"))
        return constant


def row_of(decoded: Decoded, *, number: int, line: int) -> Row | BadRow:
    """The row that a decoded value is, or the reason why it cannot be one."""
    if decoded.fault is None and isinstance(decoded.value, dict):
        return Row(number=number, line=line, values=decoded.value)
    fault = decoded.fault or Fault("row", "is not an object")
    return BadRow(number=number, line=line, field=fault.field, reason=fault.reason)


def shown(name: str) -> str:
    """A field's name, short and printable enough for a reject file."""
    return "".join(char for char in name[:64] if char.isprintable()) or "row"


def _first_twice(pairs: Sequence[tuple[str, object]]) -> str:
    """Return the name that is the first to come again, in time that grows with the names only.

    A body is read before it is known who sent it: nobody may keep a host busy with one.
    """
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            return name
        seen.add(name)
    raise AssertionError("every name is there once")


def _worth_a_look(text: str, at: int, end: int) -> bool:
    if text.find("\\u", at, end) >= 0:
        return True
    return text.count("{", at, end) + text.count("[", at, end) > _DEEPEST


def _examined(value: object) -> Fault | None:
    pending: list[tuple[object, int]] = [(value, 1)]
    while pending:
        value, depth = pending.pop()
        if isinstance(value, str):
            if reason := _unfit(value):
                return Fault("row", reason)
        elif isinstance(value, dict | list):
            if depth > _DEEPEST:
                return Fault("row", f"is nested deeper than {_DEEPEST} levels")
            inside = [*value, *value.values()] if isinstance(value, dict) else value
            pending.extend((each, depth + 1) for each in inside)
    return None


def _unfit(text: str) -> str | None:
    if "\0" in text:
        return "holds a NUL character"
    if any("\ud800" <= char <= "\udfff" for char in text):
        return "holds half of a surrogate pair, which is no character"
    return None
