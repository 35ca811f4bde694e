"""Executing: repeats, races, conflicts, and what each reader is shown."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx2
import msgspec
import pytest

from factories import a_beneficiary, a_medicine, a_prescription, a_text, an_execution, boxes, delivered
from ordonum.cli.system import System
from ordonum.client import Card, Client, Declined, NotAuthentic
from ordonum.client.verify import Verifier
from ordonum.model.actors import Profession
from ordonum.model.acts import ByOwnAct, ExecuteRequest, Execution, Given, Origin
from ordonum.model.beneficiary import Ins, InsStatus, NoIdentity, NoIdentityReason
from ordonum.model.identifiers import InsOid, NirKey
from ordonum.model.lines import Family, Quantity, Unit
from ordonum.model.number import EpuId
from ordonum.model.outcomes import NotDelivered, Withheld
from ordonum.model.prescription import Line
from ordonum.model.refusals import Refusal
from ordonum.model.state import LineStatus, Status
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.sandbox import people
from ordonum.wire import native
from raw import assert_problem, post, token

RACERS, ROUNDS = 32, 20


def _prescribed(doctor: Client, *lines: Line, family: Family = Family.HEALTH_PRODUCTS, opposed: bool = False) -> EpuId:
    done = doctor.prescribe(a_prescription(lines=lines or (a_medicine(),), family=family, opposed=opposed))
    assert done.number is not None
    return done.number


def _refusal(client: Client, number: EpuId, execution: Execution) -> Refusal:
    with pytest.raises(Declined) as raised:
        client.execute(number, execution)
    return raised.value.refusal


def _left(client: Client, number: EpuId) -> list[int | None]:
    return [each.left for each in client.consult(number, Origin.PAPER).view.remainders]


@pytest.fixture(scope="module")
def racers(system: System) -> Iterator[list[tuple[str, Client]]]:
    """Thirty-two pharmacists, each with a card and a token."""
    found = []
    for rank in range(RACERS):
        who = people.professional(200 + rank, f"COURSE{rank}", "Jean", Profession.PHARMACIST)
        card = Card(system.authority.issue(f"racer-{rank}", who, people.pharmacy(50 + rank, f"Pharmacie {rank}")))
        client = Client(system.url, card, home=system.home / f"racer-{rank}", trust=system.authority.trust)
        found.append((token(client, system), client))
    yield found
    for _, client in found:
        client.close()


def test_thirty_two_executants_deliver_the_same_last_box_and_exactly_one_wins(
    system: System, doctor: Client, racers: list[tuple[str, Client]]
) -> None:
    for _ in range(ROUNDS):
        number = _prescribed(doctor, a_medicine(quantity=boxes(1)))
        bodies = [
            native.write(ExecuteRequest(number=number, execution=an_execution(delivered(1, boxes(1))))) for _ in racers
        ]
        answers = _at_once(system, list(zip(bodies, [bearer for bearer, _ in racers], strict=True)))
        codes = sorted("won" if each.status_code == 201 else assert_problem(each)["code"] for each in answers)
        assert codes == ["more-than-left"] * (RACERS - 1) + ["won"]
        assert _left(racers[0][1], number) == [0]


def _at_once(system: System, sent: list[tuple[bytes, str]]) -> list[httpx2.Response]:
    """All these executions, each from a thread of its own, sent at the same moment."""
    start = threading.Barrier(len(sent))

    def send(body: bytes, bearer: str) -> httpx2.Response:
        start.wait()
        return post(system, "/v1/execute", body, bearer=bearer)

    with ThreadPoolExecutor(len(sent)) as pool:
        return list(pool.map(send, *zip(*sent, strict=True)))


def test_the_same_act_sent_sixteen_times_at_once_counts_once(system: System, doctor: Client, pharmacy: Client) -> None:
    number, bearer = _prescribed(doctor, a_medicine(quantity=boxes(5))), token(pharmacy, system)
    body = native.write(ExecuteRequest(number=number, execution=an_execution(delivered(1, boxes(1)))))
    answers = _at_once(system, [(body, bearer)] * 16)
    assert sorted(each.status_code for each in answers) == [200] * 15 + [201]
    assert len({each.content for each in answers}) == 1
    assert _left(pharmacy, number) == [4]


def test_a_part_today_and_the_rest_elsewhere(doctor: Client, pharmacy: Client, other_pharmacy: Client) -> None:
    number = _prescribed(doctor, a_medicine(1, quantity=boxes(2)), a_medicine(2, quantity=boxes(1)))
    pharmacy.execute(number, an_execution(delivered(1, boxes(1)), Withheld(line=2, reason=NotDelivered.OUT_OF_STOCK)))
    found = other_pharmacy.consult(number, Origin.PAPER)
    assert found.view.status is Status.PARTLY_EXECUTED
    assert [each.status for each in found.view.remainders] == [LineStatus.PARTLY, LineStatus.NOT_DELIVERED]
    assert found.view.executions[0].place_name == "Pharmacie du Centre"
    other_pharmacy.execute(number, an_execution(delivered(1, boxes(1)), delivered(2, boxes(1))))
    assert _left(pharmacy, number) == [0, 0]


def test_no_answer_to_anybody_says_for_whom(system: System, doctor: Client, pharmacy: Client) -> None:
    done = doctor.prescribe(a_prescription())
    assert done.number is not None
    pharmacy.execute(done.number, an_execution())
    bearer = token(doctor, system)
    body = {"prescription": {"by": "own-act", "register_act_id": str(done.act_id)}}
    told = post(system, "/v1/executions", body, bearer=bearer)
    assert told.status_code == 200
    for hidden in ("DURAND", "279035121518989", "1979-03-14", "Éloïse"):
        assert hidden not in told.text


def test_more_than_left_with_a_reason_is_recorded(doctor: Client, pharmacy: Client) -> None:
    number = _prescribed(doctor, a_medicine(quantity=boxes(1)))
    assert _refusal(pharmacy, number, an_execution(delivered(1, boxes(2)))) is Refusal.MORE_THAN_LEFT
    pharmacy.execute(number, an_execution(delivered(1, boxes(2), beyond="boîte cassée à remplacer")))
    assert pharmacy.consult(number, Origin.PAPER).view.remainders[0].beyond == 1


def test_what_has_happened_is_recorded_in_conflict_and_shown_to_both(
    doctor: Client, pharmacy: Client, other_pharmacy: Client
) -> None:
    done = doctor.prescribe(a_prescription(lines=(a_medicine(quantity=boxes(1)),)))
    assert done.number is not None
    pharmacy.execute(done.number, an_execution(delivered(1, boxes(1))))
    already = an_execution(delivered(1, boxes(1)), given=Given.ALREADY)
    assert other_pharmacy.execute(done.number, already).acknowledgement.in_conflict == ("more-than-left",)
    for executions in (
        pharmacy.consult(done.number, Origin.PAPER).view.executions,
        doctor.executions(ByOwnAct(done.act_id)).executions,
    ):
        assert [each.in_conflict for each in executions] == [(), ("more-than-left",)]


def test_a_cancelled_prescription_refuses_what_is_asked_and_records_what_has_happened(
    doctor: Client, pharmacy: Client
) -> None:
    done = doctor.prescribe(a_prescription())
    assert done.number is not None
    cancellation = Cancellation(act_id=uuid4(), reason=CancelReason.PRESCRIBING_ERROR)
    doctor.cancel(ByOwnAct(done.act_id), cancellation)
    again = doctor.cancel(ByOwnAct(done.act_id), cancellation)
    assert again.replayed
    assert pharmacy.consult(done.number, Origin.PAPER).view.status is Status.CANCELLED
    assert _refusal(pharmacy, done.number, an_execution()) is Refusal.CANCELLED
    done_already = pharmacy.execute(done.number, an_execution(given=Given.ALREADY))
    assert done_already.acknowledgement.in_conflict == ("cancelled",)
    with pytest.raises(Declined) as raised:
        doctor.cancel(ByOwnAct(done.act_id), Cancellation(act_id=uuid4(), reason=CancelReason.DEATH))
    assert raised.value.refusal is Refusal.ALREADY_CANCELLED


def test_the_same_id_with_other_content_or_by_another_author_is_refused(
    doctor: Client, pharmacy: Client, other_pharmacy: Client
) -> None:
    number = _prescribed(doctor, a_medicine(quantity=boxes(5)))
    first = an_execution(delivered(1, boxes(1)))
    pharmacy.execute(number, first)
    other = msgspec.structs.replace(first, lines=(delivered(1, boxes(2)),))
    assert _refusal(pharmacy, number, other) is Refusal.EXISTS_DIFFERENT
    assert _refusal(other_pharmacy, number, first) is Refusal.EXISTS_DIFFERENT
    assert _left(pharmacy, number) == [4]


def test_a_repeat_is_recognised_before_dates_are_judged(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor, own_system.client("pharmacie-centre") as pharmacy:
        number = _prescribed(doctor)
        execution = an_execution(delivered(1, boxes(1)))
        pharmacy.execute(number, execution)
        own_system.shift += timedelta(days=3)
        assert pharmacy.resend(pharmacy.outbox.get(execution.act_id)).replayed


def test_the_identity_is_asked_about_when_it_differs(doctor: Client, pharmacy: Client) -> None:
    number = _prescribed(doctor)
    wrong = an_execution(beneficiary=a_beneficiary(first_name="Paul"))
    assert _refusal(pharmacy, number, wrong) is Refusal.IDENTITY_DIFFERS
    pharmacy.execute(number, msgspec.structs.replace(wrong, identity_reason="erreur de saisie au cabinet"))


@pytest.mark.parametrize(
    "identity",
    [
        Ins(NirKey("279035121518989"), InsOid("1.2.250.1.213.1.4.8"), InsStatus.QUALIFIED),
        Ins(NirKey("279035121518989"), InsOid("1.2.250.1.213.1.4.10"), InsStatus.QUALIFIED),
        NoIdentity(NoIdentityReason.FOREIGNER),
    ],
)
def test_each_kind_of_identity_is_accepted(doctor: Client, pharmacy: Client, identity: Ins | NoIdentity) -> None:
    pharmacy.execute(_prescribed(doctor), an_execution(beneficiary=a_beneficiary(identity=identity)))


def test_another_family_is_told_nothing_else(system: System, doctor: Client, pharmacy: Client, nurse: Client) -> None:
    number = _prescribed(doctor, a_text(quantity=Quantity(3, Unit.SESSIONS)), family=Family.NURSING)
    body = {"number": str(number), "origin": "paper"}
    told = assert_problem(post(system, "/v1/consult", body, bearer=token(pharmacy, system)), "not-your-family")
    assert told["errors"] == []
    assert _left(nurse, number) == [3]
    assert _refusal(pharmacy, number, an_execution()) is Refusal.NOT_YOUR_FAMILY


def test_an_opposed_patient_is_not_read_back(doctor: Client, pharmacy: Client) -> None:
    done = doctor.prescribe(a_prescription(opposed=True))
    assert done.number is not None
    pharmacy.execute(done.number, an_execution())
    with pytest.raises(Declined) as raised:
        doctor.executions(ByOwnAct(done.act_id))
    assert raised.value.refusal is Refusal.PATIENT_OPPOSED


def test_an_absurd_act_is_refused_by_its_path(doctor: Client, pharmacy: Client) -> None:
    number, now = _prescribed(doctor), datetime.now(UTC)
    for execution, refusal, at in (
        (an_execution(delivered(7)), Refusal.UNKNOWN_LINE, "$.execution.lines[0].line"),
        (an_execution(performed_at=now + timedelta(hours=1)), Refusal.PERFORMED_IN_FUTURE, "$.execution.performed_at"),
        (an_execution(performed_at=now - timedelta(hours=25)), Refusal.LATE_NEEDS_ALREADY, "$.execution.given"),
    ):
        with pytest.raises(Declined) as raised:
            pharmacy.execute(number, execution)
        assert raised.value.refusal is refusal
        assert [fault.at for fault in raised.value.problem.errors] == [at]
    assert _left(pharmacy, number) == [2]


def test_the_client_refuses_an_answer_that_is_not_authentic(system: System, doctor: Client, pharmacy: Client) -> None:
    number, other = _prescribed(doctor), _prescribed(doctor, a_medicine(label="AUTRE"))
    found, swapped = pharmacy.consult(number, Origin.PAPER), pharmacy.consult(other, Origin.PAPER)
    verifier: Verifier = pharmacy.verifier()
    for view in (
        msgspec.structs.replace(found.view, jws=swapped.view.jws),
        msgspec.structs.replace(found.view, jws=swapped.view.jws, registered=swapped.view.registered),
        msgspec.structs.replace(found.view, opening=swapped.view.opening),
        msgspec.structs.replace(found.view, registered=swapped.view.registered),
    ):
        with pytest.raises(NotAuthentic):
            verifier.order(number, view)
    assert verifier.order(number, found.view).order.lines == found.order.lines


def test_act_ids_are_the_callers_own(pharmacy: Client, doctor: Client) -> None:
    chosen = UUID("00000000-0000-4000-8000-000000000001")
    done = pharmacy.execute(_prescribed(doctor), an_execution(act_id=chosen))
    assert done.acknowledgement.act_id == chosen
