"""What `deskhand up` would refuse, `deskhand check` has found before."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from deskhand.cli.entry import deskhand
from deskhand.errors import SettingsError
from tests.practice.drop_office import PATTERN, write_drop_project, write_runbook

Clash = Callable[[Path], None]

OTHER = "inbox/{client}/others/*.csv"
EMITTING = "outputs: {amount: read_entry.amount}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    project = tmp_path.resolve() / "project"
    write_drop_project(project)
    write_runbook(project, name="ledger.other", pattern=OTHER)
    return project


def change(folder: Path, name: str, *changes: tuple[str, str]) -> None:
    """Write a runbook anew."""
    file = folder / "runbooks" / f"{name}.yaml"
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def same_files(folder: Path) -> None:
    change(folder, "ledger.other", (OTHER, PATTERN))


def same_webhook(folder: Path) -> None:
    for name, pattern in (("ledger.check", PATTERN), ("ledger.other", OTHER)):
        change(folder, name, (f"  - file: {pattern}", "  - webhook: entries"))


def webhook_of_events(folder: Path) -> None:
    change(folder, "ledger.other", (f"  - file: {OTHER}", "  - webhook: events"))


def circle(folder: Path) -> None:
    for name, other in (("ledger.check", "ledger.other"), ("ledger.other", "ledger.check")):
        heard = f"triggers:\n  - event: {other}\n    map: {{number: row.number}}\n"
        change(folder, name, ("triggers:\n", heard), (EMITTING, f"{EMITTING}\nemit: {name}"))


def no_calendar(folder: Path) -> None:
    actions = folder / "bots" / "ledger" / "actions.py"
    listing = (
        "class Entry(Result):\n    number: str\n    amount: str\n\n\n"
        "class Entries(Result):\n    entries: list[Entry]\n\n\nclass Ledger(Bot):"
    )
    listed = (
        "    @action.read\n    async def open_entries(self) -> Entries:\n"
        '        """List what is open."""\n        return Entries(entries=[])\n\n'
        "    @action.read\n    async def read_entry"
    )
    text = actions.read_text(encoding="utf-8").replace("class Ledger(Bot):", listing)
    text = text.replace("    @action.read\n    async def read_entry", listed)
    actions.write_text(text, encoding="utf-8")
    cron = (
        '  - cron: "0 6 * * *"\n    timezone: UTC\n    source: open_entries\n    calendar: nowhere'
    )
    change(folder, "ledger.other", (f"  - file: {OTHER}", cron))


def secrets_of_one_name(folder: Path) -> None:
    with (folder / "deskhand.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[vault]\nadapter = "environment"\n')
    account = '  - {{portal: ledger, client: {}, url: "https://ledger.example"}}\n'
    with (folder / "accounts.yaml").open("a", encoding="utf-8") as accounts:
        accounts.write(account.format("hill-side") + account.format("hill_side"))


CLASHES: dict[Clash, str] = {
    same_files: "a file could fit",
    same_webhook: "the webhook entries of ledger.other leads to ledger.check already",
    webhook_of_events: "the webhook events of ledger.other leads to whoever listens to events",
    circle: "start each other for ever, by their events: ledger.check > ledger.other",
    no_calendar: "goes by a calendar that is not there: no calendar 'nowhere'",
    secrets_of_one_name: "DESKHAND_SECRET_LEDGER_HILL_SIDE_PASSWORD would hold two secrets",
}


@pytest.mark.parametrize("clash", CLASHES, ids=lambda clash: clash.__name__)
def test_what_cannot_be_hosted_together_is_found_by_the_check_and_refused_at_the_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch, clash: Clash
) -> None:
    monkeypatch.setenv("DESKHAND_SECRET_SEAL_KEYS", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
    clash(folder)

    checked = CliRunner().invoke(deskhand, ["--project", str(folder), "check"])
    started = CliRunner().invoke(deskhand, ["--project", str(folder), "up"])

    assert (checked.exit_code, started.exit_code) == (1, 1)
    assert CLASHES[clash] in checked.output
    assert isinstance(started.exception, SettingsError)
    assert CLASHES[clash] in str(started.exception)


def test_two_runbooks_that_have_nothing_in_common_are_no_mistake(folder: Path) -> None:
    checked = CliRunner().invoke(deskhand, ["--project", str(folder), "check"])

    assert (checked.exit_code, checked.output) == (0, "2 runbooks checked, 0 mistakes\n")
