"""A value that must not be seen by accident."""

from typing import Generic, NoReturn, TypeVar

Value = TypeVar("Value")

MASK = "***"


class Sealed(Generic[Value]):
    """Holds a sensitive value; shows `***` wherever it is printed, formatted or logged.

    >>> number = Sealed("W123456789")
    >>> number, f"{number}", number.reveal()
    (***, '***', 'W123456789')
    """

    __slots__ = ("_value",)

    def __init__(self, value: Value) -> None:
        self._value = value

    def reveal(self) -> Value:
        """Return the value itself; grep for this name to find who looks."""
        return self._value

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and self._value == other._value

    def __hash__(self) -> int:
        return hash(("sealed", self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a sealed value is not pickled: it would leave its seal")
