"""Dosages in few words, for the tests of what is computed from them."""

from datetime import date
from decimal import Decimal
from typing import Any

from ordonum.model.dosage import (
    Cycle,
    Dosage,
    Dose,
    DoseUnit,
    Limits,
    Moment,
    PerBody,
    Span,
    Step,
    TimeUnit,
    Timing,
    When,
)

MONDAY = date(2026, 11, 23)
CP, GEL, MG, ML, UI, AMP = (DoseUnit(each) for each in ("tablet", "capsule", "mg", "ml", "iu", "ampoule"))
HOUR, DAY, WEEK, MONTH, YEAR = TimeUnit.HOUR, TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.YEAR


def of(amount: str, unit: DoseUnit = CP, **more: Any) -> Dose:
    """«1», or «1-2»."""
    low, _, high = amount.partition("-")
    return Dose(amount=Decimal(low), high=Decimal(high) if high else None, unit=unit, **more)


def at(*moments: str) -> tuple[When, ...]:
    """«morning», «evening»."""
    return tuple(When(moment=Moment(each)) for each in moments)


def lasting(text: str) -> Span:
    """«7 day», «5-7 day»."""
    value, unit = text.split()
    low, _, high = value.partition("-")
    return Span(int(low), TimeUnit(unit), int(high) if high else None)


def step(
    amount: str | None = "1", unit: DoseUnit = CP, *, per: PerBody | None = None, during: str | None = None, **more: Any
) -> Step:
    """A step: its dose, how long, and the words of `Timing` and of `Step`."""
    timing = {each: more.pop(each) for each in tuple(more) if each in Timing.__struct_fields__}
    if isinstance(timing.get("cycle"), tuple):
        length, *days = timing["cycle"]
        timing["cycle"] = Cycle(length=length, days=tuple(days))
    if ("times" in timing) and "period" not in timing and "when" not in timing and "at" not in timing:
        timing["period"] = DAY
    dose = of(amount, unit, per=per) if amount is not None else None
    return Step(dose=dose, timing=Timing(**timing), duration=lasting(during) if during else None, **more)


def limits(**most: Any) -> Limits:
    """«per_day="4"» in tablets, or doses; «apart="4 hour"»."""
    unit = most.pop("unit", CP)
    for each in ("per_take", "per_day", "per_period", "lifetime"):
        if isinstance(most.get(each), str):
            most[each] = of(most[each], unit)
    for each in ("apart", "period"):
        if isinstance(most.get(each), str):
            most[each] = lasting(most[each])
    return Limits(**most)


def dosage(*steps: Step, during: str | None = None) -> Dosage:
    """Steps, and how long the whole lasts."""
    return Dosage(steps=steps, duration=lasting(during) if during else None)
