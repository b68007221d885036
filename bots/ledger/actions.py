"""The verbs of a school's ledger of aid files: a bot without a page."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from deskhand import Bot, BusinessException, NotThere, Refused, Sealed, Unsure, action

# A bot's folder is loaded by its path: its package has no fixed name.
from .database import LedgerFile  # noqa: TID252
from .records import Noted, Waiting  # noqa: TID252

Answer = TypeVar("Answer")


class Ledger(Bot):
    """A school's ledger of aid files, in an SQLite file; its account's url is `file:///…`."""

    @action.read
    async def unverified_files(self) -> Waiting:
        """Read the files that were selected for verification and have no result yet."""
        return Waiting(files=await self._asked(self._file.unverified))

    @action.read
    async def find_result(
        self, student_id: Sealed[str], award_year: str, transaction: int
    ) -> Noted | NotThere:
        """Find what is noted of a file's transaction."""
        return await self._noted(student_id, award_year, transaction) or NotThere()

    @action.write(proof=find_result, every=timedelta(minutes=1), patience=timedelta(minutes=15))
    async def note_result(
        self,
        student_id: Sealed[str],
        award_year: str,
        transaction: int,
        result: str,
        reference: str,
    ) -> Noted | Refused | Unsure:
        """Note how a file's verification ended, once: what is noted already is never replaced."""
        noted = Noted(result=result, reference=reference)
        if await self._noted(student_id, award_year, transaction):
            raise BusinessException("ALREADY_NOTED", "the ledger has a result of this file already")
        await self.intend()
        student = student_id.reveal()
        done = await asyncio.to_thread(self._file.note, student, award_year, transaction, noted)
        return noted if done else Unsure("somebody else noted a result in the same moment")

    @property
    def _file(self) -> LedgerFile:
        return LedgerFile(Path(unquote(urlsplit(self.account.url).path)))

    async def _noted(
        self, student_id: Sealed[str], award_year: str, transaction: int
    ) -> Noted | None:
        student = student_id.reveal()
        return await self._asked(lambda: self._file.noted(student, award_year, transaction))

    async def _asked(self, question: Callable[[], Answer]) -> Answer:
        try:
            return await asyncio.to_thread(question)
        except LookupError as error:
            raise BusinessException("NOT_IN_LEDGER", str(error)) from error
