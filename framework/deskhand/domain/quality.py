"""Quality: which of the things that bots did a person checks again, blind, and what they found.

Chosen by a keyed hash of the item: nobody can foresee or steer it, the same item always gets the
same answer, and whoever has the key can repeat it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from deskhand.domain.identifiers import CaseId, ItemId, RunbookHash
from deskhand.domain.moves import Moves
from deskhand.domain.runbook import Runbook
from deskhand.domain.step import OnceStep

QUEUE = "quality"
"""The queue of re-checks for which none is named."""

PORTAL_NUMBER = "portal_number"
"""The field of a re-check that asks under which number the portal has the item."""

_DRAWN_DIGITS = 16
_ALL_DRAWS = 16**_DRAWN_DIGITS


class Grade(Enum):
    """What a person found when they checked again."""

    PASS = "pass"  # noqa: S105 - a grade
    MINOR = "minor"  # a mistake that harms nobody
    CRITICAL = "critical"  # a mistake that may harm: the runbook's version is held


class WhyChosen(Enum):
    """Why an item was chosen; several may hold at once."""

    SHARE = "share"  # its draw is below the share
    FIRST = "first_of_version"  # it is among the first of this version for this client
    AMOUNT = "amount"  # its amount is above the limit


class RecheckState(Enum):
    """Where a re-check stands."""

    WAITING = "waiting"
    ANSWERED = "answered"
    GRADED = "graded"


_S = RecheckState

RECHECK_MOVES: Moves[RecheckState] = Moves(
    "re-check",
    {
        _S.WAITING: frozenset({_S.ANSWERED}),
        _S.ANSWERED: frozenset({_S.GRADED}),
        _S.GRADED: frozenset(),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckRule:
    """What is checked again of one runbook, for some clients or, where none is named, for all.

    `share` is in percent. Items whose amount is above `all_above` are all checked, money that is
    taken back and amounts that nobody knows, too. Re-checks wait in `queue`; whoever may decide
    in `hold_queue` may release a version that is held. `fields` are those that the person looks
    up; empty, all outputs and read-back fields.
    """

    runbook: str
    clients: frozenset[str] = frozenset()
    share: Decimal = Decimal(0)
    first_of_version: int = 0
    all_above: Decimal | None = None
    queue: str = QUEUE
    hold_queue: str = QUEUE
    fields: tuple[str, ...] = ()

    def choice(self, *, draw: int, before: int, amount: str | None) -> "Choice":
        """Return whether an item is chosen, and why.

        `draw` is what `drawn` gave for it, `before` how many of the first ones of this version
        and client were chosen before it.
        """
        why = []
        first = before < self.first_of_version
        if first:
            why.append(WhyChosen.FIRST)
        if self._is_large(amount):
            why.append(WhyChosen.AMOUNT)
        if Fraction(draw, _ALL_DRAWS) < Fraction(self.share) / 100:
            why.append(WhyChosen.SHARE)
        return Choice(why=tuple(why), draw=draw, ordinal=before + 1 if first else None)

    def _is_large(self, amount: str | None) -> bool:
        """Whether an amount is above the limit: paid or taken back, or not known at all."""
        if self.all_above is None:
            return False
        return amount is None or abs(Decimal(amount)) > self.all_above


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Why an item was chosen, empty if it was not; its number among the first of its version."""

    why: tuple[WhyChosen, ...]
    draw: int
    ordinal: int | None = None

    @property
    def chosen(self) -> bool:
        """Whether a person checks it again."""
        return bool(self.why)


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityBook:
    """All that a project laid down about re-checks; empty, nothing is checked again."""

    rules: tuple[RecheckRule, ...] = ()

    def rule_for(self, runbook: str, client: str) -> RecheckRule | None:
        """Return the rule for a client's items: the one that names the client, else the general."""
        rules = [rule for rule in self.rules if rule.runbook == runbook]
        named = [rule for rule in rules if client in rule.clients]
        general = [rule for rule in rules if not rule.clients]
        return next(iter([*named, *general]), None)


NOTHING_CHECKED = QualityBook()
"""The book of a project that laid nothing down."""


def draw_basis(item: ItemId, *, runbook: str, client: str) -> bytes:
    """Return what the keyed hash is taken of."""
    return f"{runbook}\n{client}\n{item}".encode()


def drawn(digest: str) -> int:
    """Return an item's draw: the first 64 bits of its keyed hash, in hex digits.

    >>> drawn("00000000000000ff" + 48 * "0")
    255
    """
    return int(digest[:_DRAWN_DIGITS], 16)


def draw_text(draw: int) -> str:
    """Return a draw as it is recorded: 16 hex digits.

    >>> draw_text(255)
    '00000000000000ff'
    """
    return f"{draw:0{_DRAWN_DIGITS}x}"


def checkable_fields(runbook: Runbook) -> tuple[str, ...]:
    """Return what can be looked up of a finished item: its outputs, then what is read back.

    Not what names the item: with that a person finds it. An output stands for the item's field
    of the same name.
    """
    read_back = (
        name
        for step in runbook.steps
        if isinstance(step, OnceStep)
        for name in step.verified_fields
        if name not in runbook.item.reference
    )
    return tuple(dict.fromkeys([*runbook.outputs, *read_back]))


def fields_to_check(
    rule: RecheckRule,
    checkable: tuple[str, ...],
    *,
    outputs: Mapping[str, object] | None,
    portal_number: str | None,
) -> tuple[str, ...]:
    """Return what is asked about one item; `outputs` is None for one that was there already.

    Of that one, only under which number. Elsewhere the portal's number is asked for when no
    output says it.
    """
    if outputs is None:
        return (PORTAL_NUMBER,)
    wanted = tuple(name for name in rule.fields or checkable if name in checkable)
    told = portal_number is None or portal_number in map(str, outputs.values())
    return wanted if rule.fields or told else (*wanted, PORTAL_NUMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """One item that a person checks again. Its records are in the item's stream.

    `ordinal` is its number among the first of its version and client, None for others.
    `sealed_answer` is sealed JSON of what the person saw on the portal, by field; `differing`
    names the fields in which that is not what the bot recorded, never a value.
    """

    item: ItemId
    case: CaseId
    runbook: str
    runbook_hash: RunbookHash
    client: str
    state: RecheckState
    audit_seq: int
    why: tuple[str, ...]
    fields: tuple[str, ...]
    chosen_at: datetime
    ordinal: int | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
    sealed_answer: bytes | None = None
    differing: tuple[str, ...] = ()
    grade: Grade | None = None
    graded_by: str | None = None
    graded_at: datetime | None = None

    @property
    def stream(self) -> str:
        """The audit stream that tells of it."""
        return f"item:{self.item}"

    def answered(
        self, sealed: bytes, *, differing: tuple[str, ...], by: str, at: datetime, audit_seq: int
    ) -> "Recheck":
        """Return it with what the person saw; raises `IllegalMoveError`."""
        return replace(
            self._moved(_S.ANSWERED, audit_seq),
            sealed_answer=sealed,
            differing=differing,
            answered_by=by,
            answered_at=at,
        )

    def graded(self, grade: Grade, *, by: str, at: datetime, audit_seq: int) -> "Recheck":
        """Return it with its grade; raises `IllegalMoveError`."""
        moved = self._moved(_S.GRADED, audit_seq)
        return replace(moved, grade=grade, graded_by=by, graded_at=at)

    def _moved(self, state: RecheckState, audit_seq: int) -> "Recheck":
        return replace(self, state=RECHECK_MOVES.check(self.state, state), audit_seq=audit_seq)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookHold:
    """What is known of one version of a runbook: whether attempts of it may begin.

    `case` is the case about it, `held_by` the person whose grade held it.
    """

    hash: RunbookHash
    runbook: str
    number: int
    audit_seq: int = 0
    held: bool = False
    held_by: str | None = None
    held_at: datetime | None = None
    case: CaseId | None = None

    @property
    def stream(self) -> str:
        """The audit stream that tells of the runbook's versions."""
        return f"runbook:{self.runbook}"

    @property
    def subject(self) -> str:
        """What changes within the stream."""
        return f"version:{self.hash}"

    @property
    def words(self) -> str:
        """How people call it.

        >>> RunbookHold(hash=RunbookHash("a"), runbook="claims.submit", number=3).words
        'claims.submit version 3'
        """
        return f"{self.runbook} version {self.number}"


def unknown_fields(rule: RecheckRule, runbook: Runbook) -> Iterator[str]:
    """Yield the fields of a rule that the runbook has nothing recorded for."""
    known = checkable_fields(runbook)
    for name in rule.fields:
        if name not in known:
            yield name
