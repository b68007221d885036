"""One case with all that it says and asks, as text or as JSON."""

from datetime import datetime

from deskhand.cli.cases_shown import case_facts, print_case
from deskhand.cli.questions import question_facts, question_lines
from deskhand.cli.surroundings import print_json
from deskhand.use_cases.tell_story import CaseDetail


def print_whole_case(detail: CaseDetail, *, now: datetime, reveal: bool, as_json: bool) -> None:
    """Print a case; sensitive facts are masked unless revealed."""
    if as_json:
        told = {"message": detail.message, "hint": detail.hint, "reason": detail.reason}
        question = question_facts(detail, reveal=reveal)
        print_json({**case_facts(detail.case), **told, "question": question})
    else:
        print_case(detail, asked=question_lines(detail, reveal=reveal), now=now)
