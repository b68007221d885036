"""`deskhand quality`: check again, blind, what bots did; see and release held versions."""

import click

from deskhand.bootstrap.workplace import Workplace, human
from deskhand.cli.changes import given_values
from deskhand.cli.rechecks_shown import (
    hold_facts,
    hold_line,
    print_explained,
    print_recheck,
    print_rechecks,
    recheck_facts,
)
from deskhand.cli.surroundings import (
    as_option,
    json_option,
    limit_option,
    print_json,
    reason_option,
    say,
    tell_more,
    tell_unknown,
    workplace,
)
from deskhand.domain.exception_case import CaseKind
from deskhand.domain.quality import Grade, RecheckState
from deskhand.ports.quality import RecheckFilter
from deskhand.use_cases.desk import Word
from deskhand.use_cases.hand_out_case import Wish, next_case
from deskhand.use_cases.hold_version import VersionRelease, release_version
from deskhand.use_cases.recheck_item import Seen, answer_recheck, grade_recheck
from deskhand.use_cases.tell_recheck import explain_choice, recheck_detail, revealed_recheck


@click.group()
def quality() -> None:
    """Check again, blind, what bots did; see and release held versions."""


@quality.command("next")
@as_option
@click.option("--client", help="Only a re-check of this client.")
@json_option
@click.pass_context
def next_recheck(
    context: click.Context, as_name: str | None, client: str | None, as_json: bool
) -> None:
    """Take the re-check that is due first, of those that you may see to."""
    place = workplace(context)
    case = next_case(
        Wish(client=client, kind=CaseKind.QUALITY),
        by=human(as_name),
        desk=place.desk,
    )
    if case is None:
        say("null" if as_json else "nothing waits for you")
        tell_unknown(place, human(as_name))
    else:
        show_recheck(place, case.id, as_json=as_json)


@quality.command("list")
@click.option("--state", type=click.Choice([state.value for state in RecheckState]))
@click.option("--grade", type=click.Choice([grade.value for grade in Grade]))
@click.option("--runbook", help="Only of this runbook.")
@click.option("--client", help="Only of this client.")
@limit_option
@json_option
@click.pass_context
def list_rechecks(  # noqa: PLR0913 - one parameter an option
    context: click.Context,
    state: str | None,
    grade: str | None,
    runbook: str | None,
    client: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List re-checks, graded ones too, oldest first."""
    wanted = RecheckFilter(
        state=RecheckState(state) if state else None,
        grade=Grade(grade) if grade else None,
        runbook=runbook,
        client=client,
    )
    with workplace(context).store.reading() as tx:
        found = tx.rechecks.find(wanted, limit=limit + 1)
        items = tx.items.by_ids([one.item for one in found])
    print_rechecks(found[:limit], items=items, as_json=as_json)
    tell_more(len(found), limit=limit)


@quality.command()
@click.argument("case")
@click.option("--reveal", is_flag=True, help="Show sensitive values; that you looked is recorded.")
@as_option
@json_option
@click.pass_context
def show(
    context: click.Context, case: str, reveal: bool, as_name: str | None, as_json: bool
) -> None:
    """Show a re-check: what to look up; once that is answered, what was found."""
    place = workplace(context)
    if not reveal:
        show_recheck(place, case, as_json=as_json)
        return
    detail = revealed_recheck(
        case,
        by=human(as_name),
        store=place.store,
        seal=place.seal,
        library=place.library,
        clock=place.clock,
    )
    print_recheck(detail, now=place.clock.now(), as_json=as_json)


@quality.command()
@click.argument("case")
@click.argument("values", nargs=-1, metavar="FIELD=VALUE...")
@as_option
@json_option
@click.pass_context
def answer(
    context: click.Context,
    case: str,
    values: tuple[str, ...],
    as_name: str | None,
    as_json: bool,
) -> None:
    """Say what the portal shows, field by field; then see what differs.

    It is kept as it is: afterwards it cannot be changed. FIELD= says that the portal shows
    nothing there. Lists and records are given as JSON.

    FIELD=- asks for the value, or reads it from standard input: so a sensitive one
    stays out of the shell's history.
    """
    place = workplace(context)
    word = Word(case=case, by=human(as_name))
    seen = Seen(values=given_values(values))
    answered = answer_recheck(word, seen, desk=place.desk)
    show_recheck(place, answered.case, as_json=as_json)


@quality.command()
@click.argument("case")
@click.argument("grade", type=click.Choice([grade.value for grade in Grade]))
@click.option("--note", default="", help="What is wrong, or why differences do not matter.")
@as_option
@json_option
@click.pass_context
def grade(
    context: click.Context,
    case: str,
    grade: str,
    note: str,
    as_name: str | None,
    as_json: bool,
) -> None:
    """Grade what you found. A critical finding holds this version of the runbook."""
    place = workplace(context)
    word = Word(case=case, by=human(as_name), reason=note)
    graded = grade_recheck(word, Grade(grade), desk=place.desk, book=place.quality)
    hold = graded.hold
    if as_json:
        held = hold_facts(hold) if hold else None
        print_json({**recheck_facts(graded.recheck), "hold": held})
        return
    say(f"{graded.recheck.case}: graded {grade}")
    if hold is not None:
        say(hold_line(hold))
        say("attempts that run are finished; no other one of this version begins")


@quality.command()
@click.argument("item")
@json_option
@click.pass_context
def explain(context: click.Context, item: str, as_json: bool) -> None:
    """Say why ITEM was, or was not, chosen, and draw again with the project's key."""
    place = workplace(context)
    explained = explain_choice(item, store=place.store, seal=place.seal, book=place.quality)
    print_explained(explained, as_json=as_json)


@quality.command()
@json_option
@click.pass_context
def holds(context: click.Context, as_json: bool) -> None:
    """List the versions of runbooks that are held, and what releases them."""
    with workplace(context).store.reading() as tx:
        held = tx.runbook_holds.held()
    if as_json:
        print_json([hold_facts(one) for one in held])
        return
    for one in held:
        say(hold_line(one))
    if not held:
        say("no version is held")


@quality.command()
@click.argument("runbook")
@click.argument("version", type=click.IntRange(min=1))
@reason_option
@as_option
@json_option
@click.pass_context
def release(
    context: click.Context,
    runbook: str,
    version: int,
    reason: str,
    as_name: str | None,
    as_json: bool,
) -> None:
    """Let attempts of a held VERSION of RUNBOOK begin again, and close its case."""
    place = workplace(context)
    word = VersionRelease(runbook=runbook, number=version, by=human(as_name), reason=reason)
    free = release_version(word, store=place.store, clock=place.clock, book=place.book)
    if as_json:
        print_json(hold_facts(free))
    else:
        say(f"{free.words} may be performed again")


def show_recheck(place: Workplace, case: str, *, as_json: bool) -> None:
    """Print a re-check, sensitive values masked."""
    detail = recheck_detail(case, store=place.store, seal=place.seal, library=place.library)
    print_recheck(detail, now=place.clock.now(), as_json=as_json)
