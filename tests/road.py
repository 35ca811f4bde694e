"""A road to the service on which replies can be lost, held or replaced: a real HTTP server that passes requests on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2

from ordonum.cli.system import System


class Road:
    """What passes: `sent` are the bodies by path, in order; `rule` says what becomes of a reply.

    A rule is given the path and the body when the service has answered already: it returns True to let the reply pass,
    False to lose it, or an own reply (status, content); it may wait.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.sent: list[tuple[str, bytes]] = []
        self.rule: Callable[[str, bytes], bool | tuple[int, bytes]] = lambda path, body: True

    def bodies(self, path: str) -> list[bytes]:
        """What was posted to this path."""
        return [body for where, body in self.sent if where == path]


@contextmanager
def road_to(system: System) -> Iterator[Road]:
    """A road to this system, open as long as the block."""
    http = httpx2.Client(limits=httpx2.Limits(max_connections=64), timeout=60)

    class Passing(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._reply(http.get(system.url + self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            passed = ("authorization", "content-type", "acknowledged")
            headers = {k: v for k, v in self.headers.items() if k.lower() in passed}
            answer = http.post(system.url + self.path, content=body, headers=headers)
            road.sent.append((self.path, body))
            verdict = road.rule(self.path, body)
            if verdict is False:
                self.close_connection = True
            elif isinstance(verdict, tuple):
                self._reply(httpx2.Response(verdict[0], content=verdict[1]))
            else:
                self._reply(answer)

        def _reply(self, answer: httpx2.Response) -> None:
            self.send_response(answer.status_code)
            for name in ("Content-Type", "Replayed"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_: Any) -> None:
            """A client that went away in mid-send is what some tests are about."""

    server = Quiet(("127.0.0.1", 0), Passing)
    road = Road(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield road
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        http.close()
