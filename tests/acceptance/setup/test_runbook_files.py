"""A runbook's file as an editor, or another machine, leaves it; and a portal without an account."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from deskhand.cli.entry import deskhand
from deskhand.errors import RunbookInvalidError
from tests.practice.drop_office import write_drop_project


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    project = tmp_path.resolve() / "project"
    write_drop_project(project)
    return project


def the_runbook(folder: Path) -> Path:
    (file,) = (folder / "runbooks").glob("*.yaml")
    return file


def explained(folder: Path) -> str:
    ended = CliRunner().invoke(
        deskhand,
        ["--project", str(folder), "explain", str(the_runbook(folder))],
        catch_exceptions=False,
    )
    assert ended.exit_code == 0
    return ended.output


def test_a_runbook_that_is_no_utf_8_is_told_with_its_place_and_not_as_a_fault(
    folder: Path,
) -> None:
    content = the_runbook(folder).read_bytes()
    the_runbook(folder).write_bytes("title: Müller\n".encode("latin-1") + content)

    with pytest.raises(RunbookInvalidError, match="this is not UTF-8 text") as refused:
        explained(folder)

    assert ":1:9" in str(refused.value)


def test_an_editors_ends_of_lines_and_marks_make_no_other_version(folder: Path) -> None:
    content = the_runbook(folder).read_bytes()
    before = explained(folder)

    the_runbook(folder).write_bytes(b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"))

    assert explained(folder) == before


def test_a_portal_without_an_account_is_told_before_every_item_waits_for_a_person(
    folder: Path,
) -> None:
    accounts = folder / "accounts.yaml"
    accounts.write_text(
        "accounts:\n  - portal: other\n    client: main\n    url: http://127.0.0.1:1\n",
        encoding="utf-8",
    )

    ended = CliRunner().invoke(deskhand, ["--project", str(folder), "check"])

    assert ended.exit_code == 0
    assert "warning: there is no account on `" in ended.output
    assert "0 mistakes" in ended.output
