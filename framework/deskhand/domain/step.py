"""The steps of a compiled runbook: everything that performing one needs, already checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from deskhand.domain.fields import Field
from deskhand.domain.retry_policy import RetryPolicy

Scope = Mapping[str, object]
"""What an expression sees: `item`, `params`, `row` at intake, and each result by its name.

An absent result (a skipped step, `NotThere`) is None; records are mappings; list items too.
Values are plain Python: str, int, Decimal, bool, date, datetime, list, mapping, None.
Sensitive values are in clear here: a scope is never logged or stored.
"""


class Expression(Protocol):
    """A compiled expression: typed, pure, terminating."""

    @property
    def source(self) -> str:
        """The text as the runbook has it."""
        ...

    @property
    def sensitive(self) -> bool:
        """Whether its value may hold sensitive data."""
        ...

    def value(self, scope: Scope) -> object:
        """Compute the value; raises `ExpressionError`, whose message never holds data."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """`{that: …, else: CODE, say: …}`: a condition that must hold, or the item needs a person.

    `say` is a text for people, compiled: its value is a str.
    """

    that: Expression
    code: str
    say: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An action with its arguments: `action` is `bot.verb`, each argument an expression."""

    action: str
    arguments: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How a doubt about an act is settled: ask `call` every `every`, for `patience` at most."""

    call: Call
    every: timedelta
    patience: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class UseStep:
    """`use`: a read or fill action, its expectations, its quick retries.

    `sealed_parts` are the dotted paths of what is sensitive in its result.
    """

    name: str
    line: int
    call: Call
    timeout: timedelta
    retry: RetryPolicy
    when: Expression | None = None
    expect: tuple[Check, ...] = ()
    evidence: tuple[str, ...] = ()
    sealed_parts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class OnceStep:
    """`once`: a write action that happens at most once; a commit point.

    `verify` is the read-back: the action whose result is compared, field by field, with the
    item; `verified_fields` are the names that both have.
    """

    name: str
    line: int
    call: Call
    timeout: timedelta
    proof: Proof
    when: Expression | None = None
    expect: tuple[Check, ...] = ()
    evidence: tuple[str, ...] = ()
    verify: Call | None = None
    verified_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetStep:
    """`let`: names for values that later steps use."""

    name: str
    line: int
    values: Mapping[str, Expression]
    when: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishStep:
    """`finish`: the item ends here, as `done` or as `duplicate`."""

    name: str
    line: int
    ending: str
    when: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One thing that a person sees before answering.

    `name` is how the runbook calls it. `sealed_parts` are the dotted paths below it that are
    sensitive; the empty path stands for the whole.
    """

    name: str
    value: Expression
    sealed_parts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionStep:
    """`ask` and `approve`: the attempt ends, and a person answers before another goes on.

    `form` are the fields of the answer, `prefilled` what stands in them at first; for an
    approval there are none. Whoever answered one of the steps in `but_not` may not answer this
    one. After `expires` the question is no longer open; None means that it stays.
    """

    name: str
    line: int
    queue: str
    title: Expression
    show: tuple[Shown, ...]
    form: Mapping[str, Field] = field(default_factory=dict)
    prefilled: Mapping[str, Expression] = field(default_factory=dict)
    but_not: tuple[str, ...] = ()
    expires: timedelta | None = None
    when: Expression | None = None

    @property
    def approval(self) -> bool:
        """Whether the answer is an approval: yes, or not at all."""
        return not self.form


Step = UseStep | OnceStep | LetStep | FinishStep | QuestionStep
