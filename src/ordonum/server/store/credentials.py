"""Assertions that served, certificates revoked, fingerprints of the keys."""

from collections.abc import Sequence
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


async def revocations_of(pool: Pool, certificates: Sequence[tuple[bytes, str]]) -> tuple[Revocation, ...]:
    """What the authorities said of these certificates (issuer, serial); asked at each request, so that it holds at once."""
    async with reading(pool) as connection:
        rows = await connection.fetch(
            "SELECT revocation.serial, revoked_at, reason FROM revocation"
            " JOIN unnest($1::bytea[], $2::text[]) AS asked(issuer, serial)"
            " ON revocation.issuer = asked.issuer AND revocation.serial = asked.serial",
            [issuer for issuer, _ in certificates],
            [serial for _, serial in certificates],
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
) -> int:
    """Add a revocation list, all of it or nothing; how many revocations were new. Revocations only ever grow.

    Two lists may bear the same second: each certificate counts, not the list's date.
    """
    async with writing(pool) as connection:
        added: int = await connection.fetchval(
            "WITH list AS (INSERT INTO revocation_list VALUES ($1, $5, $6, $7) ON CONFLICT DO NOTHING),"
            " rows AS (INSERT INTO revocation SELECT $1, s, r, w, $7 FROM"
            " unnest($2::text[], $3::timestamptz[], $4::text[]) AS given(s, r, w) ON CONFLICT DO NOTHING RETURNING 1)"
            " SELECT count(*) FROM rows",
            issuer,
            [each.serial for each in revoked],
            [each.revoked_at for each in revoked],
            [each.reason for each in revoked],
            this_update,
            next_update,
            received_at,
        )
    return added


async def next_list_due(pool: Pool, issuer: bytes) -> datetime | None:
    """When this authority's next revocation list is due, by the newest received; None when none ever was."""
    async with reading(pool) as connection:
        due: datetime | None = await connection.fetchval(
            "SELECT max(next_update) FROM revocation_list WHERE issuer = $1", issuer
        )
    return due


async def fingerprints(pool: Pool) -> dict[str, bytes]:
    """The fingerprints of the keys that this database was written with."""
    async with reading(pool) as connection:
        rows = await connection.fetch("SELECT name, fingerprint FROM key_fingerprint")
    return {row["name"]: bytes(row["fingerprint"]) for row in rows}


async def key_dates(pool: Pool) -> dict[str, datetime]:
    """Since when this database knows each key, by its name."""
    async with reading(pool) as connection:
        rows = await connection.fetch("SELECT name, since FROM key_fingerprint")
    return {row["name"]: row["since"] for row in rows}


async def add_fingerprints(pool: Pool, found: dict[str, bytes], now: datetime) -> None:
    """Remember the fingerprints of keys that are already on the disk; one that is known already is left as it is."""
    async with writing(pool) as connection:
        await connection.executemany(
            "INSERT INTO key_fingerprint VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            [(name, each, now) for name, each in found.items()],
        )
