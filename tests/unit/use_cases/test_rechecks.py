"""People check again, blind: the answer first, then what differs, then the grade."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from deskhand.domain.cause import Cause, CauseKind
from deskhand.domain.entry import Actor, ActorKind, Entry, RecordType
from deskhand.domain.exception_case import CaseKind, CaseState, Decision
from deskhand.domain.outcome import Duplicate, NeedsPerson
from deskhand.domain.quality import Grade, RecheckState
from deskhand.domain.queue import Person, Queue, QueueBook
from deskhand.domain.sealed import MASK
from deskhand.errors import DecisionRefusedError, DeskhandError
from deskhand.use_cases.correct_item import Correction, fix_case
from deskhand.use_cases.decide_case import done_by_hand, reject_case, retry_case
from deskhand.use_cases.hand_out_case import Wish, next_case
from deskhand.use_cases.recheck_item import Seen, answer_recheck
from deskhand.use_cases.settle_case import settle_case
from deskhand.use_cases.snooze_case import snooze_case
from deskhand.use_cases.take_case import take_case
from deskhand.use_cases.tell_recheck import revealed_recheck
from deskhand.use_cases.tell_story import case_detail
from tests.making import ANN
from tests.unit.use_cases.office import MEMBER, Office, word
from tests.unit.use_cases.rechecking import (
    DONE,
    NUMBER,
    QUE,
    SEEN,
    TOTAL,
    answered,
    finish,
    graded,
    its_case,
    shown,
    the_recheck,
)

NO = NeedsPerson(cause=Cause(kind=CauseKind.BUSINESS, code="MEMBER_NOT_FOUND"))
BOB = Actor(kind=ActorKind.HUMAN, id="os-user", asserted="bob")


def refusal(office: Office, **seen: object) -> str:
    with pytest.raises(DecisionRefusedError) as refused:
        answer_recheck(word("C-1", by=QUE), Seen(values={**SEEN, **seen}), desk=office.desk)
    return str(refused.value)


def test_before_the_answer_nothing_is_told_that_the_bot_recorded(checked_office: Office) -> None:
    finish(checked_office)

    detail, case = shown(checked_office), its_case(checked_office)
    told = case_detail(
        case.id,
        store=checked_office.store,
        seal=checked_office.seal,
        library=checked_office.library,
    )

    assert dict(detail.fields) == {"claim_number": "C-1", "note": None}
    assert list(detail.form) == ["confirmation", "total", "member_id"]
    assert detail.found == ()
    assert NUMBER not in f"{detail!r}{told!r}{dict(detail.fields)}{told.message}{told.hint}"


def test_what_is_to_be_looked_up_stays_hidden_even_when_the_rest_is_revealed(
    checked_office: Office,
) -> None:
    finish(checked_office)

    detail = revealed_recheck(
        its_case(checked_office).id,
        by=QUE,
        store=checked_office.store,
        seal=checked_office.seal,
        library=checked_office.library,
        clock=checked_office.clock,
    )

    assert "member_id" not in detail.fields
    assert detail.found == ()
    assert checked_office.types_of(detail.recheck.item)[-1] == RecordType.ITEM_LOOKED_AT


def test_an_answer_that_agrees_differs_in_nothing_and_passes(checked_office: Office) -> None:
    finish(checked_office)

    found = answered(checked_office, total="$1,234.50", confirmation=NUMBER.lower())
    ended = graded(checked_office, Grade.PASS)

    assert (found.state, found.differing) == (RecheckState.ANSWERED, ())
    assert (ended.recheck.grade, ended.recheck.graded_by, ended.hold) == (Grade.PASS, "que", None)
    case = its_case(checked_office)
    assert (case.state, case.decision, case.closed_by) == (CaseState.CLOSED, Decision.GRADE, "que")


def test_after_the_answer_both_sides_are_shown_sensitive_ones_masked(
    checked_office: Office,
) -> None:
    finish(checked_office)

    answered(checked_office, total="1234.60", member_id="W000000000")

    found = {one.name: one for one in shown(checked_office).found}
    assert (found["total"].seen, found["total"].recorded) == (Decimal("1234.60"), TOTAL)
    assert [name for name, one in found.items() if one.differs] == ["total", "member_id"]
    assert (found["member_id"].seen, found["member_id"].recorded) == (MASK, MASK)


def test_records_name_the_fields_that_differ_and_hold_no_value(checked_office: Office) -> None:
    finish(checked_office)
    answered(checked_office, total="1234.60", member_id="W000000000")
    graded(checked_office, Grade.MINOR, note="typed wrong")

    with checked_office.store.reading() as tx:
        bodies = [row.body for row in tx.audit_log.of_stream(checked_office.item("C-1").stream)]
    told = b"".join(body for body in bodies if b"human.recheck" in body)

    assert told.count(b'"differing":["total","member_id"]') == 2
    assert all(value.encode() not in told for value in ("1234.60", "W000000000", MEMBER, TOTAL))


def test_an_answer_is_not_changed_once_it_is_given(checked_office: Office) -> None:
    finish(checked_office)
    answered(checked_office, total="1.00")

    assert "que has answered it already" in refusal(checked_office)
    recheck = the_recheck(checked_office)
    assert recheck is not None
    assert recheck.differing == ("total",)


def test_what_the_portal_does_not_show_is_said_with_nothing(checked_office: Office) -> None:
    finish(checked_office)

    assert answered(checked_office, confirmation=None).differing == ("confirmation",)


def test_a_field_that_is_left_out_unknown_or_of_another_kind_is_refused_without_its_value(
    checked_office: Office,
) -> None:
    finish(checked_office)

    assert "no field colour; the fields are: confirmation, total" in refusal(
        checked_office, colour="red"
    )
    unfit = refusal(checked_office, total="a lot")
    assert "total: " in unfit
    assert "a lot" not in unfit
    with pytest.raises(DecisionRefusedError, match="not given: total, member_id"):
        from_nothing(checked_office)
    assert the_recheck(checked_office).state is RecheckState.WAITING  # type: ignore[union-attr]


def from_nothing(office: Office) -> None:
    answer_recheck(word("C-1", by=QUE), Seen(values={"confirmation": NUMBER}), desk=office.desk)


def test_a_wrong_value_on_the_portal_can_be_typed_as_it_is(checked_office: Office) -> None:
    finish(checked_office)

    assert answered(checked_office, member_id="not an id at all").differing == ("member_id",)


def test_a_duplicate_is_looked_up_by_its_number(checked_office: Office) -> None:
    finish(checked_office, outcome=Duplicate(portal_number=NUMBER))
    seen = Seen(values={"portal_number": "ACM-1"})

    found = answer_recheck(word("C-1", by=QUE), seen, desk=checked_office.desk)

    assert found.differing == ("portal_number",)


@pytest.mark.parametrize("grade", [Grade.MINOR, Grade.CRITICAL])
def test_a_mistake_needs_a_note(checked_office: Office, grade: Grade) -> None:
    finish(checked_office)
    answered(checked_office)

    with pytest.raises(DecisionRefusedError, match="needs a note"):
        graded(checked_office, grade)


def test_what_differs_passes_only_with_a_note(checked_office: Office) -> None:
    finish(checked_office)
    answered(checked_office, total="1234.60")

    with pytest.raises(DecisionRefusedError, match="total differ from what the bot recorded"):
        graded(checked_office, Grade.PASS)

    assert graded(checked_office, Grade.PASS, note="rounded there").recheck.grade is Grade.PASS


def test_nothing_is_graded_before_it_is_answered(checked_office: Office) -> None:
    finish(checked_office)

    with pytest.raises(DecisionRefusedError, match="say first what the portal shows"):
        graded(checked_office, Grade.PASS)


def test_who_decided_or_corrected_the_item_does_not_check_it_again(checked_office: Office) -> None:
    finish(checked_office, outcome=NO)
    retry_case(word("C-1", by=BOB), desk=checked_office.desk)
    checked_office.perform(DONE)
    at, tomorrow = checked_office, checked_office.clock.now() + timedelta(days=1)

    with pytest.raises(DecisionRefusedError, match="bob decided a case of this item"):
        answered(checked_office, by=BOB)
    with pytest.raises(DecisionRefusedError, match="bob decided a case of this item"):
        take_case("C-1", by=BOB, desk=at.desk)
    with pytest.raises(DecisionRefusedError, match="bob decided a case of this item"):
        snooze_case(word("C-1", by=BOB), until=tomorrow, desk=checked_office.desk)
    assert answered(checked_office, by=QUE).answered_by == "que"


def test_who_looked_at_the_evidence_does_not_check_it_again(checked_office: Office) -> None:
    finish(checked_office)
    item = checked_office.item("C-1")
    with checked_office.store.transaction() as tx:
        tx.record(
            Entry(
                stream=item.stream,
                type=RecordType.EVIDENCE_LOOKED_AT,
                subject="item",
                actor=BOB,
                at=checked_office.clock.now(),
            )
        )

    with pytest.raises(DecisionRefusedError, match="bob looked at the evidence"):
        answered(checked_office, by=BOB)


def test_nobody_is_handed_a_re_check_of_their_own_item_but_the_next_one(
    checked_office: Office,
) -> None:
    finish(checked_office, outcome=NO)
    retry_case(word("C-1", by=BOB), desk=checked_office.desk)
    checked_office.perform(DONE)
    finish(checked_office, "C-2")

    handed = [
        next_case(
            Wish(kind=CaseKind.QUALITY),
            by=by,
            desk=checked_office.desk,
        )
        for by in (BOB, BOB, QUE)
    ]

    assert [case and case.reference for case in handed] == ["C-2", None, "C-1"]


def test_only_whoever_has_the_queues_role_checks_again(checked_office: Office) -> None:
    checked_office.book = QueueBook(
        queues={"quality": Queue(name="quality", role="checker")},
        people={"que": Person(name="que", roles=frozenset({"checker"}))},
    )
    finish(checked_office)

    with pytest.raises(DecisionRefusedError, match="not for bob"):
        answered(checked_office, by=BOB)
    assert answered(checked_office, by=QUE).state is RecheckState.ANSWERED


@pytest.mark.parametrize(
    "decide",
    [
        lambda office, case: retry_case(word(case), desk=office.desk),
        lambda office, case: reject_case(word(case), desk=office.desk),
        lambda office, case: done_by_hand(word(case), number="1", desk=office.desk),
        lambda office, case: fix_case(
            word(case), Correction(changes={"note": "1"}), desk=office.desk
        ),
        lambda office, case: settle_case(word(case), desk=office.desk),
    ],
    ids=["retry", "reject", "done", "fix", "close"],
)
def test_no_other_decision_is_taken_about_what_is_done(
    checked_office: Office, decide: Callable[[Office, str], object]
) -> None:
    finish(checked_office)

    with pytest.raises(DeskhandError, match=r"re-check|needs a decision"):
        decide(checked_office, its_case(checked_office).id)

    assert its_case(checked_office).state is CaseState.OPEN


def test_another_kind_of_case_is_not_graded(checked_office: Office) -> None:
    finish(checked_office, outcome=NO)

    with pytest.raises(DecisionRefusedError, match="no re-check: it is business"):
        graded(checked_office, Grade.PASS, by=ANN)
