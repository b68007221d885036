"""What every command shares: the project around it, and how it prints."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from unicodedata import combining, east_asian_width

import click

from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.entry import Actor
from deskhand.settings.project import find_project, load_project

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _somebody(_: click.Context, __: click.Parameter, name: str | None) -> str | None:
    if name is not None and not name.strip():
        raise click.BadParameter("say who you are, or leave it out")
    if name is not None and not name.strip().isprintable():
        # Two names that nobody can tell apart would be two people.
        raise click.BadParameter("a name has no characters that cannot be seen")
    return None if name is None else name.strip()


as_option = click.option(
    "--as",
    "as_name",
    metavar="NAME",
    callback=_somebody,
    help="Who you are; recorded as asserted, beside the operating-system user.",
)
reason_option = click.option("--reason", default="", help="Why; it is recorded.")
limit_option = click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1, 100_000), help="How many."
)


def workplace(context: click.Context) -> Workplace:
    """Return the project that the command was called in; raises `ProjectNotFoundError`."""
    folder = find_project(Path(context.find_root().obj))
    return Workplace(load_project(folder))


def say(text: str, *, err: bool = False) -> None:
    """Print a text of one or more lines; what a terminal would obey is made harmless."""
    click.echo("\n".join(map(shown, text.split("\n"))), err=err)


def tell_unknown(place: Workplace, person: Actor) -> None:
    """Say beside the result that nobody of this name is listed, where people are."""
    if not place.book.knows(person.name):
        file = place.project.people.name
        say(f"{file} lists no {person.name}: queues with a role are not for them", err=True)


def tell_more(found: int, *, limit: int) -> None:
    """Say beside the result that it goes on, where one more than the limit was found."""
    if found > limit:
        say(f"only the first {limit}; see more with --limit", err=True)


def print_json(value: object) -> None:
    """Print one JSON document; what cannot be printed is escaped."""
    text = json.dumps(value, indent=2, default=_plain, ensure_ascii=False)
    if not text.replace("\n", "").isprintable():
        text = "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
    click.echo(text)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table as wide as its texts; control characters from portals are made harmless."""
    for line in table_lines(headings, rows):
        say(line)


def table_lines(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of a table as wide as its texts, each cell made harmless."""
    texts = [[shown(cell) for cell in row] for row in rows]
    widths = [
        max(columns(line[place]) for line in (headings, *texts)) for place in range(len(headings))
    ]
    for line in (list(headings), ["-" * width for width in widths], *texts):
        pairs = zip(line, widths, strict=True)
        cells = (text + " " * (width - columns(text)) for text, width in pairs)
        yield "  ".join(cells).rstrip()


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes: wide letters take two, accents none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text
    )


def shown(value: object) -> str:
    """Return a value as a person reads it on a terminal."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list | tuple | dict):
        # As it is typed again, to correct it.
        value = json.dumps(value, default=_plain, ensure_ascii=False)
    # What a portal said may carry escape sequences or turn the direction of the line.
    return "".join(char if char.isprintable() else "?" for char in str(value))


def _plain(value: Any) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
