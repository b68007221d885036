"""The door: commands are loaded when they are used, so that `--help` answers at once."""

import importlib
import resource
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from deskhand import __version__
from deskhand.errors import DeskhandError

COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("deskhand.cli.init", "Begin a project here: settings, vault, keys."),
    "check": ("deskhand.cli.author", "Find every mistake in runbooks and settings before a run."),
    "explain": ("deskhand.cli.author", "Say in words what a runbook does, defaults and all."),
    "schema": ("deskhand.cli.author", "Print the JSON Schema of runbooks, for editors."),
    "run": ("deskhand.cli.run", "Take files in and perform their items."),
    "up": ("deskhand.cli.up", "Perform what waits and watch triggers, until Ctrl-C."),
    "health": ("deskhand.cli.health", "Ask whether the `up` of this project is ready."),
    "migrate": ("deskhand.cli.migrate", "Bring the database to this version's tables."),
    "triggers": ("deskhand.cli.triggers", "See, fire, pause what starts items by itself."),
    "items": ("deskhand.cli.items", "List and show work items."),
    "exceptions": ("deskhand.cli.exceptions", "Work off exception cases."),
    "next": ("deskhand.cli.hand_out", "Be handed the case that is due first."),
    "quality": ("deskhand.cli.quality", "Check again what bots did, blind; release a version."),
    "report": ("deskhand.cli.report", "Figures: fields read back, items, re-checks."),
    "accounts": ("deskhand.cli.accounts", "See which accounts rest, and release them."),
    "files": ("deskhand.cli.files", "List files taken in, and write their answers."),
    "events": ("deskhand.cli.events", "See which events went out; retry or drop the others."),
    "notify": ("deskhand.cli.notify", "See whom deskhand tells of what, and try them out."),
    "audit": ("deskhand.cli.audit", "Tell, export and verify the audit log."),
    "vault": ("deskhand.cli.vault", "Keep secrets in the project's vault."),
    "browser": ("deskhand.cli.browser", "Find or install the browser that bots use."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise _suggesting(error, args[0], list(COMMANDS)) from error


@click.group(cls=LazyGroup)
@click.version_option(__version__, prog_name="deskhand")
@click.option(
    "--project",
    metavar="DIR",
    default=".",
    help="The project's folder, or one below it. Default: here.",
)
@click.pass_context
def deskhand(context: click.Context, project: str) -> None:
    """Runbooks that bots perform, with every record checked."""
    context.obj = project


def main() -> None:
    """Run the command line; errors of deskhand end with one clear line, not a traceback."""
    # Keys and clients' data are in memory: a core dump would write them into a file.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        _refuse_no_text(sys.argv[1:])
        deskhand.main(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except DeskhandError as error:
        from deskhand.cli.surroundings import say  # noqa: PLC0415 - loads slowly

        say(f"deskhand: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is left to say.
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        from deskhand.cli.surroundings import say  # noqa: PLC0415 - loads slowly

        # A file or folder that the command line names, and that cannot be read or written.
        place = f"{error.filename}: " if error.filename else ""
        say(f"deskhand: {place}{error.strerror or error}", err=True)
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - a mistake of ours, of which only the place is told
        sys.stderr.writelines(_places(error))
        sys.exit(70)


def _places(error: BaseException) -> Iterator[str]:
    """Yield where an unexpected error came from, the first cause first, without its words.

    They may quote a value of an item, and what is printed here is often kept as a log.
    """
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _places(cause)
    yield from traceback.format_tb(error.__traceback__)
    yield (
        f"deskhand: {type(error).__name__}: this is a mistake in deskhand or in a bot; report it "
        "with the lines above (what the error says is left out: it may hold an item's values)\n"
    )


def _refuse_no_text(words: Iterable[str]) -> None:
    """Raise `click.UsageError` for bytes that are no text: nothing could keep or find them."""
    for place, word in enumerate(words, start=1):
        if any("\ud800" <= char <= "\udfff" for char in word):
            readable = "".join(char if char.isprintable() else "?" for char in word)
            raise click.UsageError(f"word {place} of the command, {readable}, is no text in UTF-8")


def _suggesting(error: click.UsageError, word: str, known: list[str]) -> click.UsageError:
    from difflib import get_close_matches  # noqa: PLC0415 - only when somebody mistyped

    close: list[Any] = get_close_matches(word, known, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return click.UsageError(f"{error.message.rstrip('.')}.{hint}", ctx=error.ctx)
