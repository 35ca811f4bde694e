"""Unknown numbers that were asked for, the turns of those who are slowed, and the alerts that came of it."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from ordonum.server.store.acts import AuditRow
from ordonum.server.store.database import Pool, reading, writing


class Missed(Struct, frozen=True):
    """How many distinct unknown numbers this professional, and this place, asked for in the window, this one included;
    how many alerts this very one raised.
    """

    misses: int
    misses_here: int
    alerts: int


class AlertRow(Struct, frozen=True):
    """An alert, with the audit entry that tells who it was."""

    at: datetime
    kind: str
    lookup: bytes
    entry_id: UUID
    year: int
    personal: bytes


async def add_miss(
    pool: Pool,
    lookup: bytes,
    entry: AuditRow,
    *,
    professional: bytes,
    place: bytes,
    since: datetime,
    limits: tuple[int, int],
    kinds: tuple[str, str] = ("guessing-professional", "guessing-place"),
) -> Missed:
    """Add a miss, once per number in the window, with its audit entry; and the alert, of one of these kinds, when it
    reaches a limit (the professional's, the place's).
    """
    async with writing(pool) as connection:
        row = await connection.fetchrow(
            "SELECT * FROM record_miss($1,$2,$3,$4,$5,$6,$7,$8,$9::smallint,$10,$11,$12,$13)",
            professional, place, lookup, entry.recorded_at, since, *limits,
            entry.entry_id, entry.year, entry.leaf, entry.personal, *kinds,
        )  # fmt: skip
    assert row is not None
    return Missed(row["misses"], row["misses_here"], row["alerts"])


async def take_turn(pool: Pool, who: bytes, now: datetime, seconds: int) -> int:
    """Take the turn of somebody who is slowed to one answer in so many seconds: 0, or the seconds to wait."""
    async with writing(pool) as connection:
        remaining: int = await connection.fetchval("SELECT take_turn($1, $2, $3)", who, now, seconds)
    return remaining


async def alerts_since(pool: Pool, since: datetime) -> tuple[AlertRow, ...]:
    """The alerts since a moment, oldest first."""
    async with reading(pool) as connection:
        rows = await connection.fetch(
            "SELECT alert.at, kind, alert.lookup, alert.entry_id, year, personal FROM alert"
            " JOIN audit USING (lookup, entry_id) WHERE alert.at >= $1 ORDER BY alert.at",
            since,
        )
    return tuple(AlertRow(**dict(row)) for row in rows)
