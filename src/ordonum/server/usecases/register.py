"""A prescriber registers a prescription: signed order, sealed identity, one acknowledgement."""

from typing import Any

import msgspec

from ordonum.knowledge.conditions import CONDITIONS
from ordonum.knowledge.rights import may_prescribe, may_secure
from ordonum.knowledge.rules import RULES
from ordonum.knowledge.timezones import zone_of
from ordonum.model.acts import RegisterRequest
from ordonum.model.facts import RegisterFacts
from ordonum.model.prescription import SignedOrder
from ordonum.model.refusals import Fault, Refusal, Refused
from ordonum.model.registration import check_registration
from ordonum.server.identity.signer import judge_order, names_if_readable
from ordonum.server.identity.tokens import Caller
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.history import History, Sealed
from ordonum.server.usecases.recording import Asked, Decided, record
from ordonum.wire import commitment, jws, native

OWN_ACT = "own-act/1"


async def register(context: Context, caller: Caller, request: RegisterRequest) -> Answer:
    """Record a registration. Raises Refused, in this order: shape, repeat, signature and certificate, right, commitment,
    dates, number already taken.
    """
    signed = _take_apart(request.jws)
    order = _read_order(signed.payload)
    lookup = context.vault.lookup(request.number)

    async def decide(history: History) -> Decided:
        now = context.now()
        signer = await judge_order(signed, history.standing, trust=context.trust, pool=context.pool, now=now)
        facts = RegisterFacts(
            actor=caller.actor,
            signer=signer.professional,
            may_prescribe=may_prescribe(signer.professional.profession),
            may_secure=may_secure(signer.professional.profession),
            signed_until=signer.ended,
            commitment_opens=commitment.opens(order.commitment, request.number, request.identity, request.opening),
            taken=history.registration is not None,
            rules=RULES,
            conditions=CONDITIONS,
            birth=request.identity.birth_date,
            now=now,
            zone=zone_of(order.place),
        )
        notices = check_registration(order, facts)
        sealed = native.write(Sealed(request.identity, request.opening))
        return Decided(
            at=now,
            performed_at=now,
            body=request.jws.encode(),
            acknowledged=request.jws.encode(),
            seal=lambda year: context.vault.seal(request.number, year, lookup, order.act_id, sealed),
            own_act=context.vault.blind(OWN_ACT, f"{order.prescriber.rpps}/{order.act_id}"),
            late=signer.late,
            notices=notices,
        )

    content = native.canonical((request.number, request.identity, without_version(order)))
    asked = Asked(kind="register", lookup=lookup, act_id=order.act_id, content=content, also=names_if_readable(signed))
    return await record(context, caller, asked, decide)


def _take_apart(compact: str) -> jws.SignedText:
    try:
        return jws.take_apart(compact, typ=jws.ORDER_TYP)
    except jws.BadSignature as error:
        raise Refused(Refusal.UNREADABLE, faults=(Fault("$.jws", "not-a-signed-order", str(error)),)) from None


def _read_order(payload: bytes) -> SignedOrder:
    """The order of a signed payload, in which nothing may be said twice."""
    order = native.read(payload, SignedOrder, at="$.jws")
    native.refuse_duplicate_keys(payload, at="$.jws", as_we_write=order)
    return order


def without_version(order: SignedOrder) -> Any:
    """The order whatever the version of the software that sends it again."""
    return msgspec.structs.replace(order, software=msgspec.structs.replace(order.software, version="-"))
