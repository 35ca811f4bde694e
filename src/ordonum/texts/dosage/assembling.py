"""The facts of a text put together as a dosage, in one normal form; what has two readings or contradicts itself is `Unclear`.

Normal form: doses of one take each beside their moments; takes of equal dose together, in the order of the day; days of
the week as so many times a week; steps of a group differ by dose and takes only; amounts without zeros at their end.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from ordonum.model.dosage import Dosage, DoseUnit, Moment, Step, When
from ordonum.texts.dosage import checking
from ordonum.texts.dosage.changing import alternating, changed, paused
from ordonum.texts.dosage.facts import (
    AfterPause,
    Amount,
    Ceiling,
    Change,
    Days,
    End,
    Fact,
    Giving,
    Lasting,
    Often,
    Once,
    Pattern,
    Takes,
    Then,
)  # fmt: skip
from ordonum.texts.dosage.groups import turned
from ordonum.texts.dosage.timings import Unclear

__all__ = ["Unclear", "assembled"]
_PATTERN = (Moment.MORNING, Moment.NOON, Moment.EVENING, Moment.BEDTIME)


def assembled(facts: Sequence[Fact], unit: DoseUnit | None) -> Dosage:
    """The dosage that these facts say. `Unclear` where they say none, or more than one."""
    if not any(isinstance(each, (Amount, Pattern, Often, Takes, Once, Ceiling, Days, Giving)) for each in facts):
        raise Unclear("ni dose ni rythme")
    known = _with_units(facts, unit)
    segments = _segments(known)
    if any(isinstance(each, Lasting) and each.first for each in segments[-1]):
        raise Unclear("«le premier jour», sans ce qui vient après")
    by_turns = alternating(segments)
    if by_turns is not None:
        checking.check(by_turns)
        return Dosage(steps=by_turns)
    steps: list[Step] = []
    for segment in segments:
        turn = steps[-1].turn + 1 if steps else 1
        if len(segment) == 1 and isinstance(segment[0], Change):
            steps = changed(steps, segment[0])
        elif len(segment) == 1 and isinstance(segment[0], AfterPause):
            steps = paused(steps, segment[0])
        else:
            steps += [replace(step, turn=turn) for step in turned(segment)]
    checking.check(tuple(steps))
    return Dosage(steps=tuple(steps))


def _with_units(facts: Sequence[Fact], default: DoseUnit | None) -> list[Fact]:
    """The same facts, each amount with its unit: its own, the only one of the text, or that of the medicine."""
    doses = {each.unit for each in facts if isinstance(each, (Amount, Pattern)) and each.unit is not None}
    limits = {each.amount.unit for each in facts if isinstance(each, Ceiling) and each.amount and each.amount.unit}
    bare = any(isinstance(each, (Amount, Pattern)) and each.unit is None for each in facts)
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
                    found += [known(Amount(amount=value, unit=each.unit)), Takes(when=(When(moment=moment),))]
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
