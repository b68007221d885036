"""Which types a project's runbooks know, and which options each of them takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from deskhand.runbooks.formats import BASIC, FIELD
from deskhand.runbooks.misfits import MisfitError
from deskhand.runbooks.patterns import full_match
from deskhand.runbooks.shapes import SENSITIVITIES, Kind
from deskhand.runbooks.types import LanguageType, Scalar, limited

CHOICE: Final = "choice"


class OptionError(ValueError):
    """A type was declared with an option that it cannot have."""

    def __init__(self, option: str, reason: str) -> None:
        self.option = option
        super().__init__(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeCatalogue:
    """The types that runbooks may name.

    A project adds its own with `plus`, and passes the result to the compiler::

        types = STANDARD_TYPES.plus(text_type("policy_number", read_policy, sensitivity="pii"))
    """

    types: Mapping[str, LanguageType] = field(default_factory=dict)

    def plus(self, *more: LanguageType) -> "TypeCatalogue":
        """Return a catalogue that knows these types, too; a name that exists is refused."""
        known = dict(self.types)
        for added in more:
            if added.name in known or added.name == CHOICE:
                raise ValueError(f"there is a type {added.name!r} already")
            known[added.name] = added
        return TypeCatalogue(types=MappingProxyType(known))

    def names(self) -> frozenset[str]:
        """The names that a runbook may use."""
        return frozenset(self.types) | {CHOICE}

    def make(self, name: str, options: Mapping[str, object]) -> LanguageType:
        """Return the type of this name with its options; raises `OptionError`.

        `options` are the declaration's own texts: `min`, `max`, `pattern`, …
        """
        made = _choice(options) if name == CHOICE else self.types[name]
        for option, value in options.items():
            if option == "options" and name == CHOICE:
                continue
            if not isinstance(made, Scalar) or option not in allowed_options(made):
                raise OptionError(option, f"`{name}` has no option `{option}`")
            made = _APPLIED[option](made, str(value))
        if isinstance(made, Scalar):
            _check_range(made, options)
        return made


def text_type(
    name: str, read: Callable[[str], str], *, sensitivity: str | None = None
) -> LanguageType:
    """Return a type of a project's own: `read` tidies a text, or raises `ValueError(reason)`.

    The reason must not contain the text.
    """
    return Scalar(name=name, kind=Kind.TEXT, read=read, sensitivity=sensitivity)


def allowed_options(made: Scalar) -> frozenset[str]:
    """Return the options that a scalar type takes."""
    if made.options:
        return frozenset({"sensitivity"})
    if made.kind is Kind.TEXT:
        return frozenset({"pattern", "min_length", "max_length", "sensitivity"})
    if made.kind is Kind.BOOL:
        return frozenset({"sensitivity"})
    return frozenset({"min", "max", "sensitivity"})


STANDARD_TYPES: Final = TypeCatalogue().plus(*BASIC, *FIELD)


def _choice(options: Mapping[str, object]) -> Scalar:
    words = options.get("options")
    if not isinstance(words, list) or not words:
        raise OptionError("type", "a choice needs its `options: [...]`")
    if any(not str(word).strip() or str(word) != str(word).strip() for word in words):
        # Data is trimmed, and an empty text is no value: nothing could ever be this option.
        raise OptionError("options", "an option is empty, or has a space before or behind it")
    known = {str(word).lower(): str(word) for word in words}
    if len(known) < len(words):
        raise OptionError("options", "two options are the same")
    listed = ", ".join(known.values())

    def read(text: str) -> str:
        value = known.get(text.lower())
        if value is None:
            raise MisfitError(f"is not one of: {listed}")
        return value

    return Scalar(
        name=CHOICE,
        kind=Kind.TEXT,
        read=read,
        options=frozenset(known.values()),
        limits=(f"one of: {listed}",),
    )


def _with_pattern(made: Scalar, pattern: str) -> Scalar:
    try:
        matches = full_match(pattern)
    except ValueError as error:
        raise OptionError("pattern", f"not a regular expression: {error}") from error

    def check(value: object) -> None:
        if not matches(str(value)):
            raise MisfitError(f"does not match {pattern}")

    return limited(made, check, f"matches {pattern}")


def _bound(made: Scalar, option: str, text: str) -> "int | Decimal | date | datetime":
    try:
        value = made.read(text.strip())
    except ValueError as error:
        raise OptionError(option, f"`{option}` {error}") from error
    assert isinstance(value, int | Decimal | date)  # noqa: S101 - kinds with an order have these
    return value


def _check_range(made: Scalar, options: Mapping[str, object]) -> None:
    """Refuse limits between which there is nothing; raises `OptionError`."""
    ranges: list[tuple[str, str, Callable[[str], Any]]] = [
        ("min", "max", made.read),
        ("min_length", "max_length", int),
    ]
    for least, most, read in ranges:
        given = [read(str(options[name]).strip()) for name in (least, most) if name in options]
        if len(given) == 2 and given[1] < given[0]:
            raise OptionError(most, f"`{most}` is less than `{least}`")


def _with_min(made: Scalar, text: str) -> Scalar:
    least = _bound(made, "min", text)

    def check(value: object) -> None:
        if value < least:  # type: ignore[operator]
            raise MisfitError(f"is below {text.strip()}")

    return limited(made, check, f"at least {text.strip()}")


def _with_max(made: Scalar, text: str) -> Scalar:
    most = _bound(made, "max", text)

    def check(value: object) -> None:
        if value > most:  # type: ignore[operator]
            raise MisfitError(f"is above {text.strip()}")

    return limited(made, check, f"at most {text.strip()}")


def _with_min_length(made: Scalar, text: str) -> Scalar:
    least = _length("min_length", text)

    def check(value: object) -> None:
        if len(str(value)) < least:
            raise MisfitError(f"is shorter than {least} characters")

    return limited(made, check, f"at least {least} characters")


def _with_max_length(made: Scalar, text: str) -> Scalar:
    most = _length("max_length", text)

    def check(value: object) -> None:
        if len(str(value)) > most:
            raise MisfitError(f"is longer than {most} characters")

    return limited(made, check, f"at most {most} characters")


def _length(option: str, text: str) -> int:
    if not text.isdecimal() or len(text) > 6:
        raise OptionError(option, f"`{option}` is a number of characters")
    return int(text)


def _with_sensitivity(made: Scalar, word: str) -> Scalar:
    if word not in SENSITIVITIES:
        raise OptionError("sensitivity", f"a sensitivity is one of: {', '.join(SENSITIVITIES)}")
    return replace(made, sensitivity=word)


_APPLIED: Final[Mapping[str, Callable[[Scalar, str], Scalar]]] = {
    "pattern": _with_pattern,
    "min": _with_min,
    "max": _with_max,
    "min_length": _with_min_length,
    "max_length": _with_max_length,
    "sensitivity": _with_sensitivity,
}
