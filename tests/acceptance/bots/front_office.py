"""A practice portal with a stage before it, and claims to bring there."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from deskhand.browsers.catalogue import ProjectBots
from deskhand.browsers.login import LoginKeeper
from deskhand.browsers.stage import BrowserStage
from deskhand.browsers.stage_settings import StageSettings
from deskhand.domain.account import Account, account_name
from deskhand.domain.identifiers import AttemptId, ItemId
from deskhand.domain.redaction import sensitive_forms
from deskhand.ports.action import ActionAnswer, Assignment, Session
from tests.contracts.browsers.desk import DictVault, Journal, MemoryLogins
from tests.portals.payer.process import PortalProcess
from tests.portals.payer.world import World, example_world, npi_from

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 6, 15)
IN_TIME = timedelta(seconds=60)
SETTINGS = StageSettings(patience=timedelta(seconds=5))
SECRET_FIELDS = ("member_id", "patient_name", "patient_dob")

Claim = Mapping[str, object]


class LeapingClock:
    """A clock that need not be waited for: a pause only puts it forward."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    async def pause(self, seconds: float) -> None:
        """Let so many seconds have passed."""
        self._ahead += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Performer:
    """A session before the portal, with the verbs of the claims runbook."""

    session: Session
    journal: Journal = field(default_factory=Journal)

    async def find(self, claim: Claim) -> ActionAnswer:
        """Look whether the portal has the claim."""
        return await self._perform("find_claim", _named(claim, "claim_number", "member_id"))

    async def fill(self, claim: Claim) -> ActionAnswer:
        """Enter the claim, up to the review."""
        return await self._perform("fill_claim", {"claim": claim})

    async def review(self) -> ActionAnswer:
        """Read the review."""
        return await self._perform("read_review", {})

    async def submit(self) -> ActionAnswer:
        """Submit what the review shows."""
        return await self.session.perform(
            "payer_portal.submit_claim", {}, timeout=IN_TIME, guard=self.journal
        )

    async def read(self, claim: Claim) -> ActionAnswer:
        """Read the claim as the portal holds it."""
        arguments = _named(claim, "claim_number", "member_id", "attachments")
        return await self._perform("read_claim", arguments)

    async def _perform(self, verb: str, arguments: Claim) -> ActionAnswer:
        return await self.session.perform(f"payer_portal.{verb}", arguments, timeout=IN_TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontOffice:
    """A running portal, and a stage on which bots are at work before it."""

    portal: PortalProcess
    world: World
    stage: BrowserStage
    account: Account
    logins: MemoryLogins

    @asynccontextmanager
    async def performer(self, claim: Claim) -> AsyncIterator[Performer]:
        """Open a session for an attempt at a claim."""
        assignment = Assignment(
            item=ItemId("i1"),
            attempt=AttemptId("a1"),
            account=self.account.name,
            client="lakeside",
            bots=("payer_portal",),
            sensitive=frozenset().union(*(sensitive_forms(claim[n]) for n in SECRET_FIELDS)),
        )
        async with self.stage.session(assignment) as session:
            yield Performer(session=session)


@asynccontextmanager
async def front_office(folder: Path, *, faults: str = "none") -> AsyncIterator[FrontOffice]:
    """Start a portal that suffers such faults, and a stage before it; stop both at the end."""
    world = example_world(TODAY)
    login = world.logins[0]
    path = "payer_portal/lakeside"
    vault = DictVault(
        {
            f"{path}/user": login.user,
            f"{path}/password": login.password,
            f"{path}/totp": login.totp_secret,
        }
    )
    clock, logins = LeapingClock(), MemoryLogins()
    keeper = LoginKeeper(store=logins, vault=vault, clock=clock, pause=clock.pause)
    with PortalProcess.start(data_dir=folder, world=world, faults=faults, today=TODAY) as portal:
        account = Account(
            name=account_name("payer_portal", "lakeside"),
            portal="payer_portal",
            client="lakeside",
            url=portal.url,
            login=path,
        )
        bots = ProjectBots(ROOT / "bots")
        stage = BrowserStage(bots=bots, accounts=[account], keeper=keeper, settings=SETTINGS)
        await stage.start()
        try:
            yield FrontOffice(
                portal=portal, world=world, stage=stage, account=account, logins=logins
            )
        finally:
            await stage.stop()


def a_claim(number: str = "CLM-0000200", /, **changes: object) -> dict[str, object]:
    """A claim that the portal accepts, as an item has it."""
    return {
        "claim_number": number,
        "frequency": "original",
        "original_ref": None,
        "payer_id": "60054",
        "filing_deadline": TODAY + timedelta(days=90),
        "member_id": "W100000001",
        "patient_name": "Maria Alvarez",
        "patient_dob": date(1980, 3, 14),
        "provider_npi": npi_from("140302998"),
        "place_of_service": "11",
        "diagnosis_codes": ["E11.9", "M54.50"],
        "prior_auth": None,
        "attachments": [],
        "total_charge": Decimal("1245.50"),
        "lines": [
            _line(TODAY - timedelta(days=5), units=1, charge="1145.50"),
            _line(TODAY - timedelta(days=4), units=2, charge="100.00", modifier="25"),
        ],
        **changes,
    }


def _line(day: date, *, units: int, charge: str, modifier: str | None = None) -> dict[str, object]:
    return {
        "service_date": day,
        "code": "G0463",
        "modifier": modifier,
        "units": units,
        "charge": Decimal(charge),
    }


def _named(claim: Claim, *names: str) -> dict[str, object]:
    return {name: claim[name] for name in names}
