"""The worker: looks for new revocation lists every second, and for next year's keys every hour."""

import asyncio
import logging
from pathlib import Path

from ordonum.server.events import Event, log
from ordonum.server.usecases.context import Context
from ordonum.server.worker.revocations import receive
from ordonum.server.worker.yearly_keys import add_coming_keys

POLL_SECONDS = 1.0
KEYS_EVERY = 3600


async def work(context: Context) -> None:
    """Run until cancelled. A failure is logged and tried again: the service goes on without it."""
    seen: tuple[int, int] | None = None
    ticks = 0
    while True:
        try:
            file = context.settings.revocation_list
            if file is not None and (found := _stamp(file)) is not None and found != seen:
                await receive(context, file)
                seen = found
            if ticks % KEYS_EVERY == 0:
                await add_coming_keys(context)
        except Exception as error:
            log(Event.WORKER_FAILED, logging.ERROR, kind=type(error).__name__)
        ticks += 1
        await asyncio.sleep(POLL_SECONDS)


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except FileNotFoundError:
        return None
    return stat.st_mtime_ns, stat.st_ino
