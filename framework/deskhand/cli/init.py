"""`deskhand init`: begin a project in this folder."""

from pathlib import Path

import click

from deskhand.bootstrap.projects import begin_project

_SETTINGS = """\
# What deskhand reads first. Every key has a default; `deskhand explain` shows a runbook's.

[project]
audit_log = "local/1"     # this audit log's name; a restored backup begins local/2

[state]
folder = ".deskhand"      # database, evidence, logs
database = "sqlite"       # or postgresql+psycopg://user@host/name

[worker]
lanes = 2                 # items at a time; about one a core
evidence = "on"           # on, on-failure, off
"""

_ACCOUNTS = """\
# One entry a login: which portal, for which client. The user, password and totp secret are in
# the vault: deskhand vault set PORTAL/CLIENT/user (…/password, …/totp).
accounts: []
# - portal: payer_portal        # the bot's folder
#   client: main
#   url: https://portal.example
#   at_once: 1                  # sessions that the portal allows at a time
"""

_IGNORED = "vault.key\n.deskhand/\ninbox/\narchive/\noutbox/\n"


@click.command()
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Begin a project in FOLDER: settings, accounts, a vault with its key.

    Nothing that exists is overwritten.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("deskhand.toml", _SETTINGS),
        ("accounts.yaml", _ACCOUNTS),
        (".gitignore", _IGNORED),
    ):
        file = folder / name
        if file.exists():
            click.echo(f"  kept     {file}")
        else:
            file.write_text(text, encoding="utf-8")
            click.echo(f"  written  {file}")
    for name in ("runbooks", "bots"):
        (folder / name).mkdir(exist_ok=True)
    key_file = begin_project(folder)
    click.echo(f"  the vault's key is in {key_file}: keep it apart from backups of the state")
