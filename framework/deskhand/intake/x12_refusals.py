"""Why a claim cannot be read, said without anything that stands in it."""

from typing import Any, Final, NamedTuple

from pydantic import ValidationError

_BY_TYPE: Final = {
    "missing": "is missing",
    "string_type": "is missing or stands there twice",
    "enum": "holds a code that the guide does not allow here",
    "literal_error": "holds a code that the guide does not allow here",
    "string_too_short": "is too short",
    "string_too_long": "is too long",
    "string_pattern_mismatch": "is not of the form that the guide asks for",
    "decimal_type": "is missing",
    "decimal_parsing": "is no number",
    "int_parsing": "is no number",
    "greater_than": "is too small",
    "finite_number": "is no number",
    "too_short": "does not stand there often enough",
    "too_long": "stands there too often",
    "model_type": "stands there twice, or not where it belongs",
    "model_attributes_type": "stands there twice, or not where it belongs",
}
# How the messages of x12sdk's own checks begin; what follows in them are the claim's values.
_BY_CHECK: Final = {
    "Claim Amount": "has a total that is not the sum of its lines",
    "Duplicate": "has the same qualifier twice",
    "Invalid date": "holds an invalid date",
    "SE segment count": "has a segment where the guide has none, or one too many",
    "Identification code": "has an identification without its qualifier, or the reverse",
}
_OTHERWISE: Final = "does not agree with the guide (005010X222)"


class Refusal(NamedTuple):
    """Where a claim cannot be read (a loop, a segment, an element), and why."""

    field: str
    reason: str


def refusal_of(error: Exception, *, segment: str) -> Refusal:
    """The refusal that an error of x12sdk stands for, met at a segment of that id."""
    if isinstance(error, ValidationError):
        return _refusal(error)
    return Refusal(segment, "has more elements than the guide knows, or not where it belongs")


def _refusal(error: ValidationError) -> Refusal:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place, element = _place(first["loc"])
    reason = _reason(first["type"], first["msg"])
    return Refusal(place, f"{element} {reason}" if element else reason)


def _place(location: tuple[Any, ...]) -> tuple[str, str]:
    """The loop and segment, and the element in words, of a place in x12sdk's models."""
    names = [part for part in location if isinstance(part, str)]
    loops = [name.removeprefix("loop_").upper() for name in names if name.startswith("loop_")]
    at = next((i for i, name in enumerate(names) if name.endswith("_segment")), None)
    if at is None:
        return (f"loop {loops[-1]}" if loops else "row"), ""
    segment = names[at].removesuffix("_segment").upper()
    element = names[at + 1].replace("_", " ") if at + 1 < len(names) else ""
    return " ".join([*loops[-1:], segment]), element


def _reason(kind: str, message: str) -> str:
    if kind in _BY_TYPE:
        return _BY_TYPE[kind]
    for check, reason in _BY_CHECK.items():
        if check in message:
            return reason
    return _OTHERWISE
