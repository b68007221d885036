"""The people of a simulated day, and the hours they keep: who decides what, and how fast."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.entry import Actor, ActorKind
from deskhand.domain.exception_case import CaseKind, ExceptionCase
from deskhand.use_cases.accept_items import REFERENCE_CONFLICT
from deskhand.use_cases.answer_case import approve_case
from deskhand.use_cases.correct_item import Correction, fix_case
from deskhand.use_cases.decide_case import done_by_hand, refuse_case, reject_case, retry_case
from deskhand.use_cases.desk import Word
from deskhand.use_cases.hand_out_case import Wish, next_case
from deskhand.use_cases.hold_account import Release, release_account
from tests.practice.workday.portal import DayPortal

TIMEZONE = ZoneInfo("America/Chicago")
OPENS, CLOSES = 9, 17

_CALENDARS = """\
calendars:
  office: {timezone: America/Chicago, week: {mon-fri: "09:00-17:00"}}
clients: {lakeside: office, northgate: office}
"""
_QUEUES = """\
queues:
  claims-review: {role: billing, within: 4h, escalate_to: supervisors}
  claims-approval: {role: approver, within: 2h, second_person_above: "50000.00"}
  ops: {role: engineer, clock: always, within: 4h}
  supervisors: {role: supervisor, within: 1bd}
"""
_PEOPLE = """\
people:
  - {name: ana, roles: [billing]}
  - {name: ben, roles: [billing]}
  - {name: carl, roles: [approver]}
  - {name: dora, roles: [approver]}
  - {name: eve, roles: [engineer]}
  - {name: sam, roles: [supervisor]}
"""
OPEN_MINUTES = {"claims-review": 240, "claims-approval": 120}
"""How long a case may wait in each queue, in open minutes: the book, told once more."""

ALWAYS_MINUTES = {"ops": 240}
"""How long it may wait where all time counts."""

MINUTES_A_CASE = {"ana": 20, "ben": 25, "carl": 5, "dora": 9, "eve": 4, "sam": 15}


def write_office(folder: Path) -> None:
    """Write what the office laid down into its project."""
    (folder / "calendars.yaml").write_text(_CALENDARS, encoding="utf-8")
    (folder / "queues.yaml").write_text(_QUEUES, encoding="utf-8")
    (folder / "people.yaml").write_text(_PEOPLE, encoding="utf-8")


def is_open(at: datetime) -> bool:
    """Whether the office works, by the wall clock alone."""
    local = at.astimezone(TIMEZONE)
    return local.weekday() < 5 and OPENS <= local.hour < CLOSES


@dataclass(slots=True, kw_only=True)
class Office:
    """People who take what they are handed, look at the portal, and decide.

    `rights` holds the right member number of every claim whose own is wrong; every fifth of
    those, and every fifth approval, is refused. `slowness` stretches what a case takes.
    """

    place: Workplace
    portal: DayPortal
    rights: dict[str, str]
    slowness: int
    decided: int = 0
    _until: dict[str, datetime] = field(default_factory=dict)
    _hands: dict[str, ExceptionCase] = field(default_factory=dict)

    def work(self) -> None:
        """Let everybody go on with what they do, if the office is open."""
        now = self.place.clock.now()
        if not is_open(now):
            return
        for name, minutes in MINUTES_A_CASE.items():
            if self._until.get(name, now) > now:
                continue
            if name in self._hands:
                self._decide(self._hands.pop(name), name)
            case = next_case(Wish(), by=_person(name), desk=self.place.desk)
            if case is not None:
                self._hands[name] = case
                self._until[name] = now + timedelta(minutes=minutes * self.slowness)

    def _decide(self, case: ExceptionCase, name: str) -> None:
        word = Word(case=case.id, by=_person(name), reason="looked at it on the portal")
        self._carry_out(case, word)
        self.decided += 1

    def _carry_out(self, case: ExceptionCase, word: Word) -> None:
        desk = self.place.desk
        claim = case.reference.split("/")[1] if case.item else ""
        number = self.portal.number(claim)
        unlucky = claim.endswith(("0", "5"))
        match case.kind:
            case _ if case.item is None:
                self._release(case, word)
            case CaseKind.APPROVAL if unlucky:
                refuse_case(word, desk=desk)
            case CaseKind.APPROVAL:
                approve_case(word, desk=desk)
            case CaseKind.UNCERTAIN if number is not None:
                done_by_hand(word, number=number, desk=desk)
            case CaseKind.UNCERTAIN:
                retry_case(word, desk=desk, not_there=True)
            case CaseKind.BUSINESS if case.code == REFERENCE_CONFLICT or unlucky:
                reject_case(word, desk=desk)
            case CaseKind.BUSINESS:
                fix_case(word, Correction(changes={"member_id": self.rights[claim]}), desk=desk)
            case _:
                retry_case(word, desk=desk)

    def _release(self, case: ExceptionCase, word: Word) -> None:
        release_account(
            Release(account=case.account, by=word.by, reason=word.reason),
            store=self.place.store,
            clock=self.place.clock,
            book=self.place.book,
        )


def _person(name: str) -> Actor:
    return Actor(kind=ActorKind.HUMAN, id="os-user", asserted=name)
