"""A prescription: whole in the prescriber's software, split at the source before anything leaves it.

`Prescription` = who, for whom, what. `split` makes of it a `SignedOrder` (what is signed: no surname, no number, no
identity) and an `Identity` (first name and birth date, sealed by the service). CSP R.5132-3, CSS R.161-45.
"""

from datetime import date
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import replace

from ordonum.model.actors import Establishment, Name, Place, Profession, Professional, Software, Text
from ordonum.model.beneficiary import Ins
from ordonum.model.care import (
    BiologyLine,
    NursingLine,
    OpticsLine,
    OrthopticsLine,
    PhysiotherapyLine,
    PodiatryLine,
    SpeechTherapyLine,
)
from ordonum.model.course import duration_of
from ordonum.model.identifiers import BirthDate, CommitmentHex, InseeCode
from ordonum.model.labels import Labelled
from ordonum.model.lines import LINES_MAX, BaseLine, Family, FreeTextLine
from ordonum.model.products import DeviceLine, MedicineLine, PreparationLine, Supply
from ordonum.model.wishes import Anonymity, Paperless, PaperReason

YEAR_MIN, YEAR_MAX = 2020, 2200  # outside, a date is a mistake and no arithmetic on it is safe

Line: TypeAlias = (
    MedicineLine
    | PreparationLine
    | DeviceLine
    | BiologyLine
    | NursingLine
    | PhysiotherapyLine
    | SpeechTherapyLine
    | OrthopticsLine
    | PodiatryLine
    | OpticsLine
    | FreeTextLine
)
Lines = Annotated[tuple[Line, ...], Meta(min_length=1, max_length=LINES_MAX)]

# The family in which each kind of line stands; a free text stands in any.
FAMILY_OF: dict[type[BaseLine], Family] = {
    MedicineLine: Family.HEALTH_PRODUCTS,
    PreparationLine: Family.HEALTH_PRODUCTS,
    DeviceLine: Family.HEALTH_PRODUCTS,
    BiologyLine: Family.BIOLOGY,
    NursingLine: Family.NURSING,
    PhysiotherapyLine: Family.PHYSIOTHERAPY,
    SpeechTherapyLine: Family.SPEECH_THERAPY,
    OrthopticsLine: Family.ORTHOPTICS,
    PodiatryLine: Family.PODIATRY,
    OpticsLine: Family.OPTICS,
}


class Sex(Labelled):
    """Sex at the civil registry."""

    FEMALE = "F", "féminin"
    MALE = "M", "masculin"
    UNKNOWN = "U", "inconnu"


class Patient(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The patient as the prescriber's file knows them. Never sent to the service.

    `surname` and `first_names` are those of birth; `used_surname` the one they go by. With a qualified INS all five traits
    (birth name, birth first names, birth date, sex, birth place) make the INS DataMatrix of the sheet.
    """

    surname: Name
    first_name: Name
    sex: Sex
    birth_date: BirthDate
    used_surname: Name | None = None
    first_names: Name | None = None
    birth_place: InseeCode | None = None
    ins: Ins | None = None
    address: Text | None = None

    def __repr__(self) -> str:
        return "Patient(…)"


class Measures(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Weight (grams) and height (centimetres), where the prescription needs them (CSP R.5132-3 7°)."""

    weight_g: Annotated[int, Meta(ge=200, le=500_000)] | None = None
    height_cm: Annotated[int, Meta(ge=20, le=260)] | None = None
    measured_on: date | None = None

    def __post_init__(self) -> None:
        if self.weight_g is None and self.height_cm is None:
            raise ValueError("weight-or-height")


class Prescription(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole prescription, as the prescriber's software keeps it and as `ordonum prescribe FILE` reads it.

    `opposed`: the patient is opposed to the prescriber reading back what is executed; asked each time, so no default.
    `addressed_to`: the profession that may read it, for the family `other` alone. `accident_on`: the day of the work
    accident that lines marked AT/MP are related to. `on_paper`: it left on paper before it was registered, and why.
    `replaces`: the act that registered the prescription which this one replaces.
    """

    patient: Patient
    place: Place
    establishment: Establishment | None = None
    replaced: Professional | None = None
    family: Family
    addressed_to: Profession | None = None
    written_on: date
    opposed: bool
    measures: Measures | None = None
    accident_on: date | None = None
    anonymity: Anonymity | None = None
    paperless: Paperless | None = None
    on_paper: PaperReason | None = None
    replaces: UUID | None = None
    lines: Lines

    def __post_init__(self) -> None:
        check_written(self.written_on)
        if self.patient.birth_date > self.written_on.isoformat():
            raise ValueError("born-after-written")
        check_lines(self.lines, self.family)
        check_address(self.family, self.addressed_to)


class Sheet(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One sheet among those of a consultation."""

    family: Family
    addressed_to: Profession | None = None
    lines: Lines

    def __post_init__(self) -> None:
        check_lines(self.lines, self.family)
        check_address(self.family, self.addressed_to)


class Consultation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one consultation prescribes, family by family, in one gesture: as many sheets, numbers and signatures."""

    patient: Patient
    place: Place
    establishment: Establishment | None = None
    replaced: Professional | None = None
    written_on: date
    opposed: bool
    measures: Measures | None = None
    accident_on: date | None = None
    anonymity: Anonymity | None = None
    paperless: Paperless | None = None
    on_paper: PaperReason | None = None
    sheets: Annotated[tuple[Sheet, ...], Meta(min_length=1, max_length=12)]

    def prescriptions(self) -> tuple[Prescription, ...]:
        """One prescription a sheet, in their order."""
        return tuple(
            Prescription(
                patient=self.patient,
                place=self.place,
                establishment=self.establishment,
                replaced=self.replaced,
                family=sheet.family,
                addressed_to=sheet.addressed_to,
                written_on=self.written_on,
                opposed=self.opposed,
                measures=self.measures,
                accident_on=self.accident_on,
                anonymity=self.anonymity,
                paperless=self.paperless,
                on_paper=self.on_paper,
                lines=sheet.lines,
            )
            for sheet in self.sheets
        )


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
    addressed_to: Profession | None = None
    prescriber: Professional
    replaced: Professional | None = None
    place: Place
    establishment: Establishment | None = None
    software: Software
    written_on: date
    opposed: bool
    measures: Measures | None = None
    accident_on: date | None = None
    anonymity: Anonymity | None = None
    paperless: Paperless | None = None
    on_paper: PaperReason | None = None
    replaces: UUID | None = None
    lines: Lines
    commitment: CommitmentHex

    def __post_init__(self) -> None:
        check_written(self.written_on)
        check_lines(self.lines, self.family)
        check_address(self.family, self.addressed_to)
        if self.replaced is not None and self.replaced.rpps == self.prescriber.rpps:
            raise ValueError("replaces-oneself")


def check_written(written_on: date) -> None:
    """A prescription was written in our times."""
    if not YEAR_MIN <= written_on.year <= YEAR_MAX:
        raise ValueError("date-out-of-range")


def check_address(family: Family, addressed_to: Profession | None) -> None:
    """A prescription that has no family names the profession that reads it; the others are read by their family's."""
    if (family is Family.OTHER) != (addressed_to is not None):
        raise ValueError("addressed-to-goes-with-other")


def check_lines(lines: tuple[Line, ...], family: Family) -> None:
    """Lines are numbered 1..n as on the sheet, each of the sheet's family; and say all that their kind must say."""
    for expected, line in enumerate(lines, start=1):
        if line.rank != expected:
            raise ValueError("lines-are-numbered-from-1")
        if FAMILY_OF.get(type(line), family) is not family:
            raise ValueError("line-outside-its-family")
        if line.secured and family is not Family.HEALTH_PRODUCTS:
            raise ValueError("secured-is-for-health-products")
        if isinstance(line, MedicineLine) and line.quantity is None and duration_of(line) is None:
            raise ValueError("duration-or-quantity-wanted")
        if isinstance(line, DeviceLine) and line.supply is Supply.RENTED and line.duration_days is None:
            raise ValueError("rental-wants-its-duration")
        if isinstance(line, PreparationLine) and not any(each.active for each in line.formula):
            raise ValueError("active-substance-wanted")


def split(
    prescription: Prescription, *, act_id: UUID, prescriber: Professional, software: Software, commitment: CommitmentHex
) -> tuple[SignedOrder, Identity]:
    """What is signed and what is sealed. Surname, sex, INS and address stay behind."""
    order = SignedOrder(
        v=1,
        act_id=act_id,
        family=prescription.family,
        addressed_to=prescription.addressed_to,
        prescriber=prescriber,
        replaced=prescription.replaced,
        place=prescription.place,
        establishment=prescription.establishment,
        software=software,
        written_on=prescription.written_on,
        opposed=prescription.opposed,
        measures=prescription.measures,
        accident_on=prescription.accident_on,
        anonymity=prescription.anonymity,
        paperless=prescription.paperless,
        on_paper=prescription.on_paper,
        replaces=prescription.replaces,
        lines=prescription.lines,
        commitment=commitment,
    )
    return order, Identity(prescription.patient.first_name, prescription.patient.birth_date)


def numbered(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The same lines numbered from 1, for a software that arranges them."""
    return tuple(replace(line, rank=rank) for rank, line in enumerate(lines, start=1))
