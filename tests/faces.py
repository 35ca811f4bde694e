"""Both faces of the client behind one set of synchronous methods, so that a scenario is told once and runs on each."""

import asyncio
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ordonum.cli.system import System
from ordonum.client import AsyncClient, Client


class Sync:
    """The synchronous face, as it is."""

    name = "sync"

    def __init__(self, system: System, card: str, home: Path, *, url: str | None = None, **named: Any) -> None:
        self.client = Client(url or system.url, system.card(card), **_named(system, home), **named)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.client.close()

    def call(self, method: str, *args: Any, **named: Any) -> Any:
        """The result of this method."""
        return getattr(self.client, method)(*args, **named)


class Async:
    """The asynchronous face in a loop of its own, in a thread of its own."""

    name = "async"

    def __init__(self, system: System, card: str, home: Path, *, url: str | None = None, **named: Any) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()
        self.client = AsyncClient(url or system.url, system.card(card), **_named(system, home), **named)
        self._run(self.client.__aenter__())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._run(self.client.close())
        self._run(self.loop.shutdown_default_executor())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def call(self, method: str, *args: Any, **named: Any) -> Any:
        """The result of this method, awaited."""
        return self._run(getattr(self.client, method)(*args, **named))

    def _run(self, awaited: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(awaited, self.loop).result(60)


Face = Sync | Async
FACES = (Sync, Async)


def _named(system: System, home: Path) -> dict[str, Any]:
    audience = f"{system.url}/v1/token"  # the service's own name, whatever road leads to it
    return {"home": home, "trust": system.authority.trust, "now": system.now, "audience": audience}
