"""Which faults a practice portal suffers, and what it has suffered so far."""

from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from deskhand.testing.catalogue import KINDS
from deskhand.testing.notation import parsed
from deskhand.testing.timing import Fault, Hit, When, drawn

_EVENTS_KEPT = 2000


class FaultPlan:
    """Decides which request suffers which fault; the seed alone decides, not the clock.

    The plan counts what it was asked and what it let strike; `report()` is ready for JSON.
    """

    def __init__(self, faults: Iterable[Fault] = (), *, seed: int = 0) -> None:
        self.seed = seed
        self._faults = {fault.name: fault for fault in faults}
        self._counts: Counter[tuple[str, str]] = Counter()
        self._hits: Counter[str] = Counter()
        self._injected: Counter[str] = Counter()
        self._events: deque[dict[str, str]] = deque(maxlen=_EVENTS_KEPT)

    @classmethod
    def parse(
        cls, text: str, *, seed: int = 0, subjects: Mapping[str, Collection[str]] | None = None
    ) -> "FaultPlan":
        """Read a plan such as `"default,-slow,drop-after-commit@2,unavailable@3x2"`.

        `subjects` names, for some faults, the only subjects that they strike as long as the
        text does not say when. Raises ValueError for a name that no fault and no set has.
        """
        faults = parsed(text)
        for name, only in (subjects or {}).items():
            fault = faults.get(name)
            if fault is not None and fault.when == KINDS[name].when:
                faults[name] = replace(fault, when=_limited_to(fault.when, only))
        return cls(faults.values(), seed=seed)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults.values())

    def fault(self, name: str) -> Fault | None:
        """Give the plan's fault of that name."""
        return self._faults.get(name)

    def struck(self, name: str, hit: Hit) -> float | None:
        """Count the hit; if the fault strikes it, give a draw from 0 up to 1, else nothing."""
        fault = self._faults.get(name)
        if fault is None or not fault.when.covers(hit):
            return None
        per = fault.when.per
        key = hit.counted_by(per)
        self._hits[name] += 1
        self._counts[name, key] += 1
        count = self._counts[name, key]
        salt = (count,) if per == "request" else ()
        if not fault.when.strikes(count, drawn(self.seed, name, key, *salt)):
            return None
        self._injected[name] += 1
        self._events.append(
            {"fault": name, "method": hit.method, "path": hit.path, "subject": hit.subject}
        )
        return drawn(self.seed, name, key, count, "amount")

    def injected(self, name: str) -> int:
        """How often the fault has struck."""
        return self._injected[name]

    def report(self) -> dict[str, Any]:
        """What was injected so far: counters by fault, and the latest events in order."""
        return {
            "seed": self.seed,
            "planned": list(self._faults),
            "hits": dict(self._hits),
            "injected": dict(self._injected),
            "events": list(self._events),
        }


class AppFaults:
    """The faults that need the portal's own help, as `scope["deskhand.faults"]` shows them."""

    def __init__(self, plan: FaultPlan, hit: Hit) -> None:
        self._plan = plan
        self._hit = hit

    def enabled(self, name: str) -> bool:
        """Say whether the plan has the fault at all; counts nothing."""
        return self._plan.fault(_known(name)) is not None

    def value(self, name: str) -> float:
        """Give the fault's amount, 0 if the plan does not have it."""
        fault = self._plan.fault(_known(name))
        return fault.value if fault is not None else 0.0

    def strike(self, name: str, subject: str = "") -> bool:
        """Decide, and count, whether the fault strikes now; the portal then acts it out."""
        hit = replace(self._hit, subject=subject) if subject else self._hit
        return self._plan.struck(_known(name), hit) is not None


def _known(name: str) -> str:
    if name not in KINDS:
        raise ValueError(f"the portal asks for a fault {name!r} that the catalogue does not have")
    return name


def _limited_to(when: When, subjects: Collection[str]) -> When:
    return replace(when, only=frozenset(subjects) or frozenset({"\0nobody"}))
