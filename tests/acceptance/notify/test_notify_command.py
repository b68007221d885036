"""`deskhand notify`, as a person types it, and the loop as a host makes it."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from deskhand.bootstrap.host import host
from deskhand.bootstrap.notifications import notifier_loops
from deskhand.bootstrap.workplace import Workplace
from deskhand.errors import NotFoundError, SettingsError
from deskhand.runtime.store_thread import StoreThread
from tests.acceptance.notify.desk import GROUP, at, look, open_overdue, overdue_for, typed, write
from tests.making import WORKER, HandClock
from tests.practice.mailbox import Certified, Mailbox
from tests.practice.receiver import PracticeReceiver
from tests.unit.outbox.outbox_office import SECRET


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


def test_a_rule_for_a_client_or_queue_that_nobody_knows_is_a_mistake(
    place: Workplace, mailbox: Mailbox, certificate: Certified
) -> None:
    write(place, mailbox, certificate)
    place.project.queues.write_text("queues: {claims-review: {within: 1bd}}\n", encoding="utf-8")
    with place.project.notify.open("a", encoding="utf-8") as file:
        file.write("  - {rule: case.at_risk, clients: [lake*, lakesid], queues: [claims*]}\n")
        file.write("  - {rule: case.at_risk, queues: [ops, claims-revue]}\n")

    found = typed(place, "check", "--json", ends=1)

    assert [one["message"] for one in found if one["file"].endswith("notify.yaml")] == [
        "rule 2: `clients` has `lakesid`, which is none; did you mean `lakeside`?",
        "rule 3: `queues` has `claims-revue`, which is none; did you mean `claims-review`?",
    ]
