"""A stage with the tiny bot, and doubles that behave for what stands behind it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deskhand.browsers.catalogue import ProjectBots
from deskhand.browsers.login import LoginKeeper
from deskhand.browsers.stage import BrowserStage
from deskhand.browsers.stage_settings import StageSettings
from deskhand.domain.account import Account, account_name
from deskhand.domain.identifiers import AccountName, AttemptId, ItemId
from deskhand.domain.sealed import Sealed
from deskhand.errors import BotError, FencedError, SecretMissingError
from deskhand.ports.action import ActionAnswer, Assignment, Session

PROJECT = Path(__file__).parent / "project"
IN_TIME = timedelta(seconds=20)
QUICK = StageSettings(patience=timedelta(seconds=2), navigation=timedelta(seconds=5))


class MemoryLogins:
    """A login store that forgets with its process."""

    def __init__(self) -> None:
        self.states: dict[AccountName, bytes] = {}
        self.saved = 0
        self._locks: dict[AccountName, asyncio.Lock] = {}

    async def load(self, account: AccountName) -> bytes | None:
        return self.states.get(account)

    async def save(self, account: AccountName, state: bytes) -> None:
        self.saved += 1
        self.states[account] = state

    async def forget(self, account: AccountName) -> None:
        self.states.pop(account, None)

    @asynccontextmanager
    async def logging_in(self, account: AccountName) -> AsyncIterator[None]:
        async with self._locks.setdefault(account, asyncio.Lock()):
            yield


class DictVault:
    """A vault of a few words."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = secrets

    def secret(self, name: str) -> Sealed[str]:
        if name not in self._secrets:
            raise SecretMissingError(name, advice="this test has none")
        return Sealed(self._secrets[name])


class WallClock:
    """This machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Journal:
    """A commit guard that says what it is told to, and writes down what it was asked."""

    owned: bool = True
    fenced: bool = False
    log: list[str] = field(default_factory=list)

    async def intend(self) -> None:
        if "intend" in self.log:
            raise BotError("commit() may be called once in an action")
        if self.fenced:
            raise FencedError("a1")
        self.log.append("intend")

    async def may_leave(self) -> bool:
        return self.owned

    def sent(self) -> None:
        self.log.append("sent")

    def held_back(self) -> None:
        self.log.append("held back")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A stage for one portal, with everything behind it within reach."""

    stage: BrowserStage
    account: Account
    logins: MemoryLogins

    @asynccontextmanager
    async def session(self, *, sensitive: frozenset[str] = frozenset()) -> AsyncIterator[Session]:
        """Open a session for one attempt."""
        assignment = Assignment(
            item=ItemId("i1"),
            attempt=AttemptId("a1"),
            account=self.account.name,
            client=self.account.client,
            bots=(self.account.portal,),
            sensitive=sensitive,
        )
        async with self.stage.session(assignment) as session:
            yield session

    async def perform(self, verb: str, **arguments: object) -> ActionAnswer:
        """Perform one action in a session of its own."""
        async with self.session() as session:
            path = f"{self.account.portal}.{verb}"
            return await session.perform(path, arguments, timeout=IN_TIME)


@asynccontextmanager
async def open_desk(
    *,
    url: str,
    bot: str = "tiny",
    bots: Path = PROJECT / "bots",
    secrets: Mapping[str, str] | None = None,
    settings: StageSettings = QUICK,
) -> AsyncIterator[Desk]:
    """Start a stage for a bot and its portal, and stop it at the end."""
    account = Account(
        name=account_name(bot, "main"), portal=bot, client="main", url=url, login=f"{bot}/main"
    )
    words = {"user": "ann", "password": "practice"} if secrets is None else secrets
    vault = DictVault({f"{account.login}/{name}": word for name, word in words.items()})
    logins = MemoryLogins()
    stage = BrowserStage(
        bots=ProjectBots(bots),
        accounts=[account],
        keeper=LoginKeeper(store=logins, vault=vault, clock=WallClock()),
        settings=settings,
    )
    await stage.start()
    try:
        yield Desk(stage=stage, account=account, logins=logins)
    finally:
        await stage.stop()
