"""Where the bots of one worker perform."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from deskhand.browsers.cast import Backstage, Cast
from deskhand.browsers.catalogue import ProjectBots
from deskhand.browsers.login import LoginKeeper
from deskhand.browsers.pool import BrowserPool
from deskhand.browsers.session import BotSession
from deskhand.browsers.stage_settings import StageSettings
from deskhand.domain.account import Account
from deskhand.ports.action import Assignment, Session


class BrowserStage:
    """Owns the browsers of one worker; opens a session, with fresh contexts, for each attempt."""

    def __init__(
        self,
        *,
        bots: ProjectBots,
        accounts: Iterable[Account],
        keeper: LoginKeeper,
        settings: StageSettings | None = None,
    ) -> None:
        settings = settings or StageSettings()
        self._pool = BrowserPool(settings)
        self._backstage = Backstage(
            bots=bots,
            accounts={account.name: account for account in accounts},
            pool=self._pool,
            keeper=keeper,
            settings=settings,
        )

    async def start(self) -> None:
        """Start a browser; raises `BrowserUnavailableError`."""
        await self._pool.start()

    def session(self, assignment: Assignment) -> AbstractAsyncContextManager[Session]:
        """Open a session for one attempt; leaving the context closes it, whatever happened."""
        return self._session(assignment)

    async def stop(self) -> None:
        """Close everything."""
        await self._pool.stop()

    @asynccontextmanager
    async def _session(self, assignment: Assignment) -> AsyncIterator[Session]:
        session = BotSession(assignment, cast=Cast(assignment, backstage=self._backstage))
        try:
            yield session
        finally:
            await session.close()
