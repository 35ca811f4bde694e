"""What becomes of a dosage before it is signed: read, held against its words, told of its boxes."""

from decimal import Decimal

import msgspec
import pytest
from taking import CP, at, dosage, step

from factories import a_medicine, a_prescription, boxes
from ordonum.client.dosing import amounts_told, dosed
from ordonum.knowledge.drugs.contents import contents_of
from ordonum.knowledge.drugs.formulary import formulary
from ordonum.model.course import Content, no_contents
from ordonum.model.dosage import Dosage
from ordonum.model.drug import Pack
from ordonum.model.prescription import Prescription
from ordonum.model.products import MedicineLine
from ordonum.model.refusals import Refusal, Refused

BOX = "3400930000007"
BASE = {BOX: Content(Pack(Decimal(30), CP), None)}


def written(
    words: str, structure: Dosage | None = None, *, many: int | None = None, days: int | None = 30
) -> Prescription:
    """A prescription of one medicine, taken so."""
    made = a_medicine(quantity=boxes(many) if many else None, duration_days=days)
    return a_prescription(lines=(msgspec.structs.replace(made, dosage=words, structured_dosage=structure, cip13=BOX),))


def structure_of(prescription: Prescription) -> Dosage | None:
    """Of its line."""
    line = prescription.lines[0]
    assert isinstance(line, MedicineLine)
    return line.structured_dosage


def test_words_that_are_understood_get_their_structure_and_stay_as_they_are() -> None:
    made = dosed(written("1-0-1"), BASE.get)
    assert structure_of(made) == dosage(step(when=at("morning", "evening")))  # in the tablets that the box counts
    assert made.lines[0].dosage == "1-0-1"
    assert structure_of(dosed(written("comme d'habitude"), BASE.get)) is None


def test_a_structure_that_says_something_else_is_refused_before_anything_is_signed() -> None:
    agreed = dosage(step(when=at("morning")), step(when=at("evening")))
    assert structure_of(dosed(written("1 cp matin et soir", agreed), no_contents)) == agreed
    with pytest.raises(Refused) as refused:
        dosed(written("1 cp matin et soir", dosage(step("2", when=at("morning", "evening")))), no_contents)
    assert refused.value.refusal is Refusal.DOSAGE_DIFFERS
    assert [each.at for each in refused.value.faults] == ["$.lines[0].structured_dosage"]
    assert "qui prévaut" in refused.value.detail
    kept = dosage(step("2", times=1))
    assert structure_of(dosed(written("comme d'habitude", kept), no_contents)) == kept


def test_boxes_and_durations_that_do_not_fit_are_told_and_stop_nothing() -> None:
    def told(words: str, many: int | None = None, days: int | None = 30) -> list[str]:
        return list(amounts_told(dosed(written(words, many=many, days=days), BASE.get), BASE.get))

    assert told("1 cp matin et soir", many=2) == []
    assert told("1 cp matin et soir", many=1) == [
        "ligne 1 : 1 boîte prescrite ; la posologie en prend 60 comprimés, 2 boîtes de 30"
    ]
    assert told("1 cp matin et soir pendant 7 jours") == [
        "ligne 1 : la posologie dure 7 jours et la ligne dit 30 jours ; la durée la plus courte compte"
    ]
    assert told("1 cp matin et soir", many=1, days=None) == []  # nobody says how long


def test_the_formulary_that_ships_tells_what_boxes_hold() -> None:
    base = formulary()
    contents = contents_of(base)
    boxed = [box for each in base.specialities() for box in each.presentations if box.pack is not None]
    assert boxed
    for each in boxed[:50]:
        found = contents(each.cip13)
        assert found is not None
        assert found.pack == each.pack
    assert contents("3400999999999") is None
