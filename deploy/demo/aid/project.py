"""Writes the aid office's project: settings, accounts, queues, people, and the vault."""

import json
import shutil
from pathlib import Path

from deploy.demo.aid.world import CLIENT, AidWorld
from deskhand.bootstrap.projects import begin_project
from deskhand.bootstrap.workplace import open_file_vault
from deskhand.domain.sealed import Sealed
from deskhand.settings.project import load_project

PORTAL = "aid_portal"
_HERE = Path(__file__).parent

_SETTINGS = """\
[project]
runbooks = {runbooks}
bots = {bots}
audit_log = "demo-aid/1"

[state]
folder = "state"

[worker]
headed = {headed}
retry_first = "1s"
retry_max = "4s"

[once]
act_within = "5s"
ask_after = "1s"
every = "1s"
patience = "30s"
"""
_ACCOUNTS = """\
accounts:
  - portal: {portal}
    client: {client}
    url: {url}
  - portal: ledger
    client: {client}
    url: {ledger}
"""


def write_aid_project(
    folder: Path, *, content: Path, world: AidWorld, url: str, ledger: Path, headed: bool = False
) -> None:
    """Write a project into `folder`: the runbooks of `content`, and this repository's bots."""
    settings = _SETTINGS.format(
        runbooks=json.dumps(str(content)),
        bots=json.dumps(str(_HERE.parents[2] / "bots")),
        headed=str(headed).lower(),
    )
    (folder / "deskhand.toml").write_text(settings, encoding="utf-8")
    accounts = _ACCOUNTS.format(
        portal=PORTAL, client=CLIENT, url=url, ledger=ledger.resolve().as_uri()
    )
    (folder / "accounts.yaml").write_text(accounts, encoding="utf-8")
    for name in ("queues.yaml", "people.yaml"):
        shutil.copy(_HERE / name, folder / name)
    begin_project(folder)
    vault = open_file_vault(load_project(folder))
    [login] = world.portal.logins
    vault.put(f"{PORTAL}/{CLIENT}/user", Sealed(login.user))
    vault.put(f"{PORTAL}/{CLIENT}/password", Sealed(login.password))
    vault.put(f"{PORTAL}/{CLIENT}/totp", Sealed(login.totp_secret))
