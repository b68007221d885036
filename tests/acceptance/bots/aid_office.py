"""A practice aid portal with a stage before it, and an officer's other browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pyotp

from deskhand.browsers.catalogue import ProjectBots
from deskhand.browsers.login import LoginKeeper
from deskhand.browsers.stage import BrowserStage
from deskhand.domain.account import Account, account_name
from deskhand.domain.cause import Cause
from deskhand.domain.identifiers import AttemptId, ItemId
from deskhand.domain.redaction import sensitive_forms
from deskhand.ports.action import ActionAnswer, Assignment, Failed, Returned, Session
from tests.acceptance.bots.front_office import IN_TIME, SETTINGS, LeapingClock
from tests.contracts.browsers.desk import DictVault, Journal, MemoryLogins
from tests.portals.aid.process import AidPortalProcess
from tests.portals.aid.world import Login, World, example_world

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 11, 16)
YEAR = "2026-27"
CORRECTED = Decimal("52325.00")
CORRECTION = {"transaction": 1, "agi": CORRECTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """A session before the portal, with the verbs of the aid runbook, for one student."""

    session: Session
    student_id: str
    award_year: str = YEAR
    journal: Journal = field(default_factory=Journal)

    async def read(self, verb: str, **more: object) -> ActionAnswer:
        """Look something up in the student's file."""
        return await self.session.perform(f"aid_portal.{verb}", self._named(more), timeout=IN_TIME)

    async def write(self, verb: str, **more: object) -> ActionAnswer:
        """Act on the student's file, once."""
        return await self.session.perform(
            f"aid_portal.{verb}", self._named(more), timeout=IN_TIME, guard=self.journal
        )

    def _named(self, more: dict[str, object]) -> dict[str, object]:
        return {"student_id": self.student_id, "award_year": self.award_year, **more}


@dataclass(frozen=True, slots=True, kw_only=True)
class AidOffice:
    """A running portal, and a stage on which the bot is at work before it."""

    portal: AidPortalProcess
    stage: BrowserStage
    account: Account
    login: Login
    logins: MemoryLogins

    @asynccontextmanager
    async def officer(self, student_id: str, *, award_year: str = YEAR) -> AsyncIterator[Officer]:
        """Open a session for an attempt at a student's file."""
        assignment = Assignment(
            item=ItemId("i1"),
            attempt=AttemptId("a1"),
            account=self.account.name,
            client="hillside",
            bots=("aid_portal",),
            sensitive=sensitive_forms(student_id),
        )
        async with self.stage.session(assignment) as session:
            yield Officer(session=session, student_id=student_id, award_year=award_year)

    def commits(self, student_id: str) -> list[dict[str, Any]]:
        """What the portal took in for a student."""
        return [row for row in self.portal.ledger() if row["student_id"] == student_id]

    def sign_in_elsewhere(self) -> None:
        """Sign in as a person would with the bot's user id: it ends the bot's session."""
        # The bot may have used the code of this half minute; the portal takes the one before, too.
        with httpx.Client(base_url=self.portal.url, follow_redirects=True, trust_env=False) as c:
            c.post("/SignIn.aspx", data={"user": self.login.user, "password": self.login.password})
            code = pyotp.TOTP(self.login.totp_secret).now()
            assert c.post("/Challenge.aspx", data={"code": code}).url.path == "/Default.aspx"


@asynccontextmanager
async def aid_office(
    folder: Path, *, faults: str = "none", correction_seconds: float = 0
) -> AsyncIterator[AidOffice]:
    """Start a portal that suffers such faults, and a stage before it; stop both at the end."""
    world: World = example_world(TODAY)
    login = world.logins[0]
    path = "aid_portal/hillside"
    secrets = {"user": login.user, "password": login.password, "totp": login.totp_secret}
    vault = DictVault({f"{path}/{name}": secret for name, secret in secrets.items()})
    clock, logins = LeapingClock(), MemoryLogins()
    with AidPortalProcess.start(
        data_dir=folder / "portal",
        world=world,
        faults=faults,
        today=TODAY,
        options=[f"--correction-seconds={correction_seconds}"],
    ) as portal:
        account = Account(
            name=account_name("aid_portal", "hillside"),
            portal="aid_portal",
            client="hillside",
            url=portal.url,
            login=path,
        )
        stage = BrowserStage(
            bots=ProjectBots(ROOT / "bots"),
            accounts=[account],
            keeper=LoginKeeper(store=logins, vault=vault, clock=clock, pause=clock.pause),
            settings=SETTINGS,
        )
        await stage.start()
        try:
            yield AidOffice(portal=portal, stage=stage, account=account, login=login, logins=logins)
        finally:
            await stage.stop()


def cause(answer: ActionAnswer) -> Cause:
    """The cause of an action that must have failed."""
    assert isinstance(answer, Failed), answer
    return answer.cause


def value(answer: ActionAnswer) -> dict[str, Any]:
    """The result of an action that must have given one."""
    assert isinstance(answer, Returned), answer
    assert answer.value is not None
    return dict(answer.value)


async def read_at_last(officer: Officer, verb: str, **more: object) -> ActionAnswer:
    """Ask as the runner does: what is transient is asked again."""
    answer: ActionAnswer = await officer.read(verb, **more)
    for _ in range(2):
        if not isinstance(answer, Failed):
            break
        assert answer.cause.retried, answer
        answer = await officer.read(verb, **more)
    return answer
