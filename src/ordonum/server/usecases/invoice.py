"""An executant attaches an invoice, and is told line by line whether a scan is still needed to justify it, and why."""

from ordonum.knowledge.rights import may_execute
from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Actor, Professional
from ordonum.model.acts import InvoiceRequest
from ordonum.model.decisions import refuse_inside
from ordonum.model.justification import justify
from ordonum.model.kept import Invoiced
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.registration import CLOCK_TOLERANCE
from ordonum.model.state import readable
from ordonum.server.identity.tokens import Caller
from ordonum.server.usecases.asking import Brought
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.history import History
from ordonum.server.usecases.recording import Asked, Decided, record
from ordonum.server.usecases.scanned import authentic_code, ordered, unknown
from ordonum.wire import native


async def invoice(context: Context, caller: Caller, request: InvoiceRequest) -> Answer:
    """Record an invoice, before, with or after the execution that it bills. Raises Refused."""
    actor, asked_for = caller.actor, request.invoice
    lookup = context.vault.lookup(request.number)

    async def decide(history: History) -> Decided:
        now, code = context.now(), None
        if history.state is None:
            code = await authentic_code(context, request.number, request.qr)
            if code is None:
                raise unknown(code, history, actor)
        _check_right(actor, history)
        if asked_for.date > (now + CLOCK_TOLERANCE).astimezone(zone_of(actor.place)).date():
            raise Refused(Refusal.INVOICED_IN_FUTURE, at="$.invoice.date")
        kept = Invoiced(
            act_id=asked_for.act_id,
            recorded_at=now,
            by=actor,
            invoice=asked_for,
            early=code is not None,
            may=ordered(may_execute(actor)) if code is not None else (),
            code_of=code.rpps if code is not None else None,
        )
        return Decided(
            at=now,
            performed_at=now,
            body=native.write(kept),
            acknowledged=native.canonical(asked_for),
            early=history.state is None,
            justification=justify(asked_for, actor, history.state),
        )

    content = native.canonical(asked_for)
    brought = Brought(request.number, request.qr)
    asked = Asked(kind="invoice", lookup=lookup, act_id=asked_for.act_id, content=content, brought=brought)
    return await record(context, caller, asked, decide)


def _check_right(actor: Actor, history: History) -> None:
    """Whoever may execute the prescription may bill it; so may the secretary and the software of a place that executed it."""
    if history.state is None:
        return
    order = history.state.order
    refuse_inside(order, actor)
    if history.state.opposed and order.prescriber.rpps == actor.rpps:
        raise Refused(Refusal.PATIENT_OPPOSED)  # what an invoice still needs would tell what was executed
    if readable(order, may_execute(actor), actor.profession):
        return
    executed_here = any(each.by.place.key == actor.place.key for each in history.state.executions)
    if isinstance(actor.who, Professional) or not executed_here:
        raise Refused(Refusal.NOT_YOUR_FAMILY)
