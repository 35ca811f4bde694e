"""What is over is taken away by the keeper's rights, which the owner of the tables has: the application deletes nothing."""

import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import TypeAlias

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

# What is counted by the minute, or serves once within minutes, is kept a day for whoever asks what happened.
KEPT = timedelta(days=1)
STATEMENT_SECONDS_MAX = 3_600
_OVER = (
    "DELETE FROM assertion_seen WHERE expires_at < $1",
    "DELETE FROM miss WHERE at < $1",
    "DELETE FROM turn WHERE at < $1",
)


@contextlib.asynccontextmanager
async def keeper(owner_url: str) -> AsyncIterator[Connection]:
    """A connection of the keeper. Raises CannotTakeAway, whatever the database fails in."""
    try:
        connection = await asyncpg.connect(owner_url, timeout=10, command_timeout=STATEMENT_SECONDS_MAX)
        try:
            yield connection
        finally:
            await connection.close()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        raise CannotTakeAway(type(error).__name__) from None


async def take_away(owner_url: str, now: datetime) -> int:
    """Delete the assertions that can no longer serve, and the misses and turns that no longer count: how many rows.

    Raises CannotTakeAway.
    """
    async with keeper(owner_url) as connection:
        return sum([int((await connection.execute(each, now - KEPT)).split()[1]) for each in _OVER])


class CannotTakeAway(Exception):
    """The database did not answer as the owner asked; it is tried again an hour later. Holds the class of the error."""
