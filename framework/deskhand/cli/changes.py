"""FIELD=VALUE on a command line."""

import json
import sys
from collections.abc import Iterable
from typing import NoReturn

import click


def given_values(words: Iterable[str]) -> dict[str, object]:
    """Read each FIELD=VALUE; raises `click.UsageError`, also for a field that is given twice.

    Lists and records are JSON, their numbers kept as they are written; an empty value is None;
    `-` asks for the value, or reads a line of standard input.
    """
    given: dict[str, object] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise click.UsageError(f"{word!r} is no change; write FIELD=VALUE")
        if name in given:
            raise click.UsageError(f"{name} is given twice; say once what it shall be")
        given[name] = _read(name, _asked_for(name) if value == "-" else value)
    return given


def _read(name: str, value: str) -> object:
    if value[:1] not in ("[", "{"):
        return value or None
    try:
        return json.loads(value, parse_float=str, parse_int=str, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        problem = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise click.UsageError(
            f"the value of {name} is no JSON: {problem}; "
            "a text that begins with [ or { is given with a blank before it"
        ) from error


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _asked_for(name: str) -> str:
    """Return what a person types, or the next line of standard input; neither is empty."""
    if sys.stdin.isatty():
        return str(click.prompt(name, hide_input=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise click.UsageError(
            f"standard input has no line for {name}=-; that there is nothing is said with {name}="
        )
    return line
