"""Limits of a type that no value can keep, told when the runbook is checked."""

import pytest

from tests.unit.runbooks.mistakes import Mistake, assert_told
from tests.unit.runbooks.texts import runbook

MONEY = (
    "  reference: [student_id]\n"
    "  fields:\n    student_id: student_id\n    award_year: string\n    expected: money\n"
)
LIMITS = [
    Mistake(
        MONEY + "    x: {type: string, «pattern»: '\\p{L}{1,900}'}\n",
        "not a regular expression: it is too large: repeat less, or fewer kinds of letter",
    ),
    Mistake(
        MONEY + "    x: {type: string, «pattern»: '(?:\\p{L}{1,30}-?){1,7}'}\n",
        "not a regular expression: it is too large: repeat less, or fewer kinds of letter",
    ),
    Mistake(
        MONEY + "    x: {type: choice, «options»: [a, ' b']}\n",
        "an option is empty, or has a space before or behind it",
    ),
    Mistake(
        MONEY + "    x: {type: money, min: 10, «max»: 5}\n",
        "`max` is less than `min`",
    ),
    Mistake(
        MONEY + "    x: {type: string, min_length: 9, «max_length»: 8}\n",
        "`max_length` is less than `min_length`",
    ),
]


@pytest.mark.parametrize("mistake", LIMITS, ids=lambda mistake: mistake.message)
def test_a_limit_that_nothing_keeps_is_told_at_its_place(mistake: Mistake) -> None:
    marked = runbook(item=mistake.text)

    assert_told(marked, mistake)
