"""An executant records what was delivered or done: whole, part, rest, or nothing and why; even before the registration."""

from datetime import datetime

import msgspec

from ordonum.knowledge.rights import may_execute
from ordonum.knowledge.rules import AT_DELIVERY
from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Actor
from ordonum.model.acts import ExecuteRequest, Execution, Given
from ordonum.model.decisions import check_early, check_execution
from ordonum.model.executant_acts import judged_on
from ordonum.model.facts import Facts
from ordonum.model.justification import justified_by
from ordonum.model.kept import Executed
from ordonum.model.outcomes import hands_over
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.acts import Beside
from ordonum.server.usecases.asking import Brought, overdue
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.covering import covering
from ordonum.server.usecases.history import History, known, unseal
from ordonum.server.usecases.patient_index import index_of
from ordonum.server.usecases.people import gone_patient, sealer
from ordonum.server.usecases.recording import Asked, Decided, record
from ordonum.server.usecases.scanned import authentic_code, cancelled_by, lines_cancelled, names, ordered, unknown
from ordonum.wire import native


async def execute(context: Context, caller: Caller, request: ExecuteRequest) -> Answer:
    """Record an execution; the patient's identity enters the base here, sealed apart. Raises Refused."""
    actor, execution = caller.actor, request.execution
    lookup = context.vault.lookup(request.number)

    async def decide(history: History) -> Decided:
        decided = await judged(history)
        return msgspec.structs.replace(decided, notices=(*decided.notices, *overdue(context, actor, history)))

    async def judged(history: History) -> Decided:
        if history.state is None:
            return await _early(context, actor, request, history)
        facts = _facts(context, actor, request, history)
        covered = await covering(context, actor, execution, facts.state, lookup)
        facts = msgspec.structs.replace(facts, covered=covered)
        verdict = check_execution(execution, facts)
        kept = kept_of(execution, actor, verdict.in_conflict, facts.now)
        decided = _decided(context, request, kept, facts.now, notices=verdict.notices)
        if execution.corrects is not None:
            gone, target = gone_patient(context, history, execution.corrects.execution), execution.corrects.execution
            beside = msgspec.structs.replace(decided.beside, gone=gone, gone_act=target if gone is not None else None)
            decided = msgspec.structs.replace(decided, beside=beside)
        return msgspec.structs.replace(decided, justification=justified_by(kept, history.acts))

    content = native.canonical(execution)
    brought = Brought(request.number, request.qr)
    asked = Asked(kind="execute", lookup=lookup, act_id=execution.act_id, content=content, brought=brought)
    return await record(context, caller, asked, decide)


async def _early(context: Context, actor: Actor, request: ExecuteRequest, history: History) -> Decided:
    """What happened on a paper whose QR code is authentic is kept, and judged when the registration arrives."""
    code = await authentic_code(context, request.number, request.qr)
    if request.execution.corrects is not None:
        raise Refused(Refusal.UNKNOWN_EXECUTION, at="$.execution.corrects.execution")
    if code is None or request.execution.given is not Given.ALREADY:
        raise unknown(code, history, actor)
    now = context.now()
    may = may_execute(actor)
    check_early(request.execution, may, now=now, zone=zone_of(actor.place))
    stopped, beneficiary = cancelled_by(code, history), request.execution.beneficiary
    conflicts = (
        *((Refusal.CANCELLED.code,) if stopped is not None and hands_over(request.execution.lines) else ()),
        *(() if request.execution.identity_reason or names(code, beneficiary) else (Refusal.IDENTITY_DIFFERS.code,)),
    )
    kept = kept_of(request.execution, actor, conflicts, now)
    early = msgspec.structs.replace(kept, early=True, may=ordered(may), code_of=code.rpps)
    told: tuple[str, ...] = (
        () if stopped is None else ("Le prescripteur a annulé cette ordonnance avant son enregistrement",)
    )
    told += (lines,) if (lines := lines_cancelled(code, history)) else ()
    return _decided(context, request, early, now, notices=(*told, "Gardé d'après le papier jusqu'à l'enregistrement"))


def _decided(
    context: Context, request: ExecuteRequest, kept: Executed, now: datetime, *, notices: tuple[str, ...]
) -> Decided:
    beneficiary = request.execution.beneficiary
    lookup = context.vault.lookup(request.number)
    return Decided(
        at=now,
        performed_at=kept.performed_at,
        body=native.write(kept),
        acknowledged=native.canonical(request.execution),
        seal=sealer(context, lookup, request.execution),
        beside=Beside(patient=index_of(context.vault, beneficiary) if beneficiary else None),
        early=kept.early,
        in_conflict=kept.in_conflict,
        notices=notices,
    )


def _facts(context: Context, actor: Actor, request: ExecuteRequest, history: History) -> Facts:
    return Facts(
        state=judged_on(actor, request.execution, known(history), history.acts),
        actor=actor,
        sealed=unseal(context, history, request.number).identity,
        may_execute=may_execute(actor),
        rules=AT_DELIVERY,
        conditions=context.conditions,
        contents=context.contents,
        now=context.now(),
        zone=zone_of(actor.place),
    )


def kept_of(execution: Execution, actor: Actor, in_conflict: tuple[str, ...], now: datetime) -> Executed:
    """The execution as the prescription's history keeps it: all but the beneficiary."""
    return Executed(
        act_id=execution.act_id,
        recorded_at=now,
        by=actor,
        given=execution.given,
        performed_at=execution.performed_at,
        lines=execution.lines,
        origin=execution.origin,
        seen_on_paper=execution.seen_on_paper,
        identity_reason=execution.identity_reason,
        rule_reason=execution.rule_reason,
        corrects=execution.corrects,
        borne=execution.bearer is not None,
        in_conflict=in_conflict,
    )
