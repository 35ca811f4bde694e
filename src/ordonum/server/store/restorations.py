"""The restorations that this database went through: read by the service, written by `backup.load` alone."""

from ordonum.model.restoration import Restoration
from ordonum.server.store.database import Pool, reading


async def restorations(pool: Pool) -> tuple[Restoration, ...]:
    """All of them, oldest first."""
    async with reading(pool) as connection:
        rows = await connection.fetch("SELECT restored_at, restored_to FROM restoration ORDER BY restored_at")
    return tuple(Restoration(**dict(row)) for row in rows)
