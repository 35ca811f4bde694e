"""A dosage as a table of days, and what it makes of units and boxes, in words."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from taking import CP, DAY, GEL, MG, ML, MONDAY, at, dosage, limits, step

from factories import a_medicine, boxes
from ordonum.model.course import Content
from ordonum.model.dosage import Dosage
from ordonum.model.drug import Pack
from ordonum.model.lines import Quantity, Unit
from ordonum.model.plan import grid
from ordonum.model.plan_shapes import Setting
from ordonum.model.plan_units import Amount, Body, Strength
from ordonum.model.products import MedicineLine
from ordonum.texts.agreeing import differs, same
from ordonum.texts.day_grid import day_grid
from ordonum.texts.dosage import read
from ordonum.texts.implied import amounts_differ, implied

BOX30, BOX14, SYRUP = (
    Content(Pack(Decimal(30), CP), None),
    Content(Pack(Decimal(14), GEL), None),
    Content(Pack(Decimal(150), ML), Strength(Amount(Decimal(125), MG), (Amount(Decimal(5), ML),))),
)


def line(taken: Dosage | None, **rest: Any) -> MedicineLine:
    """A line without a quantity."""
    made = a_medicine(quantity=None, duration_days=rest.pop("days", 30))
    return msgspec.structs.replace(made, structured_dosage=taken, **rest)


def test_a_row_a_day_a_column_a_moment_and_the_total() -> None:
    taken = dosage(
        step(when=at("morning")),
        step("2", when=at("bedtime")),
        step("0.5", at=("12:00",), cycle=(2, 1)),
        during="3 day",
    )
    found = day_grid(taken, Setting(start=MONDAY))
    assert found.head == ("jour", "le matin", "à 12 heures", "au coucher", "total du jour")
    assert found.rows[0] == ("lun. 23/11/2026", "1 comprimé", "un demi-comprimé", "2 comprimés", "3 comprimés et demi")
    assert found.rows[1] == ("mar. 24/11/2026", "1 comprimé", "", "2 comprimés", "3 comprimés")
    assert len(found.rows) == 3


def test_days_of_nothing_are_there_and_takes_at_will_say_their_most() -> None:
    alternating = day_grid(dosage(step(cycle=(2, 1), during="4 day")), Setting(start=MONDAY))
    assert [row[-1] for row in alternating.rows] == ["1 comprimé", "rien", "1 comprimé", "rien"]
    needed = day_grid(dosage(step(times=3, as_needed="douleur", during="2 day")), Setting(start=MONDAY))
    assert needed.rows[0] == ("lun. 23/11/2026", "jusqu'à 3 × 1 comprimé", "au plus 3 comprimés")
    assert needed.notes == ("si douleur",)
    before = day_grid(dosage(step("2", procedure_days=(-1,), when=at("evening"))), Setting(start=MONDAY), 1)
    assert before.rows[0][:2] == ("J−1 (jour 0 : l'examen)", "2 comprimés")
    unknown = day_grid(dosage(step(as_needed="douleur", during="2 day")), Setting(start=MONDAY))
    assert (unknown.rows, unknown.notes) == ((), ("si douleur", "Non calculé : « si besoin », sans maximum"))


@pytest.mark.parametrize(
    ("text", "cell", "times", "each", "shared"),
    [
        ("80 mg/kg/j en 3 prises 7 jours", "3 × 320 mg", (3, 3), "320", 1),
        ("50 mg/kg/j en 7 prises 2 jours", "600 mg en 7 prises", (1, 1), "600", 7),
        ("3 cp/j en 3 prises 2 jours", "3 × 1 comprimé", (3, 3), "1", 1),
        ("80 mg/kg/j 2 jours", "960 mg", (1, 1), "960", 1),
    ],
)
def test_a_dose_of_a_day_is_shared_between_its_takes(
    text: str, cell: str, times: tuple[int, int], each: str, shared: int
) -> None:
    found = read(text).dosage
    assert found is not None
    setting = Setting(start=MONDAY, body=Body(weight_g=12_000))
    table = day_grid(found, setting)
    (take,) = grid(found, setting)[0].takes
    assert (table.rows[0][1], take.times, take.each, take.shared) == (cell, times, (Decimal(each),) * 2, shared)
    assert grid(found, setting)[0].amount.high == take.times[1] * take.each.high


@pytest.mark.parametrize(
    ("taken", "rest", "content", "said"),
    [
        (dosage(step(times=2)), {}, BOX30, "soit 60 comprimés, 2 boîtes de 30"),
        (dosage(step(times=2)), {}, None, "soit 60 comprimés"),
        (dosage(step(times=1, times_high=2)), {}, BOX30, "soit 30 à 60 comprimés, 2 boîtes de 30"),
        (
            dosage(step(as_needed="", limits=limits(per_day="4"))),
            {"days": 5},
            BOX30,
            "soit au plus 20 comprimés, 1 boîte de 30",
        ),
        (dosage(step("125", MG, times=3)), {"days": 10}, SYRUP, "soit 150 ml, 1 boîte de 150 ml"),
        (dosage(step("125", MG, times=3)), {"days": 10}, None, ""),
        (
            dosage(step("1", GEL, times=3)),
            {"days": 7, "in_words": True, "secured": True},
            BOX14,
            "soit vingt et une gélules",
        ),
        (dosage(step(times=2)), {"quantity": boxes(1)}, BOX30, ""),
        (dosage(step(as_needed="")), {}, BOX30, ""),
        (None, {}, BOX30, ""),
    ],
)
def test_units_and_boxes_are_said_beside_a_line_that_says_none(
    taken: Dosage | None, rest: dict[str, Any], content: Content | None, said: str
) -> None:
    assert implied(line(taken, **rest), MONDAY, None, content) == said


def test_a_quantity_that_is_not_that_of_the_dosage_is_told() -> None:
    twice = dosage(step(times=2))
    for quantity, told in (
        (boxes(2), ""),
        (boxes(1), "ligne 1 : 1 boîte prescrite ; la posologie en prend 60 comprimés, 2 boîtes de 30"),
        (boxes(3), "ligne 1 : 3 boîtes prescrites ; la posologie en prend 60 comprimés, 2 boîtes de 30"),
        (Quantity(60, Unit.UNITS), ""),
        (Quantity(50, Unit.UNITS), "ligne 1 : 50 unités prescrites ; la posologie en prend 60 comprimés"),
    ):
        assert amounts_differ(line(twice, quantity=quantity), MONDAY, None, BOX30) == told
    either = line(dosage(step(times=1, times_high=2)), quantity=boxes(1))
    assert amounts_differ(either, MONDAY, None, BOX30) == ""


@pytest.mark.parametrize(
    ("words", "structure", "agrees"),
    [
        ("1 cp matin et soir", dosage(step(when=at("morning", "evening"))), True),
        ("1 cp matin et soir", dosage(step(when=at("morning")), step(when=at("evening"))), True),
        (
            "1 cp matin et soir",
            dosage(step(when=at("morning", "evening"), during="7 day")),
            True,
        ),  # the line says how long
        ("1 cp matin et soir", dosage(step("2", when=at("morning", "evening"))), False),
        ("1 cp matin et soir", dosage(step(when=at("morning"))), False),
        ("1 cp matin et soir pendant 7 jours", dosage(step(when=at("morning", "evening"), during="30 day")), False),
        ("1 cp par jour", dosage(step(times=1, period=DAY)), True),
        ("2 cp le mardi", dosage(step("2", times=1, period=DAY)), False),
        ("1 cp si douleur max 4 par jour", dosage(step(as_needed="douleur", limits=limits(per_day="4"))), True),
        ("1 cp si douleur max 4 par jour", dosage(step(as_needed="douleur", limits=limits(per_day="8"))), False),
        ("comme avant", dosage(step(times=1)), True),  # what is not understood is held against nothing
    ],
)
def test_a_structure_says_what_its_words_say_or_is_known_to_differ(words: str, structure: Dosage, agrees: bool) -> None:
    assert differs(line(structure, dosage=words), CP) is not agrees


def test_what_is_read_agrees_with_itself() -> None:
    for words in (
        "1-0-1 30j",
        "0,5 puis 0,75 un jour sur deux",
        "1 gél/8h si douleur, max 3/j",
        "3 cp/j pendant 5 jours puis 1 cp/j",
    ):
        found = read(words, unit=CP).dosage
        assert found is not None
        assert same(found, found)
        assert not differs(line(found, dosage=words), CP)
