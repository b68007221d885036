"""Marking a bot's methods as actions, and what their annotations say."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, get_type_hints

from deskhand.errors import BotError
from deskhand.ports.action import ActionEffect, ActionSignature

Method = TypeVar("Method", bound=Callable[..., Any])

_MARK = "__deskhand_action__"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    effect: ActionEffect
    proof: str | None = None
    every: timedelta = timedelta(minutes=5)
    patience: timedelta = timedelta(minutes=45)


class _ActionMarks:
    """The decorators that make a bot's method an action that a runbook may name."""

    def read(self, method: Method) -> Method:
        """Mark a method that only looks: it may be performed any number of times."""
        return _marked(method, _Mark(effect=ActionEffect.READ))

    def fill(self, method: Method) -> Method:
        """Mark a method that fills forms but commits nothing: it may be performed again."""
        return _marked(method, _Mark(effect=ActionEffect.FILL))

    def write(
        self,
        *,
        proof: Callable[..., Any],
        every: timedelta = timedelta(minutes=5),
        patience: timedelta = timedelta(minutes=45),
    ) -> Callable[[Method], Method]:
        """Mark a method that acts, through `commit()`, at most once.

        `proof` is the read action that settles a doubt about the act: it is asked `every` so
        often while it answers `Unsure`, for as long as `patience`; then a person is asked.
        """

        def mark(method: Method) -> Method:
            made = _Mark(
                effect=ActionEffect.WRITE,
                proof=_proof_name(proof, of=method),
                every=every,
                patience=patience,
            )
            return _marked(method, made)

        return mark


action = _ActionMarks()


def effect_of(method: Callable[..., Any]) -> ActionEffect | None:
    """What an action does to the portal; None for a method that is no action."""
    mark = getattr(method, _MARK, None)
    return mark.effect if isinstance(mark, _Mark) else None


def signatures(bot: type, *, name: str) -> Mapping[str, ActionSignature]:
    """Return the signature of each action of a bot class, by the action's name.

    Raises `BotError` for an action that cannot be performed: not `async`, without annotations,
    or with annotations that do not resolve.
    """
    return {
        verb: _signature(method, bot=name)
        for verb, method in inspect.getmembers(bot, inspect.isfunction)
        if effect_of(method) is not None
    }


def _marked(method: Method, mark: _Mark) -> Method:
    setattr(method, _MARK, mark)
    return method


def _proof_name(proof: Callable[..., Any], *, of: Callable[..., Any]) -> str:
    if effect_of(proof) is not ActionEffect.READ:
        raise BotError(
            f"{_place(of)}: the proof of a write action must be a method that is marked "
            "@action.read, defined above it"
        )
    return proof.__name__


def _signature(method: Callable[..., Any], *, bot: str) -> ActionSignature:
    mark: _Mark = getattr(method, _MARK)
    if not inspect.iscoroutinefunction(method):
        raise BotError(f"{_place(method)}: an action must be `async def`")
    hints = _hints(method)
    declared = list(inspect.signature(method).parameters.values())[1:]
    for parameter in declared:
        _check_parameter(parameter, hints=hints, of=method)
    if "return" not in hints:
        raise BotError(f"{_place(method)}: an action must say what it returns (`-> None`)")
    return ActionSignature(
        bot=bot,
        name=method.__name__,
        effect=mark.effect,
        parameters={parameter.name: hints[parameter.name] for parameter in declared},
        required=frozenset(p.name for p in declared if p.default is inspect.Parameter.empty),
        returns=hints["return"],
        promise=(inspect.getdoc(method) or "").partition("\n")[0],
        proof=mark.proof,
        every=mark.every,
        patience=mark.patience,
    )


def _hints(method: Callable[..., Any]) -> dict[str, object]:
    try:
        return get_type_hints(method)
    except (NameError, TypeError, AttributeError) as error:
        raise BotError(f"{_place(method)}: its annotations do not resolve: {error}") from error


def _check_parameter(
    parameter: inspect.Parameter, *, hints: Mapping[str, object], of: Callable[..., Any]
) -> None:
    if parameter.kind in {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}:
        raise BotError(f"{_place(of)}: an action names its parameters; `*{parameter.name}` cannot")
    if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
        raise BotError(f"{_place(of)}: arguments bind by name; {parameter.name} cannot")
    if parameter.name not in hints:
        raise BotError(f"{_place(of)}: the parameter {parameter.name} has no annotation")


def _place(method: Callable[..., Any]) -> str:
    code = inspect.unwrap(method).__code__
    folder_and_file = "/".join(code.co_filename.rsplit("/", 2)[-2:])
    return f"{folder_and_file}, line {code.co_firstlineno}, {method.__name__}"
