"""Who plays in one attempt: its bots, each with its account and, for a portal, its page."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import StorageState

from deskhand.browsers.act import Act
from deskhand.browsers.bot import Bot, PortalBot
from deskhand.browsers.catalogue import ProjectBots
from deskhand.browsers.form_reader import FormReader
from deskhand.browsers.login import LoginKeeper, SavedLogin
from deskhand.browsers.open_portal import OpenPortal
from deskhand.browsers.pool import BrowserPool
from deskhand.browsers.stage_settings import StageSettings
from deskhand.browsers.trouble import lost_page
from deskhand.domain.account import Account, account_name
from deskhand.domain.identifiers import AccountName
from deskhand.domain.login import Login
from deskhand.domain.redaction import secret_forms
from deskhand.domain.sealed import Sealed
from deskhand.errors import BotError, BusinessException, NotFoundError, StopException
from deskhand.ports.action import ActionSignature, Assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class Backstage:
    """What all attempts of a worker share."""

    bots: ProjectBots
    accounts: dict[AccountName, Account]
    pool: BrowserPool
    keeper: LoginKeeper
    settings: StageSettings
    readers: dict[str, FormReader] = field(default_factory=dict)


class Cast:
    """Makes the bots of an attempt ready, when they are first needed, and logged in."""

    def __init__(self, assignment: Assignment, *, backstage: Backstage) -> None:
        self._assignment = assignment
        self._backstage = backstage
        self._bots: dict[str, Bot] = {}
        self._portals: dict[str, OpenPortal] = {}
        self._logins: dict[str, SavedLogin | None] = {}
        self._logins_tried: Counter[str] = Counter()
        self.secrets: set[str] = set()
        self.portal_in_use: OpenPortal | None = None
        self.bot_in_use: PortalBot | None = None

    def signature(self, action: str) -> ActionSignature:
        """The signature of `bot.verb`; raises `NotFoundError` or `BotError`."""
        bot, _, verb = action.partition(".")
        found = self._backstage.bots.actions(bot)
        if verb not in found:
            raise NotFoundError("action", action, advice=f"{bot} has: {', '.join(sorted(found))}")
        return found[verb]

    def folder(self, bot: str) -> Path:
        """The folder with the bot's own files."""
        return self._backstage.bots.folder / bot

    def portal(self, bot: str) -> OpenPortal | None:
        """The portal of a bot, if it is open."""
        return self._portals.get(bot)

    def portal_bot(self, bot: str) -> PortalBot | None:
        """The bot, if it is one with a page and was made ready."""
        made = self._bots.get(bot)
        return made if isinstance(made, PortalBot) else None

    async def ready(self, name: str) -> Bot:
        """Return the bot, on a page that works, and logged in as far as one can know."""
        bot = self._bots.get(name)
        if bot is None:
            bot = self._bots[name] = self._made(name)
        portal = self._portals.get(name)
        if portal is not None and isinstance(bot, PortalBot):
            self.portal_in_use, self.bot_in_use = portal, bot
            if portal.died:
                raise lost_page()
            if not portal.is_open:
                await self._open(name, bot, portal)
            elif portal.spoiled:
                await portal.new_page()
        return bot

    def logins_tried(self, name: str) -> int:
        """How often this attempt has logged in, or tried to."""
        return self._logins_tried[name]

    async def log_in_again(self, name: str) -> None:
        """Renew the login that the portal no longer honours; raises when that fails."""
        bot = self.portal_bot(name)
        if bot is None:
            raise BotError(f"{name} has no portal to log in to")
        await self._log_in(name, bot, self._portals[name])

    async def drop_login(self, name: str) -> None:
        """Forget the saved login that the portal no longer honours."""
        account = self._portals[name].account.name
        await self._backstage.keeper.drop(account, used=self._logins.get(name))

    async def end_act(self, name: str, act: Act, *, failed: bool) -> None:
        """Take the gate of an act away, safely."""
        portal = self._portals.get(name)
        if portal is None:
            act.end_unseen(failed=failed)
        else:
            await act.end(portal, failed=failed)

    async def lose(self, name: str) -> None:
        """Give up a portal whose page or browser died; it is opened anew when next needed."""
        portal = self._portals.get(name)
        if portal is not None and not portal.spoiled:
            await portal.close()

    async def close(self) -> None:
        """Close every portal."""
        self.portal_in_use = self.bot_in_use = None
        for portal in self._portals.values():
            await portal.close()

    def _made(self, name: str) -> Bot:
        bot_class = self._backstage.bots.bot_class(name)
        account = self._account(name, needed=issubclass(bot_class, PortalBot))
        if not issubclass(bot_class, PortalBot):
            return bot_class(account=account, credentials=lambda: self._credentials(account))
        portal = self._portals[name] = OpenPortal(
            account=account,
            pool=self._backstage.pool,
            settings=self._backstage.settings,
            reader=self._backstage.readers.setdefault(name, FormReader()),
            dialogs=bot_class.dialogs,
        )
        return bot_class(
            account=account,
            credentials=lambda: self._credentials(account),
            portal=portal,
            one_time_code=lambda login: self._one_time_code(account, login),
        )

    async def _credentials(self, account: Account) -> Login:
        login = await self._backstage.keeper.credentials(account)
        self._keep_secret(login.password, login.totp)
        return login

    async def _one_time_code(self, account: Account, login: Login) -> Sealed[str]:
        code = await self._backstage.keeper.one_time_code(account.name, login)
        self._keep_secret(code)
        return code

    def _keep_secret(self, *words: Sealed[str] | None) -> None:
        # A portal may write into a page, or into a refusal, what was typed into its fields.
        self.secrets |= {form for word in words if word for form in secret_forms(word.reveal())}

    def _account(self, bot: str, *, needed: bool) -> Account:
        accounts = self._backstage.accounts
        assigned = accounts.get(self._assignment.account)
        if assigned is not None and assigned.portal == bot:
            return assigned
        name = account_name(bot, self._assignment.client)
        if name in accounts:
            return accounts[name]
        if needed:
            raise NotFoundError("account", name, advice="add it to accounts.yaml")
        return Account(name=name, portal=bot, client=self._assignment.client, url="", login=bot)

    async def _open(self, name: str, bot: PortalBot, portal: OpenPortal) -> None:
        saved = await self._backstage.keeper.saved(portal.account.name)
        self._logins[name] = saved
        options = {
            "locale": bot.locale,
            "timezone_id": bot.timezone,
            "reduced_motion": "reduce",
            "accept_downloads": bot.downloads,
        }
        await portal.open(state=saved.state if saved else None, options=options)
        if saved is None and type(bot).log_in is not PortalBot.log_in:
            await self._log_in(name, bot, portal)

    async def _log_in(self, name: str, bot: PortalBot, portal: OpenPortal) -> None:
        self._logins_tried[name] += 1
        async with asyncio.timeout(self._backstage.settings.login.total_seconds()):
            if not portal.is_open or portal.spoiled:
                await portal.new_page()
            saved, own = await self._backstage.keeper.renew(
                portal.account.name,
                used=self._logins.get(name),
                log_in=lambda: self._enter(bot),
            )
            self._logins[name] = saved
            if not own:
                await portal.adopt(saved.state)
                await portal.new_page()

    async def _enter(self, bot: PortalBot) -> StorageState:
        try:
            return await bot.renewed_state(await bot.login())
        except BusinessException as refusal:
            # A login that the portal refuses is never tried again by itself: it would be locked.
            raise StopException(refusal.code, refusal.message) from refusal
