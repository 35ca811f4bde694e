"""Who registers much: the prescribers of the last day, each with their last weeks; and an alert, once."""

from datetime import datetime, timedelta

from msgspec import Struct

from ordonum.server.store.acts import AuditRow
from ordonum.server.store.database import Pool, reading, writing

BUSY_MAX = 1_000  # looked at in one round: the busiest


class Busy(Struct, frozen=True):
    """A prescriber's keyed name, the last prescription that they registered, and how many they registered in each span of
    24 hours, the last one last.
    """

    blind: bytes
    lookup: bytes
    by_day: tuple[int, ...]


# The first step reads the last day by its BRIN index; the second, of those few only, their weeks by the primary key.
_BUSY = """
SELECT busy.blind, busy.lookup, past.day, past.many
FROM (SELECT blind, (array_agg(lookup ORDER BY recorded_at DESC))[1] AS lookup
      FROM prescription_of WHERE recorded_at > $1::timestamptz - interval '1 day' AND recorded_at <= $1
      GROUP BY blind HAVING count(*) > $3 ORDER BY count(*) DESC LIMIT $4) AS busy
CROSS JOIN LATERAL (
    SELECT floor(extract(epoch FROM $1::timestamptz - recorded_at) / 86400)::int AS day, count(*)::int AS many
    FROM prescription_of AS p WHERE p.blind = busy.blind AND p.recorded_at > $2 AND p.recorded_at <= $1 GROUP BY 1
) AS past
"""


async def busy(pool: Pool, now: datetime, *, spans: int, more_than: int) -> tuple[Busy, ...]:
    """Those who registered more than so many in the last 24 hours, with as many spans of 24 hours, this one included."""
    async with reading(pool) as connection:
        rows = await connection.fetch(_BUSY, now, now - timedelta(days=spans), more_than, BUSY_MAX)
    found: dict[tuple[bytes, bytes], dict[int, int]] = {}
    for row in rows:
        found.setdefault((bytes(row["blind"]), bytes(row["lookup"])), {})[row["day"]] = row["many"]
    return tuple(
        Busy(blind, lookup, tuple(days.get(ago, 0) for ago in reversed(range(spans))))
        for (blind, lookup), days in found.items()
    )


async def alert_once(pool: Pool, who: bytes, kind: str, entry: AuditRow, *, since: datetime) -> bool:
    """Add an alert of this kind with its audit entry, under this keyed name, unless one was since then. Whether it was."""
    async with writing(pool) as connection:
        added: bool = await connection.fetchval(
            "SELECT alert_once($1, $2, $3, $4, $5, $6::smallint, $7, $8)",
            who,
            kind,
            entry.recorded_at,
            since,
            entry.entry_id,
            entry.year,
            entry.leaf,
            entry.personal,
        )
    return added
