"""Dosages drawn at random, in the normal form that the reader gives: every field of the model, alone and together."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from hypothesis import strategies as st

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
from ordonum.texts.dosage.units import ACTS, COUNTED, most

_PARTS = [Decimal(each) for each in ("0", "0.25", "0.5", "0.75", "0.333", "0.667")]
_COUNTED = sorted(COUNTED - {DoseUnit.DOSE_KG}, key=lambda unit: unit.value)
_MEASURED = sorted(set(DoseUnit) - COUNTED, key=lambda unit: unit.value)
_SPECIFIC = [
    When(moment=moment)
    for moment in Moment
    if moment
    not in (
        Moment.MEAL,
        Moment.FASTING,
        Moment.STOOL,
        Moment.LOOSE_STOOL,
        Moment.INTERCOURSE,
        Moment.EFFORT,
        Moment.PROCEDURE,
    )
]
_MEALS = (Moment.BREAKFAST, Moment.LUNCH, Moment.DINNER)
_CONDITIONS = (
    "",
    "douleur",
    "fièvre",
    "crise d'angoisse",
    "nausées ou vomissements",
    "température supérieure ou égale à 38,5 °C",
)
_UNTIL = ("jusqu'à disparition de la diarrhée", "tant que la fièvre persiste", "jusqu'à cicatrisation")
_SITES = ("dans chaque œil", "sur la zone à traiter", "dans l'oreille gauche", "sur le visage")
_INSTRUCTIONS = (
    "en couche mince", "STOP SI NAUSEES", "avec un grand verre d'eau", "selon l'intensité de la douleur", "ne pas croquer",
    "en couche mince, stop si rougeur", "12\u00a0000 UI anti-Xa équivalant à 170 UI anti-Xa par kg de poids",
)  # fmt: skip
_ROUTES = ("orale", "sous-cutanée", "intraveineuse", "sublinguale", "cutanée", "rectale")


@dataclass(frozen=True)
class Bounds:
    """How far a dosage goes: turns, groups of a turn, doses of a group."""

    turns: int = 3
    groups: int = 2
    doses: int = 4


def counted() -> st.SearchStrategy[Decimal]:
    """Whole numbers, and the parts that a tablet is broken into."""
    return st.builds(lambda whole, part: whole + part, st.integers(0, 12), st.sampled_from(_PARTS)).filter(bool)


def measured() -> st.SearchStrategy[Decimal]:
    """Numbers of at most four decimals, as they are prescribed."""
    decimals = st.builds(
        lambda value, places: Decimal(value).scaleb(-places).normalize(), st.integers(1, 9_999), st.integers(1, 4)
    )
    return st.one_of(st.integers(1, 19_999).map(Decimal), decimals.map(lambda value: Decimal(f"{value:f}")))


@st.composite
def doses(draw: st.DrawFn) -> Dose:
    """A dose of any unit, a range of it, by weight, by surface, rounded."""
    if draw(st.integers(0, 19)) == 0:
        weight = draw(st.integers(1, 30)) + draw(st.sampled_from([Decimal(0), Decimal("0.5")]))
        return Dose(amount=weight, unit=DoseUnit.DOSE_KG, per=PerBody.KILOGRAM if weight == 1 else None)
    unit = draw(st.sampled_from([*_COUNTED, *_MEASURED]))
    amount = draw((counted() if unit in COUNTED else measured()).filter(lambda value: value <= most(unit)))
    per = draw(st.sampled_from([None, None, None, *PerBody])) if unit not in COUNTED else None
    high = draw(st.none() | st.integers(1, 5).map(lambda more: amount + more))
    graduation = draw(st.none() | measured()) if per is not None else None
    return Dose(
        amount=amount,
        high=None if high is None or high > most(unit) else high,
        unit=unit,
        per=per,
        graduation=graduation,
    )


def spans(*units: TimeUnit) -> st.SearchStrategy[Span]:
    """A length of time, or a range of it."""
    return st.builds(
        lambda value, unit, more: Span(value, unit, None if more is None else value + more),
        st.integers(1, 99), st.sampled_from(units), st.none() | st.integers(1, 9),
    )  # fmt: skip


def _frequencies() -> st.SearchStrategy[Timing]:
    times = st.integers(1, 8)
    each_day = st.builds(
        lambda low, more, period: Timing(times=low, times_high=None if more is None else low + more, period=period),
        times, st.none() | st.integers(1, 3), st.sampled_from([TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.YEAR]),
    )  # fmt: skip
    longer = st.builds(
        lambda count, every, more, period, all_: Timing(
            times=count, every=every, every_high=None if more is None else every + more, period=period, count=all_
        ),
        st.sampled_from([1, 1, 1, 2, 3]), st.integers(2, 31).filter(lambda every: every != 24),  # 24 hours are a day
        st.none() | st.integers(1, 4),
        st.sampled_from([TimeUnit.HOUR, TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH]), st.none() | st.integers(2, 9),
    )  # fmt: skip
    return st.one_of(
        each_day, longer, st.just(Timing(times=1, period=TimeUnit.HOUR)), st.just(Timing(once=True)), st.just(Timing())
    )


def _order(when: When) -> tuple[int, int]:
    return list(Moment).index(when.moment), list(Relation).index(when.relation)


@st.composite
def whens(draw: st.DrawFn) -> When:
    """A take of its own: a moment, or before, during or after one that is not every meal's."""
    kind = draw(st.integers(0, 2))
    if kind == 0:
        return draw(st.sampled_from(_SPECIFIC))
    if kind == 1:
        return When(
            moment=draw(st.sampled_from(_MEALS)),
            relation=draw(st.sampled_from([each for each in Relation if each is not Relation.BETWEEN])),
        )
    moment = draw(st.sampled_from([*_MEALS, Moment.BEDTIME, Moment.SNACK, Moment.WAKING]))
    offset = draw(spans(TimeUnit.MINUTE, TimeUnit.HOUR))
    return When(moment=moment, relation=draw(st.sampled_from([Relation.BEFORE, Relation.AFTER])), offset=offset)


def _several_whens(low: int, high: int) -> st.SearchStrategy[tuple[When, ...]]:
    """Takes of one day, in its order; no two of the same moment, nor «le soir» beside what is in the evening."""
    return (
        st.lists(whens(), min_size=low, max_size=high, unique_by=lambda when: when.moment)
        .map(lambda found: tuple(sorted(found, key=_order)))
        .filter(_apart)
    )


def _apart(found: tuple[When, ...]) -> bool:
    moments = {when.moment for when in found}
    inside = {Moment.MORNING: _MEALS[0], Moment.NOON: _MEALS[1], Moment.EVENING: _MEALS[2]}
    bedtime = any(when.moment is Moment.BEDTIME and when.offset for when in found)
    return not any({one, other} <= moments for one, other in inside.items()) and not (
        bedtime and Moment.EVENING in moments
    )


_CLOCKS = st.builds(
    lambda hour, minute: f"{hour:02d}:{minute:02d}", st.integers(0, 23), st.sampled_from([0, 0, 15, 30, 45, 5])
)


@st.composite
def _by_takes(draw: st.DrawFn, most_: int = 4) -> Timing:
    """Takes of a day, on all days or some."""
    kind = draw(st.integers(0, 3))
    timing = Timing(when=draw(_several_whens(1, most_)))
    if kind == 1:
        timing = Timing(at=tuple(sorted(draw(st.sets(_CLOCKS, min_size=1, max_size=most_)))))
    elif kind == 2:
        timing = Timing(when=(When(moment=Moment.EVENING),), at=(draw(st.sampled_from(["18:00", "20:30", "21:00"])),))
    count = max(len(timing.when), len(timing.at))
    narrowed = draw(st.sampled_from(["", "", "", "every", "weekdays", "cycle", "procedure"]))
    if narrowed == "every":
        return _with(timing, every=draw(st.integers(2, 10)), period=TimeUnit.DAY)
    if narrowed == "weekdays":
        return _on_weekdays(draw, timing, count)
    if narrowed == "cycle":
        return _with(timing, cycle=draw(cycles()))
    if narrowed == "procedure":
        return _with(timing, procedure_days=(draw(st.integers(-5, 5)),))
    return timing


def _with(timing: Timing, **fields: object) -> Timing:
    return Timing(**{**{name: getattr(timing, name) for name in timing.__struct_fields__}, **fields})


def _on_weekdays(draw: st.DrawFn, timing: Timing, count: int) -> Timing:
    named = draw(st.sets(st.sampled_from(list(Weekday)), min_size=1, max_size=7))
    weekdays = tuple(day for day in Weekday if day in named)
    if count > 1:
        return _with(timing, weekdays=weekdays)
    every = draw(st.sampled_from([1, 1, 2, 3]))
    return _with(timing, weekdays=weekdays, times=len(weekdays), every=every, period=TimeUnit.WEEK)


@st.composite
def cycles(draw: st.DrawFn) -> Cycle:
    """Some days of a cycle: in a row from the first, or any of them."""
    length = draw(st.integers(2, 60))
    if draw(st.booleans()):
        return Cycle(length=length, days=tuple(range(1, draw(st.integers(1, length - 1)) + 1)))
    named = draw(st.sets(st.integers(1, length), min_size=1, max_size=6))
    return Cycle(length=length, days=tuple(sorted(named)))


@st.composite
def _on_days(draw: st.DrawFn) -> Timing:
    """No moment of the day: weekdays, days of the month, of a cycle, from a procedure."""
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return _on_weekdays(draw, Timing(), 0)
    if kind == 1:
        named = tuple(sorted(draw(st.sets(st.integers(1, 31), min_size=1, max_size=5))))
        return Timing(month_days=named, times=len(named), period=TimeUnit.MONTH)
    if kind == 2:
        times = draw(st.none() | st.integers(2, 4))
        return Timing(cycle=draw(cycles()), times=times, period=None if times is None else TimeUnit.DAY)
    return Timing(procedure_days=tuple(sorted(draw(st.sets(st.integers(-9, 9), min_size=1, max_size=3)))))


@st.composite
def _recurrent(draw: st.DrawFn) -> Timing:
    """Before, during, between or after meals, stools, efforts; fasting: with a number of times a day, or none."""
    moment = draw(
        st.sampled_from(
            [Moment.MEAL, Moment.FASTING, Moment.STOOL, Moment.LOOSE_STOOL, Moment.INTERCOURSE, Moment.EFFORT]
        )
    )
    relation, offset = Relation.AT, None
    if moment is not Moment.FASTING:
        relation = draw(
            st.sampled_from([each for each in Relation if each is not Relation.BETWEEN or moment is Moment.MEAL])
        )
        if relation in (Relation.BEFORE, Relation.AFTER):
            offset = draw(st.none() | spans(TimeUnit.MINUTE, TimeUnit.HOUR))
    times = draw(st.none() | st.integers(1, 6))
    when = When(moment=moment, relation=relation, offset=offset)
    return Timing(when=(when,), times=times, period=None if times is None else TimeUnit.DAY)


def _whole(dose: Dose) -> bool:
    """Whether a dose may be that of a whole period: neither an act nor one tablet."""
    return dose.unit not in ACTS and not (dose.unit in COUNTED and (dose.high or dose.amount) <= 1 and dose.per is None)


@st.composite
def timed_doses(draw: st.DrawFn, *, dosed: bool = False) -> tuple[tuple[Dose | None, Timing], ...]:
    """One dose with its timing."""
    dose = draw(doses() if dosed else st.none() | doses())
    timing = draw(st.one_of(_frequencies(), _by_takes(), _on_days(), _recurrent()))
    if dose is None and timing == Timing():
        timing = Timing(times=1, period=TimeUnit.DAY)
    if dose is not None and timing.count is None and draw(st.integers(0, 4)) == 0 and _whole(dose):
        timing = Timing(
            times=1, period=draw(st.sampled_from([TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH])), in_all=True
        )
    return ((dose, timing),)


@st.composite
def unequal(draw: st.DrawFn, most_: int = 4) -> tuple[tuple[Dose | None, Timing], ...]:
    """Several doses of one day, each at its moments."""
    found = draw(_several_whens(2, most_))
    days = draw(
        st.sampled_from(
            [
                Timing(),
                Timing(times=2, period=TimeUnit.WEEK, weekdays=(Weekday.SATURDAY, Weekday.SUNDAY)),
                Timing(every=2, period=TimeUnit.DAY),
                Timing(cycle=Cycle(length=28, days=tuple(range(1, 22)))),
            ]
        )
    )
    unit = draw(st.sampled_from([*_COUNTED, *_MEASURED]))
    amount = (counted() if unit in COUNTED else measured()).filter(lambda value: value <= most(unit))
    amounts = draw(st.lists(amount, min_size=len(found), max_size=len(found)).filter(_no_twins))
    return tuple(
        (Dose(amount=value, unit=unit), _with(days, when=(when,))) for value, when in zip(amounts, found, strict=True)
    )


def _no_twins(amounts: list[Decimal]) -> bool:
    return all(one != other for one, other in pairwise(amounts))


@st.composite
def _alternating(draw: st.DrawFn) -> tuple[tuple[Dose | None, Timing], ...]:
    """A dose one day, another the next."""
    one, other = draw(
        st.lists(doses(), min_size=2, max_size=2, unique=True).filter(lambda both: both[0].unit is both[1].unit)
    )
    at = draw(st.sampled_from([Timing(), Timing(when=(When(moment=Moment.EVENING),))]))
    return tuple((dose, _with(at, cycle=Cycle(length=2, days=(day,)))) for day, dose in ((1, one), (2, other)))


@st.composite
def _limits(draw: st.DrawFn, dose: Dose | None) -> Limits | None:
    """Limits far above the dose, in its unit."""
    if draw(st.integers(0, 2)):
        return None
    unit = dose.unit if dose is not None else DoseUnit.TABLET
    if unit is DoseUnit.DOSE_KG:
        unit = DoseUnit.TABLET
    largest = Dose(amount=Decimal(most(unit)), unit=unit)
    some = st.none() | st.just(largest)
    period = draw(st.none() | spans(TimeUnit.WEEK, TimeUnit.MONTH).map(lambda span: Span(span.value, span.unit)))
    limits = Limits(
        per_take=draw(some), per_day=draw(st.none() | st.just(largest)) if dose is None else None,
        takes_per_day=draw(st.none() | st.integers(90, 100)), per_period=None if period is None else largest, period=period,
        lifetime=draw(some), apart=draw(st.none() | spans(TimeUnit.MINUTE, TimeUnit.HOUR, TimeUnit.DAY)),
    )  # fmt: skip
    return None if limits == Limits() else limits


@st.composite
def groups(draw: st.DrawFn, bounds: Bounds, duration: Span | None, *, dosed: bool) -> list[Step]:
    """Doses that share what is said besides."""
    kinds = [timed_doses(dosed=dosed), unequal(bounds.doses)] if bounds.doses > 1 else [timed_doses(dosed=dosed)]
    items = draw(st.one_of(*kinds))
    rate = draw(st.none() | st.none() | st.none() | rates())
    common = Step(
        duration=duration, until=draw(st.sampled_from([None, None, *_UNTIL])),
        as_needed=draw(st.sampled_from([None, None, *_CONDITIONS])),
        route=draw(st.sampled_from([None, None, *_ROUTES])), site=draw(st.sampled_from([None, None, *_SITES])),
        instruction=draw(st.sampled_from([None, None, *_INSTRUCTIONS])), rate=rate, limits=draw(_limits(items[0][0])),
    )  # fmt: skip
    if any(dose is not None and dose.unit is DoseUnit.UNIT for dose, _ in items) and common.limits is not None:
        common = Step(duration=duration)
    return [_filled(common, dose, timing) for dose, timing in items]


def _filled(common: Step, dose: Dose | None, timing: Timing, turn: int = 1) -> Step:
    fields = {name: getattr(common, name) for name in common.__struct_fields__}
    return Step(**{**fields, "dose": dose, "timing": timing, "turn": turn})


def rates() -> st.SearchStrategy[Rate]:
    """An amount in a time, a time of giving, or both."""
    over = spans(TimeUnit.MINUTE, TimeUnit.HOUR)
    fast = st.builds(
        lambda amount, per, over_: Rate(amount=amount, unit=DoseUnit.MILLILITRE, per=per, over=over_),
        measured(), st.sampled_from([TimeUnit.HOUR, TimeUnit.MINUTE]), st.none() | over,
    )  # fmt: skip
    return fast | st.builds(lambda over_: Rate(over=over_), over)


@st.composite
def dosages(draw: st.DrawFn, bounds: Bounds = Bounds()) -> Dosage:
    """A whole dosage of one or several turns."""
    count = draw(st.sampled_from([1, 1, *range(1, bounds.turns + 1)]))
    steps: list[Step] = []
    for turn in range(1, count + 1):
        long = spans(TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.YEAR)
        duration = draw(long if turn < count else st.none() | long)  # what something follows has an end
        if count == 1 and draw(st.integers(0, 14)) == 0:
            found = [_filled(Step(duration=duration), dose, timing) for dose, timing in draw(_alternating())]
        else:
            found = draw(groups(bounds, duration, dosed=count > 1))
        steps += [_filled(step, step.dose, step.timing, turn) for step in found]
    whole = draw(st.sampled_from([None] * 5 + [Span(3, TimeUnit.MONTH), Span(6, TimeUnit.WEEK, 8)]))
    return Dosage(steps=tuple(steps), duration=whole)
