import subprocess
import sys

import click
import pytest

from deskhand.cli import entry

NAME, MEMBER = "Maria Alvarez", "W123456789"
ASKED = """
import resource, sys
from deskhand.cli import main
sys.argv = ["deskhand", "--version"]
try:
    main()
except SystemExit:
    pass
print(resource.getrlimit(resource.RLIMIT_CORE))
"""


def test_no_command_leaves_its_memory_in_a_core_dump() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ASKED], capture_output=True, text=True, check=True
    )

    assert ended.stdout.splitlines()[-1] == "(0, 0)"


@click.command()
def faulty() -> None:
    """Fail over a value, and then over how it was handled."""
    try:
        int(NAME)
    except ValueError as error:
        raise KeyError(MEMBER) from error


def test_an_unexpected_error_is_told_by_its_place_and_not_by_its_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(entry, "deskhand", faulty)
    monkeypatch.setattr(sys, "argv", ["deskhand"])

    with pytest.raises(SystemExit) as ended:
        entry.main()

    said = capsys.readouterr().err
    assert ended.value.code == 70
    assert "test_entry.py" in said
    assert said.index("ValueError") < said.index("KeyError: this is a mistake in deskhand")
    assert NAME not in said
    assert MEMBER not in said
