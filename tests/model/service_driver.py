"""The real service: HTTP, cards, signatures, PostgreSQL; raw answers, so that a repeat is compared byte for byte."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import httpx2
from gestures import DOCTORS, Ask, Doctor, Order, Person, Said, Seen
from translate import CARDS, FAMILIES, execution, invoice, line, shown

from base import owner_runs
from factories import a_patient, a_prescription
from ordonum.cli.system import System
from ordonum.client import Client, prepare
from ordonum.client.keys import HeldKeys
from ordonum.model.acts import (
    Acknowledgement,
    ByNumber,
    CancelRequest,
    ConsultRequest,
    ExecuteRequest,
    InvoiceRequest,
    Origin,
    ReadBackRequest,
    Receipt,
    RegisterRequest,
)
from ordonum.model.delegation import DelegateRequest, KeyUse
from ordonum.model.number import EpuId
from ordonum.model.prescription import Identity, SignedOrder
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.model.views import ForExecutant, ForPrescriber
from ordonum.wire import commitment, jws, native, qr
from raw import post, token

PATHS = {"read-back": "/v1/executions"}
SLOWED = 429
OPENING = "5a" * commitment.OPENING_BYTES


class Sheet(NamedTuple):
    """A number, the codes that each doctor would print of it, and the signed registrations by their order."""

    number: EpuId
    orders: tuple[Order, ...]
    codes: dict[Doctor, str]
    signed: dict[Order, bytes]


class ServiceDriver:
    """Talks to a system of its own, whose clock it moves."""

    longest_wait_days = 7

    def __init__(self, system: System, clients: dict[Person, Client], keys: HeldKeys) -> None:
        self.system, self.clients, self.keys = system, clients, keys
        self.tokens: dict[Person, str] = {}
        self.drawn = 0
        noon = system.now().replace(hour=12, minute=0, second=0)
        self.start = noon + timedelta(days=1) - system.now()  # far from midnight, whatever the zone
        self.begin()
        for doctor in DOCTORS:
            held = keys.make(clients[doctor].card, KeyUse.QR, system.now())
            body = native.write(DelegateRequest(held.delegation))
            assert post(system, "/v1/delegations", body, bearer=self._token(doctor)).status_code == 201

    def begin(self) -> None:
        self.system.shift = self.start
        self.waited = 0
        self.tokens.clear()

    def now(self) -> datetime:
        return self.system.now()

    def draw_id(self) -> UUID:
        self.drawn += 1
        return UUID(int=self.drawn, version=4)

    def wait(self, days: int) -> None:
        if self.waited + days <= 20:  # codes are signed for a month, revocation lists stand as long
            self.waited += days
            self.system.shift += timedelta(days=days)
            self.tokens.clear()

    def sheet(self, orders: tuple[Order, ...]) -> Sheet:
        patient = a_patient()
        first = prepare.registration(self._prescription(orders[0]), self.clients["martin"].card, self._software())
        assert first.number is not None
        codes: dict[Doctor, str] = {}
        for doctor in DOCTORS:
            card = self.clients[doctor].card
            held = self.keys.current(card.professional.rpps, KeyUse.QR, self.system.now())
            assert held is not None
            content = qr.content_for(
                first.number,
                held.rpps,
                card.place,
                surname=patient.surname,
                first_name=patient.first_name,
                birth_date=patient.birth_date,
                written_on=orders[0].written,
            )
            codes[doctor] = qr.write(held.sign_qr(content))
        return Sheet(first.number, orders, codes, {})

    def play(self, sheet: Sheet, ask: Ask) -> Said:
        path = PATHS.get(ask.op, f"/v1/{ask.op}")
        answer = self._post(path, self._body(sheet, ask), bearer=self._token(ask.who))
        if answer.status_code not in (200, 201):
            problem = answer.json()
            assert problem["status"] < 500, problem
            return Said(problem["code"])
        if ask.op == "consult":
            return Said("answered", seen=_executant(answer))
        if ask.op == "read-back":
            return Said("answered", seen=_prescriber(answer))
        receipt = native.read_own(answer.content, Receipt)
        told = native.read_own(jws.payload_of(receipt.acknowledgement), Acknowledgement)
        assert str(told.act_id) == str(ask.id)
        again = answer.headers.get("Replayed") == "true"
        assert again == (answer.status_code == 200)
        mine = [each for each in receipt.justification if str(each.invoice) == str(ask.id) and not each.scan_needed]
        conflicts = frozenset(() if again else told.in_conflict)
        return Said(
            "again" if again else "recorded", conflicts, raw=answer.content, justified=tuple(o.position for o in mine)
        )

    def seen(self, sheet: Sheet, by: Person) -> Seen | None:
        answer = self._consult(sheet, by)
        if answer.status_code != 200:
            assert answer.json()["code"] == "unknown-number"
            return None
        return _executant(answer)

    def rebuilt(self, sheet: Sheet, by: Person) -> Seen | None:
        """The service keeps no state: each reading makes it again from the stored acts."""
        return self.seen(sheet, by)

    def _post(self, path: str, body: bytes, *, bearer: str) -> httpx2.Response:
        """The stories ask for unknown numbers all day long: who must wait is forgiven, and asks again."""
        answer = post(self.system, path, body, bearer=bearer)
        if answer.status_code != SLOWED:
            return answer
        owner_runs(self.system, "DELETE FROM miss; DELETE FROM turn")
        return post(self.system, path, body, bearer=bearer)

    def _body(self, sheet: Sheet, ask: Ask) -> bytes:
        code = sheet.codes[ask.code] if ask.code is not None else None
        if ask.op == "register":
            assert ask.order is not None
            return self._registration(sheet, ask.order)
        if ask.op == "consult":
            return native.write(ConsultRequest(number=sheet.number, origin=Origin.PAPER, qr=code))
        if ask.op == "execute":
            done = execution(ask, sheet.orders[0].lines)
            return native.write(ExecuteRequest(number=sheet.number, execution=done, qr=code))
        if ask.op == "invoice":
            return native.write(InvoiceRequest(number=sheet.number, invoice=invoice(ask), qr=code))
        if ask.op == "read-back":
            return native.write(ReadBackRequest(prescription=ByNumber(sheet.number)))
        stop = Cancellation(act_id=ask.id, reason=CancelReason.PRESCRIBING_ERROR)
        return native.write(CancelRequest(prescription=ByNumber(sheet.number), cancellation=stop, qr=code))

    def _registration(self, sheet: Sheet, order: Order) -> bytes:
        if order not in sheet.signed:
            card, patient = self.clients[order.doctor].card, a_patient()
            identity = Identity(patient.first_name, patient.birth_date)
            signed = SignedOrder(
                v=1,
                act_id=order.id,
                family=FAMILIES[order.family],
                prescriber=card.professional,
                place=card.place,
                software=self._software(),
                written_on=order.written,
                opposed=order.opposed,
                lines=tuple(line(rank, each) for rank, each in enumerate(order.lines, start=1)),
                commitment=commitment.commit(sheet.number, identity, OPENING),
            )
            request = RegisterRequest(
                number=sheet.number, identity=identity, opening=OPENING, jws=card.sign_order(native.write(signed))
            )
            sheet.signed[order] = native.write(request)
        return sheet.signed[order]

    def _prescription(self, order: Order) -> Any:
        lines = tuple(line(rank, each) for rank, each in enumerate(order.lines, start=1))
        return a_prescription(lines=lines, family=FAMILIES[order.family], written_on=order.written)

    def _software(self) -> Any:
        return self.clients["martin"].software

    def _consult(self, sheet: Sheet, by: Person) -> httpx2.Response:
        body = native.write(ConsultRequest(number=sheet.number, origin=Origin.PAPER))
        return self._post("/v1/consult", body, bearer=self._token(by))

    def _token(self, who: Person) -> str:
        if who not in self.tokens:
            self.tokens[who] = token(self.clients[who], self.system)
        return self.tokens[who]


def clients_of(system: System) -> dict[Person, Client]:
    """A workstation for each person of the story."""
    return {person: system.client(card) for person, card in CARDS.items()}


def _executant(answer: httpx2.Response) -> Seen:
    view = native.read_own(answer.content, ForExecutant)
    return shown(view.status, view.remainders, view.executions)


def _prescriber(answer: httpx2.Response) -> Seen:
    view = native.read_own(answer.content, ForPrescriber)
    return shown(view.status, view.remainders, view.executions)
