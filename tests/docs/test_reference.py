import inspect
import re
import subprocess
import sys
from collections.abc import Iterator

import click

from deskhand import errors
from deskhand.cli.entry import deskhand
from deskhand.domain.cause import SystemCode
from deskhand.domain.entry import RecordType
from deskhand.runbooks.catalogue import STANDARD_TYPES
from deskhand.runbooks.functions import FUNCTIONS, GUARDS
from deskhand.settings import accounts, environment, files, network, project, verification, worker
from tests.docs.pages import DOCS, ROOT, text_of

TABLES = (files, network, verification, worker)
"""Where the tables of `deskhand.toml` are read."""

REFERENCE = DOCS / "reference"


def headings(name: str) -> set[str]:
    found = re.findall(r"^## (.+)$", text_of(REFERENCE / f"{name}.md"), re.MULTILINE)
    return {heading.strip("`") for heading in found}


def entries(name: str) -> set[str]:
    return set(
        re.findall(r"^(?:\| | *- )`([^`]+)`", text_of(REFERENCE / f"{name}.md"), re.MULTILINE)
    )


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from commands(inner, f"{path} {name}")


def constants(of: type) -> set[str]:
    return {value for name, value in vars(of).items() if name.isupper()}


def test_the_reference_says_what_the_code_says() -> None:
    checked = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )

    assert (checked.returncode, checked.stderr) == (0, "")


def test_every_command_has_its_heading_and_every_option_its_line() -> None:
    said = text_of(REFERENCE / "cli.md")
    known = dict(commands(deskhand, "deskhand"))

    assert headings("cli") == set(known)
    for path, command in known.items():
        told = said.partition(f"\n## {path}\n")[2].partition("\n## ")[0]
        for option in command.params:
            if isinstance(option, click.Option):
                assert all(spelled in told for spelled in option.opts), f"{path}: {option.opts}"


def test_every_setting_has_its_line() -> None:
    source = "".join(map(inspect.getsource, (project, environment, *TABLES)))
    keys = re.findall(r'tables\.\w+\(\s*"(\w+)", "(\w+)"', source)
    variables = set(re.findall(r"DESKHAND_[A-Z_]+\b", source))

    assert keys
    assert {key for _, key in keys} | variables <= entries("settings")
    assert {table for table, _ in keys} <= {heading.strip("[]") for heading in headings("settings")}
    assert set(accounts._KNOWN) <= entries("settings")


def test_every_code_and_every_error_has_its_line() -> None:
    raised = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, Exception)
    }

    assert constants(SystemCode) | raised <= entries("errors-and-causes")


def test_every_type_of_record_has_its_line() -> None:
    assert constants(RecordType) <= entries("records")


def test_every_function_has_its_heading_and_every_type_its_line() -> None:
    assert headings("expressions") == {*FUNCTIONS, *GUARDS}
    assert STANDARD_TYPES.names() <= entries("types")
