"""Hostile and worst files: nothing is followed or opened, and the loop goes on."""

import os
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deskhand.bootstrap.drops import watched_files
from deskhand.domain.drop import LONGEST_NAME
from deskhand.errors import SettingsError
from tests.practice.drop_office import (
    BROKEN,
    CLIENT,
    GOOD,
    OTHER,
    TRIGGER,
    DropOffice,
    open_drop_office,
    write_runbook,
)


def refused_why(office: DropOffice) -> str:
    (why,) = [one for one in office.refused if one.name.endswith(".why.txt")]
    return why.read_text(encoding="utf-8")


def test_a_broken_file_is_refused_with_its_reason_and_a_case(office: DropOffice) -> None:
    office.take(content=BROKEN)

    assert "day.csv was refused: line 2: a quote that opens" in refused_why(office)
    assert "E-1" not in refused_why(office)
    (case,) = office.cases()
    assert (case.code, case.kind.value, case.queue) == (
        "FILE_REFUSED",
        "business",
        "ledger.check-review",
    )
    assert "line 2" in office.told(case)
    office.take()
    assert len(office.items()) == 2


def make_link(office: DropOffice, name: str) -> None:
    secret = office.folder / "secret.csv"
    secret.write_text(GOOD)
    (office.inbox / name).symlink_to(secret)


def make_second_name(office: DropOffice, name: str) -> None:
    secret = office.folder / "secret.csv"
    secret.write_text(GOOD)
    os.link(secret, office.inbox / name)


def make_pipe(office: DropOffice, name: str) -> None:
    os.mkfifo(office.inbox / name)


def make_folder(office: DropOffice, name: str) -> None:
    (office.inbox / name).mkdir()
    (office.inbox / name / "inner.csv").write_text(GOOD)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (make_link, "it is a link"),
        (make_second_name, "it is a file with a second name"),
        (make_pipe, "it is a pipe"),
        (make_folder, "it is a folder"),
    ],
)
def test_only_plain_files_are_opened(office: DropOffice, make: Any, what: str) -> None:
    office.drop("first.txt")
    make(office, "day.csv")

    office.look(times=3)

    assert what in refused_why(office)
    assert office.items() == []
    (case,) = office.cases()
    assert case.code == "FILE_REFUSED"
    assert office.records(f"trigger:{TRIGGER}") == ["file.refused", "case.opened"]
    assert not (office.inbox / "day.csv").exists()


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("d\x1b[31may.csv", "characters that cannot be shown"),
        ("\u202evsc.csv", "characters that cannot be shown"),
        (os.fsdecode(b"d\xffay.csv"), "characters that cannot be shown"),
        ("x" * 240 + ".csv", "longer than 200 bytes"),
    ],
)
def test_a_name_that_plays_tricks_is_refused(office: DropOffice, name: str, what: str) -> None:
    office.take(name)

    assert what in refused_why(office)
    assert office.items() == []
    assert all(char.isprintable() for one in office.refused for char in one.name)


def test_files_of_a_kind_that_no_trigger_takes_are_told_of_and_those_that_rows_name_are_not(
    office: DropOffice,
) -> None:
    for name in ("claims.XLS", "more.xls", "letter.pdf", "day.txt", "half.zip.part"):
        office.drop(name)

    office.look(times=3)

    (told,) = [said for event, said in office.observer.heard if event == "drop_folder_troubled"]
    assert str(told["problem"]).startswith(
        "inbox/harbor/entries: no trigger takes .txt, .xls files here"
    )
    assert office.items() == []
    assert len(list(office.inbox.iterdir())) == 5


def test_the_longest_name_that_is_taken_is_answered_too(office: DropOffice) -> None:
    name = "x" * (LONGEST_NAME - len(".csv")) + ".csv"

    office.take(name)

    assert len(office.items()) == 2
    assert sorted(office.answers()) == [
        f"{name}.{kind}.csv" for kind in ("rejects", "results", "totals")
    ]


def test_what_a_client_puts_among_the_claimed_files_costs_nobody_an_answer(
    office: DropOffice,
) -> None:
    planted = office.inbox / "claimed" / "99999999T999999-00000000-day.csv"
    planted.parent.mkdir(parents=True)
    planted.write_text(OTHER)
    office.look(times=3)

    office.take()
    office.look(times=4)

    assert len(office.answers()) == 3
    assert planted.exists()


@pytest.mark.parametrize("ours", ["claimed", "refused"])
def test_one_of_our_folders_that_is_none_is_named_in_the_case(
    office: DropOffice, ours: str
) -> None:
    office.drop(content=BROKEN)
    (office.inbox / ours).symlink_to(office.folder)

    for _ in range(9):
        office.look()
        office.clock.turn(timedelta(seconds=15))

    (failed,) = [case for case in office.cases() if case.code == "DROP_FAILED"]
    assert f"{ours}/ in it is a link or no folder" in office.told(failed)
    assert office.told(failed).count("inbox/harbor/entries") == 2  # where, and what next


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    with open_drop_office(tmp_path / "p", settings="\n[files]\nmax_bytes = 30\n") as office:
        office.take()

        assert "at most 30 are taken in (files.max_bytes)" in refused_why(office)
        assert office.files() == []


@pytest.mark.parametrize("link", ["inbox/harbor", "inbox/harbor/entries", "claimed", "refused"])
def test_a_folder_that_a_client_made_a_link_is_not_entered(office: DropOffice, link: str) -> None:
    elsewhere = office.folder / "elsewhere"
    (elsewhere / "entries").mkdir(parents=True)
    for folder in (elsewhere, elsewhere / "entries"):
        (folder / "day.csv").write_text(GOOD)
    place = office.folder / link
    if link in ("claimed", "refused"):
        office.drop(content=BROKEN)
        place = office.inbox / link
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(elsewhere)

    office.look(times=3)

    assert office.items() == []
    assert sorted(one.name for one in elsewhere.iterdir()) == ["day.csv", "entries"]
    assert {"drop_folder_troubled", "drop_troubled"} & set(office.heard())


def test_the_operators_own_link_to_the_inbox_is_followed(office: DropOffice) -> None:
    disk = office.folder.parent / "disk"
    (disk / CLIENT / "entries").mkdir(parents=True)
    (office.folder / "inbox").symlink_to(disk)

    office.take()

    assert len(office.items()) == 2
    (file,) = office.files()
    assert file.path == str(disk / CLIENT / "entries" / "day.csv")


def test_the_folder_of_claimed_files_is_for_us_alone(office: DropOffice) -> None:
    office.take()

    mode = stat.S_IMODE((office.inbox / "claimed").stat().st_mode)
    assert mode & 0o077 == 0


def test_archive_and_outbox_are_closed_to_others_whatever_the_umask(office: DropOffice) -> None:
    before = os.umask(0)
    try:
        office.take()
    finally:
        os.umask(before)

    made = [office.folder / name for name in ("archive", "outbox")]
    folders = [each for top in made for each in (top, *top.rglob("*")) if each.is_dir()]
    assert len(folders) > len(made)
    assert [str(each) for each in folders if each.stat().st_mode & 0o027] == []


def test_two_runbooks_that_want_the_same_files_are_told_apart_before_anything_starts(
    office: DropOffice,
) -> None:
    write_runbook(office.folder, name="ledger.other", pattern="inbox/harbor/*/day-*.csv")

    with pytest.raises(SettingsError, match=r"of ledger\.check, too: which of the two runbooks"):
        watched_files(office.place)


def test_logs_name_no_file(office: DropOffice) -> None:
    office.take("marlow-ann.csv")
    office.take("marlow-ann.csv", BROKEN)

    assert "marlow" not in str(office.observer.heard)
