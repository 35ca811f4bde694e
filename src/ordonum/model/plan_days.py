"""On which days a step of a dosage is taken, and how many times: the rank of a day, from 0, and its date, to a count. Pure.

A frequency that names no day is spread from the first one, a begun period counting whole (as `Frequency.planned` counts).
"""

from datetime import date, timedelta
from typing import NamedTuple

from ordonum.model.days import months_after
from ordonum.model.dosage import Moment, Relation, TimeUnit, Timing, Weekday, When

DAY_MINUTES = 24 * 60
MONTH_DAYS = 30  # where days are counted; takes that are placed by months follow the calendar
YEAR_DAYS = 365
UNIT_MINUTES = {
    TimeUnit.MINUTE: 1,
    TimeUnit.HOUR: 60,
    TimeUnit.DAY: DAY_MINUTES,
    TimeUnit.WEEK: 7 * DAY_MINUTES,
    TimeUnit.MONTH: MONTH_DAYS * DAY_MINUTES,
    TimeUnit.YEAR: YEAR_DAYS * DAY_MINUTES,
}
_WITHIN_A_DAY = frozenset({TimeUnit.MINUTE, TimeUnit.HOUR})
MEALS = (Moment.BREAKFAST, Moment.LUNCH, Moment.DINNER)
EVENTS = frozenset(
    {Moment.INTERCOURSE, Moment.EFFORT, Moment.STOOL, Moment.LOOSE_STOOL}
)  # nobody knows how often they come
# The hours of which a moment may be said: an hour and its moment are one take.
_HOURS = {
    Moment.WAKING: range(4, 11),
    Moment.FASTING: range(4, 12),
    Moment.MORNING: range(4, 12),
    Moment.BREAKFAST: range(4, 12),
    Moment.MID_MORNING: range(9, 12),
    Moment.NOON: range(11, 15),
    Moment.LUNCH: range(11, 15),
    Moment.AFTERNOON: range(13, 19),
    Moment.SNACK: range(15, 18),
    Moment.EVENING: range(17, 24),
    Moment.DINNER: range(17, 23),
    Moment.BEDTIME: range(19, 24),
    Moment.NIGHT: (*range(20, 24), *range(6)),
}
_OF_DAYS = (TimeUnit.WEEK, TimeUnit.MONTH)
_WEEKDAYS = tuple(Weekday)


class Count(NamedTuple):
    """The least and the most takes."""

    low: int
    high: int


NONE = Count(0, 0)


def of_the_day(timing: Timing) -> tuple[str | When, ...]:
    """The takes of a day that are named: hours, else moments («le soir (à 20 h)» is one take); «à chaque repas» is each of the
    three, unless a number of times says otherwise. None where the dose is of the whole period.
    """
    if timing.in_all:
        return ()
    return timing.at or tuple(each for when in timing.when for each in _meals(when, timing))


def _meals(when: When, timing: Timing) -> tuple[When, ...]:
    if when.moment is not Moment.MEAL or when.relation is Relation.BETWEEN:
        return (when,)
    if timing.times is not None and timing.times != len(MEALS):
        return (when,)
    return tuple(When(moment=meal, relation=when.relation, offset=when.offset) for meal in MEALS)


def is_said(timing: Timing) -> bool:
    """Whether anything tells how often it is taken."""
    named = timing.at or timing.when or timing.weekdays or timing.month_days or timing.cycle or timing.procedure_days
    return bool(timing.once or timing.times or timing.period or named)


def by_months(timing: Timing) -> bool:
    """Whether the takes are placed by the months of the calendar."""
    return bool(timing.month_days) or (timing.period in (TimeUnit.MONTH, TimeUnit.YEAR) and not timing.weekdays)


def is_event(timing: Timing) -> bool:
    """Whether it is taken when something happens, whose number is not told."""
    return any(each.moment in EVENTS for each in timing.when) and timing.period is None and not timing.once


def contradictory(timing: Timing) -> bool:
    """Whether its takes cannot be told: «2 fois par semaine» on three named days; «2 fois par semaine, matin et soir» (two
    takes, or four?); an hour that is not of its moment.
    """
    if timing.at and timing.when and not _paired(timing):
        return True
    named = len(timing.weekdays) or len(timing.month_days)
    if named:
        both = bool(timing.weekdays and (timing.month_days or timing.period is TimeUnit.MONTH))
        shared = timing.period in _OF_DAYS and timing.times is not None and timing.times % named != 0
        return both or shared or timing.period is TimeUnit.YEAR
    longer = timing.period in (*_OF_DAYS, TimeUnit.YEAR) or (timing.period is TimeUnit.DAY and timing.every > 1)
    return longer and (timing.times or 1) > 1 and len(of_the_day(timing)) > 1


def _paired(timing: Timing) -> bool:
    """Whether hours and moments are the same takes, each hour of its moment."""
    pairs = zip(timing.at, timing.when, strict=False)
    same = len(timing.at) == len(timing.when)
    return same and all(int(hour[:2]) in _HOURS.get(when.moment, range(24)) for hour, when in pairs)


def takes_on(timing: Timing, rank: int, on: date, start: date) -> Count:
    """How many takes fall on the day of that rank (from 0) of a step that began on `start`. Days from a procedure have their
    own (`procedure_days`), that are not looked at here.
    """
    if timing.once:
        return Count(1, 1) if rank == 0 else NONE
    if not _in_its_days(timing, rank, on, start):
        return NONE
    named = len(of_the_day(timing))
    if timing.weekdays or timing.month_days:
        return _on_a_named_day(timing, named)
    if timing.period is None or (timing.period is TimeUnit.DAY and timing.every == 1 and timing.every_high is None):
        return _in_a_day(timing, named)
    if named and timing.period in _WITHIN_A_DAY:
        return _in_a_day(Timing(at=timing.at, when=timing.when), named)
    return _spread(timing, rank, on, start, named)


def _in_its_days(timing: Timing, rank: int, on: date, start: date) -> bool:
    """Whether the weekday, the day of the month, the cycle let something be taken that day."""
    if timing.cycle is not None and rank % timing.cycle.length + 1 not in timing.cycle.days:
        return False
    if timing.weekdays:
        every = timing.every if timing.period is TimeUnit.WEEK else 1
        return _WEEKDAYS[on.weekday()] in timing.weekdays and rank // 7 % every == 0
    if timing.month_days:
        every = timing.every if timing.period is TimeUnit.MONTH else 1
        return on.day in timing.month_days and _months(start, on) % every == 0
    return True


def _months(start: date, on: date) -> int:
    """The turn of the month: 0 for the first month in which a day of the step falls."""
    return (on.year - start.year) * 12 + on.month - start.month


def _on_a_named_day(timing: Timing, named: int) -> Count:
    """«2 fois par semaine, le mardi et le samedi»: the times are shared between the days; hours and moments are of each."""
    if timing.period in _OF_DAYS and not named:
        days = len(timing.weekdays) or len(timing.month_days)
        return Count(*(max(1, times // days) for times in _times(timing)))
    return _in_a_day(timing if timing.period not in _OF_DAYS else Timing(at=timing.at, when=timing.when), named)


def in_a_day(timing: Timing) -> Count:
    """The takes of a day on which it is taken."""
    return _in_a_day(timing, len(of_the_day(timing)))


def _times(timing: Timing) -> Count:
    if timing.in_all:
        return Count(1, 1)
    least = timing.times or 1
    return Count(least, max(least, timing.times_high or 0))


def _in_a_day(timing: Timing, named: int) -> Count:
    """The takes of one day: its named ones, or the number of times where that is more."""
    low, high = _times(timing)
    return Count(max(low, named), max(high, named))


def _spread(timing: Timing, rank: int, on: date, start: date, named: int) -> Count:
    """Spread over the periods, from the first day; named hours or moments are all of a day on which it is taken."""
    times = _times(timing)
    low = _begun(timing, timing.every_high or timing.every, times.low, rank, on, start)
    high = _begun(timing, timing.every, times.high, rank, on, start)
    return Count(min(low, high) * max(1, named), max(low, high) * max(1, named))


def _begun(timing: Timing, every: int, times: int, rank: int, on: date, start: date) -> int:
    """How many of the takes, spread evenly from the first, fall on the day of that rank."""
    assert timing.period is not None
    if by_months(timing):
        return _by_calendar(every * (12 if timing.period is TimeUnit.YEAR else 1), times, on, start)
    length = every * UNIT_MINUTES[timing.period]
    # Take k is at k × length / times: those of the day are counted, not listed.
    before, after = (-(-day * DAY_MINUTES * times // length) for day in (rank, rank + 1))
    return after - before


def _by_calendar(months: int, times: int, on: date, start: date) -> int:
    """Takes of every so many months: the first on the day of the month on which it began, the others spread from there."""
    turn = _months(start, on) // months
    return sum(
        months_after(start, each * months) + timedelta(days=take * months * MONTH_DAYS // times) == on
        for each in {max(0, turn - 1), turn}
        for take in range(times)
    )
