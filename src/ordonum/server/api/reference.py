"""What may be looked up, as one table: address, what is read, the pure function, what is answered."""

from collections.abc import Callable
from typing import Annotated, Any

from msgspec import Meta, Struct

from ordonum.knowledge.drugs.base import DrugBase, Edition
from ordonum.knowledge.drugs.prices import Cheaper, cheaper
from ordonum.model.drug import Speciality
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.api.operations import EVERYWHERE

CHEAPER_SHOWN = 20
LOOKUP_REFUSALS = tuple(each for each in EVERYWHERE if each is not Refusal.NOT_FOR_THIS_CALLER)


class Reference(Struct, frozen=True, kw_only=True):
    """The reference data that look-ups answer from: public facts; nothing of anybody."""

    base: DrugBase


def reference_of(base: DrugBase) -> Reference:
    """What is made of the drug base once, at the first look-up."""
    return Reference(base=base)


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


LOOKUPS: tuple[Lookup, ...] = (
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
)
