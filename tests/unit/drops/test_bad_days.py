"""Disks, folders, readers and stores that fail: it is told, tried again, and nothing is lost."""

import asyncio
import errno
import os
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deskhand.bootstrap import answers
from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.drop import DroppedFile
from deskhand.domain.intake_file import FileState
from deskhand.errors import StoreUnavailableError
from deskhand.intake.csv import CsvReader
from deskhand.use_cases import accept_file
from deskhand.use_cases.answer_client import Total
from tests.practice.drop_office import (
    CLIENT,
    GOOD,
    OTHER,
    DropOffice,
)


def test_a_file_is_archived_on_another_disk_by_a_copy(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.rename

    def rename(source: Any, target: Any, **fds: Any) -> None:
        away = "/archive/" in str(Path(f"/proc/self/fd/{fds['dst_dir_fd']}").readlink())
        if away and fds["src_dir_fd"] != fds["dst_dir_fd"]:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        real(source, target, **fds)

    monkeypatch.setattr("deskhand.triggers.moving.os.rename", rename)

    office.take()

    (archived,) = office.archived
    assert archived.read_text() == GOOD
    assert office.claimed == []


def test_a_copy_whose_original_was_not_taken_away_yet_is_no_second_one(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("deskhand.triggers.drop_folders.move_away", broken)
        office.take()
    (claimed,) = office.claimed
    target = office.folder / "archive" / CLIENT / "2026-05-04"
    target.mkdir(parents=True)
    (target / claimed.name).write_text(GOOD)

    office.clock.turn(office.loop.rules.settle * 10)
    office.look(times=2)

    assert (office.claimed, len(office.archived)) == ([], 1)
    assert len(office.items()) == 2


def test_a_folder_that_cannot_be_read_is_told_once_and_tried_again(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.drop()
    real = os.open

    def denied(path: Any, flags: int, *args: Any, **fds: Any) -> int:
        if path == "entries":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, flags, *args, **fds)

    with monkeypatch.context() as patch:
        patch.setattr("deskhand.triggers.drop_folders.os.open", denied)
        office.look(times=3)
    troubled = office.heard()
    office.look(times=2)

    assert troubled == ["drop_folder_troubled"]
    assert len(office.items()) == 2


def test_a_disk_that_is_full_delays_the_answers_and_nothing_else(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def full(fd: int) -> None:
        if "/outbox/" in str(Path(f"/proc/self/fd/{fd}").readlink()):
            raise OSError(errno.ENOSPC, "No space left on device")
        real(fd)

    with monkeypatch.context() as patch:
        patch.setattr("deskhand.intake.answers.os.fsync", full)
        office.take()
        office.take("next.csv", OTHER)
    before = office.answers()
    office.clock.turn(office.loop.rules.settle * 10)
    office.look()

    assert before == {}
    assert office.heard().count("drop_troubled") >= 1
    assert len(office.items()) == 3
    assert len(office.answers()) == 6


def test_a_file_that_cannot_be_read_just_now_is_not_refused(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.open

    def away(path: Path, *args: Any, **kwargs: Any) -> Any:
        if "claimed" in path.parts:
            raise OSError(errno.EIO, "Input/output error")
        return real(path, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr("deskhand.intake.text.Path.open", away)
        office.take()
    refused, records = office.refused, office.files()
    office.clock.turn(office.loop.rules.settle * 10)
    office.look()

    assert (refused, records) == ([], [])
    assert len(office.items()) == 2


def test_a_file_over_which_the_reader_stumbles_stops_no_other_one(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = CsvReader.check

    def stumble(reader: CsvReader, file: Path) -> None:
        if file.name.endswith("bad.csv"):
            raise RecursionError
        real(reader, file)

    monkeypatch.setattr(CsvReader, "check", stumble)
    office.drop("bad.csv", OTHER)
    office.take()

    assert [item.reference for item in office.items()] == ["E-1", "E-2"]
    (case,) = office.cases()
    assert (case.code, len(office.claimed)) == ("DROP_FAILED", 1)
    assert "RecursionError" in office.told(case)


def test_a_client_whose_answer_cannot_be_made_keeps_no_other_one_from_its_own(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = answers.write_drop_answers

    def stumble(place: Workplace, drop: DroppedFile) -> list[Total]:
        if drop.name == "bad.csv":
            raise ArithmeticError
        return real(place, drop)

    monkeypatch.setattr("deskhand.bootstrap.drops.write_drop_answers", stumble)
    office.take("bad.csv", OTHER)
    office.take()
    office.clock.turn(timedelta(minutes=1))
    office.look()

    assert len(office.answers()) == 3
    (case,) = office.cases()
    assert "ArithmeticError" in office.told(case)


def test_a_store_that_is_away_loses_nothing(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> Any:
        raise StoreUnavailableError("here", "away")

    office.drop()
    office.look()
    with monkeypatch.context() as patch:
        patch.setattr("deskhand.runtime.drop_loop.begin_drop", away)
        with pytest.raises(StoreUnavailableError):
            office.look()
    office.look(times=2)

    assert len(office.items()) == 2


def test_a_trouble_that_does_not_pass_is_a_case(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.drop()
    real = Path.open

    def denied(path: Path, *args: Any, **kwargs: Any) -> Any:
        if "claimed" in path.parts:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, *args, **kwargs)

    monkeypatch.setattr("deskhand.intake.text.Path.open", denied)
    for _ in range(8):
        office.look()
        office.clock.turn(timedelta(seconds=15))

    (case,) = office.cases()
    assert (case.code, case.kind.value) == ("DROP_FAILED", "system")
    assert "permission denied" in office.told(case)
    assert (len(office.claimed), office.refused) == (1, [])


def test_a_host_that_is_told_to_stop_leaves_a_file_in_good_order(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accept_file, "BATCH_ROWS", 1)
    office.drop()
    office.look()
    begun = threading.Event()
    real = accept_file._Taking.batch

    def slow(taking: Any, file: Any, rows: Any) -> Any:
        further = real(taking, file, rows)
        begun.set()
        assert taking.delivery.stop.wait(30)
        return further

    async def cancelled() -> None:
        turn = asyncio.create_task(office.loop.tick())
        await asyncio.to_thread(begun.wait, 30)
        turn.cancel()
        await asyncio.gather(turn, return_exceptions=True)

    with monkeypatch.context() as patch:
        patch.setattr(accept_file._Taking, "batch", slow)
        asyncio.run(cancelled())
    (left,) = office.unended()
    (file,) = office.files()
    office.start_host()
    office.look(times=3)

    assert (file.state, file.taken_rows, left.tries) == (FileState.TAKING, 1, 0)
    assert [item.reference for item in office.items()] == ["E-1", "E-2"]


def test_a_folder_of_claimed_files_on_another_disk_is_told_with_what_to_do(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.rename

    def rename(source: Any, target: Any, **fds: Any) -> None:
        if fds["src_dir_fd"] != fds["dst_dir_fd"]:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        real(source, target, **fds)

    file = office.drop()
    with monkeypatch.context() as patch:
        patch.setattr("deskhand.triggers.moving.os.rename", rename)
        office.look(times=8)
    (case,) = office.cases()
    office.look()

    assert case.code == "DROP_FAILED"
    assert "must be plain folders of the drop folder's disk" in office.told(case)
    assert (file.exists(), len(office.items())) == (False, 2)
