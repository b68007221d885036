"""One act of a write action: the intent before it, the gate around it, what is known after it."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from playwright.async_api import BrowserContext, Error

from deskhand.browsers.open_portal import OpenPortal
from deskhand.browsers.trouble import PortalTroubleError, system_cause
from deskhand.browsers.wire_gate import WireGate
from deskhand.domain.cause import SystemCode
from deskhand.ports.action import CommitGuard

_DECISION = timedelta(milliseconds=500)
_HELD = "held back at the wire: this attempt may not act any more"


class Act:
    """Lets an act happen in the right order, and tells afterwards what is certain about it."""

    def __init__(self, guard: CommitGuard) -> None:
        self._guard = guard
        self._gate: WireGate | None = None
        self._intended = False
        self._noted = False

    async def intend(self) -> None:
        """Write the intent; raises `FencedError`."""
        await self._guard.intend()
        self._intended = True

    async def announce(self) -> None:
        """Ask for leave and note the act as sent, for an act that no gate can see."""
        leaves = await self._guard.may_leave()
        self._noted = True
        if not leaves:
            self._guard.held_back()
            raise _held_back()
        self._guard.sent()

    async def through_gate(
        self, context: BrowserContext, do: Callable[[], Awaitable[object]]
    ) -> None:
        """Act behind a gate, which stays until `end`: a page may send a moment after the click."""
        self._gate = WireGate(self._guard)
        await self._gate.close_over(context)
        await do()
        await self._gate.decided(within=_DECISION)
        if self.was_held:
            raise _held_back()

    @property
    def was_held(self) -> bool:
        """Whether the act was stopped at the wire."""
        return self._gate is not None and self._gate.held and not self._gate.sent

    def refuse(self) -> None:
        """Raise for an act that was stopped at the wire, whatever the page has shown since."""
        raise _held_back()

    def end_unseen(self, *, failed: bool) -> None:
        """Note what is certain of an act without a gate."""
        if failed and self._intended and not self._noted:
            self._guard.held_back()

    async def end(self, portal: OpenPortal, *, failed: bool) -> None:
        """Take the gate away. After a failure with nothing sent, make sure that it stays so.

        The page may still be about to send: it is closed behind the shut gate. Only then is it
        certain, and noted, that the act has not reached the portal.
        """
        if self._gate is None:
            self.end_unseen(failed=failed)
            return
        if failed:
            self._gate.shut()
        if failed and portal.is_open and self._gate.nothing_left:
            # Held once or not seen at all: the page may try again, so it goes before the gate does.
            with suppress(Error, ConnectionError):
                await portal.start_over()
                self._note_unsent(self._gate)
        if portal.is_open:
            await self._gate.remove_from(portal.context)

    def _note_unsent(self, gate: WireGate) -> None:
        # Closing the page may have made it send after all: the gate has then held, and noted, it.
        if gate.nothing_left and not gate.held:
            self._guard.held_back()


def _held_back() -> PortalTroubleError:
    return PortalTroubleError(system_cause(SystemCode.WORKER_LOST, _HELD))
