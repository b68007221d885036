"""What is said about one change, before it is chained into the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class ActorKind(Enum):
    """Who acted."""

    BOT = "bot"
    HUMAN = "human"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acted. `asserted` is a name that somebody gave without proof (`--as NAME`).

    For a human, `id` is the operating-system user until logins exist.
    """

    kind: ActorKind
    id: str
    asserted: str | None = None

    @property
    def name(self) -> str:
        """The name to show: the asserted one where there is one."""
        return self.asserted or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record to be, without its place in the chain.

    `stream` is whose story it belongs to (`item:…`, `account:…`, `file:…`,
    `trigger:…`, `runbook:…`, `log`); `subject` names what changed within it (`item`,
    `effect:…`, `case:…`, `attempt:…`, `slot:…`, `recheck`, `version:…`); `state` is the
    subject's state from now on, empty where nothing changed state. `data` holds facts under
    lower-case names: text, whole numbers, booleans, None, lists and mappings of these; never a
    sensitive value in clear.
    """

    stream: str
    type: str
    subject: str
    actor: Actor
    at: datetime
    state: str = ""
    attempt: int | None = None
    data: Mapping[str, object] = field(default_factory=dict)


class RecordType:
    """The types of records; each is a fact in the past tense or a bot's act."""

    ITEM_CREATED = "item.created"
    ITEM_MOVED = "item.state_changed"
    ITEM_REPEATED = "item.duplicate_blocked"
    ITEM_LOOKED_AT = "item.data_viewed"
    ATTEMPT_STARTED = "attempt.started"
    ATTEMPT_ENDED = "attempt.ended"
    ATTEMPT_LOST = "attempt.lost"
    ACTION = "bot.action"
    STEP_SKIPPED = "bot.step_skipped"
    READ_BACK = "bot.read_back"
    SUBMIT_INTENT = "bot.submit_intent"
    SUBMIT_CONFIRMED = "bot.submit_confirmed"
    SUBMIT_REFUSED = "bot.submit_refused"
    SUBMIT_NOT_DONE = "bot.submit_not_done"
    SUBMIT_UNKNOWN = "bot.submit_unknown"
    PROOF_ASKED = "bot.proof_asked"
    CASE_OPENED = "case.opened"
    CASE_TAKEN = "case.taken"
    CASE_GIVEN_BACK = "case.given_back"
    CASE_SNOOZED = "case.snoozed"
    CASE_AT_RISK = "case.at_risk"
    CASE_OVERDUE = "case.overdue"
    CASE_ESCALATED = "case.escalated"
    CASE_DECIDED = "human.decision"
    ANSWER_GIVEN = "human.answer"
    ANSWER_WITHDRAWN = "human.answer_withdrawn"
    ANSWER_VOID = "answer.void"
    ANSWER_USED = "bot.answer_used"
    ITEM_CORRECTED = "human.corrected"
    EVIDENCE_CAPTURED = "evidence.captured"
    EVIDENCE_LOOKED_AT = "evidence.accessed"
    PORTAL_LOGIN = "portal.login"
    ACCOUNT_HELD = "account.held"
    ACCOUNT_RELEASED = "account.released"
    FILE_ACCEPTED = "file.accepted"
    FILE_FINISHED = "file.finished"
    FILE_REFUSED = "file.refused"
    FILE_REPEATED = "file.repeated"
    FILE_ANSWERED = "file.answered"
    RUNBOOK_ADDED = "runbook.added"
    RUNBOOK_HELD = "runbook.version_held"
    RUNBOOK_RELEASED = "runbook.version_released"
    RECHECK_DECIDED = "recheck.decided"
    RECHECK_ANSWERED = "human.recheck_answered"
    RECHECK_GRADED = "human.recheck_graded"
    WORKER_STARTED = "worker.started"
    WORKER_STOPPED = "worker.stopped"
    WORKER_LOST = "worker.lost"
    AUDIT_EXPORTED = "audit.exported"
    AUDIT_VERIFIED = "audit.verified"
    EVENT_EMITTED = "event.emitted"
    TRIGGER_CLAIMED = "trigger.claimed"
    TRIGGER_CALLED = "trigger.called_by_hand"
    TRIGGER_FIRED = "trigger.fired"
    TRIGGER_PUT_OFF = "trigger.put_off"
    TRIGGER_FAILED = "trigger.failed"
    TRIGGER_SKIPPED = "trigger.skipped"
    TRIGGER_PAUSED = "trigger.paused"
    TRIGGER_RESUMED = "trigger.resumed"
    TRIGGER_EDITED = "trigger.edited"
    EVENT_DELIVERED = "event.delivered"
    EVENT_GIVEN_UP = "event.given_up"
    EVENT_RETRIED = "event.retried"
    EVENT_DROPPED = "event.dropped"
    WEBHOOK_TAKEN = "webhook.taken"
    WEBHOOKS_FORGOTTEN = "webhook.ids_forgotten"
    NOTIFICATION_SENT = "notification.sent"
    NOTIFICATION_FAILED = "notification.failed"
    NOTIFICATION_DROPPED = "notification.dropped"
    NOTIFICATION_TESTED = "notification.tested"
    NOTIFICATION_PASSED_ON = "notification.passed_on"
    NOTIFICATION_RETRIED = "notification.retried"
