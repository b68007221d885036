"""Where a project describes its queues, cases open in these."""

import pytest

from deskhand.runbooks.compiler import examine
from tests.unit.runbooks.bots import BOTS
from tests.unit.runbooks.texts import unmarked

TEXT = """\
deskhand: 1
runbook: claims.find
portal: payer_portal
item:
  reference: [claim_number]
  fields: {claim_number: string, member_id: member_id}
steps:
  - use: find_claim
cases: {«claims-reveiw»: [business], engineers: [system, uncertain]}
"""


@pytest.mark.parametrize(
    ("described", "help"),
    [
        (("claims-review", "engineers"), "did you mean `claims-review`?"),
        (("engineers",), "known here: engineers"),
    ],
)
def test_a_queue_that_is_not_described_is_told_at_its_name(
    described: tuple[str, ...], help: str
) -> None:
    text, *place = unmarked(TEXT)

    (mistake,) = examine(text, file="a.yaml", bots=BOTS, queues=described).diagnostics

    assert [mistake.line, mistake.column, mistake.end_column] == place
    assert mistake.message == "queues.yaml has no queue `claims-reveiw`"
    assert mistake.suggestion == help


@pytest.mark.parametrize("described", [(), ("claims-reveiw", "engineers")])
def test_any_queue_will_do_where_none_is_described(described: tuple[str, ...]) -> None:
    text, *_ = unmarked(TEXT)

    checked = examine(text, file="a.yaml", bots=BOTS, queues=described)

    assert not checked.diagnostics
    assert checked.runbook is not None


def test_a_queue_that_a_kind_of_case_falls_into_unsaid_is_warned_of() -> None:
    text, *_ = unmarked(TEXT)
    text = text.replace(", engineers: [system, uncertain]", "")

    checked = examine(text, file="a.yaml", bots=BOTS, queues=("claims-reveiw",))

    assert checked.runbook is not None
    assert [(one.severity, one.message) for one in checked.diagnostics] == [
        ("warning", f"`{kind}` cases open in `ops`, where anybody may decide them")
        for kind in ("system", "uncertain")
    ]


@pytest.mark.parametrize(
    "step",
    [
        "approve: «clams»\n    name: approval",
        "ask: «clams»\n    name: answer\n    form: {keep: bool}",
    ],
)
def test_a_question_in_a_queue_that_is_not_described_is_told_at_its_name(step: str) -> None:
    asking = TEXT.replace("«", "").replace("»", "").replace("cases:", f"  - {step}\ncases:")
    text, *place = unmarked(asking)

    (mistake,) = examine(
        text, file="a.yaml", bots=BOTS, queues=("claims-reveiw", "engineers", "claims")
    ).diagnostics

    assert [mistake.line, mistake.column, mistake.end_column] == place
    assert mistake.message == "queues.yaml has no queue `clams`"
    assert mistake.suggestion == "did you mean `claims`?"
