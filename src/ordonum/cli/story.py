"""The story that the demo plays: three prescriptions from the doctor's file to the doctor's screen, and the refusals."""

from collections.abc import Callable
from datetime import timedelta
from secrets import choice
from typing import Any
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from ordonum.cli.system import System
from ordonum.client import Client, ClientError, Declined
from ordonum.client.outbox import Kept
from ordonum.knowledge.timezones import zone_of
from ordonum.model.acts import ByNumber, ByOwnAct, Execution, Given, Origin, RegisterRequest
from ordonum.model.beneficiary import Beneficiary, Ins, InsStatus, Nir
from ordonum.model.identifiers import BirthDate, InsOid, NirKey
from ordonum.model.lines import Family, FreeTextLine, Quantity, Unit
from ordonum.model.number import EpuId
from ordonum.model.outcomes import Delivered
from ordonum.model.prescription import Line, Patient, Prescription, Sex
from ordonum.model.products import MedicineLine, Substance
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.texts import french
from ordonum.wire import jws, native, scan

NIR = NirKey("279035121518989")  # public test value
DURAND = Patient(
    surname="DURAND",
    first_name="Éloïse",
    sex=Sex.FEMALE,
    birth_date=BirthDate("1979-03-14"),
    ins=Ins(NIR, InsOid("1.2.250.1.213.1.4.10"), InsStatus.QUALIFIED),
)
NGUYEN = Patient(surname="NGUYEN", first_name="Marc", sex=Sex.MALE, birth_date=BirthDate("1961-08-02"))
LAMBERT = Patient(surname="LAMBERT", first_name="Rose", sex=Sex.FEMALE, birth_date=BirthDate("1938-12-30"))


class Step(Struct, frozen=True):
    """A step of the story: what was expected, what came."""

    name: str
    expected: str
    got: str
    ok: bool


class Telling:
    """The story under way."""

    def __init__(self, system: System, tell: Callable[[Step], None]) -> None:
        self.system = system
        self._tell = tell
        self.doctor = system.client("dr-martin")
        self.centre = system.client("pharmacie-centre")
        self.gare = system.client("pharmacie-gare")
        self.nurse = system.client("infirmiere-diallo")
        self.kept: dict[str, Any] = {}

    def step(self, name: str, expected: str, play: Callable[[], str]) -> None:
        """Play a step; it is right when what comes is what was expected."""
        try:
            got = play()
        except Declined as declined:
            got = f"refus {declined.problem.code}"
        except ClientError as error:
            got = f"{type(error).__name__} : {error}"
        self._tell(Step(name, expected, got, got == expected))

    def prescribe(self, patient: Patient, family: Family, lines: tuple[Line, ...], *, opposed: bool = False) -> UUID:
        """The doctor registers a prescription written today."""
        return self.doctor.prescribe(self._written(patient, family, lines, opposed=opposed)).act_id

    def doctor_writes(self, client: Client, line: Line) -> None:
        """Mme Durand's prescription of one line, from this workstation."""
        client.prescribe(self._written(DURAND, Family.HEALTH_PRODUCTS, (line,), opposed=False))

    def _written(self, patient: Patient, family: Family, lines: tuple[Line, ...], *, opposed: bool) -> Prescription:
        return Prescription(
            patient=patient,
            place=self.doctor.card.place,
            family=family,
            written_on=self.system.now().astimezone(zone_of(self.doctor.card.place)).date(),
            opposed=opposed,
            lines=lines,
        )

    def scanned(self, act_id: UUID) -> EpuId:
        """The number, as a reader sees it on the rasterised sheet."""
        return scan.find_code(self.doctor.sheet(act_id)).content.number

    def deliver(self, client: Client, number: EpuId, patient: Patient, *given: tuple[int, int, Unit]) -> Execution:
        """An executant records what leaves the counter now."""
        execution = Execution(
            act_id=uuid4(),
            given=Given.NOW,
            performed_at=self.system.now(),
            lines=tuple(
                Delivered(line=line, quantity=Quantity(value, unit), product=f"produit de la ligne {line}")
                for line, value, unit in given
            ),
            beneficiary=Beneficiary(
                identity=Nir(NIR, "self"),
                surname=patient.surname,
                first_name=patient.first_name,
                birth_date=patient.birth_date,
            ),
        )
        client.execute(number, execution)
        return execution


def left(client: Client, number: EpuId) -> str:
    """What the base says is left, line by line."""
    found = client.consult(number, Origin.PAPER)
    return ", ".join(f"{each.line}: {french.counted(each.left or 0, each.unit)}" for each in found.view.remainders)


def first_prescription(t: Telling) -> None:
    """Two medicines, delivered in two pharmacies over a week, read back by the doctor."""
    # longer than 40 lines because a chapter is read in one go
    amoxicilline = MedicineLine(
        rank=1,
        label="AMOXICILLINE 500 mg, gélule",
        substances=(Substance("amoxicilline"),),
        dosage="1 gélule matin, midi et soir",
        duration_days=7,
        quantity=Quantity(2, Unit.BOXES),
    )
    paracetamol = MedicineLine(
        rank=2,
        label="PARACÉTAMOL 1 g, comprimé",
        substances=(Substance("paracétamol"),),
        dosage="1 comprimé si douleur, au plus 3 par jour",
        quantity=Quantity(3, Unit.BOXES),
    )

    def register() -> str:
        t.kept["first"] = t.prescribe(DURAND, Family.HEALTH_PRODUCTS, (amoxicilline, paracetamol))
        return "enregistrée"

    def sent_bytes() -> str:
        body = t.doctor.outbox.get(t.kept["first"]).body
        shown = body + _payload(t.doctor.outbox.get(t.kept["first"]))
        return "ni nom, ni INS" if DURAND.surname not in shown and NIR[:13] not in shown else "fuite"

    def scan_sheet() -> str:
        t.kept["number"] = t.scanned(t.kept["first"])
        same = t.kept["number"] == t.doctor.outbox.get(t.kept["first"]).number
        return "le numéro" if same else "autre chose"

    def replay() -> str:
        t.kept["delivery"] = t.deliver(t.centre, t.kept["number"], DURAND, (1, 2, Unit.BOXES), (2, 1, Unit.BOXES))
        first = t.centre.outbox.get(t.kept["delivery"].act_id)
        again = t.centre.resend(first)
        same = t.centre.outbox.get(t.kept["delivery"].act_id).answer == first.answer
        return "même réponse, octet pour octet" if again.replayed and same else "autre réponse"

    t.step("Le docteur Martin enregistre l'ordonnance de Mme Durand", "enregistrée", register)
    t.step("Ce qui est parti au service ne nomme pas la patiente", "ni nom, ni INS", sent_bytes)
    t.step("La pharmacie du Centre lit le QR code de la feuille imprimée", "le numéro", scan_sheet)
    t.step(
        "Elle consulte : signature, accusé et engagement vérifiés",
        "1: 2 boîtes, 2: 3 boîtes",
        lambda: left(t.centre, t.kept["number"]),
    )
    t.step("Elle délivre une partie ; réponse perdue, elle renvoie", "même réponse, octet pour octet", replay)
    t.step("Le reste, d'après la base", "1: 0 boîte, 2: 2 boîtes", lambda: left(t.centre, t.kept["number"]))
    t.system.shift += timedelta(days=7)
    t.step("Une semaine après, la pharmacie de la Gare délivre le reste", "délivré", lambda: _rest(t))
    t.step(
        "La pharmacie du Centre arrive trop tard pour la dernière boîte", "refus more-than-left", lambda: _rest(t, 1)
    )
    t.step("Le docteur Martin relit ce qui a été délivré", "exécutée, 2 délivrances", lambda: _read_back(t, "first"))


def opposed_patient(t: Telling) -> None:
    """A patient who is opposed to being read back."""
    line = MedicineLine(
        rank=1,
        label="METFORMINE 1000 mg, comprimé",
        substances=(Substance("metformine"),),
        dosage="1 comprimé matin et soir",
        duration_days=30,
        quantity=Quantity(2, Unit.BOXES),
        renewals=2,
    )

    def register() -> str:
        t.kept["opposed"] = t.prescribe(NGUYEN, Family.HEALTH_PRODUCTS, (line,), opposed=True)
        t.kept["number"] = t.scanned(t.kept["opposed"])
        return left(t.gare, t.kept["number"])

    def deliver() -> str:
        t.deliver(t.gare, t.kept["number"], NGUYEN, (1, 2, Unit.BOXES))
        return left(t.gare, t.kept["number"])

    t.step("M. Nguyen s'oppose à la relecture ; 2 boîtes à renouveler 2 fois", "1: 6 boîtes", register)
    t.step("La pharmacie de la Gare délivre le premier mois", "1: 4 boîtes", deliver)
    t.step("Le docteur Martin veut relire", "refus patient-opposed", lambda: _read_back(t, "opposed"))


def nursing(t: Telling) -> None:
    """Nursing care, then a cancellation."""
    # longer than 40 lines because a chapter is read in one go
    line = FreeTextLine(
        rank=1,
        text="Pansement simple de la jambe droite, à domicile",
        dosage="un jour sur deux, dimanche et jours fériés compris",
        quantity=Quantity(10, Unit.SESSIONS),
    )

    def register() -> str:
        t.kept["nursing"] = t.prescribe(LAMBERT, Family.NURSING, (line,))
        t.kept["number"] = t.scanned(t.kept["nursing"])
        return "enregistrée"

    def visit() -> str:
        t.deliver(t.nurse, t.kept["number"], LAMBERT, (1, 1, Unit.SESSIONS))
        return left(t.nurse, t.kept["number"])

    def cancel() -> str:
        reason = CancelReason.CHANGE_OF_REGIME
        t.doctor.cancel(ByOwnAct(t.kept["nursing"]), Cancellation(act_id=uuid4(), reason=reason))
        return "annulée"

    def stopped() -> str:
        return t.nurse.consult(t.kept["number"], Origin.PAPER).view.status.label

    t.step("Soins infirmiers pour Mme Lambert : 10 séances", "enregistrée", register)
    t.step("Une pharmacie n'a pas à la lire", "refus not-your-family", lambda: left(t.centre, t.kept["number"]))
    t.step("L'infirmière fait la première séance", "1: 9 séances", visit)
    t.step("Le docteur annule le reste, sans le numéro", "annulée", cancel)
    t.step("L'infirmière le voit", "annulée", stopped)
    t.step("Et ne peut plus exécuter", "refus cancelled", visit)


def refusals(t: Telling) -> None:
    """What must be refused, and is told why."""

    def unknown() -> str:
        return left(t.centre, _other_number())

    def altered() -> str:
        kept = t.doctor.outbox.get(t.kept["first"])
        request = native.read(kept.body.encode(), RegisterRequest)
        header, payload, signature = request.jws.split(".")
        forged = msgspec.structs.replace(request, jws=".".join((header, payload, _altered(signature))))
        body = native.write(msgspec.structs.replace(forged, number=_other_number()))
        forged_act = msgspec.structs.replace(kept, act_id=uuid4(), body=body.decode(), answer=None)
        t.doctor.resend(forged_act)
        return "enregistrée"

    def somebody_else() -> str:
        with t.system.client("dr-leroy") as other:
            return other.executions(ByNumber(t.scanned(t.kept["first"]))).status.label

    t.step("Un numéro que personne n'a enregistré", "refus unknown-number", unknown)
    t.step("Une ordonnance dont la signature a été modifiée", "refus signature-invalid", altered)
    t.step("Un autre médecin veut relire l'ordonnance", "refus not-your-prescription", somebody_else)


def _rest(t: Telling, boxes: int = 2) -> str:
    client = t.gare if boxes == 2 else t.centre  # the rest is two boxes
    t.deliver(client, t.kept["number"], DURAND, (2, boxes, Unit.BOXES))
    return "délivré"


def _read_back(t: Telling, which: str) -> str:
    view = t.doctor.executions(ByOwnAct(t.kept[which]))
    return f"{view.status.label}, {len(view.executions)} délivrances"


def _payload(kept: Kept) -> str:
    return jws.payload_of(native.read(kept.body.encode(), RegisterRequest).jws).decode()


def _altered(signature: str) -> str:
    return ("A" if signature[0] != "A" else "B") + signature[1:]


def _other_number() -> EpuId:
    return EpuId.draw(choice)


STORY: tuple[tuple[str, Callable[[Telling], None]], ...] = (
    ("Mme Durand : deux médicaments, deux pharmacies, une semaine", first_prescription),
    ("M. Nguyen : opposé à la relecture", opposed_patient),
    ("Mme Lambert : soins infirmiers, puis annulation", nursing),
    ("Ce qui est refusé", refusals),
)
