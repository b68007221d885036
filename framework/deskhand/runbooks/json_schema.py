"""A JSON Schema of runbooks, for editors: it completes keys, verbs and the project's actions.

Draft-07 keywords only, which is what the YAML language server reads. It cannot say all that
`deskhand check` says; where it speaks, it agrees.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from deskhand.errors import BotError, NotFoundError
from deskhand.ports.action import ActionEffect, ActionSignature, BotCatalogue
from deskhand.runbooks.catalogue import CHOICE, STANDARD_TYPES, TypeCatalogue
from deskhand.runbooks.functions import FUNCTIONS, GUARDS
from deskhand.runbooks.trigger_maps import LONGEST_SHEET

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": ["string", "number", "boolean"]}
_DURATION: Final[Schema] = {"type": "string", "pattern": "^[1-9][0-9]{0,5}[smhd]$"}
_NAME: Final[Schema] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,62}$"}
_DOTTED: Final[Schema] = {
    "type": "string",
    "pattern": r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,3}$",
}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}


def json_schema(bots: BotCatalogue, types: TypeCatalogue = STANDARD_TYPES) -> Schema:
    """Return the schema for a project; bots that cannot be loaded are left out."""
    signatures = list(_signatures(bots))
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "deskhand runbook, version 1",
        **_object(
            {
                "deskhand": _told("The version of the language.", {"enum": [1, "1"]}),
                "runbook": _told(
                    "The process, named as the business names it: claims.submit.",
                    _DOTTED,
                ),
                "title": _told("What it does, in a line.", _TEXT),
                "why": _told("What a mistake costs, and whom.", _TEXT),
                "serves": _told("Who is served.", _TEXT),
                "portal": _told("The bot whose account an item occupies.", _one_of(bots.bots())),
                "bots": {"type": "array", "items": _one_of(bots.bots())},
                "params": {"type": "object", "additionalProperties": _ref("declaration")},
                "item": _ref("item"),
                "triggers": {"type": "array", "items": _ref("trigger")},
                "steps": {"type": "array", "minItems": 1, "items": _ref("step")},
                "cases": _cases(),
                "outputs": {"type": "object", "additionalProperties": _ref("expression")},
                "emit": _told("The event that tells of the item's end.", {"type": "string"}),
                "retry": _told("Quick retries of reads and fills.", _ref("retry")),
                "item_retry": _told("Retries of a whole item.", _ref("retry")),
                "timeouts": _object({"step": _DURATION, "item": _DURATION}),
            },
            required=("deskhand", "runbook", "item", "steps"),
        ),
        "definitions": _definitions(signatures, types),
    }


def _definitions(signatures: Sequence[ActionSignature], types: TypeCatalogue) -> Schema:
    return {
        "expression": _told(_expression_help(), _TEXT),
        "declaration": _declaration(types),
        "check": _check(),
        "item": _item(),
        "retry": _object(
            {"tries": {"type": "integer", "minimum": 1}, "first": _DURATION, "max": _DURATION}
        ),
        "map": {
            "type": "object",
            "additionalProperties": {
                "anyOf": [
                    _ref("expression"),
                    {"type": "object", "additionalProperties": _ref("expression")},
                ]
            },
        },
        "trigger": {"anyOf": _triggers(signatures)},
        "step": {"anyOf": _steps(signatures)},
    }


def _triggers(signatures: Sequence[ActionSignature]) -> list[Schema]:
    reads = [one for one in signatures if one.effect is ActionEffect.READ]
    called = _told("What it is called, whatever becomes of its times or pattern.", _NAME)
    forms: dict[str, Schema] = {
        "file": {
            "file": {"type": "string"},
            "name": called,
            "sheet": _told(
                "The sheet of a workbook that is read.",
                {"type": "string", "minLength": 1, "maxLength": LONGEST_SHEET},
            ),
        },
        "manual": {"manual": {"type": "null"}},
        "cron": {
            "cron": _told("Five fields; weekdays by name: 0 6 * * mon-fri", {"type": "string"}),
            "timezone": _told("Whose clock: America/New_York", {"type": "string"}),
            "source": _told("The read action that lists what is to be done.", _verbs(reads)),
            "with": {"type": "object", "additionalProperties": _ref("expression")},
            "calendar": _told("On its closed days nothing fires.", {"type": "string"}),
            "grace": _DURATION,
            "catch_up": {"enum": ["latest", "all", "none"]},
            "name": called,
        },
        "webhook": {"webhook": _NAME},
        "event": {"event": _DOTTED},
    }
    needed = {"cron": ("cron", "timezone", "source")}
    return [
        _object({**form, "map": _ref("map")}, required=needed.get(word, (word,)))
        for word, form in forms.items()
    ]


def _steps(signatures: Sequence[ActionSignature]) -> list[Schema]:
    reads = [one for one in signatures if one.effect is not ActionEffect.WRITE]
    writes = [one for one in signatures if one.effect is ActionEffect.WRITE]
    own: Schema = {"name": _NAME, "when": _ref("expression")}
    acting: Schema = {
        **own,
        "with": {"type": "object", "additionalProperties": _ref("expression")},
        "expect": {"type": "array", "items": _ref("check")},
        "timeout": _DURATION,
        "evidence": {
            "type": "array",
            "items": {"enum": ["screenshot", "snapshot", "receipt"]},
        },
    }
    return [
        _object({"use": _verbs(reads), "retry": _ref("retry"), **acting}, required=("use",)),
        _object({"once": _verbs(writes), "verify": _verbs(reads), **acting}, required=("once",)),
        _object(
            {"let": {"type": "object", "additionalProperties": _ref("expression")}, **own},
            required=("let",),
        ),
        _object({"approve": _queue("Who approves."), **_asking(), **own}, required=("approve",)),
        _object(
            {
                "ask": _queue("Who fills the form."),
                "form": _told(
                    "What the answer consists of; `default` holds an expression.",
                    {
                        "type": "object",
                        "minProperties": 1,
                        "additionalProperties": _ref("declaration"),
                    },
                ),
                **_asking(),
                **own,
            },
            required=("ask", "form"),
        ),
        _object({"finish": {"enum": ["done", "duplicate"]}, **own}, required=("finish",)),
    ]


def _asking() -> Schema:
    names: Schema = {"type": "array", "items": _NAME}
    return {
        "title": _told("What is asked; ${…} shows a value that is not sensitive.", _TEXT),
        "show": _told(
            "The facts that are shown side by side.",
            {"type": "array", "items": _ref("expression")},
        ),
        "not": _told("Whoever answered one of these steps may not answer this one.", names),
        "expires": _told("After it, nobody can answer any more.", _DURATION),
    }


def _queue(description: str) -> Schema:
    return _told(description, {"type": "string", "pattern": "^[a-z][a-z0-9_-]{0,62}$"})


def _declaration(types: TypeCatalogue) -> Schema:
    names = sorted(types.names() - {CHOICE})
    spelled = [*names, *(f"{name}?" for name in names)]
    options: Schema = {
        "type": {"enum": [*spelled, CHOICE, f"{CHOICE}?"]},
        "options": {"type": "array", "items": _TEXT},
        "default": _TEXT,
        "sensitivity": {"enum": ["pii", "phi", "fti"]},
        "min_length": _COUNT,
        "max_length": _COUNT,
        **dict.fromkeys(("pattern", "min", "max"), _TEXT),
    }
    record: Schema = {
        "type": "object",
        "not": {"anyOf": [{"required": ["type"]}, {"required": ["list"]}]},
        "additionalProperties": _ref("declaration"),
    }
    return {
        "anyOf": [
            {"enum": spelled},
            _object(options, required=("type",)),
            _object(
                {"list": _ref("declaration"), "min": _COUNT, "max": _COUNT}, required=("list",)
            ),
            record,
        ]
    }


def _item() -> Schema:
    return _object(
        {
            "reference": {"type": "array", "minItems": 1, "items": {"type": "string"}},
            "fields": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": _ref("declaration"),
            },
            "checks": {"type": "array", "items": _ref("check")},
            **dict.fromkeys(("due", "deadline", "amount"), _ref("expression")),
        },
        required=("reference", "fields"),
    )


def _check() -> Schema:
    return _object(
        {
            "that": _ref("expression"),
            "else": {"type": "string", "pattern": "^[A-Z][A-Z0-9_]{0,62}$"},
            "say": _told("A text for people; ${…} shows a value that is not sensitive.", _TEXT),
        },
        required=("that", "else"),
    )


def _cases() -> Schema:
    kinds: Schema = {"type": "array", "items": {"enum": ["business", "system", "uncertain"]}}
    return _told(
        "Queue: the kinds of case that open in it.",
        {
            "type": "object",
            "additionalProperties": kinds,
        },
    )


def _signatures(bots: BotCatalogue) -> Iterable[ActionSignature]:
    for bot in sorted(bots.bots()):
        try:
            actions = bots.actions(bot)
        except (BotError, NotFoundError):
            continue
        yield from actions.values()


def _verbs(signatures: Sequence[ActionSignature]) -> Schema:
    """The actions by their short and full names, each with its promise."""
    spelled = {one.name: one.promise for one in signatures}
    spelled |= {one.path: one.promise for one in signatures}
    if not spelled:
        return {"type": "string"}
    return {
        "anyOf": [
            {"const": name, **({"description": promise} if promise else {})}
            for name, promise in sorted(spelled.items())
        ]
    }


def _expression_help() -> str:
    examples = sorted([*(one.example for one in FUNCTIONS.values()), *GUARDS.values()])
    return "An expression. Functions: " + "; ".join(examples)


def _one_of(words: Iterable[str]) -> Schema:
    known = sorted(words)
    return {"enum": known} if known else {"type": "string"}


def _object(properties: Schema, *, required: Sequence[str] = ()) -> Schema:
    made: Schema = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return {**made, "required": list(required)} if required else made


def _told(description: str, schema: Schema) -> Schema:
    if "$ref" in schema:
        # Draft 7 ignores what stands beside a reference.
        return {"description": description, "allOf": [schema]}
    return {"description": description, **schema}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}
