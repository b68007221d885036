"""How re-checks, choices and held versions are printed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from deskhand.cli.cases_shown import case_facts, clock_word
from deskhand.cli.plain_values import plain
from deskhand.cli.surroundings import print_json, print_table, say, shown, table_lines
from deskhand.domain.identifiers import ItemId
from deskhand.domain.quality import Recheck, RecheckState, RunbookHold
from deskhand.domain.work_item import WorkItem
from deskhand.runbooks.explain import described
from deskhand.use_cases.hold_version import how_to_release
from deskhand.use_cases.tell_recheck import Explained, RecheckDetail

_CALLED = {
    "first_of_version": "it is number {ordinal} of the first {first_of_version} of its version",
    "amount": "its amount is above {all_above}, or not known",
    "share": "its draw {draw} is within the share of {share}",
    "done_by_person": "a person did it by hand",
}


def recheck_facts(recheck: Recheck) -> dict[str, object]:
    """Return a re-check as JSON types: names of fields, and no value of any."""
    return {
        "item": recheck.item,
        "case": recheck.case,
        "runbook": recheck.runbook,
        "runbook_hash": recheck.runbook_hash,
        "client": recheck.client,
        "state": recheck.state.value,
        "why": list(recheck.why),
        "ordinal": recheck.ordinal,
        "fields": list(recheck.fields),
        "chosen_at": recheck.chosen_at,
        "answered_by": recheck.answered_by,
        "answered_at": recheck.answered_at,
        "differing": list(recheck.differing) if recheck.answered_at else None,
        "grade": recheck.grade.value if recheck.grade else None,
        "graded_by": recheck.graded_by,
        "graded_at": recheck.graded_at,
    }


def print_rechecks(
    rechecks: Sequence[Recheck], *, items: Mapping[ItemId, WorkItem], as_json: bool
) -> None:
    """Print one line a re-check; `items` are the items that they are about."""
    if as_json:
        facts = [{"reference": items[one.item].reference, **recheck_facts(one)} for one in rechecks]
        print_json(facts)
        return
    print_table(
        ("reference", "runbook", "client", "why", "state", "grade", "by", "chosen", "case"),
        [
            (
                items[one.item].reference,
                one.runbook,
                one.client,
                ", ".join(one.why),
                one.state.value,
                one.grade.value if one.grade else None,
                one.graded_by or one.answered_by,
                one.chosen_at,
                one.case,
            )
            for one in rechecks
        ],
    )


def print_recheck(detail: RecheckDetail, *, now: datetime, as_json: bool) -> None:
    """Print one re-check: what to look up, or, once that is answered, what was found."""
    if as_json:
        print_json(_facts(detail))
        return
    case, recheck = detail.case, detail.recheck
    say(f"{case.reference}   re-check   {recheck.state.value}")
    say(f"  {case.runbook} version {detail.version} for {case.client}, on {case.account}")
    word = clock_word(case, now=now)
    say(f"  due {shown(case.due_at)}" + (f", {word}" if word else ""))
    if case.taken_by:
        say(f"  with {case.taken_by} since {shown(case.taken_at)}")
    say("\nThe item")
    for name, value in detail.fields.items():
        say(f"  {name}: {shown(value)}")
    if recheck.state is RecheckState.WAITING:
        _print_form(detail)
    else:
        _print_found(detail)


def _print_form(detail: RecheckDetail) -> None:
    say("\nLook it up on the portal, and type what it shows")
    for name, part in detail.form.items():
        say(f"  {name}: {described(part.type)}")
    fields = " ".join(f"{name}=…" for name in detail.form)
    say(f"\n  deskhand quality answer {detail.case.id} {fields}")
    say("  a field for which the portal shows nothing: FIELD= with nothing behind it")


def _print_found(detail: RecheckDetail) -> None:
    say(f"\nFound by {detail.recheck.answered_by}")
    rows = [
        (one.name, plain(one.seen), plain(one.recorded), "differs" if one.differs else "same")
        for one in detail.found
    ]
    for line in table_lines(("field", "on the portal", "recorded by the bot", ""), rows):
        say(f"  {line}")
    if detail.recheck.grade is not None:
        say(f"\n  graded {detail.recheck.grade.value} by {detail.recheck.graded_by}")
    else:
        command = f"deskhand quality grade {detail.case.id}"
        say(f"\n  grade it: {command} pass|minor|critical --note TEXT")


def _facts(detail: RecheckDetail) -> dict[str, object]:
    return {
        **case_facts(detail.case),
        "version": detail.version,
        "recheck": recheck_facts(detail.recheck),
        "fields": {name: plain(value) for name, value in detail.fields.items()},
        "form": {name: described(part.type) for name, part in detail.form.items()},
        "found": [
            {
                "field": one.name,
                "seen": plain(one.seen),
                "recorded": plain(one.recorded),
                "differs": one.differs,
            }
            for one in detail.found
        ]
        if detail.recheck.answered_at
        else None,
    }


def print_explained(explained: Explained, *, as_json: bool) -> None:
    """Print why an item was, or was not, chosen."""
    item, facts = explained.item, explained.facts
    if as_json:
        print_json(
            {
                "item": item.id,
                "reference": item.reference,
                "state": item.state.value,
                "decided": dict(facts) or None,
                "draw": explained.draw,
                "repeats": explained.repeats,
            }
        )
        return
    say(f"{item.reference}   {item.state.value}   {item.id}")
    if not facts:
        say("  nothing was decided: no bot has finished it, or no rule held for it then")
        holds = "none" if explained.rule is None else f"{explained.rule.share}% of all"
        say(f"  the rule that holds now: {holds}; its draw is {explained.draw}")
        return
    say("  chosen, for:" if facts["chosen"] else "  not chosen:")
    for reason in _reasons(facts):
        say(f"    {reason}")
    if explained.repeats is not None:
        again = "the same" if explained.repeats else f"{explained.draw}, which is ANOTHER"
        say(f"  the draw, computed again with the project's key: {again}")


def _reasons(facts: Mapping[str, object]) -> list[str]:
    because = facts["because"]
    words = because if isinstance(because, list) else []
    if words:
        return [_CALLED[str(word)].format(**facts) for word in words]
    above, first = facts["all_above"], facts["first_of_version"]
    return [
        f"its draw {facts['draw']} is not within the share of {facts['share']}",
        *([f"the first {first} of its version were chosen before it"] if first else []),
        *([f"its amount is not above {above}"] if above else []),
    ]


def hold_facts(hold: RunbookHold) -> dict[str, object]:
    """Return a held version as JSON types."""
    return {
        "runbook": hold.runbook,
        "version": hold.number,
        "hash": hold.hash,
        "state": "held" if hold.held else "working",
        "held_by": hold.held_by,
        "held_at": hold.held_at,
        "case": hold.case,
    }


def hold_line(hold: RunbookHold) -> str:
    """Return why a version waits, and what ends that, in one line."""
    since = f"held by quality since {shown(hold.held_at)} by {hold.held_by}"
    return f"{hold.words}: {since}; when it may be performed again: {how_to_release(hold)}"
