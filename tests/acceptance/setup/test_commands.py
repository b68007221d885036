"""The commands that a deployment needs: `migrate`, `vault init`, `health`."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deskhand.bootstrap.workplace import Workplace, open_file_vault
from deskhand.cli.entry import deskhand
from deskhand.errors import (
    BrowserUnavailableError,
    SecretMissingError,
    SettingsError,
    StoreUnavailableError,
    StoreVersionError,
    VaultError,
)
from deskhand.settings.project import load_project
from deskhand.stores.schema import HEAD
from tests.practice.project import PracticeProject
from tests.practice.stranger import stranger

NEWEST = HEAD
MIGRATE = [str(Path(sys.executable).with_name("deskhand")), "migrate", "--json"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deskhand.toml").write_text("", encoding="utf-8")
    return tmp_path.resolve()


def run(folder: Path, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(deskhand, ["--project", str(folder), *words], input=typed)


def test_a_vault_whose_key_is_elsewhere_gets_no_new_one(folder: Path) -> None:
    run(folder, "vault", "init")
    key = (folder / "vault.key").rename(folder / "elsewhere")

    ended = run(folder, "vault", "init")

    assert isinstance(ended.exception, VaultError)
    assert f"put that one at {folder / 'vault.key'}" in str(ended.exception)
    assert not (folder / "vault.key").exists()
    key.rename(folder / "vault.key")
    assert run(folder, "vault", "list").output == "seal/keys\n"


def test_an_empty_database_gets_its_tables_and_the_next_one_finds_them(folder: Path) -> None:
    first, second = run(folder, "migrate"), run(folder, "migrate")

    assert first.output == f"the database is at {NEWEST}; it was empty\n"
    assert second.output == f"the database is at {NEWEST}: nothing to do\n"


def test_a_database_of_the_future_is_refused(folder: Path) -> None:
    run(folder, "migrate")
    database = PracticeProject(folder=folder)
    with database.place() as place, place.store.transaction() as tx:
        tx.connection.exec_driver_sql("update alembic_version set version_num = '9999'")  # type: ignore[attr-defined]

    ended = run(folder, "migrate")

    assert isinstance(ended.exception, StoreVersionError)
    assert "is of version 9999" in str(ended.exception)


def test_a_database_that_is_away_is_told(folder: Path) -> None:
    settings = '[state]\ndatabase = "postgresql+psycopg://desk@127.0.0.1:9/deskhand"\n'
    (folder / "deskhand.toml").write_text(settings, encoding="utf-8")

    ended = run(folder, "migrate")

    assert isinstance(ended.exception, StoreUnavailableError)
    assert "127.0.0.1:9" in str(ended.exception)


def test_hosts_that_start_together_on_an_empty_database_all_find_its_tables(
    folder: Path, postgres_url: str
) -> None:
    environment = {**os.environ, "DESKHAND_DATABASE_URL": postgres_url}
    started = [
        subprocess.Popen(
            MIGRATE, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]

    ended = [process.communicate(timeout=60) for process in started]

    assert [problems for _, problems in ended] == [b"", b""]
    assert [json.loads(told)["now"] for told, _ in ended] == [NEWEST, NEWEST]


def test_a_vault_is_made_with_its_key_and_made_once(folder: Path) -> None:
    first = run(folder, "vault", "init")
    key, vault = folder / "vault.key", folder / "vault.sealed"
    made = (key.read_bytes(), vault.read_bytes())
    second = run(folder, "vault", "init")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert str(key) in first.output
    assert (key.read_bytes(), vault.read_bytes()) == made
    assert run(folder, "vault", "list").output == "seal/keys\n"
    assert sorted(file.name for file in folder.iterdir()) == [
        "deskhand.toml",
        "vault.key",
        "vault.sealed",
    ]


def test_with_a_key_of_the_environment_no_other_one_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHAND_VAULT_KEY", "A" * 43 + "=")

    ended = run(folder, "vault", "init")

    assert ended.exit_code == 0
    assert not (folder / "vault.key").exists()
    assert (folder / "vault.sealed").exists()


def test_a_key_that_is_no_file_or_no_text_is_told_by_its_path(folder: Path) -> None:
    key = folder / "vault.key"
    missing = run(folder, "vault", "list")
    key.mkdir()
    no_file = run(folder, "vault", "list")
    key.rmdir()
    key.write_bytes(b"\xff" * 32)
    no_text = run(folder, "vault", "list")

    assert isinstance(missing.exception, SecretMissingError)
    assert isinstance(no_file.exception, VaultError)
    assert str(no_file.exception) == f"the vault's key {key} cannot be read: Is a directory"
    assert str(no_text.exception) == f"the vault's key {key} cannot be read: it is no text"


def test_health_of_nobody_is_told_in_words_and_in_json(folder: Path) -> None:
    (folder / "deskhand.toml").write_text("[http]\nport = 9\n", encoding="utf-8")

    words, data = run(folder, "health"), run(folder, "health", "--json", "--wait", "1")

    assert (words.exit_code, data.exit_code) == (1, 1)
    assert words.stderr.startswith("not ready: nothing answers at http://127.0.0.1:9/readyz")
    told = json.loads(data.stdout)
    assert told["ready"] is False
    assert told["problems"][0].startswith("nothing answers at")


def test_health_tells_of_warnings_and_is_strict_about_them_when_asked_to(folder: Path) -> None:
    told = {"ready": True, "problems": [], "warnings": ["1 page …"], "notes": ["it was verified"]}
    with stranger(200, json.dumps(told).encode()) as address:
        settings = f"[http]\nport = {address.port}\n"
        (folder / "deskhand.toml").write_text(settings, encoding="utf-8")
        words = run(folder, "health")
        strict = run(folder, "health", "--strict", "--json")

    assert (words.exit_code, strict.exit_code) == (0, 1)
    assert words.stdout == "ready\n  it was verified\n"
    assert words.stderr == "warning: 1 page …\n"
    assert json.loads(strict.stdout) == told


def test_health_is_asked_without_any_secret(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "deskhand.toml").write_text("[http]\nport = 9\n", encoding="utf-8")
    monkeypatch.setenv("DESKHAND_DATABASE_PASSWORD_FILE", str(folder / "gone"))
    monkeypatch.setenv("DESKHAND_VAULT_KEY_FILE", str(folder / "gone"))

    ended = run(folder, "health")

    assert ended.stderr.startswith("not ready: nothing answers at")


def test_health_waits_no_longer_than_the_process_that_it_waits_for(folder: Path) -> None:
    (folder / "deskhand.toml").write_text("[http]\nport = 9\n", encoding="utf-8")
    gone = subprocess.Popen(["true"])
    gone.wait()

    began = time.monotonic()
    ended = run(folder, "health", "--wait", "600", "--while", str(gone.pid))

    assert ended.exit_code == 1
    assert time.monotonic() - began < 60


def test_a_port_that_nobody_knows_beforehand_cannot_be_asked(folder: Path) -> None:
    (folder / "deskhand.toml").write_text("[http]\nport = 0\n", encoding="utf-8")

    ended = run(folder, "health")

    assert isinstance(ended.exception, SettingsError)
    assert "http.port: 0 is any free port" in str(ended.exception)


def test_asking_for_health_loads_neither_database_nor_browser_nor_web_framework() -> None:
    program = (
        "import json, sys; from deskhand.cli import health; print(json.dumps(sorted(sys.modules)))"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    loaded = {name.partition(".")[0] for name in json.loads(ended.stdout)}
    assert not loaded & {"sqlalchemy", "playwright", "fastapi", "dbos", "uvicorn", "pydantic"}


def test_a_state_folder_that_cannot_be_made_is_told(folder: Path) -> None:
    (folder / ".deskhand").write_text("a file is in its place", encoding="utf-8")
    run(folder, "vault", "init")

    ended = run(folder, "up")

    assert isinstance(ended.exception, StoreUnavailableError)
    assert str(folder / ".deskhand") in str(ended.exception)


def test_up_is_not_begun_with_a_word_about_the_sandbox_that_is_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHAND_SANDBOX", "perhaps")
    run(folder, "vault", "init")

    ended = run(folder, "up")

    assert isinstance(ended.exception, BrowserUnavailableError)
    assert "DESKHAND_SANDBOX is on or off, not 'perhaps'" in str(ended.exception)


def test_the_state_is_its_owners_alone_whatever_the_umask(folder: Path) -> None:
    (folder / "deskhand.toml").write_text('[state]\nfolder = "var/state"\n', encoding="utf-8")
    before = os.umask(0)
    try:
        run(folder, "vault", "init")
        run(folder, "migrate")
        place = Workplace(load_project(folder))
        place.evidence_store.put(b"a picture", context="item:i1/evidence")
        place.observer.tell("begun")
    finally:
        os.umask(before)

    made = [folder / "var", *(folder / "var").rglob("*")]
    assert {"deskhand.db", "evidence", "worker.jsonl"} <= {path.name for path in made}
    assert [str(path) for path in made if path.stat().st_mode & 0o077] == []


def test_a_piped_secret_is_one_line_without_its_end(folder: Path) -> None:
    run(folder, "vault", "init")

    assert run(folder, "vault", "set", "portal/user", typed="ann\r\n").exit_code == 0

    assert open_file_vault(load_project(folder)).secret("portal/user").reveal() == "ann"


@pytest.mark.parametrize("typed", ["first\nsecond\n", "\n", "\r\n", ""])
def test_what_is_no_secret_of_one_line_changes_nothing(folder: Path, typed: str) -> None:
    run(folder, "vault", "init")

    ended = run(folder, "vault", "set", "portal/user", typed=typed)

    assert ended.exit_code == 2
    assert "nothing was changed" in ended.output
    assert "portal/user" not in run(folder, "vault", "list").output
