"""A database put back to an earlier moment, as a restoration leaves it, without the programs that do it."""

from datetime import datetime
from typing import Any

from base import OWNER, ask, owner_fetches
from ordonum.cli.system import System

SINCE = ("act", "audit", "key_delegation", "prescription_of")


def put_back(system: System, to: datetime, *, told: bool = True) -> None:
    """Forget all that was recorded after this moment; the table of restorations says so, unless it is not `told`."""

    async def run(connection: Any) -> None:
        for table in SINCE:
            await connection.execute(f"DELETE FROM {table} WHERE recorded_at > $1", to)
        await connection.execute("DELETE FROM own_act WHERE lookup NOT IN (SELECT lookup FROM act)")
        await connection.execute("DELETE FROM patient_index WHERE act_id NOT IN (SELECT act_id FROM act)")
        if told:
            await connection.execute("INSERT INTO restoration VALUES ($1, $2)", system.now(), to)

    ask(system, OWNER, run)


def recorded(system: System) -> dict[str, tuple[str, datetime]]:
    """Kind and moment of each act of the database, by its id; each id once."""
    rows = owner_fetches(system, "SELECT act_id, kind, recorded_at FROM act")
    found = {str(row["act_id"]): (str(row["kind"]), row["recorded_at"]) for row in rows}
    assert len(found) == len(rows)
    return found
