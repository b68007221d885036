"""A project whose bot has no page: a ledger in a file, whose open entries a time table lists."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from deskhand.bootstrap.projects import begin_project
from tests.practice.project import PracticeProject

_SETTINGS = '[project]\naudit_log = "practice/1"\n\n[state]\nfolder = "state"\n'
_ACCOUNTS = """\
accounts:
  - {portal: ledger, client: harbor, url: "https://ledger.example"}
"""
_BOT = '''\
"""A ledger in a file."""

import json
from decimal import Decimal
from pathlib import Path

from deskhand import Bot, Result, action

FILE = Path(__file__).parents[2] / "ledger.json"


class Entry(Result):
    number: str
    amount: str


class Entries(Result):
    entries: list[Entry]


class Amount(Result):
    amount: Decimal


class Ledger(Bot):
    """The ledger."""

    @action.read
    async def open_entries(self) -> Entries:
        """List what is open."""
        return Entries(entries=[Entry(**entry) for entry in json.loads(FILE.read_text())])

    @action.read
    async def read_entry(self, number: str) -> Amount:
        """Read an entry."""
        (found,) = [e for e in json.loads(FILE.read_text()) if e["number"] == number]
        return Amount(amount=Decimal(found["amount"]))
'''
_RUNBOOK = """\
deskhand: 1
runbook: ledger.check
portal: ledger
item:
  reference: [number]
  fields: {{number: {{type: string, pattern: "E-[0-9]+"}}, amount: money}}
triggers:
  - cron: "{cron}"
    name: entries
    timezone: America/New_York
    source: open_entries
steps:
  - use: read_entry
    expect:
      - {{that: read_entry.amount == item.amount, else: AMOUNT_DIFFERS}}
outputs: {{amount: read_entry.amount}}
"""

TRIGGER = "ledger.check/entries"


def ledger_project(folder: Path, *, cron: str = "* * * * *") -> PracticeProject:
    """Write the project into a folder."""
    bot = folder / "bots" / "ledger"
    bot.mkdir(parents=True)
    (folder / "runbooks").mkdir()
    (bot / "actions.py").write_text(_BOT, encoding="utf-8")
    (folder / "runbooks" / "check.yaml").write_text(_RUNBOOK.format(cron=cron), encoding="utf-8")
    (folder / "deskhand.toml").write_text(_SETTINGS, encoding="utf-8")
    (folder / "accounts.yaml").write_text(_ACCOUNTS, encoding="utf-8")
    begin_project(folder)
    project = PracticeProject(folder=folder)
    enter(project, [])
    return project


def enter(project: PracticeProject, entries: Sequence[Mapping[str, str]]) -> None:
    """Write the ledger's entries."""
    (project.folder / "ledger.json").write_text(json.dumps(list(entries)), encoding="utf-8")
