"""Service and sandbox plugged together: for `serve`, for `demo`, and for the tests, which use the very same system."""

import asyncio
import contextlib
import fcntl
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import uvicorn

from ordonum.cli.front_page import sandbox_app
from ordonum.client import Card, Client
from ordonum.sandbox.authority import Authority
from ordonum.sandbox.people import issue_test_cards
from ordonum.sandbox.register import write_register
from ordonum.sandbox.vitale import issue_test_vitale
from ordonum.server import main
from ordonum.server.settings import Settings, local_audiences
from ordonum.server.store.embedded import EmbeddedPostgres
from ordonum.server.store.postgres_process import CannotStart
from ordonum.server.usecases.context import Context

START_SECONDS_MAX = 30


def sandbox_settings(settings: Settings, authority: Authority) -> Settings:
    """The same settings, trusting the sandbox's authority."""
    return msgspec.structs.replace(
        settings,
        trust=authority.trust,
        revocation_list=authority.revocation_list,
        register=settings.register or authority.register,
        sandbox=True,
    )


def open_authority(home: Path) -> Authority:
    """The sandbox's authority, made at the first start, with its test cards."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / "authority.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two first starts at once make one authority
        authority = Authority(home / "authority")
        issue_test_cards(authority)
        if not authority.register.exists():
            write_register(authority.register)
        issue_test_vitale(authority.directory)
        authority.renew_list()
    return authority


class System:
    """A running service with its sandbox. `shift` moves the clock of service and clients together."""

    def __init__(self, home: Path, url: str, authority: Authority) -> None:
        self.home = home
        self.url = url
        self.authority = authority
        self.shift = timedelta(0)
        self.context: Context | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.addresses: tuple[str, str] | None = None  # of the database: the owner's, the application's

    def now(self) -> datetime:
        """The story's time."""
        return datetime.now(UTC) + self.shift

    def card(self, name: str) -> Card:
        """A test card."""
        return Card.load(self.authority.cards / f"{name}.json")

    def client(self, name: str) -> Client:
        """A workstation with this test card in its reader."""
        return Client(
            self.url,
            self.card(name),
            home=self.home / "postes" / name,
            trust=self.authority.trust,
            now=self.now,
        )


@contextlib.contextmanager
def running(
    home: Path,
    *,
    port: int = 0,
    database: EmbeddedPostgres | None = None,
    name: str = "ordonum",
    addresses: tuple[str, str] | None = None,
) -> Iterator[System]:
    """A whole system in this process: its own PostgreSQL unless one is given, the service in a thread of its own.

    `addresses`: those of a database that stands elsewhere, its owner's and its application's.
    """
    authority = open_authority(home)
    with contextlib.ExitStack() as stack:
        if database is None and addresses is None:
            database = EmbeddedPostgres(home / "db")
            database.start()
            stack.callback(database.stop)
        base = Settings(home=home, trust=authority.trust, port=port)
        listening = main.bind(base)
        stack.callback(listening.close)
        taken: int = listening.getsockname()[1]
        system = System(home, f"http://127.0.0.1:{taken}", authority)
        settings = msgspec.structs.replace(
            sandbox_settings(base, authority), port=taken, audiences=local_audiences("127.0.0.1", taken)
        )
        if database is not None:
            addresses = asyncio.run(main.prepare_embedded(database, name))
        else:
            assert addresses is not None
            asyncio.run(main.prepare(*addresses))
        system.addresses = addresses
        stop = _serve_in_thread(system, settings, addresses[1], listening)
        stack.callback(stop)
        yield system


def _serve_in_thread(
    system: System, settings: Settings, application: str, listening: socket.socket
) -> Callable[[], None]:
    """Start the service; what is returned stops it. Raises CannotStart."""
    started = threading.Event()
    failed: list[BaseException] = []
    running_server: list[uvicorn.Server] = []

    async def serve() -> None:
        system.context = await main.make_context(settings, application)
        system.context.now = system.now
        system.loop = asyncio.get_running_loop()
        server = main.server_for(sandbox_app(system.context, system.authority))
        running_server.append(server)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started and not serving.done():  # noqa: ASYNC110  # uvicorn offers no event
            await asyncio.sleep(0.01)
        started.set()
        await serving

    def run() -> None:
        try:
            # asyncio's own loop: several of uvloop's, one after another in threads of one process, have crashed it
            main.run(serve(), loop=asyncio.new_event_loop)
        except BaseException as error:  # handed to the thread that waits
            failed.append(error)
        finally:
            started.set()

    thread = threading.Thread(target=run, name="ordonum-service", daemon=True)
    thread.start()
    if not started.wait(START_SECONDS_MAX) or failed:
        raise CannotStart("Le service n'a pas démarré.") from (failed[0] if failed else None)

    def stop() -> None:
        for server in running_server:
            server.should_exit = True
        thread.join(START_SECONDS_MAX)

    return stop
