"""A prescriber cancels their prescription: what was delivered stays, the rest stops."""

from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Actor
from ordonum.model.acts import Cancelled, CancelRequest
from ordonum.model.decisions import check_cancellation
from ordonum.model.refusals import Refusal
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.history import History, known
from ordonum.server.usecases.naming import named
from ordonum.server.usecases.recording import Asked, Decided, record
from ordonum.wire import native


async def cancel(context: Context, actor: Actor, request: CancelRequest) -> Answer:
    """Record a cancellation. Raises Refused: unknown, somebody else's, cancelled, wholly executed."""
    cancellation = request.cancellation
    lookup = await named(context, actor, request.prescription)

    async def decide(history: History) -> Decided:
        check_cancellation(actor, known(history, Refusal.NOT_REGISTERED), zone_of(actor.place))
        now = context.now()
        kept = Cancelled(act_id=cancellation.act_id, recorded_at=now, by=actor, reason=cancellation.reason)
        return Decided(at=now, performed_at=now, body=native.write(kept), acknowledged=native.canonical(cancellation))

    content = native.canonical(cancellation)
    asked = Asked(kind="cancel", lookup=lookup, act_id=cancellation.act_id, actor=actor, content=content)
    return await record(context, asked, decide)
