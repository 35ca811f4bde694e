"""The client that sends: a process of its own, one thread, epoll, one prebuilt buffer and one send for each request.

Of an answer it reads the status and the length, nothing else: what it costs is little and is told apart.
"""

import contextlib
import json
import multiprocessing
import select
import socket
import time
from array import array
from collections.abc import Iterator
from multiprocessing.connection import Connection

from msgspec import Struct

from bench.calls import Call

ANSWER_SECONDS_MAX = 60
CHUNK = 262_144


class Sent(Struct):
    """What the sender saw: seconds for each call (in their order), for all of them, and of its own CPU."""

    latencies: "array[float]"
    seconds: float
    cpu: float


class CallFailed(Exception):
    """A call was not answered by 2xx. The message is its kind, status and code, never a body."""


class Sender:
    """The process that sends, as the one that measures sees it."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def load(self, port: int, calls: list[Call], connections: int) -> None:
        """Hand over the calls; when this returns, the connections are open and nothing was sent."""
        self._pipe.send((port, connections, [(call.kind, call.raw, call.after) for call in calls]))
        self._pipe.recv()

    def run(self) -> Sent:
        """Send all of them. Raises CallFailed."""
        self._pipe.send("go")
        answered = self._pipe.recv()
        if isinstance(answered, str):
            raise CallFailed(answered)
        return Sent(*answered)


@contextlib.contextmanager
def sending() -> Iterator[Sender]:
    """A process that sends, ended at the end."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs,), daemon=True)
    process.start()
    try:
        yield Sender(ours)
    finally:
        with contextlib.suppress(OSError):
            ours.send(None)
        process.join(10)
        process.kill()


def _work(pipe: Connection) -> None:
    while (asked := pipe.recv()) is not None:
        port, connections, calls = asked
        sockets = [_open(port) for _ in range(connections)]
        pipe.send("ready")
        pipe.recv()
        cpu, start = time.process_time(), time.perf_counter()
        try:
            latencies = _Turn(sockets, calls).play()
            pipe.send((latencies, time.perf_counter() - start, time.process_time() - cpu))
        except (CallFailed, OSError) as failed:
            pipe.send(str(failed))
        for each in sockets:
            each.close()


def _open(port: int) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS_MAX)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


class _Turn:
    """One batch over kept connections: each sends its next request when its answer is whole."""

    def __init__(self, sockets: list[socket.socket], calls: list[tuple[str, bytes, int]]) -> None:
        self.sockets = {each.fileno(): each for each in sockets}
        self.calls = calls
        self.done = bytearray(len(calls))
        self.latencies = array("d", bytes(8 * len(calls)))
        self.next = 0
        self.waiting: list[int] = []  # calls whose forerunner is not answered yet
        self.idle: list[int] = []
        self.under_way: dict[int, tuple[int, float]] = {}
        self.read: dict[int, bytes] = {}

    def play(self) -> "array[float]":
        """Seconds of each call. Raises CallFailed, OSError."""
        poll = select.epoll()
        for number in self.sockets:
            poll.register(number, select.EPOLLIN)
            self._send_next(number)
        while self.under_way:
            ready = poll.poll(ANSWER_SECONDS_MAX)
            if not ready:
                raise CallFailed("no answer")
            for number, _ in ready:
                self._receive(number)
        poll.close()
        if not all(self.done):
            raise CallFailed("some calls were never sent")
        return self.latencies

    def _choose(self) -> int | None:
        """The next call whose forerunner is answered; None when there is none for now."""
        for place, which in enumerate(self.waiting):
            if self.done[self.calls[which][2]]:
                return self.waiting.pop(place)
        while self.next < len(self.calls):
            which = self.next
            self.next += 1
            after = self.calls[which][2]
            if after < 0 or self.done[after]:
                return which
            self.waiting.append(which)
        return None

    def _send_next(self, number: int) -> None:
        which = self._choose()
        if which is None:
            self.idle.append(number)
            return
        raw = self.calls[which][1]
        self.under_way[number] = which, time.perf_counter()
        if self.sockets[number].send(raw) != len(raw):
            raise CallFailed("a request did not go out in one piece")

    def _receive(self, number: int) -> None:
        came = self.sockets[number].recv(CHUNK)
        whole = self.read.pop(number, b"") + came
        end = whole.find(b"\r\n\r\n")
        if end < 0 or len(whole) < end + 4 + _length(whole, end):
            if not came:
                raise CallFailed("the service closed a connection")
            self.read[number] = whole
            return
        which, sent = self.under_way.pop(number)
        self.latencies[which] = time.perf_counter() - sent
        if whole[9:10] != b"2":
            raise CallFailed(_told(self.calls[which][0], whole, end))
        self.done[which] = 1
        self._send_next(number)
        if self.waiting and self.idle:
            resumed, self.idle = self.idle, []
            for each in resumed:
                self._send_next(each)


def _length(whole: bytes, end: int) -> int:
    start = whole.find(b"ontent-length: ", 0, end)
    if start < 0:
        start = whole.find(b"ontent-Length: ", 0, end)
    stop = whole.find(b"\r", start)
    return int(whole[start + 15 : stop]) if start >= 0 else 0


def _told(kind: str, whole: bytes, end: int) -> str:
    """Kind, status and code of a refusal; never its body."""
    try:
        code = json.loads(whole[end + 4 :]).get("code", "")
    except (ValueError, AttributeError):
        code = "unreadable answer"
    return f"{kind}: {whole[9:12].decode('ascii', 'replace')} {code}"
