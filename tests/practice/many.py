"""`python -m tests.practice.many`: many command lines, one after the other, in one process.

Reads a JSON list of command lines from standard input; writes a JSON list of how each ended:
its exit code, what it said, what it said of errors. Starting Python for each would take longer
than the commands do.
"""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout

from deskhand.cli import main as deskhand


def main() -> None:
    """Run every command line; tell how each ended."""
    json.dump([_ended(words) for words in json.load(sys.stdin)], sys.stdout)


def _ended(words: list[str]) -> tuple[int, str, str]:
    sys.argv = ["deskhand", *words]
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    code = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            deskhand()
        except SystemExit as done:
            code = int(done.code or 0)
    return code, _said(out), _said(err)


def _said(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


if __name__ == "__main__":
    main()
