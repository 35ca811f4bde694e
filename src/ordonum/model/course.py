"""What the structured dosage of a line makes of its duration and of its amounts; a line without one is as it is written. Pure.

Days are counted from a nominal first day where the line alone is looked at, from the first delivery where that is known. A
dosage taken at will, or between two amounts, is counted as much as it lets: nobody is refused for taking what was prescribed.
"""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ordonum.model.dosage import Dosage, DoseUnit, TimeUnit
from ordonum.model.drug import Pack
from ordonum.model.lines import BaseLine, Unit
from ordonum.model.outcomes import Delivered
from ordonum.model.plan import Course, course, lasts, needed, plan, unit_for
from ordonum.model.plan_laid import first_unit
from ordonum.model.plan_shapes import Setting
from ordonum.model.plan_units import Amount, Strength, amount_read, countable, in_pack
from ordonum.model.products import MedicineLine

NOMINAL = date(2026, 1, 1)
MONTH_MOST, MONTH_LEAST = 31, 28  # a month may have been counted so
_OF_MONTHS = {TimeUnit.MONTH: 1, TimeUnit.YEAR: 12}
UNITS_MAX = 10_000


class Content(Struct, frozen=True):
    """What the drug base says of a box: what it holds, and its strength where it has one active substance."""

    pack: Pack | None
    strength: Strength | None


AnyLine = TypeVar("AnyLine", bound=BaseLine)
Contents = Callable[[str], Content | None]  # of a CIP13; None: not in the base


def no_contents(cip13: str) -> Content | None:
    """Without a drug base, nothing is known of a box."""
    return None


def dosage_of(line: BaseLine) -> Dosage | None:
    """The structured dosage of a line, if it has one."""
    found: Dosage | None = getattr(line, "structured_dosage", None)  # asked at every count: the shortest way
    return found


def duration_of(line: BaseLine) -> int | None:
    """The days of one delivery: as the line says, or its structured dosage; the shorter where they disagree."""
    dosage, written = dosage_of(line), line.duration_days
    if dosage is None or (told := _length(dosage)) is None:
        return written
    if written is None or (told[0] < written and not _agree(told, line)):
        return told[0]
    return written


def disagrees(line: BaseLine) -> int | None:
    """The days that the dosage of a line says, where the line says another duration; None where they agree."""
    dosage = dosage_of(line)
    told = _length(dosage) if dosage is not None and line.duration_days is not None else None
    return None if told is None or _agree(told, line) else told[0]


def by_deliveries(line: BaseLine) -> bool:
    """Whether the dosage says how long the whole treatment is, of which `duration_days` is one delivery."""
    dosage, days = dosage_of(line), line.duration_days
    told = _length(dosage) if dosage is not None and days is not None and line.renewals else None
    return told is not None and days is not None and told[0] > days


def months_of(line: BaseLine) -> int | None:
    """The months of the whole treatment, renewals included, where its dosage says months: three months are no ninety days."""
    dosage = dosage_of(line)
    months = _months(dosage) if dosage is not None else None
    if months is None or line.duration_days is None:
        return None if months is None else months * (1 + line.renewals)
    for times in (1, 1 + line.renewals):  # of one delivery; of all of them
        if MONTH_LEAST * months <= line.duration_days * times <= MONTH_MOST * months:
            return months * (1 + line.renewals) // times
    return None


@lru_cache(maxsize=512)
def _months(dosage: Dosage) -> int | None:
    """The months of a dosage, where all that says its length says months or years."""
    turns = [
        [each.duration for each in dosage.steps if each.turn == turn] for turn in range(1, dosage.steps[-1].turn + 1)
    ]
    spans = [dosage.duration] if dosage.duration is not None else [each for turn in turns for each in set(turn)]
    if len(spans) > len(turns) or any(each is None or each.unit not in _OF_MONTHS or each.high for each in spans):
        return None
    return sum(each.value * _OF_MONTHS[each.unit] for each in spans if each is not None)


def _agree(told: tuple[int, int, int], line: BaseLine) -> bool:
    """Whether the duration written is that of the dosage: of one delivery, or of all of them, a month being 28 to 31 days."""
    _, least, most = told
    written = line.duration_days or 0
    return any(least <= each <= most for each in (written, written * (1 + line.renewals)))


@lru_cache(maxsize=512)
def _length(dosage: Dosage) -> tuple[int, int, int] | None:
    """The days of a dosage, and between how many a duration agrees with them; None where it does not say."""
    days = plan(dosage, Setting(start=NOMINAL)).days
    if days is None:
        return None
    spans = [each.duration for each in dosage.steps] + [dosage.duration]
    if not any(each is not None and each.unit in (TimeUnit.MONTH, TimeUnit.YEAR) for each in spans):
        return days[1], days[0], days[1]
    return days[1], days[0] * MONTH_LEAST // 30, -(-days[1] * MONTH_MOST // 30)


def units_of(line: BaseLine) -> int | None:
    """The units of one delivery of a line that is counted by the unit: as it says, or, where it is written in words (CSP
    R.5132-29: units of a take, number of takes), as its dosage makes. None: it is counted otherwise.
    """
    if dosage_of(line) is None or not isinstance(line, MedicineLine):
        return None
    if line.quantity is not None and line.quantity.unit is Unit.UNITS:
        return line.quantity.value if _schedule(line) is not None else None
    if not (line.secured and line.in_words) or (schedule := _schedule(line)) is None:
        return None
    days = duration_of(line)
    whole = needed(*schedule, days) if days is not None else None
    units = int(whole.to_integral_value(ROUND_CEILING)) if whole else 0
    return units if 0 < units <= UNITS_MAX else None


def _schedule(line: MedicineLine, start: date = NOMINAL) -> tuple[Dosage, Setting] | None:
    """The dosage of a line, counted by the unit; None where its doses are not of whole things."""
    dosage = line.structured_dosage
    return None if dosage is None else _by_the_unit(dosage, _strength(line), start)


@lru_cache(maxsize=512)
def _by_the_unit(dosage: Dosage, strength: Strength | None, start: date) -> tuple[Dosage, Setting] | None:
    unit = unit_for(dosage, Pack(Decimal(1), DoseUnit.UNIT), strength)
    setting = Setting(start=start, unit=unit, strength=strength)
    return (
        (dosage, setting) if unit is not None and countable(unit) and needed(dosage, setting, 1) is not None else None
    )


def _strength(line: MedicineLine) -> Strength | None:
    """The strength that the line itself says of its only substance: «10 mg» in each unit."""
    text = line.substances[0].strength if len(line.substances) == 1 else None
    held = amount_read(text) if text is not None else None
    return Strength(held, (Amount(Decimal(1), DoseUnit.UNIT),)) if held is not None else None


def days_of_units(units: Decimal, line: BaseLine, since: int = 0) -> int | None:
    """How many days so many units last, from that day of the dosage; None where the line is not counted by the unit."""
    schedule = _schedule(line) if isinstance(line, MedicineLine) and units_of(line) is not None else None
    return lasts(*schedule, units, since) if schedule is not None else None


def units_for_days(days: int, line: BaseLine, since: int = 0) -> int | None:
    """The units that so many days take; None where the line is not counted by the unit."""
    schedule = _schedule(line) if isinstance(line, MedicineLine) and units_of(line) is not None else None
    units = needed(*schedule, days, since) if schedule is not None else None
    return int(units.to_integral_value(ROUND_CEILING)) if units is not None else None


class Box(Struct, frozen=True):
    """How a box, or a unit, of what was delivered is counted: so many `each` of the unit in which a dosage is counted."""

    dosage: Dosage
    unit: DoseUnit
    strength: Strength | None
    each: Decimal

    def course(self, start: date) -> Course | None:
        """How the dosage goes on, day after day, begun that day."""
        return course(self.dosage, Setting(start=start, unit=self.unit, strength=self.strength))


class Handed(Struct, frozen=True):
    """What a delivery handed over: so many boxes, or units."""

    box: Box
    many: int

    @property
    def units(self) -> Decimal:
        """In the unit of the dosage."""
        return self.box.each * self.many


def box_of(each: Delivered, line: BaseLine, contents: Contents) -> Box | None:
    """How what was delivered is counted, by the box that left the counter; None where the box, or how it is taken, is not known.

    A box of another strength is not counted in the tablets of the dosage.
    """
    dosage = dosage_of(line)
    if dosage is None or not isinstance(line, MedicineLine) or each.quantity is None:
        return None
    code = each.cip13 or line.cip13
    box = contents(code) if code is not None else None
    if box is None or box.pack is None:
        return None
    unit = unit_for(dosage, box.pack, box.strength)
    told = first_unit(dosage)
    if unit is None or told is None or (countable(told) and not _same_strength(each, line, box, contents)):
        return None
    many = {Unit.BOXES: in_pack(box.pack, unit, box.strength), Unit.UNITS: Decimal(1)}.get(each.quantity.unit)
    return Box(dosage, unit, box.strength, many) if many else None


def handed(each: Delivered, line: BaseLine, contents: Contents) -> Handed | None:
    """What a delivery handed over, where it is known how it is counted."""
    box = box_of(each, line, contents)
    return Handed(box, each.quantity.value) if box is not None and each.quantity is not None else None


def _same_strength(each: Delivered, line: MedicineLine, box: Content, contents: Contents) -> bool:
    """Whether a unit of what was delivered is a unit of what was prescribed."""
    if each.cip13 is None or each.cip13 == line.cip13:
        return True
    prescribed = contents(line.cip13) if line.cip13 is not None else None
    wanted = prescribed.strength.holds if prescribed is not None and prescribed.strength is not None else None
    if wanted is None and (own := _strength(line)) is not None:
        wanted = own.holds
    return wanted is not None and box.strength is not None and box.strength.holds == wanted


def with_duration(line: AnyLine, contents: Contents, on: date) -> AnyLine:
    """The line with the days of one delivery, where only its dosage and the boxes that it prescribes tell them."""
    if line.duration_days is not None or dosage_of(line) is None or line.quantity is None:
        return line
    days = _known_duration(line, contents, on)
    return line if days is None else replace(line, duration_days=days)


def _known_duration(line: BaseLine, contents: Contents, on: date) -> int | None:
    """The days of one delivery: written, or of the dosage; else what the boxes or units that it prescribes last, from `on`."""
    if (days := duration_of(line)) is not None or line.quantity is None or not isinstance(line, MedicineLine):
        return days
    if line.quantity.unit is Unit.UNITS:
        schedule = _schedule(line, on)
        return (lasts(*schedule, Decimal(line.quantity.value)) or None) if schedule is not None else None
    out = handed(Delivered(line=line.rank, quantity=line.quantity), line, contents)
    going = out.box.course(on) if out is not None else None
    return (going.lasts(out.units) or None) if out is not None and going is not None else None
