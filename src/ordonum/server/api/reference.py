"""What may be looked up, as one table: address, what is read, the pure function, what is answered."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from msgspec import Meta, Struct

from ordonum.knowledge.assistance.assess import assess
from ordonum.knowledge.drugs.base import Edition
from ordonum.knowledge.drugs.loaded import LoadedBase
from ordonum.knowledge.drugs.prices import Bill, Cheaper, bill, cheaper, counted_in
from ordonum.knowledge.drugs.search import Found, search
from ordonum.knowledge.interactions import Interactions
from ordonum.model.alert import Assessment, Subject, Treatment
from ordonum.model.dosage import Dosage, DoseUnit
from ordonum.model.drug import Speciality
from ordonum.model.plan_units import Body
from ordonum.model.prescription import Lines
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.api.operations import EVERYWHERE
from ordonum.texts import understood
from ordonum.texts.dosage import Reading, read, say
from ordonum.texts.dosage.reading import TEXT_MAX

CHEAPER_SHOWN, TREATMENTS_MAX = 20, 200
LOOKUP_REFUSALS = tuple(each for each in EVERYWHERE if each is not Refusal.NOT_FOR_THIS_CALLER)


class Reference(Struct, frozen=True, kw_only=True):
    """The reference data that look-ups answer from: public facts; nothing of anybody."""

    base: LoadedBase
    interactions: Interactions


class Lookup(Struct, frozen=True, kw_only=True):
    """One look-up: what its address or body is read as, and the pure function that answers it."""

    method: str
    path: str
    name: str
    summary: str
    reads: type[Struct]
    answers: type[Struct]
    look: Callable[[Reference, Any], Struct]
    refusals: tuple[Refusal, ...] = ()
    body_bytes_max: int = 16_384


class DrugAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """A medicine by its CIS (8 digits) or CIP13 code."""

    code: Annotated[str, Meta(pattern=r"^(?:[0-9]{8}|[0-9]{13})$(?!\n)")]


class DrugAnswer(Struct, frozen=True, kw_only=True):
    """A medicine, the edition that says so; for a CIP13, the cheaper equivalents of that box (prices in cents)."""

    edition: Edition
    speciality: Speciality
    presentation: str | None
    cheaper: tuple[Cheaper, ...]


def drug(reference: Reference, asked: DrugAsked) -> DrugAnswer:
    """The medicine of a code. Raises Refused(UNKNOWN_DRUG)."""
    base = reference.base
    if len(asked.code) == 8:
        speciality = base.speciality(asked.code)
        if speciality is None:
            raise Refused(Refusal.UNKNOWN_DRUG)
        return DrugAnswer(edition=base.edition, speciality=speciality, presentation=None, cheaper=())
    found = base.presentation(asked.code)
    if found is None:
        raise Refused(Refusal.UNKNOWN_DRUG)
    speciality, box = found
    return DrugAnswer(
        edition=base.edition,
        speciality=speciality,
        presentation=box.cip13,
        cheaper=cheaper(base, speciality, box)[:CHEAPER_SHOWN],
    )


class DrugsSearched(Struct, frozen=True, forbid_unknown_fields=True):
    """What a prescriber types of a medicine: brand or substance, strength, form."""

    q: Annotated[str, Meta(min_length=1, max_length=200)]


class DrugsFound(Struct, frozen=True, kw_only=True):
    """What a search found, and the edition that it looked in."""

    edition: Edition
    found: Found


def drugs(reference: Reference, asked: DrugsSearched) -> DrugsFound:
    """The medicines that these words may mean."""
    return DrugsFound(edition=reference.base.edition, found=search(reference.base, asked.q))


class DosageTyped(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A dosage as it is typed. `unit`: what the medicine counts in, where the text names none («1-0-1»)."""

    text: Annotated[str, Meta(min_length=1, max_length=TEXT_MAX)]
    unit: DoseUnit | None = None


def dosage_read(_: Reference, asked: DosageTyped) -> Reading:
    """The dosage that a text says, whole, or what of it was not understood."""
    return read(asked.text, unit=asked.unit)


class DosageGiven(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A structured dosage to say. `in_words`: numbers in words (CSP R.5132-29)."""

    dosage: Dosage
    in_words: bool = False


class Sentence(Struct, frozen=True):
    """One French sentence."""

    sentence: str


def dosage_said(_: Reference, asked: DosageGiven) -> Sentence:
    """A structured dosage in one sentence, for the patient and the pharmacist."""
    return Sentence(say(asked.dosage, in_words=asked.in_words))


class AssessAsked(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Lines, for whom as far as the checks look, what they already take, on which day. No field of it names anybody."""

    lines: Lines
    day: date
    subject: Subject = Subject()
    treatments: Annotated[tuple[Treatment, ...], Meta(max_length=TREATMENTS_MAX)] = ()


class AssessAnswer(Struct, frozen=True, kw_only=True):
    """The alerts and what could not be looked at; prices in cents; in which editions it was looked."""

    assessment: Assessment
    prices: Bill
    drugs: Edition
    interactions: str


def assessed(reference: Reference, asked: AssessAsked) -> AssessAnswer:
    """What may be said of these lines for this patient. Kept nowhere."""

    def unit_of(cip13: str | None, cis: str | None) -> DoseUnit | None:
        return counted_in(reference.base, cip13, cis)

    lines = understood.lines(asked.lines, unit_of)
    body = Body(weight_g=asked.subject.weight_g, height_cm=asked.subject.height_cm)
    return AssessAnswer(
        assessment=assess(
            lines,
            asked.subject,
            understood.treatments(asked.treatments, unit_of),
            base=reference.base,
            interactions=reference.interactions,
            day=asked.day,
        ),
        prices=bill(reference.base, lines, start=asked.day, body=body),
        drugs=reference.base.edition,
        interactions=reference.interactions.edition,
    )


LOOKUPS: tuple[Lookup, ...] = (
    Lookup(
        method="GET",
        path="/v1/drugs/search",
        name="drugs",
        summary="Chercher un médicament par son nom ou sa substance, comme on le tape : « doli », « amox 500 ».",
        reads=DrugsSearched,
        answers=DrugsFound,
        look=drugs,
    ),
    Lookup(
        method="GET",
        path="/v1/drugs/{code}",
        name="drug",
        summary="Un médicament par son code CIS ou CIP13 : composition, boîtes, prix, groupe, conditions, ruptures.",
        reads=DrugAsked,
        answers=DrugAnswer,
        look=drug,
        refusals=(Refusal.UNKNOWN_DRUG,),
    ),
    Lookup(
        method="POST",
        path="/v1/dosage/read",
        name="dosage-read",
        summary="Lire une posologie tapée : sa structure et la phrase relue, ou ce qui n'en est pas compris.",
        reads=DosageTyped,
        answers=Reading,
        look=dosage_read,
    ),
    Lookup(
        method="POST",
        path="/v1/dosage/say",
        name="dosage-say",
        summary="Dire une posologie structurée en une phrase.",
        reads=DosageGiven,
        answers=Sentence,
        look=dosage_said,
    ),
    Lookup(
        method="POST",
        path="/v1/assess",
        name="assess",
        summary="Contrôler des lignes : alertes, contrôles non faits, prix. Sans identité : aucun champ ne nomme le patient.",
        reads=AssessAsked,
        answers=AssessAnswer,
        look=assessed,
        body_bytes_max=262_144,
    ),
)
