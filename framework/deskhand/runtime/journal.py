"""What an attempt writes down while it runs, seen from the event loop."""

from typing import Any, Protocol

from deskhand.domain.effect import Effect
from deskhand.domain.evidence import Capture
from deskhand.domain.question import Question
from deskhand.domain.read_back import ReadBack
from deskhand.domain.tagged import from_tagged, to_tagged
from deskhand.ports.attempt_store import StepResult
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.ask_person import QuestionJournal
from deskhand.use_cases.journal_act import ActClocks, ActJournal
from deskhand.use_cases.journal_step import StepJournal


class AttemptJournal(Protocol):
    """The journal of one attempt. Each write raises `FencedError` when it is not ours any more."""

    async def result(self, step: str, *, action: str, value: object) -> None:
        """Keep what a step gave: typed values."""
        ...

    async def skipped(self, step: str) -> None:
        """Note that a step's `when` did not hold."""
        ...

    async def read_back(self, step: str, compared: ReadBack) -> None:
        """Keep how many fields the portal holds as submitted."""
        ...

    async def captured(self, captures: list[Capture]) -> None:
        """Keep evidence."""
        ...

    async def answer_to(self, question: Question) -> Any | None:
        """Return the answer that holds for exactly this question, typed; None without one."""
        ...

    async def intend(self, step: str, *, act_no: int, clocks: ActClocks) -> Effect:
        """Write the intent of an act, committed."""
        ...

    async def may_leave(self, effect: Effect) -> bool:
        """Whether a request of this act may leave this machine now."""
        ...

    async def confirmed(self, effect: Effect, *, receipt: object, by_proof: bool) -> Effect:
        """Note that the act happened: typed receipt."""
        ...

    async def refused(self, effect: Effect, *, code: str) -> Effect:
        """Note that the portal refused the act."""
        ...

    async def not_done(self, effect: Effect, *, why: str) -> Effect:
        """Note that the act did not happen."""
        ...

    async def unknown(self, effect: Effect, *, why: str) -> Effect:
        """Note that nobody can tell."""
        ...

    async def proof_asked(self, effect: Effect, *, answer: str) -> None:
        """Note that the portal was asked in vain."""
        ...

    async def number_by_hand(self, effect: Effect) -> str | None:
        """Return the number that a person gave for the act."""
        ...

    async def opened(self, result: StepResult) -> Any:
        """Return a kept result, typed."""
        ...


class StoredJournal:
    """Writes to the store, in the store's thread."""

    def __init__(
        self,
        steps: StepJournal,
        acts: ActJournal,
        questions: QuestionJournal,
        *,
        thread: StoreThread,
    ) -> None:
        self._steps = steps
        self._acts = acts
        self._questions = questions
        self._thread = thread

    async def result(self, step: str, *, action: str, value: object) -> None:
        await self._thread.run(self._steps.result, step, action=action, value=to_tagged(value))

    async def skipped(self, step: str) -> None:
        await self._thread.run(self._steps.skipped, step)

    async def read_back(self, step: str, compared: ReadBack) -> None:
        await self._thread.run(self._steps.read_back, step, compared)

    async def captured(self, captures: list[Capture]) -> None:
        if captures:
            await self._thread.run(self._steps.captured, captures)

    async def answer_to(self, question: Question) -> Any | None:
        return from_tagged(await self._thread.run(self._questions.answer_to, question))

    async def intend(self, step: str, *, act_no: int, clocks: ActClocks) -> Effect:
        return await self._thread.run(self._acts.intend, step, act_no=act_no, clocks=clocks)

    async def may_leave(self, effect: Effect) -> bool:
        return await self._thread.run(self._acts.may_leave, effect)

    async def confirmed(self, effect: Effect, *, receipt: object, by_proof: bool) -> Effect:
        return await self._thread.run(
            self._acts.confirmed, effect, receipt=to_tagged(receipt), by_proof=by_proof
        )

    async def refused(self, effect: Effect, *, code: str) -> Effect:
        return await self._thread.run(self._acts.refused, effect, code=code)

    async def not_done(self, effect: Effect, *, why: str) -> Effect:
        return await self._thread.run(self._acts.not_done, effect, why=why)

    async def unknown(self, effect: Effect, *, why: str) -> Effect:
        return await self._thread.run(self._acts.unknown, effect, why=why)

    async def proof_asked(self, effect: Effect, *, answer: str) -> None:
        await self._thread.run(self._acts.proof_asked, effect, answer=answer)

    async def number_by_hand(self, effect: Effect) -> str | None:
        return await self._thread.run(self._acts.number_by_hand, effect)

    async def opened(self, result: StepResult) -> Any:
        return from_tagged(await self._thread.run(self._steps.opened, result))
