"""The database behind the tests: the embedded PostgreSQL, or a server that stands elsewhere and two addresses name."""

import asyncio
import contextlib
import os
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from ordonum.cli.system import System, running
from ordonum.server.store.embedded import EmbeddedPostgres

Addresses = tuple[str, str]
OWNER, APPLICATION = 0, 1


def given() -> Addresses | None:
    """The addresses (owner's, application's) that the environment gives, as to the service itself; None: embedded."""
    owner, application = (os.environ.get(f"ORDONUM_DATABASE{each}_URL") for each in ("_OWNER", ""))
    return (owner, application) if owner and application else None


embedded_only = pytest.mark.skipif(
    given() is not None, reason="kills, reads the files of, or configures the server: the embedded PostgreSQL's only"
)


@contextlib.contextmanager
def fresh_database(server: Addresses) -> Iterator[Addresses]:
    """A database of its own on that server, made by its owner (CREATEDB), dropped at the end."""
    name = f"ordonum_test_{secrets.token_hex(6)}"
    _at(server[OWNER], lambda connection: connection.execute(f"CREATE DATABASE {name} TEMPLATE template0"))
    try:
        yield (_with_name(server[OWNER], name), _with_name(server[APPLICATION], name))
    finally:
        _drop(server[OWNER], name)


def _drop(owner: str, name: str) -> None:
    """Drop a database. Autovacuum may be at work there as a superuser, whom an owner may not end: it soon leaves."""
    for left in reversed(range(20)):
        try:
            _at(owner, lambda connection: connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            return
        except asyncpg.InsufficientPrivilegeError:
            if not left:
                raise
            time.sleep(0.5)  # the autovacuum of an empty database is over in less


@contextlib.contextmanager
def fresh_system(home: Path) -> Iterator[System]:
    """A whole system on a database that nobody has used."""
    with contextlib.ExitStack() as stack:
        server = given()
        addresses = stack.enter_context(fresh_database(server)) if server is not None else None
        yield stack.enter_context(running(home, addresses=addresses))


def address(system: System, role: int) -> str:
    """The address of this system's database, for OWNER or APPLICATION."""
    assert system.addresses is not None
    return system.addresses[role]


def ask(system: System, role: int, work: Callable[[Any], Awaitable[Any]]) -> Any:
    """What `work` makes of a connection to this system's database."""
    return _at(address(system, role), work)


def owner_fetches(system: System, statement: str, *values: Any) -> Any:
    """The rows of a statement that the owner of the database asks."""
    return ask(system, OWNER, lambda connection: connection.fetch(statement, *values))


def owner_runs(system: System, statements: str) -> None:
    """Run statements as the owner of the database."""
    ask(system, OWNER, lambda connection: connection.execute(statements))


def embedded(system: System) -> EmbeddedPostgres:
    """The embedded server of this system; only behind `embedded_only`."""
    return EmbeddedPostgres(system.home / "db")


def in_service(system: System, work: Any) -> Any:
    """What this coroutine gives in the loop of the service."""
    assert system.loop is not None
    return asyncio.run_coroutine_threadsafe(work, system.loop).result(20)


def _at(url: str, work: Callable[[Any], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await work(connection)
        finally:
            await connection.close()

    return asyncio.run(run())


def _with_name(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()
