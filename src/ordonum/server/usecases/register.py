"""A prescriber registers a prescription: signed order, sealed identity, one acknowledgement."""

from typing import Any

import msgspec

from ordonum.knowledge.anonymity import is_minor, proposed
from ordonum.knowledge.paperless import replaces_paper
from ordonum.knowledge.rights import may_prescribe, may_secure
from ordonum.knowledge.rules import AT_REGISTRATION
from ordonum.knowledge.timezones import zone_of
from ordonum.model.acts import RegisterRequest
from ordonum.model.days import months_after
from ordonum.model.facts import RegisterFacts
from ordonum.model.identifiers import BirthDate
from ordonum.model.prescription import SignedOrder
from ordonum.model.refusals import Fault, Refusal, Refused
from ordonum.model.registration import KEPT_MONTHS, check_registration
from ordonum.model.wish_decisions import check_wishes
from ordonum.server.identity.signer import judge_order, names_if_readable
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.acts import Beside
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.history import History, Sealed
from ordonum.server.usecases.recording import Asked, Decide, Decided, record
from ordonum.wire import commitment, jws, native

OWN_ACT, PRESCRIBER = "own-act/1", "prescriber/1"


async def register(context: Context, caller: Caller, request: RegisterRequest) -> Answer:
    """Record a registration. Raises Refused, in this order: shape, repeat, signature and certificate, right, commitment,
    dates, number already taken.
    """
    asked, decide, _ = registration(context, caller, request)
    return await record(context, caller, asked, decide)


def registration(
    context: Context, caller: Caller, request: RegisterRequest, *, replaces: str | None = None
) -> tuple[Asked, Decide, SignedOrder]:
    """What is asked, how it is decided, and the order as it was signed; `replaces` is the lookup (hexadecimal) of the
    prescription that it replaces in the same call. Raises Refused: shape.
    """
    signed = _take_apart(request.jws)
    order = _read_order(signed.payload)
    lookup = context.vault.lookup(request.number)

    async def decide(history: History) -> Decided:
        _refuse_alone(order, replaces)
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
            rules=AT_REGISTRATION,
            conditions=context.conditions,
            contents=context.contents,
            birth=request.identity.birth_date,
            now=now,
            zone=zone_of(order.place),
        )
        notices = check_registration(order, facts)
        _check_wishes(order, request.identity.birth_date)
        sealed, body = native.write(Sealed(request.identity, request.opening, replaces)), request.jws.encode()
        return Decided(
            at=now,
            performed_at=now,
            body=body,
            acknowledged=body,
            seal=lambda year: context.vault.seal(request.number, year, lookup, order.act_id, sealed),
            beside=beside_order(context, order),
            late=signer.late,
            notices=notices,
        )

    content = native.canonical((request.number, request.identity, without_version(order)))
    asked = Asked(kind="register", lookup=lookup, act_id=order.act_id, content=content, also=names_if_readable(signed))
    return asked, decide, order


def _refuse_alone(order: SignedOrder, replaces: str | None) -> None:
    """One that replaces another is registered with the end of that one, in the same call."""
    if order.replaces is not None and replaces is None:
        raise Refused(Refusal.REPLACES_ALONE, at="$.jws.replaces")


def _check_wishes(order: SignedOrder, birth: BirthDate) -> None:
    check_wishes(
        order,
        proposed=proposed(order.lines, birth, order.written_on),
        minor=is_minor(birth, order.written_on),
        paper_replaced=order.paperless is None or replaces_paper(order.paperless.channel, order.written_on),
    )


def beside_order(context: Context, order: SignedOrder) -> Beside:
    """What finds a prescription that is registered, and until when it is kept (CSP R.4071-1: five years from writing)."""
    rpps = order.prescriber.rpps
    return Beside(
        ends_on=months_after(order.written_on, KEPT_MONTHS),
        own_act=context.vault.blind(OWN_ACT, f"{rpps}/{order.act_id}"),
        prescriber=context.vault.blind(PRESCRIBER, rpps),
    )


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
