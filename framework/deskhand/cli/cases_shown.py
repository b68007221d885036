"""How cases, their clocks and their causes are printed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from shlex import quote

from deskhand.cli.surroundings import print_json, print_table, say, shown, tell_more
from deskhand.domain.exception_case import CaseKind, ExceptionCase, Told
from deskhand.ports.case_clocks import CauseCount
from deskhand.use_cases.tell_story import CaseDetail


def case_facts(case: ExceptionCase) -> dict[str, object]:
    """Return a case as JSON types, without what is sealed."""
    return {
        "id": case.id,
        "item": case.item,
        "reference": case.reference,
        "account": case.account,
        "runbook": case.runbook,
        "client": case.client,
        "queue": case.queue,
        "kind": case.kind.value,
        "code": case.code,
        "step": case.step,
        "state": case.state.value,
        "came_back": case.came_back,
        "opened_at": case.opened_at,
        "risk_at": case.risk_at,
        "due_at": case.due_at,
        "told": case.told.value,
        "snoozed_until": case.snoozed_until,
        "escalated_from": case.escalated_from,
        "cause_group": case.cause_group,
        "incident": case.incident,
        "expires_at": case.expires_at,
        "taken_by": case.taken_by,
        "taken_at": case.taken_at,
        "closed_by": case.closed_by,
        "closed_at": case.closed_at,
        "decision": case.decision.value if case.decision else None,
    }


def print_cases(cases: Sequence[ExceptionCase], *, now: datetime, as_json: bool) -> None:
    """Print one line a case."""
    if as_json:
        print_json([case_facts(case) for case in cases])
        return
    print_table(
        ("reference", "kind", "code", "queue", "due", "clock", "with", "case"),
        [
            (
                case.reference,
                case.kind.value + (" (came back)" if case.came_back else ""),
                case.code,
                case.queue,
                case.due_at,
                clock_word(case, now=now),
                case.taken_by,
                case.id,
            )
            for case in cases
        ],
    )


def clock_word(case: ExceptionCase, *, now: datetime) -> str | None:
    """Return how a case stands in its time, in a word; None while all is well."""
    if case.overdue(now=now):
        return "overdue"
    if case.snoozed_until is not None and case.snoozed_until > now:
        return "snoozed"
    return "at risk" if case.told is Told.RISK or Told.RISK in case.untold(now=now) else None


def print_case(detail: CaseDetail, *, asked: Iterable[str], now: datetime) -> None:
    """Print all of one case; `asked` are the lines of its question."""
    case = detail.case
    say(f"{case.reference}   {case.kind.value}: {case.code}   {case.state.value}")
    say(f"  {shown(detail.message) if detail.message else 'no message'}")
    if detail.hint:
        say(f"  hint: {shown(detail.hint)}")
    say(f"  step {case.step or '-'}, queue {case.queue}, since {shown(case.opened_at)}")
    for line in (*_clock_lines(case, now=now), *_hands_lines(detail), *asked):
        say(line)
    if case.item is None:
        say(f"  what happened: deskhand audit show {quote(case.stream)}")
    elif case.kind is not CaseKind.QUALITY:  # blind: not before the answer
        say(f"  the item: deskhand items show {case.item}")


def _clock_lines(case: ExceptionCase, *, now: datetime) -> Iterator[str]:
    word = clock_word(case, now=now)
    yield f"  due {shown(case.due_at)}" + (f", {word}" if word else "")
    if case.snoozed_until is not None:
        yield f"  handed out again from {shown(case.snoozed_until)} on"
    if case.escalated_from:
        yield f"  escalated from {case.escalated_from}"
    if case.expires_at is not None:
        yield f"  can be answered until {shown(case.expires_at)}"


def _hands_lines(detail: CaseDetail) -> Iterator[str]:
    """Yield who has it, or who closed it, how and why."""
    case = detail.case
    if case.decision is not None:
        why = f", because: {shown(detail.reason)}" if detail.reason else ""
        closed = f"{shown(case.closed_by)} at {shown(case.closed_at)}"
        yield f"  closed by {closed}: {case.decision.value}{why}"
    elif case.taken_by:
        yield f"  with {shown(case.taken_by)} since {shown(case.taken_at)}"


def print_causes(causes: Sequence[CauseCount], *, as_json: bool) -> None:
    """Print one line a cause."""
    facts = [
        {
            "cause_group": cause.cause_group,
            "kind": cause.kind.value,
            "code": cause.code,
            "cases": cause.count,
            "first_seen": cause.first_seen,
            "last_seen": cause.last_seen,
            "oldest_due": cause.oldest_due,
        }
        for cause in causes
    ]
    if as_json:
        print_json(facts)
        return
    shown_keys = ("cases", "code", "first_seen", "last_seen", "oldest_due", "cause_group")
    headings = ("cases", "code", "first seen", "last seen", "oldest due", "cause")
    print_table(headings, [[fact[key] for key in shown_keys] for fact in facts])


def print_groups(cases: Sequence[ExceptionCase], *, limit: int, as_json: bool) -> None:
    """Print one line for all cases of one cause, the first ones due first."""
    groups: dict[str, list[ExceptionCase]] = {}
    for case in cases:
        groups.setdefault(case.cause_group, []).append(case)
    facts = [
        {
            "cause_group": group,
            "incident": together[0].incident,
            "kind": together[0].kind.value,
            "code": together[0].code,
            "count": len(together),
            "since": min(case.opened_at for case in together),
            "due_at": together[0].due_at,
            "cases": [case.id for case in together],
        }
        for group, together in groups.items()
    ]
    tell_more(len(facts), limit=limit)
    if as_json:
        print_json(facts[:limit])
        return
    shown_keys = ("count", "kind", "code", "due_at", "since", "incident", "cause_group")
    headings = ("cases", "kind", "code", "due", "since", "incident", "cause")
    print_table(headings, [[fact[key] for key in shown_keys] for fact in facts[:limit]])
