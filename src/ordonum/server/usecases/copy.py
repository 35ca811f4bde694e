"""The copy that replaces the paper arrived: the prescriber's software says so, and the paper is owed no more."""

from ordonum.model.acts import CopyRequest
from ordonum.model.kept import Copied
from ordonum.model.prescriber_acts import check_copy
from ordonum.model.refusals import Refusal
from ordonum.server.identity.tokens import Caller
from ordonum.server.usecases.asking import brought_by
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.history import History, known
from ordonum.server.usecases.naming import named
from ordonum.server.usecases.recording import Asked, Decided, record
from ordonum.wire import native


async def copy(context: Context, caller: Caller, request: CopyRequest) -> Answer:
    """Record it. Raises Refused: not registered, somebody else's, not asked for by the patient, a date that does not fit."""
    actor, arrived = caller.actor, request.copy
    lookup = await named(context, actor, request.prescription)

    async def decide(history: History) -> Decided:
        now = context.now()
        check_copy(actor, arrived, known(history, Refusal.NOT_REGISTERED), now=now)
        kept = Copied(
            act_id=arrived.act_id,
            recorded_at=now,
            by=actor,
            channel=arrived.channel,
            acknowledged_at=arrived.acknowledged_at,
        )
        acknowledged = native.canonical(arrived)
        return Decided(at=now, performed_at=now, body=native.write(kept), acknowledged=acknowledged)

    content = native.canonical(arrived)
    brought = brought_by(request.prescription, None)
    asked = Asked(kind="copy", lookup=lookup, act_id=arrived.act_id, content=content, brought=brought)
    return await record(context, caller, asked, decide)
