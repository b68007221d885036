import ast
import asyncio
import shutil
import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from deskhand.browsers.catalogue import ProjectBots
from deskhand.runbooks.compiler import examine
from deskhand.runbooks.diagnostics import rendered
from tests.docs.pages import ROOT, Block, blocks, pages

ALL_BLOCKS = [block for page in pages() for block in blocks(page)]
BOT_FILES = [block for block in ALL_BLOCKS if block.words.get("title", "").startswith("bots/")]


def of(language: str) -> list[Block]:
    return [block for block in ALL_BLOCKS if block.language == language]


RUNBOOKS = [
    block
    for block in of("yaml")
    if block.text.startswith("deskhand: ") and "faulty" not in block.words
]


def place(block: Block) -> str:
    return block.place


@pytest.fixture(scope="module")
def bots(tmp_path_factory: pytest.TempPathFactory) -> ProjectBots:
    """The bots of this project, and those that the docs show."""
    folder = tmp_path_factory.mktemp("docs") / "bots"
    shutil.copytree(ROOT / "bots", folder, ignore=shutil.ignore_patterns("__pycache__"))
    for block in BOT_FILES:
        file = folder.parent / block.words["title"]
        file.parent.mkdir(exist_ok=True)
        file.write_text(block.text, encoding="utf-8")
    return ProjectBots(folder)


@pytest.mark.parametrize("block", RUNBOOKS, ids=place)
def test_every_runbook_in_the_docs_passes_the_check(block: Block, bots: ProjectBots) -> None:
    checked = examine(block.text.encode(), file=block.place, bots=bots)

    assert not checked.diagnostics, rendered(checked.diagnostics, checked.text)


def test_every_bot_in_the_docs_can_be_loaded(bots: ProjectBots) -> None:
    shown = {Path(block.words["title"]).parent.name for block in BOT_FILES}

    assert {"ride_desk", "school_portal"} <= shown
    for bot in shown:
        assert bots.actions(bot), bot


@pytest.mark.parametrize("block", of("python"), ids=place)
def test_every_piece_of_python_can_be_read(block: Block) -> None:
    ast.parse(block.text, filename=block.place)


@pytest.mark.parametrize("block", [*of("yaml"), *of("toml")], ids=place)
def test_every_piece_of_yaml_and_toml_can_be_read(block: Block) -> None:
    if block.language == "toml":
        tomllib.loads(block.text)
    else:
        YAML(typ="safe").load(block.text)


def test_the_practice_portal_of_the_docs_commits_and_drops_the_answer() -> None:
    (block,) = [block for block in ALL_BLOCKS if block.words.get("title") == "practice.py"]
    names: dict[str, Any] = {}
    exec(compile(block.text, block.place, "exec"), names)  # noqa: S102 - our own docs

    async def book() -> None:
        transport = httpx.ASGITransport(app=names["app"])
        async with httpx.AsyncClient(transport=transport, base_url="http://portal") as client:
            await client.post("/rides", data={"ride_number": "R-1"})

    with pytest.raises(Exception):  # noqa: B017, PT011 - however a client says: no answer
        asyncio.run(book())
    assert names["BOOKED"] == ["ride_number=R-1"]
