"""Whatever a client sends: rows, bad rows, or a broken file, and never anything else."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.demo.aid.isir_writer import isir_record
from deskhand.errors import BrokenFileError
from deskhand.intake.formats import reader_for
from deskhand.ports.reader import BadRow, Row
from tests.unit.intake.x12_text import claim, claims_file

_CSV = b'a,lines[1].code,lines[1].charge,codes[1]\nx,"y\nz",1.50,c\n,"q""q",,\n'
_JSON = b'{"n": [1], "rows": [{"a": 1.50, "b": [{"c": null}]}, {"a": "\\u00e9", "d": [[]]}]}'
_JSONL = b'{"a": 1.50}\n\n{"b": [{"c": null}], "d": "\\ud83d\\ude00"}\n{"e": true}\n'
_X12 = claims_file(claim(), claim("CLM-0000002", extra=["REF*G1*A1"])).encode()
_ISIR = (isir_record({"sai": "-1500", "birth_date": "20060307"}) + "\r\n").encode() * 2
_WHOLE = {".csv": _CSV, ".json": _JSON, ".jsonl": _JSONL, ".837": _X12, ".isir": _ISIR}
_PIECES = (
    b'",;\t\r\n[]{}:*~^\\\x00\xff\xc3\xa9\xef\xbb\xbf0129eE+-.INaNtruefalsenull\\u0000\\ud800'
    b"ISA GS ST SE GE IEA HL CLM SV1 LX DTP HI NM1"
)
_Edit = tuple[int, int, bytes]
_edits = st.lists(
    st.tuples(
        st.integers(0, 2_000),
        st.integers(0, 40),
        st.one_of(
            st.binary(max_size=6),
            st.sampled_from(_PIECES.split()),
            st.sampled_from([_PIECES[at : at + 1] for at in range(len(_PIECES))]),
        ),
    ),
    max_size=5,
)
_fuzz = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("suffix", [*_WHOLE])
@given(edits=_edits)
@_fuzz
def test_a_damaged_file_gives_counted_rows_or_is_broken(
    suffix: str, edits: list[_Edit], tmp_path: Path
) -> None:
    file = tmp_path / f"file{suffix}"
    file.write_bytes(_damaged(_WHOLE[suffix], edits))

    numbers = _numbers_read(file)

    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("suffix", [*_WHOLE])
@given(content=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
@_fuzz
def test_any_bytes_give_counted_rows_or_are_broken(
    suffix: str, content: bytes, tmp_path: Path
) -> None:
    file = tmp_path / f"file{suffix}"
    file.write_bytes(content)

    numbers = _numbers_read(file)

    assert numbers == list(range(1, len(numbers) + 1))


def _damaged(content: bytes, edits: list[_Edit]) -> bytes:
    for place, length, piece in edits:
        at = place % (len(content) + 1)
        content = content[:at] + piece + content[at + length :]
    return content


def _numbers_read(file: Path) -> list[int]:
    """The numbers of the rows of a file that the check lets pass, and that must then not break."""
    reader = reader_for(file)
    try:
        reader.check(file)
    except BrokenFileError as error:
        with pytest.raises(BrokenFileError, match=f"^{re.escape(str(error))}$"):
            list(reader.rows(file))
        return []
    return [_checked(row).number for row in reader.rows(file)]


def _checked(row: Row | BadRow) -> Row | BadRow:
    """The row, if it can be stored: text that UTF-8 knows, without NUL, and no float."""
    if isinstance(row, BadRow):
        assert row.field.isprintable()
        assert row.reason.isprintable()
        return row
    text = json.dumps(row.values, ensure_ascii=False)
    assert "\\u0000" not in text.replace("\\\\", "")
    assert text.encode()
    return row
