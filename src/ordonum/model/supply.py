"""How long what was delivered lasts: days of treatment, the first day not covered, what may still be handed over. Pure."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter
from zoneinfo import ZoneInfo

from msgspec import Struct

from ordonum.model.course import (
    Box,
    Contents,
    Handed,
    box_of,
    days_of_units,
    dosage_of,
    duration_of,
    no_contents,
    units_for_days,
    units_of,
)
from ordonum.model.days import legal_day
from ordonum.model.lines import Unit
from ordonum.model.measure import allowed, counted_unit, covered_in, one_delivery
from ordonum.model.outcomes import Delivered, ExceptionalRule
from ordonum.model.prescription import Line
from ordonum.model.state import State


class Supply(Struct, frozen=True):
    """What one delivery gave of a line, in its unit, and on which legal day; `out`: what left the counter, where the box and
    the dosage tell how long it lasts.
    """

    day: date
    amount: int
    exceptional: ExceptionalRule | None = None
    out: Handed | None = None


_DAY = attrgetter("day")


def supplies(state: State, zone: ZoneInfo, contents: Contents = no_contents) -> dict[int, list[Supply]]:
    """What was given of each line, oldest first; the deliveries that stand, whoever made them."""
    found: dict[int, list[Supply]] = {}
    boxes: dict[tuple[object, ...], Box | None] = {}
    lines = state.order.lines
    counted = [(dosage_of(each) is not None, counted_unit(each), one_delivery(each)) for each in lines]
    for execution in state.executions:
        day = legal_day(execution.performed_at, zone)
        for each in execution.lines:
            if isinstance(each, Delivered) and each.line <= len(lines):
                line, (dosed, unit, whole) = lines[each.line - 1], counted[each.line - 1]
                amount = covered_in(unit, each, line) or whole
                out = _out(each, line, contents, boxes) if dosed else None
                if (given := found.get(each.line)) is None:
                    given = found[each.line] = []
                given.append(Supply(day, amount, each.exceptional, out))
    for given in found.values():
        given.sort(key=_DAY)
    return found


def _out(each: Delivered, line: Line, contents: Contents, boxes: dict[tuple[object, ...], Box | None]) -> Handed | None:
    """What left the counter; `boxes` keeps how the boxes of a line are counted, which a history asks over and over."""
    if each.quantity is None:
        return None
    key = (line.rank, each.cip13, each.quantity.unit)
    box = boxes[key] if key in boxes else boxes.setdefault(key, box_of(each, line, contents))
    return Handed(box, each.quantity.value) if box is not None else None


def days_of(amount: int, line: Line, since: int = 0) -> int | None:
    """The days of treatment that an amount of a line makes, from that day of its dosage; None where the line does not say how
    long a delivery lasts.
    """
    if dosage_of(line) is not None and (days := days_of_units(Decimal(amount), line, since)) is not None:
        return days
    days = duration_of(line)
    return None if days is None else days * amount // one_delivery(line)


def days_begun(amount: int, line: Line, since: int = 0) -> int | None:
    """The days of treatment that an amount makes, one that is begun counting whole where the line is counted by the unit."""
    days = days_of(amount, line, since)
    needed = units_for_days(days, line, since) if days is not None else None
    return days if days is None or needed is None or needed >= amount else days + 1


def amount_for(days: int, line: Line, since: int = 0) -> int:
    """The largest amount of a line that lasts no longer than that many days."""
    if dosage_of(line) is not None and (units := units_for_days(days, line, since)) is not None:
        return units
    length, whole = duration_of(line), one_delivery(line)
    return days * whole // length if length else whole


def total_days(line: Line) -> int | None:
    """The days of the whole treatment, renewals included."""
    days = duration_of(line)
    return None if days is None else days * (1 + line.renewals)


def covered_until(given: Sequence[Supply], line: Line) -> date | None:
    """The first day that what was given does not cover: supplies add up, an early one begins when the other ends. What left the
    counter lasts as the box and the dosage say, where they do (CSP R.5132-14).
    """
    if not given:
        return None
    if dosage_of(line) is None:
        return _covered_as_written(given, line)
    start = given[0].day.toordinal()
    end, done = start, 0
    box, going = None, None
    by_unit, length, whole = units_of(line) is not None, duration_of(line), one_delivery(line)
    for each in given:
        end = max(end, each.day.toordinal())
        if each.out is not None and each.out.box is not box:
            box = each.out.box
            going = box.course(given[0].day)
        known = going.lasts(each.out.units, end - start) if each.out is not None and going is not None else None
        days = known
        if days is None:
            days = days_of(each.amount, line, done) if by_unit else length and length * each.amount // whole
        if days is None:
            return None
        end, done = end + days, done + days
    return date.fromordinal(end)


def _covered_as_written(given: Sequence[Supply], line: Line) -> date | None:
    """The same, of a line that says its days and no dosage."""
    if line.duration_days is None:
        return None
    whole, end = one_delivery(line), 0  # counted in ordinals: a history is read at every decision
    for each in given:
        end = max(end, each.day.toordinal()) + line.duration_days * each.amount // whole
    return date.fromordinal(end)


def renewed_from(
    given: Sequence[Supply], line: Line, wanted: int, block: int | None = None, *, capped: bool = True
) -> date | None:
    """The first day on which `wanted` may be handed over, if that begins another delivery; None where nothing forbids it.

    The rest of a delivery already begun waits for nothing (CSP R.5132-14: posology, and quantities delivered before).
    `block` is what one delivery, or one fraction, is; the line's own delivery without it. Not `capped`: more than what is
    left may be handed over, and is a renewal.
    """
    whole, before, total = block or one_delivery(line), sum(each.amount for each in given), allowed(line)
    if total is not None and capped:
        wanted = min(wanted, max(0, total - before))  # what goes over all that is left is no renewal
    if not before or before + wanted <= -(-before // whole) * whole:
        return None
    return covered_until(given, line)


def is_large_pack(line: Line, days: int) -> bool:
    """Whether one box of the line alone lasts longer than that."""
    if counted_unit(line) is not Unit.BOXES:
        return False
    one_box = days_of(1, line)
    return one_box is not None and one_box > days


def left_to_give(given: Sequence[Supply], line: Line) -> int | None:
    """What may still be given of a line; None where nobody set a number."""
    whole = allowed(line)
    return None if whole is None else max(0, whole - sum(each.amount for each in given))


def counted(value: int, line: Line) -> str:
    """«3 boîtes», in the unit of the line."""
    unit = counted_unit(line)
    noun = unit.label if unit else "exécution"
    return f"{value} {noun}{'s' if value > 1 and len(noun) > 2 else ''}"
