"""`once` steps: the act, the proof that settles a doubt about it, and the read-back."""

from collections.abc import Mapping
from dataclasses import dataclass

from deskhand.domain.step import Call, Proof
from deskhand.runbooks.annotations import Given
from deskhand.runbooks.binding import Binder
from deskhand.runbooks.model import OnceModel
from deskhand.runbooks.roster import Action, Roster
from deskhand.runbooks.shapes import UNKNOWN, Kind, Shape, comparable
from deskhand.runbooks.source import Source
from deskhand.runbooks.terms import Names
from deskhand.runbooks.tree import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A checked act; `call` and `proof` are None where they are faulty."""

    action: Action
    call: Call
    proof: Proof | None
    verify: Call | None
    verified_fields: tuple[str, ...]


class ActCompiler:
    """Compiles what is special about `once`."""

    def __init__(self, source: Source, roster: Roster) -> None:
        self._source = source
        self._roster = roster

    def act(self, path: Path, name: str, step: OnceModel, names: Names) -> Act | None:
        """Check an act, its proof and its read-back; None when there is no such action."""
        verb = (*path, "once")
        action = self._roster.action(step.once, verb)
        if action is None:
            return None
        if not action.writes:
            self._source.at_value(
                verb,
                f"`{action.path}` is no write action: `once` is for those",
                f"write `use: {step.once}`",
            )
        given = action.given.shape or UNKNOWN
        binder = Binder(self._source, path, "once", step.with_, names.plus(**{name: given}))
        call = binder.call(action)
        proof = self._proof(verb, action, binder)
        verify, fields = self._verify(path, name, step, names, binder)
        binder.finish()
        return Act(action=action, call=call, proof=proof, verify=verify, verified_fields=fields)

    def _proof(self, verb: Path, action: Action, binder: Binder) -> Proof | None:
        if not action.writes:
            return None
        signature = action.signature
        if signature.proof is None:
            self._source.at_value(
                verb,
                f"`{action.path}` has no proof: a doubt about it could never be settled",
                "declare in the bot which read action tells: @action.write(proof=…)",
            )
            return None
        found = self._roster.sibling(action, signature.proof)
        proof = self._roster.understood(found, verb) if found else None
        if found is None:
            self._source.at_value(
                verb, f"the proof of `{action.path}`, `{signature.proof}`, is no action of its bot"
            )
        if proof is None:
            return None
        if proof.writes or not _tells_the_same(proof.given, action.given):
            self._source.at_value(
                verb,
                f"`{proof.path}` cannot prove `{action.path}`: {_why_not(proof, action)}",
                "correct it in the bot",
            )
        return Proof(call=binder.call(proof), every=signature.every, patience=signature.patience)

    def _verify(
        self, path: Path, name: str, step: OnceModel, names: Names, binder: Binder
    ) -> tuple[Call | None, tuple[str, ...]]:
        place = (*path, "verify")
        action = self._roster.action(step.verify, place) if step.verify else None
        if action is None:
            return None, ()
        if action.writes:
            self._source.at_value(
                place, f"`{action.path}` is a write action: a read-back only reads"
            )
            return None, ()
        item, held = names.shapes["item"].fields or {}, _fields(action.given.shape)
        fields = _both_have(names.shapes["item"], action.given.shape)
        unlike = [name for name in item if name in held and name not in fields]
        for field in unlike:
            self._source.at_value(
                place,
                f"`{field}` is {item[field].words}, in the result of `{action.path}` "
                f"{held[field].words}: they cannot be compared",
                "let the bot read it as the item has it; else give the result's field another name",
            )
        if not fields and not unlike:
            self._source.at_value(
                place,
                f"the result of `{action.path}` has no field of the item: nothing is compared",
                "name the result's fields as the item's",
            )
        return binder.call(action, receipt=name), fields


def _tells_the_same(proof: Given, act: Given) -> bool:
    if act.result is None:
        return proof.result is not None
    return proof.result is act.result


def _why_not(proof: Action, action: Action) -> str:
    if proof.writes:
        return "it is a write action itself"
    if action.given.result is None:
        return "it gives no result"
    return f"it must give the same result, `{action.given.result.__name__}`"


def _fields(result: Shape | None) -> Mapping[str, Shape]:
    return result.fields or {} if result else {}


def _both_have(item: Shape, result: Shape | None) -> tuple[str, ...]:
    """Return the names of fields that can be compared, in the item's order."""
    held = _fields(result)
    return tuple(
        name
        for name, shape in (item.fields or {}).items()
        if name in held and _comparable(shape, held[name])
    )


def _comparable(one: Shape, other: Shape) -> bool:
    if one.kind is Kind.LIST and other.kind is Kind.LIST:
        return _comparable(one.element or UNKNOWN, other.element or UNKNOWN)
    if one.kind is Kind.RECORD and other.kind is Kind.RECORD:
        return bool(_both_have(one, other))
    return comparable(one, other)
