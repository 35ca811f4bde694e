"""A nursery of real services, each of which kills its own process with SIGKILL at a named point, or carries a planted fault.

Run as a program with ORDONUM_HOME and ORDONUM_PORT. It loads everything once; each line of its standard input, JSON like
{"point": "committed", "passage": 17, "fault": null}, forks a process that runs what `ordonum serve` runs, and dies when
that point is passed for the 17th time. It prints the process's id, then how it ended (negative: by that signal).

Nothing of this is in the service: the functions that stand at the named points are wrapped here, before it is run.
"""

import asyncio
import contextlib
import ctypes
import json
import os
import random
import signal
import sys
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from ordonum.cli import serve
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.api import app
from ordonum.server.api.protocol import BoundedProtocol
from ordonum.server.usecases import asking, authenticate, recording
from ordonum.server.vault.vault import Vault

COMMIT_SECONDS = 0.004  # within which a statement that was sent is under way, or just over
EARLY_SECONDS = 1.0  # how long the planted fault waits before it really commits
PR_SET_PDEATHSIG = 1
RECORDING = ("record_act", "record_first")
Pass = Callable[[], None]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _replace(owner: Any, name: str, made: Callable[[Any], Any]) -> None:
    """Have this module or class know, by this name, what `made` makes of what it knew."""
    setattr(owner, name, made(getattr(owner, name)))


def _around(owner: Any, name: str, *, before: Pass = lambda: None, after: Pass = lambda: None) -> None:
    """Pass these points before and after an asynchronous function that this module calls by this name."""

    def made(real: Any) -> Any:
        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            before()
            done = await real(*args, **kwargs)
            if done is not False:  # an act whose place was taken is not recorded
                after()
            return done

        return wrapped

    _replace(owner, name, made)


def _recording(*, before: Pass = lambda: None, after: Pass = lambda: None) -> None:
    """Around the one statement that records: of a first act, and of any other."""
    for name in RECORDING:
        _around(recording, name, before=before, after=after)


def _acknowledging(passed: Pass) -> None:
    def made(real: Any) -> Any:
        def acknowledge(*args: Any, **kwargs: Any) -> Any:
            signed = real(*args, **kwargs)
            passed()
            return signed

        return acknowledge

    _replace(Vault, "acknowledge", made)


def _replying(passed: Pass) -> None:
    """Between the head of a reply and its body."""

    def made(real: Any) -> Any:
        async def reply(self: Response, scope: Any, receive: Any, send: Any) -> None:
            async def sent(message: Any) -> None:
                await send(message)
                if message["type"] == "http.response.start" and self.status_code == 201:
                    passed()

            await real(self, scope, receive, sent)

        return reply

    _replace(Response, "__call__", made)


POINTS: dict[str, Callable[[Pass], None]] = {
    "request-read": lambda passed: _around(app, "read_body", after=passed),
    "acts-read": lambda passed: _around(asking, "read_acts", after=passed),
    "decided": _acknowledging,
    "before-commit": lambda passed: _recording(before=passed),
    "commit-sent": lambda passed: _recording(before=passed),
    "committed": lambda passed: _recording(after=passed),
    "reply-begun": _replying,
    "token-asked": lambda passed: _around(app, "authenticate", before=passed),
    "assertion-used": lambda passed: _around(authenticate, "use_assertion", after=passed),
    "token-made": lambda passed: _around(app, "authenticate", after=passed),
}
TOKEN_POINTS = ("token-asked", "assertion-used", "token-made")


def _doom(point: str, passage: int) -> None:
    left = passage
    lasting = random.uniform(0, COMMIT_SECONDS)

    def passed() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            if point == "commit-sent":
                asyncio.get_running_loop().call_later(lasting, _die)
            else:
                _die()

    POINTS[point](passed)


def _plant_early_acknowledgement() -> None:
    """The fault: the reply leaves before the commit."""
    under_way: set[asyncio.Task[None]] = set()

    def made(real: Any) -> Any:
        async def later(*args: Any, **kwargs: Any) -> None:
            await asyncio.sleep(EARLY_SECONDS)
            await real(*args, **kwargs)

        async def early(*args: Any, **kwargs: Any) -> bool:
            under_way.add(task := asyncio.create_task(later(*args, **kwargs)))
            task.add_done_callback(under_way.discard)
            return True

        return early

    for name in RECORDING:
        _replace(recording, name, made)


def _plant_forgetting() -> None:
    """The fault: a repeat is not recognised."""
    _replace(recording, "recorded", lambda _: lambda found, act_id: None)


def _plant_catching_all() -> None:
    """The fault: whatever the database says, the act is acknowledged."""

    def made(real: Any) -> Any:
        async def careless(*args: Any, **kwargs: Any) -> bool:
            with contextlib.suppress(Refused):
                await real(*args, **kwargs)
            return True

        return careless

    for name in RECORDING:
        _replace(recording, name, made)


def _plant_denying() -> None:
    """The fault: when nobody knows whether the act was recorded, the answer says that it was not."""

    def made(real: Any) -> Any:
        async def denying(*args: Any, **kwargs: Any) -> Any:
            try:
                return await real(*args, **kwargs)
            except Refused:
                raise Refused(Refusal.UNAVAILABLE) from None

        return denying

    for name in RECORDING:
        _replace(recording, name, made)


def _plant_patience() -> None:
    """The fault: a request may take for ever to be sent."""
    _replace(BoundedProtocol, "_wait", lambda _: lambda self, transport: None)


FAULTS: dict[str, Callable[[], None]] = {
    "early-acknowledgement": _plant_early_acknowledgement,
    "forgets-repeats": _plant_forgetting,
    "acknowledges-anything": _plant_catching_all,
    "waits-for-ever": _plant_patience,
    "denies-what-it-does-not-know": _plant_denying,
}


def _live(order: dict[str, Any]) -> None:
    """Be one service until the end. Does not return."""
    code = 1
    try:
        _die_with_parent(signal.SIGTERM)  # it stops its database too
        null = os.open(os.devnull, os.O_RDWR)
        log = os.open(f"{os.environ['ORDONUM_HOME']}/service.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.dup2(log, 2)
        os.environ.update(order.get("environment", {}))
        if order.get("fault"):
            FAULTS[order["fault"]]()
        if order.get("point"):
            _doom(order["point"], order["passage"])
        serve.serve()
        code = 0
    finally:
        os._exit(code)


def _die_with_parent(number: signal.Signals) -> None:
    """Be sent this signal when the process that started this one dies: a proof that is interrupted leaves nothing."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number))


def main() -> None:
    """Make one service a line, until the end of the input."""
    _die_with_parent(signal.SIGKILL)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _live(json.loads(line))
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
