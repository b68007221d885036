"""`deskhand notify`, as a person types it, and the loop as a host makes it."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from deskhand.bootstrap.host import host
from deskhand.bootstrap.notifications import notifier_loops
from deskhand.bootstrap.workplace import Workplace, open_file_vault
from deskhand.cli.entry import deskhand
from deskhand.domain.sealed import Sealed
from deskhand.errors import NotFoundError, SettingsError
from deskhand.runtime.store_thread import StoreThread
from deskhand.settings.project import load_project
from deskhand.use_cases.sweep_cases import sweep_cases
from tests.bench.practice import write_project
from tests.making import WORKER, HandClock, a_case, add_case, add_items, an_entry, an_item
from tests.practice.mailbox import (
    PASSWORD,
    USER,
    Certified,
    Mailbox,
    certified,
    serving,
    with_logins,
)
from tests.practice.receiver import PracticeReceiver
from tests.unit.outbox.outbox_office import SECRET

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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    return certified(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    """A project with a mail server's login and a pager's secret in its vault."""
    made = write_project(tmp_path, clients=["lakeside"])
    vault = open_file_vault(made.project)
    for name, value in (("user", USER), ("password", PASSWORD)):
        vault.put(f"notify/mail/{name}", Sealed(value))
    vault.put("notify/pager/secret", Sealed(SECRET))
    yield made
    made.store.close()


@pytest.fixture
def mailbox(certificate: Certified) -> Iterator[Mailbox]:
    box = Mailbox()
    with serving(box, **with_logins(box, certificate.context)):
        yield box


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


def test_a_test_message_says_what_the_server_said(
    place: Workplace, mailbox: Mailbox, certificate: Certified
) -> None:
    write(place, mailbox, certificate)

    said = typed(place, "notify", "test", "ann", "--as", "Ann")

    assert said == "ann: taken; it said: 250 kept as 17\n"
    (mail,) = mailbox.taken
    assert mail["Subject"].endswith(": a test")
    assert mailbox.encrypted == [True]
    (record,) = [
        one
        for one in map(json.loads, typed(place, "audit", "export").splitlines())
        if one["type"] == "notification.tested"
    ]
    assert (record["data"], record["actor"]["asserted"]) == (
        {"target": "ann", "problem": None},
        "Ann",
    )


def test_every_target_is_tried_and_one_that_is_not_reached_is_told(
    place: Workplace, mailbox: Mailbox, certificate: Certified
) -> None:
    write(place, mailbox, certificate)

    tried = typed(place, "notify", "test", "--json", ends=1)

    assert [(one["target"], one["taken"]) for one in tried] == [("ann", True), ("pager", False)]
    assert tried[1]["problem"] == "not reached (ConnectError)"
    with pytest.raises(NotFoundError, match=r"no target 'an'; notify.yaml has: ann, pager"):
        typed(place, "notify", "test", "an")


def test_without_the_file_the_command_says_so_and_no_loop_is_there(place: Workplace) -> None:
    with pytest.raises(SettingsError, match="there is no such file"):
        typed(place, "notify", "test")

    thread = StoreThread()
    assert notifier_loops(place, thread=thread, holder=WORKER) == []
    thread.close()


def test_an_overdue_case_is_mailed_and_posted_once_and_listed(
    place: Workplace, mailbox: Mailbox, certificate: Certified
) -> None:
    # By the time the message leaves it is the receiver's time, by which it checks signatures.
    clock = HandClock(datetime.now(UTC) - GROUP)

    async def told() -> PracticeReceiver:
        receiver = PracticeReceiver(SECRET)
        async with receiver.listening() as url:
            write(place, mailbox, certificate, url)
            desk = at(place, clock)
            await overdue_for(desk, clock, GROUP)
            await look(desk)
        return receiver

    receiver = asyncio.run(told())

    assert [mail["Subject"].partition(": ")[2] for mail in mailbox.taken] == ["1 case is overdue"]
    assert [one["data"]["count"] for one in receiver.taken] == [1]
    assert receiver.unsigned == 0
    listed = typed(place, "notify", "list", "--json")
    assert sorted((one["target"], one["topic"], one["state"]) for one in listed) == [
        ("ann", "case.overdue", "sent"),
        ("pager", "case.overdue", "sent"),
    ]
    shown = typed(place, "notify", "list", "--target", "ann", "--state", "sent")
    assert "case.overdue" in shown
    story = typed(place, "audit", "show", f"notification:{listed[0]['id']}", "--json")
    assert [record["type"] for record in story] == ["notification.sent"]
    assert typed(place, "audit", "verify", "--json")["clean"]


def test_what_would_be_sent_is_shown_and_not_sent(
    place: Workplace, mailbox: Mailbox, certificate: Certified
) -> None:
    write(place, mailbox, certificate)
    clock = HandClock(datetime.now(UTC))
    asyncio.run(look(at(place, clock)))
    open_overdue(place, clock)

    shown = typed(place, "notify", "preview")
    as_facts = typed(place, "notify", "preview", "--json")

    assert shown.startswith("to ann, at ")
    assert "  1 case is overdue.\n" in shown
    assert [(one["target"], one["topic"]) for one in as_facts] == [
        ("ann", "case.overdue"),
        ("pager", "case.overdue"),
    ]
    assert mailbox.read == []
    assert typed(place, "notify", "list", "--json") == []


def test_nothing_of_an_item_is_in_any_message(
    place: Workplace, mailbox: Mailbox, certificate: Certified
) -> None:
    """Every text of the database but the names of queues and clients is a marker."""
    clock = HandClock(datetime.now(UTC))

    async def told() -> PracticeReceiver:
        receiver = PracticeReceiver(SECRET)
        async with receiver.listening() as url:
            write(place, mailbox, certificate, url)
            settings = place.project.notify
            everything = settings.read_text(encoding="utf-8").partition("rules:")[0]
            settings.write_text(f'{everything}digest: "00:00"\n', encoding="utf-8")
            desk = at(place, clock)
            await look(desk)
            with place.store.transaction() as tx:
                open_marked(tx, clock)
            sweep_cases(store=place.store, clock=clock, book=place.book)
            for _ in range(3):
                await look(desk)
                clock.turn(timedelta(hours=12))
        return receiver

    receiver = asyncio.run(told())

    said = "".join(f"{mail['Subject']}{mail.get_content()}" for mail in mailbox.taken)
    sent = b"".join(mailbox.wire) + said.encode() + json.dumps(receiver.taken).encode()
    assert len(mailbox.wire) >= 5
    assert MARK.lower().encode() not in sent.lower()
    assert sent.count(b"lakeside") > 5
    database = sqlite3.connect(str(place.project.state / "deskhand.db"))
    marked = database.execute("select count(*) from exception_case where reference like ?", [MARK])
    assert marked.fetchone()[0] > 20, "the markers were there to be found"
    database.close()


MARK = "Zqx4711"


def open_marked(tx: Any, clock: HandClock) -> None:
    """Open cases of every kind, of which every text is a marker."""
    items = [
        an_item(
            f"i{number}",
            reference=f"{MARK}-{number}",
            runbook=MARK,
            account=f"{MARK}/lakeside",
            portal_number=MARK,
            reason=MARK,
        )
        for number in range(25)
    ]
    add_items(tx, *items)
    for number, item in enumerate(items):
        case = a_case(
            f"{item.id}-1",
            item=item.id,
            reference=MARK,
            runbook=MARK,
            account=item.account,
            code=MARK,
            step=MARK,
            cause_group=MARK,
            taken_by=MARK if number else None,
            due_at=clock.at,
            risk_at=clock.at,
            opened_at=clock.at,
        )
        entry = an_entry(case.stream, f"case:{case.id}", case.state.value, type="case.opened")
        tx.cases.add(case.at_record(tx.record(entry)))


def test_a_host_of_a_project_with_the_file_tells_people(
    place: Workplace, mailbox: Mailbox, certificate: Certified
) -> None:
    write(place, mailbox, certificate)

    with host(at(place, HandClock())) as hosting:
        assert "notifier" in hosting.names


def test_a_mistake_in_the_file_is_found_before_a_run(place: Workplace) -> None:
    place.project.notify.write_text("people: {ann: ann@example.com}\n", encoding="utf-8")

    found = typed(place, "check", "--json", ends=1)

    assert [one["message"] for one in found if one["file"].endswith("notify.yaml")] == [
        "`people` are told by mail, and `mail` is missing; one is "
        "mail: {server: mail.example.com, from: deskhand@example.com}"
    ]
