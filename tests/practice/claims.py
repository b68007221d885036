"""A small practice world: clinics, their logins, and as many ordinary claims as a test wants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from deploy.demo.invent import PAYERS, Inventor
from deploy.demo.values import Claim, Expectation, Login, Organisation, World

_NOTHING = Expectation(
    rows=0,
    rejected_rows=0,
    repeats=0,
    conflicting=0,
    already_there=0,
    refused=0,
    wrong_digit=0,
    refusals={},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeClaims:
    """A world that a portal can be started with, and each client's claims: nothing wrong in any."""

    world: World
    of: Mapping[str, Sequence[Claim]]


def practice_claims(*, clients: Mapping[str, int], seed: int = 1) -> PracticeClaims:
    """Invent so many claims for each client; the same seed invents the same ones."""
    today = datetime.now(UTC).date()
    inventor = Inventor(seed=seed, today=today)
    clinics = {client: _clinic(client, inventor) for client in clients}
    members = {
        client: [inventor.member() for _ in range(count)] for client, count in clients.items()
    }
    claims = {
        client: [_short(inventor.claim(member, clinics[client])) for member in members[client]]
        for client in clients
    }
    world = World(
        today=today,
        payers=PAYERS,
        organisations=tuple(clinics.values()),
        logins=tuple(_login(clinic, inventor) for clinic in clinics.values()),
        members=tuple(member for each in members.values() for member in each),
        codes_needing_authorisation=(),
        held=(),
        wrong_digit=(),
        files=(),
        expectation=_NOTHING,
    )
    return PracticeClaims(world=world, of=claims)


def born(claim: Claim, day: date) -> Claim:
    """The same claim for a patient who was born on another day."""
    return replace(claim, patient_dob=day)


def _short(claim: Claim) -> Claim:
    """One line and one diagnosis: filling a form is not what these tests are about."""
    line = claim.lines[0]
    codes = claim.diagnosis_codes[:1]
    return replace(claim, lines=(line,), diagnosis_codes=codes, total_charge=line.charge)


def _clinic(client: str, inventor: Inventor) -> Organisation:
    return Organisation(name=f"{client.title()} Clinic", client=client, npis=(inventor.npi(),))


def _login(clinic: Organisation, inventor: Inventor) -> Login:
    return Login(
        user=f"{clinic.client}.bot",
        password=inventor.secret(12),
        totp_secret=inventor.secret(32),
        organisation=clinic.name,
    )
