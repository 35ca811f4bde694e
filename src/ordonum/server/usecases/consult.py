"""An executant reads the prescription whose number the patient handed over."""

import asyncio

from ordonum.knowledge.rights import may_execute
from ordonum.knowledge.rules import AT_DELIVERY
from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Actor
from ordonum.model.acts import ConsultRequest
from ordonum.model.days import legal_day
from ordonum.model.decisions import check_consultation
from ordonum.model.judging import durations_told, rules_met, told
from ordonum.model.prescription import Identity
from ordonum.model.state import State
from ordonum.model.views import ForExecutant, for_executant
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.trace import add_entry
from ordonum.server.usecases.asking import Brought, look_up, overdue
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.history import History, Sealed, read_history, receipt, unseal
from ordonum.server.usecases.opposing import as_opposed
from ordonum.server.usecases.people import beneficiary_of
from ordonum.server.usecases.scanned import authentic_code, unknown
from ordonum.server.usecases.standing import stands
from ordonum.server.usecases.tracing import entry
from ordonum.server.vault.vault import Purpose
from ordonum.texts.agreeing import dosages_told


async def consult(context: Context, caller: Caller, request: ConsultRequest) -> ForExecutant:
    """The signed order, what opens it, and what is left of each line. Each consultation that answers is traced first.

    Raises Refused: too many unknown numbers, unknown number, another family (and then nothing else is told).
    """
    actor, lookup = caller.actor, context.vault.lookup(request.number)
    history = await look_up(context, caller, lookup, Brought(request.number, request.qr))
    if history.state is None:
        raise unknown(await authentic_code(context, request.number, request.qr), history, actor)
    state = history.state
    check_consultation(actor, state, may_execute(actor))
    row = history.registration
    assert row is not None
    sealed = unseal(context, history, request.number)
    body = context.vault.decrypt(Purpose.BODY, row.year, lookup, row.act_id, row.body)
    now = context.now()
    zone = zone_of(actor.place)
    day = legal_day(now, zone)
    met = rules_met(state, AT_DELIVERY, day, conditions=context.conditions, contents=context.contents, zone=zone)
    seen = entry(
        context,
        lookup,
        action="consult",
        actor=actor,
        at=now,
        year=row.year,
        outcome="done",
        origin=request.origin.value,
    )
    await add_entry(context.pool, lookup, seen)
    return for_executant(
        state,
        stands(context, state, zone, day),
        jws=body.decode(),
        identity=sealed.identity,
        opening=sealed.opening,
        registered=receipt(context, history, row),
        before=await _before(context, actor, sealed),
        notices=(
            *overdue(context, actor, history),
            *told(met),
            *durations_told(state.order),
            *dosages_told(state.order),
        ),
    )


async def _before(context: Context, actor: Actor, sealed: Sealed) -> tuple[State, ...]:
    """The prescription that this one replaces, and those before it; nothing of them to whoever prescribed one, if the patient
    is opposed, nor if one was executed for somebody born another day: named by the prescriber's own act, nothing else tells
    that it was another's.
    """
    found = []
    for lookup in (sealed.replaces or "").split():
        history = await as_opposed(context, await read_history(context, bytes.fromhex(lookup)), actor)
        state = history.state
        if state is None or (state.opposed and state.order.prescriber.rpps == actor.rpps):
            return ()
        if await asyncio.to_thread(_for_another, context, history, sealed.identity):
            return ()
        found.append(state)
    return tuple(found)


def _for_another(context: Context, history: History, patient: Identity) -> bool:
    assert history.state is not None
    people = (beneficiary_of(context, history, each.act_id) for each in history.state.executions)
    return any(each is not None and each.birth_date != patient.birth_date for each in people)
