"""A nursery of real workstations (`ordonum.client`), each of which kills its own process at a named point of an act.

Run as a program; each line of its standard input is an Order as JSON, and forks a process that prescribes, or executes on
the numbers given, until it passes the named point for the `passage`-th time. What its caller was told is recorded is
written, act by act, to the file `told`. It prints how the process ended (negative: by that signal).
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from factories import a_prescription, an_execution, delivered
from ordonum.client import Card, Client, outbox
from ordonum.client.outbox import Kept, Outbox
from ordonum.model.number import EpuId

Pass = Callable[[], None]


class Order(Struct, frozen=True, kw_only=True):
    """What a workstation is to do, and where it dies."""

    service: str
    card: str
    home: str
    trust: str
    told: str
    point: str
    passage: int
    numbers: tuple[str, ...] = ()
    fault: str | None = None


def _replace(owner: Any, name: str, made: Callable[[Any], Any]) -> None:
    setattr(owner, name, made(getattr(owner, name)))


def _around(owner: Any, name: str, *, before: Pass = lambda: None, after: Pass = lambda: None) -> None:
    def made(real: Any) -> Any:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            before()
            done = real(*args, **kwargs)
            after()
            return done

        return wrapped

    _replace(owner, name, made)


def _exchanging(paths: tuple[str, ...], passed: Pass) -> None:
    """When the answer to one of these has arrived."""

    def made(real: Any) -> Any:
        def exchange(self: Client, asked: Any) -> Any:
            answer = real(self, asked)
            if asked.path in paths:
                passed()
            return answer

        return exchange

    _replace(Client, "_exchange", made)


POINTS: dict[str, Callable[[Pass], None]] = {
    "before-keeping": lambda passed: _around(Outbox, "keep", before=passed),
    "half-kept": lambda passed: _around(outbox, "write_whole", after=passed),  # the side file stands, not renamed yet
    "kept": lambda passed: _around(Outbox, "keep", after=passed),  # between keeping and sending
    "token-received": lambda passed: _exchanging(("/v1/token",), passed),
    "answered": lambda passed: _exchanging(("/v1/register", "/v1/execute"), passed),
    "noted": lambda passed: _around(Outbox, "answered", after=passed),
}


def _plant_sending_before_keeping() -> None:
    """The fault: what is sent is kept once it is answered."""
    unkept: dict[Any, Kept] = {}
    keep = Outbox.keep

    def first(self: Outbox, kept: Kept) -> None:
        unkept[kept.act_id] = kept

    def answered(real: Any) -> Any:
        def late(self: Outbox, kept: Kept, answer: bytes) -> Kept:
            keep(self, unkept[kept.act_id])
            done: Kept = real(self, kept, answer)
            return done

        return late

    _replace(Outbox, "keep", lambda _: first)
    _replace(Outbox, "answered", answered)


FAULTS: dict[str, Callable[[], None]] = {"sends-first": _plant_sending_before_keeping}


def _live(order: Order) -> None:
    """Act until death. Does not return."""
    left = order.passage

    def passed() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        if order.fault:
            FAULTS[order.fault]()
        POINTS[order.point](passed)
        card = Card.load(Path(order.card))
        numbers = iter(order.numbers)
        with (
            Client(order.service, card, home=Path(order.home), trust=Path(order.trust)) as client,
            Path(order.told).open("a") as told,
        ):
            for _ in range(100):
                if order.numbers:
                    done = client.execute(EpuId(next(numbers)), an_execution(delivered()))
                else:
                    done = client.prescribe(a_prescription(place=card.place))
                told.write(f"{done.act_id}\n")
                told.flush()
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    """Make one workstation a line, until the end of the input."""
    for line in sys.stdin:
        order = msgspec.json.decode(line, type=Order)
        pid = os.fork()
        if pid == 0:
            _live(order)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
