"""An office whose finished claims are checked again, and the people who do."""

from deskhand.domain.entry import Actor, ActorKind
from deskhand.domain.exception_case import ExceptionCase
from deskhand.domain.outcome import Done
from deskhand.domain.quality import Grade, Recheck
from deskhand.use_cases.recheck_item import Graded, Seen, answer_recheck, grade_recheck
from deskhand.use_cases.tell_recheck import RecheckDetail, recheck_detail
from tests.unit.use_cases.office import MEMBER, Office, word

SOURCE = """\
deskhand: 1
runbook: claims.tiny
portal: payer_portal
item:
  reference: [claim_number]
  amount: money(default(item.note, '0.00'))
  fields: {claim_number: string, member_id: member_id, note: string?}
item_retry: {tries: 3}
steps:
  - use: find_claim
  - use: read_review
  - once: submit_claim
    verify: read_claim
cases: {claims: [business], engineers: [system, uncertain]}
outputs: {confirmation: submit_claim.confirmation, total: read_review.total}
"""
QUE = Actor(kind=ActorKind.HUMAN, id="os-user", asserted="que")
NUMBER = "ACM-7654321"
TOTAL = "1234.50"
SEEN = {"confirmation": NUMBER, "total": TOTAL, "member_id": MEMBER}
DONE = Done(outputs={"confirmation": NUMBER, "total": "1234.50"}, portal_number=NUMBER)


def finish(office: Office, claim: str = "C-1", *, outcome: object = DONE, note: str = "") -> None:
    """Accept a claim and let a bot finish it."""
    office.accept(claim, note=note)
    office.perform(outcome)  # type: ignore[arg-type]


def the_recheck(office: Office, claim: str = "C-1") -> Recheck | None:
    with office.store.reading() as tx:
        return tx.rechecks.of_item(office.item(claim).id)


def its_case(office: Office, claim: str = "C-1") -> ExceptionCase:
    with office.store.reading() as tx:
        return tx.cases.of_item(office.item(claim).id)[-1]


def answered(office: Office, claim: str = "C-1", *, by: Actor = QUE, **seen: object) -> Recheck:
    values = {**SEEN, **seen}
    return answer_recheck(word(claim, by=by), Seen(values=values), desk=office.desk)


def graded(
    office: Office, grade: Grade, claim: str = "C-1", *, by: Actor = QUE, note: str = ""
) -> Graded:
    saying = word(claim, by=by, reason=note)
    return grade_recheck(saying, grade, desk=office.desk, book=office.quality)


def shown(office: Office, claim: str = "C-1") -> RecheckDetail:
    name = its_case(office, claim).id
    return recheck_detail(name, store=office.store, seal=office.seal, library=office.library)
