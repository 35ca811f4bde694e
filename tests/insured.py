"""Patients as the insurer's office names them, and what it asks for them."""

from uuid import UUID, uuid4

from ordonum.model.beneficiary import Nir
from ordonum.model.identifiers import BirthDate, NirKey
from ordonum.model.insurer import FileReference, Purpose, PurposeCode
from ordonum.model.office import Opposition, Subject

ASKED = Purpose(PurposeCode.PATIENT_REQUEST, FileReference("OPP-2026-17"))


def of(number: NirKey, born: str | None = None, rank: int = 1) -> Subject:
    """Who owns this number; with a birth date, somebody on their card."""
    identity = Nir(number, "self" if born is None else "insured")
    return Subject(identity=identity, birth_date=None if born is None else BirthDate(born), birth_rank=rank)


def opposition(patient: Subject, act_id: UUID | None = None, purpose: Purpose = ASKED) -> Opposition:
    return Opposition(act_id=act_id or uuid4(), patient=patient, purpose=purpose)
