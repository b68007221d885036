"""What must hold whatever has happened: the portal's ledger and the store, held together."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deskhand.bootstrap.workplace import human
from deskhand.domain.attempt import AttemptState
from deskhand.domain.work_item import ItemState
from deskhand.ports.case_store import CaseFilter
from deskhand.ports.item_store import ItemFilter
from deskhand.use_cases.check_log import verify_log
from tests.practice.project import PracticeProject

_MANY = 10_000
_OVER = {AttemptState.ENDED, AttemptState.LOST}
_RESTING = {
    ItemState.DONE,
    ItemState.DONE_BY_HAND,
    ItemState.DUPLICATE,
    ItemState.REJECTED,
    ItemState.WITH_PERSON,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one claim ended: where its item rests, how often the portal has taken it in.

    `cases` are the codes of its open cases, `acts` the states of its acts, oldest first.
    """

    state: ItemState
    commits: int
    portal_number: str | None
    cases: Sequence[str]
    acts: Sequence[str]


def endings(project: PracticeProject, ledger: Iterable[Mapping[str, Any]]) -> Mapping[str, Ending]:
    """Tell how each claim of the project ended, by claim number; check what must always hold."""
    commits = Counter(str(row["claim_number"]) for row in ledger)
    with project.place() as place:
        verdict = verify_log(by=human("oracle"), store=place.store, clock=place.clock)
        assert verdict.clean, verdict.findings
        with place.store.reading() as tx:
            assert tx.attempts.enqueued_count() == 0, "an attempt was never begun"
            assert not tx.attempts.abandoned(), "an attempt runs nowhere"
            items = tx.items.find(ItemFilter(), limit=_MANY)
            open_cases = tx.cases.find(CaseFilter(unclosed=True), limit=_MANY)
            found = {}
            for item in items:
                tried = {attempt.state for attempt in tx.attempts.of_item(item.id)}
                assert tried <= _OVER, f"an attempt of {item.reference} is still open"
                found[_claim_number(item.reference)] = Ending(
                    state=item.state,
                    commits=commits[_claim_number(item.reference)],
                    portal_number=item.portal_number,
                    cases=[case.code for case in open_cases if case.item == item.id],
                    acts=[act.state.value for act in tx.journal.effects_of(item.id)],
                )
    for number, ending in found.items():
        _check(number, ending)
    return found


def _check(number: str, ending: Ending) -> None:
    """Once in the ledger, or with a person; never twice, never "done" and not there."""
    assert ending.state in _RESTING, f"{number} does not rest: {ending}"
    assert ending.commits <= 1, f"{number} was submitted twice: {ending}"
    if ending.state in (ItemState.DONE, ItemState.DONE_BY_HAND, ItemState.DUPLICATE):
        assert ending.commits == 1, f"{number} is said to be done and is not there: {ending}"
    if ending.state is ItemState.WITH_PERSON:
        assert ending.cases, f"{number} waits for a person whom nobody has asked: {ending}"


def _claim_number(reference: str) -> str:
    return next(part for part in reference.replace("/", " ").split() if part.startswith("CLM-"))
