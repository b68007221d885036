"""A runbook that asks, a question and an approval of it, and how people answer."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from deskhand.domain.entry import Actor, ActorKind
from deskhand.domain.exception_case import ExceptionCase
from deskhand.domain.outcome import Asks
from deskhand.domain.question import AnswerState, Fact, Question
from deskhand.domain.tagged import from_tagged
from deskhand.domain.work_item import ItemState, WorkItem
from deskhand.use_cases.answer_case import Filled, answer_case, approve_case
from deskhand.use_cases.ask_person import QuestionJournal
from deskhand.use_cases.fenced_attempt import FencedAttempt
from tests.making import ANN
from tests.unit.use_cases.office import Office, word

SOURCE = """\
deskhand: 1
runbook: claims.tiny
portal: payer_portal
item:
  reference: [claim_number]
  fields: {claim_number: string, member_id: member_id, note: string?}
steps:
  - use: find_claim
  - ask: claim-questions
    name: answer
    form:
      decision: {type: choice, options: [send, drop]}
      charge: {type: money, default: "12.50"}
      note: {type: text?, min_length: 3}
    expires: 1d
  - approve: claim-approvals
    name: approval
    not: [answer]
  - once: submit_claim
cases: {claims: [business]}
"""
BOB = Actor(kind=ActorKind.HUMAN, id="os-user", asserted="bob")
SECRET = "Quixandra"
QUESTION = Question(
    step="answer",
    queue="claim-questions",
    approval=False,
    title="send it?",
    facts=(
        Fact(
            name="item",
            value={"total": Decimal("12.50"), "name": SECRET},
            sealed_parts=frozenset({"name"}),
        ),
    ),
    prefilled={"charge": Decimal("12.50")},
    expires=timedelta(days=1),
)
APPROVAL = replace(
    QUESTION,
    step="approval",
    queue="claim-approvals",
    approval=True,
    prefilled={},
    but_not=("answer",),
    expires=None,
)


def ask(office: Office, question: Question = QUESTION) -> ExceptionCase:
    """Let an attempt of C-1 end with a question; return its case."""
    settled = office.perform(Asks(question=question))
    assert settled.state is ItemState.WITH_PERSON
    return last_case(office)


def last_case(office: Office) -> ExceptionCase:
    with office.store.reading() as tx:
        return tx.cases.of_item(office.item("C-1").id)[-1]


def states(office: Office) -> list[AnswerState]:
    with office.store.reading() as tx:
        return [answer.state for answer in tx.answers.of_item(office.item("C-1").id)]


def answered(office: Office, *, by: Actor = ANN, **values: object) -> WorkItem:
    filled = Filled(values=values or {"decision": "send"})
    return answer_case(word(last_case(office).id, by=by), filled, desk=office.desk)


def approved(office: Office, *, by: Actor = ANN) -> WorkItem:
    """Let a person approve what the last case of C-1 showed them."""
    return approve_case(word(last_case(office).id, by=by), desk=office.desk)


def answer_seen(fenced: FencedAttempt, question: Question = QUESTION) -> object:
    """Return the answer that an attempt finds to a question."""
    return from_tagged(QuestionJournal(fenced=fenced).answer_to(question))
