"""From what a professional means to the bytes that are sent. No input or output: what is made here can be kept first."""

import secrets
import uuid
from collections.abc import Callable
from uuid import UUID

import msgspec
from msgspec import Struct

from ordonum.client.card import Card
from ordonum.client.keys import HeldKey
from ordonum.model.actors import Establishment, Place, Software
from ordonum.model.acts import (
    ByNumber,
    ByOwnAct,
    ExecuteRequest,
    Execution,
    InvoiceRequest,
    RegisterRequest,
    ReplaceRequest,
    ReportRequest,
    WithdrawRequest,
)
from ordonum.model.amending import Suspicion, Withdrawal
from ordonum.model.invoice import Invoice
from ordonum.model.number import EpuId
from ordonum.model.prescription import Identity, Prescription, SignedOrder, split
from ordonum.model.stopping import Replacement
from ordonum.wire import certificates, commitment, jws, native, qr
from ordonum.wire.assertion import LIFETIME_SECONDS, AssertionClaims
from ordonum.wire.qr import SignedQr


class Prepared(Struct, frozen=True):
    """An act ready to be kept, then sent. `number` is None for a prescription named by its registering act alone."""

    act_id: UUID
    number: EpuId | None
    body: bytes


def registration(
    prescription: Prescription, card: Card, software: Software, *, sign: Callable[[bytes], str] | None = None
) -> Prepared:
    """Draw a number and an opening, commit, split, sign. Surname, sex, INS and address are not in the body.

    `sign` makes the JWS of the order: the card's own signature, unless a session key was delegated for it.
    """
    act_id, request = _registration(prescription, card, software, sign or card.sign_order)
    return Prepared(act_id, request.number, native.write(request))


def replacement(
    prescription: Prescription,
    old: ByNumber | ByOwnAct,
    why: Replacement,
    card: Card,
    software: Software,
    *,
    scanned: str | None = None,
    sign: Callable[[bytes], str] | None = None,
) -> Prepared:
    """The registration of a prescription that names the one it `replaces`, and the end of that one, in one request."""
    act_id, request = _registration(prescription, card, software, sign or card.sign_order)
    whole = ReplaceRequest(registration=request, prescription=old, replacement=why, qr=scanned)
    return Prepared(act_id, request.number, native.write(whole))


def _registration(
    prescription: Prescription, card: Card, software: Software, sign: Callable[[bytes], str]
) -> tuple[UUID, RegisterRequest]:
    number = EpuId.draw(secrets.choice)
    act_id, opening = uuid.uuid4(), secrets.token_hex(commitment.OPENING_BYTES)
    identity = Identity(prescription.patient.first_name, prescription.patient.birth_date)
    order, identity = split(
        prescription,
        act_id=act_id,
        prescriber=card.professional,
        software=software,
        commitment=commitment.commit(number, identity, opening),
    )
    signed = sign(native.write(order))
    return act_id, RegisterRequest(number=number, identity=identity, opening=opening, jws=signed)


def signed_again(operation: str, body: bytes, card: Card, software: Software) -> bytes:
    """The same registration (number, act id, opening, lines), alone or in a replacement, signed by this card."""
    whole = native.read(body, ReplaceRequest) if operation == "replace" else None
    request = whole.registration if whole is not None else native.read(body, RegisterRequest)
    order = native.read(jws.payload_of(request.jws), SignedOrder)
    renewed = msgspec.structs.replace(order, prescriber=card.professional, software=software)
    again = msgspec.structs.replace(request, jws=card.sign_order(native.write(renewed)))
    return native.write(again if whole is None else msgspec.structs.replace(whole, registration=again))


def execution(number: EpuId, done: Execution, scanned: str | None = None) -> Prepared:
    """An execution ready to be kept, then sent."""
    return Prepared(done.act_id, number, native.write(ExecuteRequest(number=number, execution=done, qr=scanned)))


def invoice(number: EpuId, made: Invoice, scanned: str | None = None) -> Prepared:
    """An invoice ready to be kept, then sent."""
    return Prepared(made.act_id, number, native.write(InvoiceRequest(number=number, invoice=made, qr=scanned)))


def withdrawal(number: EpuId, taken: Withdrawal, scanned: str | None = None) -> Prepared:
    """A withdrawal ready to be kept, then sent."""
    return Prepared(taken.act_id, number, native.write(WithdrawRequest(number=number, withdrawal=taken, qr=scanned)))


def report(number: EpuId, suspicion: Suspicion, scanned: str | None = None) -> Prepared:
    """A suspicion ready to be kept, then sent."""
    body = native.write(ReportRequest(number=number, suspicion=suspicion, qr=scanned))
    return Prepared(suspicion.act_id, number, body)


def code(prescription: Prescription, number: EpuId, key: HeldKey) -> SignedQr:
    """The QR code of the sheet, signed by the key that the card delegated for that."""
    patient = prescription.patient
    content = qr.content_for(
        number,
        key.rpps,
        prescription.place,
        surname=patient.surname,
        first_name=patient.first_name,
        birth_date=patient.birth_date,
        written_on=prescription.written_on,
    )
    return key.sign_qr(content)


def assertion(
    card: Card, place: Place, software: Software, *, audience: str, now: int, inside: Establishment | None = None
) -> str:
    """The assertion that is exchanged for a token; it lasts a minute and serves once."""
    national = certificates.national_id(card.holder)
    claims = AssertionClaims(
        iss=national,
        sub=national,
        aud=audience,
        iat=now,
        exp=now + LIFETIME_SECONDS,
        jti=secrets.token_urlsafe(24),
        place=place,
        software=software,
        inside=inside,
        under=card.under,
    )
    return card.sign_assertion(native.write(claims))
