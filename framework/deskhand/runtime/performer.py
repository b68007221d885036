"""Performs attempts: from an id to an outcome that the store knows."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from deskhand.domain.attached_files import with_places
from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.effect import Effect
from deskhand.domain.evidence import EvidenceKind
from deskhand.domain.identifiers import AttemptId, WorkerId
from deskhand.domain.outcome import AwaitProof, NeedsPerson, Outcome, TryLater, outcome_name
from deskhand.domain.quality import NOTHING_CHECKED, QualityBook
from deskhand.domain.queue import QueueBook
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.domain.runbook import Runbook
from deskhand.errors import DeskhandError, FencedError, SealBrokenError, StoreUnavailableError
from deskhand.ports.action import Assignment, Session, Stage
from deskhand.ports.clock import Clock
from deskhand.ports.evidence_store import EvidenceStore
from deskhand.ports.observer import Observer
from deskhand.ports.runbook_library import RunbookLibrary
from deskhand.ports.store import Store
from deskhand.ports.vault import Seal
from deskhand.runtime.attempt_run import AttemptRun
from deskhand.runtime.journal import AttemptJournal, StoredJournal
from deskhand.runtime.once_run import OnceOverrides, OnceRun
from deskhand.runtime.scope import new_scope, sensitive_texts
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.ask_person import QuestionJournal
from deskhand.use_cases.begin_attempt import BegunAttempt, begin_attempt
from deskhand.use_cases.fenced_attempt import FencedAttempt
from deskhand.use_cases.journal_act import ActJournal
from deskhand.use_cases.journal_step import StepJournal
from deskhand.use_cases.sealing import fields_context, open_json
from deskhand.use_cases.settle_attempt import Settled, SettlementRules, settle_attempt

SETTLE_AGAIN_SECONDS = 1.0


class EvidenceWanted(Enum):
    """When an attempt's last page is kept."""

    ALWAYS = "on"
    ON_FAILURE = "on-failure"
    NEVER = "off"

    def of(self, outcome: Outcome) -> Sequence[EvidenceKind]:
        """Return what is kept of the last page of an attempt that ends so.

        Of a failure all there is. Where all went well the picture is proof enough; the page's
        structure is for those who look for what is wrong, and costs as much as the picture.
        """
        if self is EvidenceWanted.NEVER:
            return ()
        if isinstance(outcome, TryLater | NeedsPerson | AwaitProof):
            return (EvidenceKind.SCREENSHOT, EvidenceKind.SNAPSHOT)
        return (EvidenceKind.SCREENSHOT,) if self is EvidenceWanted.ALWAYS else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryOverrides:
    """An environment's own pauses between an item's tries; None leaves the runbook's."""

    first: timedelta | None = None
    max: timedelta | None = None

    def applied(self, policy: RetryPolicy) -> RetryPolicy:
        """Return the policy with these pauses in place of its own."""
        return replace(policy, first=self.first or policy.first, max=self.max or policy.max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Performer:
    """Performs the attempts of one worker, each in a session of its own.

    `perform` never raises: whatever happens becomes an outcome, or somebody else's attempt.
    """

    store: Store
    seal: Seal
    clock: Clock
    library: RunbookLibrary
    evidence_store: EvidenceStore
    stage: Stage
    observer: Observer
    thread: StoreThread
    worker: WorkerId
    overrides: OnceOverrides
    book: QueueBook
    quality: QualityBook = NOTHING_CHECKED
    evidence: EvidenceWanted = EvidenceWanted.ALWAYS
    retry: RetryOverrides = RetryOverrides()

    async def perform(self, id: AttemptId) -> str:
        """Perform one attempt; return the word for how it ended."""
        try:
            begun = await self.thread.run(
                begin_attempt, id, store=self.store, clock=self.clock, worker=self.worker
            )
            if begun is None:
                return "not_ours"
            return await self._perform(begun)
        except FencedError:
            self.observer.tell("attempt_fenced", attempt=id, worker=self.worker)
            return "fenced"
        except StoreUnavailableError as error:
            # It was not begun: the reaper finds that nobody has it and gives it back.
            self.observer.tell("store_unavailable", attempt=id, problem=str(error))
            return "store_unavailable"

    async def _perform(self, begun: BegunAttempt) -> str:
        fenced = FencedAttempt(
            item=begun.item,
            attempt=begun.attempt,
            owner=self.worker,
            store=self.store,
            seal=self.seal,
            clock=self.clock,
        )
        outcome, rules = await self._guarded_outcome(begun, fenced)
        settled = await self._settle(outcome, fenced, rules)
        self.observer.tell(
            "attempt_ended",
            attempt=begun.attempt.id,
            outcome=outcome_name(settled.outcome),
            state=settled.state.value,
            cause=getattr(getattr(settled.outcome, "cause", None), "group", None),
        )
        return outcome_name(settled.outcome)

    async def _guarded_outcome(
        self, begun: BegunAttempt, fenced: FencedAttempt
    ) -> tuple[Outcome, SettlementRules]:
        """Return the outcome; the one place where anything at all may have been raised."""
        rules = SettlementRules.without_runbook(begun.item.runbook, book=self.book)
        try:
            runbook = self.library.compile(begun.runbook.source, file=begun.runbook.name)
            retry = self.retry.applied(runbook.item_retry)
            rules = SettlementRules.of(runbook, retry=retry, book=self.book, quality=self.quality)
            waiting = _not_due(begun.effects, self.clock.now())
            if waiting is not None:
                return waiting, rules
            async with asyncio.timeout(runbook.item_timeout.total_seconds()):
                return await self._outcome(begun, fenced, runbook), rules
        except TimeoutError:
            cause = _system(SystemCode.TIMED_OUT, "the item took longer than it may")
            return TryLater(cause=cause), rules
        except FencedError:
            raise
        except StoreUnavailableError:
            away = "the database, or the folder for evidence, could not be written"
            return TryLater(cause=_system(SystemCode.STORE_AWAY, away)), rules
        except DeskhandError as error:
            # Our own messages are safe to keep: a runbook that no longer fits its bots, a key.
            broken = isinstance(error, SealBrokenError)
            code = SystemCode.SEAL_BROKEN if broken else SystemCode.CONFIGURATION
            return NeedsPerson(cause=_system(code, str(error))), rules
        except Exception as error:  # noqa: BLE001 - the outermost edge of an attempt
            # The class only: a foreign message may quote the page.
            faulty = _system(SystemCode.BOT_FAULTY, type(error).__name__)
            return NeedsPerson(cause=faulty), rules

    async def _outcome(
        self, begun: BegunAttempt, fenced: FencedAttempt, runbook: Runbook
    ) -> Outcome:
        plain = open_json(
            begun.item.sealed_fields, seal=self.seal, context=fields_context(begun.item.id)
        )
        typed = self.library.typed_fields(runbook, plain)
        values = with_places(runbook.item, typed, folder=begun.folder)
        journal = StoredJournal(
            StepJournal(fenced=fenced, evidence_store=self.evidence_store),
            ActJournal(fenced=fenced),
            QuestionJournal(fenced=fenced),
            thread=self.thread,
        )
        scope = await self._scope(begun, runbook, values, journal)
        assignment = Assignment(
            item=begun.item.id,
            attempt=begun.attempt.id,
            account=begun.attempt.account,
            client=begun.item.client,
            bots=runbook.bots,
            sensitive=sensitive_texts(runbook, values),
        )
        async with self.stage.session(assignment) as session:
            once = OnceRun(
                session=session,
                journal=journal,
                clock=self.clock,
                overrides=self.overrides,
                scope=scope,
                acts=_acts(begun.effects),
                verified=begun.verified,
            )
            run = AttemptRun(
                runbook=runbook,
                session=session,
                journal=journal,
                once=once,
                scope=scope,
                begun_at=begun.begun_at,
                zone=self.book.zone(begun.item.client),
            )
            outcome = await run.outcome()
            await self._capture_end(session, journal, outcome)
            return outcome

    async def _scope(
        self,
        begun: BegunAttempt,
        runbook: Runbook,
        values: dict[str, object],
        journal: AttemptJournal,
    ) -> dict[str, object]:
        """Build what expressions see: the item, the parameters, and every kept result."""
        scope = new_scope(
            runbook,
            values,
            now=begun.begun_at[begun.attempt.id],
            zone=self.book.zone(begun.item.client),
        )
        for result in begun.results:
            scope[result.step] = await journal.opened(result)
        return scope

    async def _capture_end(
        self, session: Session, journal: AttemptJournal, outcome: Outcome
    ) -> None:
        captures = [await session.capture(kind, step="end") for kind in self.evidence.of(outcome)]
        await journal.captured([capture for capture in captures if capture is not None])

    async def _settle(
        self, outcome: Outcome, fenced: FencedAttempt, rules: SettlementRules
    ) -> Settled:
        """Settle, and while the store is away, again: what happened is known only here."""
        while True:
            try:
                return await self._settle_once(outcome, fenced, rules)
            except StoreUnavailableError as error:
                self.observer.tell("settling_again", attempt=fenced.attempt.id, problem=str(error))
                await asyncio.sleep(SETTLE_AGAIN_SECONDS)
            except FencedError:
                raise
            except Exception as error:
                if _is_unkeepable(outcome):
                    raise
                cause = _system(SystemCode.BOT_FAULTY, f"not kept: {type(error).__name__}")
                outcome = NeedsPerson(cause=cause)

    async def _settle_once(
        self, outcome: Outcome, fenced: FencedAttempt, rules: SettlementRules
    ) -> Settled:
        return await self.thread.run(
            settle_attempt,
            outcome,
            fenced=fenced,
            rules=rules,
            chance=random.random(),  # noqa: S311 - jitter, no secret
        )


def _is_unkeepable(outcome: Outcome) -> bool:
    """Whether this is already the plain outcome that stands for one that could not be kept."""
    return isinstance(outcome, NeedsPerson) and outcome.cause.message.startswith("not kept: ")


def _not_due(effects: tuple[Effect, ...], now: datetime) -> AwaitProof | None:
    """Return the wait that is left before an open act may be asked about; no browser needed."""
    for effect in effects:
        if not effect.settled and now < effect.ask_at:
            cause = Cause(kind=CauseKind.UNCERTAIN, code="OUTCOME_UNKNOWN", step=effect.step)
            return AwaitProof(cause=cause, ask_at=effect.ask_at)
    return None


def _acts(effects: tuple[Effect, ...]) -> dict[str, list[Effect]]:
    acts: dict[str, list[Effect]] = {}
    for effect in effects:
        acts.setdefault(effect.step, []).append(effect)
    return acts


def _system(code: str, message: str) -> Cause:
    return Cause(kind=CauseKind.SYSTEM, code=code, message=message)
