"""`deskhand exceptions`: work off the cases that wait for a person."""

import json
import sys
from typing import Any

import click

from deskhand.bootstrap.workplace import human
from deskhand.cli.surroundings import (
    as_option,
    json_option,
    limit_option,
    print_json,
    print_table,
    shown,
    workplace,
)
from deskhand.domain.exception_case import CaseKind, CaseState, ExceptionCase
from deskhand.domain.work_item import WorkItem
from deskhand.ports.store import CaseFilter
from deskhand.use_cases.correct_item import Correction, fix_case
from deskhand.use_cases.decide_case import done_by_hand, reject_case, retry_case
from deskhand.use_cases.desk import Word
from deskhand.use_cases.settle_case import settle_case
from deskhand.use_cases.take_case import give_back_case, take_case
from deskhand.use_cases.tell_story import case_detail

reason_option = click.option("--reason", default="", help="Why; it is recorded.")


@click.group()
def exceptions() -> None:
    """Work off exception cases: see, take, fix, retry, close."""


@exceptions.command("list")
@click.option("--state", type=click.Choice([state.value for state in CaseState]))
@click.option("--kind", type=click.Choice([kind.value for kind in CaseKind]))
@click.option("--queue", help="Only cases of this queue.")
@click.option("--code", help="Only cases with this code.")
@click.option("--client", help="Only cases of this client.")
@click.option("--runbook", help="Only cases of this runbook.")
@click.option("--taken-by", help="Only cases that this person has taken.")
@click.option("--all", "everything", is_flag=True, help="Closed cases, too.")
@limit_option
@json_option
def list_cases(limit: int, everything: bool, as_json: bool, **filters: Any) -> None:
    """List open cases, oldest first."""
    wanted = CaseFilter(
        state=CaseState(filters["state"]) if filters["state"] else None,
        kind=CaseKind(filters["kind"]) if filters["kind"] else None,
        queue=filters["queue"],
        code=filters["code"],
        client=filters["client"],
        runbook=filters["runbook"],
        taken_by=filters["taken_by"],
        unclosed=not (everything or filters["state"]),
    )
    with workplace(click.get_current_context()).store.reading() as tx:
        found = tx.cases.find(wanted, limit=limit)
    if as_json:
        print_json([case_facts(case) for case in found])
        return
    print_table(
        ("reference", "kind", "code", "queue", "since", "with", "case"),
        [
            (
                case.reference,
                case.kind.value + (" (came back)" if case.came_back else ""),
                case.code,
                case.queue,
                case.opened_at,
                case.taken_by,
                case.id,
            )
            for case in found
        ],
    )


@exceptions.command()
@click.argument("case")
@json_option
@click.pass_context
def show(context: click.Context, case: str, as_json: bool) -> None:
    """Show one case: what happened, and what can be done."""
    place = workplace(context)
    with place.store.reading() as tx:
        found = tx.cases.named(case)
    detail = case_detail(found, seal=place.seal)
    if as_json:
        print_json({**case_facts(found), "message": detail.message, "hint": detail.hint})
        return
    click.echo(f"{found.reference}   {found.kind.value}: {found.code}   {found.state.value}")
    click.echo(f"  {shown(detail.message) if detail.message else 'no message'}")
    if detail.hint:
        click.echo(f"  hint: {shown(detail.hint)}")
    click.echo(f"  step {found.step or '-'}, queue {found.queue}, since {shown(found.opened_at)}")
    if found.taken_by:
        click.echo(f"  with {found.taken_by} since {shown(found.taken_at)}")
    if found.item:
        click.echo(f"  the item: deskhand items show {found.item}")


@exceptions.command()
@click.argument("case")
@as_option
@json_option
@click.pass_context
def take(context: click.Context, case: str, as_name: str | None, as_json: bool) -> None:
    """Take a case, so that others see who works on it."""
    place = workplace(context)
    taken = take_case(case, by=human(as_name), store=place.store, clock=place.clock)
    _tell_case(taken, as_json=as_json, said=f"{taken.reference} is with {taken.taken_by}")


@exceptions.command("give-back")
@click.argument("case")
@as_option
@json_option
@click.pass_context
def give_back(context: click.Context, case: str, as_name: str | None, as_json: bool) -> None:
    """Give a taken case back."""
    place = workplace(context)
    free = give_back_case(case, by=human(as_name), store=place.store, clock=place.clock)
    _tell_case(free, as_json=as_json, said=f"{free.reference} is free again")


@exceptions.command()
@click.argument("case")
@click.argument("changes", nargs=-1, required=True, metavar="FIELD=VALUE...")
@reason_option
@as_option
@json_option
@click.pass_context
def fix(
    context: click.Context,
    case: str,
    changes: tuple[str, ...],
    reason: str,
    as_name: str | None,
    as_json: bool,
) -> None:
    """Correct fields of the item and try again.

    Values are checked against the runbook. Lists and records are given as JSON:
    lines='[{"code": "G0463", ...}]'. An empty value clears an optional field.

    FIELD=- asks for the value, or reads it from standard input: so a sensitive one
    stays out of the shell's history.
    """
    word = Word(case=case, by=human(as_name), reason=reason)
    correction = Correction(changes=dict(_change(change) for change in changes))
    item = fix_case(word, correction, desk=workplace(context).desk)
    _tell_item(item, as_json=as_json, said="corrected; queued for retry")


@exceptions.command()
@click.argument("case")
@click.option(
    "--not-there",
    is_flag=True,
    help="You looked at the portal: it is not there. It will be submitted once more.",
)
@reason_option
@as_option
@json_option
@click.pass_context
def retry(
    context: click.Context,
    case: str,
    not_there: bool,
    reason: str,
    as_name: str | None,
    as_json: bool,
) -> None:
    """Try again with the data as it is."""
    word = Word(case=case, by=human(as_name), reason=reason)
    item = retry_case(word, desk=workplace(context).desk, not_there=not_there)
    _tell_item(item, as_json=as_json, said="queued for retry")


@exceptions.command()
@click.argument("case")
@click.option("--number", required=True, help="The portal's number; the bot looks it up.")
@reason_option
@as_option
@json_option
@click.pass_context
def done(
    context: click.Context,
    case: str,
    number: str,
    reason: str,
    as_name: str | None,
    as_json: bool,
) -> None:
    """Close a case that you did by hand on the portal."""
    word = Word(case=case, by=human(as_name), reason=reason)
    item = done_by_hand(word, number=number, desk=workplace(context).desk)
    looked_up = "the bot will look the number up" if not item.portal_number else "done by hand"
    _tell_item(item, as_json=as_json, said=looked_up)


@exceptions.command()
@click.argument("case")
@reason_option
@as_option
@json_option
@click.pass_context
def reject(
    context: click.Context, case: str, reason: str, as_name: str | None, as_json: bool
) -> None:
    """Decide that the item will not be done; the client is told the reason."""
    word = Word(case=case, by=human(as_name), reason=reason)
    item = reject_case(word, desk=workplace(context).desk)
    _tell_item(item, as_json=as_json, said="rejected")


@exceptions.command()
@click.argument("case")
@reason_option
@as_option
@json_option
@click.pass_context
def close(
    context: click.Context, case: str, reason: str, as_name: str | None, as_json: bool
) -> None:
    """Close a case that is about no item, such as a trigger's, when you have seen to it."""
    word = Word(case=case, by=human(as_name), reason=reason)
    closed = settle_case(word, desk=workplace(context).desk)
    _tell_case(closed, as_json=as_json, said=f"{closed.reference}: closed")


def case_facts(case: ExceptionCase) -> dict[str, object]:
    """Return a case as JSON types, without what is sealed."""
    return {
        "id": case.id,
        "item": case.item,
        "reference": case.reference,
        "account": case.account,
        "runbook": case.runbook,
        "client": case.client,
        "queue": case.queue,
        "kind": case.kind.value,
        "code": case.code,
        "step": case.step,
        "state": case.state.value,
        "came_back": case.came_back,
        "opened_at": case.opened_at,
        "taken_by": case.taken_by,
        "closed_by": case.closed_by,
        "decision": case.decision.value if case.decision else None,
    }


def _change(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"{text!r} is no change; write FIELD=VALUE")
    if value == "-":
        value = _asked_for(name)
    if value[:1] in ("[", "{"):
        try:
            return name, json.loads(value, parse_float=str, parse_int=str)
        except json.JSONDecodeError as error:
            raise click.UsageError(f"the value of {name} is no JSON: {error}") from error
    return name, value or None


def _asked_for(name: str) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(name, hide_input=True))
    return sys.stdin.readline().rstrip("\n")


def _tell_case(case: ExceptionCase, *, as_json: bool, said: str) -> None:
    if as_json:
        print_json(case_facts(case))
    else:
        click.echo(said)


def _tell_item(item: WorkItem, *, as_json: bool, said: str) -> None:
    if as_json:
        print_json(
            {"item": item.id, "reference": item.reference, "state": item.state.value, "said": said}
        )
    else:
        click.echo(f"{item.reference}: {said}")
