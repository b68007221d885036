"""The bots of one attempt: every call of theirs comes back as an answer."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from playwright.async_api import Error
from tenacity import AsyncRetrying, RetryCallState, retry_if_result, stop_after_attempt

from deskhand.browsers.arguments import answered, bound, plain, sealed_forms
from deskhand.browsers.bot import PortalBot
from deskhand.browsers.capture import masked_picture, redacted_snapshot
from deskhand.browsers.cast import Cast
from deskhand.browsers.open_portal import OpenPortal
from deskhand.browsers.probing import cause_of
from deskhand.browsers.trouble import system_cause
from deskhand.domain.cause import PORTAL_REFUSED, Cause, CauseKind, SystemCode, is_code
from deskhand.domain.evidence import Capture, EvidenceKind
from deskhand.domain.redaction import redact
from deskhand.domain.result import NotThere, Refused, Result, Unsure
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.errors import BotError, FencedError, StoreError
from deskhand.ports.action import (
    Absent,
    ActionAnswer,
    ActionEffect,
    ActionSignature,
    Assignment,
    CommitGuard,
    Doubtful,
    Failed,
    Returned,
)

RETRIED_IN_STEP = frozenset(
    {
        SystemCode.TRANSIENT,
        SystemCode.PORTAL_DOWN,
        SystemCode.PORTAL_BUSY,
        SystemCode.FIELD_NOT_HELD,
    }
)
"""Causes that seconds may cure. Others need a new attempt: a page that is lost is not restored."""

CAPTURE_LIMIT = timedelta(seconds=10)
"""How long one piece of evidence may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    signature: ActionSignature
    given: Mapping[str, object]
    timeout: timedelta
    guard: CommitGuard | None

    @property
    def writes(self) -> bool:
        return self.signature.effect is ActionEffect.WRITE


class BotSession:
    """Performs actions and captures evidence for one attempt."""

    def __init__(self, assignment: Assignment, *, cast: Cast) -> None:
        self._cast = cast
        self._sensitive = set(assignment.sensitive)

    async def perform(
        self,
        action: str,
        arguments: Mapping[str, object],
        *,
        timeout: timedelta,
        retry: RetryPolicy | None = None,
        guard: CommitGuard | None = None,
    ) -> ActionAnswer:
        """Perform `bot.verb`; `timeout` bounds each try of it.

        Only what is not the portal's or the bot's passes through: cancellation, `FencedError`
        and `StoreError`.
        """
        try:
            signature = self._cast.signature(action)
            given = bound(signature, arguments)
        except Exception as error:  # noqa: BLE001 (every error of a bot becomes an answer)
            return await self._failed(error, bot=action.partition(".")[0])
        self._sensitive |= sealed_forms(given)
        call = _Call(signature=signature, given=given, timeout=timeout, guard=guard)
        if retry is None or call.writes:
            return await self._perform(call)
        retrying = AsyncRetrying(
            retry=retry_if_result(lambda answer: _worth_retrying(answer, retry)),
            stop=stop_after_attempt(retry.tries),
            wait=lambda state: _pause(state, retry),
            retry_error_callback=_last_answer,
            sleep=asyncio.sleep,
        )
        return await retrying(self._perform, call)

    async def capture(self, kind: EvidenceKind, *, step: str) -> Capture | None:
        """Take evidence of the page as it is, masked; None when there is no page to take."""
        portal, bot = self._cast.portal_in_use, self._cast.bot_in_use
        if portal is None or bot is None or not portal.is_open:
            return None
        try:
            # A page whose script never ends answers nothing: the item must not wait for it.
            async with asyncio.timeout(CAPTURE_LIMIT.total_seconds()):
                content = await self._captured(kind, bot=bot, portal=portal)
        except (Error, ConnectionError, TimeoutError):
            return None
        return None if content is None else Capture(kind=kind, step=step, content=content)

    async def close(self) -> None:
        """Close the contexts of this attempt."""
        await self._cast.close()

    @property
    def _unsayable(self) -> set[str]:
        """The forms of all that no message may say and no capture show."""
        return self._sensitive | self._cast.secrets

    async def _captured(
        self, kind: EvidenceKind, *, bot: PortalBot, portal: OpenPortal
    ) -> bytes | None:
        # A failure may come before anything was read of what the page shows.
        sensitive = self._unsayable | await bot.concealed_texts()
        if kind is EvidenceKind.SNAPSHOT:
            return await redacted_snapshot(portal.page, sensitive=sensitive)
        return await masked_picture(portal.page, sensitive=sensitive, sealed=portal.sealed_fields())

    async def _perform(self, call: _Call) -> ActionAnswer:
        name = call.signature.bot
        tried = self._cast.logins_tried(name)
        answer = await self._perform_once(call)
        # A login that has just been made, or refused, is not made again: accounts get locked.
        if not _lost_session(answer) or self._cast.logins_tried(name) > tried:
            return answer
        if call.writes:
            await self._cast.drop_login(name)
            return answer
        try:
            await self._cast.log_in_again(name)
        except (FencedError, StoreError):
            raise
        except Exception as error:  # noqa: BLE001 (every error of a bot becomes an answer)
            return await self._failed(error, bot=name)
        return _after_login(await self._perform_once(call))

    async def _perform_once(self, call: _Call) -> ActionAnswer:
        name = call.signature.bot
        act = None
        answer: ActionAnswer | None = None
        try:
            bot = await self._cast.ready(name)
            act = bot.act_with(call.guard if call.writes else None)
            async with asyncio.timeout(call.timeout.total_seconds()):
                value = await getattr(bot, call.signature.name)(**call.given)
            answer = self._answer(value, call.signature)
            if act is not None and act.was_held:
                act.refuse()
        except (FencedError, StoreError):
            raise
        except Exception as error:  # noqa: BLE001 (every error of a bot becomes an answer)
            answer = await self._failed(error, bot=name)
        finally:
            if act is not None:
                failed = answer is None or (isinstance(answer, Failed) and _is_trouble(answer))
                await self._cast.end_act(name, act, failed=failed)
        return answer

    def _answer(self, value: object, signature: ActionSignature) -> ActionAnswer:
        if isinstance(value, Refused):
            # Whatever the action says of its answers: a portal's no is never lost.
            return self._refusal(value)
        value = answered(signature, value)
        match value:
            case None:
                return Returned(value=None)
            case Result():
                self._sensitive |= sealed_forms(value)
                fields = plain(value)
                return Returned(value=fields if isinstance(fields, dict) else None)
            case NotThere():
                return Absent()
            case Unsure():
                return Doubtful(reason=redact(value.reason, self._unsayable))
            case _:
                raise BotError(
                    f"an action returned a {type(value).__name__}; it may return a Result, "
                    "NotThere, Unsure, Refused or None"
                )

    def _refusal(self, value: Refused) -> Failed:
        message = redact(value.message, self._unsayable)
        cause = Cause(kind=CauseKind.BUSINESS, code=value.code, message=message)
        return Failed(cause=self._coded(cause))

    def _coded(self, cause: Cause) -> Cause:
        """Return the cause with a code that may stand in clear, in mails and logs.

        What a portal writes in the place of a code may be a sentence, with a name in it.
        """
        if is_code(cause.code) and redact(cause.code, self._unsayable) == cause.code:
            return cause
        words = f"{cause.code}: {cause.message}" if cause.message else cause.code
        return replace(cause, code=PORTAL_REFUSED, message=redact(words, self._unsayable))

    async def _failed(self, error: Exception, *, bot: str) -> Failed:
        cause = await cause_of(
            error,
            bot=self._cast.portal_bot(bot),
            portal=self._cast.portal(bot),
            folder=self._cast.folder(bot),
            sensitive=self._unsayable,
        )
        if cause.code == SystemCode.BROWSER_LOST:
            await self._cast.lose(bot)
        return Failed(cause=self._coded(cause))


def _is_trouble(answer: Failed) -> bool:
    return answer.cause.kind is not CauseKind.BUSINESS


def _lost_session(answer: ActionAnswer) -> bool:
    return isinstance(answer, Failed) and answer.cause.code == SystemCode.SESSION_LOST


def _after_login(answer: ActionAnswer) -> ActionAnswer:
    """The page of the steps before is gone with the old session: only a new attempt brings it."""
    if isinstance(answer, Failed) and answer.cause.code == SystemCode.LAYOUT_CHANGED:
        message = "the portal ended the session; what was filled in before is lost"
        return Failed(cause=system_cause(SystemCode.SESSION_LOST, message))
    return answer


def _worth_retrying(answer: ActionAnswer, retry: RetryPolicy) -> bool:
    if not isinstance(answer, Failed) or answer.cause.kind is not CauseKind.SYSTEM:
        return False
    wish = timedelta(seconds=answer.cause.retry_after or 0)
    return answer.cause.code in RETRIED_IN_STEP and wish <= retry.max


def _pause(state: RetryCallState, retry: RetryPolicy) -> float:
    answer = _last_answer(state)
    chance = secrets.SystemRandom().random()
    own = retry.delay(spent=state.attempt_number, chance=chance).total_seconds()
    wish = answer.cause.retry_after if isinstance(answer, Failed) else None
    return max(own, wish or 0.0)


def _last_answer(state: RetryCallState) -> ActionAnswer:
    if state.outcome is None:
        raise RuntimeError("asked for the answer of a try that was not made")
    answer: ActionAnswer = state.outcome.result()
    return answer
