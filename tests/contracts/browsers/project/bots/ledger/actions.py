"""A bot without a page: it keeps its entries in memory."""

from typing import ClassVar

from deskhand import Bot, NotThere, Result, action


class Entry(Result):
    """One entry of the ledger."""

    number: int
    by: str


class Ledger(Bot):
    """A ledger that all of its instances share, as a database would be."""

    entries: ClassVar[list[int]] = [1]

    @action.read
    async def find(self, number: int) -> Entry | NotThere:
        """Find an entry."""
        if number not in self.entries:
            return NotThere()
        return Entry(number=number, by=(await self.login()).user.reveal())

    @action.write(proof=find)
    async def enter(self, number: int) -> None:
        """Enter a number."""
        await self.intend()
        self.entries.append(number)
