import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from deskhand.domain.sealed import Sealed
from deskhand.logs.observer import LogObserver
from deskhand.logs.setup import ALLOWED, set_up_logs

SECRET = "W123456789"


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def lines(file: Path) -> list[dict[str, Any]]:
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return [json.loads(line) for line in text.splitlines()]


def test_an_event_becomes_a_line_with_its_fields_and_the_time(tmp_path: Path) -> None:
    set_up_logs(file := tmp_path / "logs" / "worker.jsonl")

    LogObserver().tell("attempt_ended", attempt="i1:1", outcome="done", count=3)

    (line,) = lines(file)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "attempt_ended",
        "attempt": "i1:1",
        "outcome": "done",
        "count": 3,
        "level": "info",
    }


def test_a_field_that_is_not_allowed_keeps_its_name_and_loses_its_value(tmp_path: Path) -> None:
    set_up_logs(file := tmp_path / "worker.jsonl")

    LogObserver().tell("filled", member=SECRET, password=SECRET, fields={"a": SECRET}, item="i1")

    (line,) = lines(file)
    assert SECRET not in file.read_text()
    assert (line["member"], line["password"], line["fields"]) == ("***", "***", "***")
    assert line["item"] == "i1"


def test_a_sealed_value_in_an_allowed_field_shows_nothing(tmp_path: Path) -> None:
    set_up_logs(file := tmp_path / "worker.jsonl")

    LogObserver().tell("filled", item=Sealed(SECRET), problem=[Sealed(SECRET)])

    assert SECRET not in file.read_text()
    assert lines(file)[0]["item"] == "***"


def test_an_error_with_its_traceback_is_not_written(tmp_path: Path) -> None:
    set_up_logs(file := tmp_path / "worker.jsonl")

    try:
        int(SECRET)
    except ValueError:
        structlog.get_logger().exception("went_wrong", item="i1")

    assert SECRET not in file.read_text()
    assert lines(file)[0]["event"] == "went_wrong"


def test_what_is_bound_around_an_event_is_held_to_the_same_list(tmp_path: Path) -> None:
    set_up_logs(file := tmp_path / "worker.jsonl")

    with structlog.contextvars.bound_contextvars(worker="w1", member=SECRET):
        LogObserver().tell("filled")

    (line,) = lines(file)
    assert (line["worker"], line["member"]) == ("w1", "***")


def test_debug_lines_are_written_only_when_wanted(tmp_path: Path) -> None:
    written = []
    for number, verbose in enumerate((False, True)):
        set_up_logs(file := tmp_path / f"{number}.jsonl", verbose=verbose)
        structlog.get_logger().debug("detail", item="i1")
        written.append(len(lines(file)))

    assert written == [0, 1]


def test_a_later_start_goes_on_behind_the_earlier_lines(tmp_path: Path) -> None:
    for name in ("first", "second"):
        set_up_logs(file := tmp_path / "worker.jsonl")
        LogObserver().tell(name)

    assert [line["event"] for line in lines(file)] == ["first", "second"]


def test_a_file_that_was_moved_away_begins_anew(tmp_path: Path) -> None:
    set_up_logs(file := tmp_path / "worker.jsonl")
    LogObserver().tell("first")

    file.rename(tmp_path / "worker.1.jsonl")
    LogObserver().tell("second")

    assert [line["event"] for line in lines(file)] == ["second"]


def test_a_line_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    set_up_logs(file := tmp_path / "logs" / "worker.jsonl")
    file.parent.rmdir()

    LogObserver().tell("first")

    assert not file.exists()


def test_without_a_file_lines_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs()

    LogObserver().tell("worker_started", member=SECRET)

    captured = capsys.readouterr()
    assert captured.out == ""
    assert json.loads(captured.err)["event"] == "worker_started"
    assert SECRET not in captured.err


def test_no_allowed_field_is_named_for_what_is_secret() -> None:
    suspicious = {"password", "secret", "token", "member", "name", "value", "fields", "message"}

    assert not ALLOWED & suspicious
