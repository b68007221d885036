"""Journal steps: what they gave, what was compared, what was seen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deskhand.domain.entry import RecordType
from deskhand.domain.evidence import Capture, Evidence
from deskhand.domain.read_back import ReadBack
from deskhand.ports.attempt_store import StepResult
from deskhand.ports.evidence_store import EvidenceStore
from deskhand.use_cases.fenced_attempt import FencedAttempt
from deskhand.use_cases.sealing import evidence_context, open_json, result_context, seal_json


@dataclass(frozen=True, slots=True, kw_only=True)
class StepJournal:
    """What an attempt keeps of its steps. One transaction a step, behind the fence."""

    fenced: FencedAttempt
    evidence_store: EvidenceStore

    def result(self, step: str, *, action: str, value: object) -> None:
        """Keep what a step gave; `value` is of JSON types and will be sealed."""
        result = sealed_result(self.fenced, step, value)
        with self.fenced.transaction() as tx:
            tx.record(
                self.fenced.entry(RecordType.ACTION, f"step:{step}", step=step, action=action)
            )
            tx.journal.add_result(result)

    def skipped(self, step: str) -> None:
        """Note that a step's `when` did not hold: what an earlier attempt got of it is no more."""
        result = sealed_result(self.fenced, step, None)
        with self.fenced.transaction() as tx:
            tx.record(self.fenced.entry(RecordType.STEP_SKIPPED, f"step:{step}", step=step))
            tx.journal.add_result(result)

    def read_back(self, step: str, compared: ReadBack) -> None:
        """Keep how many fields the portal holds as submitted, and which it does not."""
        facts: dict[str, Any] = {
            "step": step,
            "checked": compared.checked,
            "wrong": len(compared.wrong),
            "wrong_fields": list(compared.wrong),
            # A list, for a record's keys have no dots.
            "by_field": [[one.name, one.checked] for one in compared.by_field],
        }
        with self.fenced.transaction() as tx:
            tx.record(self.fenced.entry(RecordType.READ_BACK, f"step:{step}", **facts))
            tx.journal.add_read_back(
                compared,
                item=self.fenced.item,
                attempt=self.fenced.attempt.id,
                step=step,
                at=self.fenced.now(),
            )

    def captured(self, captures: list[Capture]) -> None:
        """Keep evidence: the sealed bytes first, then the records that name them.

        A crash in between leaves a sealed file that nothing names, never a name without a file.
        """
        kept = [self._keep(capture, self.fenced.now()) for capture in captures]
        with self.fenced.transaction() as tx:
            for evidence in kept:
                tx.record(
                    self.fenced.entry(
                        RecordType.EVIDENCE_CAPTURED,
                        f"step:{evidence.step}",
                        step=evidence.step,
                        kind=evidence.kind.value,
                        sha256=evidence.sha256,
                        size=evidence.size,
                    )
                )
                tx.evidence.add(evidence)

    def opened(self, result: StepResult) -> Any:
        """Return a kept result as it was given; raises `SealBrokenError`."""
        context = result_context(result.attempt, result.step)
        return open_json(result.sealed_value, seal=self.fenced.seal, context=context)

    def _keep(self, capture: Capture, now: datetime) -> Evidence:
        item = self.fenced.item.id
        return Evidence(
            sha256=self.evidence_store.put(capture.content, context=evidence_context(item)),
            kind=capture.kind,
            item=item,
            attempt=self.fenced.attempt.id,
            step=capture.step,
            size=len(capture.content),
            taken_at=now,
        )


def sealed_result(fenced: FencedAttempt, step: str, value: object) -> StepResult:
    """Return a step's result, sealed, ready to be kept."""
    attempt = fenced.attempt.id
    return StepResult(
        attempt=attempt,
        item=fenced.item.id,
        step=step,
        iteration=0,
        sealed_value=seal_json(value, seal=fenced.seal, context=result_context(attempt, step)),
        recorded_at=fenced.now(),
    )
