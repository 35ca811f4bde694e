"""The facts of a text put together as a dosage, in one normal form; what has two readings or contradicts itself is `Unclear`.

Normal form: doses of one take each beside their moments; takes of equal dose together, in the order of the day; days of
the week as so many times a week; steps of a group differ by dose and takes only; amounts without zeros at their end.
"""

from collections.abc import Callable, Sequence
from itertools import takewhile

from msgspec.structs import replace

from ordonum.model.dosage import Dosage, DoseUnit, Moment, Step, Weekday, When
from ordonum.texts.dosage import checking
from ordonum.texts.dosage.changing import alternating, changed, paused
from ordonum.texts.dosage.facts import (
    AfterPause,
    Again,
    Amount,
    Ceiling,
    Change,
    Count,
    Days,
    End,
    Fact,
    Giving,
    Lasting,
    Multiplied,
    Often,
    Once,
    Pattern,
    Takes,
    Then,
    Unclear,
    Whole,
    Words,
)  # fmt: skip
from ordonum.texts.dosage.groups import turned
from ordonum.texts.dosage.labels import laid
from ordonum.texts.dosage.units import most

__all__ = ["Unclear", "assembled"]
_PATTERN = (Moment.MORNING, Moment.NOON, Moment.EVENING, Moment.BEDTIME)


def assembled(facts: Sequence[Fact], unit: DoseUnit | None) -> Dosage:
    """The dosage that these facts say. `Unclear` where they say none, or more than one."""
    if not any(isinstance(each, (Amount, Pattern, Often, Takes, Once, Ceiling, Days, Giving)) for each in facts):
        raise Unclear("ni dose ni rythme")
    if len(facts) == 1 and isinstance(facts[0], Amount) and facts[0].unit is None and not facts[0].amount % 1:
        raise Unclear("un nombre seul")
    lasting = {each.span for each in facts if isinstance(each, Whole)}
    if len(lasting) > 1:
        raise Unclear("deux durées de l'ensemble")
    duration = lasting.pop() if lasting else None
    known = _with_units(laid(_multiplied([each for each in facts if not isinstance(each, Whole)])), unit)
    segments = _segments(_of_other_days(known))
    if any(isinstance(each, Lasting) and each.first for each in segments[-1]):
        raise Unclear("«le premier jour», sans ce qui vient après")
    by_turns = alternating(segments)
    if by_turns is not None:
        checking.check(by_turns)
        return Dosage(steps=by_turns, duration=duration)
    steps: list[Step] = []
    for segment in segments:
        turn = steps[-1].turn + 1 if steps else 1
        if len(segment) == 1 and isinstance(segment[0], Change):
            steps = changed(steps, segment[0])
        elif (
            isinstance(segment[0], AfterPause)
            and all(isinstance(each, Lasting) for each in segment[1:])
            and len(segment) < 3
        ):
            steps = paused(steps, segment[0])
            steps = [
                replace(each, duration=one.span) for each in steps for one in segment[1:] if isinstance(one, Lasting)
            ] or steps
        else:
            steps += [replace(step, turn=turn) for step in _dosed(turned(segment), steps)]
    if any(not _ends(step) for step in steps if step.turn < steps[-1].turn):
        raise Unclear("«puis», sans la durée de ce qui le précède")
    checking.check(tuple(steps))
    return Dosage(steps=tuple(steps), duration=duration)


def _multiplied(facts: list[Fact]) -> list[Fact]:
    """«3 x 1 cp/j» is «1 cp 3 x/j»."""
    found: list[Fact] = []
    times: int | None = None
    for place, each in enumerate(facts):
        if isinstance(each, Multiplied):
            times = each.times
        elif times is not None and isinstance(each, Often) and each.times is None:
            found.append(replace(each, times=times))
            times = None
        elif times is not None and not (isinstance(each, Amount) and isinstance(facts[place - 1], Multiplied)):
            raise Unclear("tant de fois une dose, sans savoir en combien de temps")
        else:
            found.append(each)
    if times is not None:
        raise Unclear("tant de fois une dose, sans savoir en combien de temps")
    return found


def _of_other_days(facts: list[Fact]) -> list[Fact]:
    """«2 cp le lundi, 1 cp les autres jours»: the days of the week that are not named."""
    if not any(isinstance(each, Days) and each.others for each in facts):
        return facts
    named = {day for each in facts if isinstance(each, Days) for day in each.weekdays}
    rest = tuple(day for day in Weekday if day not in named)
    but = any(
        isinstance(each, Then) or (isinstance(each, Days) and each.but and len(each.weekdays) > 5) for each in facts
    )
    if not named or not rest or but:
        raise Unclear("«les autres jours», sans ceux qu'ils complètent")
    return [Days(weekdays=rest) if isinstance(each, Days) and each.others else each for each in facts]


def _ends(step: Step) -> bool:
    """Whether a step says when the next begins."""
    return step.duration is not None or step.until is not None or step.timing.once or step.timing.count is not None


def _dosed(steps: list[Step], before: list[Step]) -> list[Step]:
    """«1 cp 3x/j 3 jours puis 2x/j»: the dose of before, where there was one alone."""
    if all(step.dose is not None for step in steps):
        return steps
    doses = {step.dose for step in before}
    if not before or doses == {None}:
        if any(step.dose is not None for step in steps):
            raise Unclear("une prise sans sa dose")
        return steps
    if len(steps) > 1 or len(doses) > 1:
        raise Unclear("une prise sans sa dose")
    last = before[-1]  # the same dose is given by the same route, at the same place
    return [replace(steps[0], dose=doses.pop(), route=steps[0].route or last.route, site=steps[0].site or last.site)]


def _same_day(before: list[Fact], after: Sequence[Fact]) -> bool:
    """«1 le matin puis 2 le soir»: takes of one day, where nothing says that the first ends."""
    following = list(takewhile(lambda each: not isinstance(each, Then), after))
    return (
        not any(isinstance(each, (Lasting, Once, Count, Again, AfterPause, Change)) for each in before)
        and not any(isinstance(each, Words) and each.field == "until" for each in before)
        and all(any(isinstance(each, Takes) for each in part) for part in (before, following))
    )


def _with_units(facts: Sequence[Fact], default: DoseUnit | None) -> list[Fact]:
    """The same facts, each amount with its unit: its own, the only one of the text, or that of the medicine."""
    doses = {each.unit for each in facts if isinstance(each, (Amount, Pattern)) and each.unit is not None}
    limits = {each.amount.unit for each in facts if isinstance(each, Ceiling) and each.amount and each.amount.unit}
    if len(doses) > 1 and any(_bare(each) for each in facts):
        raise Unclear("une quantité sans unité, et plusieurs unités dans le texte")
    named = doses or limits
    inherited = next(iter(named)) if len(named) == 1 else DoseUnit.UNIT

    def known(amount: Amount) -> Amount:
        unit = amount.unit or inherited
        unit = default if unit is DoseUnit.UNIT and default is not None else unit
        if (amount.high or amount.amount) > most(unit):
            raise Unclear("une quantité hors de ce qui se prend")
        return replace(amount, unit=unit)

    return [named_ for each in facts for named_ in _named(each, known)]


def _bare(fact: Fact) -> bool:
    """Whether an amount of this fact has no unit."""
    if isinstance(fact, Ceiling):
        return fact.amount is not None and fact.amount.unit is None
    return isinstance(fact, (Amount, Pattern)) and fact.unit is None


def _named(fact: Fact, known: Callable[[Amount], Amount]) -> list[Fact]:
    """The fact with its units; «1-0-1» as its amounts, each with its moment."""
    if isinstance(fact, Amount):
        return [known(fact)]
    if isinstance(fact, Ceiling) and fact.amount is not None:
        limited = known(fact.amount)
        if fact.amount.unit is None and limited.unit is DoseUnit.DOSE_KG:  # «max 4/j»: four takes, never four kilograms
            if fact.field != "per_day" or limited.amount % 1 or limited.amount > 100:
                raise Unclear("un maximum en doses-poids")
            return [Ceiling(field="takes_per_day", takes=int(limited.amount))]
        return [replace(fact, amount=limited)]
    if isinstance(fact, Change):
        return [replace(fact, by=known(fact.by), up_to=None if fact.up_to is None else known(fact.up_to))]
    if not isinstance(fact, Pattern):
        return [fact]
    found: list[Fact] = []
    for value, moment in zip(fact.amounts, _PATTERN, strict=False):
        if value:
            found += [known(Amount(amount=value, unit=fact.unit)), Takes(when=(When(moment=moment),))]
    return found


def _segments(facts: Sequence[Fact]) -> list[list[Fact]]:
    """What comes after what: cut at «puis», a change of dose and a pause apart."""
    segments: list[list[Fact]] = [[]]
    for place, each in enumerate(facts):
        if isinstance(each, End):
            if place + 1 != len(facts) or not any(isinstance(one, Lasting) for one in segments[-1]):
                raise Unclear("«arrêt» sans la durée de ce qui le précède")
        elif isinstance(each, Then):
            if not _same_day(segments[-1], facts[place + 1 :]):
                segments.append([])
        elif isinstance(each, (Change, AfterPause)) and segments[-1]:
            segments.append([each])
        else:
            segments[-1].append(each)
    if len(segments) > 2 and not segments[-1]:  # «puis 1 comprimé ensuite»
        segments.pop()
    if not all(segments):
        raise Unclear("«puis» sans ce qui le précède ou le suit")
    return segments
