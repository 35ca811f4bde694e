"""A prescriber lists what was registered under their own RPPS, and is told when there is unusually much of it."""

from datetime import timedelta

from ordonum.model.acts import RegisteredRequest
from ordonum.model.rates import DAYS, unusual
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.views import RegisteredList, registered_item
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.acts import registered_by, registered_by_day
from ordonum.server.store.trace import add_entry
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.history import read_history
from ordonum.server.usecases.patient_index import traced_under
from ordonum.server.usecases.register import PRESCRIBER
from ordonum.server.usecases.tracing import entry

PAGE = 50


async def registered(context: Context, caller: Caller, request: RegisteredRequest) -> RegisteredList:
    """Newest first, fifty at once; nothing of what was executed. Traced under the prescriber's own keyed name.

    Raises Refused(NOT_FOR_THIS_CALLER): whoever is no professional has prescribed nothing.
    """
    rpps, now = caller.actor.rpps, context.now()
    if rpps is None:
        raise Refused(Refusal.NOT_FOR_THIS_CALLER)
    blind = context.vault.blind(PRESCRIBER, rpps)
    found = await registered_by(context.pool, blind, request.before or now + timedelta(minutes=5), PAGE)
    items = []
    for _, lookup in found:
        history = await read_history(context, lookup)
        if history.state is not None:
            items.append(registered_item(history.state))
    by_day = await registered_by_day(context.pool, blind, now - timedelta(days=DAYS))
    under = traced_under(context.vault, blind, now.year)
    seen = entry(context, under, action="registered", actor=caller.actor, at=now, year=now.year, outcome="done")
    await add_entry(context.pool, under, seen)
    return RegisteredList(
        items=tuple(items),
        before=found[-1][0] if len(found) == PAGE else None,
        last_24_hours=by_day[DAYS - 1] if len(by_day) >= DAYS else 0,
        usual=sum(by_day[: DAYS - 1]) // max(1, sum(map(bool, by_day[: DAYS - 1]))),
        unusual=unusual(by_day),
    )
