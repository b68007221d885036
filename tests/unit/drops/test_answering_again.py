"""Answers that people ask for: `deskhand files answer`, and beside a file that is given again."""

from datetime import timedelta
from pathlib import Path

from click.testing import CliRunner

from deskhand.bootstrap.answers import targets_beside, targets_in
from deskhand.bootstrap.deliveries import accept
from deskhand.cli.entry import deskhand
from tests.making import ANN
from tests.practice.drop_office import CLIENT, GOOD, OTHER, DropOffice


def answer(office: DropOffice, *words: str) -> str:
    ended = CliRunner().invoke(
        deskhand, ["--project", str(office.folder), "files", "answer", *words]
    )
    assert ended.exit_code == 0, ended.exception
    return ended.output


def give(office: DropOffice, content: str) -> Path:
    """Take in what is given by hand, always at the same place."""
    file = office.folder / "by-hand" / "day.csv"
    file.parent.mkdir(exist_ok=True)
    file.write_text(content, encoding="utf-8")
    accept(office.place, "ledger.check", file, client=CLIENT, by=ANN)
    office.clock.turn(timedelta(seconds=1))  # files of one moment have no order
    return file


def test_what_was_dropped_is_answered_in_the_outbox_and_not_where_the_client_writes(
    office: DropOffice,
) -> None:
    office.take()
    office.take(content=OTHER)
    before = sorted((office.folder / "outbox").rglob("*.csv"))
    office.rest()

    answer(office)

    assert sorted((office.folder / "outbox").rglob("*.csv")) == before
    results = [one.read_text() for one in before if one.name.endswith(".results.csv")]
    assert [one.count("done") for one in results] == [2, 1]
    assert list(office.inbox.glob("*.csv")) == []


def test_answers_of_one_clients_files_of_one_name_do_not_overwrite_each_other(
    office: DropOffice, tmp_path: Path
) -> None:
    give(office, GOOD)
    give(office, OTHER)

    answer(office, "--to", str(tmp_path / "answers"))

    results = [one.read_text() for one in (tmp_path / "answers").glob("*.results.csv")]
    assert sorted(one.count("E-") for one in results) == [1, 2]


def test_a_file_in_whose_place_a_later_one_lies_is_not_answered_beside_that(
    office: DropOffice,
) -> None:
    give(office, GOOD)
    file = give(office, OTHER)
    first, _ = office.files()

    told = answer(office)

    results = file.with_name("day.csv.results.csv").read_text()
    assert ("E-3" in results, "E-1" in results) == (True, False)
    assert f"deskhand files answer {first.id} --to FOLDER" in told


def test_names_are_plain_where_they_do_not_meet(office: DropOffice, tmp_path: Path) -> None:
    give(office, GOOD)
    (file,) = office.files()

    assert targets_in(tmp_path, [file]) == {file.id: tmp_path / "harbor.day.csv"}
    assert targets_beside([file]) == {file.id: Path(file.path)}
