"""Employees and structures before the service: what they may do, under whom, from where; what a repeat of theirs gets."""

from collections.abc import Iterator

import msgspec
import pytest

from factories import a_prescription, an_execution, boxes, delivered
from ordonum.cli.system import System
from ordonum.client import Client, Declined, prepare
from ordonum.model.actors import EmployeeRole
from ordonum.model.acts import ByNumber, ExecuteRequest, Origin
from ordonum.model.number import EpuId
from ordonum.model.refusals import Refusal
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.wire import jws, native
from ordonum.wire.assertion import AssertionClaims
from raw import ask_token, assert_problem, post, token


@pytest.fixture
def assistant(system: System) -> Iterator[Client]:
    """The préparatrice of the Pharmacie du Centre."""
    with system.client("preparatrice-lemoine") as client:
        yield client


def _number(doctor: Client) -> EpuId:
    done = doctor.prescribe(a_prescription())
    assert done.number is not None
    return done.number


def _assertion(system: System, client: Client, **changes: object) -> str:
    now = int(system.now().timestamp())
    signed = prepare.assertion(
        client.card, client.card.place, client.software, audience=f"{system.url}/v1/token", now=now
    )
    claims = native.read(jws.payload_of(signed), AssertionClaims)
    return client.card.sign_assertion(native.write(msgspec.structs.replace(claims, **changes)))


def test_a_pharmacy_assistant_reads_and_delivers_under_her_pharmacist(
    system: System, doctor: Client, assistant: Client, other_pharmacy: Client
) -> None:
    number = _number(doctor)
    assert assistant.consult(number, Origin.PAPER).order.lines
    assistant.execute(number, an_execution(delivered(1, boxes(1))))
    (done,) = other_pharmacy.consult(number, Origin.PAPER).view.executions
    assert (done.profession, done.role) == (None, EmployeeRole.PHARMACY_ASSISTANT)


def test_she_prescribes_nothing_cancels_nothing_and_reads_back_nothing(
    system: System, doctor: Client, assistant: Client
) -> None:
    number = _number(doctor)
    for refused in (
        lambda: assistant.executions(ByNumber(number)),
        lambda: assistant.cancel(
            ByNumber(number), Cancellation(act_id=an_execution().act_id, reason=CancelReason.PRESCRIBING_ERROR)
        ),
    ):
        with pytest.raises(Declined) as raised:
            refused()
        assert raised.value.refusal is Refusal.NOT_FOR_THIS_CALLER


def test_an_employee_says_who_answers_for_her_and_it_is_somebody_of_the_site(
    system: System, assistant: Client, doctor: Client
) -> None:
    for under in (None, doctor.card.professional.rpps):
        assert_problem(ask_token(system, _assertion(system, assistant, under=under)), "nobody-answers")
    elsewhere = system.card("pharmacie-gare").place
    assert_problem(ask_token(system, _assertion(system, assistant, place=elsewhere)), "not-of-this-site")


def test_a_professional_gains_nothing_by_naming_somebody_who_answers(system: System, doctor: Client) -> None:
    signed = _assertion(system, doctor, under=system.card("dr-leroy").professional.rpps)
    assert ask_token(system, signed).status_code == 200  # said of employees alone: it is left out of the actor


def test_a_repeat_by_the_same_structure_gets_the_answer_and_by_another_is_refused(
    system: System, doctor: Client, pharmacy: Client, assistant: Client, other_pharmacy: Client
) -> None:
    number = _number(doctor)
    body = native.write(ExecuteRequest(number=number, execution=an_execution(delivered(1, boxes(1)))))
    first = post(system, "/v1/execute", body, bearer=token(pharmacy, system))
    again = post(system, "/v1/execute", body, bearer=token(assistant, system))
    assert (again.status_code, again.content) == (200, first.content)
    assert_problem(post(system, "/v1/execute", body, bearer=token(other_pharmacy, system)), "exists-different")


@pytest.mark.parametrize("name", ["secretaire-vidal", "structure-ehpad"])
def test_a_secretary_or_a_structure_sends_what_was_signed_for_its_place_and_nothing_else(
    system: System, doctor: Client, name: str
) -> None:
    names = {each.stem for each in system.authority.cards.glob("*.json")}
    card = name if name in names else next(each for each in sorted(names) if each.startswith(name.split("-")[0]))
    with system.client(card) as sender:
        prepared = prepare.registration(a_prescription(), doctor.card, doctor.software)
        answer = post(system, "/v1/register", prepared.body, bearer=token(sender, system))
        same_place = sender.card.place.key == doctor.card.place.key
        if same_place:
            assert answer.status_code == 201, answer.text
            assert prepared.number is not None
            with pytest.raises(Declined) as raised:
                sender.consult(prepared.number, Origin.PAPER)
            assert raised.value.refusal is Refusal.NOT_FOR_THIS_CALLER
        else:
            assert_problem(answer, "signer-not-caller")
