"""The practice world: payers, organisations, logins, members and claims, from one JSON file.

Unknown keys are ignored, so that the file may carry more than the portal needs.
"""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pyotp

Frequency = Literal["original", "replacement", "void"]
PayerId = Annotated[str, msgspec.Meta(pattern="^[A-Z0-9]{5}$")]
Npi = Annotated[str, msgspec.Meta(pattern="^[0-9]{10}$")]
Confirmation = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}-[0-9]{7}$")]
Name = Annotated[str, msgspec.Meta(min_length=1)]


class Payer(msgspec.Struct, frozen=True, kw_only=True):
    """Who pays, and how long after the service it takes claims."""

    id: PayerId
    name: Name
    filing_days: Annotated[int, msgspec.Meta(ge=1)]


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    """Who bills: a clinic with the providers that work in it."""

    name: Name
    npis: Annotated[list[Npi], msgspec.Meta(min_length=1)]
    client: str = ""


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """One account on the portal."""

    user: Name
    password: Name
    totp_secret: Annotated[str, msgspec.Meta(pattern="^[A-Z2-7]{16,}=*$")]
    organisation: Name


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A person that a payer insures."""

    member_id: Name
    first_name: str
    last_name: str
    birth_date: date
    payer_id: PayerId
    covered_from: date
    covered_to: date | None = None
    other_insurance: bool = False

    def covered_on(self, day: date) -> bool:
        """Say whether the member was insured on that day."""
        return self.covered_from <= day and (self.covered_to is None or day <= self.covered_to)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One service that a claim bills."""

    service_date: date
    code: str
    modifier: str | None = None
    units: int
    charge: Decimal


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A professional claim, as a client sends it."""

    claim_number: str
    frequency: Frequency = "original"
    original_ref: str | None = None
    payer_id: PayerId
    member_id: str
    patient_name: str
    patient_dob: date
    provider_npi: str
    place_of_service: str
    diagnosis_codes: list[str]
    prior_auth: str | None = None
    attachments: list[str] = []
    total_charge: Decimal
    lines: list[Line]

    @property
    def first_service(self) -> date:
        """The day of the earliest service."""
        return min(line.service_date for line in self.lines)


class HeldClaim(Claim, frozen=True, kw_only=True):
    """A claim that the portal holds since before the practice began."""

    confirmation: Confirmation
    received_on: date


class World(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the portal knows before the first claim arrives."""

    payers: Annotated[list[Payer], msgspec.Meta(min_length=1)]
    organisations: Annotated[list[Organisation], msgspec.Meta(min_length=1)]
    logins: Annotated[list[Login], msgspec.Meta(min_length=1)]
    members: list[Member] = []
    codes_needing_authorisation: list[str] = []
    claims: list[HeldClaim] = []
    wrong_digit: list[str] = []

    def save(self, file: Path) -> Path:
        """Write the world as JSON and give the file back."""
        file.write_bytes(msgspec.json.format(msgspec.json.encode(self)))
        return file


class WorldInvalidError(ValueError):
    """The world file is not a world: which file, where in it, and what was expected."""

    def __init__(self, file: Path, problem: str) -> None:
        super().__init__(f"{file}: {problem}")


def load_world(file: Path) -> World:
    """Read and validate a world; raise `WorldInvalidError` naming the first mistake."""
    try:
        world = msgspec.json.decode(file.read_bytes(), type=World)
    except (OSError, msgspec.MsgspecError) as error:
        raise WorldInvalidError(file, str(error)) from error
    for problem in _dangling(world):
        raise WorldInvalidError(file, problem)
    return world


def _dangling(world: World) -> list[str]:
    payers = {payer.id for payer in world.payers}
    organisations = {organisation.name for organisation in world.organisations}
    npis = {npi for organisation in world.organisations for npi in organisation.npis}
    return [
        *(
            f"login {login.user}: no organisation {login.organisation!r}"
            for login in world.logins
            if login.organisation not in organisations
        ),
        *(
            f"member {member.member_id}: no payer {member.payer_id!r}"
            for member in world.members
            if member.payer_id not in payers
        ),
        *(
            f"claim {claim.claim_number}: no organisation has the provider {claim.provider_npi}"
            for claim in world.claims
            if claim.provider_npi not in npis
        ),
    ]


def npi_from(first_nine: str) -> str:
    """Complete nine digits to a valid NPI with its check digit."""
    return next(first_nine + digit for digit in "0123456789" if npi_check_holds(first_nine + digit))


def npi_check_holds(npi: str) -> bool:
    """Say whether an NPI's check digit is right: Luhn over 80840 and the ten digits."""
    total = 0
    for place, digit in enumerate(reversed("80840" + npi)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0


def example_world(today: date) -> World:
    """Build a tiny world for tests: two clinics, two payers, one member of each kind."""
    return World(
        payers=[
            Payer(id="60054", name="Acme Health", filing_days=365),
            Payer(id="77010", name="Beacon Mutual", filing_days=90),
        ],
        organisations=[
            Organisation(
                name="Lakeside Clinic",
                client="lakeside",
                npis=[npi_from("123456789"), npi_from("140302998")],
            ),
            Organisation(
                name="Northgate Orthopedics", client="northgate", npis=[npi_from("155512340")]
            ),
        ],
        logins=[
            _login("lakeside-bot", "Lakeside Clinic"),
            _login("northgate-bot", "Northgate Orthopedics"),
        ],
        members=_example_members(today),
        codes_needing_authorisation=["J3490"],
        claims=[_example_claim(today)],
        wrong_digit=["CLM-0000017"],
    )


def _login(user: str, organisation: str) -> Login:
    secret = pyotp.random_base32()
    return Login(user=user, password=f"{user}-Pass1", totp_secret=secret, organisation=organisation)


def _example_members(today: date) -> list[Member]:
    long_ago, lately = today - timedelta(days=900), today - timedelta(days=200)
    usual = Member(
        member_id="W100000001",
        first_name="Maria",
        last_name="Alvarez",
        birth_date=date(1980, 3, 14),
        payer_id="60054",
        covered_from=long_ago,
    )
    change = msgspec.structs.replace
    return [
        usual,
        change(usual, member_id="W100000002", first_name="Jon", last_name="Okafor"),
        change(usual, member_id="W100000003", first_name="Lena", covered_to=lately),
        change(usual, member_id="W100000004", first_name="Paul", other_insurance=True),
        change(usual, member_id="W100000005", first_name="Rita", payer_id="77010"),
    ]


def _example_claim(today: date) -> HeldClaim:
    return HeldClaim(
        claim_number="CLM-0000001",
        payer_id="60054",
        member_id="W100000001",
        patient_name="Maria Alvarez",
        patient_dob=date(1980, 3, 14),
        provider_npi=npi_from("123456789"),
        place_of_service="11",
        diagnosis_codes=["E11.9"],
        total_charge=Decimal("145.50"),
        lines=[
            Line(
                service_date=today - timedelta(days=30),
                code="G0463",
                units=1,
                charge=Decimal("145.50"),
            )
        ],
        confirmation="ACM-0000123",
        received_on=today - timedelta(days=20),
    )
