"""`deskhand audit`: the whole story of an item, the log itself, and whether it holds."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from deskhand.audit.record import Record
from deskhand.audit.verify import summary
from deskhand.bootstrap.workplace import human
from deskhand.cli.plain_values import plain
from deskhand.cli.surroundings import as_option, json_option, print_json, say, shown, workplace
from deskhand.domain.tagged import from_tagged
from deskhand.use_cases.check_log import export_log, verify_log
from deskhand.use_cases.reveal_records import RevealedRecord, revealed_records
from deskhand.use_cases.tell_story import item_records, stream_story

_STREAMS = (
    "account:",
    "event:",
    "file:",
    "hook:",
    "notification:",
    "receiver:",
    "runbook:",
    "target:",
    "trigger:",
)
_LOG = "log"

# What a line leaves out: what nobody can read, and counts that fill a page.
_UNTOLD = ("sealed", "by_field")

# What a record is about, where its story tells of several.
_NAMED = {"answer": "answer", "case": "case", "effect": "act"}


@click.group()
def audit() -> None:
    """Tell, export and verify the audit log."""


@audit.command()
@click.argument("item")
@click.option("--reveal", is_flag=True, help="What people typed, too; that you looked is recorded.")
@as_option
@json_option
@click.pass_context
def show(
    context: click.Context, item: str, reveal: bool, as_name: str | None, as_json: bool
) -> None:
    """Tell the whole story of one item, in order.

    Or of something else that has one: trigger:NAME, account:NAME, file:ID, runbook:NAME,
    hook:CLIENT/NAME, receiver:NAME, target:NAME; or `log`: workers, exports, verifications.
    """
    place = workplace(context)
    if item == _LOG or item.startswith(_STREAMS):
        story = stream_story(item, store=place.store)
        _tell([RevealedRecord(record=one) for one in story], as_json=as_json)
        return
    name = item.removeprefix("item:")
    if reveal:
        found, records = revealed_records(
            name, by=human(as_name), store=place.store, seal=place.seal, clock=place.clock
        )
    else:
        found, plain_records = item_records(name, store=place.store)
        records = [RevealedRecord(record=one) for one in plain_records]
    if not as_json:
        say(f"{found.reference}   {found.state.value}   {found.id}")
    _tell(records, as_json=as_json)


def _tell(records: Sequence[RevealedRecord], *, as_json: bool) -> None:
    if as_json:
        print_json([_facts(one) for one in records])
        return
    for one in records:
        say(_line(one.record))
        for name, value in (one.values or {}).items():
            say(f"        {name}: {_value(value)}")


def _value(value: object) -> str:
    """Return an opened value; of a correction the old and the new one."""
    if isinstance(value, dict) and value.keys() == {"old", "new"}:
        return f"{_value(value['old'])} -> {_value(value['new'])}"
    return shown(plain(from_tagged(value)))


@audit.command()
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), help="A file.")
@as_option
@click.pass_context
def export(context: click.Context, target: Path | None, as_name: str | None) -> None:
    """Write every record, one JSON object a line: the very bytes that are chained."""
    place = workplace(context)
    records = export_log(by=human(as_name), store=place.store, clock=place.clock)
    count = 0
    with click.open_file(str(target) if target else "-", "wb") as stream:
        for body in records:
            stream.write(body + b"\n")
            count += 1
    if target is not None:
        say(f"{count} records in {target}", err=True)


@audit.command()
@as_option
@json_option
@click.pass_context
def verify(context: click.Context, as_name: str | None, as_json: bool) -> None:
    """Check the chain, and every state against it; name the first thing that is wrong."""
    place = workplace(context)
    verdict = verify_log(by=human(as_name), store=place.store, clock=place.clock)
    if as_json:
        print_json(summary(verdict))
    elif verdict.first is None:
        say(
            f"verified: {verdict.records} records in {verdict.streams} streams, "
            f"{verdict.states} states agree with them"
        )
        say(
            "  this proves that the log agrees with itself and with the store; "
            "without a checkpoint kept elsewhere it cannot prove that nobody rewrote both"
        )
    else:
        say(f"NOT verified. First: {verdict.first.where}: {verdict.first.problem}")
        for finding in verdict.findings[1:]:
            say(f"  also: {finding.where}: {finding.problem}")
    if not verdict.clean:
        sys.exit(1)


def _facts(one: RevealedRecord) -> dict[str, object]:
    record = one.record
    facts = {
        "seq": record.seq,
        "ts": record.ts,
        "type": record.type,
        "subject": record.subject,
        "state": record.state,
        "actor": record.actor,
        "attempt": record.attempt,
        "data": record.data,
    }
    return facts if one.values is None else {**facts, "values": plain(from_tagged(one.values))}


def _line(record: Record) -> str:
    actor = record.actor.get("asserted") or record.actor.get("id") or ""
    who = f"{record.actor.get('kind')} {actor[:8] if record.actor.get('kind') == 'bot' else actor}"
    kind, _, name = record.subject.partition(":")
    facts = [f"{_NAMED[kind]} {name}"] if kind in _NAMED else []
    facts += [
        f"{name} {shown(value)}"
        for name, value in record.data.items()
        if value not in (None, "", [], False)
        and not name.startswith(_UNTOLD)
        and f"{name} {shown(value)}" not in facts
    ]
    state = f" -> {record.state}" if record.state else ""
    attempt = f"try {record.attempt}" if record.attempt else ""
    head = f"{record.seq:>4}  {record.ts[:23]}  {record.type}{state}  [{who}] {attempt}"
    # Names and reasons are as people typed them.
    return shown(f"{head}  {', '.join(facts)}".rstrip())
