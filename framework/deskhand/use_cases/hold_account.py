"""Hold an account that meets the same cause again and again, or that must stop; release it."""

from dataclasses import dataclass, replace

from deskhand.domain.account import AccountHealth
from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.exception_case import Decision
from deskhand.domain.identifiers import AccountName
from deskhand.domain.outcome import AwaitProof, NeedsPerson, Outcome, Shadowed, TryLater
from deskhand.domain.queue import QueueBook
from deskhand.errors import DecisionRefusedError
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store, Transaction
from deskhand.use_cases.close_case import close_case
from deskhand.use_cases.meant_case import refuse_others, refuse_unfit
from deskhand.use_cases.open_case import CaseOpener

_OF_NO_ACCOUNT = frozenset(
    {SystemCode.PORTAL_UNSURE, SystemCode.STORE_AWAY, SystemCode.WORKER_LOST}
)
"""What is said of one record, or of our own machines: it tells nothing of the account."""


def note_outcome(
    tx: Transaction, name: AccountName, outcome: Outcome, *, opener: CaseOpener, queue: str
) -> AccountHealth:
    """Count an attempt's cause on its account, and hold the account when it is enough.

    Held at once for a stop cause, after the same system cause five times in a row otherwise;
    one case is opened, about the account.
    """
    health = tx.accounts.health(name)
    cause = _system_cause(outcome)
    if cause is None:
        calm = health if _tells_nothing(outcome) else health.after_answer()
        if calm != health:
            tx.accounts.save_health(calm)
        return calm
    counted = health.after_cause(cause.group)
    if health.held or not (cause.kind is CauseKind.STOP or counted.worn_out):
        tx.accounts.save_health(counted)
        return counted
    return _hold(tx, counted, cause, opener=opener, queue=queue)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A person's word that an account may work again."""

    account: AccountName
    by: Actor
    reason: str


def release_account(
    release: Release, *, store: Store, clock: Clock, book: QueueBook
) -> AccountHealth:
    """Let a held account work again and close its case, in one transaction.

    Raises `DecisionRefusedError` when the account is not held, no reason is given, or its case
    is with somebody else or not for this person.
    """
    if not release.reason.strip():
        raise DecisionRefusedError("releasing an account needs a reason: --reason TEXT")
    now = clock.now()
    with store.transaction() as tx:
        health = tx.accounts.health(release.account)
        if not health.held:
            raise DecisionRefusedError(f"the account {release.account} is not held")
        case = tx.cases.open_of_account(release.account)
        if case is not None:
            refuse_others(case, by=release.by)
            refuse_unfit(case, by=release.by, book=book, decision=Decision.RELEASE)
        seq = tx.record(
            Entry(
                stream=health.stream,
                type=RecordType.ACCOUNT_RELEASED,
                subject="account",
                state="working",
                actor=release.by,
                at=now,
                data={"reason": release.reason, "held_for": health.held_for},
            )
        )
        well = AccountHealth(name=health.name, audit_seq=seq)
        tx.accounts.save_health(well)
        if case is not None:
            close_case(tx, case, Decision.RELEASE, by=release.by, at=now, reason=release.reason)
    return well


def _tells_nothing(outcome: Outcome) -> bool:
    match outcome:
        case AwaitProof():
            return True
        case TryLater(cause=cause) | NeedsPerson(cause=cause):
            return cause.code in _OF_NO_ACCOUNT
        case _:
            return False


def _system_cause(outcome: Outcome) -> Cause | None:
    if _tells_nothing(outcome):
        return None
    match outcome:
        case TryLater(cause=cause):
            return cause
        case NeedsPerson(cause=cause) if cause.kind in (CauseKind.SYSTEM, CauseKind.STOP):
            return cause
        case Shadowed() | _:
            return None


def _hold(
    tx: Transaction, health: AccountHealth, cause: Cause, *, opener: CaseOpener, queue: str
) -> AccountHealth:
    seq = tx.record(
        Entry(
            stream=health.stream,
            type=RecordType.ACCOUNT_HELD,
            subject="account",
            state="held",
            actor=opener.actor,
            at=opener.at,
            data={"cause": cause.group, "in_a_row": health.in_a_row},
        )
    )
    held = replace(health, held=True, held_for=cause.code, held_at=opener.at, audit_seq=seq)
    tx.accounts.save_health(held)
    opener.about_account(tx, held, cause, queue=queue)
    return held
