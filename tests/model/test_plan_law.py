"""The rules of law read the dosage: how long a box lasts, when a renewal is due, how many units a fraction is."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from ruled import DAY, PARIS, deliver, facts_of, medicine, noon, ordered, rule, said, standing
from taking import CP, GEL, MG, ML, dosage, step

from factories import an_execution, boxes, delivered, executed, registered
from ordonum.client.remaining import remaining_lines
from ordonum.knowledge.conditions import CONDITIONS
from ordonum.knowledge.rules import RULES
from ordonum.model.course import Content, disagrees, duration_of, months_of, units_of
from ordonum.model.dosage import Dosage
from ordonum.model.drug import Pack
from ordonum.model.judging import prescribing_told
from ordonum.model.kept import Executed, Registered
from ordonum.model.legal import deadlines
from ordonum.model.legal_prescribing import end_of_treatment
from ordonum.model.lines import Quantity, Unit
from ordonum.model.outcomes import ExceptionalRule
from ordonum.model.plan_units import Amount, Strength
from ordonum.model.products import MedicineLine, Substance
from ordonum.model.refusals import Refused
from ordonum.model.standing import standing as stands
from ordonum.model.supply import covered_until, supplies
from requirements import requirement

WRITTEN = date(2027, 2, 1)
BOX30, BOX60, BOX90, BOX28, STRONGER, SYRUP = (f"340093000000{rank}" for rank in range(6))


def _holds(amount: str, unit: Any = CP, mg: str = "5") -> Content:
    return Content(Pack(Decimal(amount), unit), Strength(Amount(Decimal(mg), MG), (Amount(Decimal(1), CP),)))


BASE = {
    BOX30: _holds("30"),
    BOX60: _holds("60"),
    BOX90: _holds("90"),
    BOX28: _holds("28", GEL, "10"),
    STRONGER: _holds("30", mg="10"),
    SYRUP: Content(Pack(Decimal(150), ML), Strength(Amount(Decimal(125), MG), (Amount(Decimal(5), ML),))),
}


def boxed(
    taken: Dosage, *, cip13: str | None = BOX30, days: int | None = None, of: int = 1, **rest: Any
) -> MedicineLine:
    """Ramipril, so many boxes, taken so."""
    return medicine("ramipril", days=days, of=of, cip13=cip13, structured_dosage=taken, **rest)


def morphine(taken: Dosage, *, days: int | None = 28, quantity: Quantity | None = None, **rest: Any) -> MedicineLine:
    """Morphine in words, by its dosage alone."""
    line = medicine("sulfate de morphine", days=days, secured=True, in_words=True, structured_dosage=taken, **rest)
    return msgspec.structs.replace(line, quantity=quantity)


def given(day: date, many: int, *, unit: Unit = Unit.BOXES, **rest: Any) -> Executed:
    """A past delivery."""
    return executed(msgspec.structs.replace(delivered(1, Quantity(many, unit)), **rest), at=noon(day))


def hand(
    *acts: Any, on: date, many: int = 1, unit: Unit = Unit.BOXES, only: str | None = None, **rest: Any
) -> tuple[str, str]:
    """Hand so many over, the base at hand."""
    line = msgspec.structs.replace(
        delivered(1, Quantity(many, unit)), **{k: rest.pop(k) for k in ("cip13", "covers") if k in rest}
    )
    return deliver(*acts, on=on, lines=(line,), only=only, contents=BASE.get, **rest)


@pytest.mark.parametrize(
    ("taken", "days", "renewals", "lasts", "told"),
    [
        (dosage(step(times=1, during="7 day")), None, 0, 7, None),
        (dosage(step(times=1)), 30, 0, 30, None),
        (dosage(step(times=1)), None, 0, None, None),
        (dosage(step(times=1, during="7 day")), 30, 0, 7, 7),  # the shorter, and it is told
        (dosage(step(times=1, during="30 day")), 7, 0, 7, 30),
        (dosage(step(times=1, during="3 month")), 30, 2, 30, None),  # three deliveries of a month
        (dosage(step(times=1, during="3 month")), 92, 0, 92, None),
        (dosage(step(times=1, during="3 month")), 84, 0, 84, None),
        (dosage(step(times=1, during="3 month")), 80, 0, 80, 90),
        (dosage(step(times=1, during="1 year")), 30, 11, 30, None),
        (dosage(step(times=1, during="5-7 day")), 5, 0, 5, None),
        (dosage(step(times=1, during="5-7 day")), 8, 0, 7, 7),
        (dosage(step(times=1, until="la guérison", during="7 day")), 7, 0, 7, None),
    ],
)
def test_a_delivery_lasts_as_the_line_or_its_dosage_says_the_shorter_where_they_differ(
    taken: Dosage, days: int | None, renewals: int, lasts: int | None, told: int | None
) -> None:
    line = boxed(taken, days=days, renewals=renewals)
    assert (duration_of(line), disagrees(line)) == (lasts, told)
    assert duration_of(msgspec.structs.replace(line, structured_dosage=None)) == days


def test_months_of_a_dosage_are_those_of_the_calendar_for_the_law() -> None:
    quarter = boxed(dosage(step(times=1, during="3 month")))
    assert months_of(quarter) == 3
    assert end_of_treatment(quarter, WRITTEN) == date(2027, 5, 1)
    monthly = boxed(dosage(step(times=1, during="3 month")), days=30, renewals=2)
    assert end_of_treatment(monthly, WRITTEN) == date(2027, 5, 1)
    assert end_of_treatment(boxed(dosage(step(times=1, during="90 day"))), WRITTEN) == date(2027, 5, 2)
    assert end_of_treatment(boxed(dosage(step(times=1, during="1 year"))), WRITTEN) == date(2028, 2, 1)


@requirement("CSP R.5132-14", "renewal-not-before")
@pytest.mark.parametrize(
    ("taken", "cip13", "handed", "due"),
    [
        (dosage(step(times=1)), None, 1, 30),
        (dosage(step(times=2)), None, 1, 15),
        (dosage(step(times=2)), None, 2, 30),
        (dosage(step("0.5", times=1)), None, 1, 60),
        (dosage(step("5", MG, times=1)), None, 1, 30),
        (dosage(step("2.5", MG, times=1)), None, 1, 60),
        (dosage(step(times=1, times_high=2)), None, 1, 15),  # as much as one may
        (dosage(step(times=1)), BOX90, 1, 90),  # another box of the same strength
        (dosage(step("5", MG, times=1)), STRONGER, 1, 60),
        (dosage(step(every=2, period=step(times=1).timing.period)), None, 1, 60),
    ],
)
def test_the_renewal_is_due_when_the_box_is_used_up(taken: Dosage, cip13: str | None, handed: int, due: int) -> None:
    rest: dict[str, Any] = {} if cip13 is None else {"cip13": cip13}
    acts = (ordered(boxed(taken, renewals=5), on=WRITTEN), given(WRITTEN, handed, **rest))
    day = WRITTEN + due * DAY
    code, detail = hand(*acts, on=day - DAY, only="renewal-not-before")
    assert (code, f"{day:%d/%m/%Y}" in detail) == ("rule-asks", True)
    assert hand(*acts, on=day, only="renewal-not-before")[0] == "silent"
    assert deliver(*acts, on=WRITTEN + DAY, only="renewal-not-before")[0] == "silent"  # no base: nobody knows
    (dates,) = deadlines(standing(*acts), RULES, WRITTEN, conditions=CONDITIONS, contents=BASE.get)
    assert dates.next_from == day
    now = stands(standing(*acts), (dates,), WRITTEN + 10 * DAY, noon(WRITTEN).tzinfo, BASE.get)  # type: ignore[arg-type]  # UTC is a zone here
    assert now.lines[0].days_in_hand == due - 10


def test_a_box_of_another_strength_is_not_counted_in_the_tablets_of_the_dosage() -> None:
    line = boxed(dosage(step(times=2)), days=30, renewals=5)
    acts = (ordered(line, on=WRITTEN), given(WRITTEN, 1, cip13=STRONGER))
    assert (
        hand(*acts, on=WRITTEN + 30 * DAY, only="renewal-not-before")[0] == "silent"
    )  # as the line says: 30 days a box
    assert hand(*acts, on=WRITTEN + 29 * DAY, only="renewal-not-before")[0] == "rule-asks"


def test_a_prescription_by_substance_is_counted_by_its_strength() -> None:
    line = msgspec.structs.replace(
        boxed(dosage(step(times=2)), cip13=None, renewals=5), substances=(Substance("ramipril", "5 mg"),)
    )
    acts = (ordered(line, on=WRITTEN), given(WRITTEN, 1, cip13=BOX60))
    assert hand(*acts, on=WRITTEN + 29 * DAY, cip13=BOX60, only="renewal-not-before")[0] == "rule-asks"
    assert hand(*acts, on=WRITTEN + 30 * DAY, cip13=BOX60, only="renewal-not-before")[0] == "silent"


@requirement("CSP R.5123-2", "a-month-at-once")
@requirement("CSS R.162-20-5", "a-month-at-once")
def test_too_much_at_once_is_counted_by_the_box_that_is_handed_over() -> None:
    order = ordered(boxed(dosage(step(times=1)), of=6), on=WRITTEN)
    for many, cip13, code in (
        (1, BOX30, "silent"),
        (2, BOX30, "rule-asks"),
        (1, BOX60, "silent"),  # a large box
        (1, BOX90, "silent"),
        (2, BOX90, "rule-asks"),
    ):
        assert hand(order, on=WRITTEN, many=many, cip13=cip13, only="a-month-at-once")[0] == code
    assert "60 jours" in hand(order, on=WRITTEN, many=2, only="a-month-at-once")[1]
    twice = ordered(boxed(dosage(step(times=2)), of=6), on=WRITTEN)
    assert hand(twice, on=WRITTEN, many=2, only="a-month-at-once")[0] == "silent"
    # What is declared is not more than what left the counter.
    by_days = ordered(msgspec.structs.replace(boxed(dosage(step(times=1)), days=30), quantity=None), on=WRITTEN)
    assert hand(by_days, on=WRITTEN, many=1, covers=30, only="a-month-at-once")[0] == "silent"
    assert hand(by_days, on=WRITTEN, many=6, covers=30, only="a-month-at-once")[0] == "rule-asks"
    syrup = ordered(
        boxed(dosage(step("125", MG, times=3)), cip13=SYRUP, of=6), on=WRITTEN
    )  # 15 ml a day, 10 days a bottle
    assert hand(syrup, on=WRITTEN, many=3, only="a-month-at-once")[0] == "silent"
    assert hand(syrup, on=WRITTEN, many=4, only="a-month-at-once")[0] == "rule-asks"


@requirement("CSP R.5132-30", "narcotic-28-days")
def test_a_stupefiant_is_not_prescribed_for_longer_by_boxes_nor_by_its_dosage() -> None:
    def registering(line: MedicineLine) -> str:
        order = registered(line, written_on=WRITTEN).order
        try:
            prescribing_told(order, (rule("narcotic-28-days"),), CONDITIONS, None, contents=BASE.get)
        except Refused as refused:
            return refused.refusal.code
        return "silent"

    assert registering(morphine(dosage(step("1", GEL, times=1, during="28 day")), days=None)) == "silent"
    assert (
        registering(morphine(dosage(step("1", GEL, times=1, during="29 day")), days=None)) == "rule-refuses-prescribing"
    )
    for many, code in ((1, "silent"), (2, "rule-refuses-prescribing")):
        line = morphine(dosage(step("1", GEL, times=1)), days=None, quantity=boxes(many), cip13=BOX28)
        assert registering(line) == code


@requirement("CSP R.5132-30", "narcotic-fraction")
@requirement("CSP R.5132-33", "narcotic-three-days", "narcotic-not-before", "narcotic-never-exceeded")
def test_fractions_of_stupefiants_are_delivered_by_the_unit_exactly() -> None:
    order = ordered(morphine(dosage(step("1", GEL, times=3, during="28 day")), fraction_days=7), on=WRITTEN)
    assert standing(order).remainders[0].left == 84
    for many, code in ((20, "silent"), (21, "silent"), (22, "rule-refuses")):
        assert hand(order, on=WRITTEN, many=many, unit=Unit.UNITS, only="narcotic-fraction")[0] == code
    assert "21 unités" in hand(order, on=WRITTEN, many=84, unit=Unit.UNITS, only="narcotic-fraction")[1]
    begun = (order, given(WRITTEN, 21, unit=Unit.UNITS))
    assert standing(*begun).remainders[0].left == 63
    for day, code in ((7, "rule-refuses"), (8, "silent")):
        assert hand(*begun, on=date(2027, 2, day), many=21, unit=Unit.UNITS, only="narcotic-not-before")[0] == code
    for many, code in ((12, "silent"), (13, "rule-refuses")):  # four days of the second fraction remain
        assert hand(*begun, on=date(2027, 2, 11), many=many, unit=Unit.UNITS, only="narcotic-three-days")[0] == code
    late = hand(order, on=date(2027, 2, 5), many=84, unit=Unit.UNITS, only="narcotic-three-days")[1]
    assert "3 jours de traitement, soit 9 unités au plus" in late
    assert hand(*begun, on=date(2027, 2, 8), many=64, unit=Unit.UNITS)[0] == "rule-refuses"
    whole = ordered(morphine(dosage(step("1", GEL, times=3, during="28 day")), single_delivery=True), on=WRITTEN)
    assert hand(whole, on=WRITTEN, many=84, unit=Unit.UNITS)[0] != "secured-more-than-left"
    assert hand(whole, on=WRITTEN, many=85, unit=Unit.UNITS)[0] == "secured-more-than-left"


def test_a_lighter_second_half_makes_smaller_fractions() -> None:
    taper = dosage(step("3", GEL, turn=1, times=1, during="7 day"), step("1", GEL, turn=2, times=1, during="7 day"))
    order = ordered(morphine(taper, days=14, fraction_days=7), on=WRITTEN)
    assert units_of(morphine(taper, days=14)) == 28
    assert hand(order, on=WRITTEN, many=21, unit=Unit.UNITS, only="narcotic-fraction")[0] == "silent"
    begun = (order, given(WRITTEN, 21, unit=Unit.UNITS))
    both = standing(*begun, given(date(2027, 2, 8), 7, unit=Unit.UNITS))
    assert covered_until(supplies(both, PARIS)[1], both.order.lines[0]) == date(2027, 2, 15)  # seven more days
    for many, code in ((7, "silent"), (8, "rule-refuses")):
        assert hand(*begun, on=date(2027, 2, 8), many=many, unit=Unit.UNITS, only="narcotic-fraction")[0] == code


@pytest.mark.parametrize(
    ("taken", "rest", "units"),
    [
        (dosage(step("1", GEL, times=3, during="28 day")), {}, 84),
        (dosage(step("10", MG, times=2)), {"substances": (Substance("morphine", "10 mg"),)}, 56),
        (dosage(step("15", MG, times=1)), {"substances": (Substance("morphine", "10 mg"),)}, 42),
        (dosage(step("10", MG, times=2)), {}, None),  # nobody knows in how many units
        (dosage(step("0.5", times=1)), {"duration_days": 7}, 4),  # what is cut comes whole
        (dosage(step("5", ML, times=2)), {}, None),  # a bottle is not counted so
        (dosage(step("1-2", GEL, times=2)), {}, 112),
        (dosage(step("1", GEL, as_needed="douleur")), {}, None),
        (dosage(step("1", GEL, times=2)), {"in_words": False}, None),
    ],
)
def test_what_is_written_in_words_is_counted_by_the_unit_where_its_dosage_makes_it(
    taken: Dosage, rest: dict[str, Any], units: int | None
) -> None:
    line = msgspec.structs.replace(morphine(taken), **rest)
    assert units_of(line) == units
    assert units_of(msgspec.structs.replace(line, structured_dosage=None)) is None


def test_boxes_of_a_line_in_words_hold_what_is_prescribed() -> None:
    order = ordered(morphine(dosage(step("1", GEL, times=1)), quantity=boxes(2)), on=WRITTEN)
    for many, unit, left in ((1, Unit.BOXES, 14), (7, Unit.UNITS, 21), (7, Unit.DAYS, 21)):
        assert standing(order, given(WRITTEN, many, unit=unit)).remainders[0].left == left


def test_durations_that_differ_are_told_to_who_prescribes_and_to_who_delivers() -> None:
    line = boxed(dosage(step(times=1, during="7 day")), days=30)
    order = registered(line, written_on=WRITTEN).order
    (told,) = prescribing_told(order, (), CONDITIONS, None)
    assert "la posologie dure 7 jours et la ligne dit 30 jours" in told
    assert "la plus courte compte" in hand(ordered(line, on=WRITTEN), on=WRITTEN, only="renewal-not-before")[1]
    agreed = registered(boxed(dosage(step(times=1, during="1 month")), days=30), written_on=WRITTEN).order
    assert prescribing_told(agreed, (), CONDITIONS, None) == ()


@requirement("CSP R.5123-2-1", "exceptional-chronic")
def test_an_exceptional_dispensing_knows_the_duration_by_the_boxes_and_the_dosage() -> None:
    def ask(order: Registered) -> str:
        line = msgspec.structs.replace(delivered(1, boxes(1)), exceptional=ExceptionalRule.CHRONIC_TREATMENT)
        execution = an_execution(line, performed_at=noon(date(2027, 6, 1)))
        facts = facts_of(order, day=date(2027, 6, 1), rules=(rule("exceptional-chronic"),), contents=BASE.get)
        return said(execution, facts)[0]

    assert (
        ask(registered(boxed(dosage(step(times=1)), renewals=3), written_on=WRITTEN)) == "silent"
    )  # four times thirty days
    assert ask(registered(boxed(dosage(step(times=1)), renewals=1), written_on=WRITTEN)) == "rule-refuses"
    assert ask(registered(boxed(dosage(step(as_needed="")), renewals=3), written_on=WRITTEN)) == "rule-refuses"
    assert ask(registered(boxed(dosage(step(times=1, during="3 month"))), written_on=WRITTEN)) == "silent"


def test_the_rest_of_a_line_in_words_is_prescribed_again_by_the_unit() -> None:
    order = ordered(morphine(dosage(step("1", GEL, times=3, during="28 day"))), on=WRITTEN)
    begun = standing(order, given(WRITTEN, 21, unit=Unit.UNITS))
    (rest,) = remaining_lines(begun.order, begun.remainders)
    assert (rest.quantity, rest.duration_days) == (Quantity(63, Unit.UNITS), 21)
    assert standing(ordered(rest, on=WRITTEN)).remainders[0].left == 63
    whole = standing(order)
    assert remaining_lines(whole.order, whole.remainders) == whole.order.lines
