"""Figures are counted once, in their time, by account, version and field."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from deskhand.domain.attempt import AttemptState
from deskhand.domain.exception_case import CaseKind
from deskhand.domain.identifiers import AccountName, AttemptId, ItemId
from deskhand.domain.quality import Grade
from deskhand.domain.read_back import FieldChecks, ReadBack
from deskhand.domain.work_item import ItemState
from deskhand.ports.figures import CountFigure, FigureFilter
from deskhand.ports.item_store import ItemFilter
from deskhand.ports.store import Store, Transaction
from tests.making import (
    ACCOUNT,
    NOW,
    a_case,
    a_running_attempt,
    add_attempt,
    add_case,
    add_items,
    an_attempt,
    an_entry,
    an_item,
    move_item,
)
from tests.making_quality import a_recheck, add_recheck, answer

HILL = AccountName("payer_portal/hill")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _running_attempts(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i1"), an_item("i2", client="hill", account=HILL))
        for number in (1, 2):
            add_attempt(tx, a_running_attempt("i1", number))
        add_attempt(tx, a_running_attempt("i2", 1))


def read_back(
    tx: Transaction,
    attempt: str,
    fields: Sequence[tuple[str, int, int]],
    *,
    after: timedelta = timedelta(0),
    step: str = "submit_claim",
) -> None:
    """Keep a read-back of (field, checked, wrong)."""
    by_field = tuple(FieldChecks(name=n, checked=c, wrong=w) for n, c, w in fields)
    wrong = tuple(name for name, _, count in fields for _ in range(count))
    tx.journal.add_read_back(
        ReadBack(checked=sum(c for _, c, _ in fields), wrong=wrong, by_field=by_field),
        item=tx.items.get(ItemId(attempt.partition(":")[0])),
        attempt=AttemptId(attempt),
        step=step,
        at=NOW + after,
    )


def test_what_the_bot_wrote_is_told_apart_from_what_the_portal_holds_since(store: Store) -> None:
    with store.transaction() as tx:
        read_back(tx, "i1:1", [("total", 1, 1), ("lines.code", 3, 2)])
        read_back(tx, "i1:2", [("total", 1, 0), ("lines.code", 3, 1)], after=HOUR)

    with store.reading() as tx:
        (whole,) = tx.figures.read_backs(FigureFilter())
        fields = tx.figures.read_backs_by_field(FigureFilter())
    assert (whole.account, whole.runbook, whole.version) == (ACCOUNT, "claims-submit", 1)
    assert (whole.checked, whole.wrong, whole.left_wrong) == (4, 3, 1)
    assert [(one.field, one.checked, one.wrong, one.left_wrong) for one in fields] == [
        ("lines.code", 3, 2, 1),
        ("total", 1, 1, 0),
    ]


def test_each_act_of_an_item_counts(store: Store) -> None:
    with store.transaction() as tx:
        read_back(tx, "i1:1", [("a", 1, 0)])
        read_back(tx, "i1:1", [("b", 1, 1)], step="void_claim")

    with store.reading() as tx:
        (whole,) = tx.figures.read_backs(FigureFilter())
        totals = tx.journal.read_back_totals(ItemFilter())
    assert (whole.checked, whole.wrong) == (2, 1)
    assert totals == (2, 1)


def test_a_read_back_from_before_fields_were_counted_is_in_the_whole_alone(store: Store) -> None:
    with store.transaction() as tx:
        read_back(tx, "i1:1", [("total", 1, 0)])
        tx.journal.add_read_back(
            ReadBack(checked=5, wrong=("total",)),
            item=tx.items.get(ItemId("i2")),
            attempt=AttemptId("i2:1"),
            step="submit_claim",
            at=NOW,
        )

    with store.reading() as tx:
        whole = tx.figures.read_backs(FigureFilter())
        fields = tx.figures.read_backs_by_field(FigureFilter())
    assert [(one.account, one.checked) for one in whole] == [(HILL, 5), (ACCOUNT, 1)]
    assert [(one.account, one.checked) for one in fields] == [(ACCOUNT, 1)]


@pytest.mark.parametrize(
    ("wanted", "checked"),
    [
        (FigureFilter(since=NOW, until=NOW + HOUR), 1),
        (FigureFilter(since=NOW + HOUR), 2),
        (FigureFilter(until=NOW), 0),
        (FigureFilter(client="hill"), 2),
        (FigureFilter(runbook="claims-submit"), 3),
        (FigureFilter(runbook="another"), 0),
    ],
)
def test_only_what_is_asked_for_is_counted(
    store: Store, wanted: FigureFilter, checked: int
) -> None:
    with store.transaction() as tx:
        read_back(tx, "i1:1", [("a", 1, 0)])
        read_back(tx, "i2:1", [("a", 2, 0)], after=HOUR)

    with store.reading() as tx:
        whole = tx.figures.read_backs(wanted)
        fields = tx.figures.read_backs_by_field(wanted)
    assert sum(one.checked for one in whole) == sum(one.checked for one in fields) == checked


def test_items_are_counted_by_state_and_those_that_waited_for_a_person(store: Store) -> None:
    with store.transaction() as tx:
        item = move_item(tx, tx.items.get(ItemId("i1")), ItemState.PERFORMING)
        move_item(tx, item, ItemState.DONE)
        add_case(tx, a_case("i1-1"))
        add_case(tx, a_case("i2-1", item="i2", kind=CaseKind.QUALITY))

    with store.reading() as tx:
        items = tx.figures.items(FigureFilter())
        asked = tx.figures.items_with_cases(FigureFilter())
        later = tx.figures.items(FigureFilter(since=NOW + HOUR))
    assert items == [
        CountFigure("claims-submit", 1, "done", 1),
        CountFigure("claims-submit", 1, "waiting", 1),
    ]
    assert asked == [CountFigure("claims-submit", 1, "done", 1)]
    assert later == []


def test_attempts_are_counted_by_how_they_ended(store: Store) -> None:
    with store.transaction() as tx:
        for number, outcome in ((3, "done"), (4, "try_later"), (5, "try_later")):
            ended = an_attempt(
                "i1", number, state=AttemptState.ENDED, ended_at=NOW, outcome=outcome
            )
            add_attempt(tx, ended)

    with store.reading() as tx:
        assert tx.figures.attempts(FigureFilter()) == [
            CountFigure("claims-submit", 1, "done", 1),
            CountFigure("claims-submit", 1, "try_later", 2),
        ]
        assert tx.figures.attempts(FigureFilter(until=NOW)) == []


def test_re_checks_are_counted_by_grade_and_the_others_by_state(store: Store) -> None:
    with store.transaction() as tx:
        add_recheck(tx, a_recheck("i2", client="hill", ordinal=None))
        answered = answer(tx, add_recheck(tx, a_recheck("i1")))
        seq = tx.record(an_entry("item:i1", "recheck", "graded"))
        tx.rechecks.save(answered.graded(Grade.CRITICAL, by="ann", at=NOW, audit_seq=seq))

    with store.reading() as tx:
        assert tx.figures.rechecks(FigureFilter()) == [
            CountFigure("claims-submit", 1, "critical", 1),
            CountFigure("claims-submit", 1, "waiting", 1),
        ]
        assert tx.figures.rechecks(FigureFilter(client="hill")) == [
            CountFigure("claims-submit", 1, "waiting", 1)
        ]
