"""The pages about everything but the language: commands, settings, errors, records, states."""

import inspect
from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import click
from generator.meanings import Meanings, plain, table

from deskhand import errors
from deskhand.audit.record import Record
from deskhand.browsers.faults import FILE_MISSING
from deskhand.browsers.provision import SANDBOX_VARIABLE, VARIABLE
from deskhand.browsers.session import RETRIED_IN_STEP
from deskhand.cli.entry import deskhand
from deskhand.domain.attempt import ATTEMPT_MOVES
from deskhand.domain.cause import RETRIED_CODES, CauseKind, SystemCode
from deskhand.domain.dispatch import DISPATCH_MOVES
from deskhand.domain.effect import EFFECT_MOVES
from deskhand.domain.entry import RecordType
from deskhand.domain.exception_case import CASE_MOVES, Decision, Told
from deskhand.domain.intake_file import FileState, RowFate
from deskhand.domain.moves import Moves
from deskhand.domain.notification import NOTIFICATION_MOVES, Rule
from deskhand.domain.notify_rules import rule_of
from deskhand.domain.outcome import Outcome
from deskhand.domain.quality import RECHECK_MOVES, Grade, WhyChosen
from deskhand.domain.question import ANSWER_MOVES
from deskhand.domain.schedule import SLOT_MOVES, SkipReason
from deskhand.domain.work_item import ITEM_MOVES
from deskhand.runbooks.durations import spoken
from deskhand.runtime.once_run import NUMBER_NOT_FOUND, OUTCOME_UNKNOWN, READ_BACK_DIFFERS
from deskhand.settings import (
    calendars,
    notify,
    notify_fallbacks,
    notify_targets,
    people,
    quality,
    queues,
)
from deskhand.settings.accounts import _KNOWN as ACCOUNT_KEYS
from deskhand.settings.environment import KEY, KEY_FILE, PASSWORD_FILE
from deskhand.settings.project import FILE_NAME, read_project
from deskhand.settings.receivers import _KNOWN as RECEIVER_KEYS
from deskhand.settings.toml_tables import TomlTables
from deskhand.use_cases.accept_items import REFERENCE_CONFLICT
from deskhand.use_cases.choose_recheck import RECHECK_WANTED
from deskhand.use_cases.expire_questions import ANSWER_EXPIRED
from deskhand.use_cases.fire_slot import ROWS_REJECTED, SOURCE_FAILED
from deskhand.use_cases.hold_version import QUALITY_CRITICAL
from deskhand.use_cases.leave_triggers import TRIGGER_GONE
from deskhand.use_cases.open_case import ANSWER_WANTED, APPROVAL_WANTED
from deskhand.use_cases.take_drop import FILE_REFUSED
from deskhand.use_cases.tell_ahead import TRIGGER_AHEAD
from deskhand.use_cases.watch_drops import CLIENT_UNKNOWN, DROP_FAILED
from deskhand.vaults.environment import PREFIX

_OTHER_CODES = (
    REFERENCE_CONFLICT,
    READ_BACK_DIFFERS,
    OUTCOME_UNKNOWN,
    NUMBER_NOT_FOUND,
    APPROVAL_WANTED,
    ANSWER_WANTED,
    ANSWER_EXPIRED,
    RECHECK_WANTED,
    QUALITY_CRITICAL,
    ROWS_REJECTED,
    FILE_REFUSED,
    CLIENT_UNKNOWN,
    DROP_FAILED,
    SOURCE_FAILED,
    TRIGGER_GONE,
    TRIGGER_AHEAD,
    FILE_MISSING,
)
_VARIABLES = (
    "DESKHAND_DATABASE_URL",
    PASSWORD_FILE,
    KEY,
    KEY_FILE,
    PREFIX,
    VARIABLE,
    SANDBOX_VARIABLE,
    "DESKHAND_PYTHON",
    "DESKHAND_TEST_POSTGRES_URL",
)
_FILES = (
    (
        "queues.yaml",
        "Names under `queues:`, each with these keys; none is needed. A queue that is not here "
        "has the defaults, and anybody may decide in it.",
        "queues",
        queues.KEYS,
    ),
    (
        "people.yaml",
        "A list under `people:`, one entry a person. Only `name` is needed.",
        "people",
        people.KEYS,
    ),
    (
        "calendars.yaml",
        "Names under `calendars:`, each with these keys; the first two are needed. `clients:` and "
        "`portals:` say whose calendar is which: `{lakeside: us-office}`. A client without one has "
        "`standard`: Monday to Friday, 09:00 to 17:00 UTC; a portal without one never closes. The "
        "clock of a case runs while its client works and its portal is open.",
        "calendars",
        calendars.KEYS,
    ),
    (
        "notify.yaml",
        "Who is told of what. Somebody is needed: below `people`, who also need `mail`, or below "
        "`webhooks`. The names there are the targets.",
        "notify",
        notify.FILE_KEYS,
    ),
    (
        "notify.yaml: mail",
        "The mail server. The first two keys are needed.",
        "notify_mail",
        notify_targets.MAIL_KEYS,
    ),
    (
        "notify.yaml: webhooks",
        "Names, each with both keys.",
        "notify_webhook",
        notify_targets.WEBHOOK_KEYS,
    ),
    (
        "notify.yaml: fallbacks",
        "Names of targets, each with another one: `{ann: boss}`, or with these keys. They must not "
        "lead in a circle.",
        "notify_fallback",
        notify_fallbacks.FALLBACK_KEYS,
    ),
    (
        "notify.yaml: rules",
        "A list; only `rule` is needed. With it, what is not listed is not told.",
        "notify_rule",
        notify.RULE_KEYS,
    ),
    (
        "notify.yaml: digest",
        'Once a day, what is open. `digest: "08:00"` says the time alone.',
        "notify_digest",
        notify.DIGEST_KEYS,
    ),
    (
        "notify.yaml: night",
        "When people are left in peace. A time zone or a calendar is needed.",
        "notify_night",
        notify.NIGHT_KEYS,
    ),
    (
        "quality.yaml",
        "A list under `rechecks:`, one rule an entry: `runbook` is needed, and one of `share`, "
        "`first_of_version` and `all_above`. A rule that names a client holds for it in place of "
        "one that names none.",
        "quality",
        quality.KEYS,
    ),
)
_TABLES = ("project", "state", "vault", "worker", "once", "http", "events", "files", "audit")
_EXIT_CODES = (
    ("0", "It is done."),
    (
        "1",
        "It is not, and the message says why. `check`: there are mistakes. `audit verify`: "
        "something is wrong. `run --shadow`: a row would not have come to its act. `run`: it was "
        "stopped before everything was at rest. `health`: not ready.",
    ),
    ("2", "The command was not understood."),
    ("130", "It was interrupted."),
)


def cli(_: Meanings) -> Iterator[str]:
    """Every command with its options, from click itself."""
    yield "# The command line\n"
    yield (
        "\n`deskhand COMMAND`, in the project's folder or below it. Times are UTC. An item or a "
        "case is named by its id, by the beginning of it, or by its reference.\n"
    )
    yield "\n" + table(("exit code", "means"), _EXIT_CODES)
    yield from _command(deskhand, "deskhand")


def _command(command: click.Command, path: str) -> Iterator[str]:
    context = click.Context(command, info_name=path)
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"\n## {path}\n\n`{path} {usage}`\n\n{plain(command.help or '')}\n"
    options = [one for one in command.params if isinstance(one, click.Option)]
    if options:
        rows = [_option(option, context) for option in options]
        yield "\n" + table(("option", "means"), rows)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _command(inner, f"{path} {name}")


def _option(option: click.Option, context: click.Context) -> tuple[str, str]:
    spelled, told = option.get_help_record(context) or (", ".join(option.opts), "")
    return f"`{spelled}`", plain(told)


def settings(meanings: Meanings) -> Iterator[str]:
    """Every key of the settings, with its default."""
    yield f"# Settings\n\nA project is a folder with a `{FILE_NAME}`. Every key has a default.\n"
    tables: dict[str, list[tuple[str, str, str]]] = {}
    for (name, key), default in _defaults().items():
        row = (f"`{key}`", default, meanings.of("settings", f"{name}.{key}"))
        tables.setdefault(name, []).append(row)
    for name in sorted(tables, key=_TABLES.index):
        rows = tables[name]
        yield f"\n## `[{name}]`\n\n{table(('key', 'default', 'means'), rows)}"
    yield "\n## `accounts.yaml`\n"
    yield "\nA list under `accounts:`, one entry a login. The first three keys are needed.\n"
    known = [(f"`{key}`", meanings.of("accounts", key)) for key in ACCOUNT_KEYS]
    yield "\n" + table(("key", "means"), known)
    for file, told, name, keys in _FILES:
        rows = [(f"`{key}`", meanings.of(name, key)) for key in keys]
        yield f"\n## `{file}`\n\n{told}\n\n{table(('key', 'means'), rows)}"
    yield from _notify_rules(meanings)
    yield "\n## `receivers.yaml`\n"
    yield "\nA list under `receivers:`, one entry a receiver. All but the last key are needed.\n"
    known = [(f"`{key}`", meanings.of("receivers", key)) for key in RECEIVER_KEYS]
    yield "\n" + table(("key", "means"), known)
    yield "\n## Environment\n"
    variables = [(f"`{name}`", meanings.of("environment", name)) for name in _VARIABLES]
    yield "\n" + table(("variable", "means"), variables)


def _notify_rules(meanings: Meanings) -> Iterator[str]:
    yield "\n## The rules of `notify.yaml`\n\n"
    rows = []
    for word in notify.RULES:
        usual = rule_of(Rule(word), to=())
        gathers = spoken(usual.group) if usual.group else "nothing"
        rows.append((f"`{word}`", meanings.of("rules", word), gathers, spoken(usual.cool_down)))
    yield table(("rule", "told when", "gathers for", "next one after"), rows)


class _Asked(TomlTables):
    """The tables of an empty file, which note every key that they are asked for."""

    def note(self) -> dict[tuple[str, str], str]:
        self.asked: dict[tuple[str, str], str] = {}
        project = read_project(self, {})
        for (name, key), default in self.asked.items():
            owner = getattr(project, name, None)
            read = getattr(owner, key, default)
            # A path is told as it is written, not as it was found.
            self.asked[name, key] = _spelled(default if isinstance(read, Path) else read)
        return self.asked

    def take(self, table: str, key: str, default: Any, kind: type) -> Any:
        self.asked[table, key] = default
        return super().take(table, key, default, kind)


def _defaults() -> dict[tuple[str, str], str]:
    with TemporaryDirectory() as folder:
        return _Asked(Path(folder) / FILE_NAME, {}).note()


def _spelled(value: object) -> str:
    match value:
        case None:
            return ""
        case timedelta():
            return spoken(value)
        case time():
            return f"`{value:%H:%M}`"
        case bool():
            return f"`{str(value).lower()}`"
        case Enum():
            return f"`{value.value}`"
        case _:
            return f"`{value}`"


def errors_and_causes(meanings: Meanings) -> Iterator[str]:
    """Every error, every cause, every code that the framework gives by itself."""
    yield "# Errors and causes\n"
    yield (
        "\nAn error is a Python failure: something that the code around it could not settle. A "
        "cause is why an attempt did not end in success; it is data, and it decides what the item "
        "does next.\n"
    )
    yield "\n## Kinds of cause\n"
    kinds = [(f"`{kind.value}`", meanings.of("causes", kind.value)) for kind in CauseKind]
    yield "\n" + table(("kind", "means"), kinds)
    yield "\n## Codes of system causes\n"
    yield (
        '\n"In the step": tried again within seconds. "As an item": the item waits and is tried '
        "again later, as `item_retry` says. Neither: a person, at once.\n"
    )
    rows = [
        (f"`{code}`", _retried(code), meanings.of("codes", code)) for code in constants(SystemCode)
    ]
    yield "\n" + table(("code", "tried again", "means"), rows)
    yield "\n## Other codes of the framework\n"
    others = [(f"`{code}`", meanings.of("codes", code)) for code in _OTHER_CODES]
    yield "\n" + table(("code", "means"), others)
    yield (
        "\nEvery other code is a runbook's (`else:`) or a bot's (`Refused`, `BusinessException`, "
        "`StopException`).\n"
    )
    yield "\n## The errors\n\n"
    yield from _tree(errors.DeskhandError, depth=0)
    for word in (errors.BusinessException, errors.StopException):
        yield from _tree(word, depth=0)


def _retried(code: str) -> str:
    places = [
        *(["in the step"] if code in RETRIED_IN_STEP else []),
        *(["as an item"] if code in RETRIED_CODES else []),
    ]
    return ", ".join(places)


def _tree(error: type[BaseException], *, depth: int) -> Iterator[str]:
    promise = inspect.cleandoc(error.__doc__ or "").partition("\n\n")[0]
    yield f"{'  ' * depth}- `{error.__name__}`: {plain(promise)}\n"
    for inner in error.__subclasses__():
        if inner.__module__ == errors.__name__:
            yield from _tree(inner, depth=depth + 1)


def records(meanings: Meanings) -> Iterator[str]:
    """Every type of record, and the fields that each of them has."""
    yield "# Records\n"
    yield (
        "\nThe audit log is a list of records. `deskhand audit export` writes them, one JSON "
        "object a line: the very bytes that are chained. How the chain works is told in "
        "[The audit log](../explanation/audit.md).\n"
    )
    fields = [
        (f"`{name}`", meanings.of("record_fields", name)) for name in Record.__struct_fields__
    ]
    yield "\n## Fields\n\n" + table(("field", "means"), fields)
    types = [(f"`{name}`", meanings.of("records", name)) for name in constants(RecordType)]
    yield "\n## Types\n\n" + table(("type", "says"), types)


def states(meanings: Meanings) -> Iterator[str]:
    """Every state, and where it leads: drawn from the tables that the code obeys."""
    yield "# States\n\nDrawn from the tables of moves: a move that is not drawn is refused.\n"
    for moves in (
        ITEM_MOVES,
        ATTEMPT_MOVES,
        EFFECT_MOVES,
        CASE_MOVES,
        ANSWER_MOVES,
        SLOT_MOVES,
        DISPATCH_MOVES,
        NOTIFICATION_MOVES,
        RECHECK_MOVES,
    ):
        yield from _drawn(moves, meanings)
    yield "\n## Clock\n\nWhat others were told of a case's clock.\n\n"
    yield _enum(Told, "told", meanings)
    yield "\n## File\n\n" + _enum(FileState, "file_states", meanings)
    yield "\n## Row\n\nWhat becomes of a row of a file.\n\n" + _enum(RowFate, "row_fates", meanings)
    yield "\n## Decision\n\nHow a person closes a case.\n\n"
    yield _enum(Decision, "decisions", meanings)
    yield "\n## Chosen\n\nWhy an item is checked again.\n\n"
    yield _enum(WhyChosen, "why_chosen", meanings)
    yield "\n## Grade\n\nWhat a person found who checked again.\n\n"
    yield _enum(Grade, "grades", meanings)
    yield "\n## Skipped\n\nWhy a slot of a time table does not fire.\n\n"
    yield _enum(SkipReason, "skip_reasons", meanings)
    yield "\n## Outcome\n\nHow an attempt ends.\n\n"
    words = [_snake(kind.__name__) for kind in get_args(Outcome)]
    yield table(("outcome", "means"), [(f"`{w}`", meanings.of("outcomes", w)) for w in words])


def _drawn(moves: Moves[Any], meanings: Meanings) -> Iterator[str]:
    yield f"\n## {moves.thing.capitalize()}\n\n```mermaid\nstateDiagram-v2\n"
    first = next(iter(moves.table))
    yield f"    [*] --> {first.value}\n"
    for state, following in moves.table.items():
        for to in moves.table:
            if to in following:
                yield f"    {state.value} --> {to.value}\n"
        if not following:
            yield f"    {state.value} --> [*]\n"
    yield "```\n"
    rows = [(f"`{s.value}`", meanings.of(f"states.{moves.thing}", s.value)) for s in moves.table]
    yield "\n" + table(("state", "means"), rows)


def _enum(of: type[Enum], name: str, meanings: Meanings) -> str:
    rows = [(f"`{one.value}`", meanings.of(name, str(one.value))) for one in of]
    return table(("word", "means"), rows)


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")


def constants(of: type) -> list[str]:
    """Return the texts that a class of constants holds, in its order."""
    held: Mapping[str, object] = vars(of)
    return [str(value) for name, value in held.items() if name.isupper()]
