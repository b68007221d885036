"""The HTTP server of a project, in a process of its own; its port is its first line."""

import asyncio
import signal
import sys
from dataclasses import replace
from pathlib import Path

from deskhand.bootstrap.hooks import http_loop
from deskhand.bootstrap.projects import runbook_file
from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.runbook import Runbook, WebhookTrigger
from deskhand.runtime.store_thread import StoreThread
from deskhand.settings.project import load_project
from tests.practice.project import RUNBOOK

HOOK = "claims"


def hooked(place: Workplace) -> Runbook:
    """Return the claims runbook with a webhook in place of its own triggers."""
    source = runbook_file(place.project, RUNBOOK)
    compiled = place.library.compile(source.read_text(encoding="utf-8"), file=str(source))
    return replace(compiled, triggers=(WebhookTrigger(name=HOOK),))


async def serve(place: Workplace) -> None:
    """Serve until the parent says that it is enough."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    thread = StoreThread()
    try:
        server = http_loop(place, thread=thread, runbooks=[hooked(place)])
        serving = asyncio.create_task(server.run(stop))
        await server.listening.wait()
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        await serving
    finally:
        thread.close()


if __name__ == "__main__":
    asyncio.run(serve(Workplace(load_project(Path(sys.argv[1])))))
