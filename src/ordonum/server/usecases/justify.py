"""The insurer reads what justifies the invoices of a prescription: what was executed and billed, never for whom."""

from ordonum.knowledge.rights import READS_LINES, check_purpose
from ordonum.model.actors import Agent
from ordonum.model.justification import justify as justification_of
from ordonum.model.office import ForInsurer, JustifyRequest, for_insurer
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.trace import add_entry
from ordonum.server.usecases.asking import Brought, look_up
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.history import known
from ordonum.server.usecases.tracing import entry


async def justify(context: Context, caller: Caller, request: JustifyRequest) -> ForInsurer:
    """Executions, invoices and their justification; the lines for the medical service. Traced first. Raises Refused."""
    who, lookup = caller.actor.who, context.vault.lookup(request.number)
    check_purpose(who, request.purpose)
    history = await look_up(context, caller, lookup, Brought(request.number, request.qr))
    state = known(history)
    if state.order.anonymity is not None and state.order.anonymity.requested:
        raise Refused(Refusal.ANONYMOUS_CLOSED)  # only the prescriber and the executant read (décret 2023-1222)
    told = tuple(line for each in state.invoices for line in justification_of(each.invoice, each.by, state))
    now = context.now()
    seen = entry(
        context,
        lookup,
        action="justify",
        actor=caller.actor,
        at=now,
        year=history.year(now.year),
        outcome="done",
        purpose=request.purpose,
    )
    await add_entry(context.pool, lookup, seen)
    return for_insurer(state, told, lines=isinstance(who, Agent) and who.mission in READS_LINES)
