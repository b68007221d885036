from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from deskhand.domain.announcement import Announcement, Wording
from deskhand.domain.identifiers import NotificationId
from deskhand.domain.notification import DIGEST, MORNING, Line, Rule
from tests.making import NOW

ID = NotificationId("n1")
CONSOLE = Wording(
    log="acme/1", timezone=ZoneInfo("America/New_York"), link="https://deskhand.example/"
)
NO_CONSOLE = Wording(log="acme/1", timezone=UTC)


def a_line(rule: Rule = Rule.CASE_OVERDUE, count: int = 2, **where: str) -> Line:
    return Line(
        rule=rule,
        queue=where.get("queue", "claims"),
        client=where.get("client", "lakeside"),
        count=count,
        first_due=NOW if rule is Rule.CASE_OVERDUE else None,
    )


def said(*lines: Line, topic: str = "case.overdue", wording: Wording = CONSOLE) -> Announcement:
    return wording.announced(ID, topic, lines, at=NOW)


def test_a_message_says_how_many_where_and_since_when() -> None:
    message = said(a_line(), a_line(count=1, client="hill & co"))

    assert message.subject == "deskhand acme/1: 3 cases are overdue"
    assert message.body == (
        "3 cases are overdue.\n"
        "  queue claims, client hill & co, 1, the first is due 2026-05-04 05:00 EDT\n"
        "    https://deskhand.example/exceptions?queue=claims&client=hill+%26+co\n"
        "  queue claims, client lakeside, 2, the first is due 2026-05-04 05:00 EDT\n"
        "    https://deskhand.example/exceptions?queue=claims&client=lakeside\n"
        "\n"
        "-- \n"
        "deskhand, acme/1. No item's data is in this message.\n"
    )


def test_without_a_console_a_message_names_the_command() -> None:
    message = said(a_line(), a_line(Rule.ACCOUNT_HELD, 1), topic=MORNING, wording=NO_CONSOLE)

    assert "    deskhand exceptions list --queue claims --client lakeside\n" in message.body
    assert "    deskhand accounts list\n" in message.body


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("count", [1, 1200])
def test_every_rule_has_its_words(rule: Rule, count: int) -> None:
    message = said(a_line(rule, count), topic=rule.value)

    assert "{" not in message.subject + message.body
    assert ("1,200" in message.subject) is (count > 1)
    assert message.facts["count"] == count


def test_the_morning_and_the_day_say_so_and_the_gravest_comes_first() -> None:
    lines = [a_line(Rule.CASE_OPEN, 30), a_line(Rule.CASE_AT_RISK, 4), a_line(count=1)]

    morning = said(*lines, topic=MORNING)
    digest = said(*lines, topic=DIGEST)

    assert morning.subject == (
        "deskhand acme/1, since the evening: 1 case is overdue; "
        "4 cases get close to their due time; and 1 more"
    )
    assert digest.subject.startswith("deskhand acme/1, today: 1 case is overdue; ")
    assert digest.body.index("overdue") < digest.body.index("have time left")


def test_a_day_on_which_nothing_waits_is_told_so() -> None:
    message = said(topic=DIGEST)

    assert message.subject == "deskhand acme/1, today: nothing waits"
    assert "Nothing waits for a person." in message.body


def test_items_of_a_held_account_are_not_said_to_be_cases() -> None:
    queue = a_line(Rule.QUEUE_STOPPED, 3)
    account = a_line(Rule.QUEUE_STOPPED, 40, queue="")

    message = said(queue, account, topic="queue.stopped")

    assert "3 cases are overdue where nobody is at work" in message.subject
    assert "40 items wait for a held account" in message.subject


def test_more_places_than_a_person_reads_are_counted() -> None:
    message = said(*(a_line(client=f"client-{number:03}") for number in range(70)))

    assert message.body.count("https://") == 50
    assert "and in 20 more places" in message.body


def test_a_name_cannot_break_a_line_and_is_not_endless() -> None:
    message = said(a_line(client="a\r\nBcc: eve\x1b[2J"), a_line(client="x" * 500))

    assert not any(ord(char) < 32 for line in message.body.split("\n") for char in line), (
        "a control character"
    )
    assert len(max(message.body.splitlines(), key=len)) < 700


def test_a_program_gets_the_same_as_facts() -> None:
    message = said(a_line())

    assert message.facts["lines"] == [
        {
            "rule": "case.overdue",
            "queue": "claims",
            "client": "lakeside",
            "count": 2,
            "first_due": NOW.isoformat(),
            "link": "https://deskhand.example/exceptions?queue=claims&client=lakeside",
        }
    ]


def test_the_same_notification_says_the_same() -> None:
    lines = [a_line(), a_line(Rule.CASE_AT_RISK), a_line(client="hill")]

    assert said(*lines) == said(*reversed(lines))
    assert said(*lines).at == NOW + timedelta(0)
