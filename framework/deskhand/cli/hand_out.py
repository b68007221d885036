"""`deskhand next`: people are handed cases; they do not pick."""

import click

from deskhand.bootstrap.workplace import human
from deskhand.cli.quality import show_recheck
from deskhand.cli.surroundings import as_option, json_option, tell_unknown, workplace
from deskhand.cli.whole_case import print_whole_case
from deskhand.domain.exception_case import CaseKind
from deskhand.use_cases.hand_out_case import Wish, next_case
from deskhand.use_cases.tell_story import case_detail


@click.command("next")
@as_option
@click.option("--queue", help="Only a case of this queue.")
@click.option("--client", help="Only a case of this client.")
@click.option("--skills", help="What you can today, as in es,oncology; else as people.yaml says.")
@json_option
@click.pass_context
def next(  # noqa: A001 - the command's own name
    context: click.Context,
    as_name: str | None,
    queue: str | None,
    client: str | None,
    skills: str | None,
    as_json: bool,
) -> None:
    """Take the case that is due first, of those that you may work on.

    Nobody else gets it; with nothing to do, it says so.
    """
    place = workplace(context)
    able = frozenset(filter(None, (word.strip() for word in (skills or "").split(","))))
    case = next_case(
        Wish(queue=queue, client=client, skills=able),
        by=human(as_name),
        desk=place.desk,
    )
    if case is None:
        click.echo("null" if as_json else "nothing waits for you")
        tell_unknown(place, human(as_name))
        return
    if case.kind is CaseKind.QUALITY:
        show_recheck(place, case.id, as_json=as_json)
        return
    detail = case_detail(case.id, store=place.store, seal=place.seal, library=place.library)
    print_whole_case(detail, now=place.clock.now(), reveal=False, as_json=as_json)
