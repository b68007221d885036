"""A project whose people are told, as commands and hosts see it."""

import json
from datetime import timedelta
from typing import Any

from click.testing import CliRunner

from deskhand.bootstrap.notifications import notifier_loops
from deskhand.bootstrap.workplace import Workplace
from deskhand.cli.entry import deskhand
from deskhand.runtime.store_thread import StoreThread
from deskhand.settings.project import load_project
from deskhand.use_cases.sweep_cases import sweep_cases
from tests.making import WORKER, HandClock, a_case, add_case, add_items, an_item
from tests.practice.mailbox import Certified, Mailbox

NOTIFY = """\
mail:
  server: 127.0.0.1
  port: {port}
  from: deskhand@example.com
  login: notify/mail
  certificate: {certificate}
people: {{ann: ann@example.com}}
webhooks: {{pager: {{url: "{url}", secret: notify/pager/secret}}}}
rules:
  - {{rule: case.overdue, to: [ann, pager]}}
"""
GROUP = timedelta(minutes=10)
NOBODY = "http://127.0.0.1:9/"


def write(place: Workplace, mailbox: Mailbox, certificate: Certified, url: str = NOBODY) -> None:
    text = NOTIFY.format(port=mailbox.port, certificate=certificate.file, url=url)
    place.project.notify.write_text(text, encoding="utf-8")


def typed(place: Workplace, *words: str, ends: int = 0) -> Any:
    """Type a command; return its JSON, or its text."""
    ended = CliRunner().invoke(deskhand, ["--project", str(place.project.folder), *words])
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    assert ended.exit_code == ends, ended.output
    return json.loads(ended.output) if "--json" in words else ended.output


def at(place: Workplace, clock: HandClock) -> Workplace:
    """The settings and the vault as a new process reads them, at another time."""
    fresh = Workplace(load_project(place.project.folder))
    fresh.__dict__["store"] = place.store
    fresh.clock = clock  # type: ignore[assignment]
    return fresh


async def look(place: Workplace) -> None:
    thread = StoreThread()
    try:
        (loop,) = notifier_loops(place, thread=thread, holder=WORKER)
        await loop.tick()
    finally:
        thread.close()


def open_overdue(place: Workplace, clock: HandClock) -> None:
    """Let a case be overdue."""
    with place.store.transaction() as tx:
        add_items(tx, an_item())
        add_case(tx, a_case(due_at=clock.at, risk_at=clock.at, opened_at=clock.at))
    sweep_cases(store=place.store, clock=clock, book=place.book)


async def overdue_for(place: Workplace, clock: HandClock, after: timedelta) -> None:
    """Let a host look before, when and after a case is overdue."""
    await look(place)
    open_overdue(place, clock)
    await look(place)
    clock.turn(after)
    await look(place)
