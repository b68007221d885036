"""The ledger's bot, on a ledger of its own."""

import asyncio
import sqlite3
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deskhand.browsers.arguments import plain
from deskhand.browsers.bot import Bot
from deskhand.browsers.catalogue import ProjectBots
from deskhand.domain.account import Account, account_name
from deskhand.domain.login import Login
from deskhand.domain.result import NotThere, Unsure
from deskhand.domain.sealed import Sealed
from deskhand.errors import BotError, BusinessException, FencedError
from tests.contracts.browsers.desk import Journal

ROOT = Path(__file__).parents[3]
FILES = [
    ("S-1001", "2026-27", 1, "2026-11-06", "V1", "52300.00", "4120.00", 4, 0),
    ("S-1002", "2026-27", 2, "2026-11-01", "V5", "41300.50", "0.00", 3, 1),
]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger with two files that wait."""
    file = tmp_path / "aid ledger.sqlite"
    bot_class = ProjectBots(ROOT / "bots").bot_class("ledger")
    database: Any = __import__(
        bot_class.__module__.rpartition(".")[0] + ".database", fromlist=["x"]
    )
    with sqlite3.connect(file) as sql:
        sql.execute(database.SCHEMA)
        sql.executemany("insert into aid_file values (?,?,?,?,?,?,?,?,?,null,null)", FILES)
    sql.close()
    return file


def bot(file: Path, *, journal: Journal | None = None) -> Any:
    """The bot of one attempt; its act is guarded where there is a journal."""
    account = Account(
        name=account_name("ledger", "hillside"),
        portal="ledger",
        client="hillside",
        url=file.as_uri(),
        login="ledger/hillside",
    )

    async def no_login() -> Login:
        raise BotError("the ledger needs no login")

    made: Bot = ProjectBots(ROOT / "bots").bot_class("ledger")(
        account=account, credentials=no_login
    )
    made.act_with(journal)
    return made


def note(made: Any, **changes: object) -> object:
    given = {
        "student_id": Sealed("S-1001"),
        "award_year": "2026-27",
        "transaction": 1,
        "result": "verified",
        "reference": "VER-0000001",
        **changes,
    }
    return asyncio.run(made.note_result(**given))


def found(made: Any, student_id: str = "S-1001") -> object:
    asked = made.find_result(student_id=Sealed(student_id), award_year="2026-27", transaction=1)
    return asyncio.run(asked)


def test_the_files_that_wait_are_read_the_oldest_first(ledger: Path) -> None:
    read = plain(asyncio.run(bot(ledger).unverified_files()))

    assert isinstance(read, dict)
    waiting = read["files"]
    assert [file["student_id"] for file in waiting] == ["S-1002", "S-1001"]
    assert waiting[0]["worksheet"] == {
        "agi": Decimal("41300.50"),
        "tax_paid": Decimal("0.00"),
        "family_size": 3,
        "identity_seen": True,
    }


def test_a_result_is_noted_and_found_and_the_file_waits_no_longer(ledger: Path) -> None:
    journal = Journal()

    before = found(bot(ledger))
    noted = note(bot(ledger, journal=journal))
    waiting = asyncio.run(bot(ledger).unverified_files()).files

    assert before == NotThere()
    assert found(bot(ledger)) == noted
    assert journal.log == ["intend", "sent"]
    assert len(waiting) == 1


def test_a_result_that_is_noted_is_never_replaced(ledger: Path) -> None:
    first = note(bot(ledger, journal=Journal()))
    journal = Journal()

    with pytest.raises(BusinessException) as raised:
        note(bot(ledger, journal=journal), result="corrected")

    assert raised.value.code == "ALREADY_NOTED"
    assert journal.log == []
    assert found(bot(ledger)) == first


def test_a_result_of_an_older_transaction_is_not_noted_for_the_newer_one(ledger: Path) -> None:
    with sqlite3.connect(ledger) as sql:
        sql.execute("update aid_file set trn = 2 where student_id = 'S-1001'")
    sql.close()
    journal = Journal()

    with pytest.raises(BusinessException) as raised:
        note(bot(ledger, journal=journal))

    assert (raised.value.code, journal.log) == ("NOT_IN_LEDGER", [])
    assert len(asyncio.run(bot(ledger).unverified_files()).files) == 2


def test_a_newer_transaction_that_comes_in_the_same_moment_goes_on_waiting(ledger: Path) -> None:
    class SlowJournal(Journal):
        async def intend(self) -> None:
            with sqlite3.connect(ledger) as sql:
                sql.execute("update aid_file set trn = 2 where student_id = 'S-1001'")
            sql.close()

    answer = note(bot(ledger, journal=SlowJournal()))

    assert isinstance(answer, Unsure)
    assert len(asyncio.run(bot(ledger).unverified_files()).files) == 2


def test_a_result_that_another_notes_in_the_same_moment_is_left_to_the_proof(ledger: Path) -> None:
    class SlowJournal(Journal):
        async def intend(self) -> None:
            await asyncio.to_thread(lambda: note(bot(ledger, journal=Journal()), result="kept"))

    answer = note(bot(ledger, journal=SlowJournal()))

    assert isinstance(answer, Unsure)
    assert plain(found(bot(ledger)))["result"] == "kept"  # type: ignore[index]


def test_an_attempt_that_lost_its_item_notes_nothing(ledger: Path) -> None:
    with pytest.raises(FencedError):
        note(bot(ledger, journal=Journal(fenced=True)))

    assert found(bot(ledger)) == NotThere()


def test_a_student_whom_the_ledger_does_not_have_is_left_to_a_person(ledger: Path) -> None:
    with pytest.raises(BusinessException) as raised:
        found(bot(ledger), "S-9999")

    assert raised.value.code == "NOT_IN_LEDGER"


def test_a_ledger_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        found(bot(tmp_path / "missing.sqlite"))

    assert not (tmp_path / "missing.sqlite").exists()


def test_what_comes_of_a_family_prints_as_stars(ledger: Path) -> None:
    waiting: Mapping[str, Any] = asyncio.run(bot(ledger).unverified_files()).files[0].__dict__

    assert "41300" not in str(waiting)
    assert "S-1002" not in str(waiting)
