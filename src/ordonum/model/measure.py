"""How a line is counted: in what, how much is allowed, how much a delivery covers. Pure."""

from ordonum.model.care import (
    BiologyLine,
    NursingLine,
    OrthopticsLine,
    PhysiotherapyLine,
    PodiatryAct,
    PodiatryLine,
    SpeechTherapyLine,
    TherapyAct,
)
from ordonum.model.course import dosage_of, duration_of, units_for_days, units_of
from ordonum.model.lines import Quantity, Unit
from ordonum.model.outcomes import Delivered
from ordonum.model.prescription import Line


def counted_unit(line: Line) -> Unit | None:
    """The unit in which a line is counted: the unit of the medicine where a dosage in words makes their number; its quantity's;
    visits where nursing has frequency and duration; else days if a duration was written; else nothing.
    """
    if dosage_of(line) is not None and units_of(line) is not None:
        return Unit.UNITS
    if line.quantity is not None:
        return line.quantity.unit
    if planned(line) is not None:
        return Unit.SESSIONS if isinstance(line, NursingLine) else None
    return Unit.DAYS if duration_of(line) is not None else None


def planned(line: Line) -> int | None:
    """How many times a frequency over a duration makes, for one prescription; None where they are not both written."""
    if not isinstance(line, (NursingLine, BiologyLine)) or line.frequency is None or line.duration_days is None:
        return None
    return line.frequency.planned(line.duration_days)


def open_ended(line: Line) -> bool:
    """Whether the number of acts is the executant's: a rehabilitation, care without quantity nor duration."""
    if line.quantity is not None or line.duration_days is not None:
        return False
    if isinstance(line, (SpeechTherapyLine, OrthopticsLine)):
        return line.act is not TherapyAct.ASSESSMENT
    if isinstance(line, PodiatryLine):
        return line.act is not PodiatryAct.SOLES
    return isinstance(line, (PhysiotherapyLine, NursingLine))


def allowed(line: Line) -> int | None:
    """All that may be given of a line, renewals included, in `counted_unit`; deliveries where nothing is counted; None
    where nobody set a number.
    """
    if open_ended(line):
        return None
    deliveries = 1 + line.renewals
    if dosage_of(line) is not None and (units := units_of(line)) is not None:
        return units * deliveries
    if line.quantity is not None:
        return line.quantity.value * deliveries
    if (visits := planned(line)) is not None:
        return visits * deliveries
    days = duration_of(line)
    return days * deliveries if days is not None else deliveries


def one_delivery(line: Line) -> int:
    """What one delivery of a line is, in `counted_unit`."""
    whole = allowed(line)
    return 1 if counted_unit(line) is None or whole is None else whole // (1 + line.renewals)


def covered(each: Delivered, line: Line) -> int | None:
    """How much of its line a delivery covers, in `counted_unit`; None when it does not say.

    What left the counter in the line's own unit counts at least as much, unless the prescriber agreed to another product.
    """
    return covered_in(counted_unit(line), each, line)


def covered_in(unit: Unit | None, each: Delivered, line: Line) -> int | None:
    """The same where the line's `counted_unit` is at hand: a history asks it once, not at each delivery."""
    given = each.quantity
    if each.covers is not None:
        least = given.value if given is not None and given.unit is unit and not _agreed(each) else 0
        return max(each.covers, least)
    if unit is None:
        return 1
    if given is None:
        return None
    return given.value if given.unit is unit else _in_units(given, line)


def _in_units(given: Quantity, line: Line) -> int | None:
    """What boxes or days of a line are in units, where it is counted by the unit: its boxes hold what is prescribed."""
    units = units_of(line)
    if units is None:
        return None
    if given.unit is Unit.DAYS:
        return units_for_days(given.value, line)
    prescribed = line.quantity
    return (
        given.value * units // prescribed.value if prescribed and given.unit is prescribed.unit is Unit.BOXES else None
    )


def _agreed(each: Delivered) -> bool:
    """Whether the prescriber agreed to what was delivered instead."""
    return each.intervention is not None and each.intervention.agreement is not None
