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
from ordonum.model.acts import ExecuteRequest, Execution, InvoiceRequest, RegisterRequest
from ordonum.model.invoice import Invoice
from ordonum.model.number import EpuId
from ordonum.model.prescription import Identity, Prescription, SignedOrder, split
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
    signed = (sign or card.sign_order)(native.write(order))
    request = RegisterRequest(number=number, identity=identity, opening=opening, jws=signed)
    return Prepared(act_id, number, native.write(request))


def signed_again(body: bytes, card: Card, software: Software) -> bytes:
    """The same registration (number, act id, opening, lines), signed by this card."""
    request = native.read(body, RegisterRequest)
    order = native.read(jws.payload_of(request.jws), SignedOrder)
    renewed = msgspec.structs.replace(order, prescriber=card.professional, software=software)
    return native.write(msgspec.structs.replace(request, jws=card.sign_order(native.write(renewed))))


def execution(number: EpuId, done: Execution, scanned: str | None = None) -> Prepared:
    """An execution ready to be kept, then sent."""
    return Prepared(done.act_id, number, native.write(ExecuteRequest(number=number, execution=done, qr=scanned)))


def invoice(number: EpuId, made: Invoice, scanned: str | None = None) -> Prepared:
    """An invoice ready to be kept, then sent."""
    return Prepared(made.act_id, number, native.write(InvoiceRequest(number=number, invoice=made, qr=scanned)))


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
