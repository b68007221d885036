"""What a person types who checks a bot's work again: by kind of value, whatever is there."""

from datetime import date
from decimal import Decimal

import pytest

from deskhand.domain.fields import Field
from deskhand.domain.quality import checkable_fields
from deskhand.domain.runbook import Runbook
from deskhand.runbooks.library import Library
from tests.unit.runbooks.bots import BOTS

SOURCE = """\
deskhand: 1
runbook: claims.tiny
portal: payer_portal
item:
  reference: [claim_number]
  fields:
    claim_number: string
    member_id: member_id
    total_charge: money
    born: birth_date
    lines:
      list: {code: procedure_code, charge: money}
steps:
  - use: read_review
  - once: submit_claim
    verify: read_claim
outputs: {confirmation: submit_claim.confirmation, lines_read: read_review.line_count}
"""


@pytest.fixture(scope="module")
def runbook() -> Runbook:
    return Library(BOTS).compile(SOURCE)


def form(runbook: Runbook, *names: str) -> dict[str, Field]:
    return dict(Library(BOTS).recheck_form(runbook, names or checkable_fields(runbook)))


def test_outputs_and_read_back_fields_are_asked_for_and_the_reference_is_not(
    runbook: Runbook,
) -> None:
    assert list(form(runbook)) == [
        "confirmation",
        "lines_read",
        "member_id",
        "total_charge",
        "lines",
    ]
    assert all(part.optional for part in form(runbook).values())


def test_what_is_sensitive_in_the_item_is_sensitive_in_the_form(runbook: Runbook) -> None:
    asked = form(runbook)

    assert asked["member_id"].type.sensitivity == "phi"
    assert asked["total_charge"].type.sensitivity is None


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("total_charge", "$1,200.50", Decimal("1200.50")),
        ("total_charge", "0.125", Decimal("0.125")),
        ("lines_read", "3", 3),
        ("born", "03/04/1980", date(1980, 3, 4)),
        ("member_id", "no id of any kind", "no id of any kind"),
        (
            "lines",
            [{"code": "not a code", "charge": "9"}],
            [{"code": "not a code", "charge": Decimal("9.00")}],
        ),
        ("lines", [], []),
        ("portal_number", "ACM-1", "ACM-1"),
    ],
)
def test_a_value_is_read_by_its_kind(
    runbook: Runbook, name: str, typed: object, value: object
) -> None:
    assert form(runbook, name)[name].type.parse(typed) == value


@pytest.mark.parametrize(
    ("name", "typed"), [("total_charge", "much"), ("lines_read", "1.5"), ("born", "long ago")]
)
def test_a_value_of_another_kind_is_refused_without_quoting_it(
    runbook: Runbook, name: str, typed: str
) -> None:
    with pytest.raises(ValueError, match="is n") as refused:
        form(runbook, name)[name].type.parse(typed)

    assert typed not in str(refused.value)
