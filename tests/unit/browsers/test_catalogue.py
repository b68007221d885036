from pathlib import Path

import pytest

from deskhand.browsers.bot import PortalBot
from deskhand.browsers.catalogue import ProjectBots
from deskhand.errors import BotError, NotFoundError

HEAD = "from deskhand import Bot, PortalBot, action\n"
BOT = HEAD + "class Ledger(PortalBot):\n    @action.read\n    async def find(self) -> None: ...\n"


def bots(folder: Path, **files: str) -> ProjectBots:
    """A project's bots, each with this text as its actions."""
    for name, text in files.items():
        (folder / "bots" / name).mkdir(parents=True)
        (folder / "bots" / name / "actions.py").write_text(text)
    return ProjectBots(folder / "bots")


def test_a_folder_with_actions_is_a_bot(tmp_path: Path) -> None:
    (tmp_path / "bots" / "notes").mkdir(parents=True)

    found = bots(tmp_path, ledger=BOT)

    assert found.bots() == {"ledger"}
    assert found.actions("ledger").keys() == {"find"}
    assert issubclass(found.bot_class("ledger"), PortalBot)


def test_bots_of_one_name_in_two_projects_do_not_meet(tmp_path: Path) -> None:
    one = bots(tmp_path / "one", ledger=BOT)
    other = bots(tmp_path / "other", ledger=BOT.replace("find", "look"))

    assert one.actions("ledger").keys() == {"find"}
    assert other.actions("ledger").keys() == {"look"}


def test_a_bots_modules_import_each_other(tmp_path: Path) -> None:
    found = bots(tmp_path, ledger="from .pages import NAME\n" + BOT)
    (tmp_path / "bots" / "ledger" / "pages.py").write_text("NAME = 'x'\n")

    assert found.actions("ledger").keys() == {"find"}


def test_an_unknown_bot_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    found = bots(tmp_path, ledger=BOT)

    with pytest.raises(NotFoundError, match="ledger"):
        found.actions("leger")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def (\n", "bots/ledger/actions.py, line 1: SyntaxError"),
        ("x = 1\ny = x / 0\n", "bots/ledger/actions.py, line 2: ZeroDivisionError"),
        ("import no_such_module\n", "bots/ledger/actions.py, line 1: ModuleNotFoundError"),
        *(
            (BOT.replace("@action.read", mark), "line 3: an action is marked @action.read, @action")
            for mark in ("@action.reed", "@action.read()", "@action.write", "@action.write()")
        ),
        ("x = 1\n", "must define one subclass of Bot"),
        (BOT + "class Other(Bot): ...\n", "it defines: Ledger, Other"),
        (BOT.replace("find", "open"), "ledger.open: the name belongs to deskhand"),
    ],
)
def test_a_bot_that_cannot_be_loaded_says_where_and_why(
    tmp_path: Path, text: str, message: str
) -> None:
    found = bots(tmp_path, ledger=text)

    with pytest.raises(BotError) as refusal:
        found.actions("ledger")

    assert message in str(refusal.value)
