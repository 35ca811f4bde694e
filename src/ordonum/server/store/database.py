"""The pool of connections, and what a failure of the database means for the person who waits.

A single statement that PostgreSQL answers with an error left nothing behind: effect none. A connection lost after the
statement was sent says nothing: effect unknown, and the same id may be sent again.
"""

from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from ordonum.model.refusals import Refusal, Refused
from ordonum.server.store.postgres_process import CannotStart

Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

if TYPE_CHECKING:
    _Base = asyncpg.Connection[asyncpg.Record]
else:
    _Base = asyncpg.Connection  # generic in its stubs only

ACQUIRE_SECONDS_MAX = 5
STATEMENT_SECONDS_MAX = 10
_SESSION = {
    "application_name": "ordonum",
    "timezone": "UTC",
    "statement_timeout": "10s",
    "plan_cache_mode": "force_generic_plan",  # every statement goes by a key: planning it anew finds nothing better
}
_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # asyncpg's word for a connection that died under a statement
    ConnectionError,
    OSError,
    TimeoutError,
)
# The server shuts down or was killed: whether the statement was committed is not known to us.
_SHUTDOWN = (asyncpg.AdminShutdownError, asyncpg.CrashShutdownError)


class _Stateless(_Base):
    """A connection on which nothing of a session is ever set: what asyncpg resets after each use (a round trip, four
    commands) has nothing to reset. An open transaction is still rolled back.
    """

    def get_reset_query(self) -> str:
        """Nothing to send when the connection goes back to the pool."""
        return ""


async def open_pool(url: str, size: int) -> Pool:
    """A pool for the application's role. Raises CannotStart, without the address: it holds a password."""
    try:
        return await asyncpg.create_pool(
            url,
            min_size=2,
            max_size=size,
            command_timeout=STATEMENT_SECONDS_MAX,
            max_inactive_connection_lifetime=300,
            connection_class=_Stateless,
            timeout=ACQUIRE_SECONDS_MAX,
            server_settings=_SESSION,
        )
    except (*_LOST, asyncpg.PostgresError, ValueError) as error:
        raise CannotStart(
            f"L'application ne peut pas ouvrir la base ({type(error).__name__}) : vérifiez ORDONUM_DATABASE_URL."
        ) from None


class reading:  # noqa: N801  # read as a verb: `async with reading(pool) as connection`
    """A connection for statements that change nothing. Raises Refused(UNAVAILABLE) whatever fails below."""

    def __init__(self, pool: Pool) -> None:
        self._acquiring = pool.acquire(timeout=_patience(pool))

    async def __aenter__(self) -> Connection:
        try:
            return await self._acquiring.__aenter__()
        except (*_LOST, asyncpg.PostgresError):
            raise Refused(Refusal.UNAVAILABLE) from None

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        try:
            await self._acquiring.__aexit__(kind, error, trace)
        except (*_LOST, asyncpg.PostgresError):
            raise Refused(Refusal.UNAVAILABLE) from None
        if isinstance(error, (*_LOST, asyncpg.PostgresError)):
            raise Refused(Refusal.UNAVAILABLE) from None


class writing:  # noqa: N801  # read as a verb
    """A connection for one statement that writes. Raises Refused: UNAVAILABLE or EXISTS_DIFFERENT.

    When the connection is lost under the statement of an act, nobody knows: OUTCOME_UNKNOWN. What is no act (a trace, an
    assertion) has no effect of its own that a caller could lose or double.
    """

    def __init__(self, pool: Pool, *, an_act: bool = False) -> None:
        self._acquiring = pool.acquire(timeout=_patience(pool))
        self._when_lost = Refusal.OUTCOME_UNKNOWN if an_act else Refusal.UNAVAILABLE

    async def __aenter__(self) -> Connection:
        try:
            return await self._acquiring.__aenter__()
        except (*_LOST, asyncpg.PostgresError):
            raise Refused(Refusal.UNAVAILABLE) from None  # nothing was sent

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        try:
            await self._acquiring.__aexit__(kind, error, trace)
        except (*_LOST, asyncpg.PostgresError):
            if error is None:
                raise Refused(self._when_lost) from None
        if isinstance(error, asyncpg.UniqueViolationError):
            if error.constraint_name == "own_act_pkey":
                raise Refused(Refusal.EXISTS_DIFFERENT) from None
        elif isinstance(error, (*_LOST, *_SHUTDOWN)):
            raise Refused(self._when_lost) from None
        elif isinstance(error, asyncpg.PostgresError):
            raise Refused(Refusal.UNAVAILABLE) from None


def _patience(pool: Pool) -> float | None:
    """How long to wait for a connection; no clock is started (they cost) when one is idle."""
    return None if pool.get_idle_size() else ACQUIRE_SECONDS_MAX


async def is_alive(pool: Pool) -> bool:
    """Whether the database answers."""
    try:
        async with reading(pool) as connection:
            return bool(await connection.fetchval("SELECT true"))
    except Refused:
        return False
