"""The look-ups of the prescribing assistance, for software that has no drug base of its own: nothing is stored nor logged.

Each is a pure function of what was asked and of the reference data: it is given nothing else, so that no word of a body can
reach the database, the log or the figures. They take milliseconds: they run in two threads of their own, never in the event
loop, and a queue that grows is refused. A token is wanted, as everywhere: the service that registers prescriptions works for
those who may be asked to stop.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from ordonum.model.refusals import Refusal, Refused
from ordonum.server.api.door import Handler, answer, bearer, read_body
from ordonum.server.api.reference import LOOKUPS, Lookup, Reference
from ordonum.server.identity.signer import refuse_revoked
from ordonum.server.usecases.authenticate import known
from ordonum.server.usecases.context import Context
from ordonum.wire import native

THREADS, WAITING_MAX = 2, 64
T = TypeVar("T")


class LookupThreads:
    """Two threads, and a bounded queue before them."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="lookup")
        self._waiting = 0

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` gives, worked out beside the event loop. Raises Refused(UNAVAILABLE) when too many wait."""
        if self._waiting >= WAITING_MAX:
            raise Refused(Refusal.UNAVAILABLE)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def handlers(context: Context) -> list[tuple[Lookup, Handler]]:
    """The look-ups and what answers each."""
    threads = LookupThreads()
    reference = Reference(base=context.drugs, interactions=context.interactions)
    return [(each, _handler(context, each, threads, reference)) for each in LOOKUPS]


def _handler(context: Context, lookup: Lookup, threads: LookupThreads, reference: Reference) -> Handler:
    async def handle(request: Request) -> Response:
        caller = known(context, bearer(request))
        body = await read_body(request, lookup.body_bytes_max) if lookup.method == "POST" else _asked(request)
        await refuse_revoked(context.pool, caller.certificates)

        def work() -> bytes:
            asked = native.read(body, lookup.reads)
            return native.write(lookup.look(reference, asked))

        return answer(await threads.run(work))

    return handle


def _asked(request: Request) -> bytes:
    """What an address asks, as the JSON of what is read."""
    said: dict[str, Any] = {**request.query_params, **request.path_params}
    return msgspec.json.encode(said)
