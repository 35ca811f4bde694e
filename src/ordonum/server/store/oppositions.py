"""Standing oppositions: those of a patient, whether one stands, one more."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from ordonum.server.store.database import Pool, reading, writing
from ordonum.server.store.trace import Traced


class OppositionRow(Struct, frozen=True, kw_only=True):
    """An opposition (odd `seq`) or the lifting of the one before it (even), still sealed."""

    seq: int
    act_id: UUID
    content: bytes
    recorded_at: datetime
    sealed: bytes

    @property
    def direction(self) -> int:
        """1 for an opposition, -1 for a lifting: they take turns."""
        return 1 if self.seq % 2 else -1


async def oppositions_of(pool: Pool, patient: bytes) -> tuple[OppositionRow, ...]:
    """All the oppositions and liftings of a patient, in order."""
    async with reading(pool) as connection:
        rows = await connection.fetch(
            "SELECT seq, act_id, content, recorded_at, sealed FROM opposition WHERE patient = $1 ORDER BY seq", patient
        )
    return tuple(OppositionRow(**dict(row)) for row in rows)


async def any_stands(pool: Pool, patients: Sequence[bytes]) -> bool:
    """Whether an opposition of one of these patients stands now."""
    async with reading(pool) as connection:
        found: bool = await connection.fetchval(
            "SELECT coalesce(bool_or(last.seq % 2 = 1), false)"
            " FROM (SELECT max(seq) AS seq FROM opposition WHERE patient = ANY($1::bytea[]) GROUP BY patient) AS last",
            patients,
        )
    return found


async def standing_among(pool: Pool, patients: Sequence[bytes]) -> frozenset[bytes]:
    """Those of these patients of whom an opposition stands now."""
    async with reading(pool) as connection:
        rows = await connection.fetch(
            "SELECT patient FROM opposition WHERE patient = ANY($1::bytea[]) GROUP BY patient HAVING max(seq) % 2 = 1",
            patients,
        )
    return frozenset(bytes(row["patient"]) for row in rows)


async def add_opposition(pool: Pool, patient: bytes, row: OppositionRow, traced: Traced) -> bool:
    """Add an opposition or a lifting with its audit entry, in one statement. False: another came first, read again."""
    async with writing(pool, an_act=True) as connection:
        added = await connection.fetchval(
            "WITH added AS (INSERT INTO opposition VALUES ($1, $2, $3, $4::smallint, $5, $6, $7)"
            " ON CONFLICT DO NOTHING RETURNING true)"
            " INSERT INTO audit (lookup, entry_id, recorded_at, year, leaf, personal)"
            " SELECT $8::bytea, $9::uuid, $6, $10::smallint, $11::bytea, $12::bytea FROM added RETURNING true",
            patient,
            row.seq,
            row.act_id,
            row.direction,
            row.content,
            row.recorded_at,
            row.sealed,
            traced.lookup,
            traced.row.entry_id,
            traced.row.year,
            traced.row.leaf,
            traced.row.personal,
        )
    return bool(added)
