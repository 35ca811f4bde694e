"""An unknown number that was asked for is counted, under the professional and under the place (model/guessing.py)."""

import logging

from ordonum.model import guessing
from ordonum.model.refusals import Refusal
from ordonum.server.events import Event, log
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.acts import AuditRow
from ordonum.server.store.misses import Missed, add_miss
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.tracing import entry


async def count_unknown(context: Context, caller: Caller, lookup: bytes, *, action: str) -> None:
    """Count an unknown number on which something was recorded all the same, as one that was asked for."""
    now, code = context.now(), Refusal.UNKNOWN_NUMBER.code
    await missed_by(
        context,
        caller,
        lookup,
        entry(context, lookup, action=action, actor=caller.actor, at=now, year=now.year, outcome=code),
    )


async def missed_by(context: Context, caller: Caller, lookup: bytes, row: AuditRow) -> Missed:
    """Count an unknown number that was asked for, with its audit entry."""
    missed = await add_miss(
        context.pool,
        lookup,
        row,
        professional=caller.professional,
        place=caller.place,
        since=row.recorded_at - guessing.WINDOW,
        limits=guessing.LIMITS,
    )
    if missed.alerts:
        log(Event.GUESSING, logging.WARNING, alerts=missed.alerts)
    return missed
