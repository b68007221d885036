"""A receiver of events on this machine that is as bad as a test wants it to be."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from standardwebhooks.webhooks import Webhook


class Manner(Enum):
    """How a receiver answers a request that it has read."""

    TAKES = "takes"
    FAILS = "fails"
    HANGS_UP = "hangs up"
    DAWDLES = "dawdles"
    SENDS_AWAY = "sends away"
    ASKS_FOR_TIME = "asks for time"


_ANSWERS = {
    Manner.TAKES: b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n",
    Manner.FAILS: b"HTTP/1.1 500 Oh\r\ncontent-length: 6\r\nconnection: close\r\n\r\nsecret",
    Manner.SENDS_AWAY: b"HTTP/1.1 307 Away\r\nlocation: /elsewhere\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n",
    Manner.ASKS_FOR_TIME: b"HTTP/1.1 503 Busy\r\nretry-after: %s\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n",
}


@dataclass(slots=True)
class PracticeReceiver:
    """Keeps every event that it has read, those that it took, and counts the badly signed."""

    secret: str
    manner: Callable[[], Manner] = lambda: Manner.TAKES
    retry_after: bytes = b"600"
    url: str = ""
    read: list[dict[str, Any]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    unsigned: int = 0
    paths: list[str] = field(default_factory=list)
    _answering: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """Listen on a free port; lend the address."""
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        async with server:
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/events"
            yield self.url
            if self._answering:
                await asyncio.wait(self._answering)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._answering |= {task} if (task := asyncio.current_task()) else set()
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            request, *lines = head.strip().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines)
            cased = dict(line.split(": ", 1) for line in lines)
            body = await reader.readexactly(int(headers["content-length"]))
            self.paths.append(request.split(" ")[1])
            self._keep(body, cased)
            await self._reply(json.loads(body), reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    def _keep(self, body: bytes, headers: dict[str, str]) -> None:
        try:
            Webhook(self.secret).verify(body, headers, json_parse=False)
        except Exception:  # noqa: BLE001 - whatever is wrong with it
            self.unsigned += 1
        self.read.append(json.loads(body))

    async def _reply(
        self, event: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        manner = self.manner()
        if manner is Manner.HANGS_UP:
            return
        if manner is Manner.DAWDLES:
            await reader.read()  # until the sender waits no more
            return
        if manner is Manner.TAKES:
            self.taken.append(event)
        writer.write(_ANSWERS[manner].replace(b"%s", self.retry_after))
        await writer.drain()
