"""A prescriber cancels their prescription: what was delivered stays, the rest stops; even before it is registered."""

from datetime import datetime

from ordonum.knowledge.rights import may_prescribe
from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Actor
from ordonum.model.acts import ByNumber, CancelRequest
from ordonum.model.kept import Cancelled
from ordonum.model.prescriber_acts import check_cancellation
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.stopping import Cancellation, CancelOutcome
from ordonum.server.identity.tokens import Caller
from ordonum.server.usecases.asking import brought_by
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.history import History
from ordonum.server.usecases.naming import named
from ordonum.server.usecases.recording import Asked, Decided, record
from ordonum.server.usecases.scanned import authentic_code, cancelled_by
from ordonum.wire import native


async def cancel(context: Context, caller: Caller, request: CancelRequest) -> Answer:
    """Record a cancellation. Raises Refused: unknown, somebody else's, cancelled, wholly executed."""
    actor, cancellation = caller.actor, request.cancellation
    lookup = await named(context, actor, request.prescription)

    async def decide(history: History) -> Decided:
        early, outcome = history.state is None, CancelOutcome.KEPT
        if history.state is None:
            await _check_early(context, actor, request, history)
        else:
            outcome = check_cancellation(
                actor,
                cancellation,
                history.state,
                may_prescribe=may_prescribe(actor.profession),
                opposed=history.state.opposed,
                zone=zone_of(actor.place),
            )
        now = context.now()
        kept = cancelled_of(cancellation, actor, now, early=early)
        return Decided(
            at=now,
            performed_at=now,
            body=native.write(kept),
            acknowledged=native.canonical(cancellation),
            early=early,
            outcome=outcome,
        )

    content = native.canonical(cancellation)
    brought = brought_by(request.prescription, request.qr)
    asked = Asked(kind="cancel", lookup=lookup, act_id=cancellation.act_id, content=content, brought=brought)
    return await record(context, caller, asked, decide)


def cancelled_of(cancellation: Cancellation, actor: Actor, now: datetime, *, early: bool) -> Cancelled:
    """The cancellation as the prescription's history keeps it."""
    return Cancelled(
        act_id=cancellation.act_id,
        recorded_at=now,
        by=actor,
        reason=cancellation.reason,
        early=early,
        lines=cancellation.lines,
        detail=cancellation.detail,
        place_reason=cancellation.place_reason,
    )


async def _check_early(context: Context, actor: Actor, request: CancelRequest, history: History) -> None:
    """Before the registration, only the prescriber whom an authentic QR code names, and once. Raises Refused."""
    code = None
    if isinstance(request.prescription, ByNumber):
        code = await authentic_code(context, request.prescription.number, request.qr)
    if code is None:
        raise Refused(Refusal.NOT_REGISTERED)
    if code.rpps != actor.rpps:
        raise Refused(Refusal.NOT_YOUR_PRESCRIPTION)
    if (stopped := cancelled_by(code, history)) is not None:
        day = stopped.recorded_at.astimezone(zone_of(actor.place)).strftime("%d/%m/%Y")
        raise Refused(Refusal.ALREADY_CANCELLED, day=day, why=stopped.reason.label)
