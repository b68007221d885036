"""Taking faulty parts out of a runbook, so that the mistakes in the rest of it are found, too.

What is made here is never performed: it only lets the checker go on.
"""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, Final

from pydantic import ValidationError

from deskhand.runbooks.model import RunbookModel, validated
from deskhand.runbooks.tree import without_marks

FAULTY_TYPE: Final = "<faulty>"
FAULTY_STEP: Final = "faulty_step"
_ROUNDS = 12
_STAND_INS: Final[dict[str, Any]] = {
    "steps": {"let": {FAULTY_STEP: "true"}},
    "checks": {"that": "true", "else": "FAULTY"},
    "expect": {"that": "true", "else": "FAULTY"},
    "triggers": {"manual": None},
}
_HOPELESS: Final = {(), ("item",), ("steps",), ("item", "fields")}
_DECLARING: Final = {("item", "fields"), ("params",)}
_NEEDED: Final = {"deskhand": "1", "runbook": "faulty"}


class _HopelessError(Exception):
    """Without this part there is nothing left to check."""


def repaired(plain: dict[str, Any], error: ValidationError) -> RunbookModel | None:
    """Return a model of what is right in a runbook; None when too little is."""
    rest = deepcopy(plain)
    try:
        for _ in range(_ROUNDS):
            for detail in error.errors(include_url=False, include_input=False):
                path = without_marks([part for part in detail["loc"] if part != "[key]"])
                _take_out(rest, path, missing=detail["type"] == "missing")
            try:
                return validated(rest)
            except ValidationError as next_error:
                error = next_error
    except _HopelessError:
        pass
    return None


def _take_out(rest: dict[str, Any], path: Sequence[str | int], *, missing: bool) -> None:
    if len(path) == 1 and path[0] in _NEEDED:
        rest[str(path[0])] = _NEEDED[str(path[0])]
        return
    path = path[:-1] if missing else path
    if tuple(path) in _HOPELESS:
        raise _HopelessError
    owner = _owner(rest, path)
    if isinstance(owner, dict) and path[-1] in owner:
        if tuple(path[:-1]) in _DECLARING:
            owner[path[-1]] = FAULTY_TYPE
        else:
            del owner[path[-1]]
    elif isinstance(owner, list):
        _take_out_of_list(rest, owner, path)


def _take_out_of_list(rest: dict[str, Any], owner: list[Any], path: Sequence[str | int]) -> None:
    """Put something harmless in its place, so that the places of the others stay right."""
    stand_in = _STAND_INS.get(str(path[-2]))
    at = path[-1]
    if stand_in is not None and isinstance(at, int) and at < len(owner):
        owner[at] = deepcopy(stand_in)
    else:
        _take_out(rest, path[:-1], missing=False)


def _owner(rest: dict[str, Any], path: Sequence[str | int]) -> Any:
    owner: Any = rest
    for part in path[:-1]:
        if isinstance(owner, dict):
            owner = owner.get(part)
        elif isinstance(owner, list) and isinstance(part, int) and part < len(owner):
            owner = owner[part]
        else:
            return None
    return owner
