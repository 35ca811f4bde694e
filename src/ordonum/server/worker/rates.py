"""Unusual rates: whoever registers far more than ever before is told of to the insurer, once a day."""

import logging
from datetime import datetime, timedelta

from ordonum.model.actors import Actor
from ordonum.model.rates import DAYS, FLOOR, unusual
from ordonum.server.events import Event, log
from ordonum.server.store.rates import Busy, alert_once, busy
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.history import read_history
from ordonum.server.usecases.tracing import entry

KIND = "unusual-rate"
DAY = timedelta(days=1)


async def tell_unusual_rates(context: Context) -> int:
    """Alert of each prescriber whose last 24 hours are unusual and of whom none was raised in them; how many alerts."""
    now = context.now()
    raised = 0
    for each in await busy(context.pool, now, spans=DAYS, more_than=FLOOR):
        if unusual(each.by_day):
            raised += await _alert(context, each, now)
    if raised:
        log(Event.UNUSUAL_RATE, logging.WARNING, alerts=raised)
    return raised


async def _alert(context: Context, found: Busy, now: datetime) -> bool:
    """The alert, with an entry that names the prescriber, as the last order that they signed does."""
    state = (await read_history(context, found.lookup)).state
    if state is None:
        return False
    order = state.order
    who = Actor(order.prescriber, order.place, order.software)
    told = entry(context, found.blind, action=KIND, actor=who, at=now, year=now.year, outcome="done")
    return await alert_once(context.pool, found.blind, KIND, told, since=now - DAY)
