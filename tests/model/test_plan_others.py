"""Other dosages, counted by hand: unequal doses, cycles, tapers, hours, calendars, weight, limits; and what is not computed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from counted import COUNTED, TEN_MG, UNCOUNTED
from hypothesis import given, settings
from hypothesis import strategies as st
from taking import CP, DAY, HOUR, MG, ML, MONDAY, MONTH, WEEK, at, dosage, lasting, limits, of, step

from ordonum.model.dosage import (
    Dosage,
    DoseUnit,
    PerBody,
    Step,
    Timing,
    Weekday,
)
from ordonum.model.drug import Pack
from ordonum.model.plan import dispensed, grid, is_three_months, lasts, needed, plan, unit_for, used_up
from ordonum.model.plan_shapes import Bounds, Gap, Setting
from ordonum.model.plan_units import Body, for_body

MON, TUE, THU, SAT, SUN = (Weekday(each) for each in ("monday", "tuesday", "thursday", "saturday", "sunday"))
SPOON, PUFF, DROP, KGDOSE = (DoseUnit(each) for each in ("teaspoon", "puff", "drop", "dose-kg"))
BODY = Body(weight_g=12_500, height_cm=85)

# dosage, setting, units (least, most), days at most, units of the first days (most)
_NAMES, _UNNAMED = [row[0] for row in COUNTED], [row[0] for row in UNCOUNTED]


@pytest.mark.parametrize(("taken", "setting", "units", "days", "first"), [row[1:] for row in COUNTED], ids=_NAMES)
def test_a_dosage_is_counted(taken: Dosage, setting: dict[str, Any], units: str, days: int, first: str) -> None:
    made = Setting(**{"start": MONDAY, **setting})
    found = plan(taken, made)
    assert (found.gaps, found.units) == ((), Bounds(*map(Decimal, units.split())))
    assert found.days is not None
    assert (found.days[1], found.last) == (days, made.start + timedelta(days=days - 1))
    rows = grid(taken, made)
    wanted = [Decimal(each) for each in first.split()]
    shown = [each.amount.high for each in rows[: len(wanted)]]
    assert shown + [Decimal(0)] * (len(wanted) - len(shown)) == wanted


@pytest.mark.parametrize(("taken", "setting", "gaps"), [row[1:] for row in UNCOUNTED], ids=_UNNAMED)
def test_what_cannot_be_counted_is_named_and_not_guessed(
    taken: Dosage, setting: dict[str, Any], gaps: set[Gap]
) -> None:
    found = plan(taken, Setting(**{"start": MONDAY, **setting}))
    assert set(found.gaps) == gaps
    assert found.last is None or gaps - {Gap.DURATION, Gap.UNTIL, Gap.TOO_LONG, Gap.PROCEDURE}
    assert found.units is None or gaps == {Gap.PROCEDURE}  # so many, on days that nobody knows yet


def test_without_a_duration_the_daily_dose_is_still_known() -> None:
    for taken, mean, most in (
        (dosage(step(times=2)), "2", "2"),
        (dosage(step("0.5", cycle=(2, 1)), step("0.75", cycle=(2, 2))), "0.625", "0.75"),
        (dosage(step(cycle=(28, *range(1, 22)))), "0.75", "1"),
        (dosage(step("4", turn=1, times=1, during="3 day"), step("2", turn=2, times=1)), "2", "2"),
    ):
        found = plan(taken, Setting(start=MONDAY))
        assert found.gaps == (Gap.DURATION,)
        assert (found.mean, found.most) == (Bounds(Decimal(mean), Decimal(mean)), Decimal(most))


def test_days_told_from_an_examination_without_a_date_are_shown_apart_and_counted() -> None:
    found = grid(dosage(step("2", procedure_days=(-2, -1), when=at("morning", "evening"))), Setting(start=MONDAY), 1)
    assert [(each.from_procedure, str(each.amount.high), len(each.takes)) for each in found if each.on is None] == [
        (-2, "4", 2),
        (-1, "4", 2),
    ]


def test_a_computed_dose_goes_to_the_nearest_graduation_and_never_above_the_maximum() -> None:
    def dose(amount: str, graduation: str, most: str | None = None) -> Decimal:
        found = for_body(
            of(amount, MG, per=PerBody.KILOGRAM, graduation=Decimal(graduation)), BODY, Decimal(most) if most else None
        )
        assert found is not None
        return found[1]

    in_four = Timing(times=4, period=DAY, in_all=True)
    assert dose("15", "25") == 200  # 187.5: half way goes up
    assert dose("15", "10") == 190
    assert dose("14", "50") == 200  # 175
    assert dose("13", "50") == 150  # 162.5
    assert dose("15", "50", "180") == 150
    assert dose("0.1", "10") == 10  # never nothing
    halves = of("0.3", CP, graduation=Decimal("0.5"))
    assert for_body(halves, Body()) == (Decimal("0.5"), Decimal("0.5"))
    shared = dosage(
        Step(dose=of("60", MG, per=PerBody.KILOGRAM, graduation=Decimal(25)), timing=in_four, duration=lasting("1 day"))
    )
    assert plan(shared, Setting(start=MONDAY, body=BODY)).units == Bounds(Decimal(800), Decimal(800))  # 187.5 each, 200
    in_step = dosage(
        step("15", MG, per=PerBody.KILOGRAM, times=4, limits=limits(unit=MG, per_take="150"), during="1 day")
    )
    assert plan(in_step, Setting(start=MONDAY, body=BODY)).units == Bounds(Decimal(600), Decimal(600))


def test_boxes_are_whole_and_a_box_of_stupefiants_is_broken() -> None:
    box = Pack(Decimal(14), CP)
    for units, exact, boxes, loose, handed, over in (
        ("28", False, 2, "0", "28", "0"),
        ("29", False, 3, "0", "42", "13"),
        ("29", True, 2, "1", "29", "0"),
        ("10", True, 0, "10", "10", "0"),
        ("3.5", True, 0, "4", "4", "0.5"),
    ):
        found = dispensed(Decimal(units), CP, box, exact=exact)
        assert found is not None
        assert (found.boxes, found.loose, found.units, found.over) == (
            boxes,
            Decimal(loose),
            Decimal(handed),
            Decimal(over),
        )
    bottle = dispensed(Decimal(75), ML, Pack(Decimal(150), ML, 1), exact=True)
    assert bottle is not None
    assert (bottle.boxes, bottle.over) == (1, Decimal(75))  # nobody pours half of one
    assert dispensed(Decimal(20), DROP, Pack(Decimal(20), ML)) is None
    syringes = dispensed(Decimal(20), DoseUnit.SYRINGE, Pack(Decimal("2.4"), ML, 6))
    assert syringes is not None
    assert syringes.boxes == 4


def test_a_renewal_is_due_on_the_day_that_what_was_given_does_not_cover() -> None:
    start = Setting(start=MONDAY)
    for taken, units, due in (
        (dosage(step(times=2)), "60", date(2026, 12, 23)),
        (dosage(step(times=2)), "61", date(2026, 12, 23)),  # one alone is no day
        (dosage(step("2", weekdays=(TUE,))), "8", date(2026, 12, 22)),  # four Tuesdays
        (dosage(step(times=1, times_high=2)), "30", date(2026, 12, 8)),  # as much as one may
        (dosage(step("3", turn=1, times=1, during="5 day"), step("1", turn=2, times=1)), "20", date(2026, 12, 3)),
        (dosage(step(every=72, period=HOUR)), "5", date(2026, 12, 8)),
    ):
        assert used_up(taken, start, Decimal(units)) == due
    taper = dosage(step("3", turn=1, times=1, during="5 day"), step("1", turn=2, times=1, during="5 day"))
    assert lasts(taper, start, Decimal(5), since=5) == 5  # the second half is lighter
    assert lasts(taper, start, Decimal(20)) == 10
    assert lasts(taper, start, Decimal(35)) == 15  # what is over begins again
    assert needed(taper, start, 7) == 17
    assert needed(taper, start, 3, since=4) == 5
    assert lasts(dosage(step(as_needed="")), start, Decimal(30)) is None
    assert used_up(dosage(step(None, times=1)), start, Decimal(30)) is None


def test_a_box_of_three_months_is_known_by_its_days() -> None:
    once, twice = dosage(step(times=1)), dosage(step(times=2))
    assert is_three_months(once, Setting(start=MONDAY), Pack(Decimal(90), CP))
    assert not is_three_months(twice, Setting(start=MONDAY), Pack(Decimal(90), CP))
    assert not is_three_months(once, Setting(start=MONDAY), Pack(Decimal(30), CP))
    assert (
        is_three_months(dosage(step("20", MG, times=1)), Setting(start=MONDAY, unit=CP), Pack(Decimal(90), CP)) is None
    )


def test_what_a_box_counts_is_the_unit_of_a_dose_in_milligrams() -> None:
    assert unit_for(dosage(step("20", MG, times=1)), Pack(Decimal(30), CP), TEN_MG) is CP
    assert unit_for(dosage(step("20", MG, times=1)), Pack(Decimal(30), CP)) is MG
    assert unit_for(dosage(step("1", SPOON, times=1)), Pack(Decimal(150), ML)) is SPOON
    assert unit_for(dosage(step("2", PUFF, times=1)), Pack(Decimal(200), DoseUnit.DOSE)) is PUFF


TIMINGS = st.one_of(
    st.builds(lambda times: {"times": times, "period": DAY}, st.integers(1, 6)),
    st.builds(lambda every, period: {"every": every, "period": period}, st.integers(1, 40),
     st.sampled_from([HOUR, DAY, WEEK, MONTH])),
    st.builds(lambda days: {"weekdays": tuple(days)},
     st.lists(st.sampled_from(list(Weekday)), min_size=1, max_size=7, unique=True)),
    st.builds(lambda length, day: {"cycle": (length, min(day, length))}, st.integers(2, 40), st.integers(1, 40)),
    st.builds(lambda days: {"month_days": tuple(sorted(days))}, st.sets(st.integers(1, 31), min_size=1, max_size=4)),
)  # fmt: skip
STEPS = st.builds(
    lambda amount, timing, days, needed: step(str(Decimal(amount) / 4),
     during=f"{days} day", as_needed="si" if needed else None, **timing),
    st.integers(1, 20), TIMINGS, st.integers(1, 120), st.booleans(),
)  # fmt: skip
STARTS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=3), STARTS, st.integers(1, 100))
def test_the_grid_adds_up_to_the_units_and_boxes_hold_them(steps: list[Step], start: date, box: int) -> None:
    taken, setting = dosage(*steps), Setting(start=start)
    found, rows = plan(taken, setting), grid(taken, setting)
    assert found.units is not None
    assert found.last is not None
    assert found.last >= found.first
    assert len(rows) == (found.last - found.first).days + 1
    assert sum(each.amount.low for each in rows) == found.units.low
    assert sum(each.amount.high for each in rows) == found.units.high
    of_takes = sum(take.times.high * take.each.high for row in rows for take in row.takes)
    assert of_takes == found.units.high
    out = dispensed(found.units.high, CP, Pack(Decimal(box), CP))
    assert out is not None
    assert out.boxes * box >= found.units.high > (out.boxes - 1) * box or found.units.high == out.boxes == 0


@settings(max_examples=80, deadline=None)
@given(STEPS, STARTS, st.integers(0, 400), st.integers(1, 200))
def test_what_is_used_up_was_enough_for_every_day_before_and_not_for_the_next(
    taken: Step, start: date, since: int, units: int
) -> None:
    one, setting = dosage(taken), Setting(start=start)
    days = lasts(one, setting, Decimal(units), since)
    if days is None:
        assert plan(one, setting).units in (None, Bounds(Decimal(0), Decimal(0)))
        return
    before, after = needed(one, setting, days, since), needed(one, setting, days + 1, since)
    assert before is not None
    assert after is not None
    assert before <= units < after
