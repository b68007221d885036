"""`deskhand notify`: who is told of what, what they were told, and whether they can be reached."""

import asyncio
import secrets
import sys
from datetime import datetime

import click

from deskhand.bootstrap.notifications import lookout, notifier_of, notifiers, wording
from deskhand.bootstrap.notify_settings import needed_settings
from deskhand.bootstrap.workplace import Workplace, human
from deskhand.cli.surroundings import (
    as_option,
    json_option,
    limit_option,
    print_json,
    print_table,
    shown,
    workplace,
)
from deskhand.domain.identifiers import NotificationId, ordered_id
from deskhand.domain.notification import Notification, NotificationState
from deskhand.ports.notifications import NotificationFilter
from deskhand.ports.notifier import Delivered, NotDelivered
from deskhand.use_cases.preview_notifications import Previewed, previewed
from deskhand.use_cases.retry_notification import RetryWord, retry_notification
from deskhand.use_cases.tell_people import note_trial

_ALL = 100_000
_COLUMNS = ("opened", "target", "topic", "count", "state", "tries", "leaves")


@click.group()
def notify() -> None:
    """See whom deskhand tells of what, try them out, send again what failed."""


@notify.command()
@click.argument("target", required=False)
@as_option
@json_option
@click.pass_context
def test(context: click.Context, target: str | None, as_name: str | None, as_json: bool) -> None:
    """Send a test message to TARGET, or to everybody, and say what the server said.

    A target is a name in notify.yaml, below `people` or `webhooks`. That it was tried out is
    recorded.
    """
    place = workplace(context)
    settings = needed_settings(place)
    if target is not None:
        notifier_of(place, settings, target)
    names = [target] if target is not None else list(notifiers(place, settings))
    answers = {name: _tried(place, name, as_name=as_name) for name in names}
    if as_json:
        print_json([_answer_facts(name, answer) for name, answer in answers.items()])
    else:
        for name, answer in answers.items():
            click.echo(f"{name}: {_said(answer)}")
    if not all(isinstance(answer, Delivered) for answer in answers.values()):
        sys.exit(1)


@notify.command("list")
@click.option("--state", type=click.Choice([state.value for state in NotificationState]))
@click.option("--target", help="Only what this target is told.")
@limit_option
@json_option
@click.pass_context
def list_notifications(
    context: click.Context, state: str | None, target: str | None, limit: int, as_json: bool
) -> None:
    """List what people were told, what is due and what failed, newest first."""
    wanted = NotificationFilter(state=NotificationState(state) if state else None, target=target)
    with workplace(context).store.reading() as tx:
        found = tx.notifications.find(wanted, limit=limit)
    if as_json:
        print_json([_facts(one) for one in found])
        return
    print_table(
        (*_COLUMNS, "problem", "in place of", "id"),
        [
            (
                one.opened_at,
                one.target,
                one.topic,
                one.count,
                one.state.value,
                one.tries,
                _leaves(one),
                one.problem,
                one.in_place_of,
                one.id,
            )
            for one in found
        ],
    )


@notify.command()
@click.argument("notification", required=False)
@click.option("--target", help="Everything that this target could not be told.")
@click.option("--all", "everything", is_flag=True, help="Everything that failed.")
@click.option("--reason", default="", help="Why; it is recorded.")
@as_option
@json_option
@click.pass_context
def retry(  # noqa: PLR0913 - one parameter an option
    context: click.Context,
    notification: str | None,
    target: str | None,
    everything: bool,
    reason: str,
    as_name: str | None,
    as_json: bool,
) -> None:
    """Send NOTIFICATION again, which failed: the same message, under the same id.

    It leaves with the next look of `deskhand up`; what can wait, and comes at night, in the
    morning.
    """
    if [notification is not None, target is not None, everything].count(True) != 1:
        raise click.UsageError("name one notification, or a --target, or say --all")
    place = workplace(context)
    by = human(as_name)
    retried = [
        retry_notification(
            RetryWord(notification=one, by=by, reason=reason),
            store=place.store,
            clock=place.clock,
            book=place.book,
        )
        for one in _failed(place, notification, target)
    ]
    if as_json:
        print_json([_facts(one) for one in retried])
        return
    for one in retried:
        click.echo(f"{one.id}: due again, for {shown(one.target)}")
    if not retried:
        click.echo("nothing had failed")


def _failed(place: Workplace, notification: str | None, target: str | None) -> list[NotificationId]:
    """Return what is meant, oldest first."""
    with place.store.reading() as tx:
        if notification is not None:
            return [tx.notifications.named(notification).id]
        wanted = NotificationFilter(state=NotificationState.FAILED, target=target)
        found = tx.notifications.find(wanted, limit=_ALL)
    return [one.id for one in reversed(found)]


@notify.command()
@json_option
@click.pass_context
def preview(context: click.Context, as_json: bool) -> None:
    """Show what would be sent, to whom and when, as things stand now; nothing is sent."""
    place = workplace(context)
    settings = needed_settings(place)
    coming = previewed(lookout=lookout(place, settings), wording=wording(place, settings))
    if as_json:
        print_json([_preview_facts(one) for one in coming])
        return
    for one in coming:
        click.echo(f"to {shown(one.target)}, {_when(one.leaves_at, now=place.clock.now())}:")
        click.echo(f"  {shown(one.announcement.subject)}")
        for line in one.announcement.body.splitlines():
            click.echo(f"  {shown(line)}".rstrip())
        click.echo("")
    if not coming:
        click.echo("nothing is to be told")


def _tried(place: Workplace, name: str, *, as_name: str | None) -> Delivered | NotDelivered:
    settings = needed_settings(place)
    now = place.clock.now()
    test_id = NotificationId(f"test-{ordered_id(at=now, entropy=secrets.token_bytes(10))}")
    message = wording(place, settings).tried(test_id, at=now)
    answer = asyncio.run(notifier_of(place, settings, name).deliver(message))
    problem = answer.problem if isinstance(answer, NotDelivered) else None
    note_trial(name, problem, by=human(as_name), store=place.store, clock=place.clock)
    return answer


def _said(answer: Delivered | NotDelivered) -> str:
    words = f"; it said: {shown(answer.said)}" if answer.said else ""
    if isinstance(answer, Delivered):
        return f"taken{words}"
    return f"NOT taken: {answer.problem}{words}"


def _answer_facts(name: str, answer: Delivered | NotDelivered) -> dict[str, object]:
    return {
        "target": name,
        "taken": isinstance(answer, Delivered),
        "problem": answer.problem if isinstance(answer, NotDelivered) else None,
        "said": answer.said,
    }


def _leaves(one: Notification) -> datetime | None:
    return one.next_try_at if one.state is NotificationState.DUE else None


def _when(at: datetime, *, now: datetime) -> str:
    return "now" if at <= now else f"at {shown(at)}"


def _facts(one: Notification) -> dict[str, object]:
    return {
        "id": one.id,
        "target": one.target,
        "topic": one.topic,
        "count": one.count,
        "state": one.state.value,
        "tries": one.tries,
        "opened_at": one.opened_at,
        "leaves_at": _leaves(one),
        "ended_at": one.ended_at,
        "problem": one.problem,
        "in_place_of": one.in_place_of,
        "passed_on_at": one.passed_on_at,
    }


def _preview_facts(one: Previewed) -> dict[str, object]:
    return {
        "target": one.target,
        "topic": one.topic,
        "leaves_at": one.leaves_at,
        "subject": one.announcement.subject,
        "body": one.announcement.body,
    }
