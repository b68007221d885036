"""Practice bots for the checker: signatures made from annotated functions, nothing performed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from inspect import Parameter, signature
from typing import get_type_hints

from deskhand.domain.result import ItemFields, NotThere, Refused, Result, Unsure
from deskhand.domain.sealed import Sealed
from deskhand.errors import BotError, NotFoundError
from deskhand.ports.action import ActionEffect, ActionSignature


class Receipt(Result):
    confirmation: str


class Review(Result):
    total: Decimal
    line_count: int


class ClaimLine(ItemFields):
    service_date: date
    code: str
    modifier: str | None
    units: int
    charge: Decimal


class Claim(ItemFields):
    claim_number: str
    member_id: Sealed[str]
    patient_name: Sealed[str]
    patient_dob: Sealed[date]
    provider_npi: str
    place_of_service: str
    diagnosis_codes: list[str]
    prior_auth: str | None
    attachments: list[str]
    total_charge: Decimal
    lines: list[ClaimLine]


class HeldLine(Result):
    code: str
    charge: Decimal


class HeldClaim(Result):
    confirmation: str
    claim_number: str
    member_id: Sealed[str]
    total_charge: Decimal
    lines: list[HeldLine]


def find_claim(claim_number: str, member_id: Sealed[str]) -> Receipt | NotThere | Unsure: ...  # type: ignore[empty-body]
def fill_claim(claim: Claim) -> None: ...
def read_review() -> Review: ...  # type: ignore[empty-body]
def submit_claim() -> Receipt | Refused: ...  # type: ignore[empty-body]
def read_claim(claim_number: str, member_id: Sealed[str]) -> HeldClaim | NotThere: ...  # type: ignore[empty-body]
def void_claim() -> Receipt | Refused: ...  # type: ignore[empty-body]


class Award(Result):
    amount: Decimal


class Isir(Result):
    is_newest: bool
    agi: Decimal
    family_size: int


class Transcript(Result):
    agi: Decimal
    tax_paid: Decimal


def read_award(student_id: Sealed[str], award_year: str) -> Award: ...  # type: ignore[empty-body]
def read_isir(student_id: Sealed[str]) -> Isir | NotThere: ...  # type: ignore[empty-body]
def read_transcript(student_id: Sealed[str]) -> Transcript: ...  # type: ignore[empty-body]
def mark_verified(student_id: Sealed[str]) -> Isir | Refused: ...  # type: ignore[empty-body]
def submit_correction(student_id: Sealed[str], agi: Decimal) -> Isir | Refused: ...  # type: ignore[empty-body]


class OpenFile(Result):
    student_id: Sealed[str]
    award_year: str
    amount: Decimal
    note: str | None


class OpenFiles(Result):
    files: list[OpenFile]
    as_of: date


class TwoLists(Result):
    files: list[OpenFile]
    late: list[OpenFile]


def unverified_files() -> OpenFiles: ...  # type: ignore[empty-body]
def files_since(since: date) -> OpenFiles | NotThere | Unsure: ...  # type: ignore[empty-body]
def two_lists() -> TwoLists: ...  # type: ignore[empty-body]
def forget_files() -> OpenFiles: ...  # type: ignore[empty-body]


def action(
    bot: str,
    function: Callable[..., object],
    effect: ActionEffect = ActionEffect.READ,
    proof: str | None = None,
) -> ActionSignature:
    """What a bot's loader makes of an action."""
    hints = get_type_hints(function)
    returns = hints.pop("return")
    required = [
        name
        for name, parameter in signature(function).parameters.items()
        if parameter.default is Parameter.empty
    ]
    return ActionSignature(
        bot=bot,
        name=function.__name__,
        effect=effect,
        parameters=hints,
        required=frozenset(required),
        returns=returns,
        proof=proof,
    )


@dataclass(frozen=True)
class Catalogue:
    """A `BotCatalogue` of given signatures; `broken` are bots that cannot be loaded."""

    signatures: tuple[ActionSignature, ...]
    broken: Mapping[str, str] = field(default_factory=dict)

    def bots(self) -> frozenset[str]:
        return frozenset({signature.bot for signature in self.signatures} | set(self.broken))

    def actions(self, bot: str) -> Mapping[str, ActionSignature]:
        if bot in self.broken:
            raise BotError(self.broken[bot])
        if bot not in self.bots():
            raise NotFoundError("bot", bot)
        return {signature.name: signature for signature in self.signatures if signature.bot == bot}

    def plus(self, *more: ActionSignature) -> "Catalogue":
        return Catalogue((*self.signatures, *more), self.broken)


WRITE, FILL = ActionEffect.WRITE, ActionEffect.FILL

BOTS = Catalogue(
    (
        action("payer_portal", find_claim),
        action("payer_portal", fill_claim, FILL),
        action("payer_portal", read_review),
        action("payer_portal", submit_claim, WRITE, proof="find_claim"),
        action("payer_portal", read_claim),
        action("payer_portal", void_claim, WRITE),
        action("aid_portal", read_award),
        action("aid_portal", read_isir),
        action("aid_portal", read_transcript),
        action("aid_portal", mark_verified, WRITE, proof="read_isir"),
        action("aid_portal", submit_correction, WRITE, proof="read_isir"),
        action("ledger", read_award),
        action("ledger", unverified_files),
        action("ledger", files_since),
        action("ledger", two_lists),
        action("ledger", forget_files, FILL),
    )
)
