"""Runbook texts for tests: the smallest useful one, with parts exchanged."""

from pathlib import Path

CLAIMS = Path(__file__).parents[3] / "runbooks" / "claims-submit.yaml"

ITEM = """\
  reference: [student_id, award_year]
  fields: {student_id: student_id, award_year: string, expected: money, note: string?}
"""
STEPS = """\
  - use: read_award
    expect:
      - {that: read_award.amount == item.expected, else: AMOUNT_DIFFERS}
"""


def runbook(
    *,
    head: str = "deskhand: 1\nrunbook: aid.check\nportal: aid_portal\n",
    item: str = ITEM,
    steps: str = STEPS,
    rest: str = "",
) -> str:
    """Return the smallest useful runbook, with the parts that a test is about."""
    return f"{head}item:\n{item}steps:\n{steps}{rest}"


def unmarked(text: str) -> tuple[str, int, int, int]:
    """Take the marks « » out of a text; return it with the line and columns they stood at."""
    before, _, rest = text.partition("«")
    inside, _, after = rest.partition("»")
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    return before + inside + after, line, column, column + len(inside)
