"""Being stopped as one should: whatever the signal, what was started is stopped."""

import signal
from types import FrameType


def stop_on_signals() -> None:
    """Let SIGTERM, and SIGHUP of a closed terminal, unwind the program as Ctrl-C does."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGHUP, _terminate)


def _leave(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _terminate(_: int, __: FrameType | None) -> None:
    """The server drains on SIGTERM: a closed terminal is that."""
    signal.raise_signal(signal.SIGTERM)
