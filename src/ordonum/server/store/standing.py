"""How the database stands: whether it answers, how fresh the revocation lists are, how many connections it takes."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ordonum.server.store.database import Pool, reading


class ListDates(Struct, frozen=True):
    """Of the newest list of each authority: the oldest date, and the soonest at which a next one is due."""

    oldest: datetime
    due: datetime


async def newest_lists(pool: Pool, issuers: Sequence[bytes]) -> ListDates | None:
    """The dates for these authorities (their DER names); None when none ever gave a list. Raises Refused(UNAVAILABLE)."""
    async with reading(pool) as connection:
        row = await connection.fetchrow(
            "SELECT min(newest.this_update) AS oldest, min(newest.next_update) AS due FROM (SELECT issuer,"
            " max(this_update) AS this_update, max(next_update) AS next_update FROM revocation_list"
            " WHERE issuer = ANY($1::bytea[]) GROUP BY issuer) AS newest",
            issuers,
        )
    return ListDates(row["oldest"], row["due"]) if row is not None and row["oldest"] is not None else None


async def connections_max(pool: Pool) -> int:
    """How many connections this PostgreSQL takes from ordinary roles. Raises Refused(UNAVAILABLE)."""
    async with reading(pool) as connection:
        found: int = await connection.fetchval(
            "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
        )
    return found
