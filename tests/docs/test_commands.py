import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from deskhand.cli.entry import deskhand
from tests.docs.pages import blocks, pages, without_blocks

INLINE = re.compile(r"`(deskhand [^`]+)`")
TYPED = re.compile(r"^\s*(?:\$ )?(deskhand .+)$", re.MULTILINE)
SHELLS = {"console", "sh"}
WRITTEN = [page for page in pages() if "reference" not in page.parts]


def commands(page: Path) -> Iterator[str]:
    for block in blocks(page):
        if block.language in SHELLS:
            yield from TYPED.findall(block.text)
    yield from INLINE.findall(without_blocks(page))


def parse(words: list[str]) -> None:
    """Parse a command line as the program would, without doing anything; raises `UsageError`."""
    command: click.Command = deskhand
    context = click.Context(command, info_name="deskhand")
    while isinstance(command, click.Group):
        _, words, _ = command.make_parser(context).parse_args(list(words))
        if not words:
            return
        _, found, words = command.resolve_command(context, words)
        assert found is not None
        command, context = found, click.Context(found, parent=context)
    command.make_parser(context).parse_args(list(words))


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_every_command_in_the_docs_is_one(page: Path) -> None:
    wrong = []

    for command in commands(page):
        try:
            parse(shlex.split(command)[1:])
        except click.UsageError as error:
            wrong.append(f"{command}: {error.format_message()}")

    assert wrong == []


def test_the_docs_name_every_command() -> None:
    named = {
        tuple(word for word in shlex.split(command)[1:3] if not word.startswith("-"))
        for page in WRITTEN
        for command in commands(page)
    }
    context = click.Context(deskhand)

    for name in deskhand.list_commands(context):
        command = deskhand.get_command(context, name)
        if isinstance(command, click.Group):
            missing = [sub for sub in command.list_commands(context) if (name, sub) not in named]
            assert missing == [], name
        else:
            assert any(words and words[0] == name for words in named), name
