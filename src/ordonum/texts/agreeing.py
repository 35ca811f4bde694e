"""Whether the structure of a dosage says what its words say: the words prevail, and who signs or executes is told. Pure."""

from datetime import date

from msgspec.structs import replace

from ordonum.model.dosage import Dosage, DoseUnit, Step
from ordonum.model.plan import grid, plan
from ordonum.model.plan_shapes import Setting
from ordonum.model.prescription import Line, SignedOrder
from ordonum.model.products import MedicineLine, PreparationLine
from ordonum.texts.dosage import read, say

_LOOKED_AT = 70  # days: weeks, cycles and months show in them
_MONDAY = date(2024, 1, 1)
TOLD = "la posologie structurée ne dit pas ce que dit le texte, qui prévaut"


def read_line(line: Line, unit: DoseUnit | None) -> Dosage | None:
    """What the words of a line say, where every one of them is understood; `unit`: what its medicine counts in."""
    return read(line.dosage, unit=unit).dosage if isinstance(line, (MedicineLine, PreparationLine)) else None


def differs(line: Line, unit: DoseUnit | None = None) -> bool:
    """Whether a line has a structure that does not say what its words say; words not understood are held against nothing."""
    if not isinstance(line, (MedicineLine, PreparationLine)) or line.structured_dosage is None:
        return False
    said = read_line(line, unit)
    return said is not None and not same(said, line.structured_dosage)


def dosages_told(order: SignedOrder) -> tuple[str, ...]:
    """The lines whose structure does not say what their words say, for whoever executes them."""
    return tuple(f"Ligne {each.rank} : {TOLD}" for each in order.lines if differs(each))


def same(words: Dosage, structure: Dosage) -> bool:
    """Whether two dosages say the same: as they are, as they are said, or as they are taken day after day, under the same
    limits. A duration that the words leave to the line may stand in the structure.
    """
    if words == structure or say(words) == say(structure):
        return True
    if _endless(words) and not _endless(structure) and len({each.turn for each in structure.steps}) == 1:
        structure = Dosage(steps=tuple(replace(each, duration=None) for each in structure.steps))
        return same(words, structure)
    return _open(words) == _open(structure) and _laid(words) is not None and _laid(words) == _laid(structure)


def _endless(dosage: Dosage) -> bool:
    return dosage.duration is None and all(each.duration is None for each in dosage.steps)


def _open(dosage: Dosage) -> list[str]:
    """What is part of no count of days: conditions, limits, ends."""
    return sorted(
        str(_kept(each))
        for each in dosage.steps
        if each.as_needed is not None or each.limits or each.until or each.rate
    )


def _kept(step: Step) -> tuple[object, ...]:
    return step.as_needed is not None, step.limits, step.until is not None, step.rate


def _laid(dosage: Dosage) -> object:
    """Each day of it; None where that cannot be computed."""
    setting = Setting(start=_MONDAY)
    found, days = plan(dosage, setting), grid(dosage, setting, _LOOKED_AT)
    if not days:
        return None
    return (
        found.unit,
        found.days,
        [(each.amount, sorted(str((take.at, take.times, take.each)) for take in each.takes)) for each in days],
    )
