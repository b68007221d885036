"""When a fault strikes: at which hit, for which subject, and how a seed draws it.

A *subject* is what a request is about, a claim number for instance. Draws are keyed on the
seed, the fault's name and the subject, never on the order of arrival: several sessions may
run at once, and the same seed still gives each claim the same fate.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Per = Literal["plan", "session", "subject", "request"]

# A first hit that is drawn from the seed lies among the first few requests of a subject.
_LATEST_DRAWN_HIT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Which hits of a fault's place are struck.

    `first` is the number of the first hit that is struck (None: drawn from the seed),
    `times` how many in a row (None: for ever), `per` what is counted by, `percent` the share
    of what is counted by that is struck at all. `only` limits it to these subjects,
    `form_field` to requests that submit this value. With `per="request"` each request is
    drawn by itself, and `first` and `times` do not matter.
    """

    first: int | None = 1
    times: int | None = 1
    per: Per = "subject"
    percent: float = 100.0
    only: frozenset[str] = frozenset()
    form_field: tuple[str, str] | None = None

    def covers(self, hit: "Hit") -> bool:
        """Say whether the hit counts at all."""
        if self.only and hit.subject not in self.only:
            return False
        if self.form_field is None:
            return True
        name, value = self.form_field
        return hit.form.get(name) == value

    def strikes(self, count: int, draw: float) -> bool:
        """Decide about the hit of that number, with a draw from 0 up to 1 for what it is of."""
        if draw * 100 >= self.percent:
            return False
        if self.per == "request":
            return True
        first = self.first or 1 + int(draw * 1e6) % _LATEST_DRAWN_HIT
        return first <= count and (self.times is None or count < first + self.times)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of a plan: what, when, how much of it, and where.

    `value` is the fault's amount (seconds, mostly). `route` aims it at addresses of its own
    (`"POST /claims/*"`) in place of the place that the catalogue gives it.
    """

    name: str
    when: When
    value: float = 0.0
    route: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One request, as far as faults look at it."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    session: str = ""
    subject: str = ""

    def counted_by(self, per: Per) -> str:
        """What this hit is counted under."""
        match per:
            case "plan":
                return ""
            case "session":
                return self.session
            case "subject" | "request":
                return self.subject


def drawn(*key: object) -> float:
    """Draw a number from 0 up to 1 that depends on the key alone."""
    digest = hashlib.sha256("\x1f".join(map(str, key)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
