"""Serving a practice portal: says where it is, and ends with the process that started it."""

import asyncio
import json
import os
import socket
import sys
from contextlib import suppress
from datetime import timedelta

import uvicorn
from starlette.applications import Starlette

_PARENT_LOOKED_AT_EVERY = timedelta(seconds=0.3)
_GRACE_SECONDS = 1


def serve(app: Starlette, *, host: str, port: int, parent: int | None) -> None:
    """Serve until SIGTERM, or until the parent dies; port 0 takes a free one."""
    with _listening(host, port) as listening:
        asyncio.run(_serve(app, listening, parent=parent))


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
