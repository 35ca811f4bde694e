"""Lines of acts: biology, nursing, physiotherapy, speech therapy, orthoptics, podiatry, optics."""

from typing import Annotated

from msgspec import Meta, Struct

from ordonum.model.actors import Name, Text
from ordonum.model.identifiers import ActCode, Nabm
from ordonum.model.labels import Labelled
from ordonum.model.lines import BaseLine, Frequency


class BiologyLine(BaseLine, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="biology"):
    """An examination of biology; `context` is the clinical information that the biologist needs."""

    label: Name
    nabm: Nabm | None = None
    fasting: bool = False
    frequency: Frequency | None = None
    context: Text | None = None


class NursingLine(BaseLine, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="nursing"):
    """A nursing act: its frequency over its duration, at home or not, on Sundays and holidays or not."""

    label: Text
    code: ActCode | None = None
    frequency: Frequency | None = None
    at_home: bool = False
    sundays_holidays: bool = False


class PhysiotherapyLine(
    BaseLine, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="physiotherapy"
):
    """A rehabilitation. Its number of sessions is the physiotherapist's: `quantity` only where one was written."""

    label: Text
    code: ActCode | None = None
    at_home: bool = False


class TherapyAct(Labelled):
    """What is asked of a speech therapist or an orthoptist."""

    ASSESSMENT = "assessment", "bilan"
    ASSESSMENT_THEN_THERAPY = "assessment-then-therapy", "bilan avec rééducation si nécessaire"
    THERAPY = "therapy", "rééducation"
    RENEWAL_ASSESSMENT = "renewal-assessment", "bilan de renouvellement avec rééducation si nécessaire"


class SpeechTherapyLine(
    BaseLine, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="speech-therapy"
):
    """A speech therapist's act: an assessment, «avec rééducation si nécessaire», or a therapy; `label` is of what."""

    act: TherapyAct
    label: Text
    code: ActCode | None = None
    at_home: bool = False


class OrthopticsLine(
    BaseLine, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="orthoptics"
):
    """An orthoptist's act; `label` is of what."""

    act: TherapyAct
    label: Text
    code: ActCode | None = None


class PodiatryAct(Labelled):
    """What is asked of a podiatrist."""

    SOLES = "soles", "orthèses plantaires"
    CARE = "care", "soins de pédicurie-podologie"
    DIABETIC_FOOT = "diabetic-foot", "prévention des lésions des pieds à risque du patient diabétique"


class PodiatryLine(BaseLine, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="podiatry"):
    """A podiatrist's act; a diabetic foot has a grade of risk (0 to 3)."""

    act: PodiatryAct
    label: Text | None = None
    grade: Annotated[int, Meta(ge=0, le=3)] | None = None


# The sign is always written: an unsigned correction is the classic mistake of a glass prescription.
Dioptres = Annotated[
    str, Meta(pattern=r"^[+-][0-9]{1,2}\.(?:00|12|25|37|50|62|75|87)$(?!\n)", title="±00.00, signe écrit")
]


class PrismBase(Labelled):
    """Towards where the base of a prism points."""

    UP = "up", "supérieure"
    DOWN = "down", "inférieure"
    IN = "in", "nasale"
    OUT = "out", "temporale"


class Correction(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The correction of one eye, in dioptres; the axis in degrees goes with a cylinder, the base with a prism."""

    sphere: Dioptres
    cylinder: Dioptres | None = None
    axis: Annotated[int, Meta(ge=0, le=180)] | None = None
    addition: Dioptres | None = None
    prism: Annotated[str, Meta(pattern=r"^[0-9]{1,2}\.(?:00|25|50|75)$(?!\n)")] | None = None
    base: PrismBase | None = None

    def __post_init__(self) -> None:
        if (self.cylinder is None) != (self.axis is None):
            raise ValueError("cylinder-with-axis")
        if (self.prism is None) != (self.base is None):
            raise ValueError("prism-with-base")


class OpticalEquipment(Labelled):
    """What corrects."""

    GLASSES_FAR = "glasses-far", "lunettes pour la vision de loin"
    GLASSES_NEAR = "glasses-near", "lunettes pour la vision de près"
    GLASSES_PROGRESSIVE = "glasses-progressive", "lunettes à verres progressifs"
    CONTACT_LENSES = "contact-lenses", "lentilles de contact"


class OpticsLine(BaseLine, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="optics"):
    """Glasses or lenses, the correction given per eye; the pupillary distance in millimetres where it is known."""

    equipment: OpticalEquipment
    right: Correction | None = None
    left: Correction | None = None
    pupillary_distance_mm: Annotated[int, Meta(ge=40, le=80)] | None = None

    def __post_init__(self) -> None:
        if self.right is None and self.left is None:
            raise ValueError("one-eye-at-least")
