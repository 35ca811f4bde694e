"""The formulary that ships says what the BDPM says, row by row, and has what a town pharmacy asks for first."""

from collections.abc import Iterable
from importlib.resources import files

import pytest
from msgspec.structs import replace

from formulary import CODES, chosen, written
from ordonum.knowledge.conditions import CONDITIONS
from ordonum.knowledge.drugs import file, virtual
from ordonum.knowledge.drugs.formulary import SOURCE, TABLE, formulary
from ordonum.model.conditions import bare_substance
from ordonum.model.drug import Speciality
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
    assert files("ordonum.knowledge").joinpath(TABLE).read_text(encoding="utf-8") == written(EVERY, BASE)
    again = {box.cip13 for each in chosen(whole_base()) for box in each.presentations}
    assert again >= set(CODES.split())
    assert len(again) == pytest.approx(sum(len(each.presentations) for each in EVERY), rel=0.1)


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


def test_it_has_the_substances_of_the_conditions_that_are_on_sale() -> None:
    named = _substances(EVERY)
    sold = _substances(each for each in whole_base().specialities() if each.sold)
    missing = (set(CONDITIONS) & sold) - named
    print("not in the formulary:", missing)
    assert len(missing) <= 0.05 * len(set(CONDITIONS) & sold)


def _substances(specialities: Iterable[Speciality]) -> set[str]:
    return {bare_substance(one.name) for each in specialities for one in each.components}


def test_it_has_princeps_and_generics_of_the_same_groups() -> None:
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
