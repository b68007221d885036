import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from tests import postgres
from tests.postgres import (
    PostgresServer,
    PostgresUnavailableError,
    provision_postgres,
    running_postgres,
)

pytestmark = pytest.mark.postgres


def databases(server: PostgresServer) -> set[str]:
    engine = create_engine(server.url)
    with engine.connect() as connection:
        names = set(connection.execute(text("SELECT datname FROM pg_database")).scalars())
    engine.dispose()
    return names


@pytest.fixture
def without_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres, "find_postgres", lambda: None)
    return tmp_path


def test_a_test_gets_a_database_in_which_it_can_make_tables(postgres_url: str) -> None:
    engine = create_engine(postgres_url)

    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE item (reference text)"))
        connection.execute(text("INSERT INTO item VALUES ('INV-17')"))
        found = connection.execute(text("SELECT reference FROM item")).scalar_one()
    engine.dispose()

    assert found == "INV-17"


def test_a_database_is_dropped_after_its_test_even_with_a_connection_open(
    postgres_server: PostgresServer,
) -> None:
    before = databases(postgres_server)

    with postgres_server.fresh_database() as url:
        conninfo = make_url(url).set(drivername="postgresql")
        left_open = psycopg.connect(conninfo.render_as_string(hide_password=False))
        during = databases(postgres_server)
    after = databases(postgres_server)
    left_open.close()

    assert len(during - before) == 1
    assert after == before


def test_a_stranger_without_the_password_is_refused(postgres_server: PostgresServer) -> None:
    engine = create_engine(postgres_server.url.set(password="guessed"))

    with pytest.raises(OperationalError, match="password authentication failed"):
        engine.connect()


def test_a_server_that_is_named_in_the_environment_is_used(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = postgres_server.url.set(drivername="postgresql")
    monkeypatch.setenv(postgres.VARIABLE, named.render_as_string(hide_password=False))

    with running_postgres() as server:
        pass

    assert server.url == postgres_server.url


@pytest.mark.usefixtures("without_programs")
def test_missing_programs_are_an_error_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgres, "is_root_on_debian", lambda: False)

    with pytest.raises(PostgresUnavailableError, match=r"install it .*DESKHAND_TEST_POSTGRES_URL"):
        provision_postgres()


def test_root_on_debian_gets_the_package_without_a_server_of_its_own(
    without_programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = without_programs / "calls"
    apt = without_programs / "apt-get"
    apt.write_text(f'#!/bin/sh\necho "$@" >> "{calls}"\n', encoding="utf-8")
    apt.chmod(0o755)
    settings = without_programs / "createcluster.conf"
    monkeypatch.setattr(postgres, "CLUSTER_SETTINGS", settings)
    monkeypatch.setattr(postgres, "is_root_on_debian", lambda: True)

    with pytest.raises(PostgresUnavailableError):
        provision_postgres()

    asked = calls.read_text(encoding="utf-8").splitlines()
    assert [line.split()[0] for line in asked] == ["update", "install"]
    assert asked[-1].endswith("postgresql")
    assert settings.read_text(encoding="utf-8") == "create_main_cluster = false\n"


def test_provisioning_says_nothing_where_postgresql_is_there() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.postgres", "--provision"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ended.stdout + ended.stderr == ""
