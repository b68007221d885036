"""Report figures: what was read back, what became of items, what people found who checked again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from deskhand.domain.quality import Grade, RecheckState
from deskhand.domain.work_item import ItemState
from deskhand.ports.figures import CountFigure, FigureFilter, ReadBackFigure
from deskhand.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBackLine:
    """Fields read back of one runbook version on one portal; `field` is empty for all of them.

    `checked` and `right` are of the first reading after each act, `left_wrong` of the last.
    """

    portal: str
    runbook: str
    version: int
    field: str
    checked: int
    right: int
    left_wrong: int

    @property
    def share(self) -> str:
        """The share that was right, in percent with two decimals, cut and never rounded up.

        >>> line = ReadBackLine(portal="p", runbook="r", version=1, field="",
        ...                     checked=30_000, right=29_999, left_wrong=0)
        >>> line.share
        '99.99%'
        """
        if not self.checked:
            return "-"
        hundredths = self.right * 10_000 // self.checked
        return f"{hundredths // 100}.{hundredths % 100:02}%"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """What became of the items of one runbook version: how many are in each state now.

    `helped` are those of the `done` ones that ever waited for a person.
    """

    runbook: str
    version: int
    states: Mapping[str, int]
    helped: int

    @property
    def done(self) -> int:
        """Items that are done, by a bot."""
        return self.states.get(ItemState.DONE.value, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityLine:
    """What people found who checked work of one runbook version again."""

    runbook: str
    version: int
    chosen: int
    waiting: int
    grades: Mapping[str, int]

    @property
    def checked(self) -> int:
        """How many were graded."""
        return sum(self.grades.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All figures of a time, by runbook and version."""

    read_backs: tuple[ReadBackLine, ...]
    fields: tuple[ReadBackLine, ...]
    items: tuple[ItemLine, ...]
    outcomes: tuple[CountFigure, ...]
    quality: tuple[QualityLine, ...]


def report(wanted: FigureFilter, *, store: Store) -> Report:
    """Add up all figures of a time, a client, a runbook."""
    with store.reading() as tx:
        figures = tx.figures
        return Report(
            read_backs=tuple(_read_backs(figures.read_backs(wanted))),
            fields=tuple(_read_backs(figures.read_backs_by_field(wanted))),
            items=tuple(_items(figures.items(wanted), figures.items_with_cases(wanted))),
            outcomes=tuple(figures.attempts(wanted)),
            quality=tuple(_quality(figures.rechecks(wanted))),
        )


def _read_backs(figures: Iterable[ReadBackFigure]) -> Iterator[ReadBackLine]:
    """Add the accounts of each portal together."""
    sums: dict[tuple[str, str, int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in figures:
        portal = one.account.partition("/")[0]
        added = sums[portal, one.runbook, one.version, one.field]
        for place, count in enumerate((one.checked, one.wrong, one.left_wrong)):
            added[place] += count
    for (portal, runbook, version, field), (checked, wrong, left) in sorted(sums.items()):
        yield ReadBackLine(
            portal=portal,
            runbook=runbook,
            version=version,
            field=field,
            checked=checked,
            right=checked - wrong,
            left_wrong=left,
        )


def _items(figures: Iterable[CountFigure], helped: Iterable[CountFigure]) -> Iterator[ItemLine]:
    with_people = _by_version(helped)
    for version, states in _by_version(figures).items():
        done = with_people.get(version, {}).get(ItemState.DONE.value, 0)
        yield ItemLine(runbook=version[0], version=version[1], states=states, helped=done)


def _quality(figures: Iterable[CountFigure]) -> Iterator[QualityLine]:
    for (runbook, version), kinds in _by_version(figures).items():
        yield QualityLine(
            runbook=runbook,
            version=version,
            chosen=sum(kinds.values()),
            waiting=sum(kinds.get(state.value, 0) for state in RecheckState),
            grades={grade.value: kinds.get(grade.value, 0) for grade in Grade},
        )


def _by_version(figures: Iterable[CountFigure]) -> dict[tuple[str, int], dict[str, int]]:
    counts: dict[tuple[str, int], dict[str, int]] = {}
    for one in figures:
        counts.setdefault((one.runbook, one.version), {})[one.kind] = one.number
    return counts
