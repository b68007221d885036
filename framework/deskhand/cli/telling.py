"""How commands tell what came of a decision, about a case or about an item."""

from deskhand.cli.cases_shown import case_facts
from deskhand.cli.surroundings import print_json, say
from deskhand.domain.exception_case import ExceptionCase
from deskhand.domain.work_item import WorkItem


def tell_case(case: ExceptionCase, *, as_json: bool, said: str) -> None:
    """Tell what came of a command about a case."""
    if as_json:
        print_json(case_facts(case))
    else:
        say(said)


def tell_item(item: WorkItem, *, as_json: bool, said: str) -> None:
    """Tell what came of a decision about an item."""
    if as_json:
        print_json(
            {"item": item.id, "reference": item.reference, "state": item.state.value, "said": said}
        )
    else:
        say(f"{item.reference}: {said}")
