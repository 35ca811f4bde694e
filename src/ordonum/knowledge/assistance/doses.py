"""How much of a substance a dosage makes: in a take, in a day, in a week, in milligrams. Pure.

Stands on the computations of `model.plan_*`; what they cannot tell has its reason, and is never guessed.
"""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

from ordonum.model.dosage import Dosage, DoseUnit, TimeUnit, Timing
from ordonum.model.drug import Component, Nature
from ordonum.model.plan_laid import count_on, day_of, laid
from ordonum.model.plan_shapes import Gap, Laid, Setting
from ordonum.model.plan_units import Amount, Body, Strength, amount_read, strength_of

# What is swallowed or put one by one: the strength of one is that of the other, whatever the prescriber calls it.
_ONE_BY_ONE = (
    DoseUnit.TABLET, DoseUnit.CAPSULE, DoseUnit.SOFT_CAPSULE, DoseUnit.SACHET, DoseUnit.LYOPHILISATE, DoseUnit.FILM,
    DoseUnit.SUPPOSITORY, DoseUnit.AMPOULE, DoseUnit.SINGLE_DOSE, DoseUnit.UNIT, DoseUnit.DOSE, DoseUnit.SYRINGE,
    DoseUnit.PATCH, DoseUnit.INJECTION, DoseUnit.LOZENGE,
)  # fmt: skip
_MASSES = frozenset({DoseUnit.GRAM, DoseUnit.MILLIGRAM, DoseUnit.MICROGRAM, DoseUnit.NANOGRAM})
_OF_DURATION = frozenset({Gap.DURATION, Gap.UNTIL, Gap.TOO_LONG})
_PER_VOLUME = re.compile(r"(?P<amount>[^/]+)/\s*(?P<reference>(?:\d[\d.,]*\s*)?ml)\s*", re.IGNORECASE)
_LOOKED_DAYS, _LOOKED_DAYS_LONG = 7, 31
COMBINED = "elle est écrite en quantité de substance pour un médicament qui en a plusieurs"
NO_DOSAGE = "la posologie n'est pas comprise"
NO_STRENGTH = "le dosage du médicament n'est pas connu"


class Taken(Struct, frozen=True, kw_only=True):
    """At most, in milligrams: in a take, a day, a week; on how many days of a week; or why it is not known."""

    take: Decimal = Decimal(0)
    day: Decimal = Decimal(0)
    week: Decimal = Decimal(0)
    unknown: str | None = None


@lru_cache(maxsize=4096)
def strength_in(amount: str | None, reference: str | None) -> Strength | None:
    """The strength of a component of the base; of what is taken one by one, whatever one is called."""
    component = Component(
        element="", code="", name="", amount=amount, reference=reference, nature=Nature.SUBSTANCE, link=0
    )
    found = strength_of(component)
    if found is None or not any(each.unit in _ONE_BY_ONE and each.amount == 1 for each in found.within):
        return found
    others = tuple(Amount(Decimal(1), unit) for unit in _ONE_BY_ONE if unit not in {each.unit for each in found.within})
    return Strength(found.holds, (*found.within, *others))


@lru_cache(maxsize=4096)
def strength_written(text: str | None) -> Strength | None:
    """The strength that a prescriber writes beside a substance: «500 mg», «24 mg/ml», «100 mg/5 ml»."""
    if text is None:
        return None
    volume = _PER_VOLUME.fullmatch(text)
    if volume is not None:
        reference = volume["reference"]
        return strength_in(volume["amount"].strip(), reference if reference[0].isdigit() else f"1 {reference}")
    holds = amount_read(text)
    return None if holds is None else Strength(holds, tuple(Amount(Decimal(1), unit) for unit in _ONE_BY_ONE))


@lru_cache(maxsize=4096)
def taken(dosage: Dosage | None, strength: Strength | None, body: Body, day: date, *, alone: bool = True) -> Taken:
    """What a dosage makes of a substance of that strength; `alone`: it is the only one of its medicine."""
    if dosage is None:
        return Taken(unknown=NO_DOSAGE)
    in_mass = any(each.dose is not None and each.dose.unit in _MASSES for each in dosage.steps)
    if in_mass and not alone:
        return Taken(unknown=COMBINED)
    made = laid(dosage, Setting(start=day, body=body, strength=strength, unit=DoseUnit.MILLIGRAM))
    gaps = [each for each in made.gaps if each not in _OF_DURATION]
    if gaps:
        return Taken(unknown=NO_STRENGTH if Gap.UNITS in gaps and strength is None else gaps[0].label)
    return Taken(
        take=max((each.dose.high for each in made.stretches), default=Decimal(0)),
        day=max((day_of(made, rank).high for rank in _ranks(made)), default=Decimal(0)),
        week=max((_week(made, each.begins) for each in made.stretches), default=Decimal(0)),
    )


def _week(made: Laid, begins: int) -> Decimal:
    return sum((day_of(made, begins + rank).high for rank in range(7)), Decimal(0))


def _ranks(made: Laid) -> frozenset[int]:
    """The days that are looked at: the first ones of each step, as many as its rhythm wants."""
    found: set[int] = set()
    for each in made.stretches:
        looked = _LOOKED_DAYS_LONG if _slow(each.step.timing) else _LOOKED_DAYS
        found.update(range(each.begins, each.begins + min(looked, each.days or looked)))
    return frozenset(found)


def _slow(timing: Timing) -> bool:
    monthly = timing.period in (TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.YEAR)
    return bool(monthly or timing.month_days or timing.cycle or timing.every > 1)


@lru_cache(maxsize=1024)
def days_a_week(dosage: Dosage, day: date) -> int | None:
    """On how many days of a week, at most, something is taken; None where the frequency is not told."""
    made = laid(dosage, Setting(start=day))
    if set(made.gaps) & {Gap.FREQUENCY, Gap.CONTRADICTORY, Gap.NO_MAXIMUM, Gap.EVENT}:
        return None
    counts = (
        sum(any(count_on(each, begins + rank, made.setting).high for each in made.stretches) for rank in range(7))
        for begins in {each.begins for each in made.stretches}
    )
    return max(counts, default=None)
