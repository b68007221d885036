"""What a step's result is, what is expected of it, and what that makes known to later steps."""

from dataclasses import dataclass, replace

from deskhand.domain.step import Check
from deskhand.runbooks.expressions import Checked
from deskhand.runbooks.flow import Flow
from deskhand.runbooks.model import ActingModel
from deskhand.runbooks.shapes import Shape
from deskhand.runbooks.source import Source
from deskhand.runbooks.terms import NamePath, Names
from deskhand.runbooks.tree import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A step's result under its name: its shape (None: nothing to name), why it may be absent."""

    name: str
    shape: Shape | None
    why_absent: str = ""


class Expectations:
    """Takes the flow of names past steps that use actions."""

    def __init__(self, source: Source, flow: Flow) -> None:
        self._source = source
        self._flow = flow

    def behind(
        self, path: Path, step: ActingModel, outcome: Outcome, when: Checked | None
    ) -> tuple[Check, ...]:
        """Check a step's expectations, and go on behind the step."""
        here = self._here(outcome, self._flow.inside(when))
        listed = [(check.that, check.else_, check.say) for check in step.expect]
        checks = self._source.checks((*path, "expect"), listed, here)
        known: set[NamePath] = set(checks.names.known - here.known)
        if outcome.shape is not None:
            self._flow.has_result(
                outcome.name, outcome.shape, why_absent=outcome.why_absent, when=when
            )
            if when is not None and not outcome.why_absent:
                known.add((outcome.name,))
        else:
            self._flow.passes(outcome.name)
        self._flow.holds(known, when)
        return checks.checks

    def _here(self, outcome: Outcome, names: Names) -> Names:
        """Return the names as the step's own expectations know them."""
        if outcome.shape is None:
            return names
        name, shape = outcome.name, outcome.shape
        return replace(
            names.plus(**{name: shape.maybe() if outcome.why_absent else shape}),
            later=names.later - {name},
            why_absent={**names.why_absent, name: outcome.why_absent},
        )
