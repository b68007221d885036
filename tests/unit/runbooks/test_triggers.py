"""What starts items: time tables with their sources, webhooks, events."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from deskhand.domain.runbook import CatchUp, CronTrigger, EventTrigger, Runbook, WebhookTrigger
from deskhand.ports.runbook_library import Bound
from deskhand.runbooks.compiler import compile_runbook, examine
from deskhand.runbooks.cron_texts import cron_mistake
from deskhand.runbooks.diagnostics import WARNING
from deskhand.runbooks.explain import explained
from deskhand.runbooks.intake_binding import FieldBinder
from tests.making import NOW
from tests.unit.runbooks.bots import BOTS
from tests.unit.runbooks.mistakes import Mistake, assert_told
from tests.unit.runbooks.texts import runbook

CLOCK = 'cron: "30 21 * * mon-fri", timezone: America/Chicago'
MAP = "map: {expected: row.amount}"
SOURCE = "source: ledger.unverified_files"


def triggers(text: str) -> str:
    return runbook(rest=f"triggers: [{text}]\n")


def compiled(text: str) -> Runbook:
    return compile_runbook(triggers(text), file="a.yaml", bots=BOTS)


def the_cron(text: str) -> CronTrigger:
    trigger = compiled(text).triggers[0]
    assert isinstance(trigger, CronTrigger)
    return trigger


def test_a_time_table_says_when_whose_clock_and_who_lists_the_rows() -> None:
    trigger = the_cron(f"{{{CLOCK}, {SOURCE}, {MAP}}}")

    assert trigger.cron == "30 21 * * mon-fri"
    assert trigger.timezone == "America/Chicago"
    assert trigger.source.action == "ledger.unverified_files"
    assert trigger.rows == "files"
    assert (trigger.grace, trigger.catch_up) == (timedelta(minutes=10), CatchUp.LATEST)


def test_a_time_table_may_say_more() -> None:
    trigger = the_cron(
        f"{{{CLOCK}, source: ledger.files_since, with: {{since: today - days(3)}}, {MAP}, "
        "calendar: us-office, grace: 2h, catch_up: all}"
    )

    scope = {"today": date(2026, 5, 4)}
    assert trigger.source.arguments["since"].value(scope) == date(2026, 5, 1)
    assert trigger.calendar == "us-office"
    assert (trigger.grace, trigger.catch_up) == (timedelta(hours=2), CatchUp.ALL)


def test_the_rows_of_a_source_become_items() -> None:
    made = compiled(f"{{{CLOCK}, {SOURCE}, {MAP}}}")
    row = {"student_id": "S1234567", "award_year": "2026-27", "amount": Decimal("12.10")}

    bound = FieldBinder(made, made.triggers[0]).bind(row, today=NOW.date(), now=NOW)

    assert isinstance(bound, Bound)
    assert bound.values["expected"] == Decimal("12.10")


def test_a_webhook_and_an_event_carry_rows() -> None:
    made = compiled(
        "{webhook: new_files, map: {expected: money(row.Total)}}, {event: isir.received}"
    )

    webhook, event, _ = made.triggers
    assert isinstance(webhook, WebhookTrigger)
    assert (webhook.name, list(webhook.map)) == ("new_files", ["expected"])
    assert event == EventTrigger(event="isir.received")


def test_an_event_that_nobody_emits_is_a_warning_and_no_mistake() -> None:
    text = triggers("{event: claims.submited}, {event: mine}") + "emit: mine\n"

    checked = examine(text, file="a.yaml", bots=BOTS, events={"claims.submitted"})

    assert checked.runbook is not None
    assert [(one.severity, one.message, one.suggestion) for one in checked.diagnostics] == [
        (WARNING, "no runbook here emits `claims.submited`", "did you mean `claims.submitted`?")
    ]


def test_triggers_are_explained() -> None:
    told = explained(
        compiled(
            f"{{{CLOCK}, source: ledger.files_since, with: {{since: today}}, {MAP}, grace: 1h}}, "
            "{webhook: files}, {event: isir.received}"
        )
    )

    assert "the clock: 30 21 * * mon-fri in America/Chicago" in told
    assert "asks ledger.files_since for each client; a row of its files is one" in told
    assert "since \u2190 today" in told
    assert "late by at most 1 h\n" in told
    assert "when it passed: one firing stands for all that passed (default)" in told
    assert "signed requests to /hooks/CLIENT/files" in told
    assert "the event isir.received; its data is the row" in told


def time_table(text: str, *, zone: str = "America/Chicago", rest: str = SOURCE) -> str:
    return f"{{cron: {text}, timezone: {zone}, {rest}, {MAP}}}"


MISTAKES = [
    Mistake(
        time_table('«"30 21 * * 1-5"»'),
        "weekdays go by their names: tools disagree whether 1 is Monday or Sunday",
        "write mon, tue",
    ),
    Mistake(time_table('«"30 21 * * mno"»'), "there is no weekday `mno`", "did you mean `mon`?"),
    Mistake(
        time_table('«"30 21 * * fri-sun"»'),
        "`fri-sun` runs past the end of the week",
        "list the days",
    ),
    Mistake(
        time_table('«"30 21 * *"»'),
        "a time table has five fields: minute, hour, day of the month, month, weekday",
        "for example",
    ),
    Mistake(time_table('«"61 21 * * *"»'), "this is no time table: look at its minute", "for"),
    Mistake(
        time_table('"30 21 * * *"', zone="«America/New_Yrok»"),
        "there is no time zone `America/New_Yrok`",
        "did you mean `America/New_York`?",
    ),
    Mistake(
        time_table('"30 21 * * *"', rest="source: «ledger.forget_files»"),
        "`ledger.forget_files` is no read action: a source only reads",
    ),
    Mistake(
        time_table('"30 21 * * *"', rest="source: «ledger.read_award»"),
        "`ledger.read_award` returns no list of records",
        "a source returns a Result with one list",
    ),
    Mistake(
        time_table('"30 21 * * *"', rest="source: «ledger.two_lists»"),
        "`ledger.two_lists` returns two lists: files and late",
        "a source returns a Result with one list",
    ),
    Mistake(
        time_table('"30 21 * * *"', rest="source: «ledgr.unverified_files»"),
        "there is no bot `ledgr`",
        "did you mean `ledger`?",
    ),
    Mistake(
        time_table('"30 21 * * *"', rest="source: «ledger.files_since»"),
        "`ledger.files_since` needs `since`",
        "give it: with: {since",
    ),
    Mistake(
        f"{{{CLOCK}, {SOURCE}, map: {{expected: row.«amuont»}}}}",
        "`row` has no field `amuont`",
        "did you mean `amount`?",
    ),
    Mistake(
        f"{{{CLOCK}, source: «ledger.unverified_files»}}",
        "the rows of `ledger.unverified_files` have no `expected`, which the item needs",
        "map it: map: {expected",
    ),
    Mistake(
        f"{{{CLOCK}, {SOURCE}, map: {{expected: row.amount, note: «row.student_id»}}}}",
        "this is sensitive (phi), the field `note` is not",
        "declare the field so",
    ),
    Mistake(f"{{«cron»: '* * * * *', {SOURCE}}}", "`timezone` is missing", "whose clock it is"),
    Mistake("{webhook: «New Files»}", "this is not a name", "small letters"),
    Mistake(
        f"{{{CLOCK}, {SOURCE}, {MAP}, name: «Evening»}}", "this is not a name", "small letters"
    ),
    Mistake("{file: 'in/*.csv', name: «late-ones»}", "this is not a name", "small letters"),
]
TWINS = [
    (
        f"{{{CLOCK}, {SOURCE}, {MAP}}}, {{manual: null}}, {{{CLOCK}, {SOURCE}, {MAP}}}",
        "two triggers are called `aid.check/cron-30.21.x.x.mon-fri`: ",
        "give one of them a name: name: evening",
        '"30 21',
    ),
    (
        f"{{file: 'in/*.csv', name: late}}, {{{CLOCK}, {SOURCE}, {MAP}, name: late}}",
        "two triggers are called `aid.check/late`: ",
        "give it another name",
        "late}]",
    ),
    (
        "{file: 'in/*.csv'}, {file: 'in/{client}/*.csv'}",
        "two triggers are called `aid.check/files-in.csv`: ",
        "give one of them a name: name: evening",
        "'in/{client}",
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.message)
def test_a_mistake_in_a_trigger_is_told_at_its_place(mistake: Mistake) -> None:
    assert_told(triggers(mistake.text), replace(mistake, text=""))


@pytest.mark.parametrize(("text", "message", "advice", "place"), TWINS)
def test_two_triggers_of_one_name_are_a_mistake_of_the_projects_runbook(
    text: str, message: str, advice: str, place: str
) -> None:
    checked = examine(triggers(text), file="a.yaml", bots=BOTS, events=())

    assert checked.runbook is None
    (told,) = checked.diagnostics
    assert told.message.startswith(message)
    assert told.suggestion == advice
    assert triggers(text).splitlines()[told.line - 1][told.column - 1 :].startswith(place)


@pytest.mark.parametrize("text", [text for text, *_ in TWINS])
def test_a_stored_runbook_whose_triggers_have_one_name_is_performed_to_its_end(text: str) -> None:
    assert len(compiled(text).triggers) == 3


def test_triggers_are_explained_with_their_names() -> None:
    told = explained(compiled(f"{{{CLOCK}, {SOURCE}, {MAP}, name: evening}}, {{file: 'in/*.csv'}}"))

    assert "called aid.check/evening\n" in told
    assert "called aid.check/files-in.csv (default)\n" in told


@pytest.mark.parametrize(
    "text",
    ["0 6 * * mon-fri", "*/5 * * * *", "0 0 1 * *", "15 8 * * mon#1", "0 7 L * *", "0 9 * * MON"],
)
def test_usual_time_tables_are_right(text: str) -> None:
    assert cron_mistake(text) is None
