"""Structure of a dosage → one French sentence for a patient; its numbers in words where the law wants them. Pure."""

from collections.abc import Sequence
from itertools import groupby

from msgspec.structs import replace

from ordonum.model.dosage import Dosage, Dose, Limits, Rate, Step, Timing
from ordonum.texts import words
from ordonum.texts.dosage.day import without_implied
from ordonum.texts.dosage.saying_amounts import length, listed, number, per, said_amount
from ordonum.texts.dosage.saying_times import days, frequency, in_a_row, moments


def say(dosage: Dosage, *, in_words: bool = False) -> str:
    """«1 comprimé le matin et 1 comprimé le soir, pendant 7 jours»; steps of one turn after «;», turns after «puis»."""
    turns = [_turn(list(steps), in_words=in_words) for _, steps in groupby(dosage.steps, key=lambda step: step.turn)]
    whole = f", le tout pendant {length(dosage.duration, in_words=in_words)}" if dosage.duration is not None else ""
    return ", puis ".join(turns) + whole


def _turn(steps: list[Step], *, in_words: bool) -> str:
    groups = [list(group) for _, group in groupby(steps, key=_common)]
    return " ; ".join(_group(group, in_words=in_words) for group in groups)


def _common(step: Step) -> Step:
    """What a step shares with the others of its group: all but its dose and its timing."""
    return replace(step, dose=None, timing=Timing(count=step.timing.count))


def _group(steps: list[Step], *, in_words: bool) -> str:
    common = steps[0]
    needed = common.as_needed
    lead = "" if needed is None else f"si {_worded(needed or 'besoin', in_words=in_words)} : "
    said = [
        _alternating(steps, in_words=in_words) or _taken(steps, in_words=in_words),
        *_rest(common, in_words=in_words),
    ]
    return lead + ", ".join(part for part in said if part)


def _alternating(steps: list[Step], *, in_words: bool) -> str:
    """«un jour un demi-comprimé, le lendemain trois quarts de comprimé, en alternance»."""
    if len(steps) != 2 or any(step.dose is None or step.timing.cycle is None for step in steps):
        return ""
    one, other = steps
    if [(step.timing.cycle.length, step.timing.cycle.days) for step in steps if step.timing.cycle] != [
        (2, (1,)),
        (2, (2,)),
    ]:
        return ""
    if any(replace(step.timing, cycle=None, when=(), at=(), count=None) != Timing() for step in steps):
        return ""
    if one.timing.when != other.timing.when or one.timing.at != other.timing.at:
        return ""
    assert one.dose is not None
    assert other.dose is not None
    first, second = said_amount(one.dose, in_words=in_words), said_amount(other.dose, in_words=in_words)
    when = f", {listed(moments(one.timing, in_words=in_words))}" if one.timing.when or one.timing.at else ""
    return f"un jour {first}, le lendemain {second}, en alternance{when}"


def _taken(steps: Sequence[Step], *, in_words: bool) -> str:
    """The doses with their moments; the days they share are said first where there are several."""
    takes = sum(max(1, len(moments(step.timing, in_words=in_words))) for step in steps)
    doseless = len(steps) == 1 and steps[0].dose is None
    if takes == 1 or doseless:
        return _alone(steps[0], in_words=in_words)
    shared = {_paced(step.timing) for step in steps}
    if len(shared) > 1:
        return listed([_alone(step, in_words=in_words, among=True) for step in steps])
    timing = steps[0].timing
    parts = (
        "en dose unique" if timing.once else "",
        _rhythm(timing, in_words=in_words),
        days(timing, in_words=in_words),
    )
    lead = ", ".join(part for part in parts if part)
    said = [
        f"{said_amount(step.dose, in_words=in_words)} {at}" if step.dose is not None else at
        for step in steps
        for at in moments(step.timing, in_words=in_words) or [""]
    ]
    return (f"{lead} : " if lead else "") + listed([part.strip() for part in said])


def _paced(timing: Timing) -> Timing:
    return replace(without_implied(timing), when=(), at=())


def _rhythm(timing: Timing, *, in_words: bool) -> str:
    """The frequency, where the days of the week do not say it already."""
    return frequency(without_implied(timing), in_words=in_words)


def _alone(step: Step, *, in_words: bool, among: bool = False) -> str:
    """One dose: «20 mg 1 fois par semaine, le mardi», «1 gélule le soir à 20 heures»."""
    timing = step.timing
    dose = "" if step.dose is None else said_amount(step.dose, in_words=in_words)
    at = listed(moments(timing, in_words=in_words)) if timing.when or timing.at else ""
    rhythm = (_rhythm if among else frequency)(timing, in_words=in_words)
    on = days(timing, in_words=in_words)
    if timing.once:
        rhythm = f"{rhythm} en dose unique".strip()
    elif not rhythm and not at and timing.cycle is not None and in_a_row(timing.cycle):
        rhythm = f"{number(1, in_words=in_words, feminine=True)} fois par jour"
    first, *others = [part for part in (rhythm, on, at) if part] or [""]
    return ", ".join([f"{dose} {first}".strip(), *others])


def _rest(step: Step, *, in_words: bool) -> list[str]:
    """What is said after the doses: for how long, until what, how fast, never more than, by which route, where, how."""
    count = step.timing.count
    return [
        *_lasting(step, in_words=in_words),
        *_rate(step.rate, in_words=in_words),
        *_limits(step.limits, in_words=in_words),
        f"par voie {step.route}" if step.route else "",
        step.site or "",
        f"{number(count, in_words=in_words, feminine=True)} prises en tout" if count is not None else "",
        _worded(step.instruction or "", in_words=in_words),
    ]


def _lasting(step: Step, *, in_words: bool) -> list[str]:
    """«pendant 7 jours»; «tant que la diarrhée persiste, maximum 7 jours»: whichever comes first."""
    until = [_worded(step.until, in_words=in_words)] if step.until else []
    if step.duration is None:
        return until
    long = length(step.duration, in_words=in_words)
    return [*until, f"maximum {long}" if until else f"pendant {long}{' au maximum' if step.at_most else ''}"]


def _rate(rate: Rate | None, *, in_words: bool) -> list[str]:
    if rate is None:
        return []
    said = []
    if rate.amount is not None and rate.unit is not None and rate.per is not None:
        amount = said_amount(Dose(amount=rate.amount, unit=rate.unit), in_words=in_words)
        said.append(f"à la vitesse de {amount} par {rate.per.label}")
    if rate.over is not None:
        said.append(f"à administrer sur {length(rate.over, in_words=in_words)}")
    return said


def _limits(limits: Limits | None, *, in_words: bool) -> list[str]:
    """«sans dépasser 2 comprimés par prise et 4 comprimés par jour», «en respectant 4 heures entre 2 prises»."""
    if limits is None:
        return []
    amounts = (
        (limits.per_take, "par prise"),
        (limits.per_day, "par jour"),
        (limits.per_period, "" if limits.period is None else per(limits.period, in_words=in_words)),
        (limits.lifetime, "en tout"),
    )
    said = [f"{said_amount(dose, in_words=in_words)} {scope}" for dose, scope in amounts if dose is not None]
    if limits.takes_per_day is not None:
        takes = number(limits.takes_per_day, in_words=in_words, feminine=True)
        said.append(f"{takes} prise{'s' if limits.takes_per_day > 1 else ''} par jour")
    found = ["sans dépasser " + " et ".join(said)] if said else []
    if limits.apart is not None:
        two = number(2, in_words=in_words)
        found.append(f"en respectant {length(limits.apart, in_words=in_words)} entre {two} prises")
    return found


def _worded(text: str, *, in_words: bool) -> str:
    return words.spelled(text) if in_words else text
