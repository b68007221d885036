"""Filling a form so that it holds what was filled: fill, leave, settle, read back, repair."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from playwright.async_api import Error, Locator, Page
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from deskhand.browsers.fields import (
    FieldKind,
    FieldValue,
    Held,
    PlainValue,
    files,
    holds,
    options,
    revealed,
    typed,
)
from deskhand.browsers.form_reader import FormReader, field_name
from deskhand.browsers.quiet import settle
from deskhand.browsers.trouble import PortalTroubleError, system_cause
from deskhand.browsers.watch import PortalWatch
from deskhand.domain.cause import SystemCode

ROUNDS = 3


class FormFiller:
    """Fills forms of one portal: its way to write dates, its time to come to rest."""

    def __init__(
        self, *, reader: FormReader, watch: PortalWatch, date_format: str, quiet: timedelta
    ) -> None:
        self._reader = reader
        self._watch = watch
        self._date_format = date_format
        self._quiet = quiet

    async def fill(self, page: Page, fields: Mapping[Locator, FieldValue]) -> None:
        """Fill the fields until all of them hold their values, in a few rounds at most.

        A typed value may be wiped, moved or cut by the page at any moment before it rests: so
        every field is read after each round, and those that differ are filled again, the last
        time key by key. Raises `FIELD_NOT_HELD` when a field still differs then.
        """
        locators = list(fields)
        values = [revealed(value) for value in fields.values()]
        kinds = await self._kinds(locators)
        wanting: Sequence[int] = range(len(locators))
        held: list[Held] = []
        for round_no in range(1, ROUNDS + 1):
            for at in wanting:
                slowly = round_no == ROUNDS
                kinds = await self._put(locators, at, values[at], kinds=kinds, slowly=slowly)
            await settle(page, watch=self._watch, quiet=self._quiet)
            held = await self._reader.read(locators)
            wanting = [
                at
                for at, each in enumerate(held)
                # Filled as another kind of field, it may hold the day, but not as it should.
                if each.kind is not kinds[at] or not self._holds(each, values[at])
            ]
            kinds = tuple(each.kind for each in held)
            if not wanting:
                return
        names = ", ".join(field_name(held[at]) for at in wanting)
        message = f"after {ROUNDS} rounds of filling, not what was filled in: {names}"
        raise PortalTroubleError(system_cause(SystemCode.FIELD_NOT_HELD, message))

    async def _kinds(self, locators: Sequence[Locator]) -> tuple[FieldKind, ...]:
        known = self._reader.known_kinds(locators)
        if known is not None:
            return known
        return tuple(held.kind for held in await self._reader.read(locators))

    async def _put(
        self,
        locators: Sequence[Locator],
        at: int,
        value: PlainValue,
        *,
        kinds: tuple[FieldKind, ...],
        slowly: bool,
    ) -> tuple[FieldKind, ...]:
        try:
            await self._fill_one(locators[at], value, kind=kinds[at], slowly=slowly)
        except PlaywrightTimeoutError:
            raise
        except Error:
            # Perhaps another kind of field than last time: look again, once.
            kinds = tuple(held.kind for held in await self._reader.read(locators))
            await self._fill_one(locators[at], value, kind=kinds[at], slowly=slowly)
        return kinds

    async def _fill_one(
        self, field: Locator, value: PlainValue, *, kind: FieldKind, slowly: bool
    ) -> None:
        match kind:
            case FieldKind.TICK:
                await field.set_checked(bool(value))
            case FieldKind.FILE:
                await field.set_input_files(files(value))
            case FieldKind.SELECT:
                if value is not None:
                    await field.select_option(options(value))
            case FieldKind.TEXT | FieldKind.DATE:
                text = typed(value, kind=kind, date_format=self._date_format)
                await _type(field, text, slowly=slowly and kind is FieldKind.TEXT)

    def _holds(self, held: Held, value: PlainValue) -> bool:
        return holds(held, value, date_format=self._date_format)


async def _type(field: Locator, text: str, *, slowly: bool) -> None:
    if not slowly:
        await field.fill(text)
        return
    await field.fill("")
    await field.press_sequentially(text)
