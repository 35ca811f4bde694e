"""The dosages of a prescription before it is signed: read where they are only written, held against the words where both are
there; and what to tell of units and boxes. No input or output.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from ordonum.model.course import Content, Contents, disagrees
from ordonum.model.dosage import DoseUnit
from ordonum.model.prescription import Line, Prescription
from ordonum.model.products import MedicineLine, PreparationLine
from ordonum.model.refusals import Fault, Refusal, Refused, happened
from ordonum.texts.agreeing import differs, read_line
from ordonum.texts.implied import amounts_differ


def content_of(line: Line, contents: Contents) -> Content | None:
    """What the drug base says of the box that a line prescribes."""
    return contents(line.cip13) if isinstance(line, MedicineLine) and line.cip13 is not None else None


def dosed(prescription: Prescription, contents: Contents) -> Prescription:
    """The prescription with the structure of each dosage whose every word is understood. Raises Refused, with every line at
    fault, where a structure says something else than the words: they prevail, and nobody signs both.
    """
    against = [each.rank for each in prescription.lines if differs(each, _unit(each, contents))]
    if against:
        faults = tuple(_fault(rank) for rank in against)
        raise Refused(Refusal.DOSAGE_DIFFERS, faults=faults, line=against[0])
    return replace(prescription, lines=tuple(_dosed(each, contents) for each in prescription.lines))


def _fault(rank: int) -> Fault:
    code = Refusal.DOSAGE_DIFFERS.code
    return Fault(f"$.lines[{rank - 1}].structured_dosage", code, happened(Refusal.DOSAGE_DIFFERS, line=rank))


def _unit(line: Line, contents: Contents) -> DoseUnit | None:
    """What the medicine of a line counts in, where its words name nothing («1-0-1»)."""
    content = content_of(line, contents)
    return content.pack.unit if content is not None and content.pack is not None else None


def _dosed(line: Line, contents: Contents) -> Line:
    if not isinstance(line, (MedicineLine, PreparationLine)) or line.structured_dosage is not None:
        return line
    return replace(line, structured_dosage=read_line(line, _unit(line, contents)))


def amounts_told(prescription: Prescription, contents: Contents) -> Iterator[str]:
    """What to tell who prescribes: boxes that are not those of the dosage, durations that differ."""
    for line in prescription.lines:
        if (days := disagrees(line)) is not None:
            yield (
                f"ligne {line.rank} : la posologie dure {days} jours et la ligne dit {line.duration_days} jours ; "
                f"la durée la plus courte compte"
            )
        if said := amounts_differ(line, prescription.written_on, prescription.measures, content_of(line, contents)):
            yield said
