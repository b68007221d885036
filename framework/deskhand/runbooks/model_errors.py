"""What pydantic found → what a runbook's author should read, and where."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import ValidationError

from deskhand.runbooks.diagnostics import Findings, choices, did_you_mean
from deskhand.runbooks.model import (
    LATER_KEYS,
    LATER_VERBS,
    OWNERS,
    VERBS,
    RunbookModel,
    keys_of,
)
from deskhand.runbooks.tree import Items, Node, Path, Scalar, Tree, without_marks
from deskhand.runbooks.tree import Mapping as MappingNode
from deskhand.runbooks.trigger_models import TRIGGERS

NOT_BUILT = "is not built yet: it comes with a later version"
_QUEUED_BY_STEPS: Final = {
    "approval": "the step names its queue: `approve: QUEUE`",
    "question": "the step names its queue: `ask: QUEUE`",
}


def tell(error: ValidationError, tree: Tree, findings: Findings) -> None:
    """Note every error at its place in the file."""
    for detail in error.errors(include_url=False, include_input=False):
        teller = _TELLERS.get(detail["type"], _other)
        teller(_Found(detail, tree, findings))


class _Found:
    """One error of pydantic's, and where it belongs."""

    def __init__(self, detail: Any, tree: Tree, findings: Findings) -> None:
        self.detail = detail
        self.loc: tuple[str | int, ...] = detail["loc"]
        self.path: Path = without_marks(self.loc)
        self.tree = tree
        self._findings = findings

    @property
    def node(self) -> Node:
        return self.tree.node(self.path)

    def at_value(self, message: str, suggestion: str = "") -> None:
        span = self.tree.value_span(self.path)
        self._findings.add(span, message, suggestion=suggestion)

    def at_key(self, path: Path, message: str, suggestion: str = "") -> None:
        self._findings.add(self.tree.key_span(path), message, suggestion=suggestion)


def _unknown_key(found: _Found) -> None:
    key = str(found.path[-1])
    if key in LATER_KEYS:
        found.at_key(found.path, f"`{key}` {NOT_BUILT}")
        return
    known = keys_of(_owner(found.loc))
    advice = did_you_mean(key, known) or choices(known, most=20)
    if key == "retry" and "once" in known:
        advice = "an act is never repeated by itself; its bot's proof settles every doubt"
    if key in ("optional", "required") and "sensitivity" in known:
        advice = "a field that may be absent has a `?` behind its type: type: string?"
    found.at_key(found.path, f"unknown key `{key}`", advice)


def _owner(loc: tuple[str | int, ...]) -> Any:
    for part in reversed(loc[:-1]):
        if isinstance(part, str) and part in OWNERS:
            return OWNERS[part]
    return RunbookModel


def _missing(found: _Found) -> None:
    key = str(found.path[-1])
    advice = {
        "deskhand": "the first line is `deskhand: 1`",
        "else": "the code that people see when it does not hold: else: TOTAL_WRONG",
        "item": "what one unit of work consists of",
        "timezone": "whose clock it is: timezone: America/New_York",
        "source": "the read action that lists what is to be done: source: ledger.open_files",
    }.get(key, "")
    found.at_key(found.path[:-1], f"`{key}` is missing", advice)


def _step(found: _Found) -> None:
    _verbs(found, "step", VERBS, LATER_VERBS)


def _trigger(found: _Found) -> None:
    _verbs(found, "trigger", TRIGGERS, ())


def _verbs(found: _Found, what: str, known: tuple[str, ...], later: tuple[str, ...]) -> None:
    node = found.node
    if not isinstance(node, MappingNode):
        text = node.text if isinstance(node, Scalar) else ""
        advice = "write `manual:`" if text == "manual" else ""
        if text.partition(":")[0] in known and ":" in text:
            advice = f"a plain space is missing: {text.partition(':')[0]}: …"
        found.at_value(f"a {what} is a mapping with one of: {', '.join(known)}", advice)
        return
    given = [key for key in node.entries if key in known]
    if len(given) > 1:
        path = (*found.path, given[1])
        found.at_key(path, f"a {what} has one verb; this one has `{given[0]}` and `{given[1]}`")
        return
    for key in node.entries:
        if key in later:
            found.at_key((*found.path, key), f"`{key}` {NOT_BUILT}")
            return
    typo = [(key, advice) for key in node.entries if (advice := did_you_mean(key, known))]
    path = (*found.path, typo[0][0]) if typo else found.path
    advice = typo[0][1] if typo else ""
    found.at_key(path, f"a {what} needs exactly one of: {', '.join(known)}", advice)


def _declaration(found: _Found) -> None:
    found.at_value("a type is wanted here", "for example `money`, `{type: money}` or `{list: npi}`")


def _map(found: _Found) -> None:
    found.at_value("an expression over `row` is wanted here, or a mapping of them")


def _kind(found: _Found) -> None:
    wanted = {"string_type": "a text", "list_type": "a list: […]"}.get(
        found.detail["type"], "a mapping of keys and values"
    )
    node = found.node
    given = "a list" if isinstance(node, Items) else "a mapping"
    if isinstance(node, Scalar):
        given = "a text" if node.text else "nothing"
    advice = "a text that begins with { or [ needs quotes" if wanted == "a text" else ""
    if found.path[0] == "cases" and isinstance(node, Scalar):
        advice = "the queue comes first: cases: {claims-review: [business]}"
    elif found.path[-1] in ("retry", "item_retry"):
        advice = "for example {tries: 3, first: 2s, max: 60s}"
    found.at_value(
        f"{wanted} is wanted here, this is {given}", advice if given != "nothing" else ""
    )


def _literal(found: _Found) -> None:
    expected = str(found.detail["ctx"]["expected"])
    words = expected.replace("'", "").replace(" or ", ", ").split(", ")
    node = found.node
    given = node.text if isinstance(node, Scalar) else ""
    advice = _QUEUED_BY_STEPS.get(given) or did_you_mean(given, words)
    found.at_value(f"this is none of: {', '.join(words)}", advice)


def _code(found: _Found) -> None:
    found.at_value("a code is written in capitals: TOTAL_WRONG")


def _left_empty(found: _Found) -> None:
    found.at_value(
        f"`{found.path[-1]}` is left empty", "write what it shall be, or leave out the key"
    )


def _empty(found: _Found) -> None:
    found.at_value("at least one is needed here")


def _own(found: _Found) -> None:
    message, advice = found.detail["ctx"]["message"], found.detail["ctx"]["help"]
    if found.loc[-1] == "[key]":
        found.at_key(found.path[:-1], message, advice)
    else:
        found.at_value(message, advice)


def _manual(found: _Found) -> None:
    found.at_value("`manual:` has no value of its own")


def _other(found: _Found) -> None:
    found.at_value(str(found.detail["msg"]))


_TELLERS: Final[Mapping[str, Callable[[_Found], None]]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "runbook": _own,
    "runbook_empty": _left_empty,
    "runbook_step": _step,
    "runbook_trigger": _trigger,
    "runbook_type": _declaration,
    "runbook_map": _map,
    "string_type": _kind,
    "list_type": _kind,
    "dict_type": _kind,
    "model_type": _kind,
    "model_attributes_type": _kind,
    "literal_error": _literal,
    "string_pattern_mismatch": _code,
    "too_short": _empty,
    "none_required": _manual,
}
