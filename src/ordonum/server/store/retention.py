"""Deleting what is kept no longer, in rounds: each is one transaction, cut short it loses nothing, and the next goes on.

The index tables (`own_act`, `prescription_of`, `patient_index`) are keyed by who is found, not by prescription. An index
on `lookup` in each would be one more random page to write at every registration, for years, so that one deletion a day
may go by it: instead each round reads these tables through once, and many prescriptions go in a round.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import asyncpg

from ordonum.model.days import months_after
from ordonum.model.registration import KEPT_MONTHS
from ordonum.model.retention import Gone, Over, added, over
from ordonum.server.store.keeping import Connection

LOCK = 0x6F726471  # one deletion at a time
LATELY = timedelta(days=35)  # what the clients keep to send again
AT_ONCE = 100_000  # prescriptions a round: a day of a base of 180 million
# The acts go with all that leads to them. A table that holds a `lookup` or a `year` is here, or a test says so.
TABLES = ("alert", "patient_index", "prescription_of", "own_act", "audit", "act")
PRESCRIPTIONS = "prescriptions"

# A prescription; the end of one that is registered, the year of one that nothing registered joined, or destroyed keys.
_DUE = """
SELECT lookup, min(year) AS year FROM (
    SELECT lookup, year FROM act WHERE kind = 'register' AND ends_on < $1
    UNION ALL
    SELECT lookup, year FROM (
        SELECT lookup, year FROM act WHERE year < $2 OR year = ANY($3::smallint[])
        UNION ALL
        SELECT lookup, year FROM audit WHERE year < $2 OR year = ANY($3::smallint[])
    ) AS old WHERE NOT EXISTS (
        SELECT FROM act AS joined
        WHERE joined.lookup = old.lookup AND joined.kind = 'register' AND joined.year <> ALL($3::smallint[])
    )
) AS over GROUP BY lookup"""
_LEFT = f"""
WITH due AS MATERIALIZED ({_DUE})
SELECT DISTINCT year FROM (
    SELECT lookup, year FROM act WHERE year < $4 UNION ALL SELECT lookup, year FROM audit WHERE year < $4
) AS kept WHERE NOT EXISTS (SELECT FROM due WHERE due.lookup = kept.lookup)"""  # noqa: S608  # our own text
# Rows take turns: of a patient whose last is a lifting, none stands.
_LIFTED = """
DELETE FROM opposition WHERE patient IN (
    SELECT patient FROM opposition GROUP BY patient HAVING max(seq) % 2 = 0 AND max(recorded_at) < $1)"""
_NOTE = """
INSERT INTO erased VALUES ($1, $2, $3, $4)
ON CONFLICT (day, year, rows_of) DO UPDATE SET rows = erased.rows + excluded.rows"""


async def clock_doubted(connection: Connection, what: Over) -> bool:
    """Whether something is over though no prescription was written lately: so looks a clock that is years ahead."""
    lately = months_after(what.today, KEPT_MONTHS) - LATELY
    async with connection.transaction(readonly=True):
        await connection.execute("SET LOCAL enable_seqscan = off")  # the newest rows are the last of a huge table
        if await connection.fetchval("SELECT 1 FROM act WHERE ends_on >= $1 LIMIT 1", lately):
            return False
        return bool(await connection.fetchval(f"SELECT EXISTS ({_DUE})", *_values(what)))


async def known(connection: Connection) -> dict[str, bytes]:
    """The fingerprints of the keys that this database was written with."""
    rows = await connection.fetch("SELECT name, fingerprint FROM key_fingerprint")
    return {row["name"]: bytes(row["fingerprint"]) for row in rows}


async def over_here(connection: Connection, today: date, destroyed: Mapping[str, bytes]) -> Over:
    """What is over today in this database. Keys that it does not know, by these fingerprints, destroy nothing in it."""
    here = await known(connection)
    dead = {name for name, fingerprint in destroyed.items() if here.get(name) == fingerprint}
    return over(today, (int(name[5:-1]) for name in dead if name.startswith("data[")))


async def count(connection: Connection, what: Over) -> tuple[Gone, ...]:
    """What would go, by year; nothing is changed."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        found = [
            await connection.fetch(
                f"WITH due AS MATERIALIZED ({_DUE}) SELECT due.year, count(*) AS rows, {_registered(table)} AS registered"  # noqa: S608  # names of our own
                f" FROM {table} AS t JOIN due ON due.lookup = t.lookup GROUP BY due.year",
                *_values(what),
            )
            for table in TABLES
        ]
    return _summed(found)


async def delete(connection: Connection, what: Over, *, at_once: int = AT_ONCE) -> tuple[Gone, ...]:
    """Delete what is over, `at_once` prescriptions a transaction, which also notes how many rows; what went, by year."""
    await connection.fetchval("SELECT pg_advisory_lock($1)", LOCK)
    all_gone: tuple[Gone, ...] = ()
    while gone := await _round(connection, what, at_once):
        all_gone = added(all_gone, gone)
    await connection.fetchval("SELECT pg_advisory_unlock($1)", LOCK)
    return all_gone


async def forget_lifted(connection: Connection, today: date) -> int:
    """Delete the oppositions of whoever has had none for five years, as long as what they bore on is kept; how many rows."""
    done = await connection.execute(_LIFTED, datetime.combine(months_after(today, -KEPT_MONTHS), time(), UTC))
    return int(done.split()[1])


async def _round(connection: Connection, what: Over, at_once: int) -> tuple[Gone, ...]:
    """One transaction, which sees one moment: an act that arrives meanwhile stays with all that leads to it."""
    async with connection.transaction(isolation="repeatable_read"):
        due = await connection.fetch(f"{_DUE} LIMIT $4", *_values(what), at_once)
        if not due:
            return ()
        lookups, years = [row["lookup"] for row in due], [row["year"] for row in due]
        gone = _summed([await connection.fetch(_deletion(table), lookups, years) for table in TABLES])
        for each in gone:
            noted = each.rows | ({PRESCRIPTIONS: each.prescriptions} if each.prescriptions else {})
            for table, rows in noted.items():
                await connection.execute(_NOTE, what.today, each.year, table, rows)
    return gone


async def years_left(connection: Connection, what: Over) -> frozenset[int]:
    """The years, before this one, of which something stays when all that is over has gone."""
    rows = await connection.fetch(_LEFT, *_values(what), what.today.year)
    return frozenset(row["year"] for row in rows)


async def gone_in_all(connection: Connection) -> tuple[Gone, ...]:
    """All that went since this database exists, by year."""
    rows = await connection.fetch(
        "SELECT year, rows_of, sum(rows)::bigint AS rows FROM erased GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return added(
        Gone(year=row["year"], prescriptions=row["rows"], rows={})
        if row["rows_of"] == PRESCRIPTIONS
        else Gone(year=row["year"], prescriptions=0, rows={row["rows_of"]: row["rows"]})
        for row in rows
    )


def _values(what: Over) -> tuple[object, ...]:
    return what.today, what.unjoined_before, what.destroyed


def _registered(table: str) -> str:
    """How many of these rows are registrations: each is a prescription."""
    return "count(*) FILTER (WHERE kind = 'register')" if table == "act" else "0::bigint"


def _deletion(table: str) -> str:
    kind = "t.kind" if table == "act" else "NULL"
    return (
        f"WITH gone AS (DELETE FROM {table} AS t USING unnest($1::bytea[], $2::smallint[]) AS due(lookup, year)"  # noqa: S608  # names of our own
        f" WHERE t.lookup = due.lookup RETURNING due.year, {kind} AS kind)"
        f" SELECT year, count(*) AS rows, {_registered(table)} AS registered FROM gone GROUP BY year"
    )


def _summed(found: list[list[asyncpg.Record]]) -> tuple[Gone, ...]:
    return added(
        *(
            [Gone(year=row["year"], prescriptions=row["registered"], rows={table: row["rows"]}) for row in rows]
            for table, rows in zip(TABLES, found, strict=True)
        )
    )
