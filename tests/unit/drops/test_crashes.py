"""Whatever a host does when it dies, the next one ends it, and nothing is done twice or lost."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import deskhand.bootstrap.drops
import deskhand.runtime.drop_loop
from deskhand.bootstrap.deliveries import begun_files
from deskhand.domain.intake_file import FileState
from deskhand.errors import BrokenFileError
from deskhand.intake.csv import CsvReader
from deskhand.ports.reader import BadRow, Row
from deskhand.runtime.drop_loop import DropLoop
from deskhand.triggers import moving
from deskhand.triggers.drop_folders import PolledFolders
from deskhand.use_cases import accept_file
from tests.practice.drop_office import BROKEN, GOOD, TRIGGER, DropOffice

PLACES: dict[str, tuple[Any, str]] = {
    "claim": (PolledFolders, "claim"),
    "begin": (deskhand.runtime.drop_loop, "begin_drop"),
    "batch": (accept_file._Taking, "batch"),
    "finish": (accept_file._Taking, "finish"),
    "note": (deskhand.runtime.drop_loop, "note_taken"),
    "archive": (PolledFolders, "archive"),
    "write": (deskhand.bootstrap.drops._Answers, "write"),
    "answered": (deskhand.runtime.drop_loop, "note_answered"),
    "note_refused": (deskhand.runtime.drop_loop, "note_refused"),
    "refuse": (PolledFolders, "refuse"),
}
TAKING = ("claim", "begin", "batch", "finish", "note", "archive", "write", "answered")
REFUSING = ("claim", "begin", "note_refused", "refuse")
EDGES = [(side, place) for place in TAKING for side in ("before", "after")]
REFUSED_EDGES = [(side, place) for place in REFUSING for side in ("before", "after")]


class Died(BaseException):
    """The process is gone: nothing in it goes on."""


def dying(real: Callable[..., Any], *, side: str) -> Callable[..., Any]:
    def die(*args: Any, **kwargs: Any) -> Any:
        if side == "after":
            real(*args, **kwargs)
        raise Died

    return die


def die_at(office: DropOffice, side: str, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a host look until it dies at the place; then another one begins."""
    owner, name = PLACES[place]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dying(getattr(owner, name), side=side))
        patch.setattr(accept_file, "BATCH_ROWS", 1)
        with pytest.raises(Died):
            office.look(times=3)
    # What it held in the store runs out.
    office.clock.turn(accept_file.LEASE * 2)
    office.start_host()


@pytest.mark.parametrize(("side", "place"), EDGES)
def test_a_file_is_taken_in_once_wherever_its_host_died(
    office: DropOffice, side: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.drop(content=GOOD)
    die_at(office, side, place, monkeypatch)

    office.look(times=4)
    office.rest()
    office.look(times=4)

    assert [item.reference for item in office.items()] == ["E-1", "E-2"]
    (file,) = office.files()
    records = office.records(file.stream)
    assert records[:2] == ["file.accepted", "file.finished"]
    assert set(records[2:]) == {"file.answered"}
    assert (len(office.archived), office.claimed, office.unended()) == (1, [], [])
    assert "done" in office.answers()["day.csv.results.csv"][1]


@pytest.mark.parametrize(("side", "place"), REFUSED_EDGES)
def test_a_broken_file_is_refused_once_wherever_its_host_died(
    office: DropOffice, side: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.drop(content=BROKEN)
    die_at(office, side, place, monkeypatch)

    office.look(times=4)

    assert office.items() == []
    (file,) = office.files()
    assert office.records(file.stream) == ["file.refused"]
    (case,) = office.cases()
    assert case.code == "FILE_REFUSED"
    assert [one.name.split("-", 2)[2] for one in office.refused] == ["day.csv", "day.csv.why.txt"]
    assert (office.claimed, office.unended()) == ([], [])


def test_a_file_that_was_begun_in_a_drop_folder_is_left_to_its_loop(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.drop()
    die_at(office, "before", "finish", monkeypatch)

    assert [file.state for file in office.files()] == [FileState.TAKING]
    assert begun_files(office.place) == []


def test_a_file_over_which_workers_die_is_left_to_a_person(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.drop()
    for _ in range(5):
        die_at(office, "before", "batch", monkeypatch)

    office.look(times=4)

    (case,) = office.cases()
    assert case.code == "DROP_FAILED"
    assert "5 workers died over it" in office.told(case)
    assert len(office.claimed) == 1
    office.claimed[0].rename(office.inbox / "day.csv")
    office.look(times=3)
    assert len(office.items()) == 2


def test_a_file_that_grew_after_its_host_died_loses_no_row(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.drop(content=GOOD)
    with monkeypatch.context() as patch:
        patch.setattr(accept_file, "BATCH_ROWS", 1)
        real = accept_file._Taking.batch
        seen: list[int] = []

        def die_at_second(taking: Any, file: Any, rows: Any) -> Any:
            seen.append(1)
            if len(seen) == 2:
                raise Died
            return real(taking, file, rows)

        patch.setattr(accept_file._Taking, "batch", die_at_second)
        with pytest.raises(Died):
            office.look(times=3)
    with office.claimed[0].open("a") as stream:
        stream.write("E-3,3.00\n")
    office.clock.turn(accept_file.LEASE * 2)
    office.start_host()
    office.look(times=4)

    assert [item.reference for item in office.items()] == ["E-1", "E-2", "E-3"]
    with office.place.store.reading() as tx:
        assert sum(tx.items.ready_by_account().values()) == 3
    office.rest()
    office.look(times=4)
    assert office.unended() == []


def test_a_file_that_grows_while_it_is_taken_in_is_taken_in_to_its_end(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.drop(content=GOOD)
    real = accept_file._Taking.finish

    def grow(taking: Any, file: Any) -> Any:
        finished = real(taking, file)
        with office.claimed[0].open("a") as stream:
            stream.write("E-3,3.00\n")
        return finished

    with monkeypatch.context() as patch:
        patch.setattr(accept_file._Taking, "finish", grow)
        office.look(times=2)
    grown = office.heard()
    office.look(times=3)

    assert "drop_grew" in grown
    assert [item.reference for item in office.items()] == ["E-1", "E-2", "E-3"]
    assert [one.read_text() for one in office.archived] == [GOOD + "E-3,3.00\n"]


def test_of_two_hosts_one_takes_a_file_and_the_other_leaves_it_alone(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.drop()
    first = office.loop
    second: DropLoop = office.host()
    first.look()
    second.look()
    office.clock.turn(first.rules.settle)
    real = accept_file._Taking.finish

    def meanwhile(taking: Any, file: Any) -> Any:
        second.look()
        return real(taking, file)

    with monkeypatch.context() as patch:
        patch.setattr(accept_file._Taking, "finish", meanwhile)
        first.look()
    second.look()

    assert len(office.items()) == 2
    assert len(office.archived) == 1
    assert office.heard().count("drop_taken") == 1


def test_a_file_that_another_host_claims_first_is_no_trouble(office: DropOffice) -> None:
    office.drop()
    office.loop.look()
    office.clock.turn(office.loop.rules.settle)
    look = office.loop.folders.look()
    (office.inbox / "day.csv").unlink()

    assert office.loop.folders.claim(look.waiting[0], "20260504T090000-00000000") is None  # type: ignore[arg-type]
    office.look(times=2)

    assert office.heard() == []
    assert TRIGGER in {place.trigger for place in look.places}


def test_a_file_that_is_replaced_before_it_is_claimed_settles_once_more(
    office: DropOffice,
) -> None:
    office.drop()
    office.loop.look()
    office.clock.turn(office.loop.rules.settle)
    (settled,) = office.loop.folders.look().waiting
    office.drop("new.csv", "number,amount\nE-9,9.00\n").replace(office.inbox / "day.csv")
    claimed = office.loop.folders.claim(settled, "20260504T090000-00000000")  # type: ignore[arg-type]
    office.loop.look()
    too_early = office.items()
    office.clock.turn(office.loop.rules.settle)
    office.look()

    assert claimed is not None
    assert claimed.mark != settled.mark
    assert too_early == []
    assert [item.reference for item in office.items()] == ["E-9"]
    assert moving.CLAIMED == "claimed"


@pytest.mark.parametrize("ended", [False, True])
def test_a_file_whose_upload_goes_on_in_the_archive_is_taken_in_to_its_end(
    office: DropOffice, ended: bool
) -> None:
    office.take(content=GOOD)
    if ended:
        office.rest()
        office.look(times=4)
    was_left = len(office.unended())
    with office.archived[0].open("a") as stream:
        stream.write("E-3,3.00\n")
    office.look(times=8)
    office.rest()
    office.look(times=4)

    assert was_left == (0 if ended else 1)
    assert [item.reference for item in office.items()] == ["E-1", "E-2", "E-3"]
    assert [one.read_text() for one in office.archived] == [GOOD + "E-3,3.00\n"]
    assert (office.claimed, office.unended()) == ([], [])
    assert len(office.answers()["day.csv.results.csv"]) == 4


def test_rows_that_were_taken_before_a_file_became_a_broken_one_are_items_like_others(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.drop(content=GOOD)
    real = CsvReader.rows

    def change(reader: CsvReader, file: Path) -> Iterator[Row | BadRow]:
        yield next(iter(real(reader, file)))
        with file.open("a") as stream:
            stream.write('E-3,"3.00\n')
        raise BrokenFileError(file, "is not what it was")

    with monkeypatch.context() as patch:
        patch.setattr(accept_file, "BATCH_ROWS", 1)
        patch.setattr(CsvReader, "rows", change)
        office.look(times=2)
    office.clock.turn(accept_file.LEASE * 2)
    office.look(times=3)

    (case,) = office.cases()
    assert "a quote that opens in this row is never closed" in office.told(case)
    assert "1 rows were taken in before it changed" in office.told(case)
    with office.place.store.reading() as tx:
        assert sum(tx.items.ready_by_account().values()) == 1
    office.take(content=GOOD)
    assert [item.reference for item in office.items()] == ["E-1", "E-2"]
