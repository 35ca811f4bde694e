"""What watching the service costs a request: counting it, and writing its line in the log. Printed, in microseconds."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from ordonum.cli.system import System
from ordonum.server.api.app import counted
from ordonum.server.metrics import Metrics

CALLS, TIMES = 20_000, 5
COUNTING_MICROSECONDS_MAX = 15.0

_LOGGING = """
import sys, time
from ordonum.server import events
events.configure(several=True)
best = 1.0
for _ in range(5):
    began = time.perf_counter()
    for _ in range(20_000):
        events.log(events.Event.ACT_RECORDED, act="register")
    best = min(best, (time.perf_counter() - began) / 20_000)
print(best * 1e6)
"""


def _microseconds(call: Callable[[], object]) -> float:
    """The best of some rounds: what the call costs when nothing else runs."""
    best = float("inf")
    for _ in range(TIMES):
        began = time.perf_counter()
        for _ in range(CALLS):
            call()
        best = min(best, (time.perf_counter() - began) / CALLS * 1e6)
    return best


def _one_act(metrics: Metrics) -> Callable[[], object]:
    def count() -> None:
        metrics.act("register", replayed=False)
        metrics.request("register", "done", 0.0042)

    return count


def test_counting_a_request_costs_little_alone(system: System) -> None:
    assert system.context is not None
    answer = Response(b"{}", 201)

    async def handler(_: Request) -> Response:
        return answer

    behind = counted(system.context, "register", handler)
    request = Request({"type": "http", "headers": []})

    async def both() -> tuple[float, float]:
        found = []
        for each in (handler, behind):
            best = float("inf")
            for _ in range(TIMES):
                began = time.perf_counter()
                for _ in range(CALLS):
                    await each(request)
                best = min(best, (time.perf_counter() - began) / CALLS * 1e6)
            found.append(best)
        return found[0], found[1]

    bare, whole = asyncio.run(both())
    act = _microseconds(_one_act(Metrics()))
    print(f"\ncounting at the door: {whole - bare:.2f} µs a request; counting an act and its request: {act:.2f} µs")
    assert whole - bare < COUNTING_MICROSECONDS_MAX
    assert act < COUNTING_MICROSECONDS_MAX


def test_counting_a_request_costs_little_among_several_processes(tmp_path: Path) -> None:
    """In a process of its own: the library decides once and for all where its values are."""
    code = (
        f"import sys; sys.path[:0] = {[str(Path(__file__).parents[1])]!r}\n"
        "from pathlib import Path; from campaign.test_cost_of_watching import _microseconds, _one_act\n"
        "from ordonum.server.metrics import Metrics, Shared\n"
        f"print(_microseconds(_one_act(Metrics(Shared(Path({str(tmp_path)!r}), 1)))))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    print(f"\ncounting an act and its request, shared files: {float(said):.2f} µs")
    assert float(said) < COUNTING_MICROSECONDS_MAX


@pytest.mark.parametrize("where", ["file", "pipe"])
def test_a_line_of_the_log_costs_little(where: str, tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as file:
        to = file if where == "file" else subprocess.PIPE
        done = subprocess.Popen([sys.executable, "-c", _LOGGING], stdout=subprocess.PIPE, stderr=to, text=True)
        said, _ = done.communicate(timeout=60)
    print(f"\na line of the log to a {where}: {float(said):.2f} µs")
