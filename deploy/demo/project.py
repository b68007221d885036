"""Writes the demo's project: settings, accounts, and the vault with the practice logins."""

import json
from pathlib import Path

from deploy.demo.values import World
from deskhand.bootstrap.projects import begin_project
from deskhand.bootstrap.workplace import open_file_vault
from deskhand.domain.sealed import Sealed
from deskhand.settings.project import load_project

PORTAL = "payer_portal"

# The clocks are short: nobody watches a demo for the 45 minutes that a real portal's index
# may lag behind.
_SETTINGS = """\
[project]
runbooks = {runbooks}
bots = {bots}
audit_log = "demo/1"

[state]
folder = "state"

[worker]
lanes = 2
headed = {headed}
retry_first = "1s"
retry_max = "4s"

[once]
act_within = "5s"
ask_after = "1s"
every = "1s"
patience = "30s"
"""


def write_project(folder: Path, *, root: Path, world: World, url: str, headed: bool) -> None:
    """Write a project into `folder` that uses the runbooks and bots of `root`."""
    (folder / "deskhand.toml").write_text(
        _SETTINGS.format(
            runbooks=json.dumps(str(root / "runbooks")),
            bots=json.dumps(str(root / "bots")),
            headed=str(headed).lower(),
        ),
        encoding="utf-8",
    )
    clients = {organisation.name: organisation.client for organisation in world.organisations}
    accounts = [
        f"  - portal: {PORTAL}\n    client: {clients[login.organisation]}\n    url: {url}"
        for login in world.logins
    ]
    (folder / "accounts.yaml").write_text("\n".join(["accounts:", *accounts, ""]), encoding="utf-8")
    begin_project(folder)
    vault = open_file_vault(load_project(folder))
    for login in world.logins:
        account = f"{PORTAL}/{clients[login.organisation]}"
        vault.put(f"{account}/user", Sealed(login.user))
        vault.put(f"{account}/password", Sealed(login.password))
        vault.put(f"{account}/totp", Sealed(login.totp_secret))
