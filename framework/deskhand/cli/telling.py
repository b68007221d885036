"""What the commands about cases share: the reason, and how they tell what came of it."""

import click

from deskhand.cli.surroundings import print_json
from deskhand.domain.exception_case import ExceptionCase
from deskhand.domain.work_item import WorkItem

reason_option = click.option("--reason", default="", help="Why; it is recorded.")


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
        "expires_at": case.expires_at,
        "taken_by": case.taken_by,
        "closed_by": case.closed_by,
        "decision": case.decision.value if case.decision else None,
    }


def tell_case(case: ExceptionCase, *, as_json: bool, said: str) -> None:
    """Tell what came of a command about a case."""
    if as_json:
        print_json(case_facts(case))
    else:
        click.echo(said)


def tell_item(item: WorkItem, *, as_json: bool, said: str) -> None:
    """Tell what came of a decision about an item."""
    if as_json:
        print_json(
            {"item": item.id, "reference": item.reference, "state": item.state.value, "said": said}
        )
    else:
        click.echo(f"{item.reference}: {said}")
