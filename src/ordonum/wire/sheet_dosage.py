"""What the sheet says of how a medicine is taken, and of the units and boxes that this makes."""

from ordonum.model.course import Contents
from ordonum.model.prescription import Line, Prescription
from ordonum.model.products import MedicineLine
from ordonum.texts import lines as line_texts
from ordonum.texts.implied import implied


def taken(line: Line, prescription: Prescription, contents: Contents) -> dict[str, object]:
    """How it is taken, in one sentence for the patient where the words are others; what the dosage makes of units and boxes."""
    content = contents(line.cip13) if isinstance(line, MedicineLine) and line.cip13 is not None else None
    counted = implied(line, prescription.written_on, prescription.measures, content)
    amount, said = line_texts.amount_written(line), line_texts.dosage_said(line)
    whole, after = (
        ", ".join(each for each in (*parts, counted) if each)
        for parts in ([amount], [part for part in amount.split(", ") if part not in said])
    )
    return {"said": said, "amount": whole, "amount-bare": amount, "amount-after": after}
