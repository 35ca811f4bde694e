"""The timing that several facts say together; `Unclear` where they contradict one another."""

from collections.abc import Sequence

from msgspec.structs import replace

from ordonum.model.dosage import Cycle, Dose, DoseUnit, Moment, TimeUnit, Timing
from ordonum.texts.dosage.day import RECURRENT, takes_of_day
from ordonum.texts.dosage.facts import Again, Count, Days, Fact, InTakes, Often, Once, Takes, Unclear
from ordonum.texts.dosage.units import COUNTED


def timed(facts: Sequence[Fact], dose: Dose | None) -> tuple[Timing, str]:
    """The timing, and the instruction that a moment became («à jeun» beside «le matin»)."""
    named = [
        isinstance(each, Days)
        for each in facts
        if isinstance(each, Takes) or (isinstance(each, Days) and each.weekdays)
    ]
    if "".join("D" if each else "t" for each in named).strip("t").strip("D"):
        raise Unclear("quel moment pour quel jour ?")
    timing, often = _days(facts)
    when, at, instruction = takes_of_day(facts)
    again = [each.span for each in facts if isinstance(each, Again)]
    if again:
        if often is not None or again[0].high is not None or len(again) > 1 or again[0].unit is TimeUnit.MINUTE:
            raise Unclear("«à renouveler» dont le rythme ne se lit pas")
        often = Often(times=1, every=again[0].value, period=again[0].unit)
        timing = replace(timing, count=2)
    counts = {each.takes for each in facts if isinstance(each, Count)}
    if len(counts) > 1 or (counts and (again or min(counts) < 2)):
        raise Unclear("le nombre de prises ne se lit pas")
    if counts:
        timing = replace(timing, count=counts.pop())
    timing = replace(timing, when=when, at=at)
    if any(isinstance(each, Once) for each in facts):
        return _once(timing, often, bool(again), facts), instruction
    return _paced(timing, often, dose, facts), instruction


def _once(timing: Timing, often: Often | None, again: bool, facts: Sequence[Fact]) -> Timing:
    if again:  # «en prise unique, à renouveler dans 15 jours»
        assert often is not None
        if timing.weekdays or timing.month_days or timing.cycle:
            raise Unclear("«à renouveler», et des jours")
        told = timing.when or timing.at
        return replace(timing, times=None if told else 1, every=often.every, period=often.period)
    if often is not None or len(timing.when) + len(timing.at) > 1 or timing.weekdays or timing.cycle or timing.count:
        raise Unclear("une prise unique et un rythme")
    if any(isinstance(each, InTakes) and each.takes > 1 for each in facts):
        raise Unclear("une prise unique en plusieurs prises")
    if any(each.moment not in (Moment.FASTING, Moment.PROCEDURE) for each in timing.when) and not timing.procedure_days:
        raise Unclear("une seule prise en tout, ou chaque jour à ce moment ?")
    return replace(timing, once=True)


def _paced(timing: Timing, often: Often | None, dose: Dose | None, facts: Sequence[Fact]) -> Timing:
    """The timing with its frequency, as it agrees with the takes and the days."""
    shares = [each.takes for each in facts if isinstance(each, InTakes)]
    if len(shares) > 1:
        raise Unclear("deux partages de la dose")
    if often is not None and timing.cycle is None and not timing.weekdays and not timing.month_days:
        timing, often = _agreed(timing, often)
    elif often is not None:
        timing, often = _on_days(timing, often)
    if often is None:
        if not any(isinstance(each, Often) for each in facts):
            _each_day(timing, dose, facts)
        return _bare(timing, dose, shares)
    paced = replace(
        timing, times=1 if often.times is None else often.times, times_high=often.times_high, every=often.every,
        every_high=often.every_high, period=often.period,
    )  # fmt: skip
    if often.times is None:
        paced = replace(paced, in_all=_of_the_whole(often, dose, shares))
    elif shares and shares != [often.times] and shares != [1]:
        raise Unclear("deux nombres de prises")
    daily = (paced.times, paced.times_high, paced.every, paced.period, paced.in_all) == (
        1,
        None,
        1,
        TimeUnit.DAY,
        False,
    )
    return replace(paced, times=None, period=None) if daily and paced.cycle is not None else paced


def _each_day(timing: Timing, dose: Dose | None, facts: Sequence[Fact]) -> None:
    """«1 gélule 3 semaines sur 4» is each day; «1 injection 1 semaine sur 2» may be one in two weeks."""
    by_weeks = any(isinstance(each, Days) and each.by_weeks for each in facts)
    swallowed = dose is not None and dose.unit in (DoseUnit.TABLET, DoseUnit.CAPSULE, DoseUnit.SOFT_CAPSULE)
    daily = any(isinstance(each, Days) and each.daily for each in facts) or timing.when or timing.at
    one_week = timing.cycle is not None and len(timing.cycle.days) == 7
    if by_weeks and not daily and (one_week or not swallowed):
        raise Unclear("chaque jour de ces semaines, ou une fois ?")


def _of_the_whole(often: Often, dose: Dose | None, shares: list[int]) -> bool:
    """«3 g par jour»: its takes are not told; «1 comprimé par jour» is one take."""
    if dose is None or shares == [1]:
        return False
    if often.period is TimeUnit.HOUR:
        raise Unclear("une dose par heure, sans dire si elle est donnée en continu")
    return not (dose.unit in COUNTED and (dose.high or dose.amount) <= 1 and dose.per is None and not shares)


def _bare(timing: Timing, dose: Dose | None, shares: list[int]) -> Timing:
    """Without frequency: weekdays and days of the month tell it; «en une prise» alone is once."""
    if timing.weekdays and len(timing.when) + len(timing.at) <= 1:
        return replace(timing, times=len(timing.weekdays), period=TimeUnit.WEEK)
    if timing.month_days:
        return replace(timing, times=len(timing.month_days), period=TimeUnit.MONTH)
    told = timing.when or timing.at or timing.cycle or timing.weekdays or timing.period or timing.procedure_days
    if shares == [1] and not told:
        return replace(timing, once=True)
    return timing


def _rate(often: Often) -> tuple[int, int | None, int, int | None, TimeUnit]:
    return (often.times or 0, often.times_high, often.every, often.every_high, often.period)


def _agreed(timing: Timing, often: Often) -> tuple[Timing, Often | None]:
    """The frequency beside the moments or hours of a day: the same thing said twice, or a contradiction."""
    specific = [each for each in timing.when if each.moment not in RECURRENT and each.moment is not Moment.PROCEDURE]
    count = max(len(specific), len(timing.at))
    if not count:
        return timing, often
    if often.times_high is not None or often.every_high is not None:
        raise Unclear("un nombre de prises variable, et leurs moments")
    if often.period is TimeUnit.DAY and often.every == 1:
        if (often.times or 1) != count:
            raise Unclear("le nombre de prises par jour n'est pas celui des moments")
        return timing, None
    if often.period is TimeUnit.HOUR:
        if 24 % often.every or 24 // often.every * (often.times or 1) != count:
            raise Unclear("l'intervalle ne tombe pas sur ces moments")
        return timing, None
    if (often.times or 1) != 1 or (count > 1 and often.period is not TimeUnit.DAY):
        raise Unclear("le rythme ne tombe pas sur ces moments")
    return replace(timing, every=often.every, period=often.period), None


_FORTNIGHTS = {7: 1, 8: 1, 14: 2, 15: 2, 21: 3, 28: 4}


def _on_days(timing: Timing, often: Often) -> tuple[Timing, Often | None]:
    """The frequency beside weekdays, days of the month or of a cycle."""
    count = max(len(timing.when), len(timing.at))
    recurrent = all(each.moment in RECURRENT for each in timing.when)
    if often.period is TimeUnit.DAY and often.every == 1 and often.times_high is None:
        if (often.times or 1) > 1 or (count and not recurrent):
            kept, rest = _agreed(timing, often)
            return (kept, rest) if not timing.month_days else (_bad_days(), None)
        if timing.cycle is not None and often.times is not None:
            return timing, None
        return timing, often if timing.cycle is not None else None
    if timing.weekdays:
        return _weekly(timing, often)
    if timing.month_days:
        monthly = _rate(often)[1:] == (None, 1, None, TimeUnit.MONTH) and often.times in (None, len(timing.month_days))
        return (timing, None) if monthly else (_bad_days(), None)
    return _in_cycle(timing, often, count)


def _in_cycle(timing: Timing, often: Often, count: int) -> tuple[Timing, Often | None]:
    """The frequency of the days of a cycle; once a week, three weeks of four, is the days 1, 8 and 15 of 28."""
    weeks = None if timing.cycle is None else _weeks(timing.cycle)
    once = (often.times or 1) == 1 and often.times_high is None
    if (
        weeks is not None
        and once
        and (often.every, often.every_high, often.period) == (1, None, TimeUnit.WEEK)
        and count < 2
    ):
        return replace(timing, cycle=weeks), None
    daily = often.period is TimeUnit.HOUR or (often.period is TimeUnit.DAY and often.every == 1)
    if timing.cycle is not None and daily and often.every_high is None and not count:
        return timing, often
    return _bad_days(), None


def _weeks(cycle: Cycle) -> Cycle | None:
    """Once a week, three weeks of four: the days 1, 8 and 15 of 28."""
    if cycle.length % 7 or len(cycle.days) % 7 or cycle.days != tuple(range(1, len(cycle.days) + 1)):
        return None
    return Cycle(length=cycle.length, days=cycle.days[::7])


def _bad_days() -> Timing:
    raise Unclear("le rythme ne s'accorde pas avec les jours")


def _weekly(timing: Timing, often: Often) -> tuple[Timing, Often | None]:
    """«1 fois par semaine le mardi»: as many times as days; «tous les 15 jours le lundi» is every two weeks."""
    days = len(timing.weekdays)
    if often.period is TimeUnit.DAY and often.every in _FORTNIGHTS and days == 1 and often.every_high is None:
        often = replace(often, every=_FORTNIGHTS[often.every], period=TimeUnit.WEEK)
    if often.period is TimeUnit.HOUR and not timing.when and not timing.at:
        return timing, often
    if often.period is not TimeUnit.WEEK or (often.times or 1) != days or often.times_high or often.every_high:
        _bad_days()
    takes = max(len(timing.when), len(timing.at))
    if takes > 1:
        _bad_days()
    return timing, replace(often, times=often.times or days)


def _days(facts: Sequence[Fact]) -> tuple[Timing, Often | None]:
    """The days, and the only frequency."""
    timing = Timing()
    often: Often | None = None
    length: int | None = None
    cycle_days: tuple[int, ...] = ()
    for each in facts:
        if isinstance(each, Often):
            timing, often = _both(timing, often, each)
        elif isinstance(each, Days):
            if each.alternating or each.next_day:
                raise Unclear("une alternance sans ses deux doses")
            if each.weeks > 1:
                timing, often = _both(timing, often, Often(times=1, every=each.weeks, period=TimeUnit.WEEK))
            length, cycle_days = each.cycle_length or length, each.cycle_days or cycle_days
            timing = _narrowed(timing, each)
    if cycle_days:
        if length is None or timing.cycle is not None or cycle_days[-1] > length:
            raise Unclear("les jours d'un cycle dont la longueur n'est pas dite")
        timing = replace(timing, cycle=Cycle(length=length, days=cycle_days))
    elif length is not None:
        raise Unclear("une semaine libre sans les jours du cycle")
    _one_kind(timing)
    daily = _daily(facts, timing, often)
    if daily and often is None and timing == Timing() and not any(isinstance(each, Takes) for each in facts):
        often = Often(times=1)
    return timing, often


def _daily(facts: Sequence[Fact], timing: Timing, often: Often | None) -> bool:
    """Whether «tous les jours» is said; beside «le mardi» or «une fois par semaine» it contradicts them."""
    daily = any(isinstance(each, Days) and each.daily for each in facts)
    some = any(isinstance(each, Days) and each.weekdays and not each.but for each in facts) or timing.month_days
    of_all = any(isinstance(each, Takes) and each.every_one and each.when[0].moment not in RECURRENT for each in facts)
    longer = often is not None and often.period not in (TimeUnit.DAY, TimeUnit.HOUR)
    if (daily and (some or (often is not None and often.every > 1 and often.period is TimeUnit.DAY))) or (
        longer and (daily or of_all)
    ):
        raise Unclear("chaque jour, ou certains jours seulement ?")
    return daily


def _narrowed(timing: Timing, days: Days) -> Timing:
    for field in ("weekdays", "month_days", "cycle", "procedure_days"):
        value = getattr(days, field)
        if not value:
            continue
        held = getattr(timing, field)
        if held and field in ("weekdays", "procedure_days"):
            value = tuple(sorted({*held, *value}, key=_place))
        elif held:
            raise Unclear("deux fois les jours, de deux façons")
        timing = replace(timing, **{field: value})
    return timing


def _one_kind(timing: Timing) -> None:
    if sum(map(bool, (timing.weekdays, timing.month_days, timing.cycle, timing.procedure_days))) > 1:
        raise Unclear("des jours de plusieurs sortes")


def _place(day: object) -> int:
    from ordonum.model.dosage import Weekday

    return day if isinstance(day, int) else list(Weekday).index(day)  # type: ignore[arg-type]  # a weekday


def _both(timing: Timing, one: Often | None, other: Often) -> tuple[Timing, Often]:
    """Two frequencies: the same said twice, a frequency of the day on some days, or a contradiction."""
    if one is None or one == other:
        return timing, other
    by_hour = {each.period is TimeUnit.HOUR: each for each in (one, other)}
    if len(by_hour) == 2:
        hours, a_day = by_hour[True], by_hour[False]
        per_day = (a_day.times or 0) if (a_day.every, a_day.period) == (1, TimeUnit.DAY) else 0
        if per_day and hours.times == 1 and hours.every * per_day == 24 and not (a_day.times_high or hours.every_high):
            return timing, hours
        raise Unclear("deux rythmes qui ne s'accordent pas")
    pair = {each.every > 1: each for each in (one, other) if each.period is TimeUnit.DAY}
    if len(pair) == 2 and pair[True].some_days:
        some, all_ = pair[True], pair[False]
        if (all_.times or 1) == 1 and all_.times_high is None:
            return timing, some
        if timing.cycle is None:
            return replace(timing, cycle=Cycle(length=some.every, days=(1,))), all_
    raise Unclear("deux rythmes qui ne s'accordent pas")
