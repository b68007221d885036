"""Fallbacks and retries, as notify.yaml says it and a person types it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from deskhand.bootstrap.workplace import Workplace
from deskhand.errors import DecisionRefusedError
from tests.acceptance.notify.desk import GROUP, at, look, overdue_for, typed, write
from tests.making import HandClock
from tests.practice.mailbox import Certified, Mailbox, Temper
from tests.practice.receiver import Manner, PracticeReceiver
from tests.unit.outbox.outbox_office import SECRET


def fall_back(place: Workplace, mailbox: Mailbox, certificate: Certified, url: str) -> None:
    """Let ann be told, and the pager in her place."""
    write(place, mailbox, certificate, url)
    settings = place.project.notify
    text = settings.read_text(encoding="utf-8").replace("[ann, pager]", "[ann]")
    settings.write_text(text + "fallbacks: {ann: pager}\n", encoding="utf-8")


def refused_by_mail(
    place: Workplace, mailbox: Mailbox, certificate: Certified, clock: HandClock
) -> PracticeReceiver:
    """Let ann's mailbox refuse a message, so that the pager is told; mend the mailbox then."""
    mailbox.tempers["ann@example.com"] = Temper.UNKNOWN_RECIPIENT

    async def told() -> PracticeReceiver:
        receiver = PracticeReceiver(SECRET)
        async with receiver.listening() as url:
            fall_back(place, mailbox, certificate, url)
            await overdue_for(at(place, clock), clock, GROUP)
        return receiver

    receiver = asyncio.run(told())
    mailbox.tempers.clear()
    clock.turn(timedelta(minutes=5))
    return receiver


def test_what_a_mail_server_refuses_is_posted_to_the_fallback(
    place: Workplace, mailbox: Mailbox, certificate: Certified
) -> None:
    clock = HandClock(datetime.now(UTC) - GROUP)

    receiver = refused_by_mail(place, mailbox, certificate, clock)

    (failed,) = typed(place, "notify", "list", "--state", "failed", "--json")
    (stand_in,) = typed(place, "notify", "list", "--target", "pager", "--json")
    (posted,) = receiver.taken
    assert receiver.unsigned == 0
    assert posted["data"]["subject"].endswith(": 1 case is overdue (for ann, not reached)")
    assert posted["data"]["in_place_of"] == {"target": "ann", "id": failed["id"]}
    assert posted["id"] == stand_in["id"] != failed["id"]
    assert (stand_in["state"], stand_in["in_place_of"]) == ("sent", failed["id"])
    assert typed(place, "audit", "verify", "--json")["clean"]


def test_a_fallback_whose_receiver_dies_is_told_again_under_the_same_id(
    place: Workplace, mailbox: Mailbox, certificate: Certified
) -> None:
    manners = [Manner.HANGS_UP, Manner.FAILS, Manner.TAKES]
    clock = HandClock(datetime.now(UTC) - GROUP)
    mailbox.tempers["ann@example.com"] = Temper.UNKNOWN_RECIPIENT

    async def told() -> PracticeReceiver:
        receiver = PracticeReceiver(SECRET, manner=lambda: manners.pop(0))
        async with receiver.listening() as url:
            fall_back(place, mailbox, certificate, url)
            await overdue_for(at(place, clock), clock, GROUP)
            for _ in manners[:]:
                clock.turn(timedelta(minutes=1))
                await look(at(place, clock))
        return receiver

    receiver = asyncio.run(told())

    assert manners == []
    assert [len(receiver.read), len(receiver.taken)] == [3, 1]
    assert len({message["id"] for message in receiver.read}) == 1
    (stand_in,) = typed(place, "notify", "list", "--target", "pager", "--json")
    assert (stand_in["state"], stand_in["tries"]) == ("sent", 3)


def test_a_person_sends_again_what_failed_under_the_same_id(
    place: Workplace, mailbox: Mailbox, certificate: Certified
) -> None:
    clock = HandClock(datetime.now(UTC) - GROUP)
    refused_by_mail(place, mailbox, certificate, clock)
    (failed,) = typed(place, "notify", "list", "--state", "failed", "--json")

    said = typed(place, "notify", "retry", "--target", "ann", "--reason", "mended", "--as", "Ann")
    nothing_left = typed(place, "notify", "retry", "--all")
    asyncio.run(look(at(place, clock)))

    assert said == f"{failed['id']}: due again, for ann\n"
    assert nothing_left == "nothing had failed\n"
    assert [mail["Message-ID"] for mail in mailbox.taken] == [f"<{failed['id']}@example.com>"]
    story = typed(place, "audit", "show", f"notification:{failed['id']}", "--json")
    assert [(record["type"], record["actor"].get("asserted")) for record in story] == [
        ("notification.failed", None),
        ("notification.passed_on", None),
        ("notification.retried", "Ann"),
        ("notification.sent", None),
    ]
    open_cases = typed(place, "exceptions", "list", "--json")
    assert "NOTIFICATION_UNDELIVERED" not in [case["code"] for case in open_cases]
    with pytest.raises(DecisionRefusedError, match="is sent; only what failed is retried"):
        typed(place, "notify", "retry", failed["id"][:20])


def test_a_retry_that_names_nothing_or_two_things_is_not_understood(place: Workplace) -> None:
    for words in ([], ["n1", "--all"], ["--all", "--target", "ann"]):
        assert "name one notification" in typed(place, "notify", "retry", *words, ends=2)
