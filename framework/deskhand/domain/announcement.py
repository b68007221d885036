"""What a notification says: counts, queues, clients, due times and links; never an item's data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from itertools import groupby, islice
from shlex import quote
from urllib.parse import urlencode

from deskhand.domain.identifiers import NotificationId
from deskhand.domain.notification import DIGEST, MORNING, Line, Rule

_PLACES = 50
"""So many places of one rule are named in a text; the others are counted."""

_SUBJECTS = 2
_LONGEST_NAME = 80

_SAID: Mapping[Rule, tuple[str, str]] = {
    Rule.SEAL_FAILED: (
        "1 item cannot be opened: its seal is broken",
        "{} items cannot be opened: their seals are broken",
    ),
    Rule.AUDIT_FAILED: (
        "the audit log was checked and does not hold",
        "the audit log was checked {} times and does not hold",
    ),
    Rule.ACCOUNT_HELD: ("1 account is held: its items wait", "{} accounts are held: items wait"),
    Rule.VERSION_HELD: (
        "1 version of a runbook is held: its items wait",
        "{} versions of runbooks are held: items wait",
    ),
    Rule.QUEUE_STOPPED: (
        "1 case is overdue where nobody is at work",
        "{} cases are overdue where nobody is at work",
    ),
    Rule.CASE_OVERDUE: ("1 case is overdue", "{} cases are overdue"),
    Rule.CASE_AT_RISK: (
        "1 case gets close to its due time",
        "{} cases get close to their due time",
    ),
    Rule.CASE_OPEN: ("1 case has time left", "{} cases have time left"),
    Rule.CAUSE_BURST: (
        "1 new case in a burst of one cause",
        "{} new cases in bursts of one cause",
    ),
    Rule.APPROVAL_WAITING: (
        "1 question of a runbook waits for a person",
        "{} questions of runbooks wait for people",
    ),
    Rule.DISPATCH_DEAD: ("1 receiver gets no events", "{} receivers get no events"),
    Rule.DROP_FAILED: (
        "1 drop folder, or a file in it, cannot be seen to",
        "{} drop folders, or files in them, cannot be seen to",
    ),
    Rule.FILE_REFUSED: (
        "1 file was refused: nothing of it was taken in",
        "{} files were refused: nothing of them was taken in",
    ),
    Rule.TRIGGER_MISSED: (
        "1 slot of a time table was missed",
        "{} slots of time tables were missed",
    ),
}
_ITEMS_WAIT = ("1 item waits for a held account", "{} items wait for a held account")
_ORDER = {rule: place for place, rule in enumerate(_SAID)}
_OPENINGS = {
    MORNING: ("since the evening", "What happened while nobody was at work, and could wait."),
    DIGEST: ("today", "What is open now."),
}
_PAGES: Mapping[Rule, str] = {
    Rule.CAUSE_BURST: "/exceptions/causes",
    Rule.APPROVAL_WAITING: "/approvals",
    Rule.AUDIT_FAILED: "/audit",
}
_COMMANDS: Mapping[Rule, str] = {
    Rule.CAUSE_BURST: "deskhand exceptions causes",
    Rule.ACCOUNT_HELD: "deskhand accounts list",
    Rule.AUDIT_FAILED: "deskhand audit verify",
    Rule.DISPATCH_DEAD: "deskhand events list --state given_up",
    Rule.FILE_REFUSED: "deskhand files list",
    Rule.VERSION_HELD: "deskhand quality holds",
    Rule.TRIGGER_MISSED: "deskhand triggers list",
}
_CASES = "deskhand exceptions list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A notification in words, and as facts for a program. `id` is the same at every try."""

    id: NotificationId
    at: datetime
    subject: str
    body: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How notifications are put in words.

    `log` names the installation; `link` is where the console is, without it commands are named.
    """

    log: str
    timezone: tzinfo
    link: str = ""

    def announced(
        self, id: NotificationId, topic: str, lines: Sequence[Line], *, at: datetime
    ) -> Announcement:
        """Put a notification in words."""
        lines = sorted(lines, key=lambda line: (_ORDER[line.rule], line.queue, line.client))
        return Announcement(
            id=id,
            at=at,
            subject=self._subject(topic, lines),
            body="\n".join(self._body(topic, lines)),
            facts={
                "topic": topic,
                "count": sum(line.count for line in lines),
                "lines": [self._facts(line) for line in lines],
            },
        )

    def passed_on(self, told: Announcement, *, id: NotificationId, target: str) -> Announcement:
        """Return what another target could not be told, for the one that stands in for it."""
        name = _name(target)
        return replace(
            told,
            id=id,
            subject=f"{told.subject} (for {name}, not reached)",
            body=f"{name} could not be told of this. You are, in their place.\n\n{told.body}",
            facts={**told.facts, "in_place_of": {"target": target, "id": told.id}},
        )

    def tried(self, id: NotificationId, *, at: datetime) -> Announcement:
        """Return the message that tries a target out."""
        said = "This is a test: whoever reads it will be told of what deskhand notices."
        return Announcement(
            id=id,
            at=at,
            subject=f"deskhand {_name(self.log)}: a test",
            body=f"{said}\n{self._ending()}",
            facts={"topic": "test", "count": 0, "lines": []},
        )

    def _subject(self, topic: str, lines: Sequence[Line]) -> str:
        said = [sentence for sentence, _ in _sentences(lines)]
        more = [f"and {len(said) - _SUBJECTS} more"] if len(said) > _SUBJECTS else []
        opening, _ = _OPENINGS.get(topic, ("", ""))
        head = ", ".join(filter(None, [f"deskhand {_name(self.log)}", opening]))
        return f"{head}: {'; '.join(said[:_SUBJECTS] + more) or 'nothing waits'}"

    def _body(self, topic: str, lines: Sequence[Line]) -> Iterator[str]:
        _, opening = _OPENINGS.get(topic, ("", ""))
        if opening:
            yield f"{opening}\n"
        if not lines:
            yield "Nothing waits for a person.\n"
        for sentence, of in _sentences(lines):
            yield f"{sentence[0].upper()}{sentence[1:]}."
            for line in islice(of, _PLACES):
                yield f"  {self._place(line)}"
                yield f"    {self._where(line)}"
            if len(of) > _PLACES:
                yield f"  and in {len(of) - _PLACES} more places"
            yield ""
        yield self._ending()

    def _place(self, line: Line) -> str:
        names = [
            f"queue {_name(line.queue)}" if line.queue else "",
            f"client {_name(line.client)}" if line.client else "",
        ]
        due = f"the first is due {self._time(line.first_due)}" if line.first_due else ""
        return ", ".join(filter(None, [*names, str(line.count), due]))

    def _where(self, line: Line) -> str:
        wanted = {"queue": line.queue, "client": line.client}
        given = {name: value for name, value in wanted.items() if value}
        if self.link:
            page = _PAGES.get(line.rule, "/exceptions")
            filters = f"?{urlencode(given)}" if given and page == "/exceptions" else ""
            return f"{self.link.rstrip('/')}{page}{filters}"
        command = _COMMANDS.get(line.rule, _CASES)
        if command != _CASES:
            return command
        return " ".join(
            [command, *(f"--{name} {quote(_name(value))}" for name, value in given.items())]
        )

    def _time(self, at: datetime) -> str:
        return at.astimezone(self.timezone).strftime("%Y-%m-%d %H:%M %Z")

    def _ending(self) -> str:
        return f"-- \ndeskhand, {_name(self.log)}. No item's data is in this message.\n"

    def _facts(self, line: Line) -> Mapping[str, object]:
        return {
            "rule": line.rule.value,
            "queue": line.queue,
            "client": line.client,
            "count": line.count,
            "first_due": line.first_due.isoformat() if line.first_due else None,
            "link": self._where(line) if self.link else None,
        }


def _sentences(lines: Sequence[Line]) -> Iterator[tuple[str, list[Line]]]:
    """Yield what is said of each rule, and the lines that it stands for."""
    for (_, items_wait), group in groupby(sorted(lines, key=_kind), _kind):
        of = list(group)
        one, many = _ITEMS_WAIT if items_wait else _SAID[of[0].rule]
        count = sum(line.count for line in of)
        yield (one if count == 1 else many.format(f"{count:,}")), of


def _kind(line: Line) -> tuple[int, bool]:
    return _ORDER[line.rule], line.rule is Rule.QUEUE_STOPPED and not line.queue


def _name(text: str) -> str:
    """Return a name so that it cannot break a line, a header or a terminal."""
    plain = "".join(char if char.isprintable() else "?" for char in text)
    return plain if len(plain) <= _LONGEST_NAME else f"{plain[:_LONGEST_NAME]}…"
