"""Files given by hand that were not taken in to their end: who goes on with them, and with what."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deskhand.bootstrap.deliveries import accept, begun_files, resume
from deskhand.domain.intake_file import FileState
from deskhand.errors import BrokenFileError
from deskhand.use_cases import accept_file
from tests.making import ANN
from tests.practice.drop_office import CLIENT, GOOD, OTHER, DropOffice, open_drop_office


class Died(BaseException):
    """The process is gone: nothing in it goes on."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[DropOffice]:
    with open_drop_office(tmp_path / "project") as opened:
        yield opened


@pytest.fixture
def begun(office: DropOffice, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that was given by hand, of which one row of two is in."""
    file = office.folder / "day.csv"
    file.write_text(GOOD, encoding="utf-8")
    real = accept_file._Taking.batch

    def dies(*args: Any) -> None:
        real(*args)
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(accept_file, "BATCH_ROWS", 1)
        patch.setattr(accept_file._Taking, "batch", dies)
        with pytest.raises(Died):
            accept(office.place, "ledger.check", file, client=CLIENT, by=ANN)
    office.clock.turn(accept_file.LEASE * 2)
    return file


def test_the_next_start_takes_in_the_rest(office: DropOffice, begun: Path) -> None:
    (file,) = begun_files(office.place)

    resume(office.place, file, by=ANN)

    assert begun.exists()
    assert [one.state for one in office.files()] == [FileState.TAKEN]
    assert [item.reference for item in office.items()] == ["E-1", "E-2"]


def test_what_lies_in_its_place_by_now_is_not_taken_in_for_it(
    office: DropOffice, begun: Path
) -> None:
    begun.write_text(OTHER, encoding="utf-8")
    (file,) = begun_files(office.place)

    with pytest.raises(BrokenFileError, match="other content"):
        resume(office.place, file, by=ANN)

    assert [item.reference for item in office.items()] == ["E-1"]
    assert begun_files(office.place) == [file]


def test_what_was_begun_goes_on_when_its_content_is_given_anew(
    office: DropOffice, begun: Path
) -> None:
    again = begun.rename(begun.with_name("again.csv"))

    accept(office.place, "ledger.check", again, client=CLIENT, by=ANN)

    assert begun_files(office.place) == []
    assert len(office.items()) == 2
