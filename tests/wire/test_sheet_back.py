"""The back of the sheet: what an executant prints there, and what it keeps to itself."""

import random
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
from msgspec.structs import replace

from factories import DOCTOR, PHARMACIST, PHARMACY, SOFTWARE, a_beneficiary, an_execution, an_order, boxes
from ordonum.model.actors import Actor, Employee, EmployeeRole
from ordonum.model.acts import Execution, Given
from ordonum.model.amending import AmendReason, Correction
from ordonum.model.beneficiary import Bearer
from ordonum.model.identifiers import EmployeeId
from ordonum.model.lines import Family, Unit
from ordonum.model.number import EpuId
from ordonum.model.outcomes import (
    Added,
    AddedUnder,
    Agreement,
    AgreementMeans,
    Batch,
    Delivered,
    ExceptionalRule,
    Handwritten,
    Intervention,
    InterventionKind,
    InterventionReason,
    NotDelivered,
    SeenOnPaper,
    SubstitutionKind,
    Withheld,
)
from ordonum.model.state import LineStatus, Remainder
from ordonum.sandbox import people
from ordonum.wire.sheet_back import draw_back
from sheets import ALD, NURSING

NUMBER = EpuId.draw(random.Random(7).choice)
AT = datetime(2026, 11, 22, 9, 4, tzinfo=UTC)
BY = Actor(PHARMACIST, PHARMACY, SOFTWARE)
ORDER = an_order(*ALD)
DONE = replace(
    an_execution(performed_at=AT),
    lines=(
        Delivered(
            line=1,
            quantity=boxes(2),
            product="METFORMINE GÉNÉRIQUE 1000 mg, comprimé",
            batches=(Batch(number="A12-7", expires="2028-03"), Batch(number="B44")),
            ordonnancier="26-004417",
            substitution=SubstitutionKind.GENERIC,
        ),
        Delivered(
            line=5,
            quantity=boxes(1),
            ordonnancier="26-004418",
            intervention=Intervention(
                kind=InterventionKind.MODIFIED,
                reason=InterventionReason.DOSAGE,
                agreement=Agreement(AgreementMeans.PHONE, AT.date()),
            ),
        ),
        Withheld(line=7, reason=NotDelivered.HEALTH_REASON, detail="occlusion récente", prescriber_told=True),
        Handwritten(text="Sérum physiologique", quantity=boxes(1)),
    ),
)
LEFT = (Remainder(line=1, status=LineStatus.PARTLY, unit=Unit.DAYS, total=90, given=30, left=60, beyond=0, last_at=AT),)


def _text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    finally:
        document.close()


def _said(execution: Execution = DONE, by: Actor = BY, **more: object) -> str:
    return _text(draw_back(execution, ORDER, by, NUMBER, **{"recorded_at": AT, **more}))  # type: ignore[arg-type]  # its own keywords


def test_the_back_says_who_delivered_what_when_and_in_place_of_what() -> None:
    said = _said(remainders=LEFT)
    for expected in (
        "Délivrance du 22 novembre 2026 à 10 h 04",
        "Pharmacie du Centre",
        f"N° FINESS {PHARMACY.finess}",
        "Nadia PETIT, pharmacien",
        "2 boîtes : METFORMINE GÉNÉRIQUE 1000 mg, comprimé, lot A12-7 (exp. 2028-03), lot B44",
        "26-004417",
        "Substitution : générique",
        "Modification (posologie), accord du prescripteur le 22 novembre 2026 par téléphone",
        "NON DÉLIVRÉ",
        "prescripteur informé : occlusion récente",
        "à la main Sérum physiologique 1 boîte : comme écrit",
        "délivrée en partie ; reste 60 jours sur 90",
        "Lignes non concernées : 2, 3, 4, 6, 8.",
        "elle tient lieu de timbre et de date",
    ):
        assert expected in said, expected


def test_a_photocopy_of_the_back_gives_neither_the_number_nor_the_patient_s_identity() -> None:
    pdf = draw_back(DONE, ORDER, BY, NUMBER, recorded_at=AT)
    said = _text(pdf)
    assert f"numéro finissant par {NUMBER[-3:]}" in said
    assert NUMBER[:6] not in said.replace(" ", "")
    assert "Éloïse D." in said
    whom = a_beneficiary()
    assert whom.surname not in said
    assert "279035121518989" not in said
    assert NUMBER.encode() not in pdf


def test_what_is_not_recorded_asks_for_stamp_and_date() -> None:
    assert "NON ENREGISTRÉE" in _said(recorded_at=None)
    assert "NON ENREGISTRÉE" not in _said()
    assert "Reste d'après la base" not in _said()


def test_acts_are_done_not_delivered_and_an_employee_has_somebody_who_answers() -> None:
    employee = Employee(
        EmployeeId("30B0168811/CPET00001"), "NOËL", "Jean", EmployeeRole.PHARMACY_ASSISTANT, under=PHARMACIST.rpps
    )
    assert f"sous la responsabilité du N° RPPS {PHARMACIST.rpps}" in _said(by=Actor(employee, PHARMACY, SOFTWARE))
    nurse = Actor(DOCTOR, people.cabinet(3, "Cabinet infirmier"), SOFTWARE)
    order = an_order(*NURSING, family=Family.NURSING)
    done = replace(DONE, lines=(Delivered(line=1), Withheld(line=2, reason=NotDelivered.PATIENT_DECLINES)))
    said = _text(draw_back(done, order, nurse, NUMBER, recorded_at=AT))
    assert "Actes faits du" in said
    assert "NON FAIT" in said
    assert "N° AM" in said


def test_what_was_read_on_the_paper_is_said_to_be_another_s() -> None:
    seen = replace(
        DONE,
        given=Given.ALREADY,
        lines=(Delivered(line=1),),
        beneficiary=None,
        seen_on_paper=SeenOnPaper(stamp="Pharmacie de la Gare"),
    )
    said = _said(seen, in_conflict=("cancelled",), specimen=True)
    assert "lu sur le papier : Pharmacie de la Gare." in said
    assert "En conflit : l'ordonnance était annulée." in said
    assert "SPÉCIMEN" in said


def test_a_second_delivery_is_printed_below_the_first() -> None:
    def top(start: int) -> float:
        document = pypdfium2.PdfDocument(draw_back(DONE, ORDER, BY, NUMBER, recorded_at=AT, start_mm=start))
        try:
            page = document[0]
            return float(page.get_height() - next(page.get_objects()).get_bounds()[3])
        finally:
            document.close()

    assert top(100) - top(0) == pytest.approx(100 * 72 / 25.4, abs=1)
    with pytest.raises(ValueError, match="start_mm"):
        draw_back(DONE, ORDER, BY, NUMBER, recorded_at=AT, start_mm=201)


def test_the_same_execution_gives_the_same_bytes_in_both_standards() -> None:
    first = draw_back(DONE, ORDER, BY, NUMBER, recorded_at=AT)
    assert first == draw_back(DONE, ORDER, BY, NUMBER, recorded_at=AT)
    assert b"<pdfaid:part>3" in first
    assert b"<pdfaid:part>1" in draw_back(DONE, ORDER, BY, NUMBER, recorded_at=AT, variant="a-1b")


EXPIRED = replace(
    DONE,
    corrects=Correction(execution=uuid4(), reason=AmendReason.QUANTITY),
    bearer=Bearer(
        surname="LEFÈVRE", first_name="Paul", address="3 rue des Lilas, 69003 Lyon", proof="carte d'identité"
    ),
    lines=(
        Delivered(line=1, quantity=boxes(1), exceptional=ExceptionalRule.CHRONIC_TREATMENT),
        Added(text="Bande de contention", under=AddedUnder.PROTOCOL, detail="protocole entorse"),
    ),
)


def test_a_correction_says_what_it_annuls_and_replaces() -> None:
    known = _said_back(EXPIRED, corrected_at=AT)
    assert "ANNULE ET REMPLACE l'exécution du 22 novembre 2026" in known
    assert "(erreur de quantité)" in known
    assert "ANNULE ET REMPLACE une exécution antérieure" in _said_back(EXPIRED)
    assert "ANNULE" not in _said_back(DONE)


def test_an_exceptional_dispensing_has_its_mention_with_its_duration() -> None:
    said = _said_back(EXPIRED)
    assert "Dispensation supplémentaire exceptionnelle (CSP R.5123-2-1)" in said
    assert "pour 30 jours" in said
    assert "Ajouté : protocole de coopération (CSP L.5125-1-1 A), protocole entorse" in said


def test_the_bearer_is_told_of_and_their_address_kept() -> None:
    said = _said_back(EXPIRED)
    assert "Remis à un porteur, Paul L., justificatif présenté : carte d'identité" in said
    assert "Lilas" not in said
    assert "LEFÈVRE" not in said


def _said_back(done: Execution, **asked: Any) -> str:
    document = pypdfium2.PdfDocument(draw_back(done, ORDER, BY, NUMBER, recorded_at=AT, **asked))
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)
    finally:
        document.close()
