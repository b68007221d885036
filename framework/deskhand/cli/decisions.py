"""Decisions about cases: `deskhand exceptions fix`, `retry`, `done`, `reject`, `close`."""

from typing import Any

import click

from deskhand.bootstrap.workplace import human
from deskhand.cli.changes import given_values
from deskhand.cli.surroundings import (
    as_option,
    json_option,
    print_json,
    reason_option,
    say,
    shown,
    workplace,
)
from deskhand.cli.telling import tell_case, tell_item
from deskhand.use_cases.correct_item import Correction, fix_case
from deskhand.use_cases.decide_case import done_by_hand, reject_case, retry_case
from deskhand.use_cases.desk import Word
from deskhand.use_cases.retry_group import GroupRetried, retry_group
from deskhand.use_cases.settle_case import settle_case


@click.command()
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
    correction = Correction(changes=given_values(changes))
    item = fix_case(word, correction, desk=workplace(context).desk)
    tell_item(item, as_json=as_json, said="corrected; queued for retry")


@click.command()
@click.argument("case", required=False)
@click.option("--group", help="All open cases of this cause or incident, each on its own.")
@click.option(
    "--not-there",
    is_flag=True,
    help="You looked at the portal: it is not there. It will be submitted once more.",
)
@reason_option
@as_option
@json_option
@click.pass_context
def retry(context: click.Context, /, as_json: bool, **given: Any) -> None:
    """Try again with the data as it is: one case, or all of one cause."""
    case, group = given["case"], given["group"]
    word = Word(case=case or "", by=human(given["as_name"]), reason=given["reason"])
    if (case is None) == (group is None):
        raise click.UsageError("name one CASE, or a cause with --group")
    if group is None:
        item = retry_case(word, desk=workplace(context).desk, not_there=given["not_there"])
        tell_item(item, as_json=as_json, said="queued for retry")
        return
    if given["not_there"]:
        raise click.UsageError("--not-there is said of one CASE, after looking at the portal")
    _tell_group(retry_group(group, word, desk=workplace(context).desk), as_json=as_json)


@click.command()
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
    tell_item(item, as_json=as_json, said=looked_up)


@click.command()
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
    tell_item(item, as_json=as_json, said="rejected")


@click.command()
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
    tell_case(closed, as_json=as_json, said=f"{closed.reference}: closed")


def _tell_group(done: GroupRetried, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "group": done.group,
                "cases": done.total,
                "retried": done.retried,
                "released": done.released,
                "refused": [{"case": case, "reason": reason} for case, reason in done.refused],
            }
        )
        return
    counts = (
        f"{len(done.retried)} queued for retry, {len(done.released)} accounts released, "
        f"{len(done.refused)} refused"
    )
    say(f"{done.total} cases: {counts}")
    for case, reason in done.refused:
        say(f"  {case}: {shown(reason)}")
