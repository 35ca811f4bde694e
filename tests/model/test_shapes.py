"""What values refuse to be, whoever makes them."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from factories import (
    NOON,
    a_beneficiary,
    a_medicine,
    a_patient,
    a_prescription,
    a_text,
    an_execution,
    an_order,
    delivered,
    executed,
    registered,
    stood,
)
from ordonum.model.actors import Place
from ordonum.model.acts import Given, Receipt
from ordonum.model.identifiers import BirthDate, CommitmentHex, Finess, InsOid, NumeroAm
from ordonum.model.lines import Family, Quantity, Unit
from ordonum.model.outcomes import NotDelivered, Withheld
from ordonum.model.prescription import Identity
from ordonum.model.state import state
from ordonum.model.views import for_executant, for_prescriber
from ordonum.wire import native

WITHHELD = Withheld(line=1, reason=NotDelivered.OUT_OF_STOCK)


def test_a_delivery_names_somebody_and_a_refusal_to_deliver_nobody() -> None:
    with pytest.raises(ValueError, match="beneficiary-wanted"):
        msgspec.structs.replace(an_execution(), beneficiary=None)
    with pytest.raises(ValueError, match="no-delivery-attaches-nobody"):
        msgspec.structs.replace(an_execution(WITHHELD), beneficiary=a_beneficiary())


def test_a_line_is_not_both_delivered_and_withheld() -> None:
    with pytest.raises(ValueError, match="same-line-twice"):
        an_execution(delivered(1), WITHHELD)
    with pytest.raises(ValueError, match="same-line-twice"):
        an_execution(WITHHELD, WITHHELD)
    an_execution(delivered(1), delivered(1))


def test_nobody_is_treated_before_being_born() -> None:
    a_prescription(patient=a_patient(birth_date="2026-11-16"), written_on=date(2026, 11, 16))
    with pytest.raises(ValueError, match="born-after-written"):
        a_prescription(patient=a_patient(birth_date="2090-01-01"))


def test_lines_are_checked_in_what_is_signed_too() -> None:
    with pytest.raises(ValueError, match="line-outside-its-family"):
        an_order(a_medicine(), family=Family.NURSING)
    with pytest.raises(ValueError, match="lines-are-numbered-from-1"):
        an_order(a_text(2))
    with pytest.raises(ValueError, match="date-out-of-range"):
        an_order(written_on=date(1999, 1, 1))


def test_a_place_has_one_identifier() -> None:
    words: dict[str, Any] = {"name": "x", "address": "x", "postal_code": "69003", "city": "Lyon"}
    with pytest.raises(ValueError, match="one-of"):
        Place(**words)
    with pytest.raises(ValueError, match="one-of"):
        Place(numero_am=NumeroAm("691000001"), finess=Finess("750512345"), **words)


@pytest.mark.parametrize(("oid", "test"), [("8", False), ("9", False), ("10", True), ("11", True)])
def test_test_and_demonstration_identities_are_told_apart(oid: str, test: bool) -> None:
    assert InsOid(f"1.2.250.1.213.1.4.{oid}").is_test is test


def test_nothing_personal_shows_in_a_representation() -> None:
    shown = repr((a_patient(), a_beneficiary(), a_prescription(), an_execution()))
    for hidden in ("DURAND", "Éloïse", "1979", "279035"):
        assert hidden not in shown


def test_a_number_written_as_text_is_not_a_number() -> None:
    body = native.write(Quantity(3, Unit.BOXES)).replace(b"3", b'"3"')
    with pytest.raises(Exception, match="unreadable"):
        native.read(body, Quantity)


def test_the_prescriber_sees_how_and_when_each_act_was_recorded() -> None:
    act = msgspec.structs.replace(executed(given=Given.ALREADY), recorded_at=NOON + timedelta(days=3))
    found = state([registered(), act])
    assert found is not None
    (seen,) = for_prescriber(found, stood(found)).executions
    assert (seen.given, seen.performed_at, seen.recorded_at) == (Given.ALREADY, NOON, NOON + timedelta(days=3))


def test_an_executant_is_shown_what_the_prescriber_is_and_the_evidence() -> None:
    found = state([registered(), executed()])
    assert found is not None
    identity = Identity("Éloïse", BirthDate("1979-03-14"))
    receipt = Receipt(acknowledgement="a.b.c", salt=CommitmentHex("0" * 64))
    mine = for_executant(
        found,
        stood(found),
        jws="d.e.f",
        identity=identity,
        opening="1" * 64,
        registered=receipt,
        notices=("Trop tard",),
    )
    theirs = for_prescriber(found, stood(found))
    for name in ("status", "cancelled", "remainders", "executions"):
        assert getattr(mine, name) == getattr(theirs, name)
    assert (mine.jws, mine.identity, mine.opening, mine.registered) == ("d.e.f", identity, "1" * 64, receipt)
    assert mine.notices == ("Trop tard",)
    assert theirs.register_act_id == found.order.act_id
