"""The chapters on breadth and paper: one consultation in several sheets, an invoice, an outage, a code verified alone."""

import tempfile
from pathlib import Path
from uuid import UUID, uuid4

from ordonum.cli.story import DURAND, NIR, Telling, left
from ordonum.client import Client, Unconfirmed
from ordonum.client.published import PublishedKeys
from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Profession
from ordonum.model.acts import Execution, Given, Origin
from ordonum.model.beneficiary import Beneficiary, Nir
from ordonum.model.care import NursingLine, PhysiotherapyLine
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.model.lines import Family, FreeTextLine, Frequency, Period, Quantity, Unit
from ordonum.model.outcomes import Delivered
from ordonum.model.prescription import Consultation, Sheet
from ordonum.model.products import MedicineLine, Substance
from ordonum.wire import qr, scan

NOWHERE = "http://127.0.0.1:9"
MEDICINE = MedicineLine(
    rank=1,
    label="ÉNOXAPARINE 4000 UI, seringue préremplie",
    substances=(Substance("énoxaparine sodique", "4000 UI"),),
    dosage="1 injection sous-cutanée par jour",
    quantity=Quantity(2, Unit.BOXES),
)
VISITS = NursingLine(
    rank=1,
    label="Injection sous-cutanée d'énoxaparine",
    frequency=Frequency(times=1, period=Period.DAY),
    duration_days=10,
    at_home=True,
    sundays_holidays=True,
)
KNEE = PhysiotherapyLine(rank=1, label="Rééducation du genou droit après prothèse", at_home=True)
X_RAY = FreeTextLine(rank=1, text="Radiographie du genou droit, face et profil, à six semaines")


def several_sheets(t: Telling) -> None:
    """One consultation, four families, as many readers."""

    def register() -> str:
        day = t.system.now().astimezone(zone_of(t.doctor.card.place)).date()
        consultation = Consultation(
            patient=DURAND,
            place=t.doctor.card.place,
            written_on=day,
            opposed=False,
            sheets=(
                Sheet(family=Family.HEALTH_PRODUCTS, lines=(MEDICINE,)),
                Sheet(family=Family.NURSING, lines=(VISITS,)),
                Sheet(family=Family.PHYSIOTHERAPY, lines=(KNEE,)),
                Sheet(family=Family.OTHER, addressed_to=Profession.RADIOGRAPHER, lines=(X_RAY,)),
            ),
        )
        acts = [t.doctor.prescribe(each).act_id for each in consultation.prescriptions()]
        t.kept["sheets"] = [t.scanned(act) for act in acts]
        t.kept["first sheet"] = acts[0]
        return f"{len(acts)} feuilles, {len(set(t.kept['sheets']))} numéros"

    def read(card: str, sheet: int) -> str:
        with t.system.client(card) as client:
            return left(client, t.kept["sheets"][sheet])

    t.step("Une consultation, quatre familles, un geste", "4 feuilles, 4 numéros", register)
    t.step(
        "L'infirmière lit ses passages : un par jour pendant dix jours",
        "1: 10 séances",
        lambda: left(t.nurse, t.kept["sheets"][1]),
    )
    t.step("Le kinésithérapeute ne lit pas les médicaments", "refus not-your-family", lambda: read("kine-bernard", 0))
    t.step(
        "Le manipulateur lit la radiographie, qui lui est adressée",
        "1: 1 exécution",
        lambda: read("manipulateur-perez", 3),
    )
    t.step("Nul autre ne la lit", "refus not-your-family", lambda: left(t.centre, t.kept["sheets"][3]))


def invoice_and_code(t: Telling) -> None:
    """An invoice justified without a scan; a code verified with the service out of reach."""

    def bill() -> str:
        number = t.kept["sheets"][0]
        done = t.deliver(t.centre, number, DURAND, (1, 2, Unit.BOXES))
        invoice = Invoice(
            act_id=uuid4(),
            execution=done.act_id,
            number="000123456",
            lot="042",
            date=t.system.now().date(),
            lines=(
                InvoicedLine(line=1, quantity=Quantity(2, Unit.BOXES)),
                InvoicedLine(line=None, label="Thermomètre"),
            ),
        )
        told = t.centre.attach_invoice(number, invoice).justification
        return ", ".join(each.reason.value for each in told)

    def verify() -> str:
        keys = PublishedKeys(t.system.home / "published-keys")
        keys.sync(t.system.url, t.system.now())
        return keys.verdict(scan.find_code(t.doctor.sheet(t.kept["first sheet"]))).proof.value

    t.step(
        "La pharmacie délivre et facture : une ligne justifiée, une qui ne l'est pas",
        "justified, no-prescription-line",
        bill,
    )
    t.step("Le QR code se vérifie sans le service", "proven", verify)


def outage(t: Telling) -> None:
    """The service is out of the doctor's reach: the sheet leaves, is delivered, and its registration arrives last."""
    # longer than 40 lines because a chapter is read in one go

    def print_alone() -> str:
        with Client(
            NOWHERE,
            t.doctor.card,
            home=t.system.home / "postes" / "dr-martin",
            trust=t.system.authority.trust,
            now=t.system.now,
        ) as cut:
            try:
                t.doctor_writes(cut, MEDICINE)
            except Unconfirmed as lost:
                t.kept["late"] = UUID(lost.act_id)
                with tempfile.TemporaryDirectory() as folder:
                    sheet = Path(folder) / "feuille.pdf"
                    sheet.write_bytes(cut.sheet(t.kept["late"]))
                    t.kept["late code"] = scan.find_code(sheet.read_bytes())
                return "feuille remise, non enregistrée"
        return "enregistrée"

    def consult() -> str:
        code = t.kept["late code"]
        t.centre.consult(code.content.number, Origin.PAPER, scanned=qr.write(code))
        return "lue"

    def deliver() -> str:
        code = t.kept["late code"]
        done = Execution(
            act_id=uuid4(),
            given=Given.ALREADY,
            performed_at=t.system.now(),
            lines=(Delivered(line=1, quantity=Quantity(1, Unit.BOXES)),),
            beneficiary=Beneficiary(
                identity=Nir(NIR, "self"),
                surname=DURAND.surname,
                first_name=DURAND.first_name,
                birth_date=DURAND.birth_date,
            ),
        )
        kept = t.centre.execute(code.content.number, done, scanned=qr.write(code))
        return "gardée d'après le papier" if kept.acknowledgement.early else "enregistrée"

    def arrive() -> str:
        t.doctor.resend(t.doctor.outbox.get(t.kept["late"]))
        return left(t.gare, t.kept["late code"].content.number)

    t.step("Le service est hors d'atteinte du cabinet", "feuille remise, non enregistrée", print_alone)
    t.step("La pharmacie lit un code authentique, pas encore enregistré", "refus not-yet-registered", consult)
    t.step("Elle délivre une boîte d'après le papier et le déclare", "gardée d'après le papier", deliver)
    t.step("L'enregistrement arrive ; le reste le sait déjà", "1: 1 boîte", arrive)


CHAPTERS = (
    ("Une consultation, plusieurs feuilles", several_sheets),
    ("La facture, et le QR code seul", invoice_and_code),
    ("La panne : l'acte arrive avant l'enregistrement", outage),
)
