"""What follows from a dosage: the cases of the HAS and others, each counted by hand; what cannot be computed is named."""

import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from taking import AMP, CP, DAY, GEL, HOUR, MG, ML, MONDAY, MONTH, WEEK, at, dosage, limits, step

from ordonum.model.dosage import Dosage, DoseUnit, Weekday
from ordonum.model.drug import Pack
from ordonum.model.plan import dispensed, plan
from ordonum.model.plan_shapes import Bounds, Setting
from ordonum.model.plan_units import Amount, Strength

SHARED = Path(os.environ.get("ORDONUM_DATA") or Path(__file__).parents[3] / "shared" / "data")
TUESDAY = (Weekday.TUESDAY,)
PATCH, APPLICATION, SYRINGE, XA, KG = (
    DoseUnit(each) for each in ("patch", "application", "syringe", "iu-anti-xa", "dose-kg")
)


def strength(amount: str, unit: DoseUnit, *within: tuple[str, DoseUnit]) -> Strength:
    """«40 mg» in a tablet."""
    return Strength(Amount(Decimal(amount), unit), tuple(Amount(Decimal(many), each) for many, each in within))


def box(amount: str, unit: DoseUnit = CP, containers: int | None = None) -> Pack:
    """A box of so many."""
    return Pack(Decimal(amount), unit, containers)


# The file of the HAS: its dosage, what it is computed with, units (least, most), days, last day, mean (most), box, boxes.
# Where the case says no duration, that of the line (thirty days, or as told) bounds it.
HAS: dict[str, tuple[Dosage, dict[str, Any], str, int, date, str, Pack, int]] = {
    "HAS-01-Presc-Pantoprazole-DC": (
        dosage(step("40", MG, when=at("evening"))),
        {"days": 28, "unit": CP, "strength": strength("40", MG, ("1", CP))},
        "28 28", 28, date(2026, 12, 20), "1", box("28"), 1,
    ),
    "HAS-01-Presc-Pantoprazole-MV": (
        dosage(step("40", MG, when=at("evening"))), {"days": 30},
        "1200 1200", 30, date(2026, 12, 22), "40", box("1200", MG), 1,
    ),
    "HAS-02-Presc-Fluindione": (dosage(step("0.5", times=1)), {"days": 30}, "15 15", 30, date(2026, 12, 22), "0.5", box("30"), 1),
    "HAS-03-Presc-INNOHEP": (
        dosage(step("12000", XA, times=1, instruction="soit 170 UI anti-Xa /kg")),
        {"days": 10, "unit": ML, "strength": strength("14000", XA, ("1", SYRINGE), ("0.7", ML))},
        "6 6", 10, date(2026, 12, 2), "0.6", box("1.4", ML, 2), 5,
    ),
    "HAS-04a-Presc-Paracetamol": (
        dosage(step("2", GEL, every=6, period=HOUR, during="10 day", as_needed="douleurs")), {},
        "0 80", 10, date(2026, 12, 2), "8", box("16", GEL), 5,
    ),
    "HAS-04b-Presc-DAFALGANCODEINE": (
        dosage(step("1-2", every=12, period=HOUR, during="10 day", limits=limits(per_take="2", per_day="4"),
                    instruction="selon l'intensité de la douleur. STOP SI NAUSEES")), {},
        "20 40", 10, date(2026, 12, 2), "4", box("16"), 3,
    ),
    "HAS-05a-Presc-Fluindione": (dosage(step("0.75", times=1)), {"days": 30}, "22.5 22.5", 30, date(2026, 12, 22), "0.75",
     box("20"), 2),
    "HAS-05b-Presc-ACTISKENAN": (
        dosage(step("10", MG, times=1, during="7 day")), {"unit": GEL, "strength": strength("10", MG, ("1", GEL))},
        "7 7", 7, date(2026, 11, 29), "1", box("14", GEL), 1,
    ),
    "HAS-06-1-Presc-Methotrexate": (
        dosage(step("2", times=1, period=WEEK, weekdays=TUESDAY)), {"days": 28}, "8 8", 28, date(2026, 12, 20), "0.2857",
         box("10"), 1,
    ),
    "HAS-06-2-Presc-Metothrexate": (
        dosage(step("20", MG, times=1, period=WEEK, weekdays=TUESDAY)),
        {"days": 84, "unit": CP, "strength": strength("10", MG, ("1", CP))},
        "24 24", 84, date(2027, 2, 14), "0.2857", box("10"), 3,
    ),
    "HAS-07-Presc-Paracetamol": (
        dosage(step(None, as_needed="douleur", limits=limits(unit=MG, per_take="1000", per_day="4000"))),
        {"days": 5, "unit": GEL, "strength": strength("500", MG, ("1", GEL))},
        "0 40", 5, date(2026, 11, 27), "8", box("16", GEL), 3,
    ),
    "HAS-08-1-Presc-Betamethasone": (
        dosage(step("1", APPLICATION, times=1, times_high=2)), {"days": 7}, "7 14", 7, date(2026, 11, 29), "2",
         box("14", APPLICATION), 1,
    ),
    "HAS-08-2-Presc-Paracetamol": (
        dosage(step("7", KG, every=6, period=HOUR, as_needed="température ≥ 38,5 °C")), {"days": 3},
        "0 84", 3, date(2026, 11, 25), "28", box("84", KG), 1,
    ),
    "HAS-09-Presc-Ropinirole": (dosage(step(at=("07:00", "12:00", "18:00"))), {"days": 30}, "90 90", 30, date(2026, 12, 22),
     "3", box("21"), 5),
    "HAS-10-Presc-Methotrexate": (
        dosage(step(times=1, period=WEEK, weekdays=TUESDAY)), {"days": 30}, "5 5", 30, date(2026, 12, 22), "0.1667", box("4"), 2,
    ),
    "HAS-11-1-Presc-VitamineD": (
        dosage(step("1", AMP, times=1, period=MONTH, month_days=(1,), during="3 month")), {},
        "3 3", 92, date(2027, 2, 22), "0.0326", box("2", ML, 1), 3,
    ),
    "HAS-11-2-Presc-EVRA": (
        dosage(step("1", PATCH, cycle=(28, 1, 8, 15), during="6 month")), {}, "20 20", 180, date(2027, 5, 21), "0.1111",
         box("9", PATCH), 3,
    ),
    "HAS-12-1-Presc-BEPANTHEN": (
        dosage(step("1", APPLICATION, times=2, instruction="en couche mince")), {"days": 10}, "20 20", 10, date(2026, 12, 2), "2",
        box("20", APPLICATION), 1,
    ),
    "HAS-12-2-Presc-Methotrexate": (
        dosage(step("20", MG, times=1, period=WEEK, weekdays=TUESDAY)), {"days": 7}, "20 20", 7, date(2026, 11, 29),
         "2.8571", box("20", MG), 1,
    ),
    "HAS-12-3-Presc-Enoxaparine": (
        dosage(step("1", SYRINGE, every=12, period=HOUR)), {"days": 10}, "20 20", 10, date(2026, 12, 2), "2",
         box("2.4", ML, 6), 4,
    ),
    "HAS-13-Presc-Desloratadine": (
        dosage(step(times=1, times_high=2, instruction="en fonction de la gêne allergique")), {"days": 30},
        "30 60", 30, date(2026, 12, 22), "2", box("30"), 2,
    ),
    "HAS-14-1-presc-CODOLIPRANE": (
        dosage(step(as_needed="douleur", limits=limits(per_take="2", per_day="8", apart="4 hour"))), {"days": 5},
        "0 40", 5, date(2026, 11, 27), "8", box("16"), 3,
    ),
    "HAS-14-2-Presc-Betamethasone": (
        dosage(step("1", APPLICATION, times=1, times_high=2, limits=limits(unit=APPLICATION, per_day="2"))), {"days": 7},
        "7 14", 7, date(2026, 11, 29), "2", box("14", APPLICATION), 1,
    ),
    "HAS-15-Presc-Morphine": (
        dosage(step("1", GEL, at=("20:00",), when=at("evening"), during="8 day")), {}, "8 8", 8, date(2026, 11, 30), "1",
         box("14", GEL), 1,
    ),
    "HAS-16-Presc-Racecadotril": (
        dosage(step("1", GEL, times=3, period=DAY, when=at("meal"), during="7 day", until="la fin de la diarrhée")), {},
        "3 21", 7, date(2026, 11, 29), "3", box("20", GEL), 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HAS)
def test_the_cases_of_the_has_are_counted(name: str) -> None:
    taken, setting, units, days, last, mean, pack, boxes = HAS[name]
    made = plan(taken, Setting(start=MONDAY, **setting))
    assert made.gaps == ()
    assert made.units == Bounds(*map(Decimal, units.split()))
    assert made.days is not None
    assert (made.days[1], made.last) == (days, last)
    assert made.mean is not None
    assert round(made.mean.high, 4) == Decimal(mean)
    assert made.unit is not None
    given_out = dispensed(made.units.high, made.unit, pack, setting.get("strength"))
    assert given_out is not None
    assert given_out.boxes == boxes


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published cases of the HAS are not at hand")
def test_no_published_case_is_left_out() -> None:
    assert {each.stem for each in (SHARED / "has-posologies").glob("*.fsh")} == set(HAS)
