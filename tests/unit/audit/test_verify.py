"""What somebody may do to the log or to the store, and where the verifier points."""

from collections.abc import Callable

import pytest

from deskhand.audit.record import leaf_hash
from deskhand.audit.verify import MAX_FINDINGS, Verification, summary
from deskhand.ports.log_parts import LoggedRecord, StateClaim
from tests.unit.audit.story import Story, a_story, rewritten, verify

# Rows of the story: i0 has 0-7, i1 has 8-15, i2 has 16-23, the account has 24.
MIDDLE = 11


def edit_the_body(story: Story) -> None:
    story.rows[MIDDLE] = rewritten(story.rows[MIDDLE], rehash=False, data={"step": "other"})


def edit_the_body_and_its_hash(story: Story) -> None:
    story.rows[MIDDLE] = rewritten(story.rows[MIDDLE], data={"step": "other"})


def edit_an_index_column(story: Story) -> None:
    story.rows[MIDDLE] = story.rows[MIDDLE]._replace(type="human.decision")


def edit_the_stream_column(story: Story) -> None:
    story.rows[24] = story.rows[24]._replace(stream="account:b")


def delete_in_the_middle(story: Story) -> None:
    del story.rows[MIDDLE]


def delete_in_the_middle_and_close_the_gap(story: Story) -> None:
    del story.rows[MIDDLE]
    for place in range(MIDDLE, 15):
        row = story.rows[place]
        story.rows[place] = rewritten(row, seq=row.seq - 1)._replace(seq=row.seq - 1)


def delete_the_end(story: Story) -> None:
    del story.rows[15]


def delete_a_stream(story: Story) -> None:
    story.rows = [row for row in story.rows if row.stream != "item:i1"]


def insert_a_forged_record(story: Story) -> None:
    forged = rewritten(story.rows[MIDDLE], id="forged")
    story.rows.insert(MIDDLE, forged._replace(position=99))


def append_a_forged_state(story: Story) -> None:
    story.tell("item:i1", "item", "rejected")


def append_a_forged_subject(story: Story) -> None:
    story.tell("item:i1", "case:c9", "open")


def swap_two_records(story: Story) -> None:
    first, second = story.rows[MIDDLE], story.rows[MIDDLE + 1]
    story.rows[MIDDLE] = second._replace(seq=first.seq, position=first.position)
    story.rows[MIDDLE + 1] = first._replace(seq=second.seq, position=second.position)


def swap_two_positions(story: Story) -> None:
    first, second = story.rows[MIDDLE], story.rows[MIDDLE + 1]
    story.rows[MIDDLE] = first._replace(position=second.position)
    story.rows[MIDDLE + 1] = second._replace(position=first.position)


def replay_a_record(story: Story) -> None:
    story.rows.append(story.rows[MIDDLE]._replace(position=99, seq=9))


def replay_a_record_of_another_stream(story: Story) -> None:
    story.rows.append(story.rows[3]._replace(position=99, seq=9, stream="item:i1"))


def write_it_in_another_form(story: Story) -> None:
    row = story.rows[15]
    body = row.body.replace(b'"seq":8', b'"seq": 8')
    story.rows[15] = row._replace(body=body, leaf=leaf_hash(body))


def write_a_key_twice(story: Story) -> None:
    row = story.rows[15]
    body = row.body.replace(b'"seq":8', b'"seq":8,"seq":8')
    story.rows[15] = row._replace(body=body, leaf=leaf_hash(body))


def write_a_fraction(story: Story) -> None:
    story.rows[15] = rewritten(story.rows[15], data={"share": 0.5})


def write_nonsense(story: Story) -> None:
    story.rows[15] = story.rows[15]._replace(body=b"{", leaf=leaf_hash(b"{"))


def change_a_state(story: Story) -> None:
    story.states[3] = story.states[3]._replace(state="rejected")


def change_an_acts_state(story: Story) -> None:
    story.states[4] = story.states[4]._replace(state="not_done")


def change_an_attempts_state(story: Story) -> None:
    story.states[5] = story.states[5]._replace(state="lost")


def change_a_version(story: Story) -> None:
    story.states[3] = story.states[3]._replace(version=2)


def rest_on_another_record(story: Story) -> None:
    story.states[3] = story.states[3]._replace(audit_seq=2)


def drop_a_state(story: Story) -> None:
    del story.states[3]


def add_a_state(story: Story) -> None:
    story.states.append(StateClaim("item:i1", "effect:e2", "confirmed", 6))


def add_an_item(story: Story) -> None:
    story.states.append(StateClaim("item:i9", "item", "done", 1, 1))


TAMPERING: list[tuple[Callable[[Story], None], str, str]] = [
    (edit_the_body, "item:i1 record 4 (position 12)", "the record was changed"),
    (edit_the_body_and_its_hash, "item:i1 record 5 (position 13)", "does not follow"),
    (edit_an_index_column, "item:i1 record 4 (position 12)", "index columns differ"),
    (edit_the_stream_column, "account:b record 1 (position 25)", "index columns differ"),
    (delete_in_the_middle, "item:i1 record 5 (position 13)", "expected record 4"),
    (
        delete_in_the_middle_and_close_the_gap,
        "item:i1 record 4 (position 13)",
        "does not follow the record before it",
    ),
    (delete_the_end, "item:i1 item", "the log says performing (record 2)"),
    (delete_a_stream, "item:i1 item", "the log has no record of it"),
    (insert_a_forged_record, "item:i1 record 4 (position 12)", "expected record 5"),
    (append_a_forged_state, "item:i1 item", "the log says rejected (record 9)"),
    (append_a_forged_subject, "item:i1 case:c9", "the store does not have it"),
    (swap_two_records, "item:i1 record 4 (position 12)", "does not follow"),
    (swap_two_positions, "item:i1 record 5 (position 12)", "stands before the record"),
    (replay_a_record, "item:i1 record 9 (position 99)", "does not follow"),
    (replay_a_record_of_another_stream, "item:i1 record 9 (position 99)", "index columns differ"),
    (write_it_in_another_form, "item:i1 record 8 (position 16)", "not in canonical form"),
    (write_a_key_twice, "item:i1 record 8 (position 16)", "not in canonical form"),
    (write_a_fraction, "item:i1 record 8 (position 16)", "float like this has no place"),
    (write_nonsense, "item:i1 record 8 (position 16)", "not a record"),
    (change_a_state, "item:i1 item", "it is rejected, the log says done (record 8)"),
    (change_an_acts_state, "item:i1 effect:e1", "it is not_done, the log says confirmed"),
    (change_an_attempts_state, "item:i1 attempt:1", "it is lost, the log says ended"),
    (change_a_version, "item:i1 item", "it is at version 2, the log tells of 3 changes"),
    (rest_on_another_record, "item:i1 item", "it rests on record 2, the log's last is 8"),
    (drop_a_state, "item:i1 item", "the store does not have it"),
    (add_a_state, "item:i1 effect:e2", "the log has no record of it"),
    (add_an_item, "item:i9 item", "the log has no record of it"),
]


def test_a_log_that_nobody_touched_is_clean() -> None:
    verdict = a_story().verify()

    assert verdict.clean
    assert verdict.first is None
    assert (verdict.records, verdict.streams, verdict.states) == (25, 4, 10)


def test_an_empty_log_of_an_empty_store_is_clean() -> None:
    assert verify([], []).clean


@pytest.mark.parametrize(
    ("tamper", "where", "problem"),
    TAMPERING,
    ids=[tamper.__name__ for tamper, _, _ in TAMPERING],
)
def test_tampering_is_found_and_its_place_is_named(
    tamper: Callable[[Story], None], where: str, problem: str
) -> None:
    story = a_story()

    tamper(story)

    findings = story.verify().findings
    assert (where, True) in [(one.where, problem in one.problem) for one in findings]


def test_the_first_finding_of_a_changed_record_is_the_record_itself() -> None:
    story = a_story()
    edit_the_body(story)

    verdict = story.verify()

    assert not verdict.clean
    assert verdict.first is not None
    assert verdict.first.where == "item:i1 record 4 (position 12)"


def test_findings_that_are_not_listed_are_counted() -> None:
    rows = [row._replace(leaf=bytes(32)) for row in a_story(items=40).rows]

    verdict = verify(rows, [])

    told = summary(verdict)
    assert len(verdict.findings) == MAX_FINDINGS
    assert verdict.unlisted > 0
    assert (told["clean"], told["unlisted"]) == (False, verdict.unlisted)


def test_a_verdict_is_told_in_json_types() -> None:
    story = a_story(items=1)
    change_version = story.states[0]._replace(version=9)
    story.states[0] = change_version

    told = summary(story.verify())

    assert told == {
        "clean": False,
        "records": 9,
        "streams": 2,
        "states": 4,
        "unlisted": 0,
        "findings": [
            {
                "where": "item:i0 item",
                "problem": "it is at version 9, the log tells of 3 changes",
            }
        ],
    }


def test_the_end_of_a_stream_that_tells_of_no_state_needs_a_checkpoint_to_be_missed() -> None:
    """What this verifier does not prove, so that nobody believes that it does."""
    story = Story()
    story.tell("account:a", "login")
    story.tell("account:a", "login")

    del story.rows[1]

    assert story.verify().clean


def test_rows_are_read_as_a_stream() -> None:
    verification = Verification()
    rows: list[LoggedRecord] = a_story().rows

    verification.read(row for row in rows)

    assert verification.verdict.records == 25
