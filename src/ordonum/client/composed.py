"""What a typed line becomes: the line of the prescription, what was understood of it, its boxes, price, rate and conditions."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from ordonum.knowledge.drugs.law import of_speciality
from ordonum.knowledge.drugs.search import FoundName
from ordonum.knowledge.drugs.search.entries import tidy
from ordonum.knowledge.drugs.search.words import read
from ordonum.model.conditions import Trait
from ordonum.model.dosage import Dosage, TimeUnit
from ordonum.model.drug import Component, Presentation, Speciality
from ordonum.model.identifiers import Cis
from ordonum.model.lines import DURATION_DAYS_MAX, Quantity, Unit
from ordonum.model.plan import dispensed, plan, unit_for
from ordonum.model.plan_shapes import Plan, Setting
from ordonum.model.plan_units import only_strength
from ordonum.model.products import MedicineLine, Substance
from ordonum.texts.dosage import Reading

MONTH_DAYS = 30
NAME_MAX = 100
BOXES_MAX = 999
_VARIANT = re.compile(r"(?<![^\W\d_])\d|,")
_GIVEN = re.compile(r"\d[\d ,.]*(?:µg|mcg|microgrammes?|mg)\s?/\s?(?:\d+\s?)?h(?:eures?)?\b", re.IGNORECASE)
_WITHIN = re.compile(r"\d[\d.,]*\s*(?:ml|g|l)\b", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*\([^)]*\)")
_SECURED = frozenset({Trait.NARCOTIC, Trait.ASSIMILATED, Trait.SECURED})


class Choice(Struct, frozen=True, kw_only=True):
    """A strength and form among several: `cis` chooses it, `variant` is what tells it from the others."""

    cis: str
    label: str
    variant: str


class Boxes(Struct, frozen=True, kw_only=True):
    """The boxes of one delivery: of which presentation, how many; how many the whole treatment takes, renewals included; the
    price of those of one delivery in cents, where it is regulated.
    """

    cip13: str
    label: str
    count: int
    whole: int
    price: int | None
    rate: int | None


class Composed(Struct, frozen=True, kw_only=True):
    """What a typed line becomes. `line` is what goes in a prescription; None while a choice or a dosage lacks. `needs` says in
    French what is to be chosen, written or checked.

    `product` and `dosage`: the two parts of what was typed; `understood`: how the dosage was read, in words; `left`: the words
    that were not. `choices`: the other strengths and forms, of which one may be chosen. `conditions`: the legal conditions of
    the medicine in words. `units`: how many are taken in all.
    """

    typed: str
    product: str = ""
    name: str = ""
    common: bool = False
    dosage: str = ""
    understood: str = ""
    left: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    line: MedicineLine | None = None
    boxes: Boxes | None = None
    units: Decimal | None = None
    conditions: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()


class Written(Struct, frozen=True, kw_only=True):
    """What was read of a typed line, before the medicine is looked at."""

    typed: str
    product: str
    dosage: str
    reading: Reading
    name: FoundName
    choices: tuple[Choice, ...]
    needs: tuple[str, ...]
    day: date


def doseless(dosage: Dosage | None) -> bool:
    """Whether a take of it says no dose."""
    return dosage is not None and any(each.dose is None and each.rate is None for each in dosage.steps)


def variant(full: str, form: str) -> str:
    """What tells a speciality from the others of its name: «1000 mg, comprimé»."""
    match = _VARIANT.search(full)
    return full[match.start() :].lstrip(", ") if match else form


def line_of(written: Written, speciality: Speciality | None, same: Sequence[Speciality]) -> Composed:
    """The line of a speciality, by its substance if a common name was typed; `same`: those whose boxes may be handed over."""
    known = Composed(
        typed=written.typed,
        product=written.product,
        name=written.name.name,
        common=written.name.common,
        dosage=written.dosage,
        understood=written.reading.shown,
        left=written.reading.left,
        needs=written.needs,
        choices=written.choices,
        alike=tuple(f"{each.name} ({' + '.join(each.substances)})" for each in written.name.alike),
    )
    if speciality is None:
        return known
    days = _days(written.reading.dosage, speciality, written.day)
    boxes, units = _boxes(written, speciality, same, days)
    made = written.dosage and not doseless(written.reading.dosage)
    line = _line(written, speciality, days, boxes) if made else None
    if line is not None and line.duration_days is None and line.quantity is None:
        known = replace(known, needs=(*known.needs, "Durée, ou nombre de boîtes, à écrire."))
    return replace(
        known,
        line=line,
        boxes=boxes,
        units=units,
        conditions=speciality.conditions,
    )


def _line(written: Written, of: Speciality, days: tuple[int, int] | None, boxes: Boxes | None) -> MedicineLine:
    traits = of_speciality(of).traits
    common = written.name.common
    label = f"{written.name.name} {variant(of.name, of.form)}" if common else of.name
    return MedicineLine(
        rank=1,
        label=_short(label),
        substances=tuple(_substances(of)),
        cis=None if common else Cis(of.cis),
        form=_short(of.form.strip()),
        route=_short(of.routes[0]) if len(of.routes) == 1 else None,
        dosage=written.dosage,
        structured_dosage=written.reading.dosage,
        duration_days=days[0] if days is not None else None,
        renewals=days[1] if days is not None else 0,
        quantity=Quantity(boxes.count, Unit.BOXES) if boxes is not None and _even(boxes, days) else None,
        secured=bool(traits & _SECURED),
        in_words=Trait.IN_WORDS in traits,
    )


def _even(boxes: Boxes, days: tuple[int, int] | None) -> bool:
    """Whether the boxes of each delivery make those of the whole: else its days say how long, and nobody gets a box too many."""
    return days is None or boxes.count * (1 + days[1]) == boxes.whole


def _substances(of: Speciality) -> Iterable[Substance]:
    """The active substances; of salt and fraction, the one whose strength is that of the name («1000 mg» of metformine)."""
    named = {key for each in read(of.name).amounts for key in each.keys if key[0] != "n"}
    for each in of.active[:10]:
        linked = [part for part in of.components if part.link == each.link and _keys(part) & named]
        part = each if _keys(each) & named or not linked else linked[0]
        yield Substance(name=_short(part.name.strip().lower()), strength=_strength(of, part))


def _strength(of: Speciality, part: Component) -> str | None:
    """What a unit has of it, or a volume or mass («2,4 g/100 ml»); of a patch what it gives, not what it holds («25 µg/h»)."""
    given = _GIVEN.search(of.name)
    if given is not None and len(of.active) == 1:
        return _short(given[0])
    if part.amount is None:
        return None
    within = _WITHIN.match(part.reference or "")
    return _short(tidy(part.amount) + (f"/{within[0]}" if within is not None else ""))


def _keys(part: Component) -> set[str]:
    return {key for each in read(part.amount or "").amounts for key in each.keys if key[0] != "n"}


def _short(text: str) -> str:
    """A name that fits a line: what is between brackets is left out of one that is too long."""
    return text if len(text) <= NAME_MAX else _BRACKETS.sub("", text)[:NAME_MAX].strip()


def _days(dosage: Dosage | None, of: Speciality, day: date) -> tuple[int, int] | None:
    """The days of one delivery and how many more follow: three months are thirty days, renewed twice."""
    if dosage is None:
        return None
    days = plan(dosage, _setting(dosage, of, day, None)).days
    if days is None:
        return None
    spans = [each.duration for each in dosage.steps] + [dosage.duration]
    by_months = any(each is not None and each.unit in (TimeUnit.MONTH, TimeUnit.YEAR) for each in spans)
    if by_months and len(dosage.steps) == 1 and days[1] > MONTH_DAYS and days[1] % MONTH_DAYS == 0:
        return MONTH_DAYS, days[1] // MONTH_DAYS - 1
    return (days[1], 0) if days[1] <= DURATION_DAYS_MAX else None


def _setting(dosage: Dosage, of: Speciality, day: date, box: Presentation | None) -> Setting:
    strength = only_strength(of.active)
    unit = unit_for(dosage, box.pack, strength) if box is not None and box.pack is not None else None
    return Setting(start=day, strength=strength, unit=unit)


def _boxes(
    written: Written, of: Speciality, same: Sequence[Speciality], days: tuple[int, int] | None
) -> tuple[Boxes | None, Decimal | None]:
    """The boxes of one delivery: of a regulated price, that leave the least over, the cheapest; and the units of the whole."""
    if written.reading.dosage is None or days is None:
        return None, None
    planned_by: dict[Setting, Plan] = {}
    found: list[tuple[tuple[bool, Decimal, int, int], Boxes, Decimal]] = []
    for each in same if written.name.common else (of,):
        for box in each.presentations:
            setting = _setting(written.reading.dosage, each, written.day, box)
            if not box.sold or box.pack is None:
                continue
            planned = planned_by.get(setting) or planned_by.setdefault(setting, plan(written.reading.dosage, setting))
            if planned.units is None or planned.unit is None:
                continue
            units = planned.units.high
            made = dispensed(units / (1 + days[1]), planned.unit, box.pack, setting.strength)
            if made is not None and 0 < made.boxes <= BOXES_MAX:
                price = box.public_price * made.boxes if box.public_price is not None else None
                whole = dispensed(units, planned.unit, box.pack, setting.strength)
                boxes = Boxes(
                    cip13=box.cip13,
                    label=box.label,
                    count=made.boxes,
                    whole=whole.boxes if whole is not None else made.boxes * (1 + days[1]),
                    price=price,
                    rate=max(box.rates, default=None),
                )
                found.append(((price is None, made.over, price or 0, made.boxes), boxes, units))
    best = min(found, key=lambda each: each[0], default=None)
    return (best[1], best[2]) if best is not None else (None, None)
