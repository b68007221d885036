from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.domain.drop import LONGEST_NAME, name_fault, own_name, safe_name, split_own_name
from deskhand.domain.file_pattern import FilePattern
from deskhand.domain.identifiers import DropId

PARTS = st.text("ab*?", min_size=1, max_size=5)
NAMES = st.text("ab", min_size=0, max_size=5)


@pytest.mark.parametrize(
    ("one", "two", "meet"),
    [
        ("in/{client}/*.csv", "in/{client}/*.csv", True),
        ("in/{client}/*.csv", "in/{client}/*.{json,CSV}", True),
        ("in/{client}/*.csv", "in/{client}/*.xlsx", False),
        ("in/{client}/a/*.csv", "in/{client}/b/*.csv", False),
        ("in/{client}/*/*.csv", "in/{client}/b/*.csv", True),
        ("in/{client}/*.csv", "in/{client}/b/*.csv", False),
        ("in/acme/a*.csv", "in/{client}/*b.csv", True),
        ("in/acme/a?.csv", "in/{client}/???.csv", False),
    ],
)
def test_two_patterns_meet_where_one_file_fits_both(one: str, two: str, meet: bool) -> None:
    assert FilePattern(one).meets(FilePattern(two)) is meet
    assert FilePattern(two).meets(FilePattern(one)) is meet


@given(one=PARTS, two=PARTS, name=NAMES)
def test_whatever_fits_both_patterns_makes_them_meet(one: str, two: str, name: str) -> None:
    path = PurePosixPath(f"{name}x")
    first, second = FilePattern(f"{one}x"), FilePattern(f"{two}x")

    if first.names(path) and second.names(path):
        assert first.meets(second)


@given(st.text(min_size=1, max_size=300))
def test_every_name_becomes_one_that_can_be_shown_and_extended(name: str) -> None:
    own = own_name(DropId("20260504T090000-0a1b2c3d"), name)

    assert name_fault(safe_name(name)) is None
    assert len(own.encode()) <= LONGEST_NAME + 25
    split = split_own_name(own)
    assert split is not None
    assert split[1] == (name if name_fault(name) is None else safe_name(name))
