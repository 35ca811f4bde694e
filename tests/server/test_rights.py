"""Who prescribes what is secured, who executes biology, and what a consultation says before anything is delivered."""

from datetime import timedelta

import pytest

from factories import a_medicine, a_prescription
from ordonum.cli.system import System
from ordonum.client import Client, Declined, prepare
from ordonum.model.acts import Origin
from ordonum.model.care import BiologyLine
from ordonum.model.lines import Family
from ordonum.model.refusals import Refusal
from raw import assert_problem, post, token


@pytest.mark.parametrize("card", ["kine-bernard", "infirmiere-diallo"])
def test_what_needs_a_secured_prescription_is_prescribed_by_few(system: System, card: str) -> None:
    with system.client(card) as client:
        prescription = a_prescription(lines=(a_medicine(secured=True),), place=client.card.place)
        with pytest.raises(Declined) as raised:
            client.prescribe(prescription)
        assert raised.value.refusal is Refusal.NOT_ENTITLED_SECURED
        prepared = prepare.registration(prescription, client.card, client.software)
        answer = post(system, "/v1/register", prepared.body, bearer=token(client, system))
        assert_problem(answer, "not-entitled-secured")


def test_biology_is_the_biologists_and_medicines_are_not(system: System, doctor: Client, pharmacy: Client) -> None:
    blood = doctor.prescribe(
        a_prescription(family=Family.BIOLOGY, lines=(BiologyLine(rank=1, label="Numération formule sanguine"),))
    ).number
    boxes = doctor.prescribe(a_prescription()).number
    assert blood is not None
    assert boxes is not None
    with system.client("biologiste-henry") as biologist:
        assert biologist.consult(blood, Origin.PAPER).order.lines
        for client, number in ((biologist, boxes), (pharmacy, blood)):
            with pytest.raises(Declined) as raised:
                client.consult(number, Origin.PAPER)
            assert raised.value.refusal is Refusal.NOT_YOUR_FAMILY


def test_a_rule_is_told_when_the_order_is_read_before_anything_is_delivered(
    system: System, doctor: Client, pharmacy: Client
) -> None:
    old = (system.now() - timedelta(days=150)).date()
    number = doctor.prescribe(a_prescription(written_on=old)).number
    assert number is not None
    (notice,) = pharmacy.consult(number, Origin.PAPER).view.notices
    assert "trois mois après la rédaction (CSP R.5132-22)" in notice
