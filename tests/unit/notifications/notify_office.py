"""A back office whose people are told by a real mail server, with a clock to turn."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, time, timedelta

import pytest

from deskhand.domain.announcement import Wording
from deskhand.domain.cause import Cause, CauseKind
from deskhand.domain.entry import Actor, RecordType
from deskhand.domain.exception_case import Decision, ExceptionCase
from deskhand.domain.identifiers import NotificationId, WorkerId
from deskhand.domain.notification import Notification, Rule
from deskhand.domain.notify_rules import NotifyBook, rule_of, shift_between
from deskhand.domain.outcome import NeedsPerson
from deskhand.domain.target import Encryption, MailServer
from deskhand.errors import StoreUnavailableError
from deskhand.notifiers.mail import MailNotifier
from deskhand.ports.case_store import CaseFilter
from deskhand.ports.notifications import NotificationFilter
from deskhand.ports.notifier import Notifier
from deskhand.runtime.notifier_loop import NotifierLoop
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.close_case import close_case
from deskhand.use_cases.note_facts import Lookout
from deskhand.use_cases.pass_on import UNHEARD_AFTER, Secretary
from deskhand.use_cases.retry_notification import RetryWord, retry_notification
from deskhand.use_cases.sweep_cases import sweep_cases
from deskhand.vaults.environment import EnvironmentVault
from tests.making import ANN, OTHER_WORKER, WORKER, a_case, an_entry
from tests.practice.mailbox import Mailbox
from tests.unit.triggers.hook_desk import HeardObserver
from tests.unit.use_cases.office import Office

TO = {"ann": "ann@example.com", "bob": "bob@example.com"}
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TO_ALL = NotifyBook(
    rules=tuple(rule_of(rule, to=("ann",)) for rule in Rule if rule is not Rule.CASE_OPEN)
)
AT_NIGHT = replace(
    TO_ALL,
    shift=shift_between(
        ends=time(7),
        begins=time(19),
        timezone=UTC,
        working_days=None,
    ),
)


@dataclass(slots=True)
class NotifyOffice:
    """Cases, a sweeper, a notifier; its `ann` and `bob` are in one mailbox."""

    office: Office
    thread: StoreThread
    mailbox: Mailbox
    book: NotifyBook = TO_ALL
    missing: tuple[str, ...] = ()
    observer: HeardObserver = field(default_factory=HeardObserver)

    def loop(self, *, other: bool = False) -> NotifierLoop:
        """Return one host's loop."""
        office = self.office
        return NotifierLoop(
            lookout=Lookout(
                store=office.store, clock=office.clock, book=self.book, queues=office.book
            ),
            secretary=Secretary(
                store=office.store,
                seal=office.seal,
                clock=office.clock,
                queues=office.book,
                wording=Wording(log="test/1", timezone=UTC, link="https://deskhand.example"),
                book=self.book,
            ),
            notifiers=self._notifiers(),
            thread=self.thread,
            observer=self.observer,
            holder=WorkerId(OTHER_WORKER if other else WORKER),
        )

    async def tick(self, *turns: timedelta, other: bool = False) -> None:
        """Let the clock go and a host look, as often as there are turns; without them once."""
        for turn in turns or (timedelta(0),):
            self.office.clock.turn(turn)
            await self.loop(other=other).tick()

    def open(self, *claims: str, due: timedelta = HOUR, **changes: object) -> list[ExceptionCase]:
        """Accept items, each with a case that is due so soon."""
        self.office.accept(*claims)
        now = self.office.clock.at
        cases = []
        for claim in claims:
            item = self.office.item(claim)
            case = a_case(
                f"{item.id}-1",
                item=item.id,
                account=item.account,
                reference=claim,
                opened_at=now,
                due_at=now + due,
                risk_at=now + due * 0.8,
            )
            cases.append(self.record(replace(case, **changes)))  # type: ignore[arg-type]
        return cases

    def record(self, case: ExceptionCase) -> ExceptionCase:
        """Record a new case and keep it."""
        with self.office.store.transaction() as tx:
            entry = an_entry(
                case.stream, f"case:{case.id}", case.state.value, type=RecordType.CASE_OPENED
            )
            told = case.at_record(tx.record(entry))
            tx.cases.add(told)
        return told

    def sweep(self) -> None:
        office = self.office
        sweep_cases(store=office.store, clock=office.clock, book=office.book)

    def close(self, case: ExceptionCase) -> None:
        with self.office.store.transaction() as tx:
            now = tx.cases.get(case.id)
            at = self.office.clock.at
            close_case(tx, now, Decision.RETRY, by=ANN, at=at, reason="looked")

    def lock_out(self, claim: str = "C-locked", *, client: str = "lakeside") -> None:
        """Let a portal lock a client's account out."""
        self.office.accept(claim, client=client)
        cause = Cause(kind=CauseKind.STOP, code="LOCKED", message="portal-words")
        self.office.perform(NeedsPerson(cause=cause))

    def notifications(self) -> list[Notification]:
        with self.office.store.reading() as tx:
            return tx.notifications.find(NotificationFilter(), limit=1000)

    def unheard(self) -> int:
        """Count the pages that nobody has taken for as long as a page may take."""
        with self.office.store.reading() as tx:
            return tx.notifications.unheard_pages(since=self.office.clock.at - UNHEARD_AFTER)

    def retry(self, id: NotificationId, *, by: Actor = ANN) -> Notification:
        """Let a person send again what failed."""
        office = self.office
        word = RetryWord(notification=id, by=by, reason="mailbox mended")
        return retry_notification(word, store=office.store, clock=office.clock, book=office.book)

    def records(self, id: NotificationId) -> list[str]:
        """Return the types of the records about a notification."""
        with self.office.store.reading() as tx:
            return [row.type for row in tx.audit_log.of_stream(f"notification:{id}")]

    def told_to(self, address: str) -> list[str]:
        """Return the subjects that an address was told, oldest first."""
        pairs = zip(self.mailbox.recipients, self.subjects, strict=True)
        return [subject for recipient, subject in pairs if recipient == address]

    def states(self) -> list[str]:
        return [one.state.value for one in reversed(self.notifications())]

    def cases(self) -> list[ExceptionCase]:
        with self.office.store.reading() as tx:
            return tx.cases.find(CaseFilter(code="NOTIFICATION_UNDELIVERED"), limit=100)

    @property
    def subjects(self) -> list[str]:
        """What the mailbox was told, without the name of the installation."""
        subjects = (str(mail["Subject"]) for mail in self.mailbox.taken)
        return [subject.partition(" test/1")[2].lstrip(":, ") for subject in subjects]

    @property
    def ids(self) -> list[str]:
        """The ids of the mails in the mailbox."""
        return [str(mail["Message-ID"]) for mail in self.mailbox.taken]

    def _notifiers(self) -> Mapping[str, Notifier]:
        server = MailServer(
            host="127.0.0.1",
            port=self.mailbox.port,
            sender="deskhand@example.com",
            encryption=Encryption.NONE,
        )
        return {
            name: MailNotifier(
                server, to=address, vault=EnvironmentVault({}), within=timedelta(seconds=10)
            )
            for name, address in TO.items()
            if name not in self.missing
        }


async def die_at(place: str, told: NotifyOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a host tell people until it comes to this place."""

    def dies(*_: object, **__: object) -> None:
        raise StoreUnavailableError("here", "the process dies")

    with monkeypatch.context() as patched:
        patched.setattr(place, dies)
        with pytest.raises(StoreUnavailableError):
            await told.tick()
