"""FIELD=VALUE on a command line."""

import io

import click
import pytest

from deskhand.cli.changes import given_values


def test_values_are_texts_lists_and_records_or_nothing() -> None:
    words = ["note=a=b", "agi=1200.50", 'lines=[{"units": 2, "charge": 1.10}]', "modifier="]

    assert given_values(words) == {
        "note": "a=b",
        "agi": "1200.50",
        "lines": [{"units": "2", "charge": "1.10"}],
        "modifier": None,
    }


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["note"], "'note' is no change; write FIELD=VALUE"),
        (["agi=1", "agi=2"], "agi is given twice"),
        (["lines=[1,"], "the value of lines is no JSON"),
        (["lines=[NaN]"], "NaN is no number"),
        (["lines=" + "[" * 100_000], "nested too deeply"),
        (["note=[sic]"], "a text that begins with [ or { is given with a blank before it"),
    ],
)
def test_what_cannot_be_meant_is_told(words: list[str], problem: str) -> None:
    with pytest.raises(click.UsageError) as told:
        given_values(words)

    assert problem in told.value.message


def test_a_text_behind_a_blank_is_no_json() -> None:
    assert given_values(["note= [sic]"]) == {"note": " [sic]"}


def test_sensitive_values_come_line_by_line_from_standard_input(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("W123\r\nseen on paper\n"))

    assert given_values(["member_id=-", "note=-"]) == {
        "member_id": "W123",
        "note": "seen on paper",
    }


@pytest.mark.parametrize("typed", ["", "\n"])
def test_a_line_that_is_missing_clears_nothing(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))

    with pytest.raises(click.UsageError) as told:
        given_values(["note=-"])

    assert "no line for note=-; that there is nothing is said with note=" in told.value.message
