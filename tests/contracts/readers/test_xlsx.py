from typing import ClassVar

from deskhand.intake.xlsx import XlsxReader
from deskhand.ports.reader import Reader
from tests.contracts.readers.reader_contract import ReaderContract
from tests.making_workbooks import a_workbook, with_cell

HEADING = ("number", "name", "total")


class TestXlsxReader(ReaderContract):
    suffix: ClassVar[str] = ".xlsx"

    def reader(self) -> Reader:
        return XlsxReader()

    def content(self, *names: str) -> bytes:
        return a_workbook([HEADING, *(("C1", name, 12.1) for name in names)])

    def content_with_bad_row(self, *names: str, bad: int) -> bytes:
        cell = f"C{bad + 2}"
        return with_cell(self.content(*names), cell, f'<c r="{cell}" t="e"><v>#REF!</v></c>')

    def cut(self, content: bytes) -> bytes:
        return content[: len(content) * 2 // 3]
