"""Invented people, clinics and claims: valid in every check digit, true of nobody."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random
from typing import Final

from deploy.demo.values import Claim, Line, Member, Organisation, Payer

PAYERS: Final = (
    Payer(id="60054", name="Acme Health", filing_days=365),
    Payer(id="BCN20", name="Beacon Mutual", filing_days=365),
    Payer(id="HRB31", name="Harbor Community Plan", filing_days=365),
)
CODE_NEEDING_AUTHORISATION: Final = "J3490"

# fmt: off
_FIRST_NAMES: Final = (
    "Ada", "Alma", "Ben", "Carla", "Dana", "Elias", "Emma", "Felix", "Grace", "Hugo", "Ida",
    "Ines", "Jonas", "June", "Karl", "Lena", "Leo", "Lucia", "Mara", "Miles", "Nadia", "Noah",
    "Olive", "Oscar", "Paula", "Quinn", "Rosa", "Ruben", "Silas", "Stella", "Theo", "Uma", "Vera",
)
_LAST_NAMES: Final = (
    "Abbott", "Amaro", "Barlow", "Bennet", "Castel", "Corwin", "Dalton", "Devine", "Ellery",
    "Farrow", "Galen", "Hadley", "Ibarra", "Jarvis", "Keller", "Lindqvist", "Marlow", "Nakano",
    "Okafor", "Penrose", "Quimby", "Ramsey", "Sandoval", "Tilden", "Underhill", "Vance", "Yarrow",
)
_DIAGNOSES: Final = (
    "E11.9", "I10", "J06.9", "M54.50", "Z00.00", "K21.9", "R05.9", "N39.0", "F41.1", "E78.5",
    "M25.561", "G43.909",
)
# fmt: on
# Level II codes and diagnoses are public domain; what they cost here is invented.
_SERVICES: Final = (
    ("G0463", "145.50"),
    ("G0439", "132.00"),
    ("G0444", "24.75"),
    ("G0008", "31.20"),
    ("J1885", "18.40"),
    ("J3420", "12.10"),
    ("Q3014", "28.65"),
    ("T1015", "171.00"),
    ("A4550", "46.90"),
)
_PLACES: Final = ("11", "11", "11", "22", "19")
_MODIFIERS: Final = (None, None, None, "25", "59")


def check_digit(nine_digits: str) -> str:
    """The tenth digit of an NPI: Luhn's, over the card prefix 80840 and the nine digits."""
    total = 0
    for place, digit in enumerate(reversed(f"80840{nine_digits}")):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


class Inventor:
    """Invents from a seed: the same seed invents the same."""

    def __init__(self, *, seed: int, today: date) -> None:
        self._random = Random(seed)  # noqa: S311 - a practice world, made from its seed
        self._today = today
        self._claims = 0
        self._members = 0

    @property
    def random(self) -> Random:
        return self._random

    def npi(self) -> str:
        nine = f"1{self._random.randrange(10**8):08}"
        return nine + check_digit(nine)

    def secret(self, length: int) -> str:
        """Text for a password, or a TOTP secret of base32 letters."""
        return "".join(self._random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=length))

    def member(self) -> Member:
        """A new member, covered for years and still."""
        self._members += 1
        born = self._today - timedelta(days=self._random.randrange(18 * 365, 90 * 365))
        return Member(
            # Spread over the nine digits without ever meeting: 7 and 10**9 share no factor.
            member_id=f"W{(104_729_387 + self._members * 900_000_007) % 10**9:09}",
            first_name=self._random.choice(_FIRST_NAMES),
            last_name=self._random.choice(_LAST_NAMES),
            birth_date=born,
            payer_id=self._random.choice(PAYERS).id,
            covered_from=date(self._today.year - 4, 1, 1),
        )

    def claim(self, member: Member, clinic: Organisation) -> Claim:
        """A new claim that nothing is wrong with, for services of the last two months."""
        self._claims += 1
        lines = self._lines()
        payer = next(payer for payer in PAYERS if payer.id == member.payer_id)
        return Claim(
            claim_number=f"CLM-{self._claims:07}",
            frequency="original",
            original_ref=None,
            payer_id=payer.id,
            filing_deadline=lines[0].service_date + timedelta(days=payer.filing_days),
            member_id=member.member_id,
            patient_name=member.name,
            patient_dob=member.birth_date,
            provider_npi=self._random.choice(clinic.npis),
            place_of_service=self._random.choice(_PLACES),
            diagnosis_codes=tuple(self._random.sample(_DIAGNOSES, self._random.randint(1, 4))),
            prior_auth=None,
            attachments=(),
            total_charge=total_of(lines),
            lines=lines,
        )

    def _lines(self) -> tuple[Line, ...]:
        first = self._today - timedelta(days=self._random.randint(4, 60))
        count = self._random.choice((1, 1, 2, 2, 3))
        days = accumulate(self._random.randint(0, 1) for _ in range(count - 1))
        return tuple(self._line(first + timedelta(days=day)) for day in (0, *days))

    def _line(self, day: date) -> Line:
        code, price = self._random.choice(_SERVICES)
        units = self._random.choice((1, 1, 1, 2))
        return Line(
            service_date=day,
            code=code,
            modifier=self._random.choice(_MODIFIERS),
            units=units,
            charge=Decimal(price) * units,
        )


def total_of(lines: Sequence[Line]) -> Decimal:
    """What a claim with these lines must be billed at."""
    return sum((line.charge for line in lines), Decimal("0.00"))
