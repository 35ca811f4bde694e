"""An act that we acknowledged, sent again to a service that was restored from an earlier back-up: it is recorded as it was.

The header `Acknowledged` (our acknowledgement, a space, its salt) proves that this very act was judged and recorded, and
when. It counts for what a recent restoration may have lost and for nothing else: a proof brings back no act that was
erased since, and changes nothing of an act that is there. See docs/adr/0005.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from joserfc.jwk import OKPKey
from msgspec import Struct

from ordonum.knowledge.rights import may_execute
from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Actor
from ordonum.model.acts import (
    Acknowledgement,
    ByNumber,
    ByOwnAct,
    CancelRequest,
    CopyRequest,
    ExecuteRequest,
    InvoiceRequest,
    RegisterRequest,
    ReplaceRequest,
    ReportRequest,
    WithdrawRequest,
)
from ordonum.model.facts import RegisterFacts
from ordonum.model.justification import justified_by, justify
from ordonum.model.kept import Invoiced
from ordonum.model.prescription import SignedOrder
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.registration import check_registration
from ordonum.model.restoration import check_resent, check_resent_early, lost, told
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.acts import Beside
from ordonum.server.store.restorations import restorations
from ordonum.server.usecases.cancel import cancelled_of
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.execute import kept_of
from ordonum.server.usecases.history import History, Sealed, read_history
from ordonum.server.usecases.naming import named
from ordonum.server.usecases.patient_index import index_of
from ordonum.server.usecases.people import sealer
from ordonum.server.usecases.recording import Asked, Decided, record
from ordonum.server.usecases.register import beside_order, without_version
from ordonum.server.usecases.scanned import authentic_code, names, ordered
from ordonum.wire import commitment, jws, native
from ordonum.wire.qr import QrContent

AGAIN = "Enregistré de nouveau : le service avait été restauré d'une sauvegarde antérieure"
Act = RegisterRequest | ExecuteRequest | InvoiceRequest | CancelRequest
Since = ReplaceRequest | WithdrawRequest | ReportRequest | CopyRequest
UseCase = Callable[[Context, Caller, Any], Awaitable[Answer | Struct]]


async def acknowledged(
    context: Context, caller: Caller, request: Any, proof: str | None, use_case: UseCase
) -> Answer | Struct:
    """Record the act again at the moment at which we acknowledged it; what brings no proof, or one of an act that no
    recent restoration lost, goes to its use case as ever. Raises Refused.
    """
    if proof is None or not isinstance(request, Act | Since):
        return await use_case(context, caller, request)
    actor = caller.actor
    known, now = await restorations(context.pool), context.now()
    if told(known, now) is None:
        return await use_case(context, caller, request)
    if isinstance(request, Since):
        return await _since(context, caller, request, proof, use_case)
    content = _content(request)
    ack = _verified(context, _KIND[type(request)], content, proof)
    if not lost(ack.recorded_at, known, now):
        return await use_case(context, caller, request)
    if isinstance(request, RegisterRequest):
        return await _register(context, caller, request, ack)
    prescription = request.prescription if isinstance(request, CancelRequest) else ByNumber(request.number)
    lookup = await named(context, actor, prescription)
    code = None
    if ack.early:
        number = None if isinstance(prescription, ByOwnAct) else prescription.number
        code = await authentic_code(context, number, request.qr) if number is not None else None
        await _await_registration(context, lookup, ack, code)
        if code is None:  # it is registered now, or there: what happened is judged on it, at its own moment
            then = ack.recorded_at
            return await use_case(msgspec.structs.replace(context, now=lambda: then), caller, request)
    asked = _asked(ack, lookup, content)

    async def decide(history: History) -> Decided:
        if code is None:
            check_resent(actor, ack, history.state, may_execute(actor))
        else:
            patient = request.execution.beneficiary if isinstance(request, ExecuteRequest) else None
            named_there = names(code, patient)
            check_resent_early(actor, ack, may_execute(actor), prescriber=code.rpps, names_patient=named_there)
        return _decided(context, actor, asked, request, ack, history, code)

    return await record(context, caller, asked, decide)


async def _since(context: Context, caller: Caller, request: Since, proof: str, use_case: UseCase) -> Answer | Struct:
    """What amends, ends or reports is judged again at the moment of its acknowledgement, on what came back meanwhile."""
    name, content = _amends(request)
    ack = _verified(context, name, content, proof)
    if not lost(ack.recorded_at, await restorations(context.pool), context.now()):
        return await use_case(context, caller, request)
    try:
        return await use_case(msgspec.structs.replace(context, now=lambda: ack.recorded_at), caller, request)
    except Refused as refused:
        if refused.refusal in _NOT_BACK:
            raise Refused(Refusal.NOT_RESTORED_YET) from None
        raise


def _amends(request: Since) -> tuple[str, bytes]:
    """The kind of the act, and the bytes that the digest of its receipt covers."""
    if isinstance(request, WithdrawRequest):
        return "withdraw", native.canonical(request.withdrawal)
    if isinstance(request, ReportRequest):
        return "report", native.canonical(request.suspicion)
    if isinstance(request, CopyRequest):
        return "copy", native.canonical(request.copy)
    return "replace", native.canonical(request.replacement)


_NOT_BACK = frozenset(
    {
        Refusal.UNKNOWN_NUMBER,
        Refusal.NOT_YET_REGISTERED,
        Refusal.NOT_REGISTERED,
        Refusal.UNKNOWN_OWN_ACT,
        Refusal.UNKNOWN_EXECUTION,
    }
)
_KIND = {RegisterRequest: "register", ExecuteRequest: "execute", InvoiceRequest: "invoice", CancelRequest: "cancel"}


def _content(request: Act) -> bytes:
    """The bytes that the digest of the receipt covers."""
    if isinstance(request, RegisterRequest):
        return request.jws.encode()
    if isinstance(request, ExecuteRequest):
        return native.canonical(request.execution)
    return native.canonical(request.invoice if isinstance(request, InvoiceRequest) else request.cancellation)


def _verified(context: Context, kind: str, content: bytes, proof: str) -> Acknowledgement:
    """Our acknowledgement of this very act: its content holds its id. Raises Refused(ACKNOWLEDGES_ANOTHER)."""
    signed, _, salt = proof.partition(" ")
    keys = {each["kid"]: OKPKey.import_key(dict(each)) for each in context.vault.public_keys()}
    try:
        ack = native.read(jws.read_acknowledgement(signed, keys), Acknowledgement)
        holds = commitment.digest(salt, content) == ack.content and ack.act == kind
    except (jws.BadSignature, Refused, ValueError):
        holds = False
    if not holds:
        raise Refused(Refusal.ACKNOWLEDGES_ANOTHER)
    return ack


def _asked(ack: Acknowledgement, lookup: bytes, content: bytes) -> Asked:
    """Its number is no guess: our own acknowledgement came with it."""
    return Asked(kind=ack.act, lookup=lookup, act_id=ack.act_id, content=content)


async def _await_registration(context: Context, lookup: bytes, ack: Acknowledgement, code: QrContent | None) -> None:
    """What came before its registration waits for it, or for the key of its QR code, to come back. Raises Refused."""
    if code is not None:
        return
    history = await read_history(context, lookup)
    if history.state is None and all(row.act_id != ack.act_id for row in history.rows):
        raise Refused(Refusal.NOT_RESTORED_YET)


async def _register(context: Context, caller: Caller, request: RegisterRequest, ack: Acknowledgement) -> Answer:
    """The signature, its chain, its revocation and its session key were judged; the commitment ties number and patient."""
    order = native.read_own(jws.payload_of(request.jws), SignedOrder)
    lookup = context.vault.lookup(request.number)
    content = native.canonical((request.number, request.identity, without_version(order)))

    async def decide(history: History) -> Decided:
        facts = RegisterFacts(
            actor=caller.actor,
            signer=order.prescriber,
            may_prescribe=frozenset({order.family}),
            commitment_opens=commitment.opens(order.commitment, request.number, request.identity, request.opening),
            taken=history.registration is not None,
            now=ack.recorded_at,
            zone=zone_of(order.place),
        )
        check_registration(order, facts)
        sealed = native.write(Sealed(request.identity, request.opening))
        return Decided(
            at=ack.recorded_at,
            performed_at=ack.recorded_at,
            body=request.jws.encode(),
            acknowledged=request.jws.encode(),
            seal=lambda year: context.vault.seal(request.number, year, lookup, order.act_id, sealed),
            beside=beside_order(context, order),
            late=ack.late,
            notices=(AGAIN,),
        )

    return await record(context, caller, _asked(ack, lookup, content), decide)


def _decided(
    context: Context,
    actor: Actor,
    asked: Asked,
    request: ExecuteRequest | InvoiceRequest | CancelRequest,
    ack: Acknowledgement,
    history: History,
    code: QrContent | None,
) -> Decided:
    """The act as it was decided then: same moment, same conflicts; before its registration if it came before (`code`)."""
    decided = Decided(
        at=ack.recorded_at,
        performed_at=ack.recorded_at,
        body=b"",
        acknowledged=asked.content,
        early=code is not None,
        in_conflict=ack.in_conflict,
        notices=(AGAIN,),
    )
    if isinstance(request, ExecuteRequest):
        return _execution(context, actor, asked, request, history, code, decided)
    if isinstance(request, InvoiceRequest):
        billed = Invoiced(
            act_id=ack.act_id,
            recorded_at=ack.recorded_at,
            by=actor,
            invoice=request.invoice,
            **_early(actor, code),
        )
        needed = justify(request.invoice, actor, history.state)
        return msgspec.structs.replace(decided, body=native.write(billed), justification=needed)
    stopped = cancelled_of(request.cancellation, actor, ack.recorded_at, early=code is not None)
    return msgspec.structs.replace(decided, body=native.write(stopped))


def _early(actor: Actor, code: QrContent | None) -> dict[str, Any]:
    """What an execution or an invoice says of having come before the registration."""
    if code is None:
        return {}
    return {"early": True, "may": ordered(may_execute(actor)), "code_of": code.rpps}


def _execution(
    context: Context,
    actor: Actor,
    asked: Asked,
    request: ExecuteRequest,
    history: History,
    code: QrContent | None,
    decided: Decided,
) -> Decided:
    execution, vault = request.execution, context.vault
    kept = kept_of(execution, actor, decided.in_conflict, decided.at)
    if code is not None:
        kept = msgspec.structs.replace(kept, **_early(actor, code))
    return msgspec.structs.replace(
        decided,
        performed_at=execution.performed_at,
        body=native.write(kept),
        seal=sealer(context, asked.lookup, execution),
        beside=Beside(patient=index_of(vault, execution.beneficiary) if execution.beneficiary else None),
        justification=justified_by(kept, history.acts),
    )
