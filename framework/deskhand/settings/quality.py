"""`quality.yaml`: what people check again of what bots did."""

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from deskhand.domain.quality import QUEUE, QualityBook, RecheckRule
from deskhand.errors import SettingsError
from deskhand.settings.yaml_file import Entry, read_yaml

KEYS = (
    "runbook",
    "clients",
    "share",
    "first_of_version",
    "all_above",
    "queue",
    "hold_queue",
    "fields",
)
_CHOOSING = ("share", "first_of_version", "all_above")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)%\Z", re.ASCII)
_MOST_FIRST = 1_000_000


def load_quality(file: Path) -> QualityBook:
    """Read the rules; a missing file has none. Raises `SettingsError`."""
    content = read_yaml(file)
    if content is None:
        return QualityBook()
    listed = content.get("rechecks") if isinstance(content, dict) else None
    if not isinstance(listed, list) or len(content) > 1:
        raise SettingsError(
            "expected `rechecks:` with a list of rules, and nothing else", file=file
        )
    rules: list[RecheckRule] = []
    for number, told in enumerate(listed, start=1):
        where = f"rule {number}"
        rule = _rule(told, file=file, where=where)
        _refuse_second(rule, rules, file=file, where=where)
        rules.append(rule)
    return QualityBook(rules=tuple(rules))


def _rule(told: Any, *, file: Path, where: str) -> RecheckRule:
    entry = Entry(told, known=KEYS, file=file, where=where)
    if not any(key in entry for key in _CHOOSING):
        raise entry.mistake(f"it chooses nothing; say {', '.join(_CHOOSING)}, or several of them")
    queue = entry.text("queue") if "queue" in entry else QUEUE
    return RecheckRule(
        runbook=entry.text("runbook"),
        clients=frozenset(_some(entry, "clients")),
        share=_share(entry),
        first_of_version=_first(entry),
        all_above=_amount(entry),
        queue=queue,
        hold_queue=entry.text("hold_queue") if "hold_queue" in entry else queue,
        fields=_some(entry, "fields"),
    )


def _refuse_second(
    rule: RecheckRule, earlier: list[RecheckRule], *, file: Path, where: str
) -> None:
    """Two rules for the same items would leave open which holds."""
    for other in earlier:
        if other.runbook != rule.runbook:
            continue
        twice = sorted(rule.clients & other.clients)
        if twice or not (rule.clients or other.clients):
            whom = f"of {', '.join(twice)}" if twice else "of all clients"
            raise SettingsError(
                f"there is a rule for {rule.runbook} {whom} already", file=file, where=where
            )


def _some(entry: Entry, key: str) -> tuple[str, ...]:
    names = entry.texts(key)
    if key in entry and not names:
        raise entry.mistake(f"`{key}` names none; leave it out for all of them")
    return names


def _share(entry: Entry) -> Decimal:
    if "share" not in entry:
        return Decimal(0)
    found = _SHARE.match(str(entry.of("share")))
    if found is None or Decimal(found.group(1)) > 100:
        raise entry.mistake("`share` is a share from 0% to 100%, as in 2% or 0.5%")
    return Decimal(found.group(1))


def _first(entry: Entry) -> int:
    number = entry.of("first_of_version")
    if number is None:
        return 0
    if type(number) is not int or not 0 <= number <= _MOST_FIRST:
        raise entry.mistake(f"`first_of_version` is a number from 0 to {_MOST_FIRST}, as in 50")
    return number


def _amount(entry: Entry) -> Decimal | None:
    if "all_above" not in entry:
        return None
    try:
        amount = Decimal(entry.text("all_above"))
    except InvalidOperation as error:
        raise entry.mistake('`all_above` is an amount, as in "10000.00"') from error
    if not amount.is_finite() or amount < 0:
        raise entry.mistake("`all_above` is an amount of 0 or more")
    return amount
