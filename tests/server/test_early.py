"""Acts that arrive before the registration: kept with an authentic QR code, judged when the registration arrives."""

from pathlib import Path

import pytest

from factories import a_medicine, a_patient, a_prescription, an_execution, boxes, delivered
from ordonum.cli.system import System
from ordonum.client import Client
from ordonum.client.keys import HeldKeys
from ordonum.model.acts import Origin
from ordonum.model.delegation import KeyUse
from ordonum.model.lines import Family
from ordonum.model.prescription import Line
from ordonum.model.state import LineStatus, Status
from ordonum.wire import qr
from raw import assert_problem
from sheet_on_paper import Sheet, already


@pytest.fixture
def keys(tmp_path: Path) -> HeldKeys:
    return HeldKeys(tmp_path / "keys")


def _sheet(
    system: System, doctor: Client, keys: HeldKeys, *lines: Line, family: Family = Family.HEALTH_PRODUCTS
) -> Sheet:
    return Sheet(system, doctor, a_prescription(lines=lines or (a_medicine(quantity=boxes(3)),), family=family), keys)


def test_what_happened_on_paper_is_kept_and_joins_the_state_when_the_registration_arrives(
    system: System, doctor: Client, pharmacy: Client, other_pharmacy: Client, keys: HeldKeys
) -> None:
    sheet = _sheet(system, doctor, keys)
    kept = sheet.execute(pharmacy, already(system, delivered(1, boxes(2))))
    assert kept.status_code == 201, kept.text
    assert "Gardé d'après le papier" in kept.json()["notices"][0]
    told = assert_problem(sheet.consult(other_pharmacy), "not-yet-registered")
    assert "1 exécution d'après le papier déjà gardée" in told["detail"]
    sheet.register()
    view = other_pharmacy.consult(sheet.number, Origin.PAPER).view
    assert [each.left for each in view.remainders] == [1]
    assert (view.executions[0].early, view.executions[0].in_conflict) == (True, ())


def test_a_repeat_of_an_early_act_gets_its_answer_again_even_after_the_registration(
    system: System, doctor: Client, pharmacy: Client, keys: HeldKeys
) -> None:
    sheet = _sheet(system, doctor, keys)
    execution = already(system, delivered(1, boxes(1)))
    first = sheet.execute(pharmacy, execution)
    sheet.register()
    again = sheet.execute(pharmacy, execution)
    assert (again.status_code, again.headers["Replayed"], again.content) == (200, "true", first.content)


@pytest.mark.parametrize("code", [None])
def test_without_the_code_or_asked_for_now_it_is_a_miss(
    system: System, doctor: Client, pharmacy: Client, keys: HeldKeys, code: None
) -> None:
    sheet = _sheet(system, doctor, keys)
    assert_problem(sheet.execute(pharmacy, already(system), code=code), "unknown-number")
    assert_problem(sheet.consult(pharmacy, code=None), "unknown-number")
    now = an_execution(performed_at=system.now())
    assert_problem(sheet.execute(pharmacy, now), "not-yet-registered")


def test_a_code_of_another_number_is_refused_and_a_forged_one_proves_nothing(
    system: System, doctor: Client, pharmacy: Client, keys: HeldKeys
) -> None:
    sheet, other = _sheet(system, doctor, keys), _sheet(system, doctor, keys)
    assert_problem(sheet.execute(pharmacy, already(system), code=other.code), "qr-differs")
    forged = qr.read(sheet.code)
    text = qr.write(qr.SignedQr(forged.content, bytes([forged.signature[0] ^ 1]) + forged.signature[1:]))
    assert_problem(sheet.execute(pharmacy, already(system), code=text), "unknown-number")
    assert_problem(sheet.consult(pharmacy, code="NRX2ABC"), "qr-differs")


def test_a_code_whose_key_the_service_never_received_proves_nothing(
    system: System, pharmacy: Client, tmp_path: Path
) -> None:
    with system.client("dr-leroy") as doctor:
        keys = HeldKeys(tmp_path / "unregistered")
        keys.make(doctor.card, KeyUse.QR, system.now())
        sheet = Sheet(system, doctor, a_prescription(place=doctor.card.place), keys)
        assert_problem(sheet.execute(pharmacy, already(system)), "unknown-number")


def test_what_a_rule_would_have_refused_is_marked_once_the_order_is_there(
    system: System, doctor: Client, pharmacy: Client, keys: HeldKeys
) -> None:
    sheet = _sheet(system, doctor, keys, a_medicine(quantity=boxes(1)), a_medicine(2, secured=True, quantity=boxes(1)))
    lines = (delivered(1, boxes(4)), delivered(2, boxes(1)), delivered(3, boxes(1)))
    assert sheet.execute(pharmacy, already(system, *lines)).status_code == 201
    sheet.register()
    view = pharmacy.consult(sheet.number, Origin.PAPER).view
    assert set(view.executions[0].in_conflict) == {"more-than-left", "secured-unregistered", "unknown-line"}
    assert [each.beyond for each in view.remainders] == [3, 0]


def test_an_early_execution_by_another_profession_joins_nothing(
    system: System, doctor: Client, pharmacy: Client, nurse: Client, keys: HeldKeys
) -> None:
    sheet = _sheet(system, doctor, keys)
    assert sheet.execute(nurse, already(system, delivered(1, boxes(3)))).status_code == 201
    sheet.register()
    view = pharmacy.consult(sheet.number, Origin.PAPER).view
    assert view.executions == ()
    assert view.remainders[0].status is LineStatus.TO_DELIVER


def test_the_prescriber_alone_stops_a_sheet_before_its_registration(
    system: System, doctor: Client, pharmacy: Client, keys: HeldKeys
) -> None:
    sheet = _sheet(system, doctor, keys)
    with system.client("dr-leroy") as stranger:
        assert_problem(sheet.cancel(stranger), "not-your-prescription")
    assert_problem(sheet.cancel(doctor, code=None), "not-registered")
    assert sheet.cancel(doctor).status_code == 201
    assert_problem(sheet.cancel(doctor), "already-cancelled")
    sheet.register()
    assert pharmacy.consult(sheet.number, Origin.PAPER).view.status is Status.CANCELLED


def test_a_sheet_cancelled_early_is_marked_on_what_was_delivered_meanwhile_and_refuses_the_rest(
    system: System, doctor: Client, pharmacy: Client, keys: HeldKeys
) -> None:
    sheet = _sheet(system, doctor, keys)
    assert sheet.cancel(doctor).status_code == 201
    sheet.register()
    assert_problem(sheet.execute(pharmacy, an_execution(performed_at=system.now())), "cancelled")


def test_the_identity_kept_early_is_sealed_as_any_other(
    system: System, doctor: Client, pharmacy: Client, keys: HeldKeys
) -> None:
    patient = a_patient(surname="ZZEARLY")
    sheet = Sheet(system, doctor, a_prescription(patient=patient), keys)
    assert sheet.execute(pharmacy, already(system)).status_code == 201
    assert system.context is not None
    assert b"ZZEARLY" not in sheet.prepared.body
