"""`python -m tests.portals.payer`: the practice portal in a process of its own."""

import argparse
import asyncio
import json
import logging
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from deskhand.testing import FaultPlan
from tests.portals.payer.app import create_app
from tests.portals.payer.ledger import Ledger
from tests.portals.payer.portal import Portal
from tests.portals.payer.world import load_world

_PARENT_LOOKED_AT_EVERY = timedelta(seconds=0.3)
_GRACE_SECONDS = 1


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM, or until the parent dies."""
    options = _options(arguments)
    options.data.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=options.data / "portal.log",
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    world = load_world(options.world)
    ledger = Ledger(options.data / "portal.sqlite")
    portal = Portal(
        world, ledger, today=options.today, session_lasts=timedelta(seconds=options.session_seconds)
    )
    plan = FaultPlan.parse(
        options.faults, seed=options.seed, subjects={"wrong-digit": world.wrong_digit}
    )
    with _listening(options.host, options.port) as listening:
        asyncio.run(_serve(create_app(portal, plan), listening, parent=options.with_parent))
    ledger.close()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.portals.payer", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="folder for database and log")
    parser.add_argument("--world", type=Path, required=True, help="the practice world, JSON")
    parser.add_argument("--faults", default="none", help="a fault plan, for example default")
    parser.add_argument("--seed", type=int, default=0, help="draws the faults")
    parser.add_argument("--today", type=date.fromisoformat, default=date.today())  # noqa: DTZ011
    parser.add_argument("--session-seconds", type=float, default=1200, help="idle time-out")
    parser.add_argument("--with-parent", type=int, help="end when this process ends")
    return parser.parse_args(arguments)


def _listening(host: str, port: int) -> socket.socket:
    # With the protocol named, asyncio switches Nagle's algorithm off; a socket from
    # `socket.create_server` does not name it, and each answer would take 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(128)
    return listening


async def _serve(app: Starlette, listening: socket.socket, *, parent: int | None) -> None:
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_keep_alive=60,
    )
    server = _AnnouncingServer(config)
    watch = asyncio.create_task(_end_with(parent, server)) if parent else None
    await server.serve(sockets=[listening])
    if watch is not None:
        watch.cancel()


class _AnnouncingServer(uvicorn.Server):
    """Says on stdout where it is, as soon as it takes connections."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            ready = {"url": f"http://{host}:{port}", "pid": os.getpid()}
            sys.stdout.write(json.dumps(ready) + "\n")
            sys.stdout.flush()


async def _end_with(parent: int, server: uvicorn.Server) -> None:
    direct = os.getppid() == parent
    while _alive(parent) and (not direct or os.getppid() == parent):  # noqa: ASYNC110
        # The kernel tells nobody about another process's end: looking is the only way.
        await asyncio.sleep(_PARENT_LOOKED_AT_EVERY.total_seconds())
    server.should_exit = True


def _alive(process: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(process, 0)
        return True
    return False


if __name__ == "__main__":
    main()
