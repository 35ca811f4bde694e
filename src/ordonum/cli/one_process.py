"""One service process of several, as `ordonum serve` starts it: `python -m ordonum.cli.one_process`.

Its standard input is a pipe that only the parent holds. When the parent is gone, however it went, the pipe ends: this
process then finishes its requests and stops, so that none is left behind.
"""

import asyncio
import contextlib
import socket
import sys

from starlette.applications import Starlette

from ordonum.cli.orders import Orders, read_orders
from ordonum.cli.stopping import stop_on_signals
from ordonum.model.refusals import Refused
from ordonum.server import events, main
from ordonum.server.identity.sites import RegisterRefused
from ordonum.server.identity.trust import RootsRefused
from ordonum.server.metrics import Metrics, Shared, leave
from ordonum.server.store.postgres_process import CannotStart
from ordonum.server.usecases.context import Context
from ordonum.server.vault.keys import KeysRefused

CANNOT_START = 8
ANSWERS = b"answers\n"
READY_SECONDS = 0.02


def run() -> int:
    """Serve until told to stop; the exit code."""
    stop_on_signals()
    events.configure(several=True)
    if not (told := sys.stdin.buffer.readline()):  # the parent is gone already
        return 0
    orders = read_orders(told)
    listening = socket.socket(fileno=orders.descriptor)
    try:
        main.run(_serve(orders, listening))
    except (CannotStart, KeysRefused, RootsRefused, RegisterRefused, Refused) as error:
        print(f"processus {orders.process} : {error}", file=sys.stderr)
        return CANNOT_START
    return 0


async def _serve(orders: Orders, listening: socket.socket) -> None:
    settings = orders.settings
    assert settings.database_url is not None
    shared = Shared(orders.figures, orders.process)
    context = await main.make_context(settings, settings.database_url, Metrics(shared))
    server = main.server_for(_app(orders, context), notice_seconds=settings.stop_notice)
    alone = False

    def parent_is_gone() -> None:
        nonlocal alone
        alone = True
        asyncio.get_running_loop().remove_reader(sys.stdin)
        if not server.should_exit:
            events.log(events.Event.PARENT_GONE)
            server.should_exit = True

    asyncio.get_running_loop().add_reader(sys.stdin, parent_is_gone)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started and not serving.done():  # noqa: ASYNC110  # uvicorn offers no event
        await asyncio.sleep(READY_SECONDS)
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.buffer.write(ANSWERS)
        sys.stdout.buffer.flush()
    await serving
    if alone:
        leave(shared)


def _app(orders: Orders, context: Context) -> Starlette:
    if not orders.front_page:
        return main.service(context)
    # A real service never loads what draws and reads sheets: 27 MB less.
    from ordonum.cli.front_page import sandbox_app
    from ordonum.sandbox.authority import Authority

    return sandbox_app(context, Authority(orders.settings.home / "authority"))


if __name__ == "__main__":
    sys.exit(run())
