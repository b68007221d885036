"""What the benches perform: projects of their own, and claims that nothing is wrong with."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from deploy.demo.files import write_world
from deploy.demo.invent import PAYERS, Inventor
from deploy.demo.json_writer import write_jsonl
from deploy.demo.values import Claim, Expectation, Login, Member, Organisation, World
from deskhand.bootstrap.deliveries import accept
from deskhand.bootstrap.projects import begin_project
from deskhand.bootstrap.workplace import Workplace, human, open_file_vault
from deskhand.domain.sealed import Sealed
from deskhand.settings.project import load_project

ROOT = Path(__file__).parents[2]
RUNBOOK = "claims.submit"
PORTAL = "payer_portal"
_NOWHERE = "http://127.0.0.1:9"
_SETTINGS = """\
[project]
runbooks = {runbooks}
bots = {bots}
audit_log = "bench/1"

[state]
folder = "state"

[worker]
lanes = 2
"""
_ALL_GOOD = Expectation(
    rows=0,
    rejected_rows=0,
    repeats=0,
    conflicting=0,
    already_there=0,
    refused=0,
    wrong_digit=0,
    refusals={},
)


class BenchFailedError(Exception):
    """What was to be measured did not happen: a figure of it would mean nothing."""


@dataclass(slots=True)
class Practice:
    """Clinics with a login for the bots and one for the plain script, and their claims."""

    today: date
    inventor: Inventor = field(init=False)
    clinics: tuple[Organisation, ...] = field(init=False)
    logins: dict[str, Login] = field(init=False)
    members: list[Member] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.inventor = Inventor(seed=7, today=self.today)
        self.clinics = tuple(
            Organisation(name=f"{name} Clinic", client=name.lower(), npis=(self.inventor.npi(),))
            for name in ("Lakeside", "Northgate")
        )
        self.logins = {
            f"{clinic.client}-{who}": self._login(clinic, who)
            for clinic in self.clinics
            for who in ("bot", "plain")
        }

    def alike(self, clinic: Organisation, *, count: int) -> list[Claim]:
        """Return new claims of different members that take the same work to submit.

        Each has two service lines and two diagnoses.
        """
        claims = iter(lambda: self.inventor.claim(self._member(), clinic), None)
        first = next(one for one in claims if len(one.lines) == len(one.diagnosis_codes) == 2)
        return [first, *(self._like(first, other) for other in islice(claims, count - 1))]

    def save(self, file: Path) -> Path:
        """Write what the practice portal knows."""
        world = World(
            today=self.today,
            payers=PAYERS,
            organisations=self.clinics,
            logins=tuple(self.logins.values()),
            members=tuple(self.members),
            codes_needing_authorisation=(),
            held=(),
            wrong_digit=(),
            files=(),
            expectation=_ALL_GOOD,
        )
        write_world(world, file)
        return file

    def _like(self, first: Claim, other: Claim) -> Claim:
        return replace(
            first,
            claim_number=other.claim_number,
            member_id=other.member_id,
            patient_name=other.patient_name,
            patient_dob=other.patient_dob,
        )

    def _member(self) -> Member:
        # All of one payer's, so that any two claims can be made alike.
        self.members.append(replace(self.inventor.member(), payer_id=PAYERS[0].id))
        return self.members[-1]

    def _login(self, clinic: Organisation, who: str) -> Login:
        return Login(
            user=f"{clinic.client}-{who}",
            password=f"practice-{self.inventor.secret(12)}",
            totp_secret=self.inventor.secret(32),
            organisation=clinic.name,
        )


def write_project(
    folder: Path, *, clients: Sequence[str], url: str = _NOWHERE, logins: Iterable[Login] = ()
) -> Workplace:
    """Write a project with the reference runbooks and bots; `logins` are those of its bots."""
    settings = _SETTINGS.format(
        runbooks=json.dumps(str(ROOT / "runbooks")), bots=json.dumps(str(ROOT / "bots"))
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "deskhand.toml").write_text(settings, encoding="utf-8")
    accounts = [f"  - {{portal: {PORTAL}, client: {name}, url: '{url}'}}" for name in clients]
    (folder / "accounts.yaml").write_text("\n".join(["accounts:", *accounts, ""]), encoding="utf-8")
    begin_project(folder)
    vault = open_file_vault(load_project(folder))
    for client, login in zip(clients, logins, strict=False):
        account = f"{PORTAL}/{client}"
        vault.put(f"{account}/user", Sealed(login.user))
        vault.put(f"{account}/password", Sealed(login.password))
        vault.put(f"{account}/totp", Sealed(login.totp_secret))
    return Workplace(load_project(folder))


def take_in(place: Workplace, claims: Sequence[Claim], *, client: str, name: str) -> None:
    """Take claims in, as a client's file."""
    file = place.project.folder / f"{name}.jsonl"
    with file.open("w", encoding="utf-8") as stream:
        write_jsonl(stream, claims)
    accepted = accept(place, RUNBOOK, file, client=client, by=human("bench")).file
    if accepted.rejected_rows:
        raise BenchFailedError(f"{accepted.rejected_rows} of {len(claims)} claims were rejected")


def as_plain(claim: Claim) -> dict[str, Any]:
    """Return a claim as the plain script takes it: typed values by the item's names."""
    names = [name for name in Claim.__dataclass_fields__ if name != "lines"]
    lines = [
        {name: getattr(line, name) for name in line.__dataclass_fields__} for line in claim.lines
    ]
    plain = {name: getattr(claim, name) for name in names}
    return {**plain, "diagnosis_codes": list(claim.diagnosis_codes), "lines": lines}
