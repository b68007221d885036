"""Asking a source what is to be done, through a session as every action is performed."""

import asyncio
from zoneinfo import ZoneInfo

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.identifiers import AttemptId, ItemId
from deskhand.errors import ExpressionError
from deskhand.ports.action import ActionAnswer, Assignment, Failed, Stage
from deskhand.ports.clock import Clock
from deskhand.runtime.scope import set_moment
from deskhand.use_cases.take_slot import ASK_AT_MOST, Firing


async def ask_source(firing: Firing, *, stage: Stage, clock: Clock) -> ActionAnswer:
    """Ask a slot's source for its client; an answer in any case, in bounded time.

    A bot without a page opens no browser.
    """
    call, slot = firing.watched.trigger.source, firing.slot
    now = clock.now()
    zone = ZoneInfo(firing.watched.trigger.timezone)
    scope: dict[str, object] = {"params": firing.watched.runbook.params}
    set_moment(scope, now, zone=zone)
    try:
        arguments = {name: value.value(scope) for name, value in call.arguments.items()}
    except ExpressionError as error:
        return _failed(SystemCode.RUNBOOK_FAULTY, str(error))
    assignment = Assignment(
        item=ItemId(slot.id),
        attempt=AttemptId(slot.id),
        account=firing.account,
        client=slot.client,
        bots=(firing.bot,),
    )
    try:
        async with asyncio.timeout(ASK_AT_MOST.total_seconds()), stage.session(assignment) as asked:
            return await asked.perform(call.action, arguments, timeout=ASK_AT_MOST)
    except TimeoutError:
        return _failed(SystemCode.TIMED_OUT, f"no answer within {ASK_AT_MOST}")


def _failed(code: str, message: str) -> Failed:
    return Failed(cause=Cause(kind=CauseKind.SYSTEM, code=code, message=message))
