"""The HTTP server of a host: it listens until it is told to stop, and finishes what it began."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from deskhand.errors import CannotListenError
from deskhand.triggers.http.address import Address
from deskhand.triggers.http.connection import TimedConnection

_CONNECTIONS = 256
_HEADER_BYTES = 16_384
_GRACE_SECONDS = 5


class HttpServer:
    """Serves the application. `listening` is set once it answers, on `port`."""

    name = "http"

    def __init__(self, app: FastAPI, address: Address) -> None:
        self._app = app
        self._address = address
        self.port = address.port
        self.listening = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set; raises `CannotListenError`."""
        config = self._config()
        with self._bound() as bound:
            self.port = bound.getsockname()[1]
            server = _Server(config, listening=self.listening)
            serving = asyncio.create_task(server.serve(sockets=[bound]))
            stopping = asyncio.create_task(stop.wait())
            try:
                await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
            finally:
                stopping.cancel()
                server.should_exit = True
                await serving

    @contextlib.contextmanager
    def _bound(self) -> Iterator[socket.socket]:
        # Bound here: the server itself would end the whole process when it cannot.
        place = (self._address.host, self._address.port)
        family = socket.AF_INET6 if ":" in self._address.host else socket.AF_INET
        try:
            bound = socket.create_server(place, family=family, backlog=1024)
        except OSError as error:
            raise self._cannot_listen(error, advice="choose another port") from error
        with bound:
            yield bound

    def _cannot_listen(self, error: OSError, *, advice: str) -> CannotListenError:
        problem = str(error.strerror or type(error).__name__)
        return CannotListenError(
            self._address.host, self._address.port, problem=problem, advice=advice
        )

    def _config(self) -> uvicorn.Config:
        config = uvicorn.Config(
            self._app,
            http=TimedConnection,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",  # a traceback may quote what was sent; the observer is told
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=_CONNECTIONS,
            h11_max_incomplete_event_size=_HEADER_BYTES,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            ssl_certfile=self._address.certificate,
            ssl_keyfile=self._address.key,
        )
        try:
            config.load()
        except OSError as error:
            advice = "name a certificate and its key"
            raise self._cannot_listen(error, advice=advice) from error
        return config


class _Server(uvicorn.Server):
    """Uvicorn's server, which leaves the process's signals to the host."""

    def __init__(self, config: uvicorn.Config, *, listening: asyncio.Event) -> None:
        super().__init__(config)
        self._listening = listening

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._listening.set()
