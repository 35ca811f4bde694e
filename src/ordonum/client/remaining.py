"""The lines of a replacement, from what is left of the prescription that it replaces. Pure."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ordonum.model.care import BiologyLine
from ordonum.model.course import duration_of
from ordonum.model.lines import Days, Quantity, Unit
from ordonum.model.measure import allowed, counted_unit, planned
from ordonum.model.prescription import Line, Prescription, SignedOrder, numbered
from ordonum.model.state import DONE, LineStatus, Remainder

_OVER = DONE | {LineStatus.CANCELLED}


def remaining_lines(order: SignedOrder | Prescription, remainders: Sequence[Remainder]) -> tuple[Line, ...]:
    """What is still to give, numbered from 1: a proposal, that the prescriber reads and changes before signing it.

    Lines already done or cancelled are left out; a line whose number nobody set stays as it is. What was begun is a line of
    its own (the rest of that delivery), before the deliveries that were not: together they allow what was left, no more.
    """
    left = {each.line: each for each in remainders}
    return numbered(tuple(part for line in order.lines for part in _parts(line, left.get(line.rank))))


def _parts(line: Line, remainder: Remainder | None) -> Iterator[Line]:
    if remainder is None or remainder.left is None:
        if remainder is None or remainder.status not in _OVER:
            yield line
        return
    if remainder.status in _OVER:
        return
    one = (allowed(line) or 1) // (1 + line.renewals)
    deliveries, begun = divmod(remainder.left, one)
    if begun:
        yield _begun(line, begun, one)
    if deliveries:
        yield replace(line, renewals=deliveries - 1)


def _begun(line: Line, left: int, one: int) -> Line:
    """The line for the rest of one delivery, `left` of `one` in the unit in which it is counted; its duration in proportion."""
    days, unit = duration_of(line), counted_unit(line)
    shorter = -(-days * left // one) if days is not None else None
    if unit is Unit.DAYS and line.quantity is None:
        return replace(line, renewals=0, duration_days=left)
    if unit is not None:
        return replace(line, renewals=0, duration_days=shorter, quantity=Quantity(left, unit))
    assert isinstance(line, BiologyLine)  # the only kind that is planned and not counted in a unit
    return _examinations(line, left, shorter)


def _examinations(line: BiologyLine, left: int, days: Days | None) -> Line:
    """As many examinations: over the days in which their frequency makes them, else one by one."""
    for duration in range(days or 0, 0, -1):
        shorter = replace(line, renewals=0, duration_days=duration)
        if planned(shorter) == left:
            return shorter
    return replace(line, renewals=left - 1, duration_days=None, frequency=None)
