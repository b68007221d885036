"""What a bench found: figures, each with its unit, its bar, and whether the bar holds."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value. `bar` is empty and `holds` None for what is told beside the bars."""

    name: str
    value: float
    unit: str
    bar: str = ""
    holds: bool | None = None

    def facts(self) -> dict[str, object]:
        """Return it as JSON types."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "bar": self.bar,
            "holds": self.holds,
        }

    def cells(self) -> tuple[str, ...]:
        """Return it as a table shows it."""
        holds = {True: "yes", False: "NO", None: ""}[self.holds]
        return (self.name, f"{self.value:,g}", self.unit, self.bar, holds)


def at_most(name: str, value: float, unit: str, *, bar: float) -> Figure:
    """Return a figure that must not be above its bar."""
    return Figure(
        name=name, value=_rounded(value), unit=unit, bar=f"<= {bar:,g}", holds=value <= bar
    )


def at_least(name: str, value: float, unit: str, *, bar: float) -> Figure:
    """Return a figure that must not be below its bar."""
    return Figure(
        name=name, value=_rounded(value), unit=unit, bar=f">= {bar:,g}", holds=value >= bar
    )


def told(name: str, value: float, unit: str) -> Figure:
    """Return a figure that helps to read the others."""
    return Figure(name=name, value=_rounded(value), unit=unit)


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as lines of a table, its heading first."""
    rows = [("name", "value", "unit", "bar", "holds"), *(figure.cells() for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    name, value, *others = (
        cell.rjust(width) if place == 1 else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join([name, value, *others]).rstrip()


def _rounded(value: float) -> float:
    """Round to what a measurement on a shared machine can tell."""
    return float(f"{value:.3g}") if abs(value) < 1000 else float(round(value))
