"""A worker's process that is handed an attempt and never ends it: `python -m … URL WORKER`."""

import asyncio
import sys

from deskhand.domain.identifiers import AttemptId, WorkerId
from deskhand.engines.dbos import DbosEngine


async def perform(attempt: AttemptId) -> str:
    sys.stdout.write(f"{attempt}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()
    return "done"


async def main(url: str, worker: str) -> None:
    await DbosEngine(url, poll_seconds=0.05).start(perform, worker=WorkerId(worker), lanes=1)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
