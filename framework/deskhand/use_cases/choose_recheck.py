"""Choose what bots did to be checked again by a person, in the transaction that settles it."""

from collections.abc import Mapping
from dataclasses import dataclass

from deskhand.domain.effect import Effect, EffectState
from deskhand.domain.entry import RecordType
from deskhand.domain.exception_case import CaseKind, CaseState, ExceptionCase
from deskhand.domain.identifiers import CaseId, ItemId
from deskhand.domain.outcome import Done, Duplicate, Outcome
from deskhand.domain.quality import (
    NOTHING_CHECKED,
    Choice,
    QualityBook,
    Recheck,
    RecheckRule,
    RecheckState,
    draw_basis,
    draw_text,
    drawn,
    fields_to_check,
)
from deskhand.domain.work_item import WorkItem
from deskhand.ports.store import Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.open_case import CaseOpener
from deskhand.use_cases.sealing import detail_context, draw_context, seal_json

RECHECK_WANTED = "RECHECK_WANTED"
DONE_BY_PERSON = "done_by_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """What choosing needs: the rules of the project, and what can be looked up of the runbook."""

    book: QualityBook = NOTHING_CHECKED
    checkable: tuple[str, ...] = ()


NO_SAMPLING = Sampling()
"""Nothing is checked again."""


def choose_recheck(
    tx: Transaction,
    item: WorkItem,
    outcome: Outcome,
    *,
    sampling: Sampling,
    opener: CaseOpener,
    attempt: int,
) -> Recheck | None:
    """Decide whether a person checks again what a bot has just finished; open the case if so.

    Done and duplicate both count: that the portal had it already is a finding, too. What a
    person did by hand does not. Chosen or not, the record says by which rule, and why.
    """
    rule = sampling.book.rule_for(item.runbook, item.client)
    if rule is None or not isinstance(outcome, Done | Duplicate):
        return None
    finished = _Finished(tx=tx, item=item, opener=opener, attempt=attempt)
    if any(map(_by_hand, tx.journal.effects_of(item.id))):
        finished.record(chosen=False, facts={"because": [DONE_BY_PERSON]})
        return None
    choice = rule.choice(
        draw=draw_of(item.id, runbook=item.runbook, client=item.client, seal=opener.seal),
        before=tx.rechecks.first_of(item.runbook_hash, client=item.client),
        amount=item.amount,
    )
    if not choice.chosen:
        finished.record(chosen=False, facts=_grounds(rule, choice))
        return None
    fields = fields_to_check(
        rule,
        sampling.checkable,
        outputs=outcome.outputs if isinstance(outcome, Done) else None,
        portal_number=item.portal_number,
    )
    return finished.choose(rule, choice, fields=fields)


def _by_hand(act: Effect) -> bool:
    """Whether a person did it, and the portal confirmed so."""
    return act.sealed_by_hand is not None and act.state is EffectState.CONFIRMED


def draw_of(item: ItemId, *, runbook: str, client: str, seal: Seal) -> int:
    """Return an item's draw: the same each time, and known to nobody without the key."""
    basis = draw_basis(item, runbook=runbook, client=client)
    return drawn(seal.digest(basis, context=draw_context()))


def _grounds(rule: RecheckRule, choice: Choice) -> dict[str, object]:
    """Return all that the choice rests on, as the record tells it."""
    return {
        "because": [why.value for why in choice.why],
        "draw": draw_text(choice.draw),
        "share": f"{rule.share}%",
        "first_of_version": rule.first_of_version,
        "ordinal": choice.ordinal,
        "all_above": None if rule.all_above is None else str(rule.all_above),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finished:
    """An item that an attempt has just finished, in the transaction that says so."""

    tx: Transaction
    item: WorkItem
    opener: CaseOpener
    attempt: int

    def choose(self, rule: RecheckRule, choice: Choice, *, fields: tuple[str, ...]) -> Recheck:
        """Open the case and keep the re-check, behind the record that says why."""
        case = self._open(rule.queue)
        state = RecheckState.WAITING
        seq = self.record(
            chosen=True,
            state=state.value,
            facts={"case": case.id, "fields": list(fields), **_grounds(rule, choice)},
        )
        recheck = Recheck(
            item=self.item.id,
            case=case.id,
            runbook=self.item.runbook,
            runbook_hash=self.item.runbook_hash,
            client=self.item.client,
            state=state,
            audit_seq=seq,
            why=tuple(why.value for why in choice.why),
            fields=fields,
            chosen_at=self.opener.at,
            ordinal=choice.ordinal,
        )
        self.tx.rechecks.add(recheck)
        return recheck

    def record(self, *, chosen: bool, facts: Mapping[str, object], state: str = "") -> int:
        """Record whether it was chosen, and what that rests on."""
        entry = self.opener.entry(
            self.item.stream,
            RecordType.RECHECK_DECIDED,
            "recheck",
            state=state,
            attempt=self.attempt,
            chosen=chosen,
            **facts,
        )
        return self.tx.record(entry)

    def _open(self, queue: str) -> ExceptionCase:
        """Open the case. Its clock is its queue's alone: the item's own due time is no matter."""
        item, opener = self.item, self.opener
        case_id = CaseId(f"{item.id}-{len(self.tx.cases.of_item(item.id)) + 1}")
        times = opener.book.times(
            queue, CaseKind.QUALITY, item.client, opened=opener.at, account=item.account
        )
        detail = {
            "message": "look it up on the portal, and type what it shows",
            "hint": f"deskhand quality show {case_id}",
        }
        case = ExceptionCase(
            id=case_id,
            item=item.id,
            account=item.account,
            runbook=item.runbook,
            client=item.client,
            reference=item.reference,
            queue=queue,
            kind=CaseKind.QUALITY,
            code=RECHECK_WANTED,
            step="",
            state=CaseState.OPEN,
            stream=item.stream,
            audit_seq=0,
            version=1,
            sealed_detail=seal_json(detail, seal=opener.seal, context=detail_context(case_id)),
            opened_at=opener.at,
            due_at=times.due_at,
            risk_at=times.risk_at,
            cause_group=f"{RECHECK_WANTED}@{item.runbook}",
        )
        return opener.open(self.tx, case, attempt=self.attempt)
