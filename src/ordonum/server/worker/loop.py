"""The worker: looks every second for new revocation lists, for a new register, and whether the year's keys are there; every
ten minutes for prescribers who register unusually much."""

import asyncio
import logging
from collections.abc import Awaitable
from pathlib import Path

from ordonum.server.events import Event, log
from ordonum.server.identity import sites
from ordonum.server.usecases.context import Context
from ordonum.server.worker.rates import tell_unusual_rates
from ordonum.server.worker.revocations import receive
from ordonum.server.worker.yearly_keys import add_coming_keys

POLL_SECONDS = 1.0
KEYS_REST = 3600  # rounds between two attempts to add keys that cannot be added
RATES_REST = 600  # rounds between two looks at the rates


async def work(context: Context) -> None:
    """Run until cancelled. A failure is logged and tried again; one task never starves another."""
    lists, register, keys = _Lists(), _Register(context.settings.register_file), _Keys()
    rates = _Rates()
    while True:
        _measure(context)
        await _try(lists.look(context))
        await _try(register.look(context))
        await _try(keys.look(context))
        await _try(rates.look(context))
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


class _Keys:
    """The keys of this year, and from December of the next. Nothing is read while they are there: a clock that jumps over
    December is not served errors for an hour. A refusal of the file is told once an hour.
    """

    def __init__(self) -> None:
        self._rest = 0

    async def look(self, context: Context) -> None:
        if self._rest:
            self._rest -= 1
            return
        self._rest = KEYS_REST
        await add_coming_keys(context)
        self._rest = 0


class _Rates:
    """Prescribers who register unusually much; whichever process looks first raises the alert."""

    def __init__(self) -> None:
        self._rest = 0

    async def look(self, context: Context) -> None:
        self._rest -= 1
        if self._rest < 0:
            self._rest = RATES_REST
            await tell_unusual_rates(context)


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
