"""What the checker knows to be there behind each step: conditions, expectations, endings."""

import pytest

from deskhand.runbooks.compiler import check
from tests.unit.runbooks.bots import BOTS
from tests.unit.runbooks.texts import runbook

HEAD = """\
deskhand: 1
runbook: aid.verify
bots: [aid_portal, ledger]
params: {tolerance: {type: money, default: 25.00}}
"""


def told(steps: str, rest: str = "") -> list[str]:
    return [
        one.message
        for one in check(runbook(head=HEAD, steps=steps, rest=rest), file="a", bots=BOTS)
    ]


ISIR = "  - use: read_isir\n"
TRANSCRIPT = "  - use: read_transcript\n"


@pytest.mark.parametrize(
    "steps",
    [
        # an earlier expectation
        ISIR + "    expect: [{that: there(read_isir), else: X}]\n  - let: {a: read_isir.agi}\n",
        # an expectation before, in the same list
        ISIR + "    expect: [{that: there(read_isir), else: X}, "
        "{that: read_isir.is_newest, else: Y}]\n",
        # an earlier finish
        ISIR + "  - finish: done\n    when: not there(read_isir)\n  - let: {a: read_isir.agi}\n",
        ISIR + "  - finish: done\n    when: item.expected > 1 or not there(read_isir)\n"
        "  - let: {a: read_isir.agi}\n",
        # the step's own condition
        ISIR + "  - let: {a: read_isir.agi}\n    when: there(read_isir)\n",
        # a name for a condition
        ISIR + "  - let: {found: there(read_isir) and read_isir.agi > 1}\n"
        "  - let: {a: read_isir.agi}\n    when: found\n",
        # a later value of the same let
        ISIR + "  - let: {found: there(read_isir), a: read_isir.agi if found else 0}\n",
        # the same condition again
        TRANSCRIPT + "    when: item.expected > 1\n"
        "  - let: {a: read_transcript.agi}\n    when: item.expected  >  1\n",
        TRANSCRIPT + "    when: item.expected > 1\n"
        "  - let: {a: read_transcript.agi}\n    when: present(item.note) and item.expected > 1\n",
        TRANSCRIPT + "    when: item.expected > 1\n  - finish: done\n"
        "    when: not (item.expected > 1)\n  - let: {a: read_transcript.agi}\n",
        # expectations of a step with a condition hold where the condition does
        ISIR + "    when: item.expected > 1\n    expect: [{that: there(read_isir), else: X}]\n"
        "  - let: {a: read_isir.agi}\n    when: item.expected > 1\n",
        # an optional field
        "  - let: {a: item.note}\n    when: present(item.note)\n",
        # a let behind a condition, used behind the same one
        "  - let: {a: 1}\n    when: item.expected > 1\n  - let: {b: a + 1}\n"
        "    when: item.expected > 1\n",
    ],
)  # fmt: skip
def test_a_result_that_must_be_there_may_be_used(steps: str) -> None:
    assert told(steps) == []


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (ISIR + "  - let: {a: read_isir.agi}\n", "`aid_portal.read_isir` may answer NotThere"),
        (
            ISIR + "  - finish: done\n    when: there(read_isir)\n  - let: {a: read_isir.agi}\n",
            "`aid_portal.read_isir` may answer NotThere",
        ),
        (
            ISIR + "  - finish: done\n    when: not there(read_isir) and item.expected > 1\n"
            "  - let: {a: read_isir.agi}\n",
            "`aid_portal.read_isir` may answer NotThere",
        ),
        (
            TRANSCRIPT + "    when: item.expected > 1\n"
            "  - let: {a: read_transcript.agi}\n    when: item.expected > 2\n",
            "its step may be skipped (`when`)",
        ),
        (
            ISIR + "    when: item.expected > 1\n    expect: [{that: there(read_isir), else: X}]\n"
            "  - let: {a: read_isir.agi}\n",
            "`aid_portal.read_isir` may answer NotThere",
        ),
        (
            TRANSCRIPT + "    when: item.expected > 1 and today > date('2026-01-01')\n"
            "  - let: {a: read_transcript.agi}\n"
            "    when: item.expected > 1 and today > date('2026-01-01')\n",
            "its step may be skipped (`when`)",
        ),
    ],
)  # fmt: skip
def test_a_result_that_may_be_absent_is_refused_with_the_reason(steps: str, message: str) -> None:
    (said,) = told(steps)

    assert "may be absent here" in said
    assert said.endswith(message)


def test_outputs_know_only_what_holds_at_every_ending() -> None:
    steps = "  - finish: done\n    when: item.expected > 1\n  - use: read_transcript\n"

    said = told(steps, "outputs: {a: read_transcript.agi}\n")

    assert said == ["`read_transcript` may be absent here: the item may finish before its step"]


@pytest.mark.parametrize(
    ("steps", "output"),
    [
        (
            "  - finish: done\n    when: item.expected > 1\n  - use: read_transcript\n",
            "default(read_transcript.agi, 0)",
        ),
        # a duplicate has no outputs
        (
            "  - finish: duplicate\n    when: item.expected > 1\n  - use: read_transcript\n",
            "read_transcript.agi",
        ),
        (ISIR + "  - finish: done\n    when: there(read_isir)\n  - finish: done\n"
         "    when: item.expected > 1\n", "default(read_isir.agi, 0)"),
        (ISIR + "  - finish: duplicate\n    when: not there(read_isir)\n"
         "  - finish: done\n    when: item.expected > 1\n", "read_isir.agi"),
    ],
)  # fmt: skip
def test_outputs_that_hold_at_every_ending_are_taken(steps: str, output: str) -> None:
    assert told(steps, f'outputs: {{a: "{output}"}}\n') == []


def test_an_output_known_at_one_ending_only_is_refused() -> None:
    steps = ISIR + "  - finish: done\n    when: there(read_isir)\n  - use: read_transcript\n"

    said = told(steps, "outputs: {a: read_isir.agi}\n")

    assert len(said) == 1
    assert said[0].startswith("`read_isir` may be absent here")


def test_a_conditional_act_has_a_result_only_under_its_condition() -> None:
    steps = (
        "  - once: mark_verified\n    when: item.expected > 1\n"
        "  - let: {a: mark_verified.agi}\n"
        "  - let: {b: mark_verified.agi}\n    when: item.expected > 1\n"
    )

    said = told(steps)

    assert said == ["`mark_verified` may be absent here: its step may be skipped (`when`)"]
