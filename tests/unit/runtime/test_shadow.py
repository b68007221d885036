"""What a shadow performance shows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from deskhand.ports.action import Assignment, Returned
from deskhand.runbooks.compiler import compile_runbook
from deskhand.runtime.shadow import ShadowShown, perform_in_shadow
from tests.unit.runbooks.bots import BOTS
from tests.unit.runtime.scripted import Answer, ScriptedSession, SteppedClock

RUNBOOK = """\
deskhand: 1
runbook: claims.look
portal: payer_portal
item:
  reference: [claim_number]
  fields: {claim_number: string, member_id: member_id}
steps:
  - use: read_claim
    expect: [{that: there(read_claim), else: NOT_THERE}]
  - let: {numbers: digits(item.member_id), held: read_claim.member_id, when_read: today}
  - once: submit_claim
"""
HELD = {
    "confirmation": "ACM-1",
    "claim_number": "C-1",
    "member_id": "W-987654321",
    "total_charge": Decimal("12.50"),
    "lines": [{"code": "99213", "charge": Decimal("12.50")}],
}


class OneStage:
    """A stage with one scripted session."""

    def __init__(self, script: dict[str, list[Answer]]) -> None:
        self.script = script

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""

    @asynccontextmanager
    async def session(self, assignment: Assignment) -> AsyncIterator[Any]:
        yield ScriptedSession(self.script)


def shown_of(item: dict[str, object]) -> ShadowShown:
    (shown,) = asyncio.run(
        perform_in_shadow(
            [("C-1", item)],
            runbook=compile_runbook(RUNBOOK, file="a.yaml", bots=BOTS),
            client="main",
            stage=OneStage({"payer_portal.read_claim": [Returned(value=HELD)]}),
            clock=SteppedClock(),
        )
    )
    return shown


def test_a_shadow_masks_what_the_portal_holds_and_what_was_made_of_it() -> None:
    shown = shown_of({"claim_number": "C-1", "member_id": "W-123456789"})

    assert "987654321" not in shown.text()
    assert "123456789" not in shown.text()
    assert (shown.seen["held"], shown.seen["numbers"]) == ("***", "***")


def test_a_shadow_masks_a_sensitive_value_of_two_letters() -> None:
    shown = shown_of({"claim_number": "C-1", "member_id": "Li"})

    assert shown.seen["item.member_id"] == "***"


def test_a_shadow_shows_what_is_not_sensitive_as_a_person_reads_it() -> None:
    shown = shown_of({"claim_number": "C-1", "member_id": "W-123456789"})

    assert shown.seen["read_claim"] == (
        "confirmation ACM-1, claim_number C-1, member_id ***, total_charge 12.50, "
        "lines code 99213, charge 12.50"
    )
    assert shown.seen["when_read"] == str(date(2026, 5, 4))
