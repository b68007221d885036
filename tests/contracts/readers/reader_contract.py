"""What every reader promises, whatever the format; each format's suite is a subclass."""

import re
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from deskhand.errors import BrokenFileError
from deskhand.ports.reader import BadRow, Reader, Row


class ReaderContract:
    """Subclasses say how a file of their format is written, and how it is spoilt."""

    suffix: ClassVar[str]

    def reader(self) -> Reader:
        raise NotImplementedError

    def content(self, *names: str) -> bytes:
        """A whole file with one row a name, in which the name stands."""
        raise NotImplementedError

    def content_with_bad_row(self, *names: str, bad: int) -> bytes:
        """The same, with the row at that place (from 0) made unreadable."""
        raise NotImplementedError

    def cut(self, content: bytes) -> bytes:
        """The file as a broken transfer leaves it: it ends in the middle of its last row."""
        return content[: content.rindex(b"Zeller") + 3]

    def test_rows_come_in_the_files_order_and_are_counted_from_one(self, tmp_path: Path) -> None:
        file = self.file(tmp_path, self.content("Abbott", "Keller", "Zeller"))

        rows = self.read(file)

        assert [row.number for row in rows] == [1, 2, 3]
        assert [row.line for row in rows] == sorted({row.line for row in rows})
        assert ["Abbott" in str(row) for row in rows] == [True, False, False]
        assert all(isinstance(row, Row) for row in rows)

    def test_a_bad_row_is_set_aside_and_the_others_are_read(self, tmp_path: Path) -> None:
        names = ("Abbott", "Keller", "Zeller")
        file = self.file(tmp_path, self.content_with_bad_row(*names, bad=1))

        first, bad, last = self.read(file)

        assert isinstance(first, Row)
        assert isinstance(bad, BadRow)
        assert isinstance(last, Row)
        assert (bad.number, last.number) == (2, 3)
        assert first.line < bad.line < last.line
        assert bad.field
        assert bad.reason

    def test_the_reason_of_a_bad_row_tells_nothing_of_the_row(self, tmp_path: Path) -> None:
        names = ("Abbott", "Keller", "Zeller")
        file = self.file(tmp_path, self.content_with_bad_row(*names, bad=1))

        bad = self.read(file)[1]

        assert "Keller" not in str(bad)

    def test_the_check_passes_a_file_in_which_only_a_row_is_bad(self, tmp_path: Path) -> None:
        names = ("Abbott", "Keller", "Zeller")
        file = self.file(tmp_path, self.content_with_bad_row(*names, bad=1))

        self.reader().check(file)

        assert len(self.read(file)) == 3

    def test_reading_a_file_twice_gives_the_same_rows(self, tmp_path: Path) -> None:
        file = self.file(tmp_path, self.content("Abbott", "Keller"))
        reader = self.reader()

        first, second = list(reader.rows(file)), list(reader.rows(file))

        assert first == second

    @pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n\t "])
    def test_a_file_without_content_is_broken(self, tmp_path: Path, content: bytes) -> None:
        file = self.file(tmp_path, content)

        with pytest.raises(BrokenFileError, match=f"file{self.suffix}"):
            self.read(file)

    @pytest.mark.parametrize(
        "content", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"%PDF-1.7", b"PK\3\4", b"no rows here"]
    )
    def test_a_file_of_another_kind_is_broken(self, tmp_path: Path, content: bytes) -> None:
        file = self.file(tmp_path, content)

        with pytest.raises(BrokenFileError):
            self.read(file)

    def test_a_truncated_file_never_passes_for_a_whole_one(self, tmp_path: Path) -> None:
        file = self.file(tmp_path, self.cut(self.content("Abbott", "Keller", "Zeller")))

        try:
            rows: Sequence[Row | BadRow] = self.read(file)
        except BrokenFileError:
            return

        assert isinstance(rows[-1], BadRow)

    def test_a_file_that_is_not_there_is_broken(self, tmp_path: Path) -> None:
        file = tmp_path / f"missing{self.suffix}"

        with pytest.raises(BrokenFileError, match="cannot be read"):
            self.read(file)

    def test_a_reading_can_be_given_up(self, tmp_path: Path) -> None:
        file = self.file(tmp_path, self.content("Abbott", "Keller", "Zeller"))
        rows = iter(self.reader().rows(file))

        first = next(rows)
        del rows

        assert first.number == 1

    def test_memory_does_not_grow_with_the_file(self, tmp_path: Path) -> None:
        small = self.file(tmp_path, self.content(*["Abbott"] * 300), name="small")
        large = self.file(tmp_path, self.content(*["Abbott"] * 3_000), name="large")
        self.read(small)

        peaks = [self.peak(small), self.peak(large)]

        # Ten times the rows; what is held ahead (a chunk, a batch) is allowed for.
        assert peaks[1] < peaks[0] + 1_000_000

    def file(self, folder: Path, content: str | bytes, *, name: str = "file") -> Path:
        path = folder / f"{name}{self.suffix}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def read(self, file: Path) -> list[Row | BadRow]:
        """The rows; a file that breaks does so in the check already, and for the same cause."""
        reader = self.reader()
        try:
            rows = list(reader.rows(file))
        except BrokenFileError as error:
            with pytest.raises(BrokenFileError, match=f"^{re.escape(str(error))}$"):
                reader.check(file)
            raise
        reader.check(file)
        return rows

    def peak(self, file: Path) -> int:
        """The most memory that reading the file took, its rows dropped as they come."""
        tracemalloc.start()
        try:
            for _ in self.reader().rows(file):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


class TextReaderContract(ReaderContract):
    """What every reader of text promises besides."""

    def text(self, *names: str) -> str:
        """A whole file with one row a name, in which the name stands."""
        raise NotImplementedError

    def text_with_bad_row(self, *names: str, bad: int) -> str:
        """The same, with the row at that place (from 0) made unreadable."""
        raise NotImplementedError

    def content(self, *names: str) -> bytes:
        return self.text(*names).encode()

    def content_with_bad_row(self, *names: str, bad: int) -> bytes:
        return self.text_with_bad_row(*names, bad=bad).encode()

    def test_a_file_in_windows_1252_is_broken_at_its_first_odd_byte(self, tmp_path: Path) -> None:
        text = self.text("Abbott", "Kéller", "Zeller")
        file = self.file(tmp_path, text.encode("cp1252"))
        line = text[: text.index("é")].count("\n") + 1

        with pytest.raises(BrokenFileError, match="save it as UTF-8") as raised:
            self.read(file)

        assert raised.value.line == line

    def test_a_file_that_ends_inside_a_character_is_broken(self, tmp_path: Path) -> None:
        file = self.file(tmp_path, self.text("Abbott").encode() + "é".encode()[:1])

        with pytest.raises(BrokenFileError, match="is not UTF-8"):
            self.read(file)

    def test_a_file_in_utf_16_is_broken_and_says_so(self, tmp_path: Path) -> None:
        file = self.file(tmp_path, self.text("Abbott").encode("utf-16"))

        with pytest.raises(BrokenFileError, match="UTF-16"):
            self.read(file)

    def test_utf_8_is_read_with_and_without_a_byte_order_mark(self, tmp_path: Path) -> None:
        text = self.text("Kéller")
        file = self.file(tmp_path, text.encode("utf-8"))
        marked = self.file(tmp_path, text.encode("utf-8-sig"), name="marked")

        rows = self.read(file)

        assert "Kéller" in str(rows)
        assert self.read(marked) == rows

    def test_a_nul_character_breaks_the_file_at_its_line(self, tmp_path: Path) -> None:
        text = self.text("Abbott", "Kel\0ler")
        file = self.file(tmp_path, text)

        with pytest.raises(BrokenFileError, match="NUL") as raised:
            self.read(file)

        assert raised.value.line == text[: text.index("\0")].count("\n") + 1
