"""The command line: `deskhand COMMAND`."""

from deskhand.cli.entry import main

__all__ = ["main"]
