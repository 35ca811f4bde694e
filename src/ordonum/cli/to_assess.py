"""What `ordonum assess` reads: a prescription as `prescribe` reads it, or lines alone; with what is known of the patient."""

from datetime import date

import msgspec
from msgspec import Struct

from ordonum.cli import files
from ordonum.client import assisting
from ordonum.model.alert import Subject, Treatment
from ordonum.model.prescription import Line, Lines
from ordonum.wire import native


class AssessFile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `ordonum assess FILE` reads besides a prescription: lines alone, for whom, and what they already take."""

    lines: Lines
    subject: Subject | None = None
    treatments: files.Treatments = ()
    written_on: date | None = None


class ToAssess(Struct, frozen=True, kw_only=True):
    """The lines of a file, whom they are for as far as the checks look, what they already take, on which day (None: today)."""

    lines: tuple[Line, ...]
    subject: Subject
    treatments: tuple[Treatment, ...]
    day: date | None


def read(raw: bytes) -> ToAssess:
    """The lines to assess: those of a prescription or of a consultation, or alone. Raises Refused with every fault."""
    body = files.decoded(raw)
    if isinstance(body, dict) and files.number_lines(body):
        raw = msgspec.json.encode(body)
    alone = isinstance(body, dict) and "patient" not in body
    if alone:
        only = native.read(raw, AssessFile)
        assisting.refuse_short_reasons(only.lines)
        return ToAssess(
            lines=only.lines, subject=only.subject or Subject(), treatments=only.treatments, day=only.written_on
        )
    several = isinstance(body, dict) and "sheets" in body
    written = native.read(raw, files.ConsultationFile) if several else native.read(raw, files.PrescriptionFile)
    listed = [each.lines for each in written.sheets] if isinstance(written, files.ConsultationFile) else [written.lines]
    for place, each in enumerate(listed):
        assisting.refuse_short_reasons(each, at=f"$.sheets[{place}]" if several else "$")
    lines = [line for each in listed for line in each]
    return ToAssess(
        lines=tuple(msgspec.structs.replace(line, rank=rank) for rank, line in enumerate(lines, start=1)),
        subject=assisting.subject_of(written.subject or Subject(), written.patient, written.measures),
        treatments=written.treatments,
        day=written.written_on,
    )
