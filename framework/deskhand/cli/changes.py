"""FIELD=VALUE on a command line."""

import json
import sys

import click


def given_value(text: str) -> tuple[str, object]:
    """Read FIELD=VALUE; raises `click.UsageError`.

    Lists and records are JSON, their numbers kept as they are written; an empty value is None;
    `-` asks for the value, or reads a line of standard input.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"{text!r} is no change; write FIELD=VALUE")
    if value == "-":
        value = _asked_for(name)
    if value[:1] in ("[", "{"):
        try:
            return name, json.loads(value, parse_float=str, parse_int=str)
        except json.JSONDecodeError as error:
            raise click.UsageError(f"the value of {name} is no JSON: {error}") from error
    return name, value or None


def _asked_for(name: str) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(name, hide_input=True))
    return sys.stdin.readline().rstrip("\n")
