"""What is put into a field, and whether what it holds afterwards is the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from pathlib import Path

from deskhand.domain.sealed import Sealed
from deskhand.errors import BotError

PlainValue = str | int | Decimal | bool | date | Path | Sequence[str] | Sequence[Path] | None
FieldValue = PlainValue | Sealed[str] | Sealed[int] | Sealed[Decimal] | Sealed[date]

_DATE_SHAPES = ("%Y-%m-%d", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y")
_SEPARATORS = re.compile(r"(?<=[0-9)])[\s()-]+(?=[0-9])|^\(")


class FieldKind(Enum):
    """The kinds of fields, by how they are filled and read."""

    TEXT = "text"
    DATE = "date"  # the browser's own date field: takes and holds ISO dates
    SELECT = "select"
    TICK = "tick"  # checkbox, radio button, switch
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a field holds at one moment; a selection holds its options' values and labels.

    `print` tells the field from the others of its form; it holds no value.
    """

    kind: FieldKind
    print: str
    value: str = ""
    ticked: bool = False
    chosen: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def revealed(value: FieldValue) -> PlainValue:
    """Return the value to work with."""
    return value.reveal() if isinstance(value, Sealed) else value


def typed(value: PlainValue, *, kind: FieldKind, date_format: str) -> str:
    """Return the text that a person would type into such a field.

    >>> typed(date(2026, 3, 4), kind=FieldKind.TEXT, date_format="%m/%d/%Y")
    '03/04/2026'
    """
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat(timespec="minutes")
        case date():
            return value.strftime("%Y-%m-%d" if kind is FieldKind.DATE else date_format)
        case bool():
            raise BotError("true and false are for checkboxes; this field takes text")
        case Decimal():
            # 10000 / 0.1 is 1E+5 to the decimal module, and to nobody who reads a form.
            return f"{value:f}"
        case str() | int():
            return str(value)
        case _:
            raise BotError(f"a {type(value).__name__} cannot be typed into a field of text")


def holds(held: Held, value: PlainValue, *, date_format: str) -> bool:
    """Whether the field holds the value, whatever the portal made of its case, spaces or form."""
    match held.kind:
        case FieldKind.TICK:
            return held.ticked == bool(value)
        case FieldKind.FILE:
            return sorted(held.chosen) == sorted(file.name for file in files(value))
        case FieldKind.SELECT:
            return value is None or _selection_holds(held, value)
        case FieldKind.TEXT | FieldKind.DATE:
            return same_text(held.value, value, date_format=date_format)


def files(value: PlainValue) -> list[Path]:
    """Return the files that a value for a file field names."""
    if value is None:
        return []
    if isinstance(value, str | Path):
        return [Path(value)]
    if isinstance(value, Sequence):
        return [Path(each) for each in value]
    raise BotError(f"a file field takes paths, not a {type(value).__name__}")


def options(value: PlainValue) -> list[str]:
    """Return the options that a value for a selection names, by their value or their label."""
    if value is None:
        return []
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [str(each) for each in value]
    return [str(value)]


def same_text(held: str, value: PlainValue, *, date_format: str) -> bool:
    """Whether a text says the value: the same day, the same amount, the same words.

    >>> same_text("$1,234.50", Decimal("1234.5"), date_format="%m/%d/%Y")
    True
    >>> same_text("123-45-6789", "123456789", date_format="%m/%d/%Y")
    True
    """
    match value:
        case None:
            return not held.strip()
        case datetime():
            return held.startswith(value.isoformat(timespec="minutes"))
        case date():
            return _day(held, date_format=date_format) == value
        case Decimal() | int():
            return _amount(held) == value
        case _:
            return _same_words(held, str(value))


def _selection_holds(held: Held, value: PlainValue) -> bool:
    wanted = sorted(_words(option) for option in options(value))
    by_value = sorted(_words(option) for option in held.chosen)
    by_label = sorted(_words(option) for option in held.labels)
    return wanted in (by_value, by_label)


def _same_words(held: str, wanted: str) -> bool:
    if _words(held) == _words(wanted):
        return True
    # A mask writes 123456789 as 123-45-6789: only separators may come or go, never a digit.
    bare = _SEPARATORS.sub("", wanted)
    return bare.isdecimal() and _SEPARATORS.sub("", held) == bare


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()


def _day(text: str, *, date_format: str) -> date | None:
    for shape in (date_format, *_DATE_SHAPES):
        try:
            return datetime.strptime(text.strip(), shape).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    return None


def _amount(text: str) -> Decimal | None:
    bare = re.sub(r"[\s$,]", "", text)
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    try:
        return Decimal(bare)
    except InvalidOperation:
        return None
