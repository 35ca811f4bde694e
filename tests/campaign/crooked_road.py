"""A road on which what passes is late, comes byte by byte, is cut, or stops coming: a proxy of TCP or of a Unix socket."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

Address = tuple[str, int] | Path
DRIBBLE_BYTES_MAX = 3_000  # of each reading, that pass one by one; the rest follows at once


class Way(Struct, frozen=True):
    """What becomes of one connection: `late` delays each packet by `delay` seconds, `dribble` passes it byte by byte.

    After `after` bytes of requests (`upstream`) or of replies, `stop` lets nothing more through and says nothing; the
    others are cut. None: never.
    """

    kind: Literal["straight", "late", "dribble", "cut", "stop"] = "straight"
    upstream: bool = True
    after: int | None = None
    delay: float = 0.2


STRAIGHT = Way()
LONGER = 3


def crooked(chance: random.Random, *, bytes_max: int, stops: float) -> Callable[[], Way]:
    """Ways drawn one a connection, each of which ends in mid-request or mid-reply: within `bytes_max`, or LONGER times that
    if it is not a mere cut. `stops` is the part of those that stop."""

    def draw() -> Way:
        upstream, after = chance.random() < 0.5, chance.randint(1, bytes_max)
        if chance.random() < stops:
            return Way("stop", upstream, after)
        kind: Literal["straight", "late", "dribble", "cut"] = chance.choice(
            ("straight", "late", "dribble", "cut", "cut")
        )
        return Way(kind, upstream, after if kind == "cut" else LONGER * after)

    return draw


class CrookedRoad:
    """A road to `target` that begins at `begins`; `draw` says what becomes of the next connection."""

    def __init__(self, target: Address, draw: Callable[[], Way], socket: Path | None = None) -> None:
        self.target, self.draw = target, draw
        self.taken = Counter[str]()
        self.port = 0
        self._socket = socket
        self._ends: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()

    def heal(self) -> None:
        """From now on every connection is straight; those under way are closed."""
        self.turn(lambda: STRAIGHT)

    def turn(self, draw: Callable[[], Way]) -> None:
        """From now on connections take these ways; those under way are closed."""
        self.draw = draw
        self._loop.call_soon_threadsafe(self._close_all)

    def _close_all(self) -> None:
        for each in self._ends:
            each.transport.abort()

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._keep(self._pass(reader, writer))

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.add(task := self._loop.create_task(work))
        task.add_done_callback(self._tasks.discard)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        way = self.draw()
        self.taken[way.kind] += 1
        with suppress(OSError):
            if isinstance(self.target, Path):
                far_reader, far_writer = await asyncio.open_unix_connection(self.target)
            else:
                far_reader, far_writer = await asyncio.open_connection(*self.target)
            ends = {writer, far_writer}
            self._ends |= ends
            try:
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._pump(reader, far_writer, way, ends, upstream=True))
                    both.create_task(self._pump(far_reader, writer, way, ends, upstream=False))
            finally:
                self._ends -= ends
                for each in ends:
                    each.transport.abort()
            return
        writer.transport.abort()

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        way: Way,
        ends: set[asyncio.StreamWriter],
        *,
        upstream: bool,
    ) -> None:
        passed = 0
        with suppress(OSError):
            while data := await source.read(65_536):
                if way.kind == "late":
                    await asyncio.sleep(way.delay)
                if way.after is not None and way.upstream is upstream and passed + len(data) >= way.after:
                    sink.write(data[: max(0, way.after - passed)])
                    await asyncio.sleep(0.002)  # what was let through gets there
                    while way.kind == "stop" and await source.read(65_536):
                        pass  # swallowed, until somebody hangs up
                    break
                passed += len(data)
                await _write(sink, data, slowly=way.kind == "dribble")
        for each in ends:
            each.transport.abort()

    async def _serve(self, ready: threading.Event, over: asyncio.Event) -> None:
        if self._socket is not None:
            server = await asyncio.start_unix_server(self._accepted, self._socket)
        else:
            server = await asyncio.start_server(self._accepted, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await over.wait()
        server.close()
        self._close_all()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _write(sink: asyncio.StreamWriter, data: bytes, *, slowly: bool) -> None:
    if slowly:
        for each in data[:DRIBBLE_BYTES_MAX]:
            sink.write(bytes([each]))
            await sink.drain()
            await asyncio.sleep(0)
        data = data[DRIBBLE_BYTES_MAX:]
    sink.write(data)
    await sink.drain()


@contextmanager
def crooked_road(target: Address, draw: Callable[[], Way], socket: Path | None = None) -> Iterator[CrookedRoad]:
    """An open road, from a port of this machine (`.port`) or from this Unix socket."""
    road = CrookedRoad(target, draw, socket)
    ready, over = threading.Event(), asyncio.Event()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: road._loop) as runner:
            runner.run(road._serve(ready, over))

    thread = threading.Thread(target=run, name="crooked-road", daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield road
    finally:
        road._loop.call_soon_threadsafe(over.set)
        thread.join(10)
