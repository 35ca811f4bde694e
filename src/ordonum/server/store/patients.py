"""The prescriptions executed for a patient, found by the keyed name of their number."""

from datetime import datetime
from itertools import groupby
from uuid import UUID

from msgspec import Struct

from ordonum.server.store.acts import ActRow
from ordonum.server.store.database import Pool, reading


async def executed_for(pool: Pool, patient: bytes, limit: int) -> tuple[bytes, ...]:
    """The prescriptions with an execution for this patient that was not withdrawn; at most `limit`."""
    async with reading(pool) as connection:
        rows = await connection.fetch(
            "SELECT lookup FROM patient_index WHERE blind = $1 GROUP BY lookup"
            " HAVING count(*) FILTER (WHERE direction = 1) > count(*) FILTER (WHERE direction = -1)"
            " ORDER BY lookup LIMIT $2",
            patient,
            limit,
        )
    return tuple(bytes(row["lookup"]) for row in rows)


class BodyRow(Struct, frozen=True, kw_only=True):
    """What registered a prescription, still encrypted."""

    lookup: bytes
    act_id: UUID
    year: int
    body: bytes


async def registrations_of(pool: Pool, lookups: tuple[bytes, ...]) -> tuple[BodyRow, ...]:
    """The registrations of these prescriptions; one that is not registered has none."""
    async with reading(pool) as connection:
        rows = await connection.fetch(
            "SELECT lookup, act_id, year, body FROM act WHERE kind = 'register' AND lookup = ANY($1::bytea[])", lookups
        )
    return tuple(BodyRow(**dict(row)) for row in rows)


class ExecutedRows(Struct, frozen=True):
    """A registered prescription that was executed for the patient, with all its acts."""

    lookup: bytes
    rows: tuple[ActRow, ...]


_ACT = ActRow.__struct_fields__
_NEWEST = """
SELECT page.lookup, act.seq, act.act_id, act.kind, act.year, act.author, act.content, act.performed_at, act.recorded_at,
       act.body, act.sealed, act.answer
FROM (
    SELECT mine.lookup, first.recorded_at, first.act_id
    FROM (SELECT lookup FROM patient_index WHERE blind = $1 GROUP BY lookup HAVING sum(direction) > 0) AS mine
    JOIN act AS first ON first.lookup = mine.lookup AND first.kind = 'register'
    WHERE ($2::timestamptz IS NULL OR (first.recorded_at, first.act_id) < ($2, $3::uuid))
      AND ($4::timestamptz IS NULL OR first.recorded_at >= $4)
    ORDER BY first.recorded_at DESC, first.act_id DESC LIMIT $5
) AS page JOIN act ON act.lookup = page.lookup ORDER BY page.recorded_at DESC, page.act_id DESC, act.seq
"""


async def newest_executed(
    pool: Pool, patient: bytes, *, before: tuple[datetime, UUID] | None, since: datetime | None, limit: int
) -> tuple[ExecutedRows, ...]:
    """The registered prescriptions with an execution for this patient that stands, last registered first, at most `limit`;
    those registered before that one (moment and act), and not before `since`. Their order changes with no later act.
    """
    at, act_id = before or (None, None)
    async with reading(pool) as connection:
        rows = await connection.fetch(_NEWEST, patient, at, act_id, since, limit)
    return tuple(
        ExecutedRows(bytes(lookup), tuple(ActRow(**{name: each[name] for name in _ACT}) for each in acts))
        for lookup, acts in groupby(rows, key=lambda each: each["lookup"])
    )
