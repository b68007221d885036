from pathlib import Path

import pytest
from sqlalchemy import make_url

from deskhand.errors import SettingsError
from deskhand.settings.environment import PASSWORD_FILE
from deskhand.settings.project import Project, load_project

URL = "postgresql+psycopg://desk@db.example:5433/deskhand?sslmode=verify-full"
AWKWARD = "p@ss:w/rd?%20#&=ä"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path.resolve()


def load(folder: Path, text: str = "", **environment: str | Path) -> Project:
    (folder / "deskhand.toml").write_text(text, encoding="utf-8")
    variables = {name: str(value) for name, value in environment.items()}
    return load_project(folder, environment=variables)


def password_file(folder: Path, content: str) -> Path:
    file = folder / "password"
    file.write_bytes(content.encode())
    return file


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_files_password_joins_the_url_whatever_is_in_it(folder: Path, end: str) -> None:
    file = password_file(folder, AWKWARD + end)

    project = load(folder, DESKHAND_DATABASE_URL=URL, DESKHAND_DATABASE_PASSWORD_FILE=file)

    url = make_url(project.database)
    assert (url.username, url.password) == ("desk", AWKWARD)
    assert (url.host, url.port, url.database) == ("db.example", 5433, "deskhand")
    assert url.query == {"sslmode": "verify-full"}


def test_a_socket_in_place_of_a_host_keeps_its_folder(folder: Path) -> None:
    file = password_file(folder, "word")
    text = '[state]\ndatabase = "postgresql+psycopg://desk@/deskhand?host=/var/run/postgresql"'

    project = load(folder, text, DESKHAND_DATABASE_PASSWORD_FILE=file)

    url = make_url(project.database)
    assert (url.password, url.host) == ("word", None)
    assert url.query == {"host": "/var/run/postgresql"}


@pytest.mark.parametrize(
    "url",
    [
        "sqlite",
        "postgresql+psycopg://db.example/deskhand",
        "postgresql+psycopg://@db.example/deskhand",
        "postgresql+psycopg://desk:known@db.example/deskhand",
        "no url at all",
    ],
)
def test_a_url_that_can_take_no_password_is_refused_and_not_quoted(folder: Path, url: str) -> None:
    file = password_file(folder, "hidden")

    with pytest.raises(SettingsError, match="expected a database with a user and no pass") as told:
        load(folder, DESKHAND_DATABASE_URL=url, DESKHAND_DATABASE_PASSWORD_FILE=file)

    assert str(told.value).startswith(f"{file}: {PASSWORD_FILE}: ")
    assert "hidden" not in str(told.value)
    assert "known" not in str(told.value)


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "No such file"), ("", "the file is empty"), ("\n", "the file is empty")],
)
def test_a_password_that_is_not_there_is_told_with_its_file(
    folder: Path, content: str | None, problem: str
) -> None:
    file = folder / "gone" if content is None else password_file(folder, content)

    with pytest.raises(SettingsError, match=problem) as told:
        load(folder, DESKHAND_DATABASE_URL=URL, DESKHAND_DATABASE_PASSWORD_FILE=file)

    assert str(file) in str(told.value)


def test_a_password_that_is_no_text_is_refused(folder: Path) -> None:
    file = folder / "password"
    file.write_bytes(b"\xff\xfe")

    with pytest.raises(SettingsError, match="expected text in UTF-8"):
        load(folder, DESKHAND_DATABASE_URL=URL, DESKHAND_DATABASE_PASSWORD_FILE=file)


def test_a_key_file_of_the_environment_goes_before_the_settings(folder: Path) -> None:
    text = '[vault]\nkey_file = "vault.key"'

    named = load(folder, text, DESKHAND_VAULT_KEY_FILE="/run/secrets/vault_key")
    unnamed = load(folder, text, DESKHAND_VAULT_KEY_FILE="")

    assert named.vault_key_file == Path("/run/secrets/vault_key")
    assert unnamed.vault_key_file == folder / "vault.key"


def test_a_key_and_a_file_of_it_are_one_too_many(folder: Path) -> None:
    with pytest.raises(SettingsError, match="keep one of the two") as told:
        load(folder, DESKHAND_VAULT_KEY="AAAA", DESKHAND_VAULT_KEY_FILE="/run/key")

    assert "AAAA" not in str(told.value)


def test_logs_go_to_a_file_unless_the_settings_say_otherwise(folder: Path) -> None:
    assert load(folder).logs == "file"
    assert load(folder, '[state]\nlogs = "stderr"').logs == "stderr"
    with pytest.raises(SettingsError, match=r"state\.logs: expected one of: file, stderr"):
        load(folder, '[state]\nlogs = "stdout"')
