"""The formulary that ships says what the BDPM says, row by row, and has what a town pharmacy asks for first."""

import pytest
from msgspec.structs import replace

from formulary import chosen, written
from ordonum.knowledge.conditions import CONDITIONS
from ordonum.knowledge.drugs import file, virtual
from ordonum.knowledge.drugs.formulary import SOURCE, formulary
from ordonum.model.conditions import bare_substance
from whole_base import whole_base

BASE = formulary()
EVERY = tuple(BASE.specialities())


def test_it_has_some_four_hundred_boxes_and_says_where_they_were_read() -> None:
    boxes = [box for each in EVERY for box in each.presentations]
    assert 380 <= len(boxes) <= 480
    assert all(each.presentations for each in EVERY)
    assert not BASE.edition.whole
    assert "Licence Ouverte 2.0" in BASE.edition.source
    assert BASE.edition == file.edition_of(EVERY, source=SOURCE, of=BASE.edition.of, whole=False)
    assert [each.cis for each in EVERY] == sorted(each.cis for each in EVERY)


def test_it_is_the_base_row_by_row() -> None:
    whole = whole_base()
    for each in EVERY:
        there = whole.speciality(each.cis)
        assert there is not None, each.name
        kept = {box.cip13 for box in each.presentations}
        boxes = tuple(box for box in there.presentations if box.cip13 in kept)
        assert each == replace(there, presentations=boxes), each.name


def test_its_text_is_what_the_script_writes() -> None:
    whole = whole_base()
    again = chosen(whole)
    assert {each.cis for each in again} == {each.cis for each in EVERY}
    assert written(again, whole).count("\n") == len(EVERY) + 1
    assert tuple(again) == EVERY


@pytest.mark.parametrize(
    "words",
    [
        "doliprane 1000 comprimé",
        "paracetamol 1 g",
        "amoxicilline 500 gélule",
        "metformine 1000",
        "zolpidem 10",
        "skenan l.p.",
        "moscontin",
        "methotrexate 10 comprimé",
        "depakine",
        "curacne",
        "innohep 14 000",
        "enoxaparine 4 000",
        "codoliprane",
        "evra dispositif",
        "bepanthen",
        "racecadotril 100",
        "ropinirole 1 mg",
        "desloratadine 5",
        "actiskenan 10 gélule",
        "previscan quadri",
        "dafalgan codeine",
        "humalog",
        "lantus",
        "ventoline 100",
        "seretide",
        "xalatan",
        "doliprane 2,4 suspension",
        "durogesic",
        "optidril",
        "levothyrox",
        "kardegic",
        "spasfon",
    ],
)
def test_what_is_asked_for_first_is_there(words: str) -> None:
    assert any(all(word in each.name.casefold() for word in words.split()) for each in EVERY)


def test_it_has_every_substance_of_the_conditions_that_is_on_sale_and_groups_with_princeps_and_generic() -> None:
    named = {bare_substance(one.name) for each in EVERY for one in each.components}
    assert set(CONDITIONS) - named == {"tapentadol", "eszopiclone", "nordazepam"}  # not on sale in July 2025
    types = [{place.type for each in EVERY for place in each.groups if place.group == group} for group in _groups()]
    assert sum({0, 1} <= each for each in types) > 100


def _groups() -> set[int]:
    return {place.group for each in EVERY for place in each.groups}


def test_a_virtual_medicine_is_found_by_its_code() -> None:
    table = virtual.table()
    assert len(table) == 21
    assert virtual.virtual("MV00002414") == virtual.VirtualMedicine(
        "MV00002414", "paracétamol 1 g", "paracétamol", "1 g", None
    )
    assert virtual.virtual("MV00000557") is not None
    assert virtual.virtual("MV00000001") is None
    in_the_base = {name for each in EVERY for name in (bare_substance(one.name) for one in each.components)}
    unknown = {each.substance for each in table.values() if bare_substance(each.substance) not in in_the_base}
    assert unknown <= {"cétirizine", "colécalciférol"}  # «dichlorhydrate de cétirizine»; «cholécalciférol» in the BDPM
