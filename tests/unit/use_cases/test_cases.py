"""People's decisions: who holds a case, and what each decision does to the item."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from deskhand.domain.cause import Cause, CauseKind
from deskhand.domain.entry import Actor, ActorKind
from deskhand.domain.exception_case import CaseState, Decision, ExceptionCase
from deskhand.domain.outcome import NeedsPerson
from deskhand.domain.work_item import ItemState
from deskhand.errors import DecisionRefusedError, NotFoundError
from deskhand.runbooks.library import Library
from deskhand.use_cases.correct_item import Correction, fix_case
from deskhand.use_cases.decide_case import done_by_hand, reject_case, retry_case
from deskhand.use_cases.desk import Desk, Word
from deskhand.use_cases.sealing import fields_context, open_json
from deskhand.use_cases.snooze_case import snooze_case
from deskhand.use_cases.take_case import give_back_case, take_case
from deskhand.vaults.seal import AesSeal
from tests.making import ANN, NOW
from tests.unit.runbooks.bots import BOTS
from tests.unit.use_cases.office import MEMBER, Office, word

BOB = Actor(kind=ActorKind.HUMAN, id="os-user", asserted="bob")
NO = NeedsPerson(cause=Cause(kind=CauseKind.BUSINESS, code="MEMBER_NOT_FOUND", message="no"))
CAPTCHA = NeedsPerson(cause=Cause(kind=CauseKind.STOP, code="CAPTCHA"))


def with_person(office: Office) -> None:
    """Let C-1 go to a person for a business cause."""
    office.accept("C-1")
    office.perform(NO)


def case_of(office: Office, claim: str = "C-1") -> ExceptionCase:
    with office.store.reading() as tx:
        return tx.cases.of_item(office.item(claim).id)[-1]


def take(office: Office, *, by: Actor) -> ExceptionCase:
    return take_case("C-1", by=by, desk=office.desk)


def fields_of(office: Office) -> object:
    item = office.item("C-1")
    return open_json(item.sealed_fields, seal=office.seal, context=fields_context(item.id))


def test_a_taken_case_is_one_persons_until_they_give_it_back(office: Office) -> None:
    with_person(office)

    taken = take(office, by=ANN)
    again = take(office, by=ANN)
    with pytest.raises(DecisionRefusedError, match="is with ann; they can give it back"):
        take(office, by=BOB)
    with pytest.raises(DecisionRefusedError, match="is with ann"):
        retry_case(word("C-1", by=BOB), desk=office.desk)
    free = give_back_case("C-1", by=ANN, desk=office.desk)
    others = take(office, by=BOB)

    assert (taken.taken_by, again.taken_by, free.taken_by) == ("ann", "ann", None)
    assert (others.taken_by, others.version) == ("bob", 5)


def test_only_a_taken_case_is_given_back(office: Office) -> None:
    with_person(office)

    with pytest.raises(DecisionRefusedError, match="nobody has taken case"):
        give_back_case("C-1", by=ANN, desk=office.desk)


def test_a_retry_closes_the_case_and_the_item_waits_with_new_tries(office: Office) -> None:
    with_person(office)

    item = retry_case(word("C-1"), desk=office.desk)

    assert (item.state, item.tries, item.reason) == (ItemState.WAITING, 0, None)
    assert office.item("C-1") == item
    case = case_of(office)
    assert (case.state, case.decision, case.closed_by) == (
        CaseState.CLOSED,
        Decision.RETRY,
        "ann",
    )
    assert len(office.feed()) == 1


def test_a_case_of_the_same_code_tells_that_it_came_back(office: Office) -> None:
    with_person(office)
    first = case_of(office)
    retry_case(word("C-1"), desk=office.desk)

    office.perform(NO)

    assert (first.came_back, case_of(office).came_back) == (False, True)


def test_a_correction_changes_the_fields_under_the_seal_and_says_which(office: Office) -> None:
    with_person(office)

    item = fix_case(
        word("C-1", reason="typo"), Correction(changes={"note": "by phone"}), desk=office.desk
    )

    assert fields_of(office) == {"claim_number": "C-1", "member_id": MEMBER, "note": "by phone"}
    assert item.state is ItemState.WAITING
    with office.store.reading() as tx:
        bodies = b"".join(row.body for row in tx.audit_log.of_stream(item.stream))
    assert b'"fields":["note"]' in bodies
    assert b"by phone" not in bodies


def test_a_correction_of_the_reference_renames_the_item(office: Office) -> None:
    with_person(office)

    fix_case(word("C-1"), Correction(changes={"claim_number": "C-7"}), desk=office.desk)

    assert office.item("C-7").state is ItemState.WAITING
    with pytest.raises(NotFoundError):
        office.item("C-1")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"member": "W1"}, "no field member; the fields are: claim_number, member_id, note"),
        ({"member_id": "!"}, "not corrected: member_id"),
        ({"note": None}, "nothing was changed"),
        ({}, "nothing was changed"),
        ({"claim_number": "C-2"}, "another item has the reference C-2"),
    ],
)
def test_a_correction_that_does_not_pass_changes_nothing(
    office: Office, changes: dict[str, object], problem: str
) -> None:
    with_person(office)
    office.accept("C-2")
    before = office.item("C-1")

    with pytest.raises(DecisionRefusedError, match=problem):
        fix_case(word("C-1"), Correction(changes=changes), desk=office.desk)

    assert office.item("C-1") == before
    assert case_of(office).state is CaseState.OPEN


def test_a_rejected_item_rests_with_the_reason_that_the_client_is_told(office: Office) -> None:
    with_person(office)

    item = reject_case(word("C-1", reason="not insured"), desk=office.desk)

    assert (item.state, item.reason) == (ItemState.REJECTED, "not insured")
    with pytest.raises(NotFoundError, match="no open case"):
        retry_case(word("C-1"), desk=office.desk)
    with pytest.raises(DecisionRefusedError, match="was closed by ann"):
        retry_case(word(case_of(office).id), desk=office.desk)


def test_two_items_with_one_reference_are_not_simply_tried_again(office: Office) -> None:
    office.accept("C-1")
    office.accept("C-1", note="another")
    with office.store.reading() as tx:
        conflict = tx.cases.named("C-1")

    with pytest.raises(DecisionRefusedError, match="two items have this reference"):
        retry_case(word(conflict.id), desk=office.desk)
    item = reject_case(word(conflict.id), desk=office.desk)

    assert (item.state, item.occurrence) == (ItemState.REJECTED, 1)


def test_a_case_about_an_account_is_not_decided_as_one_about_an_item(office: Office) -> None:
    office.accept("C-1")
    office.perform(CAPTCHA)
    with office.store.reading() as tx:
        about = tx.cases.open_of_account(office.item("C-1").account)
    assert about is not None

    with pytest.raises(DecisionRefusedError, match="deskhand accounts release payer_portal/lake"):
        retry_case(word(about.id), desk=office.desk)


@pytest.mark.parametrize("reason", [f"not {MEMBER}", f"unknown: {MEMBER.lower()}!"])
@pytest.mark.parametrize(
    "decide",
    [
        lambda word, desk: reject_case(word, desk=desk),
        lambda word, desk: retry_case(word, desk=desk),
        lambda word, desk: done_by_hand(word, number="P-1", desk=desk),
        lambda word, desk: snooze_case(word, until=NOW + timedelta(hours=9), desk=desk),
    ],
    ids=["reject", "retry", "done", "snooze"],
)
def test_a_reason_that_tells_what_is_sensitive_is_refused_without_its_value(
    office: Office, decide: Callable[[Word, Desk], object], reason: str
) -> None:
    office.accept("C-1")
    office.perform(NO)

    with pytest.raises(DecisionRefusedError) as refusal:
        decide(word("C-1", reason=reason), office.desk)

    assert "sensitive value of the item (member_id)" in str(refusal.value)
    assert MEMBER not in str(refusal.value)


@pytest.mark.parametrize("number", ["P-1\x1b[2J", "P" * 201])
def test_what_is_no_number_of_a_portal_is_not_kept_as_one(office: Office, number: str) -> None:
    office.accept("C-1")
    office.perform(NO)

    with pytest.raises(DecisionRefusedError, match="no portal's number"):
        done_by_hand(word("C-1"), number=number, desk=office.desk)


def test_a_reason_does_not_tell_what_a_correction_puts_in_either(office: Office) -> None:
    office.accept("C-1")
    office.perform(NO)
    right = Correction(changes={"member_id": "W555000111"})

    with pytest.raises(DecisionRefusedError, match=r"sensitive value of the item \(member_id\)"):
        fix_case(word("C-1", reason="it is W555000111"), right, desk=office.desk)

    assert fix_case(word("C-1", reason="as on the card"), right, desk=office.desk).state is (
        ItemState.WAITING
    )


def test_an_item_that_nobody_can_open_or_perform_any_more_is_still_rejected(
    office: Office,
) -> None:
    office.accept("C-1", "C-2")
    for _ in range(2):
        office.perform(NO)
    office.library = Library(replace(BOTS, broken={"payer_portal": "its name was changed"}))

    with pytest.raises(DecisionRefusedError, match="sensitive value of the item"):
        reject_case(word("C-1", reason=f"{MEMBER} moved"), desk=office.desk)
    reject_case(word("C-1", reason="moved"), desk=office.desk)
    office.seal = AesSeal([bytes(range(32))])
    reject_case(word("C-2", reason="its seal is broken"), desk=office.desk)

    assert {office.item(claim).state for claim in ("C-1", "C-2")} == {ItemState.REJECTED}
