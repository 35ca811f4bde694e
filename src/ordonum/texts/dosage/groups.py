"""The facts of one turn as its steps: each dose with its own timing, and what is said of them all."""

from decimal import Decimal
from itertools import groupby, pairwise

from msgspec.structs import replace

from ordonum.model.dosage import Dose, Limits, Rate, Step, TimeUnit, Timing
from ordonum.texts.dosage import checking
from ordonum.texts.dosage.day import RECURRENT, without_implied
from ordonum.texts.dosage.facts import (
    AfterPause,
    Again,
    Also,
    Amount,
    Ceiling,
    Change,
    Count,
    Days,
    Fact,
    Giving,
    InTakes,
    Lasting,
    Often,
    Once,
    Takes,
    Unclear,
    Words,
)  # fmt: skip
from ordonum.texts.dosage.sharing import divided, dose_of, without_total
from ordonum.texts.dosage.timings import timed
from ordonum.texts.dosage.units import ACTS

TIMING = (Often, Days, Takes, Once, InTakes, Count, Again)


def turned(segment: list[Fact]) -> list[Step]:
    """The steps of one turn: its groups (cut at «;»), each with its own conditions."""
    groups: list[list[Fact]] = [[]]
    for each in segment:
        if isinstance(each, Also):
            groups.append([])
        else:
            groups[-1].append(each)
    whole: list[list[Fact]] = []
    for group in groups:
        alone = not any(isinstance(each, (Amount, Takes, Often, Once, Giving)) for each in group)
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
    together = _folded([step for group in steps for step in group])
    for _, alike in groupby(together, key=lambda step: replace(step, dose=None, timing=Timing())):
        checking.apart(list(alike))
    checking.of_like_days(together)
    if len({step.dose.unit for step in together if step.dose is not None}) > 1:
        raise Unclear("deux unités pour un même médicament")
    return together


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
    checking.of_a_day(steps, facts)
    if len(items) > 1 and any(step.instruction != common.instruction for step in steps):
        raise Unclear("«à jeun» vaut-il pour toutes les prises ?")
    return _folded(steps)


def _folded(steps: list[Step]) -> list[Step]:
    """Takes of equal dose that follow one another, as one step."""
    merged = [steps[0]]
    for step in steps[1:]:
        both = _merged(merged[-1], step)
        if both is None:
            merged.append(step)
        else:
            merged[-1] = both
    return merged


def _items(facts: list[Fact]) -> list[tuple[Amount | None, list[Fact]]]:
    """Each dose with what times it; what stands before the first dose times them all, or, where each moment stands
    before its dose («matin : 1, soir : 2»), the one that follows."""
    timing: list[Fact] = without_total([each for each in facts if isinstance(each, (Amount, *TIMING))])
    doses = [place for place, each in enumerate(timing) if isinstance(each, Amount)]
    if len(doses) < 2:
        dose = timing[doses[0]] if doses else None
        assert dose is None or isinstance(dose, Amount)
        return [(dose, [each for each in timing if not isinstance(each, Amount)])]
    if doses[-1] == len(timing) - 1 and doses[0] > 0 and isinstance(timing[doses[0] - 1], (Takes, Days)):
        starts = [0, *(place + 1 for place in doses)]
        if any(start == place for start, place in zip(starts, doses, strict=False)):
            raise Unclear("une dose sans son moment")
        return [(_amount(timing[place]), timing[start:place]) for start, place in zip(starts, doses, strict=False)]
    leading = timing[: doses[0]]
    _of_all(timing, leading)
    items: list[tuple[Amount | None, list[Fact]]] = []
    for place, end in pairwise([*doses, len(timing)]):
        own = timing[place + 1 : end]
        if not own or any(isinstance(each, (InTakes, Again, Count)) for each in own):
            raise Unclear("une dose sans son moment")
        items.append((_amount(timing[place]), [*leading, *own]))
    _days_of_each(items, len(leading))
    return items


def _of_all(timing: list[Fact], leading: list[Fact]) -> None:
    """A moment that comes back («avant les repas»), said after the last of several doses that have their own, is of them all;
    in the singular it may be of the last alone."""
    last = timing[-1]
    if not isinstance(last, Takes) or last.at or not all(each.moment in RECURRENT for each in last.when):
        return
    if not isinstance(timing[-2], Takes) or any(
        isinstance(each, Takes) and each.when == last.when for each in timing[:-1]
    ):
        return
    if not last.every_one:
        raise Unclear("le dernier moment vaut-il pour toutes les prises ?")
    leading.append(timing.pop())


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
    rates: list[Rate] = []
    for each in facts:
        if isinstance(each, Words) and each.field == "instruction":
            instructions.append(each.text)
        elif isinstance(each, Words):
            _once(said, each.field, each.text)
        elif isinstance(each, Lasting):
            _once(said, "duration", each.span)
        elif isinstance(each, Giving):
            rates.append(each.rate)
    if rates:
        said["rate"] = _rate(rates)
    instructions += checking.equals(facts)
    limits = _limits(facts)
    at_most = any(isinstance(each, Lasting) and each.at_most for each in facts)
    if at_most and "until" not in said:
        said["at_most"] = True
    if instructions:
        said["instruction"] = ", ".join(dict.fromkeys(instructions))
    return Step(limits=limits, **said)  # type: ignore[arg-type]  # each value is of its own field


def _rate(rates: list[Rate]) -> Rate:
    """«50 ml/h» and «pendant 8 h» are one rate."""
    if len(rates) == 1:
        return rates[0]
    if len(rates) == 2 and {each.over is None for each in rates} == {True, False}:
        return replace(rates[0] if rates[0].amount is not None else rates[1], over=rates[0].over or rates[1].over)
    raise Unclear("deux vitesses")


def _once(said: dict[str, object], field: str, value: object) -> None:
    if field == "as_needed" and "" in (value, said.get(field)):  # «à la demande en cas de gêne»
        value = said[field] = value or said.get(field, "")
    if said.setdefault(field, value) != value:
        raise Unclear("deux fois la même chose, de deux façons")


def _limits(facts: list[Fact]) -> Limits | None:
    said: dict[str, object] = {}
    for each in facts:
        if not isinstance(each, Ceiling):
            continue
        value: object = each.takes if each.amount is None else dose_of(each.amount)
        if each.field == "apart":
            value = each.span
        elif each.span is not None:
            _once(said, "period", each.span)
        _once(said, each.field, value)
    return Limits(**said) if said else None  # type: ignore[arg-type]  # each value is of its own field


def _step(common: Step, amount: Amount | None, facts: list[Fact]) -> Step:
    """One dose and its timing, beside what is common."""
    facts = list(facts)
    dose = None if amount is None else dose_of(amount)
    shares = [each.takes for each in facts if isinstance(each, InTakes)]
    timing, instruction = timed(facts, dose)
    if timing.in_all and dose is not None:
        if dose.unit in ACTS and not dose.amount % 1 and dose.per is None:
            high = None if dose.high is None else int(dose.high)
            timing = replace(timing, times=int(dose.amount), times_high=high, in_all=False)
            dose = Dose(amount=Decimal(1), unit=dose.unit)
        elif shares and shares[0] > 1:
            shared = divided(dose, shares[0])
            timing = replace(timing, times=shares[0], in_all=shared is None)
            dose = dose if shared is None else shared
    elif shares and shares[0] > 1:
        raise Unclear("une dose en plusieurs prises, sans savoir de quelle durée")
    if instruction:
        common = replace(common, instruction=", ".join(filter(None, (instruction, common.instruction))))
    return replace(common, dose=dose, timing=timing)


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
        if set(first.at) & set(second.at):
            raise Unclear("deux fois la même prise")
        return _joined(one, at=tuple(sorted({*first.at, *second.at}))) if _same_days(one, other) else None
    return None


def _same_days(one: Step, other: Step) -> bool:
    first, second = without_implied(one.timing), without_implied(other.timing)
    return replace(first, when=(), at=()) == replace(second, when=(), at=())


def _joined(step: Step, **takes: object) -> Step:
    timing = replace(step.timing, **takes)
    if timing.weekdays and timing.period is TimeUnit.WEEK:
        timing = replace(timing, times=None, period=None)
    return replace(step, timing=timing)
