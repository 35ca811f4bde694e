"""A prescription: whole in the prescriber's software, split at the source before anything leaves it.

`Prescription` = who, for whom, what. `split` makes of it a `SignedOrder` (what is signed: no surname, no number, no
identity) and an `Identity` (first name and birth date, sealed by the service). CSP R.5132-3, CSS R.161-45.
"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from ordonum.model.actors import Name, Place, Professional, Software, Text
from ordonum.model.identifiers import BirthDate, Cip13, CommitmentHex, NirKey
from ordonum.model.labels import Labelled

LINES_MAX = 40
YEAR_MIN, YEAR_MAX = 2020, 2200  # outside, a date is a mistake and no arithmetic on it is safe


class Family(Labelled):
    """A prescription is of one family, so that its reader may read all of it and nothing else."""

    HEALTH_PRODUCTS = "health-products", "produits de santé"
    BIOLOGY = "biology", "biologie"
    NURSING = "nursing", "soins infirmiers"
    PHYSIOTHERAPY = "physiotherapy", "masso-kinésithérapie"
    SPEECH_THERAPY = "speech-therapy", "orthophonie"
    ORTHOPTICS = "orthoptics", "orthoptie"
    PODIATRY = "podiatry", "pédicurie-podologie"
    OPTICS = "optics", "optique"


class Unit(Labelled):
    """What a quantity counts."""

    BOXES = "boxes", "boîte"
    UNITS = "units", "unité"
    DAYS = "days", "jour"
    SESSIONS = "sessions", "séance"


class Quantity(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole number of boxes, units (of dose), days or sessions."""

    value: Annotated[int, Meta(ge=1, le=10_000)]
    unit: Unit


class MedicineLine(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="medicine"):
    """A medicine. Its quantity is for one delivery; `renewals` more deliveries may follow (0: none)."""

    rank: Annotated[int, Meta(ge=1, le=LINES_MAX)]
    label: Name
    substance: Name
    cip13: Cip13 | None = None
    dosage: Text
    duration_days: Annotated[int, Meta(ge=1, le=366)] | None = None
    quantity: Quantity | None = None
    renewals: Annotated[int, Meta(ge=0, le=99)] = 0
    secured: bool = False
    note: Text | None = None


class FreeTextLine(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="free-text"):
    """What has no code: a device, an act, an instruction, in the prescriber's words, inside the sheet's family."""

    rank: Annotated[int, Meta(ge=1, le=LINES_MAX)]
    text: Text
    dosage: Text | None = None
    duration_days: Annotated[int, Meta(ge=1, le=366)] | None = None
    quantity: Quantity | None = None
    renewals: Annotated[int, Meta(ge=0, le=99)] = 0
    secured: bool = False
    note: Text | None = None


Line = MedicineLine | FreeTextLine
Lines = Annotated[tuple[Line, ...], Meta(min_length=1, max_length=LINES_MAX)]


class Sex(Labelled):
    """Sex at the civil registry."""

    FEMALE = "F", "féminin"
    MALE = "M", "masculin"
    UNKNOWN = "U", "inconnu"


class Patient(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The patient as the prescriber's file knows them. Never sent to the service."""

    surname: Name
    first_name: Name
    sex: Sex
    birth_date: BirthDate
    ins: NirKey | None = None
    address: Text | None = None

    def __repr__(self) -> str:
        return "Patient(…)"


class Prescription(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole prescription, as the prescriber's software keeps it and as `ordonum prescribe FILE` reads it.

    `opposed`: the patient is opposed to the prescriber reading back what is executed; asked each time, so no default.
    """

    patient: Patient
    place: Place
    replaced: Professional | None = None
    family: Family
    written_on: date
    opposed: bool
    lines: Lines

    def __post_init__(self) -> None:
        check_written(self.written_on)
        if self.patient.birth_date > self.written_on.isoformat():
            raise ValueError("born-after-written")
        check_lines(self.lines, self.family)


class Identity(Struct, frozen=True, forbid_unknown_fields=True):
    """All that the service receives of the patient before execution, and seals."""

    first_name: Name
    birth_date: BirthDate

    def __repr__(self) -> str:
        return "Identity(…)"


class SignedOrder(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The payload of the prescriber's signature. `commitment` binds it to the number and the identity (docs/adr/0001)."""

    v: Literal[1]
    act_id: UUID
    family: Family
    prescriber: Professional
    replaced: Professional | None = None
    place: Place
    software: Software
    written_on: date
    opposed: bool
    lines: Lines
    commitment: CommitmentHex

    def __post_init__(self) -> None:
        check_written(self.written_on)
        check_lines(self.lines, self.family)


def check_written(written_on: date) -> None:
    """A prescription was written in our times."""
    if not YEAR_MIN <= written_on.year <= YEAR_MAX:
        raise ValueError("date-out-of-range")


def check_lines(lines: tuple[Line, ...], family: Family) -> None:
    """Lines are numbered 1..n as on the sheet; medicines stand in a prescription of health products only."""
    for expected, line in enumerate(lines, start=1):
        if line.rank != expected:
            raise ValueError("lines-are-numbered-from-1")
        if isinstance(line, MedicineLine) and family is not Family.HEALTH_PRODUCTS:
            raise ValueError("medicine-outside-health-products")
        if isinstance(line, MedicineLine) and line.quantity is None and line.duration_days is None:
            raise ValueError("duration-or-quantity-wanted")


def split(
    prescription: Prescription, *, act_id: UUID, prescriber: Professional, software: Software, commitment: CommitmentHex
) -> tuple[SignedOrder, Identity]:
    """What is signed and what is sealed. Surname, sex, INS and address stay behind."""
    order = SignedOrder(
        v=1,
        act_id=act_id,
        family=prescription.family,
        prescriber=prescriber,
        replaced=prescription.replaced,
        place=prescription.place,
        software=software,
        written_on=prescription.written_on,
        opposed=prescription.opposed,
        lines=prescription.lines,
        commitment=commitment,
    )
    return order, Identity(prescription.patient.first_name, prescription.patient.birth_date)
