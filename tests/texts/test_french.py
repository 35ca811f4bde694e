"""The sentences that people read on paper and on screen."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from factories import a_medicine, a_text, boxes, delivered, executed, registered
from ordonum.model.kept import Act
from ordonum.model.lines import Quantity, Unit
from ordonum.model.outcomes import NotDelivered, Withheld
from ordonum.model.prescription import Sex
from ordonum.model.state import state
from ordonum.texts import french, lines


def test_dates_are_said_in_full() -> None:
    assert french.day(date(2026, 11, 1)) == "1er novembre 2026"
    assert french.day(date(2026, 8, 22)) == "22 août 2026"
    late = datetime(2026, 11, 22, 22, 5, tzinfo=UTC)
    assert french.moment(late, ZoneInfo("Indian/Reunion")) == "23 novembre 2026 à 2 h 05"
    assert french.birth_date("1938-00-00") == "00/00/1938"
    assert french.born(Sex.FEMALE, "1979-03-14") == "Née le 14/03/1979, sexe féminin"


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [(0, Unit.BOXES, "0 boîte"), (1, Unit.SESSIONS, "1 séance"), (2, Unit.DAYS, "2 jours"), (3, None, "3 exécutions")],
)
def test_quantities_agree_in_number(value: int, unit: Unit | None, said: str) -> None:
    assert french.counted(value, unit) == said


def test_a_line_says_duration_quantity_and_renewals() -> None:
    line = a_medicine(quantity=boxes(2), duration_days=30, renewals=3)
    assert lines.amount(line) == "pendant 30 jours, 2 boîtes, à renouveler 3 fois"
    assert lines.title(line) == "AMOXICILLINE 500 mg, gélule"
    assert lines.title(a_medicine(label="CLAMOXYL 500 mg")) == "CLAMOXYL 500 mg (amoxicilline)"
    assert lines.title(a_text(text="Bas de contention")) == "Bas de contention"


def test_what_is_left_is_said_according_to_the_base() -> None:
    order = registered(a_medicine(quantity=boxes(3)))
    cases: tuple[tuple[list[Act], str], ...] = (
        ([order], "à délivrer ; reste 3 boîtes sur 3, d'après la base"),
        ([order, executed(delivered(1, boxes(2)))], "délivrée en partie ; reste 1 boîte sur 3, d'après la base"),
        ([order, executed(delivered(1, boxes(5)))], "délivrée, 2 boîtes en plus, d'après la base"),
    )
    for acts, said in cases:
        found = state(acts)
        assert found is not None
        assert french.left(found.remainders[0]) == said


def test_what_was_executed_is_said_line_by_line() -> None:
    assert french.executed(delivered(1, Quantity(1, Unit.BOXES))) == "ligne 1 : AMOXICILLINE GENERIQUE 500 mg, 1 boîte"
    withheld = Withheld(line=2, reason=NotDelivered.OUT_OF_STOCK)
    assert french.executed(withheld) == "ligne 2 : non délivrée (rupture)"
    assert french.conflict("cancelled") == "l'ordonnance était annulée"
