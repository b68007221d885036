"""Random damage to rows and states: every one is found, and nothing is ever raised."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from deskhand.ports.log_parts import LoggedRecord
from tests.unit.audit.story import Story, a_story

ROUNDS = 400
COLUMNS = ("stream", "seq", "type", "subject", "state", "leaf", "body")
CLAIMS = ("stream", "subject", "state", "audit_seq", "version")


def flipped(content: bytes, chance: Random) -> bytes:
    place = chance.randrange(len(content))
    damaged = bytearray(content)
    damaged[place] ^= chance.randrange(1, 256)
    return bytes(damaged)


def other(value: Any, chance: Random) -> Any:
    """Return something else of the same type, now and then its neighbour's."""
    if isinstance(value, bytes):
        choices = [flipped(value, chance), value[:-1], b"", value + b"\x00", chance.randbytes(32)]
        return chance.choice(choices)
    if isinstance(value, int):
        return value + chance.choice([-3, -1, 1, 2, 1000])
    return chance.choice([f"{value}x", "", "item", "done", "item:i1", "\ud800"])


def change_a_row(story: Story, chance: Random) -> None:
    place = chance.randrange(len(story.rows))
    column = chance.choice(COLUMNS)
    row = story.rows[place]
    story.rows[place] = row._replace(**{column: other(getattr(row, column), chance)})


def drop_a_row(story: Story, chance: Random) -> None:
    del story.rows[chance.randrange(len(story.rows))]


def drop_some_rows(story: Story, chance: Random) -> None:
    start = chance.randrange(len(story.rows))
    del story.rows[start : start + chance.randrange(1, 12)]


def repeat_a_row(story: Story, chance: Random) -> None:
    story.rows.append(chance.choice(story.rows))


def move_a_row(story: Story, chance: Random) -> None:
    place = chance.randrange(len(story.rows))
    target = chance.choice(story.rows)
    story.rows[place] = story.rows[place]._replace(stream=target.stream, seq=target.seq)


def swap_bodies(story: Story, chance: Random) -> None:
    first, second = chance.sample(range(len(story.rows)), 2)
    one, another = story.rows[first], story.rows[second]
    story.rows[first] = _with_body_of(one, another)
    story.rows[second] = _with_body_of(another, one)


def _with_body_of(row: LoggedRecord, source: LoggedRecord) -> LoggedRecord:
    return row._replace(body=source.body, leaf=source.leaf)


def change_a_claim(story: Story, chance: Random) -> None:
    place = chance.randrange(len(story.states))
    row = story.states[place]
    column = chance.choice([name for name in CLAIMS if getattr(row, name) is not None])
    story.states[place] = row._replace(**{column: other(getattr(row, column), chance)})


def drop_a_claim(story: Story, chance: Random) -> None:
    del story.states[chance.randrange(len(story.states))]


def lose_everything_but_the_states(story: Story, _chance: Random) -> None:
    story.rows.clear()


def lose_everything_but_the_log(story: Story, _chance: Random) -> None:
    story.states.clear()


@pytest.mark.parametrize(
    "damage",
    [
        change_a_row,
        drop_a_row,
        drop_some_rows,
        repeat_a_row,
        move_a_row,
        swap_bodies,
        change_a_claim,
        drop_a_claim,
        lose_everything_but_the_states,
        lose_everything_but_the_log,
    ],
)
def test_every_damage_is_found_and_none_raises(damage: Callable[[Story, Random], None]) -> None:
    unchanged = a_story()
    missed: list[int] = []

    for seed in range(ROUNDS):
        story = Story(rows=list(unchanged.rows), states=list(unchanged.states))
        damage(story, Random(seed))  # noqa: S311 - damage that can be repeated
        changed = story != unchanged
        if changed and story.verify().clean:
            missed.append(seed)

    assert missed == []
