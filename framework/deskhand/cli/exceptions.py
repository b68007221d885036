"""`deskhand exceptions`: work off the cases that wait for a person."""

from datetime import datetime
from typing import Any

import click

from deskhand.bootstrap.workplace import human
from deskhand.cli.cases_shown import print_cases, print_causes, print_groups
from deskhand.cli.decisions import close, done, fix, reject, retry
from deskhand.cli.moments import moment
from deskhand.cli.questions import (
    answer,
    approve,
    refuse,
    withdraw,
)
from deskhand.cli.surroundings import (
    as_option,
    json_option,
    limit_option,
    reason_option,
    shown,
    tell_more,
    workplace,
)
from deskhand.cli.telling import tell_case
from deskhand.cli.whole_case import print_whole_case
from deskhand.domain.duration import parse_duration
from deskhand.domain.exception_case import CaseKind, CaseState
from deskhand.domain.person_name import same_person
from deskhand.ports.case_store import CaseFilter
from deskhand.use_cases.desk import Word
from deskhand.use_cases.snooze_case import snooze_case
from deskhand.use_cases.take_case import give_back_case, take_case
from deskhand.use_cases.tell_story import case_detail, revealed_case

_ALL = 1_000_000


@click.group()
def exceptions() -> None:
    """Work off exception cases: see, take, snooze, fix, retry, answer, approve, close."""


for decision in (fix, retry, done, reject, close, answer, approve, refuse, withdraw):
    exceptions.add_command(decision)


@exceptions.command("list")
@click.option("--state", type=click.Choice([state.value for state in CaseState]))
@click.option("--kind", type=click.Choice([kind.value for kind in CaseKind]))
@click.option("--queue", help="Only cases of this queue.")
@click.option("--code", help="Only cases with this code.")
@click.option("--client", help="Only cases of this client.")
@click.option("--runbook", help="Only cases of this runbook.")
@click.option("--taken-by", help="Only cases that this person has taken.")
@click.option("--group", "cause_group", help="Only cases of this cause.")
@click.option("--overdue", is_flag=True, help="Only cases whose due time has passed.")
@click.option("--all", "everything", is_flag=True, help="Closed cases, too.")
@click.option(
    "--by", type=click.Choice(["cause"]), help="One line a cause: what goes together goes together."
)
@limit_option
@json_option
@click.pass_context
def list_cases(context: click.Context, /, limit: int, as_json: bool, **given: Any) -> None:
    """List open cases, the first ones due first."""
    place = workplace(context)
    wanted = _filter(given, now=place.clock.now())
    holder = given["taken_by"]
    with place.store.reading() as tx:
        found = tx.cases.find(wanted, limit=_ALL if given["by"] or holder else limit + 1)
    if holder:
        found = [case for case in found if same_person(case.taken_by or "", holder)]
    if given["by"]:
        print_groups(found, limit=limit, as_json=as_json)
    else:
        print_cases(found[:limit], now=place.clock.now(), as_json=as_json)
        tell_more(len(found), limit=limit)


def _filter(given: dict[str, Any], *, now: datetime) -> CaseFilter:
    return CaseFilter(
        state=CaseState(given["state"]) if given["state"] else None,
        kind=CaseKind(given["kind"]) if given["kind"] else None,
        queue=given["queue"],
        code=given["code"],
        client=given["client"],
        runbook=given["runbook"],
        cause_group=given["cause_group"],
        unclosed=not (given["everything"] or given["state"]),
        overdue_at=now if given["overdue"] else None,
    )


@exceptions.command()
@limit_option
@json_option
@click.pass_context
def causes(context: click.Context, limit: int, as_json: bool) -> None:
    """Count the open cases of each cause, the most frequent first."""
    with workplace(context).store.reading() as tx:
        found = tx.case_clocks.causes()
    print_causes(found[:limit], as_json=as_json)
    tell_more(len(found), limit=limit)


@exceptions.command()
@click.argument("case")
@click.option("--reveal", is_flag=True, help="Show sensitive facts; that you looked is recorded.")
@as_option
@json_option
@click.pass_context
def show(
    context: click.Context, case: str, reveal: bool, as_name: str | None, as_json: bool
) -> None:
    """Show one case: what happened or is asked, until when, and what can be done."""
    place = workplace(context)
    if reveal:
        detail = revealed_case(
            case,
            by=human(as_name),
            store=place.store,
            seal=place.seal,
            library=place.library,
            clock=place.clock,
        )
    else:
        detail = case_detail(case, store=place.store, seal=place.seal, library=place.library)
    print_whole_case(detail, now=place.clock.now(), reveal=reveal, as_json=as_json)


@exceptions.command()
@click.argument("case")
@as_option
@json_option
@click.pass_context
def take(context: click.Context, case: str, as_name: str | None, as_json: bool) -> None:
    """Take a case, so that others see who works on it."""
    place = workplace(context)
    taken = take_case(case, by=human(as_name), desk=place.desk)
    tell_case(taken, as_json=as_json, said=f"{taken.reference} is with {taken.taken_by}")


@exceptions.command("give-back")
@click.argument("case")
@as_option
@json_option
@click.pass_context
def give_back(context: click.Context, case: str, as_name: str | None, as_json: bool) -> None:
    """Give a taken case back."""
    place = workplace(context)
    free = give_back_case(case, by=human(as_name), desk=place.desk)
    tell_case(free, as_json=as_json, said=f"{free.reference} is free again")


@exceptions.command()
@click.argument("case")
@click.option("--until", help="A moment, in UTC where it says nothing else: 2026-05-05T09:00.")
@click.option("--for", "duration", help="From now on: 30m, 2h, 3d.")
@reason_option
@as_option
@json_option
@click.pass_context
def snooze(context: click.Context, /, case: str, as_json: bool, **given: Any) -> None:
    """Let a case rest: nobody is handed it before then. Its clock runs on."""
    place = workplace(context)
    until = _moment(given["until"], given["duration"], now=place.clock.now())
    word = Word(case=case, by=human(given["as_name"]), reason=given["reason"])
    resting = snooze_case(word, until=until, desk=place.desk)
    tell_case(resting, as_json=as_json, said=f"{resting.reference} rests until {shown(until)}")


def _moment(until: str | None, duration: str | None, *, now: datetime) -> datetime:
    if (until is None) == (duration is None):
        raise click.UsageError("say how long: --until MOMENT or --for DURATION")
    try:
        return moment(str(until)) if duration is None else now + parse_duration(duration)
    except (ValueError, OverflowError) as error:
        raise click.UsageError(f"not understood: {error}") from error
