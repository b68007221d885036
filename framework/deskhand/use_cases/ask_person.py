"""Ask a person what a step of a runbook asks, and keep what they were shown under the seal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deskhand.domain.entry import Actor, RecordType
from deskhand.domain.exception_case import ExceptionCase
from deskhand.domain.fields import Field
from deskhand.domain.identifiers import ItemId
from deskhand.domain.person_name import same_person
from deskhand.domain.question import Answer, AnswerState, Fact, Question
from deskhand.domain.runbook import Runbook
from deskhand.domain.step import QuestionStep
from deskhand.domain.tagged import from_tagged, to_tagged
from deskhand.domain.work_item import WorkItem
from deskhand.ports.store import Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.fenced_attempt import FencedAttempt
from deskhand.use_cases.journal_step import sealed_result
from deskhand.use_cases.open_case import CaseOpener
from deskhand.use_cases.sealing import (
    answer_context,
    detail_context,
    open_json,
    question_digest_context,
)

APPROVED_FIRST = "approved_first"
"""What the first of two approvals stands for: alone it lets nothing go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionJournal:
    """What an attempt reads of people's answers. One transaction a question, behind the fence."""

    fenced: FencedAttempt

    def answer_to(self, question: Question) -> Any | None:
        """Return the answer that holds for exactly this question, and note that it is used.

        By field, in tagged JSON; None when nobody has answered, or what was shown has changed.
        """
        digest = question_digest(question, item=self.fenced.item, seal=self.fenced.seal)
        with self.fenced.transaction() as tx:
            answers = _standing(tx, self.fenced.item.id, question.step)
            holding = [
                answer
                for answer in answers
                if answer.digest == digest and answer.meaning != APPROVED_FIRST
            ]
            if not holding:
                return None
            values = given_values(holding[-1], seal=self.fenced.seal)
            tx.record(
                self.fenced.entry(
                    RecordType.ANSWER_USED,
                    f"step:{question.step}",
                    step=question.step,
                    answer=holding[-1].id,
                )
            )
            tx.journal.add_result(sealed_result(self.fenced, question.step, values))
            return values


def ask_person(
    tx: Transaction, item: WorkItem, question: Question, *, opener: CaseOpener, attempt: int
) -> ExceptionCase:
    """Open the case that asks, and void every answer to this step: it was to something else."""
    for answer in _standing(tx, item.id, question.step):
        seq = tx.record(
            opener.entry(
                item.stream,
                RecordType.ANSWER_VOID,
                f"answer:{answer.id}",
                state=AnswerState.VOID.value,
                attempt=attempt,
                step=answer.step,
            )
        )
        tx.answers.save(answer.moved_to(AnswerState.VOID, audit_seq=seq))
    digest = question_digest(question, item=item, seal=opener.seal)
    asked = {
        "digest": digest,
        "approval": question.approval,
        "but_not": list(question.but_not),
        "prefilled": to_tagged(question.prefilled),
        "facts": [
            {
                "name": fact.name,
                "value": to_tagged(fact.value),
                "sealed_parts": sorted(fact.sealed_parts),
            }
            for fact in question.facts
        ],
    }
    return opener.about_question(tx, item, question, asked=asked, attempt=attempt)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """A question as its case keeps it, and the digest that an answer to it binds to."""

    question: Question
    digest: str


def asked_question(case: ExceptionCase, *, seal: Seal) -> AskedQuestion | None:
    """Open what a case asks; None when it is no question. Raises `SealBrokenError`."""
    detail = open_json(case.sealed_detail, seal=seal, context=detail_context(case.id))
    asked = detail.get("question")
    if asked is None:
        return None
    facts = tuple(
        Fact(
            name=fact["name"],
            value=from_tagged(fact["value"]),
            sealed_parts=frozenset(fact["sealed_parts"]),
        )
        for fact in asked["facts"]
    )
    question = Question(
        step=case.step,
        queue=case.queue,
        approval=asked["approval"],
        title=detail["message"],
        facts=facts,
        prefilled=from_tagged(asked["prefilled"]),
        but_not=tuple(asked["but_not"]),
    )
    return AskedQuestion(question=question, digest=asked["digest"])


def barring_answer(
    tx: Transaction, case: ExceptionCase, asked: AskedQuestion, *, by: Actor
) -> Answer | None:
    """Return the answer for which this person may not answer, if there is one.

    A question that stands answered and is open again wants another person.
    """
    if case.item is None:
        return None
    others = (*asked.question.but_not, case.step)
    given = (
        answer
        for answer in tx.answers.of_item(case.item)
        if answer.state is AnswerState.GIVEN
        and answer.step in others
        and same_person(answer.by, by.name)
    )
    return next(given, None)


def form_of(runbook: Runbook, step: str) -> Mapping[str, Field]:
    """Return the form that a step asks a person to fill; an approval has none."""
    forms = {one.name: one.form for one in runbook.steps if isinstance(one, QuestionStep)}
    return forms.get(step, {})


def question_digest(question: Question, *, item: WorkItem, seal: Seal) -> str:
    """Return the keyed digest of all that an answer rests on.

    That is also the item, shown or not: what was approved of one patient's claim is no yes to
    another's. An approval rests on the amount, which says how many people must approve.
    """
    rests_on = question.basis() | {"item": item.fields_digest}
    rests_on |= {"amount": item.amount} if question.approval else {}
    basis = json.dumps(to_tagged(rests_on), sort_keys=True, separators=(",", ":"))
    return seal.digest(basis.encode("ascii"), context=question_digest_context(item.id))


def given_values(answer: Answer, *, seal: Seal) -> dict[str, Any]:
    """Open an answer: its form's values in tagged JSON, and who gave it."""
    values = open_json(answer.sealed_values, seal=seal, context=answer_context(answer.id))
    return {**values, "by": answer.by}


def _standing(tx: Transaction, item: ItemId, step: str) -> list[Answer]:
    return [
        answer
        for answer in tx.answers.of_item(item)
        if answer.step == step and answer.state is AnswerState.GIVEN
    ]
