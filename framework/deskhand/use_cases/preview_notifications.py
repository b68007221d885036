"""Show what people would be told as things stand now; nothing is written and nothing is sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from deskhand.domain.announcement import Announcement, Wording
from deskhand.domain.identifiers import NotificationId
from deskhand.domain.notification import Fact, Line, NotificationState
from deskhand.domain.notify_rules import Gathering
from deskhand.ports.notifications import NotificationFilter
from deskhand.ports.store import Transaction
from deskhand.use_cases.note_facts import Lookout, coming

_AT_MOST = 1000
_NEW = NotificationId("preview")


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """A message that would leave, and when."""

    target: str
    topic: str
    leaves_at: datetime
    announcement: Announcement


def previewed(*, lookout: Lookout, wording: Wording) -> list[Previewed]:
    """Return the messages that wait or would be made, in the order in which they would leave."""
    now = lookout.clock.now()
    with lookout.store.reading() as tx:
        new = coming(tx, lookout, now=now)
        joined = {one.joins.id: one for one in new if one.joins is not None}
        found = [
            *_waiting(tx, joined, wording, now=now),
            *(_of_gathering(one, wording, now=now) for one in new if one.joins is None),
        ]
    return sorted(found, key=lambda one: (one.leaves_at, one.target, one.topic))


def _waiting(
    tx: Transaction, joined: dict[NotificationId, Gathering], wording: Wording, *, now: datetime
) -> Iterable[Previewed]:
    """Yield what waits, with what would join it."""
    due = tx.notifications.find(NotificationFilter(state=NotificationState.DUE), limit=_AT_MOST)
    for one in due:
        more = joined.get(one.id)
        lines = [*tx.notifications.lines(one.told_by), *(_lines(more.facts) if more else [])]
        said = wording.announced(one.told_by, one.topic, summed(lines), at=now)
        if one.in_place_of is not None:
            untold = tx.notifications.get(one.in_place_of)
            said = wording.passed_on(said, id=one.id, target=untold.target)
        yield Previewed(
            target=one.target, topic=one.topic, leaves_at=one.next_try_at, announcement=said
        )


def _of_gathering(gathering: Gathering, wording: Wording, *, now: datetime) -> Previewed:
    lines = summed(_lines(gathering.facts))
    return Previewed(
        target=gathering.target,
        topic=gathering.topic,
        leaves_at=gathering.leaves_at,
        announcement=wording.announced(_NEW, gathering.topic, lines, at=now),
    )


def _lines(facts: Iterable[Fact]) -> list[Line]:
    return [
        Line(
            rule=fact.rule,
            queue=fact.queue,
            client=fact.client,
            count=fact.count,
            first_due=fact.due_at,
        )
        for fact in facts
    ]


def summed(lines: Iterable[Line]) -> list[Line]:
    """Return the lines of each rule and place as one."""
    found: dict[tuple[str, str, str], Line] = {}
    for line in lines:
        place = (line.rule.value, line.queue, line.client)
        before = found.get(place)
        found[place] = line if before is None else before.and_also(line)
    return list(found.values())
