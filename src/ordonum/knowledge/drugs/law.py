"""The table of conditions that the rules of law read, made of a drug base: by code, and by substance, strength, form and route.

A code (CIS, CIP13) has what its speciality's own conditions say. A substance has what at least three quarters of the
specialities that speak for it say: those of town before those of hospitals and emergency kits, of that substance alone before
its mixtures, taken by mouth where there are such. Limits, fractions and delays are the longest of them: what is only possible
is never refused. That it is on no list, reserved to specialists or watched must be said by all (ibuprofène is listed by its
strength, bisoprolol reserved for heart failure), and those it is reserved to are those of any. Strength, form or route, where
the line tells them, narrow the specialities. What the BDPM does not say (hypnotics, narrow margins, oral contraceptives…)
comes from `knowledge.conditions`, whose rows stand too for what the base has not, and alone where the base is not whole: a
formulary is no sample of what a substance may be.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ordonum.knowledge.conditions import CONDITIONS
from ordonum.knowledge.drugs.base import DrugBase
from ordonum.knowledge.drugs.classified import Aside, classify
from ordonum.knowledge.drugs.virtual import VirtualMedicine, virtual
from ordonum.model.conditions import BETWEEN, LISTED, Conditions, Table, Trait, bare_substance, plain_words
from ordonum.model.drug import Speciality

NEARLY_ALL = 0.75
ACTIVE = "Autorisation active"
KEPT = 8_192  # answers
VOICES_KEPT = 512  # substances
D = TypeVar("D")
UNLIMITED_WORDS = re.compile(r"limite|fractionn")
# What the BDPM does not say, and the substance does.
OF_SUBSTANCES = frozenset({Trait.WEAK_OPIOID, Trait.TRAMADOL, Trait.PREGABALIN, Trait.NARROW, Trait.ORAL_CONTRACEPTIVE})
# The order of 1991 is of medicines that the BDPM limits; a premedication or an injection is not.
WHEN_LIMITED = frozenset({Trait.HYPNOTIC, Trait.ANXIOLYTIC})
RESERVED = frozenset({Trait.SPECIALISTS, Trait.INITIAL_SPECIALISTS, Trait.RENEWAL_SPECIALISTS})
SAID_BY_ALL = RESERVED | {Trait.WATCHED, Trait.UNLISTED}
INITIAL = frozenset({Trait.INITIAL_HOSPITAL, Trait.INITIAL_SPECIALISTS})
CONTRACEPTIVE_ATC = ("G03AA", "G03AB", "G03AC")
SECURED = frozenset({Trait.NARCOTIC, Trait.ASSIMILATED, Trait.SECURED, Trait.IN_WORDS, Trait.NO_OVERLAP})
OF_ANOTHER = SECURED | OF_SUBSTANCES | WHEN_LIMITED
KNOWN_LISTS = LISTED | {Trait.UNLISTED}
_AMOUNT = re.compile(r"(\d+(?:[ .]\d{3})*(?:,\d+)?) ?(g|mg|µg|microgrammes?|ui|%|pour cent)(?:\b|$)")
_IN_MICROGRAMS = {"g": 1_000_000, "mg": 1_000, "µg": 1, "microgramme": 1}

Rows = tuple[Conditions, ...]


class _Voice(Struct, frozen=True):
    """A speciality that may speak for a substance: its conditions; whether it is for town, and by mouth; how many substances it
    has; the words of its form and of each of its routes; how much of the substance.
    """

    row: Conditions
    town: bool
    oral: bool
    many: int
    form: frozenset[str]
    routes: tuple[frozenset[str], ...]
    amounts: frozenset[tuple[Decimal, str] | None]


class OfBase:
    """A Table of a drug base: what it answered is kept, at most KEPT answers."""

    def __init__(self, base: DrugBase, by_hand: Table = CONDITIONS) -> None:
        self._base, self._by_hand = base, by_hand
        self._answer: Callable[[str], Rows | None] = lru_cache(maxsize=KEPT)(self._look_up)
        self._voices: Callable[[str], tuple[_Voice, ...]] = lru_cache(maxsize=VOICES_KEPT)(self._read_voices)

    def get(self, key: str, default: D, /) -> Rows | D:
        """The conditions of a code, or of a bare substance and what the line tells of it (see `model.conditions.Table`)."""
        found = self._answer(key)
        return default if found is None else found

    def _look_up(self, key: str) -> Rows | None:
        if key.isdecimal():
            found = self._base.presentation(key)
            speciality = found[0] if found else self._base.speciality(key)
            return self._by_code(speciality) if speciality else None
        if (named := virtual(key)) is not None:
            return self._by_virtual(named)
        substance, *told = key.split(BETWEEN, 3)
        if told:
            return self._by_told(substance, *told) if self._base.edition.whole else None
        by_hand = self._by_hand.get(substance, None)
        if not self._base.edition.whole:
            return by_hand
        row = _heard(self._voices(substance))
        return (self._completed(substance, row),) if row is not None else by_hand

    def _by_code(self, speciality: Speciality) -> Rows:
        """Its own conditions; of one that is no longer authorised they may be old, and those of its substances hold too."""
        own = of_speciality(speciality, self._by_hand)
        if speciality.status == ACTIVE:
            return (own,)
        return (own, *(row for each in speciality.active for row in self.get(bare_substance(each.name), ())))

    def _by_virtual(self, named: VirtualMedicine) -> Rows | None:
        bare = bare_substance(named.substance)
        told = BETWEEN.join((bare, named.strength, named.form or "", ""))
        rows = self.get(told, self.get(bare, ()))
        return tuple(replace(each, substances=frozenset({bare})) for each in rows) or None

    def _by_told(self, substance: str, strength: str, form: str, route: str) -> Rows | None:
        """Of a substance whose strength, form or route is told: None where that makes no difference, () where those that are
        meant do not agree.
        """
        voices = self._voices(substance)
        narrowed = _narrowed(voices, _measure(strength), _words(form), _words(route))
        if len(narrowed) == len(voices):
            return None
        row = _heard(narrowed)
        return () if row is None else (self._completed(substance, row, oral=not route or "oral" in _words(route)),)

    def _completed(self, substance: str, row: Conditions, *, oral: bool = True) -> Conditions:
        said = {trait for each in self._by_hand.get(substance, ()) for trait in each.traits}
        return replace(row, traits=row.traits | _added(row, said, oral=oral))

    def _read_voices(self, substance: str) -> tuple[_Voice, ...]:
        having = (self._base.speciality(cis) for cis in self._base.of_substance(substance))
        return tuple(
            _Voice(
                row=of_speciality(each, self._by_hand),
                town=not _is_wholesale(each),
                oral=any("orale" in route for route in each.routes),
                many=len({bare_substance(part.name) for part in each.active}),
                form=_words(each.form),
                routes=tuple(map(_words, each.routes)),
                amounts=frozenset(
                    _measure(part.amount or "") for part in each.components if bare_substance(part.name) == substance
                ),
            )
            for each in having
            if each is not None and "oméopath" not in each.procedure
        )


@lru_cache(maxsize=4)
def conditions_of(base: DrugBase) -> Table:
    """The table of a base, one for as long as it is used."""
    return OfBase(base)


def of_texts(texts: Iterable[str]) -> Conditions:
    """The conditions of one speciality: all that its texts say together, the longest of limits that are told apart.

    What is reserved to specialists, where an initial prescription is, is that one; what is not understood leaves open what it
    may be about.
    """
    texts = tuple(texts)
    readings = [classify(each) for each in texts]
    rows = [each for each in readings if isinstance(each, Conditions)]
    traits = frozenset[Trait]().union(*(each.traits for each in rows))
    unknown = " ".join(plain_words(text) for text, each in zip(texts, readings, strict=True) if each is None)
    if not traits & LISTED and Aside.PRESCRIPTION not in readings and not unknown:
        traits |= {Trait.UNLISTED}
    if Trait.NARCOTIC in traits:
        traits = (traits - {Trait.LIST_I, Trait.LIST_II, Trait.ASSIMILATED}) | {Trait.SECURED, Trait.IN_WORDS}
    if traits & INITIAL:
        traits -= {Trait.SPECIALISTS}
    closed, limited = "reserv" not in unknown, not UNLIMITED_WORDS.search(unknown)
    # One text that names nobody on a card leaves open who else it may be.
    named = [each.specialties for each in rows if Trait.SPECIALISTS in each.traits]
    closed = closed and all(named)
    return Conditions(
        traits=traits,
        max_days=max((each.max_days or 0 for each in rows), default=0) or None if limited else None,
        fraction_days=max((each.fraction_days or 0 for each in rows), default=0) or None if limited else None,
        initial_months=max((each.initial_months or 0 for each in rows), default=0) or None,
        specialties=_union(each.specialties for each in rows) if closed else frozenset(),
        renewal_specialties=_union(each.renewal_specialties for each in rows) if closed else frozenset(),
    )


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*sets)


def of_speciality(speciality: Speciality, by_hand: Table = CONDITIONS) -> Conditions:
    """The conditions of a speciality, with what its substances add, and the bare names of these."""
    row = of_texts(speciality.conditions)
    names = frozenset(bare_substance(each.name) for each in speciality.components)
    said = {trait for name in names for each in by_hand.get(name, ()) for trait in each.traits}
    oral = any("orale" in route for route in speciality.routes)
    if (speciality.atc or "").startswith(CONTRACEPTIVE_ATC):
        said.add(Trait.ORAL_CONTRACEPTIVE)
    elif "estradiol" in names or speciality.atc:  # a treatment of the menopause, of acne
        said.discard(Trait.ORAL_CONTRACEPTIVE)
    traits = row.traits | _added(row, said, oral=oral)
    return replace(row, traits=traits, substances=names)


def _added(row: Conditions, said: Iterable[Trait], *, oral: bool) -> frozenset[Trait]:
    """What the table written by hand says of the substances and the base does not."""
    said = frozenset(said)
    added = said & OF_SUBSTANCES
    if not oral:
        added -= {Trait.ORAL_CONTRACEPTIVE}
    if row.max_days:
        added |= said & WHEN_LIMITED
    # Words that a list I medicine wants come with «une partie de la réglementation des stupéfiants»; those of tramadol and
    # codeine from a decision of the ANSM.
    if {Trait.LIST_I, Trait.IN_WORDS} <= row.traits and Trait.WEAK_OPIOID not in added:
        added |= {Trait.ASSIMILATED}
        added |= said & {Trait.NO_OVERLAP}
    return added


def agreed(rows: Sequence[Conditions]) -> Conditions | None:
    """What three quarters of these rows say; None where they do not agree whether it is listed."""
    if not rows:
        return None
    enough = NEARLY_ALL * len(rows)
    said = Counter(trait for each in rows for trait in each.traits)
    traits = frozenset(trait for trait, many in said.items() if many >= (len(rows) if trait in SAID_BY_ALL else enough))
    if not traits & KNOWN_LISTS:
        return None

    def longest(values: list[int | None]) -> int | None:
        told = [each for each in values if each]
        return max(told) if len(told) >= enough else None

    def together(sets: list[frozenset[str]]) -> frozenset[str]:
        return _union(sets) if all(sets) else frozenset()

    return Conditions(
        traits=traits,
        max_days=longest([each.max_days for each in rows]),
        fraction_days=longest([each.fraction_days for each in rows]),
        initial_months=longest([each.initial_months for each in rows]),
        specialties=together([each.specialties for each in rows]) if traits & RESERVED else frozenset(),
        renewal_specialties=together([each.renewal_specialties for each in rows]),
    )


def _heard(voices: Sequence[_Voice]) -> Conditions | None:
    chosen = _spokesmen(voices)
    row = agreed([each.row for each in chosen])
    alone = all(each.many == 1 for each in chosen)
    return row if row is None or alone else _of_mixtures(row, voices)


def _of_mixtures(row: Conditions, voices: Sequence[_Voice]) -> Conditions | None:
    """What mixtures say of one of their substances: that it is listed, if nearly all of them are. The rest may be another's."""
    listed = sum(bool(each.row.traits & LISTED) for each in voices)
    if row.traits & LISTED and listed < NEARLY_ALL * len(voices):
        return None
    return replace(row, traits=row.traits - OF_ANOTHER, max_days=None, fraction_days=None)


def _is_wholesale(speciality: Speciality) -> bool:
    """Whether it is for hospitals, or for emergency kits: no town pharmacy delivers it on such a prescription."""
    readings = [classify(each) for each in speciality.conditions]
    return any(
        each in (Aside.EMERGENCY, Aside.MOBILE) or (isinstance(each, Conditions) and Trait.HOSPITAL_ONLY in each.traits)
        for each in readings
    )


def _spokesmen(voices: Sequence[_Voice]) -> Sequence[_Voice]:
    """Those that speak for a substance: it alone, if there are several, else with one other, else all; by mouth if any is."""
    town = [each for each in voices if each.town] or voices
    alone = [each for each in town if each.many == 1]
    chosen = alone if len(alone) > 1 else [each for each in town if each.many <= 2] or town  # and one other
    return [each for each in chosen if each.oral] or chosen


def _narrowed(
    voices: Sequence[_Voice], strength: tuple[Decimal, str] | None, form: frozenset[str], route: frozenset[str]
) -> Sequence[_Voice]:
    """Those of the route, the form and the strength that a line tells; what fits none of them tells nothing."""
    kept = voices
    if route:
        kept = [each for each in kept if any(route <= one for one in each.routes)] or kept
    if form:
        kept = [each for each in kept if form <= each.form or each.form <= form] or kept
    if strength is not None:
        kept = [each for each in kept if strength in each.amounts] or kept
    return kept


def _words(text: str) -> frozenset[str]:
    return frozenset(word.rstrip("s") for word in plain_words(text).split()) - {"voie", "par", "la"}


def _measure(amount: str) -> tuple[Decimal, str] | None:
    """«0,4 g» and «400 mg» are one amount; None where it is not one number and its unit."""
    found = _AMOUNT.fullmatch(amount.strip().lower().replace("\u00a0", " ").replace("\u202f", " "))
    if found is None:
        return None
    number = Decimal(re.sub(r"[ .]", "", found[1]).replace(",", "."))
    unit = found[2].rstrip("s")
    if unit in _IN_MICROGRAMS:
        return number * _IN_MICROGRAMS[unit], "µg"
    return number, unit
