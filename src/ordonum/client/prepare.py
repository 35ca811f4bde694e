"""From what a professional means to the bytes that are sent. No input or output: what is made here can be kept first."""

import secrets
import uuid
from uuid import UUID

import msgspec
from msgspec import Struct

from ordonum.client.card import Card
from ordonum.model.actors import Place, Software
from ordonum.model.acts import ExecuteRequest, Execution, RegisterRequest
from ordonum.model.number import EpuId
from ordonum.model.prescription import Identity, Prescription, SignedOrder, split
from ordonum.wire import commitment, jws, native, qr
from ordonum.wire.assertion import LIFETIME_SECONDS, AssertionClaims
from ordonum.wire.qr import SignedQr


class Prepared(Struct, frozen=True):
    """An act ready to be kept, then sent. `number` is None for a prescription named by its registering act alone."""

    act_id: UUID
    number: EpuId | None
    body: bytes


def registration(prescription: Prescription, card: Card, software: Software) -> Prepared:
    """Draw a number and an opening, commit, split, sign. Surname, sex, INS and address are not in the body."""
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
    signed = card.sign_order(native.write(order))
    request = RegisterRequest(number=number, identity=identity, opening=opening, jws=signed)
    return Prepared(act_id, number, native.write(request))


def signed_again(body: bytes, card: Card, software: Software) -> bytes:
    """The same registration (number, act id, opening, lines), signed by this card."""
    request = native.read(body, RegisterRequest)
    order = native.read(jws.payload_of(request.jws), SignedOrder)
    renewed = msgspec.structs.replace(order, prescriber=card.professional, software=software)
    return native.write(msgspec.structs.replace(request, jws=card.sign_order(native.write(renewed))))


def execution(number: EpuId, done: Execution) -> Prepared:
    """An execution ready to be kept, then sent."""
    return Prepared(done.act_id, number, native.write(ExecuteRequest(number=number, execution=done)))


def code(prescription: Prescription, number: EpuId, card: Card) -> SignedQr:
    """The signed QR code of the sheet."""
    patient = prescription.patient
    content = qr.content_for(
        number,
        card.professional.rpps,
        prescription.place,
        surname=patient.surname,
        first_name=patient.first_name,
        birth_date=patient.birth_date,
        written_on=prescription.written_on,
    )
    return card.sign_qr(content)


def assertion(card: Card, place: Place, software: Software, *, audience: str, now: int) -> str:
    """The assertion that is exchanged for a token; it lasts a minute and serves once."""
    national = "8" + card.professional.rpps
    claims = AssertionClaims(
        iss=national,
        sub=national,
        aud=audience,
        iat=now,
        exp=now + LIFETIME_SECONDS,
        jti=secrets.token_urlsafe(24),
        place=place,
        software=software,
    )
    return card.sign_assertion(native.write(claims))
