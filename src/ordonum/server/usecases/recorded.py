"""«Was mine recorded?»: the receipt of an act of one's own, for whom its answer never reached."""

from ordonum.model.acts import RecordedRequest
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.views import RecordedView
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.trace import add_entry
from ordonum.server.usecases.asking import brought_by, look_up
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.history import receipt
from ordonum.server.usecases.naming import named
from ordonum.server.usecases.tracing import entry


async def recorded(context: Context, caller: Caller, request: RecordedRequest) -> RecordedView:
    """What became of an act that the caller, or their structure, sent: its kind, when, its receipt. Traced.

    Raises Refused: NOT_RECORDED when it is not there, or is somebody else's; UNKNOWN_NUMBER as any reading.
    """
    lookup = await named(context, caller.actor, request.prescription)
    history = await look_up(context, caller, lookup, brought_by(request.prescription, request.qr))
    if not history.rows:
        raise Refused(Refusal.NOT_REGISTERED)
    row = next((row for row in history.rows if row.act_id == request.act_id), None)
    if row is None or not history.is_of(row.act_id, caller.actor):
        raise Refused(Refusal.NOT_RECORDED)
    now = context.now()
    asked = entry(
        context,
        lookup,
        action="recorded",
        actor=caller.actor,
        at=now,
        year=row.year,
        outcome="done",
        act_id=row.act_id,
    )
    await add_entry(context.pool, lookup, asked)
    return RecordedView(
        act_id=row.act_id, kind=row.kind, recorded_at=row.recorded_at, receipt=receipt(context, history, row)
    )
