"""Circles of events: a runbook that starts itself, by way of others, starts items for ever."""

from collections.abc import Iterable, Mapping, Sequence

from deskhand.domain.runbook import EventTrigger, Runbook


def event_circle(runbooks: Iterable[Runbook]) -> Sequence[str]:
    """Return the runbooks of a circle by name, the first one again at its end; none without one."""
    known = {runbook.name: runbook for runbook in runbooks}
    heard: dict[str, list[str]] = {}
    for runbook in known.values():
        for trigger in runbook.triggers:
            if isinstance(trigger, EventTrigger):
                heard.setdefault(trigger.event, []).append(runbook.name)
    started = {name: heard.get(runbook.emit or "", []) for name, runbook in known.items()}
    return next(filter(None, (_way_back(name, started) for name in sorted(known))), ())


def _way_back(name: str, started: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return the shortest way from a runbook to itself."""
    ways = [[name]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for following in started[way[-1]]:
            if following == name:
                return [*way, name]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return ()
