"""What people may decide while nobody knows whether an act happened, and after it did."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from deskhand.domain.cause import Cause, CauseKind
from deskhand.domain.effect import Effect, EffectState
from deskhand.domain.outcome import NeedsPerson
from deskhand.domain.work_item import ItemState
from deskhand.errors import DecisionRefusedError
from deskhand.use_cases.correct_item import Correction, fix_case
from deskhand.use_cases.decide_case import done_by_hand, reject_case, retry_case
from deskhand.use_cases.journal_act import ActJournal
from tests.unit.use_cases.office import CLOCKS, Office, word

NO = NeedsPerson(cause=Cause(kind=CauseKind.BUSINESS, code="MEMBER_NOT_FOUND"))
DOUBT = NeedsPerson(cause=Cause(kind=CauseKind.UNCERTAIN, code="OUTCOME_UNKNOWN"))


def with_person(office: Office) -> None:
    """Let C-1 go to a person for a business cause."""
    office.accept("C-1")
    office.perform(NO)


def in_doubt(office: Office) -> Effect:
    """Let C-1 go to a person because nobody knows whether it was submitted."""
    office.accept("C-1")
    fenced = office.begin_next()
    effect = ActJournal(fenced=fenced).unknown(office.intend(fenced), why="timeout")
    office.settle(fenced, DOUBT)
    return effect


def act_of(office: Office, act: Effect) -> Effect:
    with office.store.transaction() as tx:
        return tx.journal.effect(act.id)


def test_a_retry_of_an_act_in_doubt_asks_the_portal_again_for_as_long(office: Office) -> None:
    effect = in_doubt(office)
    office.clock.turn(timedelta(hours=1))

    item = retry_case(word("C-1"), desk=office.desk)

    asked = act_of(office, effect)
    assert (item.state, asked.state) == (ItemState.WAITING, EffectState.UNKNOWN)
    assert asked.ask_at == office.clock.at
    assert asked.patience_until == office.clock.at + CLOCKS.patience


def test_a_person_who_looked_and_found_nothing_lets_the_act_be_done_once_more(
    office: Office,
) -> None:
    effect = in_doubt(office)

    with pytest.raises(DecisionRefusedError, match="needs a reason"):
        retry_case(word("C-1", reason=""), desk=office.desk, not_there=True)
    retry_case(word("C-1", reason="looked"), desk=office.desk, not_there=True)

    assert act_of(office, effect).state is EffectState.NOT_DONE


def test_where_nothing_is_in_doubt_nobody_can_say_that_it_is_not_there(office: Office) -> None:
    with_person(office)

    with pytest.raises(DecisionRefusedError, match="nothing is in doubt"):
        retry_case(word("C-1"), desk=office.desk, not_there=True)


@pytest.mark.parametrize(
    "decide",
    [
        lambda desk: reject_case(word("C-1"), desk=desk),
        lambda desk: fix_case(word("C-1"), Correction(changes={"note": "x"}), desk=desk),
    ],
    ids=["reject", "fix"],
)
def test_what_may_already_be_with_the_portal_is_neither_rejected_nor_changed(
    office: Office, decide: Callable[[object], object]
) -> None:
    in_doubt(office)

    with pytest.raises(DecisionRefusedError, match="not known yet whether this item was submitted"):
        decide(office.desk)

    assert office.item("C-1").state is ItemState.WITH_PERSON


def with_the_portal(office: Office) -> None:
    """Let C-1 go to a person after the portal has confirmed it."""
    office.accept("C-1")
    fenced = office.begin_next()
    act = ActJournal(fenced=fenced)
    act.confirmed(office.intend(fenced), receipt={"confirmation": "P-1"}, by_proof=False)
    office.settle(fenced, NO)


@pytest.mark.parametrize(
    "decide",
    [
        lambda desk: reject_case(word("C-1"), desk=desk),
        lambda desk: fix_case(word("C-1"), Correction(changes={"note": "x"}), desk=desk),
    ],
    ids=["reject", "fix"],
)
def test_what_the_portal_has_already_is_neither_rejected_nor_changed(
    office: Office, decide: Callable[[object], object]
) -> None:
    with_the_portal(office)

    with pytest.raises(DecisionRefusedError, match="the portal has it already"):
        decide(office.desk)

    assert office.item("C-1").state is ItemState.WITH_PERSON


def test_where_every_act_is_proven_done_by_hand_ends_the_item(office: Office) -> None:
    with_the_portal(office)

    item = done_by_hand(word("C-1"), number="P-1", desk=office.desk)

    assert (item.state, item.portal_number) == (ItemState.DONE_BY_HAND, "P-1")


def test_what_a_person_says_to_have_done_is_looked_up_by_the_bot(office: Office) -> None:
    with_person(office)

    item = done_by_hand(word("C-1", reason="by phone"), number=" P-9 ", desk=office.desk)
    fenced = office.begin_next()

    with office.store.reading() as tx:
        (act,) = tx.journal.effects_of(item.id)
    assert (item.state, act.state, act.act_no) == (ItemState.WAITING, EffectState.UNKNOWN, 1)
    assert ActJournal(fenced=fenced).number_by_hand(act) == "P-9"


def test_an_act_in_doubt_that_a_person_claims_is_the_same_act(office: Office) -> None:
    effect = in_doubt(office)

    done_by_hand(word("C-1"), number="P-9", desk=office.desk)

    claimed = act_of(office, effect)
    assert (claimed.state, claimed.sealed_by_hand is not None) == (EffectState.UNKNOWN, True)


@pytest.mark.parametrize(
    ("number", "reason", "problem"),
    [(" ", "by phone", "give the portal's number"), ("P-9", "", "needs a reason")],
)
def test_done_by_hand_needs_a_number_and_a_reason(
    office: Office, number: str, reason: str, problem: str
) -> None:
    with_person(office)

    with pytest.raises(DecisionRefusedError, match=problem):
        done_by_hand(word("C-1", reason=reason), number=number, desk=office.desk)


TWICE = """\
deskhand: 1
runbook: claims.tiny
portal: payer_portal
item:
  reference: [claim_number]
  fields: {claim_number: string, member_id: member_id, note: string?}
steps:
  - use: find_claim
  - once: submit_claim
    name: submit_note
    when: there(item.note)
  - once: submit_claim
  - once: submit_claim
    name: submit_copy
cases: {claims: [business]}
"""


def confirmed_first(office: Office, *, step: str) -> None:
    """Let C-1 go to a person, because of a step, when two of its three acts are left."""
    office.source = TWICE
    office.accept("C-1")
    fenced = office.begin_next()
    act = ActJournal(fenced=fenced)
    act.confirmed(office.intend(fenced), receipt={"confirmation": "P-1"}, by_proof=False)
    differs = Cause(kind=CauseKind.BUSINESS, code="AMOUNT_DIFFERS", step=step)
    office.settle(fenced, NeedsPerson(cause=differs))


def test_a_case_about_what_the_portal_has_is_closed_on_a_persons_word_whatever_is_left(
    office: Office,
) -> None:
    confirmed_first(office, step="submit_claim")

    item = done_by_hand(word("C-1", reason="put right"), number="P-1", desk=office.desk)

    assert (item.state, item.portal_number) == (ItemState.DONE_BY_HAND, "P-1")


def test_an_act_before_the_last_confirmed_one_is_not_taken_for_what_was_done(
    office: Office,
) -> None:
    confirmed_first(office, step="find_claim")

    item = done_by_hand(word("C-1", reason="copied by phone"), number="P-2", desk=office.desk)

    with office.store.reading() as tx:
        acts = {act.step: act.state for act in tx.journal.effects_of(item.id)}
    assert acts == {"submit_claim": EffectState.CONFIRMED, "submit_copy": EffectState.UNKNOWN}


def test_where_several_acts_are_left_nobody_guesses_which_was_done(office: Office) -> None:
    office.source = TWICE
    with_person(office)

    with pytest.raises(
        DecisionRefusedError, match="submit_note, submit_claim, submit_copy; retry it"
    ):
        done_by_hand(word("C-1"), number="P-1", desk=office.desk)
