"""Finding the cause of an error: what the error says, then what the page tells."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from playwright.async_api import Error

from deskhand.browsers.bot import PortalBot
from deskhand.browsers.faults import Verdict, verdict
from deskhand.browsers.open_portal import OpenPortal
from deskhand.browsers.repair import suggestion
from deskhand.browsers.trouble import PortalTroubleError, lost_page, system_cause
from deskhand.domain.cause import Cause, SystemCode
from deskhand.domain.redaction import redact

_LOOK = timedelta(seconds=5)


async def cause_of(
    error: BaseException,
    *,
    bot: PortalBot | None,
    portal: OpenPortal | None,
    folder: Path | None,
    sensitive: Iterable[str],
) -> Cause:
    """Return the cause of an action's failure, with every sensitive value taken out."""
    found = verdict(error, folder=folder)
    cause = found.cause
    if bot is not None and portal is not None and portal.is_open:
        portal.spoiled |= found.spoils
        cause = await _probed(found, bot=bot, portal=portal) if found.probe else cause
    forms = frozenset(sensitive)
    return replace(cause, message=redact(cause.message, forms), hint=redact(cause.hint, forms))


async def _probed(found: Verdict, *, bot: PortalBot, portal: OpenPortal) -> Cause:
    if portal.is_blank and found.cause.code == SystemCode.LAYOUT_CHANGED:
        return lost_page().cause
    # A page that does not even answer a probe leaves the error's own meaning.
    with suppress(TimeoutError, Error):
        async with asyncio.timeout(_LOOK.total_seconds()):
            return await _told_by_page(found, bot=bot, portal=portal)
    return _crashed(portal) if portal.watch.crashed else found.cause


def _crashed(portal: OpenPortal) -> Cause:
    portal.spoiled = True
    return system_cause(SystemCode.BROWSER_LOST, "the page crashed")


async def _told_by_page(found: Verdict, *, bot: PortalBot, portal: OpenPortal) -> Cause:
    if portal.watch.crashed:
        return _crashed(portal)
    try:
        cleared = await bot.clear_the_way()
    except PortalTroubleError as sign:
        return sign.cause
    if not await _logged_in(bot):
        return system_cause(SystemCode.SESSION_LOST, "the portal shows its login page")
    if portal.watch.document_cause is not None:
        return portal.watch.document_cause
    if cleared:
        message = "something lay over the page; it has been cleared away"
        return system_cause(SystemCode.TRANSIENT, message)
    return await _with_suggestion(found, portal=portal)


async def _logged_in(bot: PortalBot) -> bool:
    try:
        return await bot.logged_in()
    except Exception:  # noqa: BLE001 (a faulty question must not hide the error that asked it)
        return True


async def _with_suggestion(found: Verdict, *, portal: OpenPortal) -> Cause:
    if found.cause.code != SystemCode.LAYOUT_CHANGED:
        return found.cause
    if portal.watch.script_failed:
        return system_cause(SystemCode.TRANSIENT, "a script of the page has failed")
    return replace(found.cause, hint=await suggestion(portal.page, found.locator))
