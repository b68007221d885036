"""The pages about the language: its keys, its expressions, its types."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from generator.meanings import Meanings, table
from pydantic import BaseModel

from deskhand.browsers.catalogue import ProjectBots
from deskhand.runbooks import model
from deskhand.runbooks.catalogue import CHOICE, STANDARD_TYPES, allowed_options
from deskhand.runbooks.durations import spoken
from deskhand.runbooks.explain import explained
from deskhand.runbooks.functions import FUNCTIONS, GUARDS, Function
from deskhand.runbooks.library import Library
from deskhand.runbooks.shapes import NUMBERS, SCALARS, Kind, Shape
from deskhand.runbooks.trigger_maps import SUFFIXES
from deskhand.runbooks.types import Scalar

_BOTS = Path(__file__).resolve().parents[2] / "bots"
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
_MODELS: Mapping[str, type[BaseModel]] = {
    "A runbook": model.RunbookModel,
    "`item`": model.ItemModel,
    "A type with options": model.TypeModel,
    "A list": model.ListModel,
    "A check, in `checks` and `expect`": model.CheckModel,
    "The trigger `file`": model.FileModel,
    "The trigger `manual`": model.ManualModel,
    "The trigger `cron`": model.CronModel,
    "The trigger `webhook`": model.WebhookModel,
    "The trigger `event`": model.EventModel,
    "Every step": model.StepModel,
    "Every step that uses an action": model.ActingModel,
    "The step `use`": model.UseModel,
    "The step `once`": model.OnceModel,
    "The step `let`": model.LetModel,
    "Every step that asks a person": model.AskingModel,
    "The step `approve`": model.ApproveModel,
    "The step `ask`": model.AskModel,
    "The step `finish`": model.FinishModel,
    "`retry` and `item_retry`": model.RetryModel,
    "`timeouts`": model.TimeoutsModel,
}
_GUARD_SIGNATURES: Mapping[str, str] = {
    "there": "there(result) → true or false",
    "present": "present(value) → true or false",
    "default": "default(value, value) → the same",
}


def language(meanings: Meanings) -> Iterator[str]:
    """Every key of a runbook."""
    yield "# The runbook language\n\n"
    yield (
        "One file, one process. Unknown keys are mistakes. Keys that compute hold "
        "[expressions](expressions.md); fields have [types](types.md). A duration is a number and "
        "its unit: `60s`, `5m`, `2h`, `1d`.\n\n`deskhand check` finds mistakes, `deskhand explain` "
        "says in words what a runbook does, `deskhand schema` gives editors their JSON Schema.\n"
    )
    for title, of in _MODELS.items():
        inherited = {key for base in of.__mro__[1:] for key in _keys(base)}
        rows = [
            (f"`{key}`", _need(field), meanings.of(f"keys.{of.__name__}", key))
            for key, field in _keys(of).items()
            if key not in inherited
        ]
        yield f"\n## {title}\n\n{table(('key', 'default', 'means'), rows)}"
    later = ", ".join(f"`{word}`" for word in sorted(model.LATER_KEYS))
    suffixes = ", ".join(f"`{word}`" for word in SUFFIXES)
    yield f"\n## Known, and not built yet\n\n{later}. `deskhand check` says so.\n"
    yield f"\n## Files that can be read\n\n{suffixes}\n"
    yield f"\n## What a runbook gets when it says nothing\n\n```yaml runbook\n{_SMALLEST}```\n"
    runbook = Library(ProjectBots(_BOTS)).compile(_SMALLEST, file="smallest.yaml")
    without_version = "\n".join(
        line for line in explained(runbook).strip().splitlines() if not line.startswith("version:")
    )
    yield f"\nThis one is explained so:\n\n```text\n{without_version}\n```\n"


def expressions(meanings: Meanings) -> Iterator[str]:
    """Every function, with its signature."""
    yield "# Expressions\n\n"
    yield (
        "Keys that compute hold bare expressions; texts for people hold `${…}`. The syntax is "
        "Python's, a typed subset that always ends: names with dots, `and or not`, comparisons, "
        "`in`, `+ - * /`, `x if c else y`, calls. A text is quoted: `'original'`. Numbers are "
        "exact: there are no binary fractions. `item.lines.charge` is the list of all charges.\n"
        "\nNames: `item`, `params`, each result by its step's name, `today` (the day in the time "
        "zone of the client's calendar) and `now_utc`; in a `map`, `row`. A result that may be "
        "absent must be guarded, by `there`, `present`, `default`, or an earlier `expect` or "
        "`finish`; else the check refuses.\n"
        "\n`today` and `now_utc` are those of the beginning of the attempt; in what is asked about "
        "an act, of the attempt that acted. A name that a `let` gave before a commit point keeps "
        "its value behind it, whatever day it has become: two acts of which "
        "one excludes the other take their condition from one `let` before both. `/` is exact to "
        "28 digits, so `1 / 3 * 3` is not 1: compare quotients with `within`, or `round` them.\n"
    )
    signatures = {name: _signature(function) for name, function in FUNCTIONS.items()}
    examples = {name: function.example for name, function in FUNCTIONS.items()} | dict(GUARDS)
    for name, signature in (signatures | dict(_GUARD_SIGNATURES)).items():
        yield f"\n## {name}\n\n`{signature}`\n"
        yield f"\n{meanings.of('functions', name)} Example: `{examples[name]}`.\n"


def types(meanings: Meanings) -> Iterator[str]:
    """Every type, with its sensitivity and options."""
    yield "# Types\n\n"
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
    yield "\n" + table(("type", "holds", "sensitive", "options"), rows)


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


def _signature(function: Function) -> str:
    given = [_kinds(kinds, function) for kinds in function.kinds]
    more = ", …" if function.more else ""
    gives = function.gives.words if isinstance(function.gives, Shape) else _computed(function)
    return f"{function.name}({', '.join(given)}{more}) → {gives}"


def _computed(function: Function) -> str:
    return "an entry, if there is one" if function.name in ("first", "last") else "the same kind"


def _kinds(kinds: Iterable[Kind], function: Function) -> str:
    known = set(kinds)
    if known >= SCALARS:
        return "any value"
    words = ["a number"] if known >= NUMBERS else []
    rest = known - NUMBERS if words else known
    return " or ".join([*words, *(_word(kind, function) for kind in Kind if kind in rest)])


def _word(kind: Kind, function: Function) -> str:
    if kind is not Kind.LIST or not function.elements:
        return kind.value
    if function.elements == {Kind.TEXT}:
        return "a list of texts"
    return "a list of numbers or dates" if Kind.DATE in function.elements else "a list of numbers"
