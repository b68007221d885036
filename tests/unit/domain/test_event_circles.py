from dataclasses import replace

import pytest

from deskhand.bootstrap.listeners import listeners_of
from deskhand.domain.event_circles import event_circle
from deskhand.domain.runbook import EventTrigger, Runbook
from deskhand.errors import SettingsError
from deskhand.runbooks.library import Library
from tests.unit.runbooks.bots import BOTS
from tests.unit.use_cases.office import SOURCE

LIBRARY = Library(BOTS)
PLAIN = LIBRARY.compile(SOURCE, file="claims.tiny")


def a_runbook(name: str, *, hears: str = "", emits: str | None = None) -> Runbook:
    triggers = tuple(EventTrigger(event=event) for event in hears.split())
    return replace(PLAIN, name=name, triggers=triggers, emit=emits)


def test_a_chain_of_events_is_no_circle() -> None:
    first = a_runbook("a", emits="a.done")
    second = a_runbook("b", hears="a.done c.done", emits="b.done")
    third = a_runbook("c", hears="b.done x.done")

    assert event_circle([first, second, third]) == ()


def test_a_runbook_that_hears_itself_is_a_circle() -> None:
    assert event_circle([a_runbook("a", hears="a.done", emits="a.done")]) == ["a", "a"]


def test_runbooks_that_would_start_each_other_for_ever_are_refused() -> None:
    before = a_runbook("before", emits="a.done")
    first = a_runbook("first", hears="a.done c.done", emits="b.done")
    second = a_runbook("second", hears="b.done", emits="c.done")

    with pytest.raises(SettingsError, match="first > second > first"):
        listeners_of([before, first, second], library=LIBRARY)
