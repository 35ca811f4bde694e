"""Dosages whose dose changes from day to day: alternations, pauses that make a cycle, tapers."""

from decimal import Decimal

from msgspec.structs import replace

from ordonum.model.dosage import Cycle, Span, Step, TimeUnit
from ordonum.texts.dosage import checking
from ordonum.texts.dosage.facts import AfterPause, Amount, Change, Days, Fact, Lasting, Often, Takes, Unclear
from ordonum.texts.dosage.groups import TIMING, turned
from ordonum.texts.dosage.sharing import dose_of
from ordonum.texts.dosage.tokens import plain


def alternating(segments: list[list[Fact]]) -> tuple[Step, ...] | None:
    """«0,5 puis 0,75 un jour sur deux», «un jour ½ cp, le lendemain ¾ cp, en alternance»; nothing where no such thing is said."""
    facts = [each for segment in segments for each in segment]
    doses = [place for place, each in enumerate(facts) if isinstance(each, Amount)]
    said = any(isinstance(each, Days) and each.alternating for each in facts)
    every_other = any(_every_other(each) for each in facts)
    bare = every_other and len(segments) == 2 and len(segments[0]) == 1
    bare = bare or (every_other and len(segments) == 1 and len(doses) == 2 and doses[1] == doses[0] + 1)
    if len(doses) != 2 or not (said or bare):
        return None
    first, second = doses
    rest = [
        each
        for place, each in enumerate(facts)
        if place not in doses and not _every_other(each) and not _of_alternation(each, before=place < second)
    ]
    between = facts[first + 1 : second]
    if len(segments) > 2 or any(isinstance(each, Takes) for each in between) or any(not _shared(each) for each in rest):
        raise Unclear("alternance qui ne se lit pas")
    if len({each.unit for each in facts if isinstance(each, Amount)}) > 1:
        raise Unclear("deux unités pour un même médicament")
    return tuple(
        replace(turned([facts[place], Days(cycle=Cycle(length=2, days=(day,))), *rest])[0], turn=1)
        for day, place in enumerate(doses, 1)
    )


def _every_other(fact: Fact) -> bool:
    return isinstance(fact, Often) and (fact.times, fact.every, fact.period) == (1, 2, TimeUnit.DAY)


def _of_alternation(fact: Fact, *, before: bool) -> bool:
    """«un jour» before the second dose, «le lendemain», «en alternance»."""
    if isinstance(fact, Lasting):
        return before and fact.span == Span(1, TimeUnit.DAY) and not fact.first and not fact.at_most
    return isinstance(fact, Days) and (fact.alternating or fact.next_day)


def _shared(fact: Fact) -> bool:
    """Whether what is said besides may be of both days."""
    return isinstance(fact, Takes) or not isinstance(fact, (*TIMING, Change, AfterPause))


def paused(steps: list[Step], pause: AfterPause) -> list[Step]:
    """«21 jours puis 7 jours d'arrêt»: a cycle, of the only turn."""
    lasted = checking.in_days(steps[-1].duration) if steps else None
    rest = checking.in_days(pause.span)
    if len(steps) != 1 or lasted is None or rest is None or lasted + rest > 366 or steps[0].timing.cycle is not None:
        raise Unclear("une pause sans le nombre de jours qui la précède")
    timing = steps[0].timing
    if timing.period not in (None, TimeUnit.DAY) or timing.every != 1 or timing.once or timing.weekdays:
        raise Unclear("une pause dont le cycle ne se lit pas")
    if timing.times == 1 and timing.times_high is None and not timing.in_all:
        timing = replace(timing, times=None, period=None)
    cycle = Cycle(length=lasted + rest, days=tuple(range(1, lasted + 1)))
    return [replace(steps[0], duration=None, timing=replace(timing, cycle=cycle))]


def changed(steps: list[Step], change: Change) -> list[Step]:
    """«40 mg par jour puis diminuer de 5 mg tous les 3 jours jusqu'à arrêt»: each dose as a turn of its own."""
    start = steps[-1] if steps else None
    if start is None or start.dose is None or (len(steps) > 1 and steps[-2].turn == start.turn):
        raise Unclear("un changement de dose sans la dose d'où il part")
    dose, by = start.dose, dose_of(change.by)
    if (dose.unit, dose.per, dose.high) != (by.unit, by.per, None) or change.each.high is not None:
        raise Unclear("un changement de dose dans une autre unité")
    if change.each.unit in (TimeUnit.HOUR, TimeUnit.MINUTE):
        raise Unclear("un changement de dose dans la journée")
    goal = Decimal(0) if change.up_to is None else dose_of(change.up_to).amount
    step = -by.amount if change.up_to is None else by.amount
    count = (goal - dose.amount) / step
    if count % 1 or not 1 <= count <= 29:
        raise Unclear("un changement de dose qui n'arrive pas juste")
    found = [*steps[:-1], start if start.duration is not None else replace(start, duration=change.each)]
    amounts = [dose.amount + step * each for each in range(1, int(count) + 1)]
    for amount in amounts:
        if amount:
            last = change.up_to is not None and amount == goal
            found.append(replace(
                start, dose=replace(dose, amount=plain(amount)), turn=found[-1].turn + 1, duration=None if last else change.each,
            ))  # fmt: skip
    return found
