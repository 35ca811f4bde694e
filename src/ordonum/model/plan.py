"""What follows from a dosage: units, doses of each day, first and last day, boxes, the day on which a box is used up. Pure.

Counts are exact decimals. A month that is counted in days counts thirty, as in `Frequency.planned`; where takes are placed by
months (every month, the 1st of the month) months are those of the calendar. What cannot be computed is named, never guessed.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from itertools import accumulate

from msgspec import Struct

from ordonum.model.dosage import Dosage, DoseUnit, Limits, TimeUnit
from ordonum.model.drug import Pack
from ordonum.model.plan_days import DAY_MINUTES, UNIT_MINUTES, Count, in_a_day, of_the_day
from ordonum.model.plan_laid import amount_of, count_on, day_of, first_unit, in_unit, is_at_a_procedure, laid
from ordonum.model.plan_shapes import ZERO, Bounds, Day, Gap, Laid, Plan, Setting, Stretch, Take
from ordonum.model.plan_units import Strength, countable, in_pack, per_one

_OF_DURATION = frozenset({Gap.DURATION, Gap.UNTIL, Gap.TOO_LONG, Gap.PROCEDURE})
STEADY_DAYS = 840  # over which what never ends is looked at: whole weeks, months of thirty days, usual cycles
ONE, THOUSANDTH = Decimal(1), Decimal("0.001")
LARGE_PACK = range(84, 93)  # the days of a box of three months


def plan(dosage: Dosage, setting: Setting) -> Plan:
    """What follows from a dosage, with what could not be computed named in `gaps`."""
    made = laid(dosage, setting)
    days = _days(made)
    doses = not set(made.gaps) - _OF_DURATION
    placed = Gap.PROCEDURE not in made.gaps
    units = _units(made) if doses and days is not None else None
    looked = _daily(made, days) if doses else ()
    return Plan(
        unit=made.unit,
        units=units,
        mean=_mean(units, days, looked) if doses and placed else None,
        most=max((each.high for each in looked), default=None) if placed else None,
        first=setting.start,
        last=setting.start + timedelta(days=days[1] - 1) if days is not None and placed else None,
        days=days if placed else None,
        open=any(each.free or each.least != each.days for each in made.stretches),
        gaps=made.gaps,
    )


def _days(made: Laid) -> tuple[int, int] | None:
    """How many days the whole lasts, at least and at most; None where that is not told."""
    if set(made.gaps) & {Gap.DURATION, Gap.UNTIL, Gap.TOO_LONG}:
        return None
    ends = [(each.begins + (each.least or 0), each.begins + (each.days or 0)) for each in made.stretches]
    least, most = (max((end[which] for end in ends), default=0) for which in (0, 1))
    return max(1, least), max(1, most)


def _units(made: Laid) -> Bounds:
    """All that is taken, never above what a period or a life may hold."""
    parts = [_of_stretch(each, made) for each in made.stretches]
    return Bounds(sum((each.low for each in parts), ZERO), sum((each.high for each in parts), ZERO))


def _of_stretch(stretch: Stretch, made: Laid) -> Bounds:
    timing, limits, days = stretch.step.timing, stretch.step.limits or Limits(), stretch.days or 0
    if timing.procedure_days and Gap.PROCEDURE in made.gaps:
        one = amount_of(stretch, in_a_day(timing))
        found = Bounds(one.low * len(timing.procedure_days), one.high * len(timing.procedure_days))
    else:
        ranks = range(stretch.begins, stretch.begins + days)
        each_day = [amount_of(stretch, count_on(stretch, rank, made.setting)) for rank in ranks]
        found = Bounds(sum((each.low for each in each_day), ZERO), sum((each.high for each in each_day), ZERO))
    most = [found.high]
    if (of_period := in_unit(limits.per_period, made.unit, made.setting)) is not None and limits.period is not None:
        length = limits.period.value * UNIT_MINUTES[limits.period.unit]
        most.append(of_period * -(-days * DAY_MINUTES // length))
    if (ever := in_unit(limits.lifetime, made.unit, made.setting)) is not None:
        most.append(ever)
    return Bounds(min(found.low, *most), min(most)) if len(most) > 1 else found


def _daily(made: Laid, days: tuple[int, int] | None) -> tuple[Bounds, ...]:
    """What is taken each day; of what never ends, as long as one must look to see what it comes to."""
    if days is not None:
        return tuple(day_of(made, rank) for rank in range(days[1]))
    begun = max(each.begins for each in made.stretches)
    return tuple(day_of(made, rank) for rank in range(begun, begun + STEADY_DAYS))


def _mean(units: Bounds | None, days: tuple[int, int] | None, looked: tuple[Bounds, ...]) -> Bounds | None:
    """The mean of a day: of the whole, or of what goes on without end."""
    if units is not None and days is not None:
        return Bounds(units.low / days[1], units.high / days[1])
    if not looked:
        return None
    return Bounds(*(sum((each[which] for each in looked), ZERO) / len(looked) for which in (0, 1)))


def grid(dosage: Dosage, setting: Setting, days: int | None = None) -> tuple[Day, ...]:
    """Each day of a dosage, or its first `days`, with its takes; empty where a dose or its frequency is not known. Days from a
    procedure whose date is not known come first.
    """
    made = laid(dosage, setting)
    whole = _days(made)
    if set(made.gaps) - _OF_DURATION or (whole is None and days is None):
        return ()
    most = min(days or STEADY_DAYS, whole[1] if whole is not None else days or 0)
    return (*_from_procedure(made), *(_day(made, rank) for rank in range(most)))


def _day(made: Laid, rank: int) -> Day:
    found = [(each, count_on(each, rank, made.setting)) for each in made.stretches]
    takes = tuple(take for stretch, count in found for take in _takes(stretch, count))
    on = made.setting.start + timedelta(days=rank)
    return Day(rank=rank + 1, on=on, from_procedure=None, takes=takes, amount=day_of(made, rank))


def _from_procedure(made: Laid) -> Iterator[Day]:
    """The days that are told from a procedure, where nobody knows its date."""
    if Gap.PROCEDURE not in made.gaps:
        return
    for offset in sorted({each for stretch in made.stretches for each in stretch.step.timing.procedure_days}):
        found = [
            (each, in_a_day(each.step.timing)) for each in made.stretches if offset in each.step.timing.procedure_days
        ]
        amounts = [amount_of(stretch, count) for stretch, count in found]
        yield Day(
            rank=None,
            on=None,
            from_procedure=offset,
            takes=tuple(take for stretch, count in found for take in _takes(stretch, count)),
            amount=Bounds(sum((each.low for each in amounts), ZERO), sum((each.high for each in amounts), ZERO)),
        )


def _takes(stretch: Stretch, count: Count) -> Iterator[Take]:
    """The takes of a day: at each hour or moment that is named, as many; those that are left have none."""
    if not count.high:
        return
    named = of_the_day(stretch.step.timing)
    at_each = Count(count.low // len(named), count.high // len(named)) if named else Count(0, 0)
    if at_each.high:
        yield from (Take(step=stretch.index, at=each, times=at_each, each=stretch.dose) for each in named)
    rest = Count(count.low - at_each.low * len(named), count.high - at_each.high * len(named))
    if rest.high:
        yield _shared(stretch, rest)


def _shared(stretch: Stretch, count: Count) -> Take:
    """The takes that no hour nor moment names. «960 mg par jour en 3 prises»: three of 320 mg; what is not divided exactly, nor
    in whole units of what is counted, stays in one, which says in how many.
    """
    timing, dose = stretch.step.timing, stretch.dose
    takes = (timing.times or 1) if timing.in_all else 1
    parts = Bounds(dose.low / takes, dose.high / takes)
    digits = ONE if stretch.step.dose is not None and countable(stretch.step.dose.unit) else THOUSANDTH
    if all(part % digits == 0 and part * takes == whole for part, whole in zip(parts, dose, strict=True)):
        return Take(step=stretch.index, at=None, times=Count(count.low * takes, count.high * takes), each=parts)
    return Take(step=stretch.index, at=None, times=count, each=dose, shared=takes)


class Course(Struct, frozen=True):
    """What was taken before each day, at most, and in all; from the first day to the last, after which it begins again."""

    before: tuple[Decimal, ...]
    whole: Decimal

    def taken(self, days: int) -> Decimal:
        """What so many days take, from the first."""
        turns, day = divmod(days, len(self.before))
        return turns * self.whole + self.before[day]

    def lasts(self, given: Decimal, since: int = 0) -> int:
        """How many whole days so many units last, from the day of that rank."""
        turns, rest = divmod(given + self.taken(since), self.whole)
        return int(turns) * len(self.before) + bisect_right(self.before, rest) - 1 - since


@lru_cache(maxsize=256)
def course(dosage: Dosage, setting: Setting) -> Course | None:
    """How a dosage goes on, day after day; None where a dose, its frequency or its days are not known."""
    made = laid(dosage, setting)
    if set(made.gaps) - _OF_DURATION or Gap.PROCEDURE in made.gaps:
        return None
    if _steady(made):
        day = day_of(made, 0).high
        return Course((ZERO,), day) if day else None
    days = _days(made)
    length = days[1] if days is not None else max(each.begins for each in made.stretches) + STEADY_DAYS
    *before, whole = accumulate((day_of(made, rank).high for rank in range(length)), initial=ZERO)
    return Course(tuple(before), whole) if whole else None


def _steady(made: Laid) -> bool:
    """Whether each of its days is like the first."""
    return (
        all(each.begins == 0 and _each_day(each) for each in made.stretches)
        and len({each.days for each in made.stretches}) == 1
    )


def _each_day(stretch: Stretch) -> bool:
    timing = stretch.step.timing
    if timing.once or timing.count or timing.cycle or timing.weekdays or timing.month_days or timing.procedure_days:
        return False
    if timing.period in (None, TimeUnit.MINUTE):
        return not is_at_a_procedure(stretch.step)
    if timing.period is TimeUnit.HOUR:
        return DAY_MINUTES * (timing.times or 1) % (timing.every * 60) == 0
    return timing.period is TimeUnit.DAY and timing.every == 1 and timing.every_high is None


def lasts(dosage: Dosage, setting: Setting, given: Decimal, since: int = 0) -> int | None:
    """How many whole days so many units last, taken as much as the dosage lets, from the day of that rank (0: the first); None
    where it cannot be told. A dosage that is over begins again: it is a renewal.
    """
    found = course(dosage, setting)
    return None if found is None else found.lasts(given, since)


def used_up(dosage: Dosage, setting: Setting, given: Decimal, since: int = 0) -> date | None:
    """The first day that what was given does not cover, from which a renewal is due (CSP R.5132-14: the dosage, and the
    quantities that were delivered).
    """
    days = lasts(dosage, setting, given, since)
    return None if days is None else setting.start + timedelta(days=since + days)


def needed(dosage: Dosage, setting: Setting, days: int, since: int = 0) -> Decimal | None:
    """The most units that so many days take, from the day of that rank: those of a fraction, of a month; None: not known."""
    found = course(dosage, setting)
    return None if found is None else found.taken(since + days) - found.taken(since)


class Dispensed(Struct, frozen=True, kw_only=True):
    """What is handed over: whole boxes, and loose units of one that is broken; `units` in all, `over` of them not needed."""

    boxes: int
    loose: Decimal
    units: Decimal
    over: Decimal


def dispensed(
    units: Decimal, unit: DoseUnit, pack: Pack, strength: Strength | None = None, *, exact: bool = False
) -> Dispensed | None:
    """The boxes that make so many units: whole ones, or, `exact`, the very number of units (stupéfiants: a box is broken).

    What is cut or poured comes whole: three and a half tablets are four, a bottle is not broken. None: the box is not counted.
    """
    box = in_pack(pack, unit, strength)
    if not box:
        return None
    whole = (units / box).to_integral_value(ROUND_CEILING)
    if not exact or not countable(unit):
        return Dispensed(boxes=int(whole), loose=ZERO, units=whole * box, over=whole * box - units)
    handed = units.to_integral_value(ROUND_CEILING)
    full = handed // box
    return Dispensed(boxes=int(full), loose=handed - full * box, units=handed, over=handed - units)


def is_three_months(dosage: Dosage, setting: Setting, pack: Pack) -> bool | None:
    """Whether one box lasts about three months, which the law lets be handed over at once; None where it cannot be told."""
    unit = laid(dosage, setting).unit
    box = in_pack(pack, unit, setting.strength) if unit is not None else None
    days = lasts(dosage, setting, box) if box else None
    return None if days is None else days in LARGE_PACK


def unit_for(dosage: Dosage, pack: Pack, strength: Strength | None = None) -> DoseUnit | None:
    """The unit to count in: that of the first dose, but what the box counts where the dose is an amount of substance."""
    first = first_unit(dosage)
    if first is None or in_pack(pack, first) is not None:
        return first
    return pack.unit if per_one(first, pack.unit, strength) is not None else first
