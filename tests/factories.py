"""Values that are right by default; a test names only what it is about."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from ordonum.knowledge.conditions import CONDITIONS
from ordonum.knowledge.rules import RULES
from ordonum.model.actors import Actor, Place, Profession, Professional, Software
from ordonum.model.acts import Execution, Given
from ordonum.model.beneficiary import Beneficiary, Ins, InsStatus, Nir, NoIdentity
from ordonum.model.identifiers import BirthDate, CommitmentHex, InsOid, NirKey
from ordonum.model.kept import Executed, Registered
from ordonum.model.legal import deadlines
from ordonum.model.lines import Family, FreeTextLine, Quantity, Unit
from ordonum.model.outcomes import Delivered, Withheld
from ordonum.model.prescription import Line, Patient, Prescription, Sex, SignedOrder
from ordonum.model.products import MedicineLine, Substance
from ordonum.model.standing import Standing, standing
from ordonum.model.state import State
from ordonum.sandbox import people

NIR = NirKey("279035121518989")  # public test value of the CI-SIS samples
NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 16)
PLACE = people.cabinet(1, "Cabinet du docteur Martin")
DOCTOR = people.professional(1, "MARTIN", "Claire", Profession.DOCTOR)
PHARMACIST = people.professional(3, "PETIT", "Nadia", Profession.PHARMACIST)
PHARMACY = people.pharmacy(1, "Pharmacie du Centre")
ONE_BOX, TWO_BOXES = Quantity(1, Unit.BOXES), Quantity(2, Unit.BOXES)
SOFTWARE = Software("logiciel d'essai", "1.0")


def boxes(value: int) -> Quantity:
    return Quantity(value, Unit.BOXES)


def a_medicine(
    rank: int = 1,
    *,
    quantity: Quantity | None = TWO_BOXES,
    duration_days: int | None = 7,
    renewals: int = 0,
    secured: bool = False,
    label: str = "AMOXICILLINE 500 mg, gélule",
) -> MedicineLine:
    return MedicineLine(
        rank=rank,
        label=label,
        substances=(Substance("amoxicilline"),),
        dosage="1 gélule matin et soir",
        duration_days=duration_days,
        quantity=quantity,
        renewals=renewals,
        secured=secured,
    )


def a_text(
    rank: int = 1, *, quantity: Quantity | None = None, text: str = "Pansement simple", renewals: int = 0
) -> FreeTextLine:
    return FreeTextLine(rank=rank, text=text, quantity=quantity, renewals=renewals)


def a_patient(*, surname: str = "DURAND", first_name: str = "Éloïse", birth_date: str = "1979-03-14") -> Patient:
    return Patient(
        surname=surname,
        first_name=first_name,
        sex=Sex.FEMALE,
        birth_date=BirthDate(birth_date),
        ins=Ins(NIR, InsOid("1.2.250.1.213.1.4.10"), InsStatus.QUALIFIED),
        address="Lyon",
    )


def a_prescription(
    *,
    lines: tuple[Line, ...] = (a_medicine(),),
    family: Family = Family.HEALTH_PRODUCTS,
    opposed: bool = False,
    written_on: date | None = None,
    patient: Patient | None = None,
    place: Place = PLACE,
) -> Prescription:
    return Prescription(
        patient=patient or a_patient(),
        place=place,
        family=family,
        written_on=written_on or datetime.now(UTC).date(),
        opposed=opposed,
        lines=lines,
    )


def a_beneficiary(
    *, identity: Nir | Ins | NoIdentity | None = None, first_name: str = "Éloïse", birth_date: str = "1979-03-14"
) -> Beneficiary:
    return Beneficiary(
        identity=identity or Nir(NIR, "self"), surname="DURAND", first_name=first_name, birth_date=BirthDate(birth_date)
    )


def delivered(line: int = 1, quantity: Quantity | None = ONE_BOX, *, beyond: str | None = None) -> Delivered:
    return Delivered(line=line, quantity=quantity, product="AMOXICILLINE GENERIQUE 500 mg", beyond_reason=beyond)


def an_execution(
    *lines: Delivered | Withheld,
    given: Given = Given.NOW,
    performed_at: datetime | None = None,
    beneficiary: Beneficiary | None = None,
    act_id: UUID | None = None,
    identity_reason: str | None = None,
) -> Execution:
    chosen = lines or (delivered(),)
    delivers = any(isinstance(each, Delivered) for each in chosen)
    return Execution(
        act_id=act_id or uuid4(),
        given=given,
        performed_at=performed_at or datetime.now(UTC),
        lines=chosen,
        beneficiary=(beneficiary or a_beneficiary()) if delivers else None,
        identity_reason=identity_reason,
    )


def an_actor(who: Professional = PHARMACIST, place: Place = PHARMACY) -> Actor:
    return Actor(who, place, SOFTWARE)


def an_order(
    *lines: Line, family: Family = Family.HEALTH_PRODUCTS, written_on: date = MONDAY, opposed: bool = False
) -> SignedOrder:
    return SignedOrder(
        v=1,
        act_id=uuid4(),
        family=family,
        prescriber=DOCTOR,
        place=PLACE,
        software=SOFTWARE,
        written_on=written_on,
        opposed=opposed,
        lines=lines or (a_medicine(),),
        commitment=CommitmentHex("0" * 64),
    )


def registered(*lines: Line, **order: object) -> Registered:
    made = an_order(*lines, **order)  # type: ignore[arg-type]  # the keywords of an_order
    return Registered(made.act_id, NOON, made)


def executed(*lines: Delivered | Withheld, at: datetime = NOON, given: Given = Given.NOW) -> Executed:
    return Executed(
        act_id=uuid4(), recorded_at=at, by=an_actor(), given=given, performed_at=at, lines=lines or (delivered(),)
    )


def stood(found: State, day: date = MONDAY) -> Standing:
    """Where it stands in Paris on that day, by the rules that we ship."""
    zone = ZoneInfo("Europe/Paris")
    return standing(found, deadlines(found, RULES, day, conditions=CONDITIONS, zone=zone), day, zone)
