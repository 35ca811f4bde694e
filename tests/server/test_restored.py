"""A service put back to an earlier state takes back what it acknowledged, as it was, whoever sends first; and nothing else."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest

from factories import a_medicine, a_prescription, an_execution, boxes, delivered
from ordonum.cli.system import System
from ordonum.client import Client, Sent, Unconfirmed
from ordonum.model.acts import ByNumber, ByOwnAct, CancelRequest, ExecuteRequest, Given, Origin, Receipt
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.model.number import EpuId
from ordonum.model.restoration import KEPT
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.wire import native
from raw import assert_problem, post, token
from restoring import put_back, recorded

STOP = CancelReason.PATIENT_REQUEST


def _prescribed(client: Client, boxes_of: int = 3) -> EpuId:
    number = client.prescribe(a_prescription(lines=(a_medicine(quantity=boxes(boxes_of)),))).number
    assert number is not None
    return number


def _codes(sent: tuple[Sent, ...]) -> list[str]:
    """What became of each: recorded again, there already, or the code of what stopped it."""
    assert all(each.restored is not None for each in sent)
    return [
        each.error.problem.code  # type: ignore[union-attr]  # what is not acknowledged here was declined
        if each.acknowledged is None
        else "there"
        if each.acknowledged.replayed
        else "again"
        for each in sent
    ]


def _invoice(system: System) -> Invoice:
    lines = (InvoicedLine(line=1, quantity=boxes(1)),)
    return Invoice(act_id=uuid4(), number="000123456", lot="042", date=system.now().date(), lines=lines)


def test_every_acknowledged_act_comes_back_as_it_was_in_whatever_order_workstations_wake(own_system: System) -> None:
    system = own_system
    with system.client("dr-martin") as doctor, system.client("pharmacie-centre") as pharmacy:
        before = _prescribed(doctor)
        start = system.now()
        pharmacy.execute(before, an_execution(performed_at=system.now()))
        by_card = _prescribed(doctor)
        doctor.open_session()
        by_session = _prescribed(doctor)
        stopped = doctor.prescribe(a_prescription())
        assert stopped.number is not None
        pharmacy.execute(by_card, an_execution(performed_at=system.now()))
        pharmacy.execute(by_session, an_execution(delivered(1, boxes(2)), performed_at=system.now()))
        pharmacy.attach_invoice(by_session, _invoice(system))
        pharmacy.execute(stopped.number, an_execution(performed_at=system.now()))
        doctor.cancel(ByOwnAct(stopped.act_id), Cancellation(act_id=uuid4(), reason=STOP))
        was, seen = recorded(system), pharmacy.consult(by_session, Origin.PAPER)
        system.shift += timedelta(days=3)  # «now» is over, and so is the session
        put_back(system, start)
        assert len(recorded(system)) == 1

        assert _codes(pharmacy.send_pending()) == ["again", *["not-restored-yet"] * 4]
        assert _codes(doctor.send_pending()) == ["again"] * 4  # the cancellation before the execution that it followed
        assert _codes(pharmacy.send_pending()) == ["again"] * 4
        assert recorded(system) == was
        assert (doctor.send_pending(), pharmacy.send_pending()) == ((), ())

        again = pharmacy.consult(by_session, Origin.PAPER)
        assert again.acknowledgement.recorded_at == seen.acknowledgement.recorded_at
        assert (again.view.remainders, again.order) == (seen.view.remainders, seen.order)
        executions = doctor.executions(ByNumber(stopped.number)).executions
        assert [each.in_conflict for each in executions] == [()]


def test_what_came_before_its_registration_comes_back_too(own_system: System, tmp_path: Path) -> None:
    system = own_system
    with system.client("dr-martin") as doctor, system.client("pharmacie-centre") as pharmacy:
        start = system.now()
        _prescribed(doctor)  # registers the key that signs the codes
        home, trust = system.home / "postes" / "dr-martin", system.authority.trust
        dead = "http://127.0.0.1:9"
        with (
            Client(dead, doctor.card, home=home, trust=trust, now=system.now) as cut_off,
            pytest.raises(Unconfirmed) as lost,
        ):
            _prescribed(cut_off)
        late = doctor.outbox.get(_id(lost.value.act_id))
        assert late.number is not None
        done = an_execution(given=Given.ALREADY, performed_at=system.now())
        pharmacy.execute(late.number, done, scanned=late.code)
        was = recorded(system)
        put_back(system, start)
        assert _codes(pharmacy.send_pending()) == ["not-restored-yet"]  # the key of its code is not back
        with system.client("dr-martin") as other:
            assert [each.restored is not None for each in other.send_pending()] == [True, False]
        assert _codes(pharmacy.send_pending()) == ["again"]
        assert {*was, str(late.act_id)} == {*recorded(system)}
        view = pharmacy.consult(late.number, Origin.PAPER).view
        assert (view.remainders[0].left, view.executions[0].early) == (2, True)
        assert {key: recorded(system)[key] for key in was} == was


def _id(text: str | None) -> UUID:
    assert text is not None
    return UUID(text)


def test_a_session_opened_since_the_backup_goes_on(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor:
        start = own_system.now()
        doctor.open_session()
        _prescribed(doctor)
        put_back(own_system, start)
        doctor.send_pending()
        assert doctor.prescribe(a_prescription()).acknowledgement.late is False


def test_health_and_tokens_tell_the_restoration_for_thirty_five_days(own_system: System) -> None:
    url = f"{own_system.url}/health"
    assert httpx2.get(url).json()["restored_to"] is None
    start = own_system.now() - timedelta(hours=2)
    put_back(own_system, start)
    told = httpx2.get(url).json()
    assert told["restored_to"] == native.moment(start)
    own_system.shift += KEPT + timedelta(minutes=1)
    assert httpx2.get(url).json()["restored_to"] is None


def _resend(system: System, client: Client, number: EpuId, body: bytes, proof: str) -> httpx2.Response:
    return post(system, "/v1/execute", body, bearer=token(client, system), Acknowledged=proof)


def test_a_proof_is_of_this_very_act_and_of_this_very_prescription(own_system: System) -> None:
    system = own_system
    with system.client("dr-martin") as doctor, system.client("pharmacie-centre") as pharmacy:
        one, other = _prescribed(doctor), _prescribed(doctor)
        start = system.now()
        done = an_execution(performed_at=system.now())
        act_id = pharmacy.execute(one, done).act_id
        first = native.read_own((pharmacy.outbox.get(act_id).answer or "").encode(), Receipt)
        proof = f"{first.acknowledgement} {first.salt}"
        put_back(system, start)
        body = native.write(ExecuteRequest(number=other, execution=done))
        assert_problem(_resend(system, pharmacy, other, body, proof), "acknowledges-another")
        changed = native.write(ExecuteRequest(number=one, execution=an_execution(act_id=act_id)))
        assert_problem(_resend(system, pharmacy, one, changed, proof), "acknowledges-another")
        for false in ("", "a.b.c", f"{first.acknowledgement} {'0' * 64}", f"{first.acknowledgement} zz", "x x"):
            whole = native.write(ExecuteRequest(number=one, execution=done))
            assert_problem(_resend(system, pharmacy, one, whole, false), "acknowledges-another")
        own = native.write(ExecuteRequest(number=one, execution=done))
        with system.client("infirmiere-diallo") as nurse:
            assert_problem(_resend(system, nurse, one, own, proof), "not-your-family")
        assert _resend(system, pharmacy, one, own, proof).status_code == 201
        assert _resend(system, pharmacy, one, own, proof).headers["Replayed"] == "true"


def test_a_proof_brings_back_nothing_that_no_restoration_lost(own_system: System) -> None:
    """An act that was erased for good, or one late for the 35 days, is judged as any other that arrives now."""
    system = own_system
    with system.client("dr-martin") as doctor, system.client("pharmacie-centre") as pharmacy:
        number = _prescribed(doctor)
        start = system.now()
        done = an_execution(performed_at=system.now())
        kept = pharmacy.outbox.get(pharmacy.execute(number, done).act_id)
        first = native.read_own((kept.answer or "").encode(), Receipt)
        proof = f"{first.acknowledgement} {first.salt}"
        system.shift += timedelta(days=2)
        put_back(system, start, told=False)
        body = kept.body.encode()
        assert_problem(_resend(system, pharmacy, number, body, proof), "late-needs-already")
        put_back(system, start)
        system.shift += KEPT + timedelta(minutes=1)
        assert_problem(_resend(system, pharmacy, number, body, proof), "late-needs-already")


def test_a_cancellation_is_taken_back_from_its_prescriber_only(own_system: System) -> None:
    system = own_system
    with system.client("dr-martin") as doctor, system.client("dr-leroy") as colleague:
        number = _prescribed(doctor)
        start = system.now()
        stop = Cancellation(act_id=uuid4(), reason=STOP)
        kept = doctor.outbox.get(doctor.cancel(ByNumber(number), stop).act_id)
        first = native.read_own((kept.answer or "").encode(), Receipt)
        put_back(system, start)
        body = native.write(CancelRequest(prescription=ByNumber(number), cancellation=stop))
        said = {"Acknowledged": f"{first.acknowledgement} {first.salt}"}
        answer = post(system, "/v1/cancel", body, bearer=token(colleague, system), **said)
        assert_problem(answer, "not-your-prescription")
        assert _codes(doctor.send_pending()) == ["again"]
