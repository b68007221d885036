"""What the portal keeps of what it receives: all of it, unless a fault is at work."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from msgspec.structs import replace

from deskhand.testing import AppFaults
from tests.portals.payer.ledger import Attachment
from tests.portals.payer.world import Claim


def as_held(claim: Claim, faults: AppFaults) -> Claim:
    """Give the claim as the portal will show it from now on."""
    if faults.strike("wrong-digit", claim.claim_number):
        claim = _with_a_wrong_digit(claim)
    if faults.strike("normalised-field", claim.claim_number):
        claim = replace(
            claim,
            patient_name=claim.patient_name.upper(),
            diagnosis_codes=[code.replace(".", "") for code in claim.diagnosis_codes],
        )
    return claim


def arrived(
    attachments: Sequence[Attachment], claim: Claim, faults: AppFaults
) -> Sequence[Attachment]:
    """Give the attachments that the portal keeps; `upload-lost` loses the last one in silence."""
    if attachments and faults.strike("upload-lost", claim.claim_number):
        return attachments[:-1]
    return attachments


def _with_a_wrong_digit(claim: Claim) -> Claim:
    # The claim's number and member stay right: the record can still be found, and only
    # somebody who reads all of it sees the mistake. Which field it is follows from the number.
    if int(claim.claim_number[-1]) % 2:
        return replace(claim, patient_dob=_another_day(claim))
    first, *rest = claim.lines
    return replace(claim, lines=[replace(first, charge=_another_amount(first.charge)), *rest])


def _another_day(claim: Claim) -> date:
    day = claim.patient_dob.day
    step = -10 if day == 30 else -1 if day % 10 == 9 or day > 27 else 1
    return claim.patient_dob + timedelta(days=step)


def _another_amount(charge: Decimal) -> Decimal:
    return charge + 1 if int(charge) % 10 != 9 else charge - 1
