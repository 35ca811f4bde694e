"""No fact of a dosage is silent: whatever of it changes, the sentence changes, in figures and in words."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordonum.model.dosage import (
    Cycle,
    Dosage,
    Dose,
    DoseUnit,
    Limits,
    Moment,
    PerBody,
    Rate,
    Relation,
    Span,
    Step,
    TimeUnit,
    Timing,
    Weekday,
    When,
)
from ordonum.texts.dosage import say

MG = DoseUnit.MILLIGRAM


def _dose(amount: int) -> Dose:
    return Dose(amount=Decimal(amount), unit=MG)


EVERY_DAY = Timing(times=3, period=TimeUnit.DAY)
FULL = Step(
    dose=Dose(amount=Decimal(15), unit=MG, per=PerBody.KILOGRAM, graduation=Decimal(5)),
    rate=Rate(amount=Decimal(80), unit=DoseUnit.MILLILITRE, per=TimeUnit.HOUR, over=Span(2, TimeUnit.HOUR)),
    timing=EVERY_DAY,
    duration=Span(7, TimeUnit.DAY),
    as_needed="douleur",
    route="intraveineuse",
    site="dans le bras",
    limits=Limits(
        per_take=_dose(900), per_day=_dose(3000), takes_per_day=4, per_period=_dose(9000), period=Span(1, TimeUnit.WEEK),
        lifetime=_dose(90_000), apart=Span(6, TimeUnit.HOUR),
    ),
    instruction="avec un verre d'eau",
)  # fmt: skip
OTHER: dict[str, list[object]] = {
    "dose": [None, _dose(15)],
    "rate": [None, Rate(over=Span(2, TimeUnit.HOUR)), Rate(amount=Decimal(80), unit=MG, per=TimeUnit.HOUR)],
    "duration": [None, Span(8, TimeUnit.DAY), Span(7, TimeUnit.WEEK), Span(7, TimeUnit.DAY, 9)],
    "at_most": [True],
    "until": ["jusqu'à guérison"],
    "as_needed": [None, "", "fièvre"],
    "route": [None, "orale"],
    "site": [None, "sur la jambe"],
    "limits": [None],
    "instruction": [None, "sans croquer"],
}
TIMED: dict[str, list[object]] = {
    "times": [2],
    "times_high": [4],
    "every": [2],
    "every_high": [3],
    "period": [unit for unit in TimeUnit if unit not in (TimeUnit.DAY, TimeUnit.MINUTE)],
    "weekdays": [(Weekday.MONDAY,), (Weekday.MONDAY, Weekday.FRIDAY)],
    "month_days": [(1,), (1, 15), tuple(range(2, 31, 2)), tuple(range(1, 32, 2))],
    "cycle": [Cycle(length=28, days=(1,)), Cycle(length=28, days=tuple(range(1, 22))), Cycle(length=2, days=(2,))],
    "at": [("08:00",), ("08:00", "20:00")],
    "when": [
        *(
            (When(moment=moment, relation=relation),)
            for moment in Moment
            for relation in Relation
            if relation is not Relation.BETWEEN or moment is Moment.MEAL
        ),
        (When(moment=Moment.DINNER, relation=Relation.BEFORE, offset=Span(30, TimeUnit.MINUTE)),),
        (When(moment=Moment.MORNING), When(moment=Moment.EVENING)),
    ],
    "in_all": [True],
    "count": [5],
    "once": [True],
    "procedure_days": [(-1,), (0, 2)],
}
LIMITED: dict[str, list[object]] = {
    **{name: [None, _dose(777)] for name in ("per_take", "per_day", "per_period", "lifetime")},
    "takes_per_day": [None, 5],
    "period": [Span(2, TimeUnit.MONTH)],
    "apart": [None, Span(5, TimeUnit.HOUR)],
}
DOSED: dict[str, list[object]] = {
    "amount": [Decimal(16)],
    "high": [Decimal(20)],
    "unit": [unit for unit in DoseUnit if unit not in (MG, DoseUnit.DOSE_KG)],
    "per": [PerBody.SQUARE_METRE],
    "graduation": [None, Decimal(10)],
}


def _changed() -> Iterator[tuple[str, Step]]:
    for name, values in OTHER.items():
        for value in values:
            yield name, replace(FULL, **{name: value})
    for name, values in TIMED.items():
        for value in values:
            yield f"timing.{name}", replace(FULL, timing=replace(EVERY_DAY, **{name: value}))
    assert FULL.limits is not None
    assert FULL.dose is not None
    for name, values in LIMITED.items():
        for value in values:
            yield f"limits.{name}", replace(FULL, limits=replace(FULL.limits, **{name: value}))
    for name, values in DOSED.items():
        for value in values:
            yield f"dose.{name}", replace(FULL, dose=replace(FULL.dose, **{name: value}))


@pytest.mark.parametrize("in_words", [False, True])
def test_each_fact_that_changes_changes_the_sentence(in_words: bool) -> None:
    said = {say(Dosage(steps=(FULL,)), in_words=in_words): "as it is"}
    for name, step in _changed():
        sentence = say(Dosage(steps=(step,)), in_words=in_words)
        assert sentence not in said, (name, said.get(sentence), sentence)
        said.setdefault(sentence, name)


def test_in_words_no_figure_stays() -> None:
    for _, step in _changed():
        sentence = say(Dosage(steps=(step,), duration=Span(3, TimeUnit.MONTH)), in_words=True)
        assert not any(letter.isdigit() for letter in sentence), sentence


def test_hours_and_moments_that_are_not_pairs_are_both_said() -> None:
    timing = Timing(at=("08:00", "20:00"), when=(When(moment=Moment.BEDTIME),))
    assert (
        say(Dosage(steps=(Step(dose=_dose(5), timing=timing),)))
        == "5 mg au coucher, 5 mg à 8 heures et 5 mg à 20 heures"
    )


def test_alternate_days_that_are_also_of_the_week_are_both_said() -> None:
    days = [Timing(cycle=Cycle(length=2, days=(day,)), weekdays=(Weekday.MONDAY,)) for day in (1, 2)]
    said = say(Dosage(steps=tuple(Step(dose=_dose(5 + place), timing=each) for place, each in enumerate(days))))
    assert "lundi" in said
