"""The table of acts: read all those of a prescription, add one."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from ordonum.server.store.database import Pool, reading, writing

ACTS_MAX = 2_000  # twice a day for nearly three years; what is cancelled after that still is


class ActRow(Struct, frozen=True, kw_only=True):
    """A stored act, still encrypted."""

    seq: int
    act_id: UUID
    kind: str
    year: int
    author: bytes
    content: bytes
    performed_at: datetime
    recorded_at: datetime
    body: bytes
    sealed: bytes | None
    answer: bytes


class AuditRow(Struct, frozen=True, kw_only=True):
    """An entry of the trace: canonical leaf in clear (no personal field), personal fields encrypted."""

    entry_id: UUID
    recorded_at: datetime
    year: int
    leaf: bytes
    personal: bytes


async def read_acts(pool: Pool, lookup: bytes) -> tuple[ActRow, ...]:
    """All the acts on a prescription, in order."""
    async with reading(pool) as connection:
        rows = await connection.fetch(
            "SELECT seq, act_id, kind, year, author, content, performed_at, recorded_at, body, sealed, answer"
            " FROM act WHERE lookup = $1 ORDER BY seq",
            lookup,
        )
    return tuple(ActRow(**dict(row)) for row in rows)


async def record_act(
    pool: Pool, lookup: bytes, row: ActRow, audit: AuditRow, *, own_act: bytes | None, patient: bytes | None
) -> bool:
    """Add an act with its index rows and its audit entry, in one statement. False: another came first, read again."""
    async with writing(pool, an_act=True) as connection:
        recorded: bool = await connection.fetchval(
            "SELECT record_act($1,$2,$3,$4,$5::smallint,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17)",
            lookup,
            row.seq,
            row.act_id,
            row.kind,
            row.year,
            row.author,
            row.content,
            row.performed_at,
            row.recorded_at,
            row.body,
            row.sealed,
            row.answer,
            own_act,
            patient,
            audit.entry_id,
            audit.leaf,
            audit.personal,
        )
    return recorded


async def find_own_act(pool: Pool, blind: bytes) -> bytes | None:
    """The lookup of the prescription that this prescriber registered by this act."""
    async with reading(pool) as connection:
        found: bytes | None = await connection.fetchval("SELECT lookup FROM own_act WHERE blind = $1", blind)
    return found


async def any_act(pool: Pool) -> bool:
    """Whether the database holds anything."""
    async with reading(pool) as connection:
        found: bool = await connection.fetchval("SELECT EXISTS (SELECT 1 FROM act)")
    return found
