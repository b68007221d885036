"""A database that cannot be had says so, in words that help, whatever the reason."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deskhand.domain.work_item import ItemState
from deskhand.errors import StoreUnavailableError
from deskhand.stores.database import open_database
from deskhand.stores.schema import upgrade
from tests.making import add_items, an_entry, an_item, migrated, move_item, sql_store, sqlite_url


@contextmanager
def tiny_disk(folder: Path) -> Iterator[Path]:
    """Lend a disk of one megabyte."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a tiny disk")
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    mounted = subprocess.run(["mount", *options], check=False, capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this machine lets nobody mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'nowhere' / 'deskhand.db'}")

    with pytest.raises(StoreUnavailableError, match=r"nowhere/deskhand\.db is unavailable: unable"):
        upgrade(database)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "deskhand.db").write_text("this is a letter, no database " * 100)
    database = open_database(sqlite_url(tmp_path))

    with pytest.raises(StoreUnavailableError, match="file is not a database"):
        upgrade(database)
    database.dispose()


def test_a_read_only_database_can_be_read_and_says_that_it_cannot_be_written(
    tmp_path: Path,
) -> None:
    url = sqlite_url(tmp_path)
    with migrated(url) as database, sql_store(database).transaction() as tx:
        add_items(tx, item := an_item())
    file = tmp_path / "deskhand.db"
    read_only = open_database(f"sqlite:///file:{file}?mode=ro&uri=true")
    store = sql_store(read_only)

    with pytest.raises(StoreUnavailableError, match="readonly"), store.transaction() as tx:
        move_item(tx, item, ItemState.PERFORMING)

    with store.reading() as tx:
        assert tx.items.get(item.id) == item
    store.close()


def test_a_read_only_new_database_is_not_upgraded(tmp_path: Path) -> None:
    (tmp_path / "deskhand.db").touch()
    read_only = open_database(f"sqlite:///file:{tmp_path / 'deskhand.db'}?mode=ro&uri=true")

    with pytest.raises(StoreUnavailableError, match="readonly"):
        upgrade(read_only)
    read_only.dispose()


def test_a_full_disk_stops_the_change_and_what_was_there_stays(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "disk") as disk, migrated(sqlite_url(disk)) as database:
        store = sql_store(database)
        with store.transaction() as tx:
            tx.record(an_entry("log", "step:fill"))
        big = [an_item(f"i{number}", sealed_fields=bytes(4000)) for number in range(500)]

        with pytest.raises(StoreUnavailableError, match="full"), store.transaction() as tx:
            add_items(tx, *big)

        with store.reading() as tx:
            assert tx.audit_log.count() == 1
            assert tx.items.by_ids([big[0].id]) == {}


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    database = open_database("postgresql+psycopg://deskhand:hush@127.0.0.1:1/deskhand")

    with pytest.raises(StoreUnavailableError) as refusal:
        upgrade(database)

    assert "127.0.0.1:1/deskhand is unavailable" in str(refusal.value)
    assert "hush" not in str(refusal.value)


@pytest.mark.parametrize(
    "url", ["deskhand.db", "mysql://deskhand:hush@db/deskhand", "postgresql+asyncpg://a:hush@b/c"]
)
def test_a_url_of_no_database_that_we_know_tells_what_is_expected(url: str) -> None:
    with pytest.raises(StoreUnavailableError, match="expected sqlite:///FILE or") as refusal:
        open_database(url)

    assert "hush" not in str(refusal.value)


def test_a_postgresql_url_may_leave_out_the_driver() -> None:
    database = open_database("postgresql://deskhand@127.0.0.1/deskhand")

    assert database.dialect.driver == "psycopg"
