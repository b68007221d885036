"""`python -m tests.practice.struck`: the command line, killed at a chosen transaction."""

import argparse
import os
import signal
import sys
from datetime import timedelta

from deskhand.cli import main as deskhand
from deskhand.use_cases import accept_file
from tests.faults.boundaries import strike


def main() -> None:
    """Run `deskhand` with the words after `--`."""
    parser = argparse.ArgumentParser(prog="python -m tests.practice.struck", description=__doc__)
    parser.add_argument("--at", required=True, help="where, such as after:commit#3")
    parser.add_argument("--rows-a-batch", type=int, default=accept_file.BATCH_ROWS)
    parser.add_argument("words", nargs="+")
    options = parser.parse_args()
    accept_file.BATCH_ROWS = options.rows_a_batch
    # Whoever goes on with its file need not wait for as long as in earnest.
    accept_file.LEASE = timedelta(seconds=2)
    strike(options.at, lambda: os.kill(os.getpid(), signal.SIGKILL))
    sys.argv = ["deskhand", *options.words]
    deskhand()


if __name__ == "__main__":
    main()
