"""From a drop folder to items, the archive and the answers."""

import os
from datetime import timedelta

from deskhand.domain.intake_file import FileState
from deskhand.domain.work_item import ItemState
from deskhand.runtime.drop_loop import AT_ONCE
from deskhand.use_cases.pause_trigger import TriggerWord, pause_trigger, resume_trigger
from tests.making import ANN, move_item
from tests.making_workbooks import a_workbook
from tests.practice.drop_office import CLIENT, GOOD, OTHER, SETTLE, TRIGGER, DropOffice

ACCOUNT = '  - {{portal: ledger, client: {}, url: "https://ledger.example"}}\n'


def test_a_file_that_has_settled_becomes_items_and_is_archived(office: DropOffice) -> None:
    office.take()

    assert [item.reference for item in office.items()] == ["E-1", "E-2"]
    (file,) = office.files()
    assert (file.name, file.client, file.state) == ("day.csv", CLIENT, FileState.TAKEN)
    assert file.path == str(office.inbox / "day.csv")
    (archived,) = office.archived
    assert archived.parent == office.folder / "archive" / CLIENT / "2026-05-04"
    assert archived.name.endswith("-day.csv")
    assert archived.read_text() == GOOD
    assert (office.claimed, list(office.inbox.glob("*.csv"))) == ([], [])


def test_a_file_that_is_still_written_is_left_alone(office: DropOffice) -> None:
    file = office.drop(content="number,amount\nE-1,12")
    office.look()
    file.write_text("number,amount\nE-1,12.10\n")
    office.look()

    assert (office.items(), file.is_file()) == ([], True)
    office.look()
    assert [item.amount for item in office.items()] == ["12.10"]


def test_a_file_that_only_grows_older_settles_by_our_clock_not_by_its_own(
    office: DropOffice,
) -> None:
    file = office.drop()
    os.utime(file, (0, 0))

    office.loop.look()

    assert office.items() == []


def test_what_is_being_written_or_only_a_lock_is_not_taken(office: DropOffice) -> None:
    for name in (
        ".day.csv",
        "~$day.csv",
        "day.csv.part",
        "day.csv.tmp",
        "day.csv.filepart",
        "a.txt",
    ):
        office.drop(name)

    office.look(times=3)

    assert office.files() == []
    assert len(list(office.inbox.iterdir())) == 6


def test_an_empty_file_is_given_a_minute_to_be_written(office: DropOffice) -> None:
    file = office.drop(content="")
    office.look(times=5)
    waiting = file.is_file()
    office.look(times=30)

    assert waiting
    assert len(office.refused) == 2


def test_answers_that_were_written_beside_a_file_by_hand_are_no_drops(office: DropOffice) -> None:
    for kind in ("results", "rejects", "totals"):
        office.drop(f"day.csv.{kind}.csv")
    office.take("lab.results.csv")

    assert [file.name for file in office.files()] == ["lab.results.csv"]


def test_the_answers_are_written_when_the_file_is_in_and_again_at_rest(
    office: DropOffice,
) -> None:
    office.take(content=GOOD + "nonsense,1.00\n")
    first = office.answers()
    office.look(times=5)
    unchanged = office.answers()
    office.rest()
    office.look(times=5)

    assert first["day.csv.results.csv"][1:] == unchanged["day.csv.results.csv"][1:]
    assert [line.split(",")[1] for line in first["day.csv.results.csv"][1:]] == [
        "open",
        "open",
        "rejected",
    ]
    results = office.answers()["day.csv.results.csv"]
    assert [line.split(",")[1] for line in results[1:]] == ["done", "done", "rejected"]
    assert office.answers()["day.csv.rejects.csv"][1].startswith("3,4,number,")
    assert "rows,3," in office.answers()["day.csv.totals.csv"][1]
    assert office.unended() == []
    (file,) = office.files()
    assert office.records(file.stream) == [
        "file.accepted",
        "file.finished",
        "file.answered",
        "file.answered",
    ]


def test_as_long_as_a_person_may_change_something_the_answers_follow(office: DropOffice) -> None:
    office.take(content=OTHER)
    office.rest(ItemState.WITH_PERSON)
    office.look(times=4)
    with_person = office.answers()["day.csv.results.csv"][1].split(",")[1]
    left = office.unended()
    with office.place.store.transaction() as tx:
        (item,) = office.items()
        move_item(tx, item, ItemState.REJECTED)
    office.look(times=4)

    assert (with_person, len(left)) == ("with_person", 1)
    assert office.answers()["day.csv.results.csv"][1].split(",")[1] == "rejected_by_person"
    assert office.unended() == []


def test_the_same_content_under_another_name_is_told_archived_and_answered(
    office: DropOffice,
) -> None:
    office.take()
    office.take("again.csv")

    assert len(office.items()) == 2
    (file,) = office.files()
    assert office.records(file.stream).count("file.repeated") == 1
    assert sorted(one.name.split("-", 2)[2] for one in office.archived) == ["again.csv", "day.csv"]
    assert "again.csv.results.csv" in office.answers()
    assert office.heard().count("drop_repeated") == 1


def test_workbooks_are_dropped_like_any_other_file(office: DropOffice) -> None:
    book = a_workbook([["number", "amount"], ["E-1", 12.1], ["E-2", 0.1 + 0.2]])

    office.take("day.xlsx", book)

    assert [(item.reference, item.amount) for item in office.items()] == [
        ("E-1", "12.10"),
        ("E-2", "0.30"),
    ]


def test_a_file_of_the_same_name_overwrites_nothing(office: DropOffice) -> None:
    office.take()
    office.take(content=OTHER)

    assert sorted(one.read_text() for one in office.archived) == [GOOD, OTHER]
    assert len(list((office.folder / "outbox" / CLIENT).glob("*day.csv.results.csv"))) == 2


def test_rows_may_name_files_that_lie_in_the_drop_folder_and_nowhere_else(
    office: DropOffice,
) -> None:
    secret = office.folder / "secret.pdf"
    secret.write_text("%PDF")
    office.drop("letter.pdf", "%PDF")
    (office.inbox / "away.pdf").symlink_to(secret)
    rows = ["letter.pdf", "away.pdf", "../../../secret.pdf", str(secret), "none.pdf"]
    text = "number,amount,letter\n" + "".join(f"E-{n},1.00,{p}\n" for n, p in enumerate(rows))

    office.take(content=text)

    assert [item.reference for item in office.items()] == ["E-0"]
    reasons = [line.split(",")[3] for line in office.answers()["day.csv.rejects.csv"][1:]]
    assert reasons[0] == "letter: the name leads out of the delivery's folder"
    assert reasons[3] == "letter: there is no such file beside the delivery"
    assert not any("secret" in reason for reason in reasons)


def test_a_row_that_names_a_file_that_no_disk_could_hold_is_set_aside_alone(
    office: DropOffice,
) -> None:
    name = "x" * 300 + ".pdf"
    office.take(content=f"number,amount,letter\nE-1,12.10,{name}\nE-2,7.00,\n")

    assert [item.reference for item in office.items()] == ["E-2"]
    assert "the name is none that a file can have" in office.answers()["day.csv.rejects.csv"][1]
    assert office.cases() == []


def test_a_client_that_drops_very_many_files_keeps_nobody_else_waiting(
    office: DropOffice,
) -> None:
    many = AT_ONCE + 20
    accounts = office.folder / "accounts.yaml"
    accounts.write_text(f"{accounts.read_text()}{ACCOUNT.format('lakeside')}")
    vars(office.place).pop("accounts", None)
    office.start_host()
    for number in range(many):
        office.drop(f"{number:03}.csv", f"number,amount\nE-{number},1.00\n")
    late = office.inbox.parents[1] / "lakeside" / "entries"
    late.mkdir(parents=True)
    (late / "day.csv").write_text(GOOD)
    office.look()

    more = office.loop.look()

    taken = {file.client for file in office.files()}
    assert (more, taken, len(office.items())) == (True, {CLIENT, "lakeside"}, AT_ONCE + 1)
    assert len(office.answers()) == 3 * (AT_ONCE - 1)
    assert not office.loop.look()
    assert len(office.items()) == many + 2


def test_a_client_without_an_account_is_told_of_once_and_not_taken_in(office: DropOffice) -> None:
    stranger = office.folder / "inbox" / "nobody" / "entries" / "day.csv"
    stranger.parent.mkdir(parents=True)
    stranger.write_text(GOOD)

    office.look(times=3)
    office.start_host()
    office.look(times=3)

    assert (office.files(), stranger.is_file()) == ([], True)
    (case,) = office.cases()
    assert (case.code, case.client, case.queue) == ("CLIENT_UNKNOWN", "nobody", "ops")
    assert "no account ledger/nobody" in office.told(case)


def test_a_paused_trigger_claims_nothing_and_goes_on_when_it_is_resumed(
    office: DropOffice,
) -> None:
    word = TriggerWord(name=TRIGGER, by=ANN, reason="audit week")
    pause_trigger(word, store=office.place.store, clock=office.clock)
    office.take()
    paused = office.files()
    resume_trigger(word, store=office.place.store, clock=office.clock)
    office.look()

    assert (paused, len(office.files())) == ([], 1)


def test_the_time_of_the_last_look_is_kept(office: DropOffice) -> None:
    office.look(times=1)
    before = office.clock.now()
    office.clock.turn(timedelta(minutes=1))
    office.look()

    with office.place.store.reading() as tx:
        known = tx.triggers.known(TRIGGER)
    assert known is not None
    assert known.decided_to == before + timedelta(minutes=1)
    assert timedelta(minutes=1) > SETTLE
