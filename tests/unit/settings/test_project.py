from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deskhand.domain.verification import VerificationRhythm
from deskhand.errors import ProjectNotFoundError, SettingsError
from deskhand.settings.project import (
    Project,
    find_project,
    load_project,
)
from deskhand.settings.worker import EvidencePolicy, OnceSettings, WorkerSettings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path.resolve()


def load(folder: Path, text: str = "", **environment: str) -> Project:
    (folder / "deskhand.toml").write_text(text, encoding="utf-8")
    return load_project(folder, environment=environment)


def test_an_empty_file_is_a_project_with_defaults(folder: Path) -> None:
    project = load(folder)

    assert project.runbooks == folder / "runbooks"
    assert project.bots == folder / "bots"
    assert project.accounts == folder / "accounts.yaml"
    assert project.state == folder / ".deskhand"
    assert project.evidence == folder / ".deskhand" / "evidence"
    assert project.database == f"sqlite:///{folder}/.deskhand/deskhand.db"
    assert (project.vault, project.vault_key) == ("file", None)
    assert project.log == "local/1"
    assert project.worker == WorkerSettings()
    assert project.once == OnceSettings()


def test_every_setting_is_read_and_paths_are_the_projects_own(folder: Path) -> None:
    (folder.parent / "accounts.yaml").write_text("accounts: []\n", encoding="utf-8")

    project = load(
        folder,
        """
        [project]
        runbooks = "processes"
        bots = "/elsewhere/bots"
        accounts = "../accounts.yaml"
        audit_log = "audit.example.com/prod/1"
        [state]
        folder = "var"
        database = "postgresql+psycopg://db/deskhand"
        [vault]
        adapter = "environment"
        file = "v"
        key_file = "k"
        [worker]
        lanes = 8
        headed = true
        evidence = "on-failure"
        heartbeat = "2s"
        given_up_after = "1m"
        retry_first = "0s"
        retry_max = "5m"
        [once]
        act_within = "3s"
        ask_after = "0s"
        every = "1s"
        patience = "1h"
        """,
    )

    assert project.runbooks == folder / "processes"
    assert project.bots == Path("/elsewhere/bots")
    assert project.accounts == folder.parent / "accounts.yaml"
    assert (project.vault_file, project.vault_key_file) == (folder / "v", folder / "k")
    assert project.database == "postgresql+psycopg://db/deskhand"
    assert (project.vault, project.log) == ("environment", "audit.example.com/prod/1")
    assert project.worker == WorkerSettings(
        lanes=8,
        headed=True,
        evidence=EvidencePolicy.ON_FAILURE,
        heartbeat=timedelta(seconds=2),
        given_up_after=timedelta(minutes=1),
        retry_first=timedelta(0),
        retry_max=timedelta(minutes=5),
    )
    assert project.once == OnceSettings(
        act_within=timedelta(seconds=3),
        ask_after=timedelta(0),
        every=timedelta(seconds=1),
        patience=timedelta(hours=1),
    )


def test_the_environment_names_another_database_and_the_vaults_key(folder: Path) -> None:
    text = '[state]\ndatabase = "postgresql+psycopg://db/one"'

    project = load(
        folder, text, DESKHAND_DATABASE_URL="postgresql+psycopg://db/two", DESKHAND_VAULT_KEY="k"
    )
    empty = load(folder, text, DESKHAND_DATABASE_URL="", DESKHAND_VAULT_KEY="")

    assert (project.database, project.vault_key) == ("postgresql+psycopg://db/two", "k")
    assert (empty.database, empty.vault_key) == ("postgresql+psycopg://db/one", None)


@pytest.mark.parametrize(
    ("text", "where", "problem"),
    [
        ("lanes = 2", "lanes", "belongs into a table such as [worker]"),
        ("[workers]\nlanes = 2", "workers", "did you mean [worker]?"),
        ("[what]\nx = 2", "what", "the known ones are project, state, vault, worker, once"),
        ("[worker]\nlane = 2", "worker.lane", "unknown key"),
        ('[worker]\nlanes = "2"', "worker.lanes", "expected int, found str"),
        ("[worker]\nlanes = true", "worker.lanes", "expected int, found bool"),
        ("[worker]\nlanes = 0", "worker.lanes", "expected 1 to 64"),
        ("[worker]\nlanes = 65", "worker.lanes", "expected 1 to 64"),
        ("[worker]\nheaded = 1", "worker.headed", "expected bool, found int"),
        ('[worker]\nevidence = "of"', "worker.evidence", "expected one of: on, on-failure, off"),
        ('[worker]\nheartbeat = "5"', "worker.heartbeat", "a whole number with ms, s, m, h or d"),
        ("[worker]\nheartbeat = 5", "worker.heartbeat", "expected str, found int"),
        ('[worker]\nheartbeat = "0s"', "worker.heartbeat", "expected more than 0"),
        (
            '[worker]\nheartbeat = "30s"',
            "worker.given_up_after",
            "a living worker would be given up",
        ),
        ('[once]\nact_within = "0s"', "once.act_within", "expected more than 0"),
        ('[once]\nevery = "0ms"', "once.every", "expected more than 0"),
        ('[once]\npatience = "soon"', "once.patience", "a whole number with ms, s, m, h or d"),
        ('[http]\nids_kept = "0s"', "http.ids_kept", "expected more than 0"),
        ('[http]\nids_kept = "9m"', "http.ids_kept", "expected 10m to 36500d: a request could be"),
        ('[http]\nids_kept = "99999d"', "http.ids_kept", "expected 10m to 36500d"),
        ('[vault]\nadapter = "hsm"', "vault.adapter", "expected one of: file, environment"),
        ("[state]\nfolder = 1", "state.folder", "expected str, found int"),
        ("[project]\nruns = 1", "project.runs", "unknown key"),
    ],
)
def test_each_mistake_is_told_with_its_place_and_what_was_expected(
    folder: Path, text: str, where: str, problem: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        load(folder, text)

    assert str(refusal.value).startswith(f"{folder}/deskhand.toml: {where}: ")
    assert problem in str(refusal.value)


def test_a_file_that_is_no_toml_is_told_with_the_line(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"deskhand\.toml: .*line 2"):
        load(folder, "[worker]\nlanes = = 2")


def test_a_file_that_is_no_text_or_not_there_is_told(folder: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load_project(folder, environment={})
    (folder / "deskhand.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(SettingsError, match=r"deskhand\.toml: 'utf-8'"):
        load_project(folder, environment={})


def test_a_project_is_found_from_a_folder_within_it(folder: Path) -> None:
    load(folder)
    deep = folder / "runbooks" / "deep"
    deep.mkdir(parents=True)

    assert find_project(deep) == folder
    assert find_project(folder) == folder


def test_without_a_project_it_says_where_it_looked(folder: Path) -> None:
    with pytest.raises(ProjectNotFoundError, match=f"no deskhand.toml in {folder}") as refusal:
        find_project(folder)

    assert "--project DIR" in str(refusal.value)


@pytest.mark.parametrize(
    "key", ["accounts", "queues", "people", "calendars", "receivers", "notify", "quality"]
)
def test_a_file_that_is_named_and_not_there_lets_nobody_work_without_it(
    folder: Path, key: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        load(folder, f'[project]\n{key} = "rules.yaml"')

    assert f"project.{key}: {folder}/rules.yaml is no file that can be read" in str(refusal.value)


def test_a_link_to_nowhere_and_a_folder_are_no_missing_files(folder: Path) -> None:
    (folder / "queues.yaml").symlink_to(folder / "gone.yaml")

    with pytest.raises(SettingsError, match=r"gone\.yaml is no file that can be read"):
        load(folder)

    (folder / "queues.yaml").unlink()
    (folder / "people.yaml").mkdir()

    with pytest.raises(SettingsError, match=r"people\.yaml is no file that can be read"):
        load(folder)


def test_the_log_is_verified_each_night_unless_the_project_says_otherwise(folder: Path) -> None:
    usual = load(folder).audit
    told = load(
        folder,
        """
        [audit]
        verify_every = "6h"
        verify_at = "02:30"
        timezone = "America/New_York"
        whole_every = "30d"
        """,
    ).audit

    assert usual.rhythm == VerificationRhythm(timezone=ZoneInfo("UTC"))
    assert told.rhythm == VerificationRhythm(
        every=timedelta(hours=6),
        at=time(2, 30),
        timezone=ZoneInfo("America/New_York"),
        whole_every=timedelta(days=30),
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('verify_at = "25:00"', "audit.verify_at: is a time of day in quotes"),
        ('timezone = "Mars/Base"', "audit.timezone: no time zone `Mars/Base` is known here"),
        ('verify_every = "1m"', "audit: expected verify_every and whole_every to be 5m to 366d"),
        ('whole_every = "900d"', "audit: expected verify_every and whole_every to be 5m to 366d"),
        ('verify_every = "often"', "audit.verify_every: a duration is a whole number"),
        ("verify_evry = 1", "audit.verify_evry: unknown key"),
    ],
)
def test_a_rhythm_that_nobody_can_mean_is_told_with_its_place(
    folder: Path, line: str, problem: str
) -> None:
    with pytest.raises(SettingsError, match=problem):
        load(folder, f"[audit]\n{line}\n")
