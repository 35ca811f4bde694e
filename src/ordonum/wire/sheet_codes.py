"""The codes of the sheet other than its QR: which text the INS DataMatrix of a patient has, how wide a drawing is."""

import re

from ordonum.model.identifiers import Malformed
from ordonum.model.prescription import Patient
from ordonum.wire.ins_datamatrix import BirthPlace, InsTraits, strict_name, write


def modules(svg: str) -> int:
    """The width of a drawing in modules, quiet zones included."""
    found = re.search(r'<svg width="(\d+)"', svg)
    assert found is not None
    return int(found[1])


def ins_text(patient: Patient) -> str | None:
    """The text of the INS DataMatrix, or None unless the INS is qualified and its five traits are known."""
    ins = patient.ins
    if ins is None or not ins.is_qualified or patient.first_names is None or patient.birth_place is None:
        return None
    try:
        return write(
            InsTraits(
                matricule=ins.matricule,
                oid=ins.oid,
                first_names=strict_name(patient.first_names),
                surname=strict_name(patient.surname),
                sex=patient.sex.value,
                birth_date=patient.birth_date,
                birth_place=BirthPlace(patient.birth_place),
            )
        )
    except Malformed:  # a sex or a name that the INSi service does not know: no code rather than a false one
        return None
