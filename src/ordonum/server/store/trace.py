"""The audit entries of what adds no act: consultations that answer, and refusals."""

from collections.abc import Sequence

from msgspec import Struct

from ordonum.server.store.acts import AuditRow
from ordonum.server.store.database import Pool, reading, writing


async def add_entry(pool: Pool, lookup: bytes, entry: AuditRow) -> None:
    """Add an entry. What could not be logged is not answered: a failure is raised."""
    async with writing(pool) as connection:
        await connection.execute(
            "INSERT INTO audit (lookup, entry_id, recorded_at, year, leaf, personal)"
            " VALUES ($1, $2, $3, $4::smallint, $5, $6)",
            lookup,
            entry.entry_id,
            entry.recorded_at,
            entry.year,
            entry.leaf,
            entry.personal,
        )


async def entries(pool: Pool, lookup: bytes) -> tuple[AuditRow, ...]:
    """The entries about a prescription, oldest first."""
    async with reading(pool) as connection:
        rows = await connection.fetch(
            "SELECT entry_id, recorded_at, year, leaf, personal FROM audit WHERE lookup = $1 ORDER BY recorded_at",
            lookup,
        )
    return tuple(AuditRow(**dict(row)) for row in rows)


class Traced(Struct, frozen=True, kw_only=True):
    """An entry with the prescription, or the patient, that it is about."""

    lookup: bytes
    row: AuditRow


async def entries_of(pool: Pool, lookups: Sequence[bytes]) -> tuple[Traced, ...]:
    """The entries about these prescriptions, oldest first."""
    async with reading(pool) as connection:
        rows = await connection.fetch(
            "SELECT lookup, entry_id, recorded_at, year, leaf, personal FROM audit WHERE lookup = ANY($1::bytea[])"
            " ORDER BY recorded_at, entry_id",
            lookups,
        )
    return tuple(Traced(lookup=row["lookup"], row=AuditRow(**dict(list(row.items())[1:]))) for row in rows)


async def add_entries(pool: Pool, entries: Sequence[Traced]) -> None:
    """Add several entries, all or none. What could not be logged is not answered: a failure is raised."""
    async with writing(pool) as connection:
        await connection.execute(
            "INSERT INTO audit (lookup, entry_id, recorded_at, year, leaf, personal) SELECT * FROM"
            " unnest($1::bytea[], $2::uuid[], $3::timestamptz[], $4::smallint[], $5::bytea[], $6::bytea[])",
            [each.lookup for each in entries],
            [each.row.entry_id for each in entries],
            [each.row.recorded_at for each in entries],
            [each.row.year for each in entries],
            [each.row.leaf for each in entries],
            [each.row.personal for each in entries],
        )
