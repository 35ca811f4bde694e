"""A prescriber reads what was executed of their prescription, unless the patient is opposed."""

from ordonum.knowledge.timezones import zone_of
from ordonum.model.acts import ReadBackRequest
from ordonum.model.days import legal_day
from ordonum.model.prescriber_acts import check_read_back
from ordonum.model.refusals import Refusal
from ordonum.model.views import ForPrescriber, for_prescriber
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.trace import add_entry
from ordonum.server.usecases.asking import brought_by, look_up, overdue
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.history import known
from ordonum.server.usecases.naming import named
from ordonum.server.usecases.standing import stands
from ordonum.server.usecases.tracing import entry


async def read_back(context: Context, caller: Caller, request: ReadBackRequest) -> ForPrescriber:
    """The executions of one's own prescription; never for whom. Traced before it is answered. Raises Refused."""
    actor = caller.actor
    lookup = await named(context, actor, request.prescription)
    history = await look_up(context, caller, lookup, brought_by(request.prescription, request.qr))
    state = known(history, Refusal.NOT_REGISTERED)
    check_read_back(actor, state)
    now = context.now()
    seen = entry(context, lookup, action="executions", actor=actor, at=now, year=history.year(now.year), outcome="done")
    await add_entry(context.pool, lookup, seen)
    zone = zone_of(actor.place)
    return for_prescriber(
        state, stands(context, state, zone, legal_day(now, zone)), notices=overdue(context, actor, history)
    )
