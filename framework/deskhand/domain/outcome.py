"""How an attempt ends. Endings are values, matched exhaustively."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from deskhand.domain.cause import Cause
from deskhand.domain.question import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The work is done and proven. `portal_number` is the portal's own receipt for it."""

    outputs: Mapping[str, object] = field(default_factory=dict, repr=False)
    portal_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """The portal already had it, under `portal_number`; nothing was submitted."""

    outputs: Mapping[str, object] = field(default_factory=dict, repr=False)
    portal_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TryLater:
    """A system cause that may pass. The retry policy decides whether and when."""

    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitProof:
    """An act's outcome is unknown: ask the portal again at `ask_at`; no try is spent."""

    cause: Cause
    ask_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsPerson:
    """A person decides what happens next."""

    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """A step of the runbook asks a person; nothing went wrong."""

    question: Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadowed:
    """A shadow performance stopped before a `once` step; nothing was submitted."""

    step: str
    arguments: Mapping[str, object] = field(repr=False)


Outcome = Done | Duplicate | TryLater | AwaitProof | NeedsPerson | Asks | Shadowed


def outcome_name(outcome: Outcome) -> str:
    """Return the word for an outcome, as it is stored and shown.

    >>> outcome_name(Done())
    'done'
    """
    return _NAMES[type(outcome)]


_NAMES: Mapping[type[Outcome], str] = {
    Done: "done",
    Duplicate: "duplicate",
    TryLater: "try_later",
    AwaitProof: "await_proof",
    NeedsPerson: "needs_person",
    Asks: "asks",
    Shadowed: "shadowed",
}
