"""What triggers are called: by their own word, or after what they are; never after their place."""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import count

from deskhand.domain.identifiers import TriggerName
from deskhand.domain.runbook import CronTrigger, FileTrigger, Runbook, Trigger

_FORMER = re.compile(r".+/(?:cron|file)-[0-9]+")
_NO_LETTER = re.compile(r"[^a-z0-9_.,-]+")


def time_tables(runbook: Runbook) -> dict[TriggerName, CronTrigger]:
    """Return a runbook's time tables under their names."""
    return {
        trigger_name(runbook, trigger): trigger
        for trigger in runbook.triggers
        if isinstance(trigger, CronTrigger)
    }


def file_triggers(runbook: Runbook) -> dict[TriggerName, FileTrigger]:
    """Return a runbook's file triggers under their names."""
    return {
        trigger_name(runbook, trigger): trigger
        for trigger in runbook.triggers
        if isinstance(trigger, FileTrigger)
    }


def trigger_name(runbook: Runbook, trigger: CronTrigger | FileTrigger) -> TriggerName:
    """Name a trigger: `<runbook>/<its own word>`, wherever it stands in the runbook."""
    return TriggerName(f"{runbook.name}/{own_word(trigger)}")


def own_word(trigger: CronTrigger | FileTrigger) -> str:
    """Return the word that the runbook gives a trigger, else one that says what it is.

    A time table is told by its five fields, a file trigger by its pattern. No such word can be
    one that a runbook gives.
    """
    match trigger:
        case CronTrigger():
            return trigger.name or f"cron-{cron_word(trigger.cron)}"
        case FileTrigger():
            return trigger.name or f"files-{pattern_word(trigger.pattern)}"


def cron_word(cron: str) -> str:
    """Return a time table's fields as a word that a shell takes as it is.

    >>> cron_word("30 6 * * mon-fri"), cron_word("*/15  6-18 * * MON#1")
    ('30.6.x.x.mon-fri', 'x-15.6-18.x.x.mon-1')
    """
    fields = ".".join(cron.lower().split()).replace("*", "x")
    return _NO_LETTER.sub("-", fields)


def pattern_word(pattern: str) -> str:
    """Return a pattern of files as a word that a shell takes as it is.

    >>> pattern_word("inbox/{client}/claims/*.{csv,xlsx}"), pattern_word("in/day_*.csv")
    ('inbox.claims.csv,xlsx', 'in.day_x.csv')
    """
    told = pattern.lower().replace("{client}/", "").replace("/*.", "/").removeprefix("*.")
    bare = told.replace("*", "x").replace("{", "").replace("}", "").replace("/", ".")
    return _NO_LETTER.sub("-", bare).strip("-.") or "all"


def twins(runbook: Runbook) -> Iterator[tuple[int, TriggerName]]:
    """Yield the triggers that are called as one before them is, each by its place."""
    seen: set[TriggerName] = set()
    for place, trigger in enumerate(runbook.triggers):
        if isinstance(trigger, CronTrigger | FileTrigger):
            name = trigger_name(runbook, trigger)
            if name in seen:
                yield place, name
            seen.add(name)


def meant_triggers(given: str, names: Collection[TriggerName]) -> list[TriggerName]:
    """Return the triggers that a person may mean: by the whole name, or by half of it.

    >>> names = [TriggerName("claims.submit/nightly"), TriggerName("aid.verify/nightly")]
    >>> meant_triggers("aid.verify", names), len(meant_triggers("nightly", names))
    (['aid.verify/nightly'], 2)
    """
    if given in names:
        return [TriggerName(given)]
    return [name for name in names if given in name.split("/")]


def former_names(runbook: Runbook) -> Mapping[TriggerName, TriggerName]:
    """Return what the triggers were called when their places named them: by now, then."""
    numbers = {CronTrigger: count(1), FileTrigger: count(1)}
    return {
        trigger_name(runbook, trigger): _former(runbook, trigger, next(numbers[type(trigger)]))
        for trigger in runbook.triggers
        if isinstance(trigger, CronTrigger | FileTrigger)
    }


def is_former(name: TriggerName) -> bool:
    """Whether a name tells a place.

    >>> is_former(TriggerName("aid.verify/cron-1")), is_former(TriggerName("aid.verify/cron-1.x"))
    (True, False)
    """
    return _FORMER.fullmatch(name) is not None


def _former(runbook: Runbook, trigger: Trigger, number: int) -> TriggerName:
    kind = "cron" if isinstance(trigger, CronTrigger) else "file"
    return TriggerName(f"{runbook.name}/{kind}-{number}")
