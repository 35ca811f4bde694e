"""What is over is taken away; what may still count, and every act, stays."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from base import OWNER, address, in_service
from factories import a_prescription
from ordonum.cli.system import System
from ordonum.server.store.keeping import KEPT, CannotTakeAway, take_away


def test_what_is_over_is_deleted_and_what_counts_stays(own_system: System) -> None:
    context = own_system.context
    assert context is not None
    with own_system.client("dr-martin") as doctor:
        doctor.prescribe(a_prescription())
    owner = address(own_system, OWNER)
    now = own_system.now()

    async def rows() -> tuple[int, ...]:
        async with context.pool.acquire() as connection:
            tables = ("assertion_seen", "miss", "turn", "act", "audit")
            return tuple([await connection.fetchval(f"SELECT count(*) FROM {each}") for each in tables])

    async def counted() -> None:
        async with context.pool.acquire() as connection:
            for at in (now, now - KEPT - timedelta(minutes=1)):
                await connection.execute("INSERT INTO miss VALUES ($1, $2, $1)", b"w" * 32, at)
                await connection.execute("INSERT INTO turn VALUES ($1, $2)", b"w" * 32, at)

    in_service(own_system, counted())
    assert in_service(own_system, rows()) == (1, 2, 2, 1, 1)
    assert asyncio.run(take_away(owner, now)) == 2
    assert in_service(own_system, rows()) == (1, 1, 1, 1, 1)
    assert asyncio.run(take_away(owner, now + KEPT + timedelta(hours=1))) == 3
    assert in_service(own_system, rows()) == (0, 0, 0, 1, 1)


def test_a_database_that_does_not_answer_is_told_without_its_address() -> None:
    with pytest.raises(CannotTakeAway) as told:
        asyncio.run(take_away("postgresql://owner:secret@127.0.0.1:1/ordonum", datetime.now(UTC)))
    assert "secret" not in str(told.value)
