"""Every family and kind of line: what it must say, what it may not, how it is counted, who reads it."""

from typing import Any

import msgspec
import pytest

from factories import PHARMACY, SOFTWARE, a_patient, an_actor, an_order, registered
from ordonum.knowledge.rights import caller_label, may_call, may_execute
from ordonum.model.actors import Actor, Employee, EmployeeRole, Establishment, Profession, Structure
from ordonum.model.care import (
    BiologyLine,
    Correction,
    NursingLine,
    OpticalEquipment,
    OpticsLine,
    PhysiotherapyLine,
    PodiatryAct,
    PodiatryLine,
    SpeechTherapyLine,
    TherapyAct,
)
from ordonum.model.decisions import check_consultation
from ordonum.model.identifiers import EmployeeId, Malformed, NirKey, StructureId
from ordonum.model.lines import Family, FreeTextLine, Frequency, Period, Quantity, Unit
from ordonum.model.measure import allowed, counted_unit
from ordonum.model.prescription import Consultation, Line, Measures, Sheet, numbered
from ordonum.model.products import DeviceLine, Ingredient, MedicineLine, PreparationLine, Substance, Supply
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.registration import check_scope
from ordonum.model.state import state
from ordonum.sandbox import people

MEDICINE = MedicineLine(
    rank=1, label="X", substances=(Substance("x"),), dosage="1 par jour", quantity=Quantity(1, Unit.BOXES)
)
BY_FAMILY: dict[Family, Line] = {
    Family.HEALTH_PRODUCTS: MEDICINE,
    Family.BIOLOGY: BiologyLine(rank=1, label="Numération formule sanguine"),
    Family.NURSING: NursingLine(rank=1, label="Pansement"),
    Family.PHYSIOTHERAPY: PhysiotherapyLine(rank=1, label="Rééducation du genou"),
    Family.SPEECH_THERAPY: SpeechTherapyLine(rank=1, act=TherapyAct.ASSESSMENT, label="langage oral"),
    Family.PODIATRY: PodiatryLine(rank=1, act=PodiatryAct.SOLES),
    Family.OPTICS: OpticsLine(rank=1, equipment=OpticalEquipment.GLASSES_FAR, right=Correction(sphere="-2.25")),
    Family.OTHER: FreeTextLine(rank=1, text="Radiographie du thorax"),
}


@pytest.mark.parametrize("family", BY_FAMILY)
def test_each_kind_of_line_stands_in_its_family_and_in_no_other(family: Family) -> None:
    line = BY_FAMILY[family]
    to = Profession.RADIOGRAPHER if family is Family.OTHER else None
    Sheet(family=family, addressed_to=to, lines=(line,))
    if isinstance(line, FreeTextLine):
        return
    other = Family.NURSING if family is not Family.NURSING else Family.BIOLOGY
    with pytest.raises(ValueError, match="line-outside-its-family"):
        Sheet(family=other, lines=(line,))


def test_a_prescription_without_a_family_names_its_reader_and_the_others_do_not() -> None:
    free = FreeTextLine(rank=1, text="Radiographie")
    for family, to in ((Family.OTHER, None), (Family.NURSING, Profession.NURSE)):
        with pytest.raises(ValueError, match="addressed-to-goes-with-other"):
            Sheet(family=family, addressed_to=to, lines=(free,))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (DeviceLine(rank=1, label="Fauteuil roulant", supply=Supply.RENTED), "rental-wants-its-duration"),
        (
            PreparationLine(
                rank=1, label="Crème", formula=(Ingredient("excipient", "qsp 50 g", active=False),), dosage="1"
            ),
            "active-substance-wanted",
        ),
        (MedicineLine(rank=1, label="X", substances=(Substance("x"),), dosage="1"), "duration-or-quantity-wanted"),
    ],
)
def test_a_line_says_all_that_its_kind_must(line: Line, code: str) -> None:
    with pytest.raises(ValueError, match=code):
        Sheet(family=Family.HEALTH_PRODUCTS, lines=(line,))


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: Correction(sphere="-2.00", cylinder="-0.50"), "cylinder-with-axis"),
        (lambda: Correction(sphere="-2.00", axis=90), "cylinder-with-axis"),
        (lambda: Correction(sphere="-2.00", prism="2.00"), "prism-with-base"),
        (lambda: OpticsLine(rank=1, equipment=OpticalEquipment.GLASSES_FAR), "one-eye-at-least"),
        (lambda: Measures(), "weight-or-height"),
    ],
)
def test_what_goes_together_is_said_together(made: Any, code: str) -> None:
    with pytest.raises(ValueError, match=code):
        made()


def test_only_health_products_are_secured() -> None:
    with pytest.raises(ValueError, match="secured-is-for-health-products"):
        Sheet(family=Family.NURSING, lines=(NursingLine(rank=1, label="Injection", secured=True),))


@pytest.mark.parametrize(
    ("line", "unit", "total"),
    [
        (
            NursingLine(rank=1, label="x", frequency=Frequency(times=2, period=Period.DAY), duration_days=10),
            Unit.SESSIONS,
            20,
        ),
        (
            NursingLine(rank=1, label="x", frequency=Frequency(times=1, every=2, period=Period.DAY), duration_days=11),
            Unit.SESSIONS,
            6,
        ),
        (
            NursingLine(rank=1, label="x", frequency=Frequency(times=3, period=Period.WEEK), duration_days=30),
            Unit.SESSIONS,
            13,
        ),
        (NursingLine(rank=1, label="x", duration_days=10), Unit.DAYS, 10),
        (BiologyLine(rank=1, label="INR", frequency=Frequency(times=1, period=Period.WEEK), duration_days=28), None, 4),
        (BiologyLine(rank=1, label="NFS"), None, 1),
        (PhysiotherapyLine(rank=1, label="x"), None, None),
        (SpeechTherapyLine(rank=1, act=TherapyAct.ASSESSMENT, label="x"), None, 1),
        (SpeechTherapyLine(rank=1, act=TherapyAct.ASSESSMENT_THEN_THERAPY, label="x"), None, None),
        (PodiatryLine(rank=1, act=PodiatryAct.SOLES), None, 1),
        (PodiatryLine(rank=1, act=PodiatryAct.CARE, label="x"), None, None),
        (NursingLine(rank=1, label="x"), None, None),
        (PhysiotherapyLine(rank=1, label="x", quantity=Quantity(15, Unit.SESSIONS)), Unit.SESSIONS, 15),
        (DeviceLine(rank=1, label="Lit", supply=Supply.RENTED, duration_days=28, renewals=2), Unit.DAYS, 84),
        (DeviceLine(rank=1, label="Bas", quantity=Quantity(2, Unit.PAIRS)), Unit.PAIRS, 2),
    ],
)
def test_each_kind_is_counted_in_its_own_unit(line: Line, unit: Unit | None, total: int | None) -> None:
    assert (counted_unit(line), allowed(line)) == (unit, total)


def test_a_consultation_makes_one_prescription_a_family() -> None:
    sheets = tuple(
        Sheet(family=family, addressed_to=Profession.RADIOGRAPHER if family is Family.OTHER else None, lines=(line,))
        for family, line in BY_FAMILY.items()
    )
    made = Consultation(
        patient=a_patient(), place=PHARMACY, written_on=registered().order.written_on, opposed=True, sheets=sheets
    ).prescriptions()
    assert [each.family for each in made] == list(BY_FAMILY)
    assert all(each.opposed for each in made)


def test_lines_may_be_numbered_by_the_software() -> None:
    assert [each.rank for each in numbered((MEDICINE, MEDICINE, MEDICINE))] == [1, 2, 3]


def test_transport_and_what_is_executed_inside_are_out_of_the_circuit() -> None:
    home = Establishment(finess=people.finess(77), name="EHPAD", executed_inside=True)
    for family, inside, refusal in (
        (Family.TRANSPORT, None, Refusal.TRANSPORT_OUT_OF_SCOPE),
        (Family.NURSING, home, Refusal.MADE_AND_EXECUTED_INSIDE),
    ):
        with pytest.raises(Refused) as raised:
            check_scope(family, inside)
        assert raised.value.refusal is refusal
    check_scope(Family.NURSING, msgspec.structs.replace(home, executed_inside=False))


def _consult(actor: Actor, **order: Any) -> None:
    made = msgspec.structs.replace(an_order(), **order)
    found = state([msgspec.structs.replace(registered(), order=made)])
    assert found is not None
    check_consultation(actor, found, may_execute(actor))


def _actor(profession: Profession) -> Actor:
    return an_actor(people.professional(40, "X", "Y", profession))


def test_what_has_no_family_is_read_by_the_profession_it_is_addressed_to_alone() -> None:
    imaging = {
        "family": Family.OTHER,
        "addressed_to": Profession.RADIOGRAPHER,
        "lines": (FreeTextLine(rank=1, text="Radiographie"),),
    }
    _consult(_actor(Profession.RADIOGRAPHER), **imaging)
    for profession in set(Profession) - {Profession.RADIOGRAPHER}:
        with pytest.raises(Refused):
            _consult(_actor(profession), **imaging)


def test_an_executant_of_the_establishment_itself_reads_nothing_of_it() -> None:
    home = Establishment(finess=PHARMACY.finess, name="Hôpital") if PHARMACY.finess else None
    with pytest.raises(Refused) as raised:
        _consult(an_actor(), establishment=home)
    assert raised.value.refusal is Refusal.MADE_AND_EXECUTED_INSIDE


def test_an_employee_executes_under_somebody_and_a_secretary_or_a_structure_only_sends() -> None:
    def employee(role: EmployeeRole) -> Actor:
        return Actor(Employee(EmployeeId("30B0168811/CPET00001"), "X", "Y", role), PHARMACY, SOFTWARE)

    assistant, secretary = employee(EmployeeRole.PHARMACY_ASSISTANT), employee(EmployeeRole.SECRETARY)
    structure = Actor(Structure(StructureId("1750512345"), "Pharmacie"), PHARMACY, SOFTWARE)
    assert may_execute(assistant) == {Family.HEALTH_PRODUCTS}
    assert may_execute(secretary) == may_execute(structure) == frozenset()
    assert [may_call(each, "consult") for each in (assistant, secretary, structure, an_actor())] == [
        True,
        False,
        False,
        True,
    ]
    assert all(may_call(each, "register") for each in (secretary, structure))
    assert not may_call(assistant, "register")
    assert not may_call(structure, "cancel")
    assert caller_label(secretary) == "secrétaire assistante médico-administrative"


@pytest.mark.parametrize("text", ["30B0168811/CPET00001", "5" + "73282932000074" + "/12"])
def test_the_structure_of_an_employee_is_in_their_number(text: str) -> None:
    assert EmployeeId(text).structure[1:] == text.split("/")[0][1:]


@pytest.mark.parametrize("text", ["1750512302", "2750512345", "499700366241006", "1", ""])
def test_a_structure_whose_published_key_does_not_hold_is_none(text: str) -> None:
    with pytest.raises(Malformed):
        StructureId(text)


def test_a_number_of_anonymous_billing_is_known_as_such() -> None:
    from stdnum.fr import nir

    body = "2555555751042"
    assert NirKey(body + nir.calc_check_digits(body)).is_fictitious
    assert not NirKey("279035121518989").is_fictitious
