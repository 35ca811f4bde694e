"""Lines and treatments whose dosage is only written: with its structure where every word of it is understood, for what counts.

What is signed keeps the prescriber's words as they are: this is for checks, boxes and prices alone.
"""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from ordonum.model.alert import Treatment
from ordonum.model.dosage import DoseUnit
from ordonum.model.prescription import Line
from ordonum.model.products import MedicineLine, PreparationLine
from ordonum.texts.dosage import read

Counted = Callable[[str | None, str | None], DoseUnit | None]
"""What a medicine counts in, by its CIP13 or CIS code."""


def lines(written: Iterable[Line], unit_of: Counted) -> tuple[Line, ...]:
    """The lines, each with the structure of its dosage where it can be read."""
    return tuple(_line(each, unit_of) for each in written)


def treatments(taken: Iterable[Treatment], unit_of: Counted) -> tuple[Treatment, ...]:
    """The treatments likewise."""
    return tuple(
        replace(each, structured_dosage=read(each.dosage, unit=unit_of(each.cip13, each.cis)).dosage)
        if each.dosage is not None and each.structured_dosage is None
        else each
        for each in taken
    )


def _line(line: Line, unit_of: Counted) -> Line:
    if isinstance(line, MedicineLine) and line.structured_dosage is None:
        return replace(line, structured_dosage=read(line.dosage, unit=unit_of(line.cip13, line.cis)).dosage)
    if isinstance(line, PreparationLine) and line.structured_dosage is None:
        return replace(line, structured_dosage=read(line.dosage).dosage)
    return line
