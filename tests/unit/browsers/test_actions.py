from datetime import timedelta

import pytest

from deskhand.browsers.actions import action, signatures
from deskhand.browsers.bot import Bot
from deskhand.domain.result import NotThere, Refused, Result
from deskhand.domain.sealed import Sealed
from deskhand.errors import BotError
from deskhand.ports.action import ActionEffect


class Receipt(Result):
    number: str


class Ledger(Bot):
    @action.read
    async def find(self, number: str, member: Sealed[str], year: int = 2026) -> Receipt | NotThere:
        """Find an entry.

        By its number.
        """
        return NotThere() if number or member.reveal() or year else Receipt(number="1")

    @action.write(proof=find, every=timedelta(minutes=1))
    async def enter(self) -> Receipt | Refused:
        return Refused("NO")

    async def not_an_action(self) -> None: ...


def test_a_signature_says_what_the_annotations_say() -> None:
    found = signatures(Ledger, name="ledger")

    assert found.keys() == {"find", "enter"}
    find, enter = found["find"], found["enter"]
    assert (find.path, find.effect) == ("ledger.find", ActionEffect.READ)
    assert find.parameters == {"number": str, "member": Sealed[str], "year": int}
    assert find.required == {"number", "member"}
    assert find.returns == Receipt | NotThere
    assert find.promise == "Find an entry."
    assert (enter.effect, enter.proof) == (ActionEffect.WRITE, "find")
    assert (enter.every, enter.patience) == (timedelta(minutes=1), timedelta(minutes=45))


def test_an_action_that_cannot_be_performed_is_refused_with_its_line() -> None:
    class NotAsync(Bot):
        @action.read
        def find(self) -> None: ...

    class NoAnnotation(Bot):
        @action.read
        async def find(self, number) -> None: ...  # type: ignore[no-untyped-def]  # noqa: ANN001

    class NoReturn(Bot):
        @action.read
        async def find(self): ...  # type: ignore[no-untyped-def]  # noqa: ANN202

    class Unresolved(Bot):
        @action.read
        async def find(self, number: "Nowhere") -> None: ...  # type: ignore[name-defined]  # noqa: F821

    class Several(Bot):
        @action.read
        async def find(self, *numbers: str) -> None: ...

    for bot in (NotAsync, NoAnnotation, NoReturn, Unresolved, Several):
        with pytest.raises(BotError, match=r"test_actions\.py, line \d+, find: "):
            signatures(bot, name="ledger")


def test_the_proof_of_a_write_is_a_read() -> None:
    async def unmarked() -> None: ...

    with pytest.raises(BotError, match=r"marked @action\.read"):

        class Wrong(Bot):
            @action.write(proof=unmarked)
            async def enter(self) -> None: ...
