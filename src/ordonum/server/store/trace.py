"""The audit entries of what adds no act: consultations that answer, and refusals."""

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
