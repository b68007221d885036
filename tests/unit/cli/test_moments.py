"""Moments on a command line."""

from datetime import UTC, datetime

import pytest

from deskhand.cli.moments import moment


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-05-01", datetime(2026, 5, 1, tzinfo=UTC)),
        (" 2026-05-01T09:00", datetime(2026, 5, 1, 9, tzinfo=UTC)),
        ("2026-05-01T09:00-04:00", datetime(2026, 5, 1, 13, tzinfo=UTC)),
    ],
)
def test_a_moment_is_in_utc_where_it_says_nothing_else(text: str, read: datetime) -> None:
    assert moment(text) == read


@pytest.mark.parametrize("text", ["soon", "", "2026-02-30", "0001-01-01T00:00+05:00"])
def test_what_is_no_moment_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is no moment; write 2026-05-01"):
        moment(text)
