"""Reading the fields of a form, all at one moment."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from playwright.async_api import Locator

from deskhand.browsers.fields import FieldKind, Held
from deskhand.browsers.glances import held_and_placed, held_by
from deskhand.errors import BotError

_FORMS_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a form's fields stood in the document, and what they looked like there."""

    order: tuple[int, ...]
    prints: tuple[str, ...]


class FormReader:
    """Reads the fields of one portal's forms, remembering the layout of each form.

    The first reading of a form asks each field; the following ones read all fields at one glance
    and fall back to asking each when the layout is not the one remembered.
    """

    def __init__(self) -> None:
        self._layouts: OrderedDict[tuple[str, ...], _Layout] = OrderedDict()
        self._kinds: dict[tuple[str, ...], tuple[FieldKind, ...]] = {}

    def known_kinds(self, fields: Sequence[Locator]) -> tuple[FieldKind, ...] | None:
        """The kinds of a form's fields, if it was read before."""
        return self._kinds.get(_key(fields))

    async def read(self, fields: Sequence[Locator]) -> list[Held]:
        """Return what each field holds now; waits for fields that are not there yet."""
        key = _key(fields)
        layout = self._layouts.get(key)
        if layout is None:
            return await self._read_each(fields, key=key)
        together = reduce(lambda one, other: one.or_(other), fields)
        seen = [_held(each) for each in await held_by(together)]
        if tuple(held.print for held in seen) != layout.prints:
            return await self._read_each(fields, key=key)
        return [seen[position] for position in layout.order]

    async def _read_each(self, fields: Sequence[Locator], *, key: tuple[str, ...]) -> list[Held]:
        raw = await asyncio.gather(*(held_and_placed(field) for field in fields))
        held = [_held(each) for each in raw]
        self._remember(key, places=[each["place"] for each in raw], held=held)
        return held

    def _remember(self, key: tuple[str, ...], *, places: list[int], held: list[Held]) -> None:
        self._layouts.pop(key, None)
        self._kinds[key] = tuple(each.kind for each in held)
        if any(place < 0 for place in places):
            return  # in a shadow tree: its order in the document cannot be told
        if len(set(places)) != len(places):
            raise BotError("two locators of one form find the same field")
        in_document = sorted(range(len(places)), key=places.__getitem__)
        self._layouts[key] = _Layout(
            order=tuple(in_document.index(position) for position in range(len(places))),
            prints=tuple(held[position].print for position in in_document),
        )
        if len(self._layouts) > _FORMS_REMEMBERED:
            forgotten, _ = self._layouts.popitem(last=False)
            self._kinds.pop(forgotten, None)


def field_name(held: Held) -> str:
    """Return what a person would call the field: its label."""
    return held.print.rpartition("|")[2] or held.print


def _key(fields: Sequence[Locator]) -> tuple[str, ...]:
    # A locator's text is the only public way to its selector; the part before it names the URL.
    return tuple(str(field).partition(" selector=")[2] for field in fields)


def _held(raw: Mapping[str, Any]) -> Held:
    return Held(
        kind=FieldKind(raw["kind"]),
        print=raw["print"],
        value=raw["value"],
        ticked=bool(raw["ticked"]),
        chosen=tuple(raw["chosen"]),
        labels=tuple(raw["labels"]),
    )
