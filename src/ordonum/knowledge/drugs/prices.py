"""What a prescription costs, what insurance pays of it, and what the same would cost by a cheaper equivalent. Pure.

Prices, rates and groups are those of the BDPM, in cents: the public price has the dispensing fee of the box in it. What
insurance pays is counted on that price, at the rate of the box: 100 % for a line of an ALD, nothing for one that is not to be
reimbursed; deductibles, ceilings (TFR) and complementary insurance are not in it.
"""

import math
import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from msgspec import Struct

from ordonum.knowledge.drugs.base import DrugBase
from ordonum.model.dosage import DoseUnit
from ordonum.model.drug import GroupPlace, Presentation, Speciality
from ordonum.model.labels import Labelled
from ordonum.model.lines import Unit
from ordonum.model.plan import dispensed, needed, plan, unit_for
from ordonum.model.plan_shapes import Setting
from ordonum.model.plan_units import NOBODY, Body, only_strength
from ordonum.model.prescription import Line
from ordonum.model.products import MedicineLine

COMPLEMENTARY = 2
"""The type of a generic group's member that is of another strength: it does not stand for one unit of the others."""
_MEASURED = {
    Unit.MILLILITRES: frozenset({DoseUnit.MILLILITRE}),
    Unit.GRAMS: frozenset({DoseUnit.GRAM}),
    Unit.UNITS: frozenset(DoseUnit) - {DoseUnit.MILLILITRE, DoseUnit.GRAM, DoseUnit.LITRE},
}


class WithoutPrice(Labelled):
    """Why a line has no price, or no total."""

    UNCODED = "uncoded", "prescrit sans code de boîte ni de spécialité : pas de prix"
    UNKNOWN = "unknown", "code inconnu de la base des médicaments"
    SEVERAL = "several", "plusieurs boîtes de prix différents : dites laquelle (code CIP13)"
    FREE = "free", "prix non publié (libre)"
    NO_COUNT = "no-count", "nombre de boîtes inconnu"


class Cheaper(Struct, frozen=True, kw_only=True):
    """An equivalent of the same generic group that costs less by unit. `price`: public price of its box; `per_unit` in cents."""

    cis: str
    cip13: str
    name: str
    label: str
    price: int
    per_unit: Decimal


class LinePrice(Struct, frozen=True, kw_only=True):
    """What a line costs, in cents. `box`: public price of one; `total`, `insured`: of one delivery; `whole`: with
    all the renewals.

    `rate`: per cent that insurance pays; None where no rate is published (not reimbursable). `because`: why a figure misses.
    """

    line: int
    cip13: str | None = None
    name: str | None = None
    boxes: int | None = None
    box: int | None = None
    total: int | None = None
    whole: int | None = None
    rate: int | None = None
    insured: int | None = None
    because: WithoutPrice | None = None
    group: GroupPlace | None = None
    cheaper: tuple[Cheaper, ...] = ()


class Bill(Struct, frozen=True, kw_only=True):
    """What a prescription costs: the lines, and the sums of those that have a price. `missing`: ranks of those that have none."""

    lines: tuple[LinePrice, ...]
    total: int
    insured: int
    whole: int
    missing: tuple[int, ...]


def bill(base: DrugBase, lines: Iterable[Line], *, start: date, body: Body = NOBODY) -> Bill:
    """The prices of the medicines among these lines, whose treatment begins on `start`.

    Where no quantity was written, the boxes are those that the structured dosage takes, for this body where it counts by it.
    """
    medicines = [each for each in lines if isinstance(each, MedicineLine)]
    priced = tuple(line_price(base, each, start=start, body=body) for each in medicines)
    return Bill(
        lines=priced,
        total=sum(each.total or 0 for each in priced),
        insured=sum(each.insured or 0 for each in priced),
        whole=sum(each.whole or 0 for each in priced),
        missing=tuple(each.line for each in priced if each.total is None),
    )


def line_price(base: DrugBase, line: MedicineLine, *, start: date, body: Body = NOBODY) -> LinePrice:
    """What this line costs."""
    if line.cip13 is None and line.cis is None:
        return LinePrice(line=line.rank, because=WithoutPrice.UNCODED)
    found = _product(base, line)
    if found is None:
        return LinePrice(line=line.rank, cip13=line.cip13, because=WithoutPrice.UNKNOWN)
    speciality, box = found
    group = next(iter(speciality.groups), None)
    if box is None:
        why = WithoutPrice.SEVERAL if any(each.public_price for each in _sold(speciality)) else WithoutPrice.FREE
        return LinePrice(line=line.rank, name=speciality.name, because=why, group=group)
    rate = _rate(line, box)
    boxes = boxes_of(line, box) if line.quantity is not None else _taken(line, speciality, box, start, body)
    total = box.public_price * boxes if box.public_price is not None and boxes is not None else None
    insured = total * (rate or 0) if total is not None else None
    why_not = WithoutPrice.FREE if box.public_price is None else WithoutPrice.NO_COUNT if boxes is None else None
    return LinePrice(
        line=line.rank,
        cip13=box.cip13,
        name=speciality.name,
        boxes=boxes,
        box=box.public_price,
        total=total,
        whole=total * (1 + line.renewals) if total is not None else None,
        rate=rate,
        insured=(insured + 50) // 100 if insured is not None else None,
        because=why_not,
        group=group,
        cheaper=cheaper(base, speciality, box),
    )


def boxes_of(line: MedicineLine, box: Presentation) -> int | None:
    """The boxes of one delivery: as written, or as many as hold what was written in units; None where that is not known."""
    if line.quantity is None:
        return None
    if line.quantity.unit is Unit.BOXES:
        return line.quantity.value
    if box.pack is None or box.pack.unit not in _MEASURED.get(line.quantity.unit, ()):
        return None
    return math.ceil(line.quantity.value / box.pack.amount)


def _taken(line: MedicineLine, speciality: Speciality, box: Presentation, start: date, body: Body) -> int | None:
    """The boxes that the structured dosage takes over one delivery; None where that cannot be computed."""
    dosage = line.structured_dosage
    if dosage is None or box.pack is None:
        return None
    strength = only_strength(speciality.active)
    unit = unit_for(dosage, box.pack, strength)
    setting = Setting(start=start, body=body, strength=strength, unit=unit, days=line.duration_days)
    if line.duration_days is not None:
        units = needed(dosage, setting, line.duration_days)
    else:
        whole = plan(dosage, setting).units
        units = whole.high if whole is not None else None
    if not units or unit is None:
        return None
    handed = dispensed(units, unit, box.pack, strength)
    return handed.boxes if handed is not None else None


def cheaper(base: DrugBase, speciality: Speciality, box: Presentation) -> tuple[Cheaper, ...]:
    """The boxes that cost less by unit in the generic groups of this one, the cheapest first: sold, priced, counted alike."""
    own = per_unit(box)
    if own is None or box.pack is None:
        return ()
    found = []
    for other in _equivalents(base, speciality):
        for each in _sold(other):
            cost = per_unit(each)
            if cost is None or each.pack is None or each.pack.unit is not box.pack.unit or cost >= own:
                continue
            assert each.public_price is not None  # else it has no cost by unit
            found.append(
                Cheaper(
                    cis=other.cis,
                    cip13=each.cip13,
                    name=other.name,
                    label=each.label,
                    price=each.public_price,
                    per_unit=cost.quantize(Decimal("0.01")),
                )
            )
    return tuple(sorted(found, key=lambda each: (each.per_unit, each.price, each.cip13)))


_ALWAYS_TOLD = frozenset({DoseUnit.MILLILITRE, DoseUnit.LITRE, DoseUnit.GRAM, DoseUnit.MILLIGRAM, DoseUnit.MICROGRAM})
_IN_UNITS = re.compile(r"^[\d ,.]+(?:UI|unités?)\b", re.IGNORECASE)


def counted_in(base: DrugBase, cip13: str | None, cis: str | None) -> DoseUnit | None:
    """What a number without a unit counts of a medicine, by its code; None where it is not known, or its boxes count differently.

    A volume or a weight is always told: «20 unités» of an insulin sold by the millilitre are 20 UI, and nothing is «20» ml.
    """
    found = base.presentation(cip13) if cip13 is not None else None
    named = base.speciality(cis) if cis is not None and found is None else None
    boxes = (found[1],) if found is not None else named.presentations if named is not None else ()
    units = {each.pack.unit for each in boxes if each.pack is not None}
    speciality = found[0] if found is not None else named
    active = speciality.active if speciality is not None else ()
    if any("INSULIN" in each.name.upper() for each in active):
        return DoseUnit.IU
    if len(units) != 1 or not units & _ALWAYS_TOLD:
        return units.pop() if len(units) == 1 else None
    return DoseUnit.IU if active and all(_IN_UNITS.search(each.amount or "") for each in active) else None


def per_unit(box: Presentation) -> Decimal | None:
    """The public price of one unit of the box, in cents; None where price or content is not known."""
    if box.public_price is None or box.pack is None or box.pack.amount <= 0:
        return None
    return Decimal(box.public_price) / box.pack.amount


def _equivalents(base: DrugBase, speciality: Speciality) -> Iterator[Speciality]:
    """The other specialities of its groups, each once."""
    seen = {speciality.cis}
    for place in speciality.groups:
        if place.type == COMPLEMENTARY:
            continue
        for cis in base.of_group(place.group):
            other = base.speciality(cis)
            if cis in seen or other is None:
                continue
            seen.add(cis)
            if all(each.type != COMPLEMENTARY for each in other.groups if each.group == place.group):
                yield other


def _product(base: DrugBase, line: MedicineLine) -> tuple[Speciality, Presentation | None] | None:
    """The speciality of a line and the box that it names: by its code, or the only price that the speciality has."""
    if line.cip13 is not None:
        return base.presentation(line.cip13)
    speciality = base.speciality(line.cis) if line.cis is not None else None
    if speciality is None:
        return None
    priced = [each for each in _sold(speciality) if each.public_price is not None]
    alike = len({(each.public_price, each.pack, each.rates) for each in priced}) == 1
    return speciality, priced[0] if alike else None


def _sold(speciality: Speciality) -> Iterator[Presentation]:
    return (each for each in speciality.presentations if each.sold) if speciality.sold else iter(())


def _rate(line: MedicineLine, box: Presentation) -> int | None:
    """The rate that insurance pays at: of several, the least; none of what is not reimbursable."""
    if not box.rates:
        return None
    if line.not_reimbursable:
        return 0
    return 100 if line.ald else min(box.rates)
