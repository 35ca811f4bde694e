"""The worker: looks for new revocation lists and a new register every second, and for next year's keys every minute."""

import asyncio
import logging
from collections.abc import Awaitable
from pathlib import Path

from ordonum.server.events import Event, log
from ordonum.server.identity import sites
from ordonum.server.usecases.context import Context
from ordonum.server.worker.revocations import receive
from ordonum.server.worker.yearly_keys import add_coming_keys

POLL_SECONDS = 1.0
KEYS_EVERY = 60  # a look at what is in memory, unless a year is missing


async def work(context: Context) -> None:
    """Run until cancelled. A failure is logged and tried again; one task never starves another."""
    lists, register = _Lists(), _Register(context.settings.register_file)
    ticks = 0
    while True:
        _measure(context)
        await _try(lists.look(context))
        await _try(register.look(context))
        if ticks % KEYS_EVERY == 0:
            await _try(add_coming_keys(context))
        ticks += 1
        await asyncio.sleep(POLL_SECONDS)


def _measure(context: Context) -> None:
    idle = context.pool.get_idle_size()
    context.metrics.connections(used=context.pool.get_size() - idle, idle=idle)


class _Lists:
    """The revocation file as it was last received whole."""

    def __init__(self) -> None:
        self._seen: tuple[int, int] | None = None

    async def look(self, context: Context) -> None:
        file = context.settings.revocation_list
        if file is not None and (found := _stamp(file)) is not None and found != self._seen:
            await receive(context, file)
            self._seen = found


class _Register:
    """The register's file as it was last read: a damaged one changes nothing, and the log says so each time it changes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = _stamp(file)

    async def look(self, context: Context) -> None:
        found = _stamp(self._file)
        if found is None or found == self._seen:
            return
        self._seen = found
        try:
            context.sites = await asyncio.to_thread(sites.load, self._file, sandbox=context.settings.sandbox)
            log(Event.REGISTER_RECEIVED)
        except sites.RegisterRefused:
            log(Event.REGISTER_REFUSED, logging.ERROR)


async def _try(task: Awaitable[object]) -> None:
    try:
        await task
    except Exception as error:  # the worker's outermost door: the other task, and the next round, go on
        log(Event.WORKER_FAILED, logging.ERROR, kind=type(error).__name__)


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except FileNotFoundError:
        return None
    return stat.st_mtime_ns, stat.st_ino
