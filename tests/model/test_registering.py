"""Registering: who may send what was signed, from where, what, and until when."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from factories import DOCTOR, NOON, PHARMACY, PLACE, SOFTWARE, a_medicine, a_prescription, an_actor, an_order
from ordonum.model.actors import Actor, Employee, EmployeeRole, Establishment, Structure
from ordonum.model.facts import RegisterFacts
from ordonum.model.identifiers import CommitmentHex, EmployeeId, StructureId
from ordonum.model.lines import Family
from ordonum.model.prescription import Measures, SignedOrder, split
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.registration import check_registration
from ordonum.sandbox import people

PARIS = ZoneInfo("Europe/Paris")
HOME = Establishment(finess=people.finess(77), name="EHPAD")
SECRETARY = Employee(EmployeeId(f"3{people.finess(1)}/CPET00001"), "X", "Y", EmployeeRole.SECRETARY)


def _refusal(order: SignedOrder | None = None, **changes: object) -> Refusal | None:
    facts = RegisterFacts(
        actor=an_actor(DOCTOR, PLACE),
        signer=DOCTOR,
        may_prescribe=frozenset(Family),
        commitment_opens=True,
        taken=False,
        now=NOON,
        zone=PARIS,
    )
    try:
        check_registration(order or an_order(), msgspec.structs.replace(facts, **changes))
    except Refused as refused:
        return refused.refusal
    return None


def test_the_people_and_the_software_of_the_place_send_what_was_signed_there() -> None:
    structure = Structure(StructureId(f"1{people.finess(1)}"), "Cabinet")
    for who in (SECRETARY, structure):
        assert _refusal(actor=Actor(who, PLACE, SOFTWARE)) is None
        assert _refusal(actor=Actor(who, PHARMACY, SOFTWARE)) is Refusal.SIGNER_NOT_CALLER
    assert _refusal(actor=an_actor(people.professional(2, "X", "Y", DOCTOR.profession), PLACE)) is (
        Refusal.SIGNER_NOT_CALLER
    )


def test_the_order_is_written_where_its_sender_stands() -> None:
    assert _refusal(actor=an_actor(DOCTOR, PHARMACY)) is Refusal.PLACE_DIFFERS
    inside = msgspec.structs.replace(an_order(), establishment=HOME)
    assert _refusal(inside) is Refusal.PLACE_DIFFERS
    assert _refusal(actor=Actor(DOCTOR, PLACE, SOFTWARE, HOME)) is Refusal.PLACE_DIFFERS
    assert _refusal(inside, actor=Actor(DOCTOR, PLACE, SOFTWARE, HOME)) is None
    other = msgspec.structs.replace(HOME, finess=people.finess(78))
    assert _refusal(inside, actor=Actor(DOCTOR, PLACE, SOFTWARE, other)) is Refusal.PLACE_DIFFERS


def test_what_the_circuit_does_not_carry_is_said_before_the_place() -> None:
    executed_inside = msgspec.structs.replace(HOME, executed_inside=True)
    order = msgspec.structs.replace(an_order(), establishment=executed_inside)
    assert _refusal(order) is Refusal.MADE_AND_EXECUTED_INSIDE


def test_a_secured_line_needs_the_right_to_secure() -> None:
    secured = an_order(a_medicine(1), a_medicine(2, secured=True))
    assert _refusal(secured) is None
    assert _refusal(secured, may_secure=False) is Refusal.NOT_ENTITLED_SECURED
    assert _refusal(may_secure=False) is None


def test_an_order_written_after_the_end_of_its_key_is_refused_on_the_days_of_its_place() -> None:
    late_evening = datetime(2026, 11, 15, 23, 30, tzinfo=UTC)  # the 16th in Paris
    assert _refusal(signed_until=late_evening) is None
    assert _refusal(signed_until=late_evening - timedelta(hours=1)) is Refusal.CERTIFICATE_EXPIRED


@pytest.mark.parametrize(
    ("signed_at", "refusal"),
    [
        (datetime(2026, 11, 15, 22, 54, tzinfo=UTC), Refusal.WRITTEN_IN_FUTURE),
        (datetime(2026, 11, 15, 22, 55, tzinfo=UTC), None),
    ],
)
def test_a_clock_may_be_five_minutes_ahead(signed_at: datetime, refusal: Refusal | None) -> None:
    assert _refusal(now=signed_at) is refusal


def test_what_is_signed_says_all_but_who_the_patient_is() -> None:
    whole = msgspec.structs.replace(
        a_prescription(written_on=date(2026, 11, 16), opposed=True),
        establishment=HOME,
        replaced=people.professional(2, "X", "Y", DOCTOR.profession),
        measures=Measures(weight_g=70_000),
        accident_on=date(2026, 11, 1),
    )
    made = an_order()
    order, identity = split(
        whole, act_id=made.act_id, prescriber=DOCTOR, software=SOFTWARE, commitment=CommitmentHex("0" * 64)
    )
    for name in ("family", "place", "establishment", "replaced", "written_on", "opposed", "measures", "accident_on"):
        assert getattr(order, name) == getattr(whole, name), name
    assert (order.lines, order.prescriber, order.software, order.v) == (whole.lines, DOCTOR, SOFTWARE, 1)
    assert (identity.first_name, identity.birth_date) == (whole.patient.first_name, whole.patient.birth_date)
    assert "Éloïse" not in repr(identity)


def test_nobody_replaces_themselves() -> None:
    with pytest.raises(ValueError, match="replaces-oneself"):
        msgspec.structs.replace(an_order(), replaced=DOCTOR)


@pytest.mark.parametrize(("year", "accepted"), [(2019, False), (2020, True), (2200, True), (2201, False)])
def test_an_order_is_of_our_times(year: int, accepted: bool) -> None:
    for made in (an_order, a_prescription):
        if accepted:
            made(written_on=date(year, 6, 1))
            continue
        with pytest.raises(ValueError, match="date-out-of-range"):
            made(written_on=date(year, 6, 1))
