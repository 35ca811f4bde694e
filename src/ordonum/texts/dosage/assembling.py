"""The facts of a text put together as a dosage, in one normal form; what has two readings or contradicts itself is `Unclear`.

Normal form: doses of one take each beside their moments; takes of equal dose together, in the order of the day; days of
the week as so many times a week; steps of a group differ by dose and takes only; amounts without zeros at their end.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from msgspec.structs import replace

from ordonum.model.dosage import Cycle, Dosage, Dose, DoseUnit, Limits, Moment, Span, Step, TimeUnit, When
from ordonum.texts.dosage import checking
from ordonum.texts.dosage.facts import (
    AfterPause,
    Again,
    Also,
    Amount,
    Ceiling,
    Change,
    Count,
    Days,
    End,
    Fact,
    Giving,
    InTakes,
    Lasting,
    Often,
    Once,
    Pattern,
    Takes,
    Then,
    Words,
)  # fmt: skip
from ordonum.texts.dosage.timings import Unclear, timed
from ordonum.texts.dosage.tokens import plain
from ordonum.texts.dosage.units import ACTS

__all__ = ["Unclear", "assembled"]
_PATTERN = (Moment.MORNING, Moment.NOON, Moment.EVENING, Moment.BEDTIME)
_TIMING = (Often, Days, Takes, Once, InTakes, Count, Again)


def assembled(facts: Sequence[Fact], unit: DoseUnit | None) -> Dosage:
    """The dosage that these facts say. `Unclear` where they say none, or more than one."""
    if not any(isinstance(each, (Amount, Pattern, Often, Takes, Once, Ceiling, Days)) for each in facts):
        raise Unclear("ni dose ni rythme")
    known = _with_units(facts, unit)
    segments = _segments(known)
    alternating = _alternating(segments)
    if alternating is not None:
        return Dosage(steps=alternating)
    steps: list[Step] = []
    for segment in segments:
        turn = steps[-1].turn + 1 if steps else 1
        if len(segment) == 1 and isinstance(segment[0], Change):
            steps = _changed(steps, segment[0])
        elif len(segment) == 1 and isinstance(segment[0], AfterPause):
            steps = _paused(steps, segment[0])
        else:
            steps += [replace(step, turn=turn) for step in _turn(segment)]
    checking.check(tuple(steps))
    return Dosage(steps=tuple(steps))


def _with_units(facts: Sequence[Fact], default: DoseUnit | None) -> list[Fact]:
    """The same facts, each amount with its unit: its own, the only one of the text, or that of the medicine."""
    doses = {each.unit for each in facts if isinstance(each, Amount) and each.unit is not None}
    limits = {each.amount.unit for each in facts if isinstance(each, Ceiling) and each.amount and each.amount.unit}
    bare = any(isinstance(each, Pattern) or (isinstance(each, Amount) and each.unit is None) for each in facts)
    if bare and len(doses) > 1:
        raise Unclear("une dose sans unité, et plusieurs unités dans le texte")
    named = doses or limits
    inherited = next(iter(named)) if len(named) == 1 else DoseUnit.UNIT

    def known(amount: Amount) -> Amount:
        unit = amount.unit or inherited
        return replace(amount, unit=default if unit is DoseUnit.UNIT and default is not None else unit)

    found: list[Fact] = []
    for each in facts:
        if isinstance(each, Amount):
            found.append(known(each))
        elif isinstance(each, Pattern):
            for value, moment in zip(each.amounts, _PATTERN, strict=False):
                if value:
                    found += [known(Amount(amount=value)), Takes(when=(When(moment=moment),))]
        elif isinstance(each, Ceiling) and each.amount is not None:
            if each.amount.unit is None and len(doses) > 1:
                raise Unclear("un maximum sans unité, et plusieurs unités dans le texte")
            found.append(replace(each, amount=known(each.amount)))
        elif isinstance(each, Change):
            found.append(replace(each, by=known(each.by), up_to=None if each.up_to is None else known(each.up_to)))
        else:
            found.append(each)
    return found


def _segments(facts: Sequence[Fact]) -> list[list[Fact]]:
    """What comes after what: cut at «puis», a change of dose and a pause apart."""
    segments: list[list[Fact]] = [[]]
    for place, each in enumerate(facts):
        if isinstance(each, End):
            if place + 1 != len(facts) or not any(isinstance(one, Lasting) for one in segments[-1]):
                raise Unclear("«arrêt» sans la durée de ce qui le précède")
        elif isinstance(each, Then):
            segments.append([])
        elif isinstance(each, Change) and segments[-1]:
            segments.append([each])
        else:
            segments[-1].append(each)
    if not all(segments):
        raise Unclear("«puis» sans ce qui le précède ou le suit")
    return segments


def _alternating(segments: list[list[Fact]]) -> tuple[Step, ...] | None:
    """«0,5 puis 0,75 un jour sur deux», «½ cp un jour, ¾ cp le lendemain», «½ et ¾ cp en alternance»."""
    facts = [each for segment in segments for each in segment]
    doses = [each for each in facts if isinstance(each, Amount)]
    said = [each for each in facts if isinstance(each, Days) and each.alternating]
    every_other = [each for each in facts if isinstance(each, Often) and (each.every, each.period) == (2, TimeUnit.DAY)]
    if len(doses) != 2 or not (said or (len(segments) == 2 and every_other and segments[0] == [doses[0]])):
        return None
    rest = [each for each in facts if each not in doses and each not in said and each not in every_other]
    if said and not every_other:  # «un jour, … le lendemain»
        one_day = Lasting(span=Span(1, TimeUnit.DAY))
        rest = [each for each in rest if each != one_day]
    if (
        any(isinstance(each, (*_TIMING, Change, AfterPause)) and not isinstance(each, Takes) for each in rest)
        or len(segments) > 2
    ):
        raise Unclear("alternance qui ne se lit pas")
    return tuple(
        replace(_turn([dose, Days(cycle=Cycle(length=2, days=(day,))), *rest])[0], turn=1)
        for day, dose in enumerate(doses, 1)
    )


def _turn(segment: list[Fact]) -> list[Step]:
    """The steps of one turn: its groups (cut at «;»), each with its own conditions."""
    groups: list[list[Fact]] = [[]]
    for each in segment:
        if isinstance(each, Also):
            groups.append([])
        else:
            groups[-1].append(each)
    whole: list[list[Fact]] = []
    for group in groups:
        alone = not any(isinstance(each, (Amount, Takes, Often, Once)) for each in group)
        if whole and alone:
            whole[-1] += group
        else:
            whole.append(group)
    steps = [_group(group) for group in whole if group]
    if not steps:
        raise Unclear("rien à prendre")
    durations = {each[0].duration for each in steps}
    if len(durations) > 1:
        raise Unclear("la durée vaut-elle pour toutes les prises ?")
    return [step for group in steps for step in group]


def _group(facts: list[Fact]) -> list[Step]:
    """The steps of one group: one for each dose, then takes of equal dose together."""
    if any(isinstance(each, (Change, AfterPause)) for each in facts):
        raise Unclear("changement de dose ou pause sans «puis»")
    common = _common(facts)
    items = _items(facts)
    if len(items) > 1 and common.as_needed is not None:
        first = next(place for place, each in enumerate(facts) if isinstance(each, Amount))
        if any(isinstance(each, Words) and each.field == "as_needed" for each in facts[first:]):
            raise Unclear("«si besoin» vaut-il pour toutes les prises ou pour la dernière ?")
    steps = [_step(common, dose, timing) for dose, timing in items]
    merged = [steps[0]]
    for step in steps[1:]:
        both = _merged(merged[-1], step)
        if both is None:
            merged.append(step)
        else:
            merged[-1] = both
    if len(merged) > 1:
        checking.apart(merged)
    return merged


def _items(facts: list[Fact]) -> list[tuple[Amount | None, list[Fact]]]:
    """Each dose with what times it; what stands before the first dose times them all, or, where each moment stands
    before its dose («matin : 1, soir : 2»), the one that follows."""
    timing = [each for each in facts if isinstance(each, (Amount, *_TIMING))]
    doses = [place for place, each in enumerate(timing) if isinstance(each, Amount)]
    if len(doses) < 2:
        dose = timing[doses[0]] if doses else None
        assert dose is None or isinstance(dose, Amount)
        return [(dose, [each for each in timing if not isinstance(each, Amount)])]
    if doses[-1] == len(timing) - 1 and isinstance(timing[doses[0] - 1], Takes) and doses[0] > 0:
        starts = [0, *(place + 1 for place in doses)]
        return [(_amount(timing[place]), timing[start:place]) for start, place in zip(starts, doses, strict=False)]
    leading = timing[: doses[0]]
    items = []
    for place, end in pairwise([*doses, len(timing)]):
        own = timing[place + 1 : end]
        if not own or any(isinstance(each, (InTakes, Again, Count)) for each in own):
            raise Unclear("une dose sans son moment")
        items.append((_amount(timing[place]), [*leading, *own]))
    _days_of_each(items, len(leading))
    return items


def _amount(fact: Fact) -> Amount:
    assert isinstance(fact, Amount)
    return fact


def _days_of_each(items: list[tuple[Amount | None, list[Fact]]], leading: int) -> None:
    """Days said after the last of several doses may be its own or theirs all: two readings."""
    kinds = [
        {type(each) if isinstance(each, Days) else (Often, each.every > 1 or each.period is not TimeUnit.DAY)
         for each in own[leading:] if isinstance(each, (Days, Often))}
        for _, own in items
    ]  # fmt: skip
    if any(each != kinds[0] for each in kinds):
        raise Unclear("les jours ou le rythme valent-ils pour toutes les doses ?")


def _common(facts: list[Fact]) -> Step:
    """What is said of all the doses of a group."""
    said: dict[str, object] = {}
    instructions: list[str] = []
    for each in facts:
        if isinstance(each, Words) and each.field == "instruction":
            instructions.append(each.text)
        elif isinstance(each, Words):
            _once(said, each.field, each.text)
        elif isinstance(each, Lasting):
            _once(said, "duration", each.span)
        elif isinstance(each, Giving):
            _once(said, "rate", each.rate)
    instructions += checking.equals(facts)
    limits = _limits(facts)
    at_most = any(isinstance(each, Lasting) and each.at_most for each in facts)
    if at_most and "until" not in said and "as_needed" not in said:
        raise Unclear("une durée maximale, sans savoir ce qui l'arrête plus tôt")
    if instructions:
        said["instruction"] = ", ".join(dict.fromkeys(instructions))
    return Step(limits=limits, **said)  # type: ignore[arg-type]  # each value is of its own field


def _once(said: dict[str, object], field: str, value: object) -> None:
    if said.setdefault(field, value) != value:
        raise Unclear("deux fois la même chose, de deux façons")


def _limits(facts: list[Fact]) -> Limits | None:
    said: dict[str, object] = {}
    for each in facts:
        if not isinstance(each, Ceiling):
            continue
        value: object = each.takes if each.amount is None else _dose(each.amount)
        if each.field == "apart":
            value = each.span
        elif each.span is not None:
            _once(said, "period", each.span)
        _once(said, each.field, value)
    return Limits(**said) if said else None  # type: ignore[arg-type]  # each value is of its own field


def _dose(amount: Amount) -> Dose:
    assert amount.unit is not None
    return Dose(
        amount=plain(amount.amount), high=None if amount.high is None else plain(amount.high), unit=amount.unit,
        per=amount.per, graduation=None if amount.graduation is None else plain(amount.graduation),
    )  # fmt: skip


def _step(common: Step, amount: Amount | None, facts: list[Fact]) -> Step:
    """One dose and its timing, beside what is common."""
    facts = list(facts)
    dose = None if amount is None else _dose(amount)
    shares = [each.takes for each in facts if isinstance(each, InTakes)]
    timing, instruction = timed(facts, dose)
    if timing.in_all and dose is not None:
        if dose.unit in ACTS and not dose.amount % 1 and dose.per is None:
            high = None if dose.high is None else int(dose.high)
            timing = replace(timing, times=int(dose.amount), times_high=high, in_all=False)
            dose = Dose(amount=Decimal(1), unit=dose.unit)
        elif shares and shares[0] > 1:
            dose, timing = _divided(dose, shares[0]), replace(timing, times=shares[0], in_all=False)
    elif shares and shares[0] > 1:
        raise Unclear("une dose en plusieurs prises, sans savoir de quelle durée")
    if instruction:
        common = replace(common, instruction=", ".join(filter(None, (instruction, common.instruction))))
    return replace(common, dose=dose, timing=timing)


def _divided(dose: Dose, takes: int) -> Dose:
    """The dose of one take of a day's dose; `Unclear` where it is not exact."""
    low = dose.amount / takes
    high = None if dose.high is None else dose.high / takes
    if any(each is not None and each != round(each, 4) for each in (low, high)):
        raise Unclear("la dose du jour ne se partage pas exactement en autant de prises")
    return replace(dose, amount=plain(low), high=None if high is None else plain(high))


def _merged(one: Step, other: Step) -> Step | None:
    """Two takes of equal dose as one step, in the order of the day; nothing where they differ otherwise."""
    first, second = one.timing, other.timing
    if one.dose is None or replace(one, timing=second) != other:
        return None
    bare = replace(first, when=(), at=(), weekdays=(), times=None, period=None)
    if bare != replace(second, when=(), at=(), weekdays=(), times=None, period=None):
        return None
    if first.when and second.when and not first.at and not second.at:
        return _joined(one, when=checking.of_the_day((*first.when, *second.when))) if _same_days(one, other) else None
    if first.at and second.at and not first.when and not second.when:
        return _joined(one, at=tuple(sorted({*first.at, *second.at}))) if _same_days(one, other) else None
    return None


def _same_days(one: Step, other: Step) -> bool:
    return replace(one.timing, when=(), at=()) == replace(other.timing, when=(), at=())


def _joined(step: Step, **takes: object) -> Step:
    timing = replace(step.timing, **takes)
    if timing.weekdays and timing.period is TimeUnit.WEEK:
        timing = replace(timing, times=None, period=None)
    return replace(step, timing=timing)


def _paused(steps: list[Step], pause: AfterPause) -> list[Step]:
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


def _changed(steps: list[Step], change: Change) -> list[Step]:
    """«40 mg par jour puis diminuer de 5 mg tous les 3 jours jusqu'à arrêt»: each dose as a turn of its own."""
    start = steps[-1] if steps else None
    if start is None or start.dose is None or (len(steps) > 1 and steps[-2].turn == start.turn):
        raise Unclear("un changement de dose sans la dose d'où il part")
    dose, by = start.dose, _dose(change.by)
    if (dose.unit, dose.per, dose.high) != (by.unit, by.per, None) or change.each.high is not None:
        raise Unclear("un changement de dose dans une autre unité")
    goal = Decimal(0) if change.up_to is None else _dose(change.up_to).amount
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
