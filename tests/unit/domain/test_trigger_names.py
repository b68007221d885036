"""What triggers are called, wherever they stand in their runbook."""

from itertools import permutations

from deskhand.domain.identifiers import TriggerName
from deskhand.domain.trigger_names import (
    file_triggers,
    former_names,
    is_former,
    meant_triggers,
    time_tables,
    twins,
)
from tests.unit.runbooks.test_triggers import MAP, SOURCE, compiled

EVENING = f'{{cron: "30 21 * * mon-fri", timezone: America/Chicago, {SOURCE}, {MAP}}}'
HOURLY = f'{{cron: "0 */2 * * *", timezone: America/Chicago, {SOURCE}, {MAP}, name: hourly}}'
FOLDER = "{file: 'inbox/{client}/aid/*.{csv,json}'}"
LATE = "{file: 'inbox/{client}/late-*.csv', name: late}"
NAMES = {
    EVENING: "aid.check/cron-30.21.x.x.mon-fri",
    HOURLY: "aid.check/hourly",
    FOLDER: "aid.check/files-inbox.aid.csv,json",
    LATE: "aid.check/late",
}


def test_a_trigger_keeps_its_name_wherever_it_stands_and_whatever_stands_beside_it() -> None:
    for order in permutations(NAMES, 3):
        made = compiled(", ".join(order))

        assert [*time_tables(made), *file_triggers(made)] == [
            NAMES[one] for kind in ("cron", "file") for one in order if kind in one[:6]
        ]
        assert not list(twins(made))


def test_a_runbook_without_triggers_has_a_drop_folder_with_a_name() -> None:
    (name,) = file_triggers(compiled(""))

    assert name == "aid.check/files-inbox.aid.check.csv,json,jsonl"


def test_two_triggers_of_one_name_are_twins_whatever_their_kind() -> None:
    other = EVENING.replace("America/Chicago", "America/New_York")
    same = LATE.replace("name: late", "name: hourly")

    assert list(twins(compiled(f"{EVENING}, {{event: a.b}}, {other}"))) == [
        (2, "aid.check/cron-30.21.x.x.mon-fri")
    ]
    assert list(twins(compiled(f"{HOURLY}, {same}"))) == [(1, "aid.check/hourly")]


def test_what_a_trigger_was_called_by_its_place_is_known_and_no_name_looks_like_that() -> None:
    made = compiled(f"{FOLDER}, {EVENING}, {LATE}, {HOURLY}")

    former = former_names(made)

    assert former == {
        NAMES[FOLDER]: "aid.check/file-1",
        NAMES[EVENING]: "aid.check/cron-1",
        NAMES[LATE]: "aid.check/file-2",
        NAMES[HOURLY]: "aid.check/cron-2",
    }
    assert all(is_former(name) for name in former.values())
    assert not any(is_former(name) for name in former)


def test_a_trigger_is_meant_by_half_its_name_where_no_other_is() -> None:
    names = [TriggerName(name) for name in ("a.b/nightly", "a.b/late", "c.d/nightly")]

    assert meant_triggers("c.d", names) == ["c.d/nightly"]
    assert meant_triggers("late", names) == ["a.b/late"]
    assert meant_triggers("nightly", names) == ["a.b/nightly", "c.d/nightly"]
    assert meant_triggers("a.b/nightly", names) == ["a.b/nightly"]
    assert meant_triggers("night", names) == []
