from datetime import UTC, datetime

import pytest

from deskhand.domain.cause import Cause, CauseKind
from deskhand.domain.evidence import EvidenceKind
from deskhand.domain.outcome import AwaitProof, Done, Duplicate, NeedsPerson, Outcome, TryLater
from deskhand.runtime.performer import EvidenceWanted

BUSINESS = Cause(kind=CauseKind.BUSINESS, code="COB")
SYSTEM = Cause(kind=CauseKind.SYSTEM, code="TRANSIENT")
UNCERTAIN = Cause(kind=CauseKind.UNCERTAIN, code="OUTCOME_UNKNOWN")
WENT_WELL = [Done(), Duplicate()]
FAILED = [
    TryLater(cause=SYSTEM),
    NeedsPerson(cause=BUSINESS),
    AwaitProof(cause=UNCERTAIN, ask_at=datetime(2026, 5, 4, 9, tzinfo=UTC)),
]
PICTURE, STRUCTURE = EvidenceKind.SCREENSHOT, EvidenceKind.SNAPSHOT


@pytest.mark.parametrize("wanted", [EvidenceWanted.ALWAYS, EvidenceWanted.ON_FAILURE])
@pytest.mark.parametrize("outcome", FAILED)
def test_of_a_failure_the_picture_and_the_structure_are_kept(
    wanted: EvidenceWanted, outcome: Outcome
) -> None:
    assert wanted.of(outcome) == (PICTURE, STRUCTURE)


@pytest.mark.parametrize("outcome", WENT_WELL)
def test_of_what_went_well_the_picture_is_kept_where_evidence_is_on(outcome: Outcome) -> None:
    assert EvidenceWanted.ALWAYS.of(outcome) == (PICTURE,)
    assert EvidenceWanted.ON_FAILURE.of(outcome) == ()


@pytest.mark.parametrize("outcome", [*WENT_WELL, *FAILED])
def test_nothing_is_kept_where_evidence_is_off(outcome: Outcome) -> None:
    assert EvidenceWanted.NEVER.of(outcome) == ()
