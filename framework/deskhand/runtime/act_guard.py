"""The guard of one act: intent before it, the fence at the wire, and what is known after."""

from deskhand.domain.effect import Effect
from deskhand.errors import BotError
from deskhand.ports.clock import Clock
from deskhand.runtime.journal import AttemptJournal
from deskhand.use_cases.journal_act import ActClocks


class ActGuard:
    """Given to the session with a `once` step; its bot's `commit` asks it.

    `effect` is None until the intent is written: what fails before is provably unsent.
    """

    def __init__(
        self,
        step: str,
        *,
        act_no: int,
        clocks: ActClocks,
        journal: AttemptJournal,
        clock: Clock,
    ) -> None:
        self._step = step
        self._act_no = act_no
        self._clocks = clocks
        self._journal = journal
        self._clock = clock
        self.effect: Effect | None = None
        self.left = False
        self.was_held_back = False

    @property
    def unsent(self) -> bool:
        """Whether it is certain that nothing of the act has left this machine."""
        return self.was_held_back and not self.left

    async def intend(self) -> None:
        if self.effect is not None:
            raise BotError(f"{self._step}: one write action commits once; it tried a second time")
        self.effect = await self._journal.intend(
            self._step, act_no=self._act_no, clocks=self._clocks
        )

    async def may_leave(self) -> bool:
        if self.effect is None or not await self._journal.may_leave(self.effect):
            return False
        # Looked at again: this process may have been stopped since the fence answered. Before
        # `act_by` nobody asks for proof, so nobody acts in our place.
        return self._clock.now() < self.effect.act_by

    def sent(self) -> None:
        self.left = True

    def held_back(self) -> None:
        self.was_held_back = True
