from datetime import timedelta

import pytest

from deskhand.domain.receiver import Receiver
from deskhand.notifiers.webhook import WebhookNotifier
from deskhand.ports.notifier import Delivered, NotDelivered
from deskhand.senders.web import WebSender
from deskhand.vaults.environment import EnvironmentVault, variable_name
from tests.contracts.notifiers.announcements import an_announcement
from tests.making import HandClock
from tests.practice.receiver import Manner, PracticeReceiver
from tests.unit.outbox.outbox_office import IMPATIENT, SECRET

pytestmark = pytest.mark.asyncio


@pytest.fixture
def receiver() -> PracticeReceiver:
    return PracticeReceiver(SECRET)


def notifier(
    url: str,
    clock: HandClock,
    *,
    secret: str | None = SECRET,
    within: timedelta = timedelta(seconds=10),
) -> WebhookNotifier:
    vault = EnvironmentVault({variable_name("pager"): secret} if secret else {})
    to = Receiver(name="pager", url=url, events=("*",), secret="pager")
    return WebhookNotifier(WebSender(vault, clock=clock, within=within), to=to, log="test/1")


async def test_a_program_is_told_in_a_signed_request(
    receiver: PracticeReceiver, now_clock: HandClock
) -> None:
    async with receiver.listening() as url:
        answer = await notifier(url, now_clock).deliver(an_announcement(at=now_clock.at))

    (told,) = receiver.taken
    assert answer == Delivered(said="taken")
    assert receiver.unsigned == 0
    assert (told["id"], told["type"], told["subject"], told["source"]) == (
        "0197a1",
        "deskhand.notification",
        "case.overdue",
        "urn:deskhand:test/1",
    )
    assert told["data"] == {
        "topic": "case.overdue",
        "count": 2,
        "lines": [],
        "subject": "deskhand: 2 cases are overdue",
        "body": "Two.\n",
    }


@pytest.mark.parametrize(
    ("manner", "problem"),
    [
        (Manner.FAILS, "answered 500"),
        (Manner.ASKS_FOR_TIME, "answered 503"),
        (Manner.SENDS_AWAY, "answered 307"),
        (Manner.HANGS_UP, "not reached (RemoteProtocolError)"),
        (Manner.DAWDLES, "no answer within 0.3 s"),
    ],
)
async def test_whatever_a_server_does_is_an_answer(
    receiver: PracticeReceiver, now_clock: HandClock, manner: Manner, problem: str
) -> None:
    receiver.manner = lambda: manner

    within = IMPATIENT if manner is Manner.DAWDLES else timedelta(seconds=10)

    async with receiver.listening() as url:
        answer = await notifier(url, now_clock, within=within).deliver(an_announcement())

    assert isinstance(answer, NotDelivered)
    assert (answer.problem, answer.for_good) == (problem, False)
    assert "secret" not in answer.problem


async def test_a_server_that_is_away_is_tried_again(now_clock: HandClock) -> None:
    answer = await notifier("http://127.0.0.1:9/", now_clock).deliver(an_announcement())

    assert answer == NotDelivered(problem="not reached (ConnectError)")


async def test_without_its_secret_nothing_is_sent(
    receiver: PracticeReceiver, now_clock: HandClock
) -> None:
    async with receiver.listening() as url:
        answer = await notifier(url, now_clock, secret=None).deliver(an_announcement())

    assert isinstance(answer, NotDelivered)
    assert receiver.read == []
