"""What steps are called, and so what their results are called."""

from collections.abc import Sequence

from deskhand.runbooks.model import (
    ApproveModel,
    AskModel,
    FinishModel,
    LetModel,
    OnceModel,
    StepModel,
    UseModel,
)
from deskhand.runbooks.repairs import FAULTY_STEP
from deskhand.runbooks.source import Source
from deskhand.runbooks.tree import Path

RESERVED = frozenset({"item", "params", "row", "today", "now_utc", "true", "false", "client"})
"""Names that mean something else in every expression."""


def step_names(source: Source, steps: Sequence[StepModel]) -> list[str]:
    """Return the name of each step; names that are taken twice are told."""
    names: list[str] = []
    taken: dict[str, int] = {}
    for number, step in enumerate(steps):
        path: Path = ("steps", number)
        name = step.name or _default_name(step, number)
        names.append(name)
        at = (*path, "name") if step.name else path
        _take(source, taken, name, at)
        for each in step.let if isinstance(step, LetModel) else ():
            if each != FAULTY_STEP:
                _take(source, taken, each, (*path, "let", each))
    return names


def _default_name(step: StepModel, number: int) -> str:
    if isinstance(step, UseModel):
        return step.use.rpartition(".")[2]
    if isinstance(step, OnceModel):
        return step.once.rpartition(".")[2]
    if isinstance(step, ApproveModel | AskModel):
        queue = step.approve if isinstance(step, ApproveModel) else step.ask
        return queue.replace("-", "_")
    kind = "finish" if isinstance(step, FinishModel) else "let"
    # With a hyphen: no expression can name it, and nothing that can be named is in its way.
    return f"{kind}-{number + 1}"


def _take(source: Source, taken: dict[str, int], name: str, path: Path) -> None:
    tell = source.at_value if path[-1] == "name" else source.at_key
    if name in RESERVED:
        tell(path, f"`{name}` is a word of the language", "choose another name")
    elif name in taken:
        tell(
            path,
            f"`{name}` is taken already, on line {taken[name]}",
            "give this step a name of its own: `name: …`",
        )
    taken.setdefault(name, source.line(path))
