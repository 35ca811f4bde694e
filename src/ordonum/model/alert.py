"""What the prescribing assistance tells of a prescription: alerts, the patient they are about, their overriding. Pure."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from ordonum.model.actors import Name, Text
from ordonum.model.dosage import Dosage
from ordonum.model.identifiers import BirthDate, Cip13, Cis, MedicabaseCode, Ucd13
from ordonum.model.labels import Labelled
from ordonum.model.lines import Rank
from ordonum.model.prescription import Sex
from ordonum.model.products import Substances
from ordonum.model.rule import Source

CLEARANCE_MOST = 500  # ml/min


class AlertLevel(Labelled):
    """How much an alert asks. One without a document that was really read is never more than a note."""

    STOP = "stop", "arrêt"
    CAUTION = "caution", "prudence"
    NOTE = "note", "information"


class AlertKind(Labelled):
    """What an alert is about."""

    INTERACTION = "interaction", "interaction médicamenteuse"
    ALLERGY = "allergy", "allergie"
    DUPLICATE = "duplicate", "redondance"
    MAXIMUM = "maximum", "dose maximale"
    PREGNANCY = "pregnancy", "grossesse"
    BREASTFEEDING = "breastfeeding", "allaitement"
    AGE = "age", "âge"
    RENAL = "renal", "fonction rénale"
    DRIVING = "driving", "conduite"
    DOPING = "doping", "dopage"
    OFF_LABEL = "off-label", "hors AMM"


class Alert(Struct, frozen=True, kw_only=True):
    """One alert. `key` names it from one run to the next, so that its overriding is found again.

    `lines`: ranks of the lines it is about; `treatments`: positions (from 0) among the treatments; `about`: bare names of the
    substances. `sentence`: what was found; `conduct`: what to do. `source` None: «à valider». `reason`: why the prescriber
    passed over it, where they did.
    """

    key: str
    kind: AlertKind
    level: AlertLevel
    lines: tuple[Rank, ...] = ()
    treatments: tuple[int, ...] = ()
    about: tuple[str, ...] = ()
    sentence: str
    conduct: str | None = None
    source: Source | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.source is None and self.level is not AlertLevel.NOTE:
            raise ValueError(f"{self.key}: what was read nowhere is only a note")


class Unchecked(Struct, frozen=True, kw_only=True):
    """A check that could not be made: «contrôle non fait, parce que…». It blocks nothing."""

    kind: AlertKind
    lines: tuple[Rank, ...] = ()
    treatments: tuple[int, ...] = ()
    because: str


class Assessment(Struct, frozen=True, kw_only=True):
    """What was found, the gravest first, and what could not be looked at; apart, what the lines say was passed over."""

    alerts: tuple[Alert, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    overridden: tuple[Alert, ...] = ()


class AllergyTo(Labelled):
    """What an allergy is to."""

    SUBSTANCE = "substance", "une substance"
    CLASS = "class", "classe"
    EXCIPIENT = "excipient", "excipient à effet notoire"


class Allergy(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An allergy or an intolerance, by its name in French."""

    to: AllergyTo = AllergyTo.SUBSTANCE
    name: Name


class Subject(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The patient, as far as the checks look: nothing that names them. None: not known, and the check says so.

    `pregnant_weeks`: weeks of amenorrhoea, where `pregnant`; `clearance`: creatinine clearance in ml/min; `drives`, `athlete`:
    whether driving and anti-doping rules matter to them.
    """

    birth_date: BirthDate | None = None
    sex: Sex | None = None
    weight_g: Annotated[int, Meta(ge=200, le=500_000)] | None = None
    height_cm: Annotated[int, Meta(ge=20, le=260)] | None = None
    pregnant: bool | None = None
    pregnant_weeks: Annotated[int, Meta(ge=1, le=45)] | None = None
    breastfeeding: bool | None = None
    clearance: Decimal | None = None
    allergies: Annotated[tuple[Allergy, ...], Meta(max_length=50)] | None = None
    drives: bool | None = None
    athlete: bool | None = None

    def __post_init__(self) -> None:
        if self.clearance is not None and not (self.clearance.is_finite() and 0 <= self.clearance <= CLEARANCE_MOST):
            raise ValueError(f"clearance-from-0-to-{CLEARANCE_MOST}")


class Treatment(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the patient already takes, prescribed here, elsewhere, or not at all; `until` None: it goes on."""

    label: Name
    substances: Substances | None = None
    cip13: Cip13 | None = None
    ucd13: Ucd13 | None = None
    cis: Cis | None = None
    virtual: MedicabaseCode | None = None
    form: Name | None = None
    route: Name | None = None
    dosage: Text | None = None
    structured_dosage: Dosage | None = None
    since: date | None = None
    until: date | None = None
