"""Legal conditions of medicines, by substance: what a table says of each, and what is known of a line. Pure.

The table itself is `knowledge.conditions`. A substance that is not in it has unknown conditions: nothing is refused for
what is only possible.
"""

import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from msgspec import Struct

from ordonum.model.labels import Labelled
from ordonum.model.prescription import Line
from ordonum.model.products import MedicineLine


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


Table = Mapping[str, tuple[Conditions, ...]]
NO_TABLE: Table = {}


class Known(Struct, frozen=True, kw_only=True):
    """What is known of a line: the strictest of its substances. `partly`: the table has not all of them."""

    traits: frozenset[Trait] = frozenset()
    max_days: int | None = None
    fraction_days: int | None = None
    initial_months: int | None = None
    specialties: frozenset[str] = frozenset()
    partly: bool = False


_NOTHING = Known()
# Words of salts and of grammar: «chlorhydrate de tramadol», «tramadol (chlorhydrate)» and «TRAMADOL» are one substance.
_OF_SALTS = """
acetate anhydre arginine base besilate bitartrate bromhydrate calcique calcium chlorhydrate chlorure citrate d de dihydrate
dihydrochlorure diphosphate dipotassique disodique du embonate erbumine fumarate hemifumarate hemihydrate hemitartrate hydrate
hydrochlorure l lactate lysine magnesium maleate mesilate micronise monohydrate nitrate oxalate pamoate phosphate potassique
potassium propionate sel sesquihydrate sodique sodium succinate sulfate tartrate tosilate trihydrate
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
    """What the table says of a line on that day; of what is no medicine, nothing is to be known."""
    if not isinstance(line, MedicineLine):
        return _NOTHING
    found: list[Conditions] = []
    partly = False
    for substance in line.substances:
        rows = table.get(bare_substance(substance.name), ())
        rows = tuple(each for each in rows if each.since <= day < each.until)
        partly = partly or not rows
        found += rows
    traits = frozenset[Trait]().union(*(each.traits for each in found))
    if line.secured:
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
        partly=partly,
    )
