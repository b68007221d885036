"""The compiled form of whole runbooks, and the defaults of what they do not say."""

import hashlib
from datetime import timedelta
from decimal import Decimal

import pytest

from deskhand.domain.retry_policy import RetryPolicy
from deskhand.domain.runbook import FileTrigger, ManualTrigger, Runbook
from deskhand.domain.step import FinishStep, LetStep, OnceStep, QuestionStep, UseStep
from deskhand.errors import RunbookInvalidError
from deskhand.runbooks.compiler import check, compile_runbook
from deskhand.runbooks.library import Library
from tests.unit.runbooks.bots import BOTS
from tests.unit.runbooks.texts import CLAIMS, runbook

AID = """\
deskhand: 1
runbook: aid.verify
title: Verify a student's aid file
serves: student
bots: [aid_portal, ledger]
params: {tolerance: {type: money, default: "25.00"}}
retry: {tries: 5}
timeouts: {step: 30s, item: 1h}
item_retry: {first: 5m}
item:
  reference: [student_id, award_year]
  due: item.selected_on + days(30)
  fields:
    student_id: student_id
    award_year: {type: string, pattern: "20[0-9]{2}-[0-9]{2}"}
    selected_on: date
    group: {type: choice, options: [V1, V4, V5]}
    worksheet: {agi: money, tax_paid: money, family_size: int, identity_seen: bool}
triggers:
  - manual:
    map:
      student_id: row.Student
      worksheet:
        {agi: money(row.Agi), tax_paid: row.Tax, family_size: row.Size, identity_seen: row.Id}
steps:
  - use: aid_portal.read_isir
    expect:
      - {that: there(read_isir), else: STUDENT_NOT_FOUND}
      - {that: read_isir.is_newest, else: OLDER_TRANSACTION}
  - use: aid_portal.read_transcript
    retry: {tries: 1}
  - let:
      agi_off: abs(read_isir.agi - item.worksheet.agi)
      tax_off: abs(read_transcript.tax_paid - item.worksheet.tax_paid)
      same_size: read_isir.family_size == item.worksheet.family_size
      agrees: agi_off < params.tolerance and tax_off < params.tolerance and same_size
  - once: aid_portal.mark_verified
    when: agrees
    name: verified
  - finish: done
    when: agrees
  - once: aid_portal.submit_correction
    with: {agi: read_transcript.agi}
cases:
  aid-review: [business]
outputs: {agi: "default(submit_correction.agi, item.worksheet.agi)"}
emit: aid.verified
"""


def compiled(text: str) -> Runbook:
    return compile_runbook(text, file="runbooks/a.yaml", bots=BOTS)


def test_the_claims_runbook_compiles() -> None:
    text = CLAIMS.read_text(encoding="utf-8")

    runbook = compiled(text)

    assert (runbook.name, runbook.portal) == ("claims.submit", "payer_portal")
    assert [type(step) for step in runbook.steps] == [
        UseStep, FinishStep, QuestionStep, UseStep, UseStep, OnceStep
    ]  # fmt: skip
    assert runbook.item.reference == ("payer_id", "claim_number", "frequency", "original_ref")
    assert not runbook.item.reference_sealed
    assert runbook.queues == {"business": "claims-review", "system": "ops", "uncertain": "ops"}
    assert runbook.source == text
    assert runbook.hash == hashlib.sha256(text.encode()).hexdigest()
    assert runbook.emit == "claims.submitted"


def test_the_act_of_the_claims_runbook_is_proven_and_read_back() -> None:
    runbook = compiled(CLAIMS.read_text(encoding="utf-8"))

    act = runbook.steps[-1]

    assert isinstance(act, OnceStep)
    assert act.call.action == "payer_portal.submit_claim"
    assert act.timeout == timedelta(seconds=120)
    assert act.proof.call.action == "payer_portal.find_claim"
    assert set(act.proof.call.arguments) == {"claim_number", "member_id"}
    assert (act.proof.every, act.proof.patience) == (timedelta(minutes=5), timedelta(minutes=45))
    assert act.verify is not None
    assert act.verified_fields == ("claim_number", "member_id", "total_charge", "lines")
    assert act.evidence == ("receipt",)


def test_what_the_smallest_runbook_does_not_say_has_a_default() -> None:
    runbook_text = runbook(rest="outputs: {amount: read_award.amount}\n")

    made = compiled(runbook_text)

    (step,) = made.steps
    assert isinstance(step, UseStep)
    assert (step.name, step.line, step.timeout) == ("read_award", 8, timedelta(seconds=60))
    assert step.retry == RetryPolicy(tries=3, first=timedelta(seconds=2), max=timedelta(seconds=60))
    assert (step.evidence, step.when) == ((), None)
    assert made.title == "aid.check"
    assert made.item_timeout == timedelta(minutes=15)
    assert made.queues == {"business": "aid.check-review", "system": "ops", "uncertain": "ops"}
    assert made.triggers == (
        FileTrigger(pattern="inbox/{client}/aid.check/*.{csv,json,jsonl}"),
        ManualTrigger(),
    )
    assert made.item.reference_sealed


def test_the_aid_runbook_compiles_with_what_it_says() -> None:
    made = compiled(AID)

    first, second, let, act, finish, correction = made.steps
    assert isinstance(first, UseStep)
    assert isinstance(second, UseStep)
    assert isinstance(let, LetStep)
    assert isinstance(act, OnceStep)
    assert isinstance(finish, FinishStep)
    assert isinstance(correction, OnceStep)
    assert (first.retry.tries, second.retry.tries) == (5, 1)
    assert (first.timeout, made.item_timeout) == (timedelta(seconds=30), timedelta(hours=1))
    assert (made.item_retry.tries, made.item_retry.first) == (5, timedelta(minutes=5))
    assert made.params == {"tolerance": Decimal("25.00")}
    assert list(let.values) == ["agi_off", "tax_off", "same_size", "agrees"]
    assert act.name == "verified"
    assert finish.ending == "done"
    assert correction.call.arguments["agi"].source == "read_transcript.agi"
    assert made.portal == "aid_portal"


@pytest.mark.parametrize(("agi", "agrees"), [("1024.99", True), ("1025.00", False)])
def test_a_tolerance_is_exact_to_the_cent(agi: str, agrees: bool) -> None:
    let = compiled(AID).steps[2]
    assert isinstance(let, LetStep)
    scope: dict[str, object] = {
        "item": {
            "worksheet": {"agi": Decimal("1000.00"), "tax_paid": Decimal(5), "family_size": 4}
        },
        "params": {"tolerance": Decimal("25.00")},
        "read_isir": {"agi": Decimal(agi), "family_size": 4, "is_newest": True},
        "read_transcript": {"agi": Decimal(0), "tax_paid": Decimal(5)},
    }

    for name, expression in let.values.items():
        scope[name] = expression.value(scope)

    assert scope["agrees"] is agrees


def test_steps_of_a_kind_have_names_of_their_own() -> None:
    text = runbook(
        steps="  - let: {a: 1}\n  - finish: done\n    when: a > 2\n  - finish: duplicate\n"
        "    when: a > 1\n  - let: {b: 2}\n  - use: read_award\n    name: award\n"
    )

    names = [step.name for step in compiled(text).steps]

    assert names == ["let-1", "finish-2", "finish-3", "let-4", "award"]


def test_an_invalid_runbook_raises_all_its_mistakes_as_a_person_reads_them() -> None:
    text = runbook(steps="  - use: read_awrd\n", rest="outputs: {a: item.nope}\n")

    with pytest.raises(RunbookInvalidError) as refused:
        compiled(text)

    assert len(refused.value.diagnostics) == 2
    assert "runbooks/a.yaml:8:10" in str(refused.value)
    assert "8 |   - use: read_awrd" in str(refused.value)


def test_bytes_are_taken_as_utf_8() -> None:
    content = runbook().encode()

    assert compile_runbook(content, file="a", bots=BOTS).source == runbook()
    assert [one.message for one in check(b"\xff\xfe", file="a", bots=BOTS)] == [
        "this is not UTF-8 text"
    ]


def test_a_library_compiles_a_content_once() -> None:
    library = Library(BOTS)

    first = library.compile(runbook(), file="a.yaml")

    assert library.compile(runbook(), file="a.yaml") is first
    assert library.compile(runbook(rest="emit: a.b\n"), file="a.yaml") is not first
