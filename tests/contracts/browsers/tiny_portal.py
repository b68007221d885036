"""A portal of a few pages, whose pages each test writes itself."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

SESSION = "session=alive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the portal answers."""

    html: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that reached the portal."""

    method: str
    path: str
    body: str
    cookies: str


Page = str | Answer | Callable[[Asked], Answer]


class TinyPortal:
    """Serves pages on a free port, and remembers every request."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[Asked] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def changes(self) -> list[str]:
        """The paths of the state-changing requests that arrived."""
        return [asked.path for asked in self.asked if asked.method != "GET"]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        page = self.pages.get(asked.path.partition("?")[0], Answer(status=404))
        if isinstance(page, str):
            return Answer(html=page)
        return page if isinstance(page, Answer) else page(asked)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        portal = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                size = int(self.headers.get("content-length") or 0)
                asked = Asked(
                    method=self.command,
                    path=self.path,
                    body=self.rfile.read(size).decode(),
                    cookies=self.headers.get("cookie") or "",
                )
                self._send(portal._answer(asked))

            do_POST = do_GET  # noqa: N815 (the server's name for it)
            do_PUT = do_GET  # noqa: N815 (the server's name for it)

            def _send(self, answer: Answer) -> None:
                content = f"<!doctype html><title>Tiny</title>{answer.html}".encode()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler


def guarded(page: str) -> Callable[[Asked], Answer]:
    """A page for those who are logged in; the others are sent to the login page."""

    def answer(asked: Asked) -> Answer:
        if SESSION in asked.cookies:
            return Answer(html=page)
        return Answer(status=303, headers={"location": "/login"})

    return answer


def log_in(asked: Asked) -> Answer:
    """The login page, which sends one home with a session."""
    if asked.method == "POST":
        headers = {"location": "/home", "set-cookie": f"{SESSION}; Path=/"}
        return Answer(status=303, headers=headers)
    return Answer(html="<h1>Sign in</h1><form method=post><button>Enter</button></form>")
