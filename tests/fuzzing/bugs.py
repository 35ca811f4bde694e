"""What the service said to its log while it was fuzzed: a bug that no client heard of is a bug all the same."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

_WATCHED = ("ordonum", "uvicorn.error", "asyncio")


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}")


@contextmanager
def errors_logged() -> Iterator[list[str]]:
    """The lines at ERROR or above of the service, its server and its loop, as they come."""
    handler = _Errors()
    for name in _WATCHED:
        logging.getLogger(name).addHandler(handler)
    try:
        yield handler.lines
    finally:
        for name in _WATCHED:
            logging.getLogger(name).removeHandler(handler)
