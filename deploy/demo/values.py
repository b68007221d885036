"""What the practice world is made of: payers, clinics, members, claims, and how they are written.

The same JSON feeds the practice payer portal and is the measure of what the demo must bring about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """A payer, and for how many days after a service it accepts a claim."""

    id: str
    name: str
    filing_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A clinic that bills, the client that stands for it, and the NPIs that it bills under."""

    name: str
    client: str
    npis: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A login on the practice portal."""

    user: str
    password: str
    totp_secret: str
    organisation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person whom a payer covers, from one day to another."""

    member_id: str
    first_name: str
    last_name: str
    birth_date: date
    payer_id: str
    covered_from: date
    covered_to: date | None = None
    other_insurance: bool = False

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A service line of a claim."""

    service_date: date
    code: str
    modifier: str | None
    units: int
    charge: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A professional claim, as it should reach the payer."""

    claim_number: str
    frequency: str
    original_ref: str | None
    payer_id: str
    filing_deadline: date
    member_id: str
    patient_name: str
    patient_dob: date
    provider_npi: str
    place_of_service: str
    diagnosis_codes: tuple[str, ...]
    prior_auth: str | None
    attachments: tuple[str, ...]
    total_charge: Decimal
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldClaim:
    """A claim that the portal holds already."""

    claim: Claim
    confirmation: str
    received_on: date


class Flaw(Enum):
    """What is wrong with a row that intake must set aside."""

    BAD_DATE = "its birth date is no date"
    BAD_TOTAL = "its total is no number"
    NO_MEMBER = "its member id is missing"
    BAD_NPI = "its NPI has a wrong check digit"
    WRONG_SUM = "its total is not the sum of its lines"


class Refusal(Enum):
    """Why the portal says no to a claim that intake must accept."""

    MEMBER_NOT_FOUND = "member_not_found"
    MEMBER_INACTIVE = "member_inactive"
    OTHER_INSURANCE = "other_insurance"
    AUTH_MISSING = "auth_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A row of a client's file: the claim, and what is wrong with the way it is written."""

    claim: Claim
    flaw: Flaw | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFile:
    """A file that a client sends: its format is `837`, `csv` or `json`."""

    client: str
    format: str
    rows: tuple[FileRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """How a run over all the files must end, counted in rows.

    `accepted` are the claims that the portal must newly hold, each once and right.
    """

    rows: int
    rejected_rows: int
    repeats: int
    conflicting: int
    already_there: int
    refused: int
    wrong_digit: int
    refusals: Mapping[str, int]

    @property
    def accepted(self) -> int:
        ended_otherwise = self.rejected_rows + self.repeats + self.conflicting
        return self.rows - ended_otherwise - self.already_there - self.refused - self.wrong_digit


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The practice world on one day, the files that its clients send, and how it must end."""

    today: date
    payers: tuple[Payer, ...]
    organisations: tuple[Organisation, ...]
    logins: tuple[Login, ...]
    members: tuple[Member, ...]
    codes_needing_authorisation: tuple[str, ...]
    held: tuple[HeldClaim, ...]
    wrong_digit: tuple[str, ...]
    files: tuple[ClientFile, ...]
    expectation: Expectation

    def organisation(self, client: str) -> Organisation:
        return next(each for each in self.organisations if each.client == client)


def world_as_json(world: World) -> Mapping[str, object]:
    """The part of the world that the practice portal knows, ready for `json.dump`."""
    return {
        "payers": [
            {"id": payer.id, "name": payer.name, "filing_days": payer.filing_days}
            for payer in world.payers
        ],
        "organisations": [
            {"name": each.name, "client": each.client, "npis": list(each.npis)}
            for each in world.organisations
        ],
        "logins": [
            {
                "user": login.user,
                "password": login.password,
                "totp_secret": login.totp_secret,
                "organisation": login.organisation,
            }
            for login in world.logins
        ],
        "members": [_member(member) for member in world.members],
        "codes_needing_authorisation": list(world.codes_needing_authorisation),
        "claims": [_held(held) for held in world.held],
        "wrong_digit": list(world.wrong_digit),
    }


def claim_as_json(claim: Claim) -> dict[str, object]:
    """A claim under the field names that the portal and the runbook share; amounts are text."""
    return {
        "claim_number": claim.claim_number,
        "frequency": claim.frequency,
        "original_ref": claim.original_ref,
        "payer_id": claim.payer_id,
        "filing_deadline": claim.filing_deadline.isoformat(),
        "member_id": claim.member_id,
        "patient_name": claim.patient_name,
        "patient_dob": claim.patient_dob.isoformat(),
        "provider_npi": claim.provider_npi,
        "place_of_service": claim.place_of_service,
        "diagnosis_codes": list(claim.diagnosis_codes),
        "prior_auth": claim.prior_auth,
        "attachments": list(claim.attachments),
        "total_charge": str(claim.total_charge),
        "lines": _lines(claim.lines),
    }


def _lines(lines: Sequence[Line]) -> list[dict[str, object]]:
    return [
        {
            "service_date": line.service_date.isoformat(),
            "code": line.code,
            "modifier": line.modifier,
            "units": line.units,
            "charge": str(line.charge),
        }
        for line in lines
    ]


def _member(member: Member) -> dict[str, object]:
    return {
        "member_id": member.member_id,
        "first_name": member.first_name,
        "last_name": member.last_name,
        "birth_date": member.birth_date.isoformat(),
        "payer_id": member.payer_id,
        "covered_from": member.covered_from.isoformat(),
        "covered_to": member.covered_to.isoformat() if member.covered_to else None,
        "other_insurance": member.other_insurance,
    }


def _held(held: HeldClaim) -> dict[str, object]:
    return {
        **claim_as_json(held.claim),
        "confirmation": held.confirmation,
        "received_on": held.received_on.isoformat(),
    }
