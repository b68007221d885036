"""`deskhand vault`: keep secrets in the project's encrypted file."""

import sys

import click

from deskhand.bootstrap.projects import begin_project
from deskhand.bootstrap.workplace import open_file_vault
from deskhand.cli.surroundings import workplace
from deskhand.domain.sealed import Sealed


@click.group()
def vault() -> None:
    """Keep secrets in the project's vault file."""


@vault.command("init")
@click.pass_context
def init_vault(context: click.Context) -> None:
    """Make the vault's key, and the keys that seal, where there are none.

    `deskhand init` does so too; this one writes nothing but the vault and its key.
    """
    folder = workplace(context).project.folder
    key_file = begin_project(folder)
    click.echo(f"the vault has keys that seal; its own is in {key_file}: keep the two apart")


@vault.command("set")
@click.argument("name")
@click.pass_context
def set_secret(context: click.Context, name: str) -> None:
    """Add or replace the secret NAME; its value is asked for, or read from standard input.

    A value on the command line would be in the shell's history, so there is no option for it.
    """
    if sys.stdin.isatty():
        value = click.prompt(f"{name}", hide_input=True, confirmation_prompt=True)
    else:
        value = _piped()
    if not value:
        raise click.UsageError("the value is empty; nothing was changed")
    open_file_vault(workplace(context).project).put(name, Sealed(value))
    click.echo(f"{name} is in the vault")


def _piped() -> str:
    """Return what standard input holds: one line, whose end is no part of the secret."""
    try:
        value = sys.stdin.read().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        # Its words would quote the secret's bytes.
        raise click.UsageError("the value is no text in UTF-8; nothing was changed") from None
    if "\n" in value:
        raise click.UsageError("the value has several lines, a secret has one; nothing was changed")
    return value


@vault.command("list")
@click.pass_context
def list_secrets(context: click.Context) -> None:
    """List the names of all secrets, never their values."""
    for name in open_file_vault(workplace(context).project).names():
        click.echo(name)
