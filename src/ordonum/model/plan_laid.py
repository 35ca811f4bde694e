"""A dosage laid on the calendar: each of its steps from its day, for so long, with its doses in one unit. Pure.

Counts are exact decimals. A month that is counted in days counts thirty, as in `Frequency.planned`; where takes are placed by
months (every month, the 1st of the month) months are those of the calendar. What cannot be computed is named, never guessed.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from msgspec.structs import replace

from ordonum.model.days import months_after
from ordonum.model.dosage import Dosage, Dose, DoseUnit, Limits, Moment, PerBody, Span, Step, TimeUnit, Timing
from ordonum.model.plan_days import (
    DAY_MINUTES,
    NONE,
    UNIT_MINUTES,
    Count,
    by_months,
    contradictory,
    in_a_day,
    is_event,
    is_said,
    takes_on,
)
from ordonum.model.plan_shapes import ZERO, Bounds, Gap, Laid, Setting, Stretch
from ordonum.model.plan_units import for_body, per_one

DAYS_MAX = 3_660
# A dose that a result decides is no amount, whatever was written before it.
_MEASURED = re.compile(
    r"\b(?:INR|TP|TCA|glyc[ée]mies?|kali[ée]mie|lithi[ée]mie|ur[ée]mie|natr[ée]mie|clairance|dextros?|"
    r"(?:[àa]\s+)?(?:adapter|ajuster)|adapt[ée]e?s?|ajust[ée]e?s?|r[ée]sultats?|protocole)\b",
    re.IGNORECASE,
)

_BOTH = re.compile(
    r"\b(?:chaque|chacune?\s+des|(?:les|des|aux)\s+deux)\b.*\b(?:[oœ]e?il|yeux|narines?|oreilles?|c[ôo]t[ée]s?|aisselles?|cuisses?|bras|"
    r"jambes?|genoux?|mains?|pieds?)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=512)
def laid(dosage: Dosage, setting: Setting) -> Laid:
    """The steps of a dosage, turn after turn, from its first day; none lasts longer than the whole, nor than `setting.days`."""
    unit = setting.unit or first_unit(dosage)
    gaps: list[Gap] = []
    found: list[Stretch] = []
    begins = 0
    for turn in range(1, dosage.steps[-1].turn + 1):
        of_turn = [(rank, each) for rank, each in enumerate(dosage.steps) if each.turn == turn]
        lengths = [_length(each, setting, begins) for _, each in of_turn]
        known = [each for each in lengths if each is not None]
        rest = _rest(dosage, setting, begins)
        longest = max(known, key=lambda each: each[1], default=None)
        filled = longest if turn < dosage.steps[-1].turn else None
        for (rank, step), length in zip(of_turn, lengths, strict=True):
            days = _least(length or filled or rest, rest)
            gaps += _gaps(step, setting, unit)
            if days is None:
                gaps.append(Gap.UNTIL if step.until is not None else Gap.DURATION)
            if days is None or days[1] > 0 or step.timing.procedure_days:
                found.append(_stretch(rank, step, begins, days, unit, setting))
        begins = min(begins + (longest[1] if longest is not None else 0), DAYS_MAX + 1)
    if any(each.begins + (each.days or 0) > DAYS_MAX for each in found):
        gaps.append(Gap.TOO_LONG)
    return Laid(setting=setting, unit=unit, stretches=tuple(found), gaps=tuple(dict.fromkeys(gaps)))


def first_unit(dosage: Dosage) -> DoseUnit | None:
    """The unit of the first dose, of a take or of a limit."""
    return next((dose.unit for step in dosage.steps for dose in _doses(step)), None)


def _doses(step: Step) -> list[Dose]:
    limits = step.limits or Limits()
    rate = step.rate
    flow = [Dose(amount=rate.amount, unit=rate.unit)] if rate is not None and rate.amount and rate.unit else []
    return [each for each in (step.dose, *flow, limits.per_take, limits.per_day) if each is not None]


def _length(step: Step, setting: Setting, begins: int) -> tuple[int, int] | None:
    """The days of a step, at least and at most; None where nothing says how long."""
    timing = step.timing
    if timing.count is not None:
        counted = len(_in_all(timing, setting.start + timedelta(days=begins)))
        return counted, counted
    if timing.procedure_days:
        days = _procedure_rank(step, setting)
        return (0, 0) if days is None else (days, days)
    if timing.once or is_at_a_procedure(step):
        return 1, 1
    if step.duration is None:
        return None
    low, high = _days(step.duration, setting.start + timedelta(days=begins), calendar=by_months(timing))
    return (1 if step.until is not None else low), high


@lru_cache(maxsize=128)
def _in_all(timing: Timing, start: date) -> tuple[Count, ...]:
    """The takes of each day, where so many are taken in all."""
    found: list[Count] = []
    left, wanted = (timing.count or 0,) * 2
    while left > 0 and len(found) < DAYS_MAX:
        high = takes_on(timing, len(found), start + timedelta(days=len(found)), start).high
        found.append(Count(min(high, left), min(high, left)))
        left -= high
    return tuple(found) if left < wanted else ()


def _procedure_rank(step: Step, setting: Setting) -> int | None:
    """How many days from the start the last day told from a procedure is; None where it is not known, or begins too early."""
    if setting.procedure is None:
        return None
    start, days = (setting.procedure - setting.start).days, step.timing.procedure_days
    return start + max(days) + 1 if start + min(days) >= 0 else None


def is_at_a_procedure(step: Step) -> bool:
    """Whether it is taken once, about a procedure whose day is that on which it begins."""
    timing = step.timing
    return timing.period is None and bool(timing.when) and all(each.moment is Moment.PROCEDURE for each in timing.when)


def _days(span: Span, start: date, *, calendar: bool) -> tuple[int, int]:
    """The days that a length of time makes, at least and at most, a begun day counting whole."""
    low, high = (_one(value, span.unit, start, calendar=calendar) for value in (span.value, span.high or span.value))
    return low, high


def _one(value: int, unit: TimeUnit, start: date, *, calendar: bool) -> int:
    months = value * 12 if unit is TimeUnit.YEAR else value
    if calendar and unit in (TimeUnit.MONTH, TimeUnit.YEAR) and months <= DAYS_MAX // 30:
        return (months_after(start, months) - start).days
    return min(-(-value * UNIT_MINUTES[unit] // DAY_MINUTES), DAYS_MAX + 1)


def _rest(dosage: Dosage, setting: Setting, begins: int) -> tuple[int, int] | None:
    """What is left of the whole, at least and at most, when a turn begins; None where nothing bounds it."""
    calendar = all(by_months(each.timing) for each in dosage.steps)
    whole = _days(dosage.duration, setting.start, calendar=calendar) if dosage.duration is not None else None
    whole = _least(whole, (setting.days, setting.days) if setting.days is not None else None)
    return None if whole is None else (max(0, whole[0] - begins), max(0, whole[1] - begins))


def _least(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), min(one[1], other[1])


def _gaps(step: Step, setting: Setting, unit: DoseUnit | None) -> Iterable[Gap]:
    """What is missing to compute the amounts of a step."""
    limits, timing = step.limits or Limits(), step.timing
    if step.instruction is not None and _MEASURED.search(step.instruction):
        yield Gap.MEASURED
    if contradictory(timing):
        yield Gap.CONTRADICTORY
    for dose in _doses(step):
        if dose.per is not None and for_body(dose, setting.body) is None:
            yield Gap.WEIGHT if dose.per is PerBody.KILOGRAM else Gap.SURFACE
    bounded = limits.per_day is not None or limits.takes_per_day is not None or limits.apart is not None
    free = step.as_needed is not None or is_event(timing)
    if unit is None or not (_take_doses(step) or (free and limits.per_day is not None)):
        yield Gap.DOSE
    elif any(per_one(each.unit, unit, setting.strength) is None for each in _take_doses(step)):
        yield Gap.UNITS
    if timing.procedure_days and _procedure_rank(step, setting) is None:
        yield Gap.PROCEDURE
    if is_event(timing) and not bounded:
        yield Gap.EVENT
    elif not is_said(timing) and not bounded and not (step.rate is not None and step.rate.amount is not None):
        yield Gap.NO_MAXIMUM if free else Gap.FREQUENCY


def _take_doses(step: Step) -> list[Dose]:
    """What one take may be."""
    limits = step.limits or Limits()
    return [each for each in _doses(step) if each is not limits.per_day or (step.dose is None and step.rate is None)]


def _stretch(
    index: int, step: Step, begins: int, days: tuple[int, int] | None, unit: DoseUnit | None, setting: Setting
) -> Stretch:
    limits = step.limits or Limits()
    takes = [each for each in (limits.takes_per_day, _apart(limits.apart)) if each is not None]
    free = step.as_needed is not None or is_event(step.timing)
    return Stretch(
        index=index,
        step=step,
        begins=0 if step.timing.procedure_days else begins,
        least=days[0] if days else None,
        days=days[1] if days else None,
        dose=_dose(step, unit, setting, free=free),
        takes_most=min(takes, default=None),
        day_most=in_unit(limits.per_day, unit, setting),
        free=free,
    )


def _apart(span: Span | None) -> int | None:
    """How many takes a day may hold, where so much time passes between two of them."""
    return None if span is None else max(1, -(-DAY_MINUTES // (span.value * UNIT_MINUTES[span.unit])))


def in_unit(dose: Dose | None, unit: DoseUnit | None, setting: Setting) -> Decimal | None:
    """The highest of a dose in that unit; None where it does not convert, or was not told."""
    if dose is None or unit is None or (factor := per_one(dose.unit, unit, setting.strength)) is None:
        return None
    amounts = for_body(dose, setting.body)
    return None if amounts is None else amounts[1] * factor


def _dose(step: Step, unit: DoseUnit | None, setting: Setting, *, free: bool) -> Bounds:
    """One take in the unit of the whole: never above what one take may be, up to it where it is taken at will."""
    limits = step.limits or Limits()
    most, dose = in_unit(limits.per_take, unit, setting), step.dose or _flowing(step)
    factor = per_one(dose.unit, unit, setting.strength) if dose is not None and unit is not None else None
    if dose is None or factor is None:
        return Bounds(ZERO, most or in_unit(limits.per_day, unit, setting) or ZERO)
    takes = (step.timing.times or 1) if step.timing.in_all else 1  # the dose is of all of them, each to its graduation
    each_most = most / factor if most is not None else None
    if dose.graduation is None:
        found = for_body(dose, setting.body, each_most * takes if each_most is not None else None)
    else:
        one = replace(dose, amount=dose.amount / takes, high=dose.high / takes if dose.high is not None else None)
        found = for_body(one, setting.body, each_most)
        found = (found[0] * takes, found[1] * takes) if found is not None else None
    if found is None:
        return Bounds(ZERO, ZERO)
    sites = 2 if step.site is not None and _BOTH.search(step.site) else 1  # a drop in each eye is two drops
    low, high = (each * factor * sites for each in found)
    return Bounds(low, most if free and most is not None else high)


def _flowing(step: Step) -> Dose | None:
    """What a rate gives in one take of so long; in a day where it never stops."""
    rate = step.rate
    if rate is None or rate.amount is None or rate.unit is None or rate.per is None:
        return None
    minutes = rate.over.value * UNIT_MINUTES[rate.over.unit] if rate.over is not None else DAY_MINUTES
    return Dose(amount=rate.amount * minutes / UNIT_MINUTES[rate.per], unit=rate.unit)


def count_on(stretch: Stretch, rank: int, setting: Setting) -> Count:
    """The takes of a stretch on the day of that rank from the first day of the whole."""
    local, timing = rank - stretch.begins, stretch.step.timing
    if local < 0 or (stretch.days is not None and local >= stretch.days):
        return NONE
    if stretch.free and (is_event(timing) or not is_said(timing)):
        return Count(0, _at_will(stretch))
    on = setting.start + timedelta(days=rank)
    if timing.procedure_days:
        return at_procedure(stretch, (on - setting.procedure).days) if setting.procedure is not None else NONE
    start = setting.start + timedelta(days=stretch.begins)
    found = takes_on(timing, local, on, start) if timing.count is None else _in_all(timing, start)[local]
    high = found.high if stretch.takes_most is None else min(found.high, stretch.takes_most)
    sure = not stretch.free and (stretch.least is None or local < stretch.least)
    return Count(min(found.low, high) if sure else 0, high)


def at_procedure(stretch: Stretch, offset: int) -> Count:
    """The takes of a day told from a procedure."""
    return in_a_day(stretch.step.timing) if offset in stretch.step.timing.procedure_days else NONE


def _at_will(stretch: Stretch) -> int:
    """How many takes a day may hold, where nothing else tells it."""
    if stretch.takes_most is not None:
        return stretch.takes_most
    if stretch.day_most is None or not stretch.dose.high:
        return 1
    return max(1, int(-(-stretch.day_most // stretch.dose.high)))


def amount_of(stretch: Stretch, count: Count) -> Bounds:
    """What so many takes of a day are, never above the most of a day."""
    low, high = count.low * stretch.dose.low, count.high * stretch.dose.high
    most = stretch.day_most
    return Bounds(low, high) if most is None else Bounds(min(low, most), min(high, most))


def day_of(plan: Laid, rank: int) -> Bounds:
    """What is taken on the day of that rank, in all."""
    amounts = [amount_of(each, count_on(each, rank, plan.setting)) for each in plan.stretches]
    return Bounds(sum((each.low for each in amounts), ZERO), sum((each.high for each in amounts), ZERO))
