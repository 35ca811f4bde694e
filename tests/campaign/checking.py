"""The judge: what the database really holds against what was sent and what was acknowledged. It trusts no answer."""

import asyncio
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from ordonum.server.store.embedded import SUPERUSER, EmbeddedPostgres
from ordonum.wire import native


class Found(Struct, frozen=True):
    """What is wrong in the database; `right` when nothing is."""

    acts: int
    lost: int  # acknowledged, and not there
    doubled: int  # there more than once
    unsent: int  # there, and nobody sent it
    untraced: int  # without exactly one audit entry «done»
    out_of_order: int  # prescriptions whose places are not 1, 2, 3…

    @property
    def right(self) -> bool:
        """Whether what is there is what was acknowledged, once, traced, in order."""
        return not (self.lost or self.doubled or self.unsent or self.untraced or self.out_of_order)


def judge(home: Path, *, sent: Collection[UUID], acknowledged: Collection[UUID]) -> Found:
    """Look at every act and every audit entry of this home's database."""
    acts, leaves = ask(home, _read)
    rows = Counter(row["act_id"] for row in acts)
    traced = Counter(_done(row["leaf"]) for row in leaves)
    del traced[None]
    places: dict[bytes, list[int]] = {}
    for row in acts:
        places.setdefault(row["lookup"], []).append(row["seq"])
    return Found(
        acts=len(acts),
        lost=sum(each not in rows for each in acknowledged),
        doubled=sum(count - 1 for count in rows.values()),
        unsent=len(rows.keys() - set(sent)),
        untraced=sum(traced[each] != rows[each] for each in rows.keys() | traced.keys()),
        out_of_order=sum(sorted(each) != list(range(1, len(each) + 1)) for each in places.values()),
    )


async def _read(connection: Any) -> tuple[list[Any], list[Any]]:
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        acts = await connection.fetch("SELECT lookup, seq, act_id FROM act")
        return acts, await connection.fetch("SELECT leaf FROM audit")


def _done(leaf: bytes) -> UUID | None:
    """The act of an audit entry that says that one was recorded."""
    read = native.read(leaf, dict)
    return UUID(read["act_id"]) if read["outcome"] == "done" and read["act_id"] else None


def ask(home: Path, question: Any) -> Any:
    """What this coroutine function makes of a superuser's connection to the service's database."""

    async def run() -> Any:
        connection = await asyncpg.connect(EmbeddedPostgres(home / "db").url(SUPERUSER, "ordonum"))
        try:
            return await question(connection)
        finally:
            await connection.close()

    return asyncio.run(run())


def tell_postgres(home: Path, *statements: str) -> None:
    """Have the superuser say this to the service's database, statement by statement."""

    async def say(connection: Any) -> None:
        for each in statements:
            await connection.execute(each)

    ask(home, say)
