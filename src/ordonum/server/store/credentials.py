"""Assertions that served, certificates revoked, fingerprints of the keys."""

from datetime import datetime

from msgspec import Struct

from ordonum.server.store.database import Pool, reading, writing


class Revocation(Struct, frozen=True):
    """A certificate that its authority revoked; `reason` is the CRL's (RFC 5280), `unspecified` when there was none."""

    serial: str
    revoked_at: datetime
    reason: str


async def use_assertion(pool: Pool, digest: bytes, expires_at: datetime) -> bool:
    """Mark an assertion as used. False when it had been."""
    async with writing(pool) as connection:
        added = await connection.fetchval(
            "INSERT INTO assertion_seen VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true", digest, expires_at
        )
    return bool(added)


async def revocations_of(pool: Pool, issuer: bytes, serial: str) -> tuple[Revocation, ...]:
    """What its authority said of this certificate; asked at each request, so that it holds from the next one on."""
    async with reading(pool) as connection:
        rows = await connection.fetch(
            "SELECT serial, revoked_at, reason FROM revocation WHERE issuer = $1 AND serial = $2", issuer, serial
        )
    return tuple(Revocation(**dict(row)) for row in rows)


async def add_revocations(
    pool: Pool,
    issuer: bytes,
    revoked: tuple[Revocation, ...],
    *,
    this_update: datetime,
    next_update: datetime,
    received_at: datetime,
) -> bool:
    """Add a revocation list, once; all of it or nothing. False when this one, or a newer one, was there."""
    async with writing(pool) as connection:
        added = await connection.fetchval(
            "WITH list AS (INSERT INTO revocation_list SELECT $1, $5, $6, $7 WHERE NOT EXISTS"
            " (SELECT 1 FROM revocation_list WHERE issuer = $1 AND this_update >= $5) ON CONFLICT DO NOTHING"
            " RETURNING issuer),"
            " rows AS (INSERT INTO revocation SELECT $1, s, r, w FROM list,"
            " unnest($2::text[], $3::timestamptz[], $4::text[]) AS given(s, r, w) ON CONFLICT DO NOTHING)"
            " SELECT true FROM list",
            issuer,
            [each.serial for each in revoked],
            [each.revoked_at for each in revoked],
            [each.reason for each in revoked],
            this_update,
            next_update,
            received_at,
        )
    return bool(added)


async def fingerprints(pool: Pool) -> dict[str, bytes]:
    """The fingerprints of the keys that this database was written with."""
    async with reading(pool) as connection:
        rows = await connection.fetch("SELECT name, fingerprint FROM key_fingerprint")
    return {row["name"]: bytes(row["fingerprint"]) for row in rows}


async def add_fingerprints(pool: Pool, found: dict[str, bytes], now: datetime) -> None:
    """Remember the fingerprints of keys that are already on the disk."""
    async with writing(pool) as connection:
        await connection.executemany(
            "INSERT INTO key_fingerprint VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            [(name, each, now) for name, each in found.items()],
        )
