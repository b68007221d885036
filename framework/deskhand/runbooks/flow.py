"""What is known at each step: the results so far, and which of them are there."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from deskhand.runbooks.expressions import Checked
from deskhand.runbooks.shapes import Shape
from deskhand.runbooks.terms import Implied, NamePath, Names

_TIMES = ("today", "now_utc")


@dataclass(slots=True)
class Flow:
    """The state of the walk through the steps, from the first to the last.

    `names` are what a step at this place may use. `endings` are the names as an early
    `finish: done` knows them.
    """

    names: Names
    endings: list[Names] = field(default_factory=list)
    ended_at: int | None = None

    def inside(self, when: Checked | None) -> Names:
        """Return the names as a step with this condition knows them."""
        return self.names.knowing(when.term.implied.when_true) if when else self.names

    def has_result(self, name: str, shape: Shape, *, why_absent: str, when: Checked | None) -> None:
        """Go on behind a step that gave a result."""
        if when is not None and not why_absent:
            why_absent = "its step may be skipped (`when`)"
        reasons = dict(self.names.why_absent)
        if why_absent:
            shape = shape.maybe()
            reasons[name] = why_absent
        self.names = replace(
            self.names,
            shapes={**self.names.shapes, name: shape},
            why_absent=reasons,
            later=self.names.later - {name},
        )

    def passes(self, name: str) -> None:
        """Go on behind a step that gave nothing to name."""
        self.names = replace(self.names, later=self.names.later - {name})

    def holds(self, known: Iterable[NamePath], when: Checked | None) -> None:
        """Go on behind a step that made sure that some names are there."""
        found = frozenset(known)
        if when is None:
            self.names = self.names.knowing(found)
        elif when.dump and not any(word in when.dump for word in _TIMES):
            self._imply(when.dump, Implied(when_true=found))

    def means(self, name: str, condition: Implied) -> None:
        """Note what a name of a `let` implies."""
        self._imply(ast.dump(ast.Name(id=name, ctx=ast.Load())), condition)

    def ends(self, when: Checked | None, *, done: bool, line: int) -> None:
        """Go on behind a `finish`."""
        if done:
            self.endings.append(self.inside(when))
        if when is None:
            self.ended_at = line
        else:
            self.names = self.names.knowing(when.term.implied.when_false)

    def outputs(self) -> Names:
        """Return the names as outputs know them: what holds at every ending."""
        endings = [*self.endings] if self.ended_at else [*self.endings, self.names]
        if not endings:
            return self.names
        first = endings[0]
        shapes = {
            name: shape if name in first.shapes else shape.maybe()
            for name, shape in self.names.shapes.items()
        }
        known = frozenset.intersection(*(names.known for names in endings))
        late = shapes.keys() - first.shapes.keys()
        reasons = dict.fromkeys(late, "the item may finish before its step")
        return Names(
            shapes=shapes,
            known=known,
            conditions=first.conditions,
            why_absent={**self.names.why_absent, **reasons},
        )

    def _imply(self, dump: str, more: Implied) -> None:
        before = self.names.conditions.get(dump, Implied())
        together = Implied(
            when_true=before.when_true | more.when_true,
            when_false=before.when_false | more.when_false,
        )
        self.names = replace(self.names, conditions={**self.names.conditions, dump: together})
