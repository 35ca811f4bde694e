"""The takes of a day that several facts say together, in its order."""

from collections.abc import Sequence

from msgspec.structs import replace

from ordonum.model.dosage import Moment, Relation, TimeUnit, Timing, When
from ordonum.texts.dosage.facts import Days, Fact, Often, Once, Takes, Unclear

# Moments that come back in a day: they say when, not how many times.
RECURRENT = frozenset({
    Moment.MEAL, Moment.FASTING, Moment.STOOL, Moment.LOOSE_STOOL, Moment.INTERCOURSE, Moment.EFFORT,
})  # fmt: skip
_MEALS = {Moment.MORNING: Moment.BREAKFAST, Moment.NOON: Moment.LUNCH, Moment.EVENING: Moment.DINNER}
_ORDER = list(Moment)
_HOURS = {
    Moment.WAKING: (4, 12), Moment.MORNING: (4, 11), Moment.NOON: (11, 14), Moment.AFTERNOON: (12, 18),
    Moment.EVENING: (16, 23), Moment.BEDTIME: (18, 23), Moment.DINNER: (17, 22), Moment.BREAKFAST: (5, 11),
    Moment.LUNCH: (11, 15),
}  # fmt: skip


def takes_of_day(facts: Sequence[Fact]) -> tuple[tuple[When, ...], tuple[str, ...], str]:
    """The moments and hours of a day; «à jeun» beside another moment is an instruction."""
    whens = [when for each in facts if isinstance(each, Takes) for when in each.when]
    at = [hour for each in facts if isinstance(each, Takes) for hour in each.at]
    if len(set(at)) != len(at) or len(set(whens)) != len(whens):
        raise Unclear("deux fois la même prise")
    fasting = When(moment=Moment.FASTING)
    besides = fasting in whens and (len(whens) > 1 or bool(at))
    if besides:
        whens.remove(fasting)
    whens = _meals(whens, each_one=_each_meal(facts))
    instruction = "" if not besides else "à jeun" if max(len(whens), len(at)) == 1 else "à jeun à chaque prise"
    recurrent = [each for each in whens if each.moment in RECURRENT]
    if recurrent and (len(whens) > 1 or at):
        raise Unclear("deux sortes de moments")
    pairs = zip(whens, at, strict=False)
    if whens and at and (len(whens) != 1 or len(at) != 1 or not all(_agrees(each, hour) for each, hour in pairs)):
        raise Unclear("les heures et les moments ne s'accordent pas")
    return tuple(sorted(whens, key=order)), tuple(sorted(at)), instruction


def without_implied(timing: Timing) -> Timing:
    """The timing without the number of times a week that its weekdays tell already."""
    implied = timing.weekdays and (timing.times, timing.every, timing.period) == (
        len(timing.weekdays),
        1,
        TimeUnit.WEEK,
    )
    return replace(timing, times=None, period=None) if implied else timing


def order(when: When) -> int:
    """The place of a moment in the day."""
    return _ORDER.index(when.moment) * 10 + list(Relation).index(when.relation)


def _agrees(when: When, hour: str) -> bool:
    first, last = _HOURS.get(when.moment, (0, 23))
    return first <= int(hour[:2]) <= last and when.offset is None


def _each_meal(facts: Sequence[Fact]) -> bool:
    """Whether «les repas», «chaque repas» is said; «pendant le repas» without a frequency may be once a day, or three times."""
    meals = [each for each in facts if isinstance(each, Takes) and any(one.moment is Moment.MEAL for one in each.when)]
    said = all(each.every_one for each in meals)
    others = any(isinstance(each, (Often, Once)) or (isinstance(each, Takes) and each not in meals) for each in facts)
    if not said and not others:
        raise Unclear("pendant un repas, ou pendant chaque repas ?")
    rhythms = [(each.times, each.times_high, each.every, each.period) for each in facts if isinstance(each, Often)]
    if any(each.each for each in meals) and any(each != (3, None, 1, TimeUnit.DAY) for each in rhythms):
        raise Unclear("à chaque repas, ou moins souvent ?")
    if meals and said and not others and any(isinstance(each, Days) for each in facts):
        raise Unclear("à chaque repas de ces jours, ou à un seul ?")
    return bool(meals) and said


def _meals(whens: list[When], *, each_one: bool) -> list[When]:
    """«matin et soir pendant les repas» is at breakfast and dinner; «le matin avant le petit déjeuner» is before breakfast;
    «après chaque repas et au coucher» is after each of the three, and at bedtime.
    """
    meal = [each for each in whens if each.moment is Moment.MEAL]
    rest = [each for each in whens if each not in meal]
    if len(meal) == 1 and each_one and rest and not any(each.moment in (*_MEALS, *RECURRENT) for each in rest):
        if meal[0].relation is Relation.BETWEEN or any(each.moment in _MEALS.values() for each in rest):
            return whens
        return [*(replace(meal[0], moment=each) for each in _MEALS.values()), *rest]
    if len(meal) == 1 and len(whens) > 1 and all(each.moment in _MEALS for each in whens if each not in meal):
        if meal[0].relation is Relation.BETWEEN:
            return whens
        return [replace(meal[0], moment=_MEALS[each.moment]) for each in whens if each not in meal]
    kept = []
    for place, each in enumerate(whens):
        following = whens[place + 1] if place + 1 < len(whens) else None
        inside = following is not None and (
            _MEALS.get(each.moment) is following.moment
            or (each.moment is Moment.EVENING and following.moment is Moment.BEDTIME and following.offset is not None)
        )
        if not inside or each.relation is not Relation.AT:
            kept.append(each)
    return kept
