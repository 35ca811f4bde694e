"""What may be looked up, as one table: address, what is read, the pure function, what is answered."""

from collections.abc import Callable
from typing import Annotated, Any

from msgspec import Meta, Struct

from ordonum.knowledge.drugs.base import DrugBase, Edition
from ordonum.knowledge.drugs.loaded import LoadedBase
from ordonum.knowledge.drugs.prices import Cheaper, cheaper
from ordonum.knowledge.drugs.search import Finder, Found
from ordonum.knowledge.drugs.search.index import build
from ordonum.model.dosage import Dosage, DoseUnit
from ordonum.model.drug import Speciality
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.api.operations import EVERYWHERE
from ordonum.texts.dosage import Reading, read, say
from ordonum.texts.dosage.reading import TEXT_MAX

CHEAPER_SHOWN = 20
LOOKUP_REFUSALS = tuple(each for each in EVERYWHERE if each is not Refusal.NOT_FOR_THIS_CALLER)


class Reference(Struct, frozen=True, kw_only=True):
    """The reference data that look-ups answer from: public facts; nothing of anybody."""

    base: DrugBase
    finder: Finder


def reference_of(base: DrugBase) -> Reference:
    """What is made of the drug base once, at the first look-up: the search of a file is read from it, in some 50 ms."""
    finder = base.finder if isinstance(base, LoadedBase) else Finder(build(base.specialities()))
    return Reference(base=base, finder=finder)


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
    base: DrugBase = reference.base
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
    return DrugsFound(edition=reference.base.edition, found=reference.finder.find(asked.q))


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
)
