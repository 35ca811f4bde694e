"""uvicorn's HTTP protocol with bounds on what a stranger may send before a request is whole."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_BYTES_MAX = 65_536
HEADER_SECONDS_MAX = 20


STILL_COMING = "ordonum.still-coming"


def _still_coming(cycle: Any) -> Callable[[], bool]:
    """Whether the body of this request is not whole yet: only then is a clock worth starting."""
    return lambda: bool(cycle.more_body)


class BoundedProtocol(HttpToolsProtocol):
    """Closes a connection whose request line and headers are too long, or do not come to an end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unfinished_bytes = 0
        self._in_headers = True
        self._waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Wait for a first request, not for ever."""
        super().connection_made(transport)
        self._wait(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what arrives before the headers are whole."""
        super().data_received(data)
        if self._in_headers:
            self._unfinished_bytes += len(data)
            if self._unfinished_bytes > HEADER_BYTES_MAX:
                self.transport.abort()

    def on_message_begin(self) -> None:
        """A request begins."""
        self._in_headers, self._unfinished_bytes = True, 0
        self._wait(self.transport)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its headers are whole; its body is bounded by the operation."""
        self._in_headers = False
        self._stop_waiting()
        super().on_headers_complete()
        cast(dict[str, Any], self.scope)[STILL_COMING] = _still_coming(self.cycle)

    def _wait(self, transport: Any) -> None:
        self._stop_waiting()
        self._waiting = asyncio.get_running_loop().call_later(HEADER_SECONDS_MAX, transport.abort)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
