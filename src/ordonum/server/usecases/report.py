"""An executant reports a suspected forgery: the insurer is alerted, and the next executants are told. Registered or not."""

from ordonum.knowledge.rights import may_execute
from ordonum.model.acts import ReportRequest
from ordonum.model.kept import Reported
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.acts import Beside
from ordonum.server.usecases.asking import Brought
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.history import History
from ordonum.server.usecases.recording import Asked, Decided, record
from ordonum.server.usecases.scanned import authentic_code
from ordonum.server.usecases.unknown_numbers import count_unknown
from ordonum.wire import native

ALERT = "suspected-forgery"


async def report(context: Context, caller: Caller, request: ReportRequest) -> Answer:
    """Record a suspicion, with an alert. Under a number that nobody registered, as forged sheets have, it is kept too; without
    an authentic code it counts as any unknown number that was asked for. Raises Refused.
    """
    actor, suspicion = caller.actor, request.suspicion
    lookup, unheard = context.vault.lookup(request.number), False

    async def decide(history: History) -> Decided:
        nonlocal unheard
        early = history.state is None
        unheard = early and await authentic_code(context, request.number, request.qr) is None
        if history.state is not None and history.state.order.family not in may_execute(actor):
            raise Refused(Refusal.NOT_YOUR_FAMILY)
        now = context.now()
        kept = Reported(
            act_id=suspicion.act_id,
            recorded_at=now,
            by=actor,
            suspicion=suspicion.kind,
            note=suspicion.note,
            prescriber_told=suspicion.prescriber_told,
            early=early,
        )
        return Decided(
            at=now,
            performed_at=now,
            body=native.write(kept),
            acknowledged=native.canonical(suspicion),
            early=early,
            beside=Beside(alert=ALERT),
        )

    content = native.canonical(suspicion)
    brought = Brought(request.number, request.qr)
    asked = Asked(kind="report", lookup=lookup, act_id=suspicion.act_id, content=content, brought=brought)
    answer = await record(context, caller, asked, decide)
    if unheard and not answer.replayed:
        await count_unknown(context, caller, lookup, action="report")
    return answer
