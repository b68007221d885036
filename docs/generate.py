"""Writes docs/reference out of the code: names, defaults and types, each with its meaning.

`.venv/bin/python docs/generate.py` writes the pages; a test fails while they say other than the
code. What a name means is in `reference/meanings.toml`: a name without a meaning is an error here,
and so is a meaning without a name.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel

from deskhand import errors
from deskhand.audit.record import Record
from deskhand.browsers import faults
from deskhand.browsers.catalogue import ProjectBots
from deskhand.browsers.provision import VARIABLE
from deskhand.browsers.session import RETRIED_IN_STEP
from deskhand.cli.entry import deskhand
from deskhand.domain.attempt import ATTEMPT_MOVES
from deskhand.domain.cause import RETRIED_CODES, CauseKind, SystemCode
from deskhand.domain.effect import EFFECT_MOVES
from deskhand.domain.entry import RecordType
from deskhand.domain.exception_case import CASE_MOVES, Decision
from deskhand.domain.intake_file import FileState, RowFate
from deskhand.domain.moves import Moves
from deskhand.domain.outcome import Outcome, outcome_name
from deskhand.domain.work_item import ITEM_MOVES
from deskhand.runbooks import model
from deskhand.runbooks.catalogue import CHOICE, STANDARD_TYPES, allowed_options
from deskhand.runbooks.durations import spoken
from deskhand.runbooks.explain import explained
from deskhand.runbooks.functions import FUNCTIONS, GUARDS, Function
from deskhand.runbooks.library import Library
from deskhand.runbooks.shapes import Kind
from deskhand.runbooks.trigger_maps import SUFFIXES
from deskhand.runbooks.types import Scalar
from deskhand.runtime import once_run
from deskhand.settings import accounts
from deskhand.settings.project import FILE_NAME, Project, load_project
from deskhand.use_cases import accept_items
from deskhand.vaults.environment import PREFIX

DOCS = Path(__file__).resolve().parent
REFERENCE = DOCS / "reference"
MADE = "<!-- Made by docs/generate.py from the code and meanings.toml. Do not edit. -->"

_SMALLEST = """\
deskhand: 1
runbook: claims.find
portal: payer_portal
item:
  reference: [claim_number]
  fields: {claim_number: string, member_id: member_id}
steps:
  - use: find_claim
"""
_STEPS = "What every step may have"
_MODELS: Mapping[str, type[BaseModel]] = {
    "A runbook": model.RunbookModel,
    "`item`": model.ItemModel,
    "A type with options": model.TypeModel,
    "A list": model.ListModel,
    "A check: `checks`, `expect`": model.CheckModel,
    "The trigger `file`": model.FileModel,
    "The trigger `manual`": model.ManualModel,
    _STEPS: model.StepModel,
    "What every step with an action may have": model.ActingModel,
    "The step `use`": model.UseModel,
    "The step `once`": model.OnceModel,
    "The step `let`": model.LetModel,
    "The step `finish`": model.FinishModel,
    "`retry`, `item_retry`": model.RetryModel,
    "`timeouts`": model.TimeoutsModel,
}
_OTHER_CODES = (
    accept_items.REFERENCE_CONFLICT,
    once_run.READ_BACK_DIFFERS,
    once_run.OUTCOME_UNKNOWN,
    once_run.NUMBER_NOT_FOUND,
    faults.FILE_MISSING,
)


class Meanings:
    """The sentences of `meanings.toml`; each must be used, and none may be missing."""

    def __init__(self, file: Path = REFERENCE / "meanings.toml") -> None:
        self._file = file
        self._tables: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        self._used: set[tuple[str, str]] = set()

    def of(self, table: str, name: str) -> str:
        """Return what a name means; raises `LookupError` when nobody has said it."""
        found = self._table(table).get(name)
        if not isinstance(found, str):
            raise LookupError(f"{self._file.name} does not say what {table}.{name} means")
        self._used.add((table, name))
        return found

    def unused(self) -> list[str]:
        """Return the meanings of which the code knows nothing."""
        return [
            f"{table}.{name}"
            for table, names in _flat(self._tables)
            for name in names
            if (table, name) not in self._used
        ]

    def _table(self, path: str) -> Mapping[str, object]:
        table: Any = self._tables
        for part in path.split("."):
            table = table.get(part, {})
        return dict(table)


def _flat(tables: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, list[str]]]:
    yield path, [name for name, value in tables.items() if isinstance(value, str)]
    for name, value in tables.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{path}.{name}".lstrip("."))


def cli(_: Meanings) -> Iterator[str]:
    """Every command with its options, from click itself."""
    yield "# The command line\n"
    yield (
        "`deskhand COMMAND`, in the project's folder or below it. Times are UTC. An item or a case "
        "is named by its id, the beginning of it, or its reference.\n"
    )
    rows = [
        ("0", "It is done."),
        ("1", "It is not: the message says why. `check`: there are mistakes. `audit verify`: "
         "something is wrong. `run --shadow`: a row would not have come to its act."),
        ("2", "The command was not understood."),
        ("130", "It was interrupted."),
    ]  # fmt: skip
    yield _table(("exit code", "means"), rows)
    yield "\n## deskhand\n"
    yield from _command(deskhand, ["deskhand"])
    yield from _commands(deskhand, ["deskhand"])


def _commands(group: click.Group, path: list[str]) -> Iterator[str]:
    context = click.Context(group, info_name=" ".join(path))
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        yield f"\n## {' '.join([*path, name])}\n"
        yield from _command(command, [*path, name])
        if isinstance(command, click.Group):
            yield from _commands(command, [*path, name])


def _command(command: click.Command, path: list[str]) -> Iterator[str]:
    context = click.Context(command, info_name=" ".join(path))
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"`{' '.join(path)} {usage}`\n"
    yield _plain(command.help or command.get_short_help_str(200))
    options = [one for one in command.params if isinstance(one, click.Option)]
    rows = [_option_row(option, context) for option in options if not option.hidden]
    if rows:
        yield "\n" + _table(("option", "means"), rows)


def _option_row(option: click.Option, context: click.Context) -> tuple[str, str]:
    record = option.get_help_record(context)
    spelled, told = record if record else (", ".join(option.opts), "")
    return f"`{spelled}`", _plain(told)


def language(meanings: Meanings) -> Iterator[str]:
    """Every key of a runbook."""
    yield "# The runbook language\n"
    yield (
        "One file, one process. Unknown keys are mistakes. Keys that compute hold "
        "[expressions](expressions.md); fields have [types](types.md). A duration is a number and "
        "its unit: `60s`, `5m`, `2h`, `1d`. `deskhand check` finds mistakes, `deskhand explain` "
        "says in words what a runbook does, `deskhand schema` gives editors their JSON Schema.\n"
    )
    for title, of in _MODELS.items():
        inherited = {key for base in of.__mro__[1:] for key in _keys(base)}
        keys = {key: field for key, field in _keys(of).items() if key not in inherited}
        yield f"\n## {title}\n"
        rows = [
            (f"`{key}`", _need(field), meanings.of(f"keys.{of.__name__}", key))
            for key, field in keys.items()
        ]
        yield _table(("key", "default", "means"), rows)
    yield "\n## Known, and not built yet\n"
    later = ", ".join(f"`{word}`" for word in sorted(model.LATER_KEYS))
    kinds = ", ".join(f"`{word}`" for word in SUFFIXES)
    yield f"{later}. `deskhand check` says so. Files that can be read: {kinds}.\n"
    yield "\n## What a runbook gets when it says nothing\n"
    yield f"This runbook:\n\n```yaml runbook\n{_SMALLEST}```\n"
    runbook = Library(ProjectBots(DOCS.parent / "bots")).compile(_SMALLEST, file="smallest.yaml")
    yield f"is explained so:\n\n```text\n{explained(runbook).strip()}\n```"


def _keys(of: type) -> Mapping[str, Any]:
    found = of.model_fields.items() if issubclass(of, BaseModel) else ()
    return {field.alias or name: field for name, field in found}


def _need(field: Any) -> str:
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, timedelta):
        return spoken(value)
    return f"`{value}`" if isinstance(value, int) else ""


def expressions(meanings: Meanings) -> Iterator[str]:
    """Every function, with its signature."""
    yield "# Expressions\n"
    yield (
        "Keys that compute hold bare expressions; texts for people hold `${…}`. The syntax is "
        "Python's, a typed subset that always ends: names with dots, `and or not`, comparisons, "
        "`in`, `+ - * /`, `x if c else y`, calls. A text is quoted: `'original'`. Numbers are "
        "exact: there are no binary fractions. `item.lines.charge` is the list of all charges.\n"
        "\nNames: `item`, `params`, each result by its step's name, `today` and `now_utc` (both in "
        "UTC); in a `map`, `row`. A result that may be absent must be guarded, with `there`, "
        "`present`, `default`, or an earlier `expect` or `finish`; else the check refuses.\n"
    )
    signatures = {name: _signature(function) for name, function in FUNCTIONS.items()}
    signatures |= {
        "there": "there(result) → true or false",
        "present": "present(value) → true or false",
        "default": "default(value, value) → the same",
    }
    examples = {name: function.example for name, function in FUNCTIONS.items()} | dict(GUARDS)
    for name, signature in signatures.items():
        yield f"\n## {name}\n"
        yield f"`{signature}`\n"
        yield f"{meanings.of('functions', name)} Example: `{examples[name]}`."


def _signature(function: Function) -> str:
    given = [_kinds(kinds, function) for kinds in function.kinds]
    more = ", …" if function.more else ""
    gives = "the same" if not hasattr(function.gives, "words") else function.gives.words
    return f"{function.name}({', '.join(given)}{more}) → {gives}"


def _kinds(kinds: Iterable[Kind], function: Function) -> str:
    words = []
    for kind in Kind:
        if kind in kinds:
            inside = kind is Kind.LIST and function.elements
            words.append(f"a list of {_several(function.elements)}" if inside else kind.value)
    return " or ".join(words)


def _several(kinds: Iterable[Kind] | None) -> str:
    if kinds and set(kinds) == {Kind.TEXT}:
        return "texts"
    return "numbers or dates" if Kind.DATE in (kinds or ()) else "numbers"


def types(meanings: Meanings) -> Iterator[str]:
    """Every type, with its sensitivity and options."""
    yield "# Types\n"
    yield (
        "A field's type checks its values, when a row is taken in and at every fix. A `?` behind "
        "the name makes a field optional: `string?`. A list is `{list: icd10, min: 1}`, a record "
        "`{agi: money, family_size: int}`. A format check is no proof that a code exists: that "
        "the portal says.\n\nThe values of sensitive types are masked wherever they are shown, and "
        "refused in texts for people. `pii` is about a person, `phi` about their health, `fti` "
        "about their taxes. Any field can be made sensitive: `{type: string, sensitivity: pii}`.\n"
    )
    rows = []
    for name in [*STANDARD_TYPES.types, CHOICE]:
        made = STANDARD_TYPES.types.get(name)
        options = allowed_options(made) if isinstance(made, Scalar) else {"options", "sensitivity"}
        spelled = ", ".join(f"`{option}`" for option in sorted(options))
        sensitivity = (made.sensitivity if made else None) or ""
        rows.append((f"`{name}`", meanings.of("types", name), sensitivity, spelled))
    yield _table(("type", "holds", "sensitive", "options"), rows)


def settings(meanings: Meanings) -> Iterator[str]:
    """Every key of the settings, with its default."""
    yield f"# Settings\n\nA project is a folder with a `{FILE_NAME}`. Every key has a default.\n"
    for table, rows in _setting_rows(meanings).items():
        yield f"\n## `[{table}]`\n\n{_table(('key', 'default', 'means'), rows)}"
    yield "\n## `accounts.yaml`\n"
    yield "A list under `accounts:`, one entry a login. The first three keys are needed.\n"
    yield _table(
        ("key", "means"),
        [(f"`{key}`", meanings.of("accounts", key)) for key in accounts.KEYS],
    )
    yield "\n## Environment\n"
    names = ("DESKHAND_DATABASE_URL", "DESKHAND_VAULT_KEY", PREFIX, VARIABLE)
    names += ("DESKHAND_PYTHON", "DESKHAND_TEST_POSTGRES_URL")
    rows = [(f"`{name}`", meanings.of("environment", name)) for name in names]
    yield _table(("variable", "means"), rows)


def _setting_rows(meanings: Meanings) -> dict[str, list[tuple[str, str, str]]]:
    tables: dict[str, list[tuple[str, str, str]]] = {}
    for table, key, default in settings_keys():
        row = (f"`{key}`", default, meanings.of("settings", f"{table}.{key}"))
        tables.setdefault(table, []).append(row)
    return tables


def settings_keys() -> Iterator[tuple[str, str, str]]:
    """Yield each key of the settings: table, name, default in words."""
    raise NotImplementedError


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)
