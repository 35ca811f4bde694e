"""Keys that cards delegated: added once, found by their thumbprint or their owner, listed by the day they came or ended."""

from datetime import datetime

from msgspec import Struct

from ordonum.server.store.database import Pool, reading, writing


class DelegationRow(Struct, frozen=True, kw_only=True):
    """A delegated key as it was received."""

    kid: str
    use: str
    rpps: str
    jws: str
    issuer: bytes
    serial: str
    recorded_at: datetime
    ends_at: datetime
    revoked_at: datetime | None = None


_COLUMNS = "kid, use, rpps, jws, issuer, serial, recorded_at, ends_at"


async def add_delegation(pool: Pool, row: DelegationRow) -> DelegationRow:
    """Add a delegated key; the row as it stands, which is an earlier one when this key had been received."""
    async with writing(pool) as connection:
        await connection.execute(
            f"INSERT INTO key_delegation ({_COLUMNS}) VALUES ($1,$2,$3,$4,$5,$6,$7,$8) ON CONFLICT DO NOTHING",  # noqa: S608  # our own columns
            row.kid, row.use, row.rpps, row.jws, row.issuer, row.serial, row.recorded_at, row.ends_at,
        )  # fmt: skip
    found = await find_delegation(pool, row.kid)
    assert found is not None
    return found


async def find_delegation(pool: Pool, kid: str) -> DelegationRow | None:
    """The delegated key of this thumbprint."""
    async with reading(pool) as connection:
        row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM key_delegation WHERE kid = $1", kid)  # noqa: S608  # our own columns
    return DelegationRow(**dict(row)) if row else None


async def qr_keys_of(pool: Pool, rpps: str) -> tuple[DelegationRow, ...]:
    """The keys that sign this professional's QR codes, with the moment of their card's revocation if it was revoked."""
    async with reading(pool) as connection:
        rows = await connection.fetch(
            f"SELECT {_COLUMNS}, (SELECT min(revoked_at) FROM revocation AS r"  # noqa: S608  # our own columns
            " WHERE r.issuer = d.issuer AND r.serial = d.serial) AS revoked_at"
            " FROM key_delegation AS d WHERE rpps = $1 AND use = 'qr'",
            rpps,
        )
    return tuple(DelegationRow(**dict(row)) for row in rows)


async def live_keys(pool: Pool, rpps: str, use: str, now: datetime) -> int:
    """How many keys of this professional are not over."""
    async with reading(pool) as connection:
        count: int = await connection.fetchval(
            "SELECT count(*) FROM key_delegation WHERE rpps = $1 AND use = $2 AND ends_at > $3", rpps, use, now
        )
    return count


async def qr_keys_received(pool: Pool, start: datetime, end: datetime) -> tuple[DelegationRow, ...]:
    """The QR keys received from `start` to `end` (excluded), oldest first."""
    async with reading(pool) as connection:
        rows = await connection.fetch(
            f"SELECT {_COLUMNS} FROM key_delegation WHERE use = 'qr' AND recorded_at >= $1 AND recorded_at < $2"  # noqa: S608  # our own columns
            " ORDER BY recorded_at, kid",
            start,
            end,
        )
    return tuple(DelegationRow(**dict(row)) for row in rows)


async def qr_keys_revoked(pool: Pool, start: datetime, end: datetime) -> tuple[tuple[str, datetime], ...]:
    """The QR keys whose card was learned to be revoked from `start` to `end`, with the moment of the revocation."""
    async with reading(pool) as connection:
        rows = await connection.fetch(
            "SELECT kid, min(revoked_at) AS at FROM key_delegation JOIN revocation USING (issuer, serial)"
            " WHERE use = 'qr' AND received_at >= $1 AND received_at < $2 GROUP BY kid ORDER BY kid",
            start,
            end,
        )
    return tuple((row["kid"], row["at"]) for row in rows)
