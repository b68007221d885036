"""What passes between a runbook and a bot: item fields in, results out.

A bot declares plain annotated classes; they become frozen, keyword-only dataclasses::

    class Receipt(Result):
        confirmation: str

    class Claim(ItemFields):
        claim_number: str
        member_id: Sealed[str]

Which law protects the sealed fields of a result, its class says::

    class Transcript(Result, sensitivity="fti"):
        agi: Sealed[Decimal]
"""

from dataclasses import dataclass
from typing import Any, ClassVar, dataclass_transform


@dataclass_transform(kw_only_default=True, frozen_default=True)
class _Declared:
    """Turns the annotations of each subclass into a frozen dataclass."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        dataclass(frozen=True, kw_only=True)(cls)


class Result(_Declared):
    """The root of what an action returns: typed fields that a runbook may name.

    `sensitivity` is `pii`, `phi` or `fti`; unsaid, sealed fields count as `phi`.
    """

    sealed_as: ClassVar[str] = "phi"

    def __init_subclass__(cls, *, sensitivity: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if sensitivity is not None:
            cls.sealed_as = sensitivity


class ItemFields(_Declared):
    """The root of classes through which an action takes the whole item, or a row of a list.

    Every field must be a field of the runbook's item, of a matching type;
    `deskhand check` compares them. Sensitive fields are declared `Sealed[...]`.
    """


@dataclass(frozen=True, slots=True)
class NotThere:
    """The portal says, reliably, that what was asked for is not there."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """The portal cannot tell (yet): ask again later. `reason` is the bot author's constant text."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The portal refused the act and says so: a business cause."""

    code: str
    message: str = ""
