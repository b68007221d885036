"""`deskhand items`: list and show work items."""

import os
from collections.abc import Collection
from pathlib import Path

import click

from deskhand.bootstrap.workplace import human
from deskhand.cli.rechecks_shown import hold_facts, hold_line
from deskhand.cli.surroundings import (
    as_option,
    json_option,
    limit_option,
    print_json,
    print_table,
    say,
    shown,
    tell_more,
    workplace,
)
from deskhand.domain.evidence import EvidenceKind
from deskhand.domain.identifiers import RunbookHash
from deskhand.domain.work_item import OPEN_STATES, ItemState, WorkItem
from deskhand.ports.item_store import ItemFilter
from deskhand.use_cases.look_at_evidence import look_at_evidence
from deskhand.use_cases.tell_story import ItemStory, item_story, revealed_story


@click.group()
def items() -> None:
    """List and show work items."""


@items.command("list")
@click.option("--runbook", help="Only items of this runbook.")
@click.option("--client", help="Only items of this client.")
@click.option("--state", type=click.Choice([state.value for state in ItemState]))
@limit_option
@json_option
@click.pass_context
def list_items(
    context: click.Context,
    runbook: str | None,
    client: str | None,
    state: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List items, oldest first."""
    wanted = ItemFilter(runbook=runbook, client=client, state=ItemState(state) if state else None)
    with workplace(context).store.reading() as tx:
        found = tx.items.find(wanted, limit=limit + 1)
        held = {hold.hash for hold in tx.runbook_holds.held()}
    tell_more(len(found), limit=limit)
    if as_json:
        print_json([item_facts(item) for item in found[:limit]])
        return
    print_table(
        ("reference", "client", "state", "tries", "portal number", "reason", "item"),
        [
            (
                item.reference,
                item.client,
                item.state.value,
                item.tries,
                item.portal_number,
                _why(item, held),
                item.id,
            )
            for item in found[:limit]
        ],
    )


def _why(item: WorkItem, held: Collection[RunbookHash]) -> str | None:
    """Return why an item stands where it does, in a word."""
    if item.state is ItemState.WAITING and item.runbook_hash in held:
        return "held by quality"
    return item.reason


@items.command()
@click.argument("item")
@click.option("--reveal", is_flag=True, help="Show sensitive fields; that you looked is recorded.")
@as_option
@json_option
@click.pass_context
def show(
    context: click.Context, item: str, reveal: bool, as_name: str | None, as_json: bool
) -> None:
    """Show one item: its fields, attempts, acts, cases and evidence."""
    place = workplace(context)
    if reveal:
        story = revealed_story(
            item,
            by=human(as_name),
            store=place.store,
            seal=place.seal,
            library=place.library,
            clock=place.clock,
        )
    else:
        story = item_story(item, store=place.store, seal=place.seal, library=place.library)
    if as_json:
        print_json(story_facts(story))
    else:
        _print_story(story)


@items.command()
@click.argument("item")
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write the opened pieces to.",
)
@as_option
@click.pass_context
def evidence(context: click.Context, item: str, folder: Path, as_name: str | None) -> None:
    """Open an item's evidence (pictures, page structure); that you looked is recorded.

    The files are for you alone: nobody else on this machine may read them.
    """
    place = workplace(context)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pieces = look_at_evidence(
        item,
        by=human(as_name),
        store=place.store,
        evidence_store=place.evidence_store,
        clock=place.clock,
    )
    for number, (piece, content) in enumerate(pieces, start=1):
        suffix = "yaml" if piece.kind is EvidenceKind.SNAPSHOT else "jpg"
        file = folder / f"{number:02}-{piece.step}-{piece.kind.value}.{suffix}"
        _write_for_one(file, content)
        say(str(file))


def _write_for_one(file: Path, content: bytes) -> None:
    """Write a file anew that only its owner may read."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)


def item_facts(item: WorkItem) -> dict[str, object]:
    """Return an item as JSON types, without its fields."""
    return {
        "id": item.id,
        "runbook": item.runbook,
        "runbook_hash": item.runbook_hash,
        "client": item.client,
        "reference": item.reference,
        "account": item.account,
        "state": item.state.value,
        "tries": item.tries,
        "attempts": item.attempts,
        "amount": item.amount,
        "due": item.due,
        "not_before": item.not_before,
        "portal_number": item.portal_number,
        "reason": item.reason,
        "accepted_at": item.accepted_at,
        "changed_at": item.changed_at,
    }


def story_facts(story: ItemStory) -> dict[str, object]:
    """Return an item's story as JSON types."""
    return {
        **item_facts(story.item),
        "hold": hold_facts(story.hold) if story.hold else None,
        "fields": story.fields,
        "attempts_made": [
            {
                "number": attempt.number,
                "state": attempt.state.value,
                "outcome": attempt.outcome,
                "cause": attempt.cause_group,
                "started_at": attempt.started_at,
                "ended_at": attempt.ended_at,
            }
            for attempt in story.attempts
        ],
        "acts": [
            {"id": act.id, "state": act.state.value, "intended_at": act.intended_at}
            for act in story.effects
        ],
        "cases": [
            {
                "id": case.id,
                "kind": case.kind.value,
                "code": case.code,
                "state": case.state.value,
                "decision": case.decision.value if case.decision else None,
            }
            for case in story.cases
        ],
        "evidence": [
            {"kind": one.kind.value, "step": one.step, "sha256": one.sha256}
            for one in story.evidence
        ],
    }


def _print_story(story: ItemStory) -> None:
    item = story.item
    _print_head(story)
    say("\nFields")
    for name, value in story.fields.items():
        say(f"  {name}: {shown(value)}")
    say("\nAttempts")
    for attempt in story.attempts:
        say(
            f"  {attempt.number}  {shown(attempt.started_at)}  "
            f"{attempt.outcome or attempt.state.value}  {attempt.cause_group or ''}".rstrip()
        )
    for title, lines in (
        (
            "Acts",
            [f"{act.state.value}  {shown(act.intended_at)}  {act.id}" for act in story.effects],
        ),
        ("Cases", [f"{case.state.value}  {case.code}  {case.id}" for case in story.cases]),
        ("Evidence", [f"{one.kind.value}  {one.step}  {one.sha256}" for one in story.evidence]),
    ):
        if lines:
            say(f"\n{title}")
            for line in lines:
                say(f"  {line}")
    say(f"\nThe whole story: deskhand audit show {item.id}")


def _print_head(story: ItemStory) -> None:
    item = story.item
    say(f"{item.reference}   {item.state.value}")
    say(f"  {item.runbook} for {item.client}, account {item.account}, item {item.id}")
    if item.portal_number:
        say(f"  the portal's number: {shown(item.portal_number)}")
    if item.reason:
        say(f"  reason: {shown(item.reason)}")
    if story.hold is not None and item.state in OPEN_STATES:
        say(f"  {hold_line(story.hold)}")
