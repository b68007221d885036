"""Who is told what a target of `notify.yaml` could not be told."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from deskhand.domain.duration import parse_duration
from deskhand.domain.notify_rules import Fallback
from deskhand.settings.yaml_file import Entry, suggestion

FALLBACK_KEYS = ("to", "after")

_LONGEST = timedelta(days=1)


def fallbacks(entry: Entry, targets: Sequence[str]) -> Mapping[str, Fallback]:
    """Read each target's fallback; raises `SettingsError`, also for those that lead in a circle."""
    found: dict[str, Fallback] = {}
    for name, told in entry.mapping("fallbacks"):
        if name not in targets:
            raise entry.mistake(f"`fallbacks` has no `{name}`; {suggestion(name, targets)}")
        content = {"to": told} if isinstance(told, str) else told
        where = f"fallback of {name}"
        inner = Entry(content, known=FALLBACK_KEYS, file=entry.file, where=where)
        to = inner.text("to")
        if to not in targets:
            raise inner.mistake(f"there is no `{to}`; {suggestion(to, targets)}")
        found[name] = Fallback(to=to, after=_after(inner)) if "after" in inner else Fallback(to=to)
    for name in found:
        if circle := _circle(name, found):
            raise entry.mistake(
                f"`fallbacks` lead in a circle, {' > '.join(circle)}: nobody would be the last"
            )
    return found


def _after(entry: Entry) -> timedelta:
    try:
        after = parse_duration(entry.text("after"))
    except ValueError as error:
        raise entry.mistake(f"`after`: {error}") from error
    if not timedelta(0) < after <= _LONGEST:
        raise entry.mistake("`after` is more than 0, and a day at most")
    return after


def _circle(name: str, found: Mapping[str, Fallback]) -> Sequence[str]:
    """Return the targets on the way from this one back to it; none when there is an end."""
    way = [name]
    while (here := found.get(way[-1])) is not None and here.to not in way[1:]:
        way.append(here.to)
        if here.to == name:
            return way
    return ()
