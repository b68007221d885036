"""Test data: workbooks, as a spreadsheet program saves them, and as nobody should."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook  # type: ignore[import-untyped]

_IN_XML = {'"': "&quot;", "\n": "&#10;"}
SHEET = "xl/worksheets/sheet1.xml"


def a_workbook(
    rows: Iterable[Sequence[object]], *, change: Callable[[Any], None] | None = None
) -> bytes:
    """Return a workbook of one sheet; `change` makes of it what plain rows cannot."""
    workbook = Workbook()
    sheet: Any = workbook.active
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(sheet)
    return _saved(workbook)


def two_sheets(*, state: str) -> bytes:
    """Return a workbook of two filled sheets, the second one hidden or not, and an empty one."""
    workbook = Workbook()
    first: Any = workbook.active
    second: Any = workbook.create_sheet("codes")
    for sheet, texts in ((first, ["a", "1"]), (second, ["b", "2"])):
        for text in texts:
            sheet.append([text])
    second.sheet_state = state
    workbook.create_sheet("empty")
    return _saved(workbook)


def many_sheets(sheets: Mapping[str, Sequence[Sequence[object]]], *, hidden: str = "") -> bytes:
    """Return a workbook of these sheets, by name, one of them hidden."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet: Any = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name == hidden:
            sheet.sheet_state = "hidden"
    return _saved(workbook)


def renamed(content: bytes, names: Mapping[str, str]) -> bytes:
    """Return a workbook whose sheets have other names, whatever a spreadsheet program allows."""

    def rename(text: str) -> str:
        for name, other in names.items():
            text = text.replace(f'name="{name}"', f'name="{escape(other, _IN_XML)}"')
        return text

    return repacked(content, change={"xl/workbook.xml": rename})


def _saved(workbook: Any) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def repacked(
    content: bytes,
    *,
    change: Mapping[str, Callable[[str], str]],
    add: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a workbook with the text of some parts changed, and parts added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            text = old.read(part.filename)
            if part.filename in change:
                text = change[part.filename](text.decode()).encode()
            new.writestr(part.filename, text)
        for name, text in (add or {}).items():
            new.writestr(name, text)
    return stream.getvalue()


def with_cell(content: bytes, cell: str, xml: str) -> bytes:
    """Return a workbook in which one cell of the sheet is written as XML."""

    def put(text: str) -> str:
        changed, count = re.subn(rf'<c r="{cell}"[^>]*?(/>|>.*?</c>)', xml, text)
        assert count == 1
        return changed

    return repacked(content, change={SHEET: put})
