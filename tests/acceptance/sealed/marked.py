"""A practice world whose patients can be told from everything else in the world."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from deploy.demo.values import Claim, World
from deskhand.domain.redaction import sensitive_forms
from tests.practice.claims import practice_claims

_SHORTEST = 5
_SHORTEST_NUMBER = 8
"""A shorter row of digits would be found by chance, in a checksum for instance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A world, and each client's claims, every one for a patient of its own."""

    world: World
    of: Mapping[str, Sequence[Claim]]

    @property
    def claims(self) -> list[Claim]:
        """All claims."""
        return [claim for claims in self.of.values() for claim in claims]


def marked(*, clients: Mapping[str, int]) -> Marked:
    """Invent claims whose patients have names and birth dates that nobody else has."""
    plain = practice_claims(clients=clients)
    patients = {
        member.member_id: replace(
            member,
            first_name=f"Quixandra{_letters(place)}",
            last_name=f"Vrzhelly{_letters(place)}",
            birth_date=date(1937, 1, 3) + timedelta(days=37 * place),
        )
        for place, member in enumerate(plain.world.members)
    }
    claims = {
        client: [
            replace(
                claim,
                patient_name=patients[claim.member_id].name,
                patient_dob=patients[claim.member_id].birth_date,
            )
            for claim in dealt
        ]
        for client, dealt in plain.of.items()
    }
    return Marked(world=replace(plain.world, members=tuple(patients.values())), of=claims)


def forms_of(claims: Iterable[Claim]) -> set[bytes]:
    """Every form in which the claims' sensitive values may show, in lower case."""
    values = [
        value
        for claim in claims
        for value in (claim.member_id, claim.patient_name, claim.patient_dob)
    ]
    return forms(values)


def forms(values: Iterable[object]) -> set[bytes]:
    """Every form in which these values may show, in lower case."""
    found = {form.lower() for value in values for form in sensitive_forms(value)}
    return {form.encode() for form in found if _is_telling(form)}


def found_in(content: bytes, wanted: Iterable[bytes]) -> list[bytes]:
    """The forms that the content holds."""
    lowered = content.lower()
    return [form for form in wanted if form in lowered]


def _is_telling(form: str) -> bool:
    return len(form) >= (_SHORTEST_NUMBER if form.isdigit() else _SHORTEST)


def _letters(number: int) -> str:
    return chr(ord("a") + number // 26) + chr(ord("a") + number % 26)
