"""Another program on a port: it answers everything with the same words."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from deskhand.triggers.http.address import Address


@contextmanager
def stranger(status: int, body: bytes) -> Iterator[Address]:
    """Let another program answer on a port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Answer)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield Address(host="127.0.0.1", port=server.server_port)
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
