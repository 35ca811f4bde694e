"""Marked patients: each text about them bears letters that stand nowhere else, and all that is done with them is real.

They are registered (by cards, by delegated keys, early, twice, wrongly), consulted, executed, invoiced, amended, replaced,
cancelled, at the `ordonum serve` of a process of its own.
"""

import json
import random
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx2
import msgspec
from msgspec import Struct, field

from amended import amend
from factories import boxes
from guesses import Known
from leaks import Secrets
from ordonum.cli.system import System
from ordonum.client import Client, EpuId, prepare
from ordonum.client.keys import HeldKey, HeldKeys
from ordonum.client.prepare import Prepared
from ordonum.model.acts import (
    ByNumber,
    CancelRequest,
    ConsultRequest,
    ExecuteRequest,
    Execution,
    Given,
    InvoiceRequest,
    Origin,
    RegisterRequest,
)
from ordonum.model.beneficiary import Beneficiary, Ins, InsStatus, Nir, NoIdentity
from ordonum.model.care_team import Care, Relation, SearchPurpose, SearchRequest, Sought
from ordonum.model.delegation import DelegateRequest, KeyUse
from ordonum.model.identifiers import BirthDate, InsOid, NirKey
from ordonum.model.insurer import Purpose, PurposeCode
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.model.lines import AgreementState, Family, FreeTextLine, PriorAgreement
from ordonum.model.office import ByPatient, OpposeRequest, Opposition, Subject, TracesRequest
from ordonum.model.outcomes import Delivered, Handwritten, NotDelivered, SeenOnPaper, Withheld
from ordonum.model.prescription import Patient, Prescription, Sex, SignedOrder
from ordonum.model.products import MedicineLine, Substance
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.wire import commitment, jws, native, qr
from raw import post, token

# Letters that no word holds together; the rest of a mark is drawn.
STEM = "qzxvkjwyq"
_HTTP = httpx2.Client(timeout=60, limits=httpx2.Limits(max_connections=32, max_keepalive_connections=0))


class Person(Struct, frozen=True, kw_only=True):
    """A marked patient, their prescription as it is sent, and the text of its QR code."""

    index: int
    patient: Patient
    nir: NirKey
    prescription: Prescription
    prepared: Prepared
    code: str

    @property
    def number(self) -> EpuId:
        assert self.prepared.number is not None
        return self.prepared.number

    @property
    def request(self) -> RegisterRequest:
        return native.read(self.prepared.body, RegisterRequest)

    @property
    def commitment(self) -> str:
        """The commitment of the signed order."""
        return native.read(jws.payload_of(self.request.jws), SignedOrder).commitment

    @property
    def known(self) -> Known:
        """What somebody else might guess or learn."""
        patient = self.patient
        return Known(patient.first_name, patient.birth_date, patient.surname, self.number, self.nir)


class Practice(Struct, kw_only=True):
    """Who acts, and what was answered: `answers` are those that show a caller no prescription; `refused` counts them."""

    system: System
    doctor: Client
    pharmacy: Client
    other: Client
    office: Client
    session: HeldKey
    code_key: HeldKey
    bearers: dict[str, str]
    chance: random.Random
    secrets: Secrets = field(default_factory=lambda: Secrets(STEM))
    answers: list[bytes] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    # drawing ---------------------------------------------------------------------------------------------------------

    def mark(self) -> str:
        """Letters of its own."""
        return STEM + "".join(self.chance.choices("abcdefghijklmnoprstu", k=8))

    def person(self, index: int) -> Person:
        """A new patient, whose secrets are searched from now on."""
        chance = self.chance
        while (birth := f"19{chance.randint(1, 59):02}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}") in (
            self.secrets.births
        ):
            pass
        matricule = f"{chance.choice('12')}{birth[2:4]}{birth[5:7]}{chance.randint(10**7, 10**8 - 1)}"
        nir = NirKey(f"{matricule}{97 - int(matricule) % 97:02}")
        patient = Patient(
            surname=f"D’{self.mark().capitalize()}é",
            first_name=f"{self.mark().capitalize()}-Éloïse",
            used_surname=self.mark(),
            first_names=f"{self.mark()} Anaïs",
            sex=chance.choice(list(Sex)),
            birth_date=BirthDate(birth),
            ins=Ins(nir, InsOid("1.2.250.1.213.1.4.8"), InsStatus.QUALIFIED),
            address=f"12 rue {self.mark()}, 06 12 34 56 78 {self.mark()}",
        )
        prescription = self._prescription(patient)
        sign = self.session.sign_order if index % 5 == 0 else None
        prepared = prepare.registration(prescription, self.doctor.card, self.doctor.software, sign=sign)
        assert prepared.number is not None
        code = qr.write(prepare.code(prescription, prepared.number, self.code_key))
        made = Person(index=index, patient=patient, nir=nir, prescription=prescription, prepared=prepared, code=code)
        self.secrets.births.add(birth)
        self.secrets.matricules.add(matricule)
        self.secrets.numbers.add(str(prepared.number))
        self.secrets.digests |= {made.request.opening, made.commitment}
        return made

    def _prescription(self, patient: Patient) -> Prescription:
        lines = (
            MedicineLine(
                rank=1,
                label=f"AMOXICILLINE {self.mark()}",
                substances=(Substance(self.mark()),),
                dosage=f"1 gélule pour {self.mark()}",
                duration_days=7,
                quantity=boxes(3),
                note=f"vu avec {self.mark()}",
                instruction=self.mark(),
                prior_agreement=PriorAgreement(state=AgreementState.ASKED, reference=self.mark()),
            ),
            FreeTextLine(rank=2, text=f"Pansement à domicile chez {self.mark()}", quantity=boxes(2)),
        )
        return Prescription(
            patient=patient,
            place=self.doctor.card.place,
            family=Family.HEALTH_PRODUCTS,
            written_on=self.system.now().date(),
            opposed=False,
            lines=lines,
        )

    def under_another_number(self, person: Person) -> bytes:
        """The same act, signed for another number, which is a secret too."""
        number, request = EpuId.draw(secrets.choice), person.request
        self.secrets.numbers.add(str(number))
        order = native.read(jws.payload_of(request.jws), SignedOrder)
        committed = commitment.commit(number, request.identity, request.opening)
        signed = self.doctor.card.sign_order(native.write(msgspec.structs.replace(order, commitment=committed)))
        return native.write(msgspec.structs.replace(request, number=number, jws=signed))

    # acting ----------------------------------------------------------------------------------------------------------

    def send(self, client: Client, path: str, body: Any, *, keep: bool = True) -> int:
        """Post a body; the answer is kept to be searched, unless it shows its caller a prescription. The status."""
        written = body if isinstance(body, bytes) else native.write(body)
        answer = post(self.system, path, written, bearer=self.bearers[client.card.name])
        self.heard(answer, keep=keep, name=path)
        return answer.status_code

    def heard(self, answer: httpx2.Response, *, name: str, keep: bool = True) -> None:
        """Keep an answer, its headers with it."""
        if keep or answer.status_code >= 400:
            self.answers.append(str(answer.headers).encode() + answer.content)
        key = f"{name} {answer.status_code // 100}xx"
        self.counts[key] = self.counts.get(key, 0) + 1

    def live(self, person: Person) -> None:
        """All that happens to one patient's prescription; what happens depends on their place in the list."""
        i, number = person.index, person.number
        if i % 6 == 1:
            self.send(self.pharmacy, "/v1/consult", ConsultRequest(number=number, origin=Origin.PAPER, qr=person.code))
            early = self._execution(person, Given.ALREADY)
            self.send(self.pharmacy, "/v1/execute", ExecuteRequest(number=number, execution=early, qr=person.code))
        if i % 3 == 0:
            self._refused(person)
        assert self.send(self.doctor, "/v1/register", person.prepared.body) == 201
        if i % 4 == 0:
            assert self.send(self.doctor, "/v1/register", person.prepared.body) == 200
        asked = ConsultRequest(number=number, origin=Origin.MSSANTE, qr=person.code if i % 2 else None)
        assert self.send(self.pharmacy, "/v1/consult", asked, keep=False) == 200
        if i % 2 == 0:
            self._executed(person)
        if i % 5 in (1, 2):
            line = InvoicedLine(line=1, label=self.mark(), quantity=boxes(1))
            refer = self.mark()[:20]
            day = self.system.now().date()
            made = Invoice(act_id=uuid4(), number=refer, lot=self.mark()[:20], date=day, lines=(line,))
            assert self.send(self.pharmacy, "/v1/invoice", InvoiceRequest(number=number, invoice=made)) == 201
        amend(self, person, self._execution(person))
        if i % 7 == 0:
            stop = Cancellation(act_id=uuid4(), reason=CancelReason.PATIENT_REQUEST)
            cancel = CancelRequest(prescription=ByNumber(number), cancellation=stop)
            assert self.send(self.doctor, "/v1/cancel", cancel) == 201
            self.send(self.pharmacy, "/v1/execute", ExecuteRequest(number=number, execution=self._execution(person)))
        if i % 4 == 2:
            self._searched(person)
            self._opposed(person)
        self.send(self.doctor, "/v1/executions", {"prescription": {"by": "number", "number": number}}, keep=False)

    def _executed(self, person: Person) -> None:
        number, execution = person.number, self._execution(person)
        request = ExecuteRequest(number=number, execution=execution)
        assert self.send(self.pharmacy, "/v1/execute", request) == 201
        assert self.send(self.pharmacy, "/v1/execute", request) == 200
        far = msgspec.structs.replace(execution, act_id=uuid4(), identity_reason=None)
        stranger = msgspec.structs.replace(self._beneficiary(person), first_name=self.mark())
        wrong = msgspec.structs.replace(far, beneficiary=stranger)
        assert self.send(self.other, "/v1/execute", ExecuteRequest(number=number, execution=wrong)) >= 400
        paper = msgspec.structs.replace(
            far,
            given=Given.ALREADY,
            performed_at=self.system.now() - timedelta(minutes=1),
            beneficiary=None,
            lines=(Delivered(line=1, quantity=boxes(1)),),
            seen_on_paper=SeenOnPaper(stamp=self.mark()),
        )
        self.send(self.other, "/v1/execute", ExecuteRequest(number=number, execution=paper))

    def _opposed(self, person: Person) -> None:
        """The office opposes for the patient, is refused what it asks wrongly, and reads who did what."""
        patient = Subject(identity=Nir(person.nir, "self"), birth_date=person.patient.birth_date)
        purpose = Purpose(PurposeCode.PATIENT_REQUEST)
        request = OpposeRequest(opposition=Opposition(act_id=uuid4(), patient=patient, purpose=purpose))
        for status in (201, 200):
            assert self.send(self.office, "/v1/oppose", request) == status
        body = json.loads(native.write(request))
        asked = body["opposition"]
        for wrong in (
            body | {"nom": person.patient.surname},
            {"opposition": asked | {"purpose": {"code": self.mark()}}},
            {"opposition": asked | {"purpose": {"code": "patient-request", "reference": person.nir}}},
            {"opposition": asked | {"patient": {"identity": {"kind": "nir", "nir": person.nir + "1", "of": "self"}}}},
            {"opposition": asked | {"act_id": str(uuid4())}},
        ):
            assert self.send(self.office, "/v1/oppose", wrong) >= 400
        for about in (ByPatient(patient), ByNumber(person.number)):
            traces = TracesRequest(about=about, purpose=purpose)
            assert self.send(self.office, "/v1/traces", traces, keep=False) == 200

    def _searched(self, person: Person) -> None:
        """The care team searches for the patient, says why in its own words, and is refused what it asks wrongly."""
        who = self._beneficiary(person)
        assert not isinstance(who.identity, NoIdentity)
        sought = Sought(identity=who.identity, first_name=who.first_name, birth_date=who.birth_date)
        care = Care(relation=Relation.MEDICATION_REVIEW, purpose=SearchPurpose.PREVENTION, declaration=self.mark())
        assert self.send(self.other, "/v1/search", SearchRequest(patient=sought, care=care), keep=False) == 200
        treating = SearchRequest(patient=sought, care=Care(relation=Relation.TREATING_DOCTOR, purpose=care.purpose))
        for wrong in (treating, json.loads(native.write(treating)) | {"nom": person.patient.surname}):
            assert self.send(self.other, "/v1/search", wrong) >= 400

    def _beneficiary(self, person: Person) -> Beneficiary:
        identity = Nir(person.nir, "self") if person.index % 4 else person.patient.ins
        assert identity is not None
        return Beneficiary(
            identity=identity,
            surname=person.patient.surname,
            first_name=person.patient.first_name,
            birth_date=person.patient.birth_date,
        )

    def _execution(self, person: Person, given: Given = Given.NOW) -> Execution:
        return Execution(
            act_id=uuid4(),
            given=given,
            performed_at=self.system.now() - timedelta(minutes=2),
            lines=(
                Delivered(
                    line=1, quantity=boxes(1), product=self.mark(), ordonnancier=self.mark(), beyond_reason=self.mark()
                ),
                Withheld(line=2, reason=NotDelivered.HEALTH_REASON, detail=self.mark()),
                Handwritten(text=self.mark()),
            ),
            beneficiary=self._beneficiary(person),
            origin=Origin.PAPER,
            identity_reason=self.mark(),
            rule_reason=self.mark(),
        )

    # what is refused -------------------------------------------------------------------------------------------------

    def _refused(self, person: Person) -> None:
        """Bad requests with marks where none should be; each is refused, and none says what it held."""
        body, mark = json.loads(person.prepared.body), self.mark()
        number, identity = body["number"], body["identity"]
        mistyped = number[:-1] + ("B" if number[-1] != "B" else "C")
        wrong: list[tuple[Client, str, Any]] = [
            (self.doctor, "/v1/register", body | {"nom": person.patient.surname, mark: mark}),
            (self.doctor, "/v1/register", body | {"number": mistyped}),
            (self.doctor, "/v1/register", body | {"number": mark}),
            (self.doctor, "/v1/register", body | {"identity": identity | {"birth_date": identity["first_name"]}}),
            (self.doctor, "/v1/register", body | {"identity": identity | {"first_name": mark}}),
            (self.doctor, "/v1/register", body | {"identity": identity | {"first_name": mark + "\u202e"}}),
            (self.doctor, "/v1/register", body | {"opening": mark}),
            (self.doctor, "/v1/register", body | {"jws": f"{mark}.{mark}.{mark}"}),
            (self.doctor, "/v1/register", body | {"jws": body["jws"][:-40] + mark + "A" * 23}),
            (self.doctor, "/v1/register", body | {"number": EpuId.draw(secrets.choice)}),
            (self.doctor, "/v1/register", person.prepared.body[:-9]),
            (self.doctor, "/v1/register", person.prepared.body.decode().encode("utf-16")),
            (self.doctor, "/v1/register", person.prepared.body + b'{"' + mark.encode() + b'"'),
            (self.pharmacy, "/v1/register", person.prepared.body),
            (self.pharmacy, "/v1/consult", {"number": number, "origin": "paper"}),
            (self.pharmacy, "/v1/consult", {"number": number, "origin": mark}),
            (self.pharmacy, "/v1/consult", {"number": number, "origin": "paper", "qr": "NRX2" + mark.upper()}),
            (self.pharmacy, "/v1/consult", {"number": number, "origin": "paper", "qr": person.code[:-1] + "B"}),
            (self.pharmacy, "/v1/execute", {"number": number, "execution": {"act_id": mark, "nir": person.nir}}),
            (self.pharmacy, "/v1/execute", ExecuteRequest(number=person.number, execution=self._execution(person))),
            (self.doctor, "/v1/executions", {"prescription": {"by": "number", "number": number}}),
            (self.doctor, "/v1/executions", {"prescription": {"by": mark, "number": number}}),
            (self.doctor, "/v1/delegations", {"jws": f"{mark}.{mark}.{mark}"}),
        ]
        for client, path, content in wrong:
            assert self.send(client, path, content) >= 400, path
        self._at_wrong_doors(person, mark)

    def _at_wrong_doors(self, person: Person, mark: str) -> None:
        """Marks in addresses, headers, methods and forms."""
        url, signed = self.system.url, quote(person.patient.surname)
        authorised = {"Authorization": f"Bearer {mark}.{mark}.{person.number}"}
        form = {"grant_type": mark, "assertion": person.nir}
        jwt = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": f"{mark}.{mark}.{mark}"}
        wrong: list[tuple[str, str, dict[str, Any]]] = [
            ("GET", f"/v1/{signed}/{person.number}", {}),
            ("GET", f"/v1/keys/{signed}?numero={person.number}&nom={mark}", {}),
            (
                "GET",
                f"/v1/consult?n={person.number}",
                {"headers": {"Cookie": f"nom={mark}", "Referer": f"{url}/{mark}"}},
            ),
            ("POST", "/v1/consult", {"json": {"number": person.number}, "headers": authorised}),
            (mark.upper(), "/v1/consult", {}),
            ("POST", "/v1/token", {"data": form}),
            ("POST", "/v1/token", {"data": jwt}),
        ]
        for method, path, more in wrong:
            try:
                answer = _HTTP.request(method, url + path, **more)
            except httpx2.TransportError:
                assert method == mark.upper()  # what is no HTTP may be cut short
                continue
            assert answer.status_code >= 400
            self.heard(answer, name="wrong door")


def open_practice(system: System, stack: Any, chance: random.Random) -> Practice:
    """Workstations, tokens and delegated keys; the tokens are secrets too."""
    names = ("dr-martin", "pharmacie-centre", "pharmacie-gare", "agent-caisse")
    doctor, pharmacy, other, office = (stack.enter_context(system.client(name)) for name in names)
    bearers = {client.card.name: token(client, system) for client in (doctor, pharmacy, other, office)}
    keys = HeldKeys(system.home / "postes" / "keys")
    made = []
    for use in (KeyUse.ORDER, KeyUse.QR):
        held = keys.make(doctor.card, use, system.now())
        body = native.write(DelegateRequest(held.delegation))
        assert post(system, "/v1/delegations", body, bearer=bearers[doctor.card.name]).status_code == 201
        made.append(held)
    practice = Practice(
        system=system,
        doctor=doctor,
        pharmacy=pharmacy,
        other=other,
        office=office,
        session=made[0],
        code_key=made[1],
        bearers=bearers,
        chance=chance,
    )
    # A token is three parts; what signs it is in the last, and the service keeps none of them.
    practice.secrets.literals += [bearer.encode() for bearer in bearers.values()]
    practice.secrets.literals += [bearer.rsplit(".")[-1].encode() for bearer in bearers.values()]
    return practice


def at_once(work: Callable[[Person], None], people: list[Person], workers: int = 4) -> None:
    """Do this for each of these people, some at once; the first failure is raised."""
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, people))
