"""Cards before they are used: whose they are, what they may sign, and with which algorithm."""

import json
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Literal

import pytest

from factories import DOCTOR, PLACE
from ordonum.client import Card, UnusableCard
from ordonum.sandbox import people
from ordonum.sandbox.authority import Authority
from ordonum.wire import jws


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    made = Authority(tmp_path_factory.mktemp("authority"))
    people.issue_test_cards(made)
    return made


def _algorithm(compact: str) -> str:
    header = compact.split(".")[0]
    return str(json.loads(urlsafe_b64decode(header + "=" * (-len(header) % 4)))["alg"])


@pytest.mark.parametrize(
    ("name", "whose"), [("preparatrice-lemoine", "d'un employé"), ("structure-pharmacie-centre", "d'une structure")]
)
def test_the_card_of_an_employee_or_of_a_structure_authenticates_and_signs_no_order(
    authority: Authority, name: str, whose: str
) -> None:
    card = Card.load(authority.cards / f"{name}.json")
    assert jws.verify(jws.take_apart(card.sign_assertion(b"{}"), typ=jws.ASSERTION_TYP))
    assert card.is_test
    with pytest.raises(UnusableCard, match=f"celle {whose}"):
        card.sign_order(b"{}")
    with pytest.raises(UnusableCard, match="professionnel de santé"):
        _ = card.professional


def test_a_card_says_who_answers_for_an_employee_and_its_certificate_does_not(authority: Authority) -> None:
    card = Card.load(authority.cards / "preparatrice-lemoine.json")
    assert card.under == people.rpps(3)
    assert card.holder == people.EMPLOYEE_CARDS[0][1]
    assert card.holder.under is None
    assert Card.load(authority.cards / "dr-martin.json").under is None


@pytest.mark.parametrize(("padding", "algorithm"), [("pss", "PS256"), ("pkcs1v15", "RS256")])
def test_an_rsa_card_signs_as_it_can_and_both_are_verified(
    authority: Authority, padding: Literal["pss", "pkcs1v15"], algorithm: str
) -> None:
    card = Card(authority.issue("x", DOCTOR, PLACE, rsa_keys=True, rsa_padding=padding))
    signed = card.sign_order(b"{}")
    assert _algorithm(signed) == algorithm
    assert _algorithm(card.sign_assertion(b"{}")) == algorithm
    assert jws.verify(jws.take_apart(signed, typ=jws.ORDER_TYP))


def test_the_test_card_with_rsa_keys_signs_as_the_cards_in_use(authority: Authority) -> None:
    assert _algorithm(Card.load(authority.cards / "dr-rey.json").sign_order(b"{}")) == "RS256"
    assert _algorithm(Card.load(authority.cards / "dr-martin.json").sign_order(b"{}")) == "ES256"


def test_a_card_that_names_nobody_cannot_be_used(authority: Authority, tmp_path: Path) -> None:
    content = json.loads((authority.cards / "dr-martin.json").read_text())
    content["signature"]["chain"] = content["signature"]["chain"][1:]  # the issuer's certificate alone
    (tmp_path / "x.json").write_text(json.dumps(content))
    with pytest.raises(UnusableCard, match="pas lisible"):
        Card.load(tmp_path / "x.json")
