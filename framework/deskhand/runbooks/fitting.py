"""Whether a value may be given to an action, and in which form it is given."""

from collections.abc import Callable, Mapping
from typing import Any

from deskhand.runbooks.annotations import Wanted
from deskhand.runbooks.diagnostics import did_you_mean
from deskhand.runbooks.shapes import Kind, Shape, fits

Taking = Callable[[Any], Any]


def misfit(name: str, given: Shape, wanted: Wanted) -> tuple[str, str] | None:
    """Return why a value does not fit what an action wants, and what helps; None if it does."""
    if Kind.UNKNOWN in (given.kind, wanted.kind):
        return None
    if given.absent and not wanted.optional:
        return (
            f"`{name}` may be absent, and the action needs it",
            f"bind it `with: {{{name}: default(…, …)}}`, or declare `| None` in the bot",
        )
    if not fits(given, wanted.shape):
        return f"`{name}` is {given.words}, the action takes {wanted.words}", ""
    if wanted.fields is not None:
        return _record_misfit(name, given, wanted.fields, wanted.required)
    if wanted.element is not None and given.element is not None and not wanted.sealed:
        return misfit(name, given.element, wanted.element)
    return _unsealed(name, given) if given.sensitive and not wanted.sealed else None


def _unsealed(name: str, given: Shape) -> tuple[str, str]:
    return (
        f"`{name}` is sensitive ({given.sensitive}), the action does not take it sealed",
        f"declare it `Sealed[…]` in the bot: `{name.rpartition('.')[2]}: Sealed[str]`",
    )


def _record_misfit(
    name: str, given: Shape, wanted: Mapping[str, Wanted], required: frozenset[str]
) -> tuple[str, str] | None:
    fields = given.fields or {}
    for part, part_wanted in wanted.items():
        if part not in fields:
            if part in required:
                advice = did_you_mean(part, fields)
                return f"the action wants `{name}.{part}`, which `{name}` does not have", advice
            continue
        found = misfit(f"{name}.{part}", fields[part], part_wanted)
        if found:
            return found
    return None


def taking(wanted: Wanted, given: Shape) -> Taking | None:
    """Return what takes from a record the fields that a bot declared, and no others.

    None when the value is given as it is.
    """
    if wanted.fields is not None:
        return _record_taking(wanted.fields, given.fields or {})
    if wanted.element is None or given.element is None:
        return None
    part = taking(wanted.element, given.element)
    if part is None:
        return None
    take = part
    return lambda values: None if values is None else [take(value) for value in values]


def _record_taking(wanted: Mapping[str, Wanted], given: Mapping[str, Shape]) -> Taking:
    parts = [(name, taking(wanted[name], given[name])) for name in wanted if name in given]

    def take(record: Any) -> Any:
        if record is None:
            return None
        return {name: part(record[name]) if part else record[name] for name, part in parts}

    return take
