"""A question to a person, as a step of a runbook asks it; and the answer, which binds to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from deskhand.domain.identifiers import AnswerId, CaseId, ItemId
from deskhand.domain.moves import Moves
from deskhand.domain.sealed import MASK, Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that a person was shown: its name, its value, what of it is sensitive.

    `value` holds plain Python or JSON values, opened; `sealed_parts` are dotted paths below it,
    the empty one for all of it.
    """

    name: str
    value: object = field(repr=False)
    sealed_parts: frozenset[str] = frozenset()

    def masked(self) -> object:
        """Return the value with every sensitive part replaced by `***`."""
        return _masked(self.value, "", self.sealed_parts)


def _masked(value: object, path: str, sealed: frozenset[str]) -> object:
    if value is None:
        return None
    if path in sealed:
        return MASK
    if isinstance(value, Sealed):
        return MASK
    if isinstance(value, Mapping):
        return {
            name: _masked(inner, f"{path}.{name}".lstrip("."), sealed)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        # All entries of a list are of one type: its path has no numbers.
        return [_masked(inner, path, sealed) for inner in value]
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked at one step of one item.

    `prefilled` is what the form holds at first, by field. `but_not` are the steps whose
    answerers may not answer this one; after `expires` it is no longer open.
    """

    step: str
    queue: str
    approval: bool
    title: str
    facts: tuple[Fact, ...] = field(repr=False)
    prefilled: Mapping[str, object] = field(default_factory=dict, repr=False)
    but_not: tuple[str, ...] = ()
    expires: timedelta | None = None

    def basis(self) -> dict[str, object]:
        """Return what an answer rests on beside the item: when any of it changes, it is void."""
        return {
            "step": self.step,
            "approval": self.approval,
            "title": self.title,
            "facts": [[fact.name, fact.value] for fact in self.facts],
        }


class AnswerState(Enum):
    """Whether an answer holds."""

    GIVEN = "given"
    VOID = "void"  # what it rested on has changed since
    WITHDRAWN = "withdrawn"  # the person took it back before a bot went on


_S = AnswerState

ANSWER_MOVES: Moves[AnswerState] = Moves(
    "answer",
    {
        _S.GIVEN: frozenset({_S.VOID, _S.WITHDRAWN}),
        _S.VOID: frozenset(),
        _S.WITHDRAWN: frozenset(),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A person's answer to one question. Its id is `<item>/<step>/<number>`.

    `digest` is the keyed hash of what the person was shown, `meaning` what the answer stands
    for, `after_attempt` the attempt that asked; `sealed_values` is sealed JSON of the form, by
    field.
    """

    id: AnswerId
    item: ItemId
    step: str
    case: CaseId
    state: AnswerState
    audit_seq: int
    by: str
    meaning: str
    digest: str
    after_attempt: int
    sealed_values: bytes
    given_at: datetime

    def moved_to(self, state: AnswerState, *, audit_seq: int) -> "Answer":
        """Return the answer in its next state; raises `IllegalMoveError`."""
        return replace(self, state=ANSWER_MOVES.check(self.state, state), audit_seq=audit_seq)


def answer_id(item: ItemId, *, step: str, number: int) -> AnswerId:
    """Return the id of an item's answer.

    >>> answer_id(ItemId("a1"), step="answer", number=2)
    'a1/answer/2'
    """
    return AnswerId(f"{item}/{step}/{number}")


def side_by_side(
    facts: Sequence[tuple[str, object]],
) -> tuple[list[str], list[tuple[str, list[object]]]]:
    """Return facts as a table: its columns, and a row for each field, over all of them.

    A fact that is no record has a row of its own name. Fields below fields are named by their
    path.

    >>> side_by_side([("item", {"agi": 1, "name": "x"}), ("isir", {"agi": 2})])
    (['item', 'isir'], [('agi', [1, 2]), ('name', ['x', None])])
    """
    columns = [name for name, _ in facts]
    rows: dict[str, list[object]] = {}
    for column, (name, value) in enumerate(facts):
        for path, leaf in _leaves(value, ""):
            rows.setdefault(path or name, [None] * len(columns))[column] = leaf
    return columns, [*rows.items()]


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}".lstrip("."))
    else:
        yield path, value
