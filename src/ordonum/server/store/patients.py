"""The prescriptions executed for a patient, found by the keyed name of their number."""

from uuid import UUID

from msgspec import Struct

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
