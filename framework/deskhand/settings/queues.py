"""`queues.yaml`: who handles which cases, and how soon."""

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from deskhand.domain.business_hours import BusinessTime
from deskhand.domain.duration import parse_duration
from deskhand.domain.exception_case import Decision
from deskhand.domain.queue import RISK_AT, ClockKind, Queue
from deskhand.errors import SettingsError
from deskhand.settings.yaml_file import Entry, read_yaml, suggestion

KEYS = (
    "role",
    "within",
    "risk_at",
    "clock",
    "escalate_to",
    "second_person_above",
    "may",
    "skills",
)

_BUSINESS_TIME = re.compile(r"(?:([0-9]{1,3})bd)?\s*(?:([0-9]{1,4})(h|m))?\Z")
_LONGEST = timedelta(days=366)


def load_queues(file: Path) -> Mapping[str, Queue]:
    """Read the queues by name; a missing file has none. Raises `SettingsError`."""
    content = read_yaml(file)
    if content is None:
        return {}
    entry = Entry(content, known=("queues",), file=file, where="")
    queues = {name: _queue(name, told, file=file) for name, told in entry.mapping("queues")}
    for queue in queues.values():
        target = queue.escalate_to
        if target is not None and (target not in queues or target == queue.name):
            others = [name for name in queues if name != queue.name] or ["no other queue"]
            raise SettingsError(
                f"`escalate_to` names `{target}`, which is no other queue; "
                f"{suggestion(target, others)}",
                file=file,
                where=f"queue {queue.name}",
            )
    return queues


def _queue(name: str, told: Any, *, file: Path) -> Queue:
    entry = Entry({} if told is None else told, known=KEYS, file=file, where=f"queue {name}")
    clock = ClockKind(entry.choice("clock", [kind.value for kind in ClockKind]))
    return Queue(
        name=name,
        role=_given(entry, "role"),
        within=_within(entry, clock) if "within" in entry else None,
        risk_at=_risk_at(entry),
        clock=clock,
        escalate_to=_given(entry, "escalate_to"),
        second_person_above=_amount(entry),
        may=_decisions(entry) if "may" in entry else None,
        skills=frozenset(entry.texts("skills")),
    )


def _given(entry: Entry, key: str) -> str | None:
    return entry.text(key) if key in entry else None


def _within(entry: Entry, clock: ClockKind) -> BusinessTime:
    text = entry.text("within").strip()
    read = _plain_time if clock is ClockKind.ALWAYS else _business_time
    within = read(entry, text)
    if not timedelta(0) < timedelta(days=within.days) + within.hours <= _LONGEST:
        raise entry.mistake("`within` is more than nothing, and a year at most")
    return within


def _plain_time(entry: Entry, text: str) -> BusinessTime:
    try:
        return BusinessTime(hours=parse_duration(text))
    except ValueError as error:
        raise entry.mistake(f"`within` of a queue with `clock: always`: {error}") from error


def _business_time(entry: Entry, text: str) -> BusinessTime:
    found = _BUSINESS_TIME.match(text)
    if found is None or not text:
        raise entry.mistake(
            "`within` is business days, open hours or minutes, as in 1bd, 4h, 30m or 1bd 4h"
        )
    days, number, unit = found.groups()
    counted = timedelta(**{"hours" if unit == "h" else "minutes": int(number or 0)})
    return BusinessTime(days=int(days or 0), hours=counted)


def _risk_at(entry: Entry) -> int:
    if "risk_at" not in entry:
        return RISK_AT
    number, percent, rest = str(entry.of("risk_at")).partition("%")
    if not percent or rest or not number.isdecimal() or not 1 <= int(number) <= 100:
        raise entry.mistake("`risk_at` is a share from 1% to 100%, as in 80%")
    return int(number)


def _amount(entry: Entry) -> Decimal | None:
    if "second_person_above" not in entry:
        return None
    try:
        amount = Decimal(entry.text("second_person_above"))
    except InvalidOperation as error:
        raise entry.mistake('`second_person_above` is an amount, as in "50000.00"') from error
    if not amount.is_finite() or amount < 0:
        raise entry.mistake("`second_person_above` is an amount of 0 or more")
    return amount


def _decisions(entry: Entry) -> frozenset[Decision]:
    words = [decision.value for decision in Decision]
    for word in entry.texts("may"):
        if word not in words:
            raise entry.mistake(f"`may` has no `{word}`; {suggestion(word, words)}")
    return frozenset(map(Decision, entry.texts("may")))
