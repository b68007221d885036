"""What a bot has finished is chosen, or not, in the same transaction; the record says why."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from deskhand.audit.record import decode
from deskhand.domain.business_hours import BusinessTime
from deskhand.domain.cause import Cause, CauseKind
from deskhand.domain.entry import RecordType
from deskhand.domain.exception_case import CaseKind, CaseState
from deskhand.domain.outcome import Duplicate, NeedsPerson
from deskhand.domain.quality import QualityBook, RecheckState
from deskhand.domain.queue import ClockKind, Queue, QueueBook
from deskhand.domain.work_item import ItemState
from deskhand.use_cases.decide_case import done_by_hand
from deskhand.use_cases.journal_act import ActJournal
from deskhand.use_cases.tell_recheck import explain_choice
from tests.making_quality import checking
from tests.unit.use_cases.office import Office, word
from tests.unit.use_cases.rechecking import DONE, NUMBER, finish, its_case, the_recheck

NO = NeedsPerson(cause=Cause(kind=CauseKind.BUSINESS, code="MEMBER_NOT_FOUND"))


def decision(office: Office, claim: str = "C-1") -> dict[str, Any]:
    """What the item's records say of the choice; empty when they say nothing."""
    with office.store.reading() as tx:
        rows = tx.audit_log.of_stream(office.item(claim).stream)
    facts = [decode(row.body).data for row in rows if row.type == RecordType.RECHECK_DECIDED]
    return facts[-1] if facts else {}


def test_a_chosen_item_rests_as_done_and_its_case_waits_for_quality(checked_office: Office) -> None:
    finish(checked_office)

    recheck, case = the_recheck(checked_office), its_case(checked_office)
    assert checked_office.item("C-1").state is ItemState.DONE
    assert recheck is not None
    assert (recheck.state, recheck.case, recheck.why) == (RecheckState.WAITING, case.id, ("share",))
    assert recheck.fields == ("confirmation", "total", "member_id")
    assert (case.kind, case.state, case.queue) == (CaseKind.QUALITY, CaseState.OPEN, "quality")
    assert case.due_at is not None


def test_the_record_of_an_item_that_was_not_chosen_says_by_which_rule(
    checked_office: Office,
) -> None:
    checked_office.quality = checking(share=Decimal(0), all_above=Decimal(100))

    finish(checked_office, note="99.00")

    assert the_recheck(checked_office) is None
    facts = decision(checked_office)
    assert (facts["chosen"], facts["because"], facts["share"]) == (False, [], "0%")
    assert facts["all_above"] == "100"


def test_what_is_above_the_amount_is_chosen(checked_office: Office) -> None:
    checked_office.quality = checking(share=Decimal(0), all_above=Decimal(100))

    finish(checked_office, note="100.01")

    assert decision(checked_office)["because"] == ["amount"]


def test_the_first_of_a_version_are_chosen_for_each_client_and_no_more(
    checked_office: Office,
) -> None:
    checked_office.quality = checking(share=Decimal(0), first_of_version=2)

    for number in range(1, 4):
        finish(checked_office, f"C-{number}")

    because = [decision(checked_office, f"C-{number}")["because"] for number in (1, 2, 3)]
    assert because == [["first_of_version"], ["first_of_version"], []]
    assert [decision(checked_office, f"C-{n}")["ordinal"] for n in (1, 2, 3)] == [1, 2, None]


def test_a_new_version_begins_to_count_anew(checked_office: Office) -> None:
    checked_office.quality = checking(share=Decimal(0), first_of_version=1)
    finish(checked_office, "C-1")
    checked_office.source += "title: the same, newer\n"

    finish(checked_office, "C-2")

    assert decision(checked_office, "C-2")["because"] == ["first_of_version"]


def test_that_the_portal_had_it_already_is_checked_again_too(checked_office: Office) -> None:
    finish(checked_office, outcome=Duplicate(portal_number=NUMBER))

    recheck = the_recheck(checked_office)
    assert recheck is not None
    assert recheck.fields == ("portal_number",)


def test_what_did_not_end_well_and_what_no_rule_covers_is_not_decided(
    checked_office: Office,
) -> None:
    finish(checked_office, outcome=NO)
    checked_office.quality = QualityBook()
    finish(checked_office, "C-2")

    assert (decision(checked_office, "C-1"), decision(checked_office, "C-2")) == ({}, {})


def test_what_a_person_did_by_hand_is_no_bots_work(checked_office: Office) -> None:
    finish(checked_office, outcome=NO)
    done_by_hand(word("C-1"), number=NUMBER, desk=checked_office.desk)
    fenced = checked_office.begin_next()
    with checked_office.store.reading() as tx:
        (claimed,) = tx.journal.effects_of(fenced.item.id)
    ActJournal(fenced=fenced).confirmed(claimed, receipt={"confirmation": NUMBER}, by_proof=True)

    checked_office.settle(fenced, DONE)

    assert decision(checked_office) == {"chosen": False, "because": ["done_by_person"]}
    assert the_recheck(checked_office) is None


def test_what_a_person_took_for_done_and_a_bot_then_did_is_the_bots_work(
    checked_office: Office,
) -> None:
    finish(checked_office, outcome=NO)
    done_by_hand(word("C-1"), number=NUMBER, desk=checked_office.desk)
    fenced = checked_office.begin_next()
    with checked_office.store.reading() as tx:
        (claimed,) = tx.journal.effects_of(fenced.item.id)
    journal = ActJournal(fenced=fenced)
    journal.not_done(claimed, why="not_found_by_number")
    act = checked_office.intend(fenced, act_no=2)
    journal.confirmed(act, receipt={"confirmation": NUMBER}, by_proof=False)

    checked_office.settle(fenced, DONE)

    assert decision(checked_office)["because"] == ["share"]


@pytest.mark.parametrize("share", [0, 100])
def test_an_auditor_with_the_key_repeats_the_choice(checked_office: Office, share: int) -> None:
    checked_office.quality = checking(share=Decimal(share))
    finish(checked_office)

    explained = explain_choice(
        "C-1",
        store=checked_office.store,
        seal=checked_office.seal,
        book=checked_office.quality,
    )

    assert explained.facts["chosen"] is (share == 100)
    assert explained.repeats is True
    assert explained.draw == decision(checked_office)["draw"]


def test_the_case_is_due_by_its_queue_however_late_the_item_was(checked_office: Office) -> None:
    due = "  due: date('2026-05-04')\n  amount:"
    checked_office.source = checked_office.source.replace("  amount:", due)
    within = BusinessTime(hours=timedelta(days=3))
    checked_office.book = QueueBook(
        queues={"quality": Queue(name="quality", within=within, clock=ClockKind.ALWAYS)}
    )

    finish(checked_office)

    case, item = its_case(checked_office), checked_office.item("C-1")
    assert item.due is not None
    assert case.due_at == case.opened_at + timedelta(days=3)
    assert case.due_at > item.due
