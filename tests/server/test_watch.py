"""The watch over the embedded database: it relaunches one that died, however often that fails at first."""

import asyncio
import contextlib
import os
import shutil
import signal
from pathlib import Path

from ordonum.cli import serve
from ordonum.server.store import embedded
from ordonum.server.store.embedded import EmbeddedPostgres


def test_the_watch_goes_on_when_a_relaunch_cannot_even_write(tmp_path: Path) -> None:
    with embedded.running(tmp_path / "db") as database:
        assert database._pid is not None
        os.kill(database._pid, signal.SIGKILL)
        sockets = tmp_path / "db" / "s"
        shutil.rmtree(sockets)
        sockets.touch()  # no folder can be made here: the error that a full disk gives too
        asyncio.run(_watched(database, sockets))
        assert database._postmaster() is not None


async def _watched(database: EmbeddedPostgres, sockets: Path) -> None:
    dead = database._pid
    watch = asyncio.create_task(serve._watch(database))
    await asyncio.sleep(1.5 * serve.WATCH_SECONDS)
    await asyncio.to_thread(sockets.unlink)
    for _ in range(200):
        if watch.done() or database._pid != dead:
            break
        await asyncio.sleep(0.05)
    assert not watch.done(), "the watch died: nothing relaunches the database any more"
    await asyncio.sleep(0.5)
    watch.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watch
