"""What the dosage of a line makes of units and boxes, in words: beside its amount on the sheet, and to who prescribes. Pure."""

from datetime import date

from ordonum.model.course import Content, duration_of
from ordonum.model.lines import Unit
from ordonum.model.plan import Dispensed, dispensed, plan, unit_for
from ordonum.model.plan_shapes import Plan, Setting
from ordonum.model.plan_units import Body, countable
from ordonum.model.prescription import Line, Measures
from ordonum.model.products import MedicineLine
from ordonum.texts.day_grid import amount


def planned(line: Line, start: date, measures: Measures | None, content: Content | None) -> Plan | None:
    """What one delivery of a line comes to; None for a line without a structured dosage."""
    if not isinstance(line, MedicineLine) or line.structured_dosage is None:
        return None
    body = Body(measures.weight_g, measures.height_cm) if measures is not None else Body()
    strength, pack = (content.strength, content.pack) if content is not None else (None, None)
    unit = unit_for(line.structured_dosage, pack, strength) if pack is not None else None
    setting = Setting(start=start, body=body, strength=strength, unit=unit, days=duration_of(line))
    return plan(line.structured_dosage, setting)


def implied(line: Line, start: date, measures: Measures | None, content: Content | None) -> str:
    """«soit 60 comprimés, 2 boîtes de 30» for a line that says no quantity; empty where nothing is known. In words where the line
    is (CSP R.5132-29).
    """
    found = planned(line, start, measures, content)
    if found is None or found.units is None or found.unit is None or not found.units.high or line.quantity is not None:
        return ""
    assert isinstance(line, MedicineLine)
    made = _boxes(line, found, content)
    if made is None and not countable(found.unit):
        return ""  # millilitres or milligrams that nobody hands over
    most = "au plus " if found.open and found.units.low else ""
    said = f"soit {most}{amount(found.units, found.unit, in_words=line.in_words)}"
    return said if made is None or line.in_words else f"{said}, {_said(made, content)}"


def _boxes(line: MedicineLine, found: Plan, content: Content | None) -> Dispensed | None:
    if content is None or content.pack is None or found.units is None or found.unit is None:
        return None
    return dispensed(found.units.high, found.unit, content.pack, content.strength, exact=line.in_words)


def _said(made: Dispensed, content: Content | None) -> str:
    """«2 boîtes de 30», «1 boîte de 150 ml»."""
    assert content is not None
    assert content.pack is not None
    pack = content.pack
    of = f"{pack.amount.normalize():f}".replace(".", ",") + ("" if countable(pack.unit) else f" {pack.unit.label}")
    return f"{made.boxes} boîte{'s' if made.boxes > 1 else ''} de {of}"


def amounts_differ(line: Line, start: date, measures: Measures | None, content: Content | None) -> str:
    """What to tell who prescribes more or fewer boxes, or units, than the dosage takes; empty where nobody knows better."""
    found = planned(line, start, measures, content)
    if found is None or found.units is None or found.unit is None or line.quantity is None:
        return ""
    assert isinstance(line, MedicineLine)
    takes = f"la posologie en prend {amount(found.units, found.unit)}"
    if line.quantity.unit is Unit.UNITS and countable(found.unit):
        agrees = found.units.low <= line.quantity.value <= found.units.high
        return "" if agrees else f"ligne {line.rank} : {line.quantity.value} unités prescrites ; {takes}"
    made = _boxes(line, found, content)
    if line.quantity.unit is not Unit.BOXES or made is None or made.loose or content is None or content.pack is None:
        return ""
    least = dispensed(found.units.low, found.unit, content.pack, content.strength)
    if least is not None and least.boxes <= line.quantity.value <= made.boxes:
        return ""
    plural = "s" if line.quantity.value > 1 else ""
    prescribed = f"{line.quantity.value} boîte{plural} prescrite{plural}"
    return f"ligne {line.rank} : {prescribed} ; {takes}, {_said(made, content)}"
