"""The real service: HTTP, cards, signatures, PostgreSQL; raw answers, so that a repeat is compared byte for byte."""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import httpx2
from gestures import DOCTORS, Ask, Doctor, Kept, Order, Person, Said, Seen
from translate import CARDS, arrived, cancellation, execution, invoice, order, replacement, shown, suspicion, withdrawal

from base import owner_fetches, owner_runs
from factories import a_patient
from ordonum.cli.system import System
from ordonum.client import Client
from ordonum.client.keys import HeldKeys
from ordonum.model.acts import (
    Acknowledgement,
    ByNumber,
    CancelRequest,
    ConsultRequest,
    CopyRequest,
    ExecuteRequest,
    InvoiceRequest,
    Origin,
    ReadBackRequest,
    Receipt,
    RecordedRequest,
    RegisterRequest,
    ReplaceReceipt,
    ReplaceRequest,
    ReportRequest,
    WithdrawRequest,
)
from ordonum.model.delegation import DelegateRequest, KeyUse
from ordonum.model.number import EpuId
from ordonum.model.prescription import Identity
from ordonum.model.views import ForExecutant, ForPrescriber, RecordedView
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
    signed: dict[Order, RegisterRequest]


class ServiceDriver:
    """Talks to a system of its own, whose clock it moves."""

    longest_wait = timedelta(days=7)

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
        self.waited = timedelta(0)
        self.tokens.clear()

    def now(self) -> datetime:
        return self.system.now()

    def draw_id(self) -> UUID:
        self.drawn += 1
        return UUID(int=self.drawn, version=4)

    def wait(self, span: timedelta) -> None:
        if self.waited + span <= timedelta(days=20):  # codes are signed for a month, revocation lists stand as long
            self.waited += span
            self.system.shift += span
            self.tokens.clear()

    def sheet(self, orders: tuple[Order, ...]) -> Sheet:
        patient, number = a_patient(), EpuId.draw(secrets.choice)
        codes: dict[Doctor, str] = {}
        for doctor in DOCTORS:
            card = self.clients[doctor].card
            held = self.keys.current(card.professional.rpps, KeyUse.QR, self.system.now())
            assert held is not None
            content = qr.content_for(
                number,
                held.rpps,
                card.place,
                surname=patient.surname,
                first_name=patient.first_name,
                birth_date=patient.birth_date,
                written_on=orders[0].written,
            )
            codes[doctor] = qr.write(held.sign_qr(content))
        return Sheet(number, orders, codes, {})

    def play(self, sheet: Sheet, ask: Ask) -> Said:
        path = PATHS.get(ask.op, f"/v1/{ask.op}")
        answer = self._post(path, self._body(sheet, ask), bearer=self._token(ask.who))
        if answer.status_code not in (200, 201):
            problem = answer.json()
            assert problem["status"] < 500, problem
            return Said(problem["code"])
        if ask.op == "consult":
            return Said("answered", seen=shown(native.read_own(answer.content, ForExecutant)))
        if ask.op == "read-back":
            return Said("answered", seen=shown(native.read_own(answer.content, ForPrescriber)))
        if ask.op == "recorded":
            assert str(native.read_own(answer.content, RecordedView).act_id) == str(ask.target)
            return Said("answered")
        receipt = _receipt(answer, ask)
        told = native.read_own(jws.payload_of(receipt.acknowledgement), Acknowledgement)
        assert str(told.act_id) == str(ask.id)
        again = answer.headers.get("Replayed") == "true"
        assert again == (answer.status_code == 200)
        mine = [each for each in receipt.justification if str(each.invoice) == str(ask.id) and not each.scan_needed]
        conflicts = frozenset(() if again else told.in_conflict)
        return Said(
            "again" if again else "recorded",
            conflicts,
            raw=answer.content,
            justified=tuple(each.position for each in mine),
            outcome=receipt.outcome.value if receipt.outcome else None,
        )

    def seen(self, sheet: Sheet, by: Person) -> Seen | None:
        answer = self._consult(sheet, by)
        if answer.status_code == 200:
            return shown(native.read_own(answer.content, ForExecutant))
        if answer.json()["code"] == "anonymous-closed":  # then its author reads
            return next(seen for doctor in DOCTORS if (seen := self._read_back(sheet, doctor)) is not None)
        assert answer.json()["code"] == "unknown-number"
        return None

    def kept(self, sheet: Sheet) -> Kept:
        """As the owner of the database reads its tables: no act holds the number that it is stored under."""
        assert self.system.context is not None
        lookup = self.system.context.vault.lookup(sheet.number)
        asked = "SELECT (SELECT count(*) FROM act WHERE lookup = $1), (SELECT coalesce(sum(direction), 0) FROM patient_index"
        acts, indexed = owner_fetches(self.system, f"{asked} WHERE lookup = $1)", lookup)[0]
        return Kept(acts, indexed)

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
            return native.write(self._registration(sheet, ask.order))
        if ask.op == "consult":
            return native.write(ConsultRequest(number=sheet.number, origin=Origin.PAPER, qr=code))
        if ask.op == "execute":
            done = execution(ask, sheet.orders[0].lines)
            return native.write(ExecuteRequest(number=sheet.number, execution=done, qr=code))
        if ask.op == "invoice":
            return native.write(InvoiceRequest(number=sheet.number, invoice=invoice(ask), qr=code))
        if ask.op == "withdraw":
            return native.write(WithdrawRequest(number=sheet.number, withdrawal=withdrawal(ask), qr=code))
        if ask.op == "report":
            return native.write(ReportRequest(number=sheet.number, suspicion=suspicion(ask), qr=code))
        return self._named(sheet, ask, code)

    def _named(self, sheet: Sheet, ask: Ask, code: str | None) -> bytes:
        """What names the prescription in the prescriber's way."""
        named = ByNumber(sheet.number)
        if ask.op == "read-back":
            return native.write(ReadBackRequest(prescription=named))
        if ask.op == "copy":
            return native.write(CopyRequest(prescription=named, copy=arrived(ask)))
        if ask.op == "recorded":
            assert ask.target is not None
            return native.write(RecordedRequest(prescription=named, act_id=ask.target, qr=code))
        if ask.op == "replace":
            assert ask.order is not None
            new = self._registration(ask.into, ask.order)
            asked = ReplaceRequest(registration=new, prescription=named, replacement=replacement(ask), qr=code)
            return native.write(asked)
        return native.write(CancelRequest(prescription=named, cancellation=cancellation(ask), qr=code))

    def _registration(self, sheet: Sheet, wanted: Order) -> RegisterRequest:
        if wanted not in sheet.signed:
            card, patient = self.clients[wanted.doctor].card, a_patient()
            identity = Identity("Paul" if wanted.other_patient else patient.first_name, patient.birth_date)
            committed = commitment.commit(sheet.number, identity, OPENING)
            software = self.clients["martin"].software
            signed = order(wanted, card.professional, card.place, software=software, committed=committed)
            request = RegisterRequest(
                number=sheet.number, identity=identity, opening=OPENING, jws=card.sign_order(native.write(signed))
            )
            sheet.signed[wanted] = request
        return sheet.signed[wanted]

    def _read_back(self, sheet: Sheet, by: Doctor) -> Seen | None:
        body = native.write(ReadBackRequest(prescription=ByNumber(sheet.number)))
        answer = self._post(PATHS["read-back"], body, bearer=self._token(by))
        return shown(native.read_own(answer.content, ForPrescriber)) if answer.status_code == 200 else None

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


def _receipt(answer: httpx2.Response, ask: Ask) -> Receipt:
    """The receipt of what was asked; that of the end, for a replacement."""
    if ask.op == "replace":
        return native.read_own(answer.content, ReplaceReceipt).replacement
    return native.read_own(answer.content, Receipt)
