"""Workbooks that nobody should open: they are refused before they are unpacked."""

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from deskhand.errors import BrokenFileError
from deskhand.intake import xlsx_package, xlsx_sheet
from deskhand.intake.xlsx import XlsxReader
from tests.making_workbooks import SHEET, a_workbook, repacked

GOOD = a_workbook([["a", "b"], ["1", "x"]])


def broken(folder: Path, content: bytes) -> str:
    file = folder / "book.xlsx"
    file.write_bytes(content)
    with pytest.raises(BrokenFileError) as raised:
        XlsxReader().check(file)
    return str(raised.value)


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/macrosheets/sheet1.xml", "macros"),
        ("xl/externalLinks/externalLink1.xml", "values from other workbooks"),
        ("XL/WORKSHEETS/SHEET1.xml", "parts of the same name"),
    ],
)
def test_a_workbook_with_more_than_values_is_broken(tmp_path: Path, added: str, said: str) -> None:
    assert said in broken(tmp_path, repacked(GOOD, change={}, add={added: b"x"}))


def test_a_workbook_that_is_encrypted_or_old_says_so(tmp_path: Path) -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)

    assert "protected by a password, or of the old kind" in broken(tmp_path, old)


def test_a_workbook_that_unpacks_to_too_much_is_broken_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_package, "MOST_BYTES", 2_000_000)
    bomb = repacked(GOOD, change={}, add={"xl/media/image.png": bytes(3_000_000)})

    assert "unpacks to more than 2,000,000 bytes" in broken(tmp_path, bomb)


def test_a_workbook_that_says_less_than_it_unpacks_to_is_broken(tmp_path: Path) -> None:
    bomb = bytearray(repacked(GOOD, change={}, add={"xl/media/image.png": bytes(3_000_000)}))
    at = bomb.rindex(b"PK\x01\x02")
    bomb[at + 24 : at + 28] = struct.pack("<I", 100)

    assert "a part is larger or smaller than it says" in broken(tmp_path, bytes(bomb))


def test_two_cells_far_apart_do_not_fill_the_memory(tmp_path: Path) -> None:
    def spread(sheet: Any) -> None:
        sheet["XFD1048576"] = "far"

    content = a_workbook([["a"], ["1"]], change=spread)

    assert f"at most {xlsx_sheet.MOST_CELLS:,} are read" in broken(tmp_path, content)


@pytest.mark.parametrize(
    ("part", "begin", "said"),
    [
        (SHEET, '<!DOCTYPE x [<!ENTITY a "aaaa">]>', "declares entities"),
        ("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]>', "declares entities"),
        (SHEET, '<?xml version="1.0" encoding="iso-8859-1"?>', "not UTF-8"),
    ],
)
def test_xml_that_does_more_than_it_needs_to_is_broken(
    tmp_path: Path, part: str, begin: str, said: str
) -> None:
    content = repacked(GOOD, change={part: lambda text: begin + text[text.index("<w") :]})

    assert said in broken(tmp_path, content)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (SHEET, "</sheetData>", ""),
        (SHEET, 'r="A2"', 'r="A0"'),
        (SHEET, 'r="A2"', 'r="ZZZ2"'),
        ("xl/_rels/workbook.xml.rels", "sheet1.xml", "sheet9.xml"),
    ],
)
def test_a_damaged_part_breaks_the_file(tmp_path: Path, part: str, old: str, new: str) -> None:
    content = repacked(GOOD, change={part: lambda text: text.replace(old, new)})

    assert "is damaged" in broken(tmp_path, content)


def test_a_workbook_without_its_parts_is_broken(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "x")

    assert "a part of the workbook is missing" in broken(tmp_path, stream.getvalue())


def test_every_byte_that_is_changed_is_read_or_told_but_never_a_surprise(tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    for place in range(0, len(GOOD), 29):
        content = bytearray(GOOD)
        content[place] ^= 0x55
        file.write_bytes(bytes(content))
        try:
            rows = list(XlsxReader().rows(file))
        except BrokenFileError:
            continue
        assert len(rows) == 1
