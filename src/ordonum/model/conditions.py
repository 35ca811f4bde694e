"""Legal conditions of medicines, by code and by substance: what a table says of each, and what is known of a line. Pure.

The table itself is `knowledge.conditions`, or `knowledge.drugs.law` for a drug base. A substance that is not in it has unknown
conditions: nothing is refused for what is only possible.
"""

import unicodedata
from datetime import date
from functools import lru_cache
from typing import Protocol, TypeVar

from msgspec import Struct

from ordonum.model.labels import Labelled
from ordonum.model.prescription import Line
from ordonum.model.products import MedicineLine, Substance


class Trait(Labelled):
    """What a rule looks at in a medicine."""

    LIST_I = "list-1", "liste I"
    LIST_II = "list-2", "liste II"
    UNLISTED = "unlisted", "ni liste I ni liste II"
    NARCOTIC = "narcotic", "stupéfiant"
    ASSIMILATED = "assimilated", "soumis à une partie de la réglementation des stupéfiants"
    HYPNOTIC = "hypnotic", "hypnotique"
    ANXIOLYTIC = "anxiolytic", "anxiolytique"
    WEAK_OPIOID = "weak-opioid", "tramadol, codéine ou dihydrocodéine"
    TRAMADOL = "tramadol", "médicament contenant du tramadol"
    PREGABALIN = "pregabalin", "prégabaline"
    SECURED = "secured", "prescription sur ordonnance sécurisée"
    IN_WORDS = "in-words", "prescription en toutes lettres"
    NO_OVERLAP = "no-overlap", "chevauchement interdit sauf mention expresse"
    NARROW = "narrow", "médicament à marge thérapeutique étroite (arrêté du 12 novembre 2019)"
    ORAL_CONTRACEPTIVE = "oral-contraceptive", "contraceptif oral"
    HOSPITAL_ONLY = "hospital-only", "réservé à l'usage hospitalier"
    HOSPITAL = "hospital", "prescription hospitalière"
    INITIAL_HOSPITAL = "initial-hospital", "prescription initiale hospitalière"
    SPECIALISTS = "specialists", "prescription réservée à certains spécialistes"
    INITIAL_SPECIALISTS = "initial-specialists", "prescription initiale réservée à certains spécialistes"
    RENEWAL_SPECIALISTS = "renewal-specialists", "renouvellement réservé à certains spécialistes"
    NO_RENEWAL = "no-renewal", "prescription non renouvelable"
    WATCHED = "watched", "surveillance particulière pendant le traitement"


LISTS = frozenset({Trait.LIST_I, Trait.LIST_II})
LISTED = LISTS | {Trait.NARCOTIC, Trait.ASSIMILATED}


class Conditions(Struct, frozen=True, kw_only=True):
    """What holds for a substance from `since` (included) to `until` (excluded).

    `max_days`: the longest prescription; `fraction_days`: the longest fraction; `initial_months`: how long an initial
    prescription of a hospital or a specialist is good for (None: no term); `specialties`: codes on the cards of those it, or
    its initial prescription, is reserved to, `renewal_specialties` of those who renew it (empty: not known); `substances`: of
    conditions found by a code, the bare names of what the product holds.
    """

    traits: frozenset[Trait]
    max_days: int | None = None
    fraction_days: int | None = None
    initial_months: int | None = None
    specialties: frozenset[str] = frozenset()
    renewal_specialties: frozenset[str] = frozenset()
    substances: frozenset[str] = frozenset()
    since: date = date.min
    until: date = date.max


D = TypeVar("D")


class Table(Protocol):
    """Conditions by code (CIS, CIP13…), by bare substance, or by bare substance, strength, form and route (see `told_of`)."""

    def get(self, key: str, default: D, /) -> tuple[Conditions, ...] | D:
        """The rows of a key; the default where the table does not have it."""


NO_TABLE: Table = {}
BETWEEN = "\t"  # between the words of a key


class Known(Struct, frozen=True, kw_only=True):
    """What is known of a line: the strictest of its codes and substances. `partly`: the table has not all of them;
    `contradicted`: its codes and its substances are not of one product; `substances`: the bare names of all of them.
    """

    traits: frozenset[Trait] = frozenset()
    max_days: int | None = None
    fraction_days: int | None = None
    initial_months: int | None = None
    specialties: frozenset[str] = frozenset()
    renewal_specialties: frozenset[str] = frozenset()
    substances: frozenset[str] = frozenset()
    partly: bool = False
    contradicted: bool = False


_NOTHING = Known()
# Words of salts and of grammar: «chlorhydrate de tramadol», «tramadol (chlorhydrate)» and «TRAMADOL» are one substance.
_OF_SALTS = """
acetate anhydre arginine base besilate bitartrate bromhydrate calcique calcium chlorhydrate chlorure citrate d de
dichlorhydrate dihydrate dihydrochlorure diphosphate dipotassique disodique du embonate erbumine fumarate hemifumarate
hemihydrate hemitartrate hydrate hydrochlorure l lactate lysine magnesium maleate mesilate micronise monohydrate nitrate
oxalate pamoate phosphate potassique potassium propionate sel sesquihydrate sodique sodium succinate sulfate tartrate
tosilate trihydrate
"""
_SALTS = frozenset(_OF_SALTS.split())


def plain_words(text: str) -> str:
    """The words of a text, without case, accents nor marks: «l'accord de soins» is «l accord de soins»."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(each))
    return " ".join("".join(each if each.isalnum() else " " for each in plain).split())


@lru_cache(maxsize=4096)
def bare_substance(name: str) -> str:
    """The name of a substance without case, accents, salts nor words of grammar; as it is if nothing else is left."""
    words = plain_words(name).split()
    return " ".join(each for each in words if each not in _SALTS) or " ".join(words)


def known_of(line: Line, table: Table, day: date) -> Known:
    """What the table says of a line on that day: of its codes, else of its substances; of what is no medicine, nothing is to be
    known. Where its codes and its substances are not of one product, all of them speak: a wrong code escapes nothing.
    """
    if not isinstance(line, MedicineLine):
        return _NOTHING
    coded = [rows for code in _codes(line) if (rows := _in_force(table, code, day))]
    found = [each for rows in coded for each in rows]
    held = frozenset[str]().union(*(each.substances for each in found))
    partly, contradicted = False, any(rows != coded[0] for rows in coded)
    named = [bare_substance(each.name) for each in line.substances]
    for bare, substance in zip(named, line.substances, strict=True):
        if coded and _is_held(bare, held):
            continue
        key = told_of(line, substance)
        rows = _in_force(table, bare if not key or table.get(key, None) is None else key, day)
        partly, contradicted = partly or not (rows or coded), contradicted or bool(coded)
        found += rows
    return _strictest(tuple(found), held.union(named), secured=line.secured, partly=partly, contradicted=contradicted)


def told_of(line: MedicineLine, substance: Substance) -> str:
    """The key of a substance with all that a line tells of it: «ibuprofene», «400 mg», «comprimé», «orale»."""
    told = (substance.strength or "", line.form or "", line.route or "")
    return BETWEEN.join((bare_substance(substance.name), *told)) if any(told) else ""


def _codes(line: MedicineLine) -> tuple[str, ...]:
    return tuple(str.__str__(each) for each in (line.cip13, line.cis, line.ucd13, line.virtual) if each is not None)


def _in_force(table: Table, key: str, day: date) -> tuple[Conditions, ...]:
    rows = table.get(key, ())
    if len(rows) == 1 and rows[0].since <= day < rows[0].until:
        return rows
    return tuple(each for each in rows if each.since <= day < each.until)


@lru_cache(maxsize=4096)
def _is_held(bare: str, held: frozenset[str]) -> bool:
    """Whether a substance is one of those, as far as it is named: «amoxicilline» is of «amoxicilline trihydratée»."""
    words = set(bare.split())
    return bare in held or any(words <= set(each.split()) for each in held)


@lru_cache(maxsize=4096)
def _strictest(
    found: tuple[Conditions, ...], substances: frozenset[str], *, secured: bool, partly: bool, contradicted: bool
) -> Known:
    traits = frozenset[Trait]().union(*(each.traits for each in found))
    if secured:
        traits |= {Trait.SECURED}
    if traits & LISTED:
        traits -= {Trait.UNLISTED}
    if Trait.LIST_I in traits:
        traits -= {Trait.LIST_II}
    return Known(
        traits=traits,
        max_days=min((each.max_days for each in found if each.max_days), default=None),
        fraction_days=min((each.fraction_days for each in found if each.fraction_days), default=None),
        initial_months=min((each.initial_months for each in found if each.initial_months), default=None),
        specialties=frozenset[str]().union(*(each.specialties for each in found)),
        renewal_specialties=frozenset[str]().union(*(each.renewal_specialties for each in found)),
        substances=substances,
        partly=partly,
        contradicted=contradicted,
    )
