"""An executant records what was delivered or done: whole, part, rest, or nothing and why."""

from datetime import datetime

from ordonum.knowledge.rights import may_execute
from ordonum.knowledge.rules import RULES
from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Actor
from ordonum.model.acts import Executed, ExecuteRequest, Execution
from ordonum.model.beneficiary import Beneficiary, Ins, Nir, NoIdentity
from ordonum.model.decisions import Verdict, check_execution
from ordonum.model.facts import Facts
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.history import History, known, unseal
from ordonum.server.usecases.recording import Asked, Decided, record
from ordonum.server.vault.vault import Purpose
from ordonum.wire import native


async def execute(context: Context, actor: Actor, request: ExecuteRequest) -> Answer:
    """Record an execution; the patient's identity enters the base here, sealed apart. Raises Refused."""
    execution = request.execution
    lookup = context.vault.lookup(request.number)
    beneficiary = execution.beneficiary

    async def decide(history: History) -> Decided:
        facts = _facts(context, actor, request, history)
        verdict = check_execution(execution, facts)
        return Decided(
            at=facts.now,
            performed_at=execution.performed_at,
            body=native.write(_kept(execution, actor, verdict, facts.now)),
            acknowledged=native.canonical(execution),
            seal=(lambda year: _sealed(context, year, lookup, request, beneficiary)) if beneficiary else None,
            patient=_index(context, beneficiary) if beneficiary else None,
            in_conflict=verdict.in_conflict,
            notices=verdict.notices,
        )

    content = native.canonical(execution)
    asked = Asked(kind="execute", lookup=lookup, act_id=execution.act_id, actor=actor, content=content)
    return await record(context, asked, decide)


def _facts(context: Context, actor: Actor, request: ExecuteRequest, history: History) -> Facts:
    return Facts(
        state=known(history),
        actor=actor,
        sealed=unseal(context, history, request.number).identity,
        may_execute=may_execute(actor),
        rules=RULES,
        now=context.now(),
        zone=zone_of(actor.place),
    )


def _kept(execution: Execution, actor: Actor, verdict: Verdict, now: datetime) -> Executed:
    """The execution as the prescription's history keeps it: all but the beneficiary."""
    return Executed(
        act_id=execution.act_id,
        recorded_at=now,
        by=actor,
        given=execution.given,
        performed_at=execution.performed_at,
        lines=execution.lines,
        identity_reason=execution.identity_reason,
        rule_reason=execution.rule_reason,
        in_conflict=verdict.in_conflict,
    )


def _sealed(context: Context, year: int, lookup: bytes, request: ExecuteRequest, beneficiary: Beneficiary) -> bytes:
    act_id = request.execution.act_id
    return context.vault.encrypt(Purpose.BENEFICIARY, year, lookup, act_id, native.write(beneficiary))


def _index(context: Context, beneficiary: Beneficiary) -> bytes | None:
    """The keyed name under which this patient's executions are found; the same for a NIR and for an INS that is one.

    A patient without a number of their own adds birth date and rank to the insured's. No number, no index.
    """
    identity = beneficiary.identity
    if isinstance(identity, NoIdentity):
        return None
    if isinstance(identity, Nir):
        own = "" if identity.of == "self" else f"/{beneficiary.birth_date}/{beneficiary.birth_rank}"
        return context.vault.blind("patient/nir/1", identity.nir.matricule + own)
    return context.vault.blind(_kind(identity), identity.matricule.matricule)


def _kind(identity: Ins) -> str:
    if identity.oid.is_test:
        return "patient/test/1"
    return "patient/nir/1" if identity.oid.endswith(".8") else "patient/nia/1"
