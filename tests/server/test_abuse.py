"""What somebody with a card and bad intentions tries on early acts, delegated keys, places and invoices."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx2
import msgspec
import pytest

from factories import a_beneficiary, a_medicine, a_prescription, an_execution, boxes
from ordonum.cli.system import System
from ordonum.client import Card, Client, Declined, prepare
from ordonum.client.keys import HeldKeys
from ordonum.model.actors import Establishment, Profession
from ordonum.model.acts import ByOwnAct, ExecuteRequest, InvoiceRequest, Origin, RegisterRequest
from ordonum.model.care import BiologyLine
from ordonum.model.delegation import DelegateRequest, Delegation, KeyUse
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.model.lines import Family, Quantity, Unit
from ordonum.model.number import EpuId
from ordonum.model.outcomes import Delivered
from ordonum.model.prescription import SignedOrder
from ordonum.model.refusals import Refusal
from ordonum.model.state import Status
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.sandbox import people
from ordonum.server.usecases.delegate import LIVE_MAX
from ordonum.server.usecases.scanned import authentic_code
from ordonum.server.worker.revocations import receive
from ordonum.wire import jws, native, qr
from raw import ask_token, assert_problem, post, token
from sheet_on_paper import Sheet, already


@pytest.fixture
def keys(tmp_path: Path) -> HeldKeys:
    return HeldKeys(tmp_path / "keys")


@pytest.fixture
def stranger(system: System) -> Iterator[Client]:
    """Another doctor."""
    with system.client("dr-leroy") as client:
        yield client


def _own_code_for(system: System, client: Client, number: EpuId, keys: HeldKeys, sheet: Sheet) -> str:
    """A code that this doctor's own key signs, over somebody else's number."""
    held = keys.make(client.card, KeyUse.QR, system.now())
    body = native.write(DelegateRequest(held.delegation))
    assert post(system, "/v1/delegations", body, bearer=token(client, system)).status_code == 201
    content = msgspec.structs.replace(qr.read(sheet.code).content, rpps=client.card.professional.rpps)
    assert content.number == number
    return qr.write(held.sign_qr(content))


def test_a_doctor_who_knows_a_number_stops_nobody_elses_cancellation(
    system: System, doctor: Client, stranger: Client, keys: HeldKeys, tmp_path: Path
) -> None:
    sheet = Sheet(system, doctor, a_prescription(), keys)
    mine = _own_code_for(system, stranger, sheet.number, HeldKeys(tmp_path / "other"), sheet)
    assert sheet.cancel(stranger, code=mine).status_code == 201  # kept, and counts for nothing
    assert sheet.cancel(doctor).status_code == 201
    other = Sheet(system, doctor, a_prescription(), keys)
    theirs = _own_code_for(system, stranger, other.number, HeldKeys(tmp_path / "third"), other)
    assert other.cancel(stranger, code=theirs).status_code == 201
    other.register()
    assert other.cancel(doctor).status_code == 201


def test_an_execution_by_a_code_of_another_prescriber_joins_nothing(
    system: System, doctor: Client, stranger: Client, pharmacy: Client, keys: HeldKeys, tmp_path: Path
) -> None:
    sheet = Sheet(system, doctor, a_prescription(), keys)
    code = _own_code_for(system, stranger, sheet.number, HeldKeys(tmp_path / "other"), sheet)
    assert sheet.execute(pharmacy, already(system), code=code).status_code == 201
    sheet.register()
    assert pharmacy.consult(sheet.number, Origin.PAPER).view.executions == ()


def test_a_card_that_prescribes_nothing_delegates_no_key(system: System, pharmacy: Client, keys: HeldKeys) -> None:
    signed = keys.make(pharmacy.card, KeyUse.QR, system.now()).delegation
    answer = post(system, "/v1/delegations", native.write(DelegateRequest(signed)), bearer=token(pharmacy, system))
    assert "ne prescrit pas" in assert_problem(answer, "bad-delegation")["detail"]


def test_nobody_buries_a_prescription_under_early_acts(
    system: System, doctor: Client, pharmacy: Client, other_pharmacy: Client, keys: HeldKeys
) -> None:
    sheet = Sheet(system, doctor, a_prescription(), keys)
    for _ in range(6):
        assert sheet.execute(pharmacy, already(system)).status_code == 201
    assert_problem(sheet.execute(pharmacy, already(system)), "too-many-early")
    assert sheet.execute(other_pharmacy, already(system)).status_code == 201
    sheet.register()
    assert sheet.execute(pharmacy, already(system)).status_code == 201


def test_a_cancellation_that_came_early_is_told_and_marked(
    system: System, doctor: Client, pharmacy: Client, keys: HeldKeys
) -> None:
    sheet = Sheet(system, doctor, a_prescription(), keys)
    assert sheet.cancel(doctor).status_code == 201
    assert "perdue ou volée" in assert_problem(sheet.consult(pharmacy), "cancelled")["detail"]
    kept = sheet.execute(pharmacy, already(system))
    assert kept.status_code == 201
    assert "annulé cette ordonnance" in kept.json()["notices"][0]
    sheet.register()
    assert pharmacy.consult(sheet.number, Origin.PAPER).view.executions[0].in_conflict == ("cancelled",)


def test_an_early_execution_for_another_patient_is_marked(
    system: System, doctor: Client, pharmacy: Client, keys: HeldKeys
) -> None:
    sheet = Sheet(system, doctor, a_prescription(), keys)
    execution = msgspec.structs.replace(
        already(system), beneficiary=a_beneficiary(first_name="Jean", birth_date="1950-01-01")
    )
    assert sheet.execute(pharmacy, execution).status_code == 201
    sheet.register()
    assert pharmacy.consult(sheet.number, Origin.PAPER).view.executions[0].in_conflict == ("identity-differs",)


def test_the_prescriber_of_a_sheet_not_registered_yet_is_told_of_no_execution(
    system: System, doctor: Client, pharmacy: Client, keys: HeldKeys
) -> None:
    sheet = Sheet(system, doctor, a_prescription(opposed=True), keys)
    assert sheet.execute(pharmacy, already(system)).status_code == 201
    assert "gardée" not in assert_problem(sheet.consult(doctor), "not-yet-registered")["detail"]
    assert "gardée" in assert_problem(sheet.consult(pharmacy), "not-yet-registered")["detail"]


@pytest.mark.parametrize("secured", [False, True])
def test_what_left_the_counter_in_the_lines_own_unit_counts_whatever_it_is_said_to_cover(
    doctor: Client, pharmacy: Client, secured: bool
) -> None:
    done = doctor.prescribe(a_prescription(lines=(a_medicine(quantity=boxes(2), secured=secured),)))
    assert done.number is not None
    hidden = Delivered(line=1, quantity=Quantity(50, Unit.BOXES), covers=1)
    with pytest.raises(Declined) as raised:
        pharmacy.execute(done.number, an_execution(hidden))
    assert raised.value.refusal in (Refusal.MORE_THAN_LEFT, Refusal.SECURED_MORE_THAN_LEFT)


def test_an_employee_or_a_structure_is_never_inside_somebody_elses_place(system: System) -> None:
    for name in ("structure-ehpad", "preparatrice-lemoine"):
        with system.client(name) as client:
            home = Establishment(finess=client.card.place.finess, name="x") if client.card.place.finess else None
            assert home is not None
            signed = prepare.assertion(
                client.card,
                system.card("pharmacie-gare").place,
                client.software,
                audience=f"{system.url}/v1/token",
                now=int(system.now().timestamp()),
                inside=home,
            )
            assert_problem(ask_token(system, signed), "not-of-this-site")


def test_a_key_signs_nothing_written_after_its_end(own_system: System, tmp_path: Path) -> None:
    with own_system.client("dr-martin") as doctor:
        held = HeldKeys(tmp_path / "keys").make(doctor.card, KeyUse.ORDER, own_system.now())
        body = native.write(DelegateRequest(held.delegation))
        assert post(own_system, "/v1/delegations", body, bearer=token(doctor, own_system)).status_code == 201
        own_system.shift += timedelta(days=25)
        written = own_system.now().date()
        prepared = prepare.registration(
            a_prescription(written_on=written), doctor.card, doctor.software, sign=held.sign_order
        )
        answer = post(own_system, "/v1/register", prepared.body, bearer=token(doctor, own_system))
        assert_problem(answer, "certificate-expired")


def test_the_delegation_of_an_order_is_the_one_that_was_registered(
    system: System, doctor: Client, keys: HeldKeys
) -> None:
    held = keys.make(doctor.card, KeyUse.ORDER, system.now())
    body = native.write(DelegateRequest(held.delegation))
    assert post(system, "/v1/delegations", body, bearer=token(doctor, system)).status_code == 201
    longer = msgspec.structs.replace(
        native.read(jws.payload_of(held.delegation), Delegation), exp=int(held.until.timestamp()) + 10 * 365 * 86400
    )
    other = msgspec.structs.replace(held, delegation=doctor.card.sign_delegation(native.write(longer)))
    prepared = prepare.registration(a_prescription(), doctor.card, doctor.software, sign=other.sign_order)
    assert native.read(jws.payload_of(native.read(prepared.body, RegisterRequest).jws), SignedOrder)
    answer = post(system, "/v1/register", prepared.body, bearer=token(doctor, system))
    assert_problem(answer, "key-not-delegated")


def test_what_was_cancelled_after_all_stays_what_it_is(system: System, doctor: Client) -> None:
    done = doctor.prescribe(a_prescription())
    doctor.cancel(ByOwnAct(done.act_id), Cancellation(act_id=uuid4(), reason=CancelReason.DEATH))
    with pytest.raises(Declined) as raised:
        doctor.cancel(ByOwnAct(done.act_id), Cancellation(act_id=uuid4(), reason=CancelReason.DEATH))
    assert raised.value.refusal is Refusal.ALREADY_CANCELLED
    assert doctor.executions(ByOwnAct(done.act_id)).status is Status.CANCELLED


def test_a_revoked_issuer_ends_the_keys_that_its_cards_delegated(own_system: System, tmp_path: Path) -> None:
    with own_system.client("dr-martin") as doctor:
        sheet = Sheet(own_system, doctor, a_prescription(), HeldKeys(tmp_path / "keys"))
        held = sheet.code
        assert own_system.context is not None
        assert own_system.loop is not None

        def proves() -> bool:
            asked = authentic_code(own_system.context, sheet.number, held)  # type: ignore[arg-type]  # it is running
            done = asyncio.run_coroutine_threadsafe(asked, own_system.loop).result(10)  # type: ignore[arg-type]  # idem
            return done is not None

        assert proves()
        own_system.authority.revoke_issuer()
        receiving = receive(own_system.context, own_system.authority.revocation_list)
        asyncio.run_coroutine_threadsafe(receiving, own_system.loop).result(10)
        assert not proves()


def _invoice(system: System, client: Client, number: EpuId) -> httpx2.Response:
    made = Invoice(
        act_id=uuid4(), number="1", lot="1", date=system.now().date(), lines=(InvoicedLine(line=1, quantity=None),)
    )
    body = native.write(InvoiceRequest(number=number, invoice=made))
    return post(system, "/v1/invoice", body, bearer=token(client, system))


def test_an_invoice_tells_a_prescriber_nothing_that_opposition_hides(system: System, tmp_path: Path) -> None:
    who = people.professional(94, "LABO", "Marc", Profession.DOCTOR, specialty="SM03")
    card = Card(system.authority.issue("dr-labo-2", who, people.cabinet(94, "Cabinet Labo")))
    with Client(system.url, card, home=tmp_path, trust=system.authority.trust) as doctor:
        blood = (BiologyLine(rank=1, label="Numération formule sanguine"),)
        written = a_prescription(opposed=True, lines=blood, family=Family.BIOLOGY, place=card.place)
        number = doctor.prescribe(written).number
        assert number is not None
        assert_problem(_invoice(system, doctor, number), "patient-opposed")


def test_who_stands_in_the_establishment_neither_reads_nor_bills_what_was_made_there(
    system: System, doctor: Client, pharmacy: Client
) -> None:
    place = pharmacy.card.place
    assert place.finess is not None
    home = Establishment(finess=place.finess, name="Établissement d'essai")
    number = doctor.prescribe(msgspec.structs.replace(a_prescription(), establishment=home)).number
    assert number is not None
    with pytest.raises(Declined) as raised:
        pharmacy.consult(number, Origin.PAPER)
    assert raised.value.refusal is Refusal.MADE_AND_EXECUTED_INSIDE
    assert_problem(_invoice(system, pharmacy, number), "made-and-executed-inside")


def test_a_card_delegates_a_bounded_number_of_keys(own_system: System, tmp_path: Path) -> None:
    with own_system.client("dr-martin") as doctor:
        keys, bearer = HeldKeys(tmp_path / "keys"), token(doctor, own_system)
        made = [keys.make(doctor.card, KeyUse.QR, own_system.now()).delegation for _ in range(LIVE_MAX + 1)]
        answers = [
            post(own_system, "/v1/delegations", native.write(DelegateRequest(each)), bearer=bearer) for each in made
        ]
        assert [each.status_code for each in answers[:LIVE_MAX]] == [201] * LIVE_MAX
        assert_problem(answers[LIVE_MAX], "bad-delegation")


def test_a_flow_of_early_acts_does_not_hold_the_registration_up(
    system: System, doctor: Client, pharmacy: Client, keys: HeldKeys
) -> None:
    sheet = Sheet(system, doctor, a_prescription(), keys)
    bearers = [token(pharmacy, system) for _ in range(8)]

    def flood(bearer: str) -> None:
        for _ in range(10):
            body = native.write(ExecuteRequest(number=sheet.number, execution=already(system), qr=sheet.code))
            post(system, "/v1/execute", body, bearer=bearer)

    with ThreadPoolExecutor(8) as pool:
        running = [pool.submit(flood, bearer) for bearer in bearers]
        sheet.register()
        for each in running:
            each.result(60)
    assert pharmacy.consult(sheet.number, Origin.PAPER).view.registered
