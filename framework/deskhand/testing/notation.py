"""The text form of a fault plan.

    PLAN   = ITEM ("," ITEM)*
    ITEM   = SET | "-" NAME | NAME [HITS] ["%" P] ["/" PER] [":" ONLY] ["~" VALUE]
    HITS   = "@" N ["x" (M | "*")]

`@3x2` strikes the third hit and the one after it, `x*` all from there on; `%20` a fifth of the
subjects; `/session`, `/subject` and `/plan` say what the hits are counted by; `:CLM-7` limits
it to a subject, `:frequency=void` to forms that submit this value; `~0.5` is the amount.
"""

import re
from dataclasses import replace
from difflib import get_close_matches
from typing import cast

from deskhand.testing.catalogue import KINDS, SETS, bare
from deskhand.testing.timing import Fault, Per, When

_ITEM = re.compile(
    r"(?P<name>[a-z][a-z0-9-]*)"
    r"(?:@(?P<first>[1-9][0-9]*)(?:x(?P<times>[1-9][0-9]*|\*))?)?"
    r"(?:%(?P<percent>[0-9]+(?:\.[0-9]+)?))?"
    r"(?:/(?P<per>plan|session|subject|request))?"
    r"(?::(?P<only>[^~]+))?"
    r"(?:~(?P<value>[0-9]+(?:\.[0-9]+)?))?"
)


def parsed(text: str) -> dict[str, Fault]:
    """Read the faults of a plan, in the catalogue's order; a later mention wins."""
    faults: dict[str, Fault] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        if item in SETS:
            faults |= {fault.name: fault for fault in SETS[item]}
        elif item.startswith("-"):
            faults.pop(_known(item[1:]), None)
        else:
            fault = _fault(item)
            faults[fault.name] = fault
    return {name: faults[name] for name in KINDS if name in faults}


def _fault(item: str) -> Fault:
    match = _ITEM.fullmatch(item)
    if match is None:
        _known(re.split(r"[@%/:~]", item)[0])
        raise ValueError(
            f"cannot read the fault {item!r}; write name@3x2, name%20, name/session, "
            "name:subject or name~0.5"
        )
    fault = bare(_known(match["name"]))
    when = _when(fault.when, match)
    value = float(match["value"]) if match["value"] else fault.value
    return replace(fault, when=when, value=value)


def _when(when: When, match: re.Match[str]) -> When:
    if match["first"]:
        times = None if match["times"] == "*" else int(match["times"] or 1)
        when = When(first=int(match["first"]), times=times, per="plan")
    if match["only"]:
        when = _only(match["only"], when)
    if match["percent"]:
        when = replace(when, percent=float(match["percent"]))
    if match["per"]:
        when = replace(when, per=cast("Per", match["per"]))
    return when


def _only(text: str, when: When) -> When:
    name, equals, value = text.partition("=")
    if equals:
        return replace(when, form_field=(name, value))
    return replace(when, only=frozenset({text}))


def _known(name: str) -> str:
    if name in KINDS:
        return name
    known = [*SETS, *KINDS]
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    advice = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
    raise ValueError(f"no fault or set of faults is called {name!r}; {advice}")
