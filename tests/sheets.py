"""Prescriptions as different as those that sheets are printed of; tests read them, and people look at them."""

import random
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from msgspec.structs import replace

from factories import DOCTOR, MONDAY, PLACE, a_medicine, a_patient, a_prescription
from ordonum.model.actors import Establishment, Profession
from ordonum.model.care import (
    BiologyLine,
    Correction,
    NursingLine,
    OpticalEquipment,
    OpticsLine,
    OrthopticsLine,
    PhysiotherapyLine,
    PodiatryAct,
    PodiatryLine,
    PrismBase,
    SpeechTherapyLine,
    TherapyAct,
)
from ordonum.model.identifiers import BirthDate, InseeCode, SpecialtyCode
from ordonum.model.lines import AgreementState, Family, FreeTextLine, Frequency, Period, PriorAgreement, Quantity, Unit
from ordonum.model.number import EpuId
from ordonum.model.prescription import Line, Measures, Patient, Prescription
from ordonum.model.products import (
    DeviceLine,
    Ingredient,
    MedicineLine,
    NoSubstitution,
    PreparationLine,
    Substance,
    Supply,
)
from ordonum.sandbox import people
from ordonum.wire import qr, sheet

KEY = ec.generate_private_key(ec.SECP256R1())
NUMBER = EpuId.draw(random.Random(7).choice)
WHOLE = replace(a_patient(), first_names="Éloïse Marie", birth_place=InseeCode("69383"))


@dataclass
class Case:
    """A prescription and how its sheet is asked for."""

    written: Prescription
    asked: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def signed(self) -> qr.SignedQr:
        """Its code, signed once."""
        patient = self.written.patient
        content = qr.content_for(
            NUMBER,
            DOCTOR.rpps,
            self.written.place,
            surname=patient.surname,
            first_name=patient.first_name,
            birth_date=patient.birth_date,
            written_on=self.written.written_on,
        )
        return qr.sign(content, KEY)

    def pdf(self, **more: Any) -> bytes:
        """Its sheet."""
        asked = {"registered": True, **self.asked, **more}
        prescriber = asked.pop("prescriber", DOCTOR)
        return sheet.draw(self.written, prescriber, self.signed, **asked)


def written(family: Family, *lines: Line, patient: Patient = WHOLE, opposed: bool = False) -> Prescription:
    """A prescription of a Monday."""
    return a_prescription(lines=lines, family=family, written_on=MONDAY, patient=patient, opposed=opposed)


def drug(
    rank: int, label: str, dosage: str, *, days: int = 30, renewals: int = 2, boxes: int | None = None, **more: Any
) -> MedicineLine:
    """A medicine."""
    substance = more.pop("substances", (Substance(label.split()[0].lower()),))
    counted = Quantity(boxes, Unit.BOXES) if boxes else None
    return MedicineLine(
        rank=rank,
        label=label,
        substances=substance,
        dosage=dosage,
        duration_days=days,
        renewals=renewals,
        quantity=counted,
        **more,
    )


MORPHINE = drug(
    1, "SKENAN LP 10 mg, gélule à libération prolongée", "1 gélule matin et soir, à 12 heures d'intervalle",
    days=28, renewals=0, substances=(Substance("sulfate de morphine", "10 mg"),), in_words=True, secured=True,
    route="orale", instruction="Ne conduisez pas.\nGardez les gélules hors de portée des enfants.",
)  # fmt: skip
ALD = (
    drug(1, "METFORMINE 1000 mg, comprimé", "1 comprimé matin et soir, au cours du repas", ald=True),
    drug(2, "LÉVOTHYROXINE 75 µg, comprimé", "1 comprimé le matin à jeun", ald=True, no_substitution=NoSubstitution.MTE),
    drug(3, "PARACÉTAMOL 1000 mg, comprimé", "1 comprimé si douleur, 3 fois par jour au plus", days=8, renewals=0),
    drug(4, "RAMIPRIL 5 mg, comprimé", "1 comprimé le matin", ald=True, note="A remplacé le périndopril le 3 novembre."),
    drug(5, "ATORVASTATINE 20 mg, comprimé", "1 comprimé le soir", ald=True),
    DeviceLine(
        rank=6,
        label="Bandelettes d'autosurveillance glycémique, boîte de 100",
        lpp=None,
        ald=True,
        dosage="2 fois par semaine",
        quantity=Quantity(1, Unit.BOXES),
        renewals=2,
    ),
    drug(7, "MACROGOL 4000, 10 g, sachet", "1 à 2 sachets par jour", renewals=0, instruction="Buvez un grand verre d'eau."),
    drug(
        8, "VITAMINE D3 100 000 UI, ampoule buvable", "1 ampoule tous les trois mois",
        days=90, renewals=0, not_reimbursable=True,
    ),
)  # fmt: skip
NURSING = (
    NursingLine(
        rank=1,
        label="Injection sous-cutanée d'énoxaparine 4000 UI",
        frequency=Frequency(times=1, period=Period.DAY),
        duration_days=10,
        at_home=True,
        sundays_holidays=True,
    ),
    NursingLine(
        rank=2,
        label="Pansement de la jambe droite, avec retrait des fils le 10e jour",
        frequency=Frequency(times=1, every=2, period=Period.DAY),
        duration_days=20,
        at_home=True,
        urgent=True,
        note="Appeler le cabinet si rougeur ou écoulement.",
    ),
)
_LONG = "de la Très-Longue-Famille d'Orgemont-sur-Loire et Saint-Julien des Hautes-Plaines-épouse Wagner-Duc"
LONG_PATIENT = replace(WHOLE, surname=_LONG, first_name=_LONG[::-1], used_surname=_LONG.replace("Duc", "Roy"))


CASES = {
    "medicines": Case(written(Family.HEALTH_PRODUCTS, a_medicine(), a_medicine(2, secured=True))),
    "ald": Case(written(Family.HEALTH_PRODUCTS, *ALD)),
    "in-words": Case(written(Family.HEALTH_PRODUCTS, MORPHINE)),
    "pending": Case(written(Family.HEALTH_PRODUCTS, MORPHINE), {"registered": False}),
    "opposed": Case(written(Family.HEALTH_PRODUCTS, a_medicine(), opposed=True), {"specimen": True}),
    "preparation": Case(
        replace(
            written(
                Family.HEALTH_PRODUCTS,
                PreparationLine(
                    rank=1,
                    label="Crème à la trolamine",
                    formula=(Ingredient("trolamine", "2 g"), Ingredient("cold cream", "qsp 50 g", active=False)),
                    dosage="Une application le soir sur les jambes",
                    no_equivalent=True,
                    quantity=Quantity(50, Unit.GRAMS),
                ),
                DeviceLine(
                    rank=2, label="Lit médicalisé", supply=Supply.RENTED, duration_days=30, renewals=5, size="90 cm"
                ),
                patient=replace(WHOLE, birth_date=BirthDate("2024-02-00"), first_name="Tom", used_surname="PETIT"),
            ),
            measures=Measures(weight_g=12_500, height_cm=85, measured_on=MONDAY),
        )
    ),
    "biology": Case(
        written(
            Family.BIOLOGY,
            BiologyLine(rank=1, label="Glycémie à jeun", fasting=True, urgent=True, context="Diabète de type 2"),
            BiologyLine(rank=2, label="INR", frequency=Frequency(times=1, period=Period.WEEK), duration_days=28),
        )
    ),
    "nursing": Case(written(Family.NURSING, *NURSING)),
    "physiotherapy": Case(
        replace(
            written(Family.PHYSIOTHERAPY, PhysiotherapyLine(rank=1, label="Rééducation du genou droit", atmp=True)),
            accident_on=date(2026, 11, 3),
        )
    ),
    "speech-therapy": Case(
        written(
            Family.SPEECH_THERAPY,
            SpeechTherapyLine(
                rank=1,
                act=TherapyAct.ASSESSMENT_THEN_THERAPY,
                label="langage écrit",
                prior_agreement=PriorAgreement(state=AgreementState.TO_ASK),
            ),
        ),
        {"hand_signature": False},
    ),
    "orthoptics": Case(
        written(Family.ORTHOPTICS, OrthopticsLine(rank=1, act=TherapyAct.ASSESSMENT, label="strabisme")),
    ),
    "podiatry": Case(
        written(Family.PODIATRY, PodiatryLine(rank=1, act=PodiatryAct.DIABETIC_FOOT, grade=2, ald=True)),
    ),
    "optics": Case(
        written(
            Family.OPTICS,
            OpticsLine(
                rank=1,
                equipment=OpticalEquipment.GLASSES_PROGRESSIVE,
                right=Correction(sphere="-2.25", cylinder="-0.50", axis=90, addition="+1.50"),
                left=Correction(sphere="+0.75", addition="+1.50", prism="2.00", base=PrismBase.IN),
                pupillary_distance_mm=63,
            ),
        )
    ),
    "other": Case(
        replace(
            written(Family.NURSING, FreeTextLine(rank=1, text="Bilan et accompagnement diététique")),
            family=Family.OTHER,
            addressed_to=Profession.DIETITIAN,
        )
    ),
    "long-names": Case(written(Family.HEALTH_PRODUCTS, *ALD, patient=LONG_PATIENT)),
    "forty-lines": Case(
        written(Family.HEALTH_PRODUCTS, *(replace(ALD[rank % 8], rank=rank, ald=False) for rank in range(1, 41))),
    ),
    "duplicate": Case(
        written(Family.HEALTH_PRODUCTS, *(replace(ALD[rank % 8], rank=rank) for rank in range(1, 13))),
        {"copy": 2, "printed_on": date(2026, 11, 22), "specimen": True},
    ),
    "care-home": Case(
        replace(
            written(Family.HEALTH_PRODUCTS, a_medicine()),
            establishment=Establishment(finess=people.finess(7), name="EHPAD Les Tilleuls", own_pharmacy=False),
            place=replace(PLACE, email="cabinet@martin.exemple"),
        ),
        {"prescriber": replace(DOCTOR, specialty=SpecialtyCode("SM54")), "specialty_label": "médecine générale"},
    ),
    "replacement": Case(
        replace(
            written(Family.HEALTH_PRODUCTS, a_medicine()),
            replaced=people.professional(2, "LEROY", "Paul", Profession.DOCTOR),
        )
    ),
}
