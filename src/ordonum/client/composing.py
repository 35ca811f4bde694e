"""The typed line: «metformine 1 g 1 matin et soir 3 mois» becomes a coded line, with what was understood and what was not.

The longest beginning that names a product with its strength and form is the product; the rest is its dosage. A common name is
prescribed by its substance (CSS L.161-38, prescription in DC), a brand by its speciality. What is not sure is asked: several
forms or strengths give choices, never a silent guess.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct

from ordonum.client.composed import Choice, Composed, Written, doseless, line_of, variant
from ordonum.knowledge.drugs.search import Found, FoundName, Offer, Searched, search
from ordonum.knowledge.drugs.search.index import substance_words
from ordonum.knowledge.drugs.search.words import GRAMMAR, folded, read
from ordonum.model.dosage import DoseUnit
from ordonum.model.drug import Speciality
from ordonum.model.plan_laid import first_unit
from ordonum.model.plan_units import countable
from ordonum.texts import dosage as dosages
from ordonum.texts.dosage import Reading

TYPED_MAX = 500
PRODUCT_WORDS_MAX = 12
_WORD = re.compile(r"\S+")
_SMALL = re.compile(r"(?:[0-4](?:[.,]\d+)?|½|¼|¾|1/[24]|3/4|un|une|deux|trois|demi|demie)(?:$|[x*/-].*)", re.IGNORECASE)
_UNITS_NEXT = re.compile(r"(?:k?g|mg|µg|mcg|microg\w*|ml|ui|mui|%|millions?)\b", re.IGNORECASE)
_HELD_IN = frozenset({"flacon", "cartouche", "stylo", "seringue", "ampoule", "sachet", "unidose"})
# How a speciality is named that is taken by such a unit.
_TAKEN_BY: dict[DoseUnit | None, tuple[str, ...]] = {
    DoseUnit.PUFF: ("pressurisé", "poudre pour inhalation"),
    DoseUnit.INHALATION: ("pressurisé", "poudre pour inhalation"),
    DoseUnit.NEBULISATION: ("nébuliseur",),
    DoseUnit.SPRAY: ("pulvérisation",),
    DoseUnit.DROP: ("gouttes", "collyre", "auriculaire"),
    DoseUnit.APPLICATION: ("crème", "gel", "pommade", "application"),
    DoseUnit.PATCH: ("transdermique",),
    DoseUnit.SYRINGE: ("seringue", "injectable"),
    DoseUnit.INJECTION: ("seringue", "injectable"),
}
_CHOOSE = "Choisissez : plusieurs formes ou dosages répondent à ce qui est tapé."
_PLAIN_FORMS = frozenset({"pelliculé", "sécable", "enrobé", "quadrisécable", "molle"})


class _Split(Struct, frozen=True):
    """Where a text divides: the product, the name that it means, others that it may mean, the rest and how it reads."""

    product: str
    name: FoundName
    others: tuple[FoundName, ...]
    rest: str
    reading: Reading


def compose(base: Searched, text: str, day: date, chosen: str | None = None) -> Composed:
    """The line that a text means on that day; `chosen`: the CIS code of one of the choices that were shown.

    Never raises for what is typed: `needs` says in French what is lacking or to be checked.
    """
    typed = " ".join(text[:TYPED_MAX].split())
    needs = ["Texte trop long : seul son début est lu."] if len(text) > TYPED_MAX else []
    split = _split(base, typed)
    if split is None:
        return Composed(
            typed=typed, needs=(*needs, "Aucun médicament n'est reconnu au début de la ligne."), left=(typed,)
        )
    fitting = _fitting(split)
    taken = _taken(base, split, fitting)
    offers = taken or fitting
    why = _unsure(split, taken) if chosen is None else ""
    one = None if why else _one(offers, split.name, chosen)
    if one is None:
        needs.append(why or (_CHOOSE if chosen is None else f"Le code {chosen} n'est pas de ce médicament. {_CHOOSE}"))
    if split.name.faults:
        needs.append(f"Nom corrigé : vous avez tapé « {split.product} ». Vérifiez.")
    speciality = base.speciality(one.cis) if one is not None else None
    reading = split.reading
    if speciality is not None and reading.dosage is not None:
        reading = dosages.read(split.rest, unit=_unit(speciality))
    written = Written(
        typed=typed,
        product=split.product,
        dosage=split.rest,
        reading=reading,
        name=split.name,
        choices=_choices(offers, one),
        needs=(*needs, *_lacking(split.rest, reading)),
        day=day,
    )
    same = [each for each in offers if one is not None and _alike(each, one)]
    return line_of(written, speciality, [found for each in same if (found := base.speciality(each.cis)) is not None])


def _lacking(rest: str, reading: Reading) -> Iterator[str]:
    """What the dosage lacks, in French."""
    if not rest:
        yield "Posologie à écrire."
    elif doseless(reading.dosage):
        yield "La dose d'une prise n'est pas dite : écrivez-la."
    elif reading.dosage is None:
        why = f" ({reading.why})" if reading.why else ""
        yield f"Posologie gardée en toutes lettres, non comprise{why} : {', '.join(reading.left) or rest}."


def _split(base: Searched, typed: str) -> _Split | None:
    """The longest beginning that names a product and leaves a dosage that is understood, doses and all; else one that is
    understood; else the longest that names one.
    """
    words = list(_WORD.finditer(typed))
    kept: _Split | None = None
    for many in range(min(len(words), PRODUCT_WORDS_MAX, _dosage_begins(typed, words)), 0, -1):
        product = typed[: words[many - 1].end()].rstrip(" ,;:.")
        found = search(base, product)
        if folded(words[many - 1][0]) in GRAMMAR or not _names(product, found):
            continue
        rest = typed[words[many - 1].end() :].strip(" ,;:")
        split = _Split(product, _meant(found.names), _others(found.names), rest, dosages.read(rest))
        if not rest or (split.reading.understood and not _took_the_dose(split)):
            return split
        if kept is None or (split.reading.understood and not kept.reading.understood):
            kept = split
    return kept


def _took_the_dose(split: _Split) -> bool:
    """Whether a take says no dose and the end of the product may be it: «1000 1» x 3 par jour, «500 2cp» x3/j, «4» gouttes."""
    if not doseless(split.reading.dosage):
        return False
    *before, last = split.product.split()
    if not any(letter.isdigit() for letter in last) or not before:
        return False
    strength_said = any(letter.isdigit() for letter in before[-1])
    return strength_said or _says_a_unit(last) or _says_a_unit(f"1 {split.rest.split()[0]}")


def _says_a_unit(text: str) -> bool:
    """Whether a text is a dose of something countable: «2cp», «1 goutte»; and no amount of a substance."""
    read_as = dosages.read(text).dosage
    unit = first_unit(read_as) if read_as is not None else None
    return unit is not None and unit is not DoseUnit.UNIT and countable(unit)


def _names(product: str, found: Found) -> bool:
    """Whether a text names a product, all of it understood: by a word of its name or substances, or by its code."""
    if not found.names or found.ignored or found.cut or found.names[0].unmet:
        return False
    near = found.names[0].near
    return near is not None or (
        any(each.isdigit() for each in product) and len(found.names) == 1 and found.total_names == 1
    )


def _meant(names: Sequence[FoundName]) -> FoundName:
    """The first of them; for one that is not marketed, the first as near that is, if any."""
    first = names[0]
    if _sold(first):
        return first
    return next((each for each in names if each.near == first.near and not each.unmet and _sold(each)), first)


def _sold(name: FoundName) -> bool:
    return any(each.sold and each.fits for each in name.offers)


def _others(names: Sequence[FoundName]) -> tuple[FoundName, ...]:
    """Those that what was typed may mean just as well, and that hold something else: what was typed is begun, or corrected."""
    first = _meant(names)
    if first.near is not None and not first.named:  # a substance that has no common name in the base
        return tuple(each for each in names if each is not first and not each.unmet and _sold(each))
    if not first.near:
        return ()
    mine = _held(first)
    return tuple(
        each
        for each in names
        if each.near == first.near and not each.unmet and _sold(each) and mine.isdisjoint(_held(each))
    )


def _held(name: FoundName) -> frozenset[str]:
    """The words of its substances."""
    return frozenset(
        word
        for offer in name.offers
        for each in offer.substances
        for word in substance_words(each.split(" pour ")[0])
        if not word[0].isdigit()
    )


def _dosage_begins(typed: str, words: Sequence[re.Match[str]]) -> int:
    """The place of the first word, after the first, from which the text reads as a dosage: a small number without a unit."""
    for at, word in enumerate(words[1 : PRODUCT_WORDS_MAX + 1], 1):
        following = words[at + 1][0] if at + 1 < len(words) else ""
        if (
            _SMALL.match(word[0])
            and not _UNITS_NEXT.match(following)
            and dosages.read(typed[word.start() :]).understood
        ):
            return at
    return len(words)


def _fitting(split: _Split) -> list[Offer]:
    """The marketed specialities that fit: those whose very name has the strength typed, if there are any."""
    fits = [each for each in split.name.offers if each.fits and each.sold]
    fits = fits or [each for each in split.name.offers if each.fits]
    typed = read(split.product).amounts
    return [each for each in fits if all(_keys(each.name, every=True) & one.wanted for one in typed)] or fits


def _taken(base: Searched, split: _Split, fits: list[Offer]) -> list[Offer]:
    """Of these, the ones that are taken as the dosage says: by tablets, by puffs; all of them where it does not say."""
    unit = first_unit(split.reading.dosage) if split.reading.dosage is not None else None
    if unit in _TAKEN_BY:
        return [each for each in fits if any(word in each.name for word in _TAKEN_BY[unit])]
    if unit is None or not countable(unit) or unit is DoseUnit.UNIT:
        return fits
    return [each for each in fits if unit in _units(base, each)]


def _units(base: Searched, offer: Offer) -> set[DoseUnit]:
    speciality = base.speciality(offer.cis)
    boxes = speciality.presentations if speciality is not None else ()
    return {box.pack.unit for box in boxes if box.pack is not None}


def _unit(speciality: Speciality) -> DoseUnit | None:
    """What its boxes count, where they all count the same thing one by one."""
    units = {box.pack.unit for box in speciality.presentations if box.sold and box.pack is not None}
    return next(iter(units)) if len(units) == 1 and all(map(countable, units)) else None


def _alike(offer: Offer, other: Offer) -> bool:
    return _strength(offer) == _strength(other) and _base_form(offer) == _base_form(other)


def _unsure(split: _Split, taken: list[Offer]) -> str:
    """Why the medicine that is meant is not sure, in French; empty where it is."""
    if split.others or (split.name.near is not None and not split.name.named):
        named = ", ".join(each.name for each in (split.name, *split.others))
        return f"Plusieurs noms peuvent répondre à « {split.product} » : {named}. Précisez."
    return "" if taken else "Aucune forme vendue ne se prend comme la posologie le dit : choisissez la forme."


def _kinds(offers: list[Offer]) -> list[Offer]:
    """One of each strength and form."""
    kinds: list[Offer] = []
    for each in offers:
        if not any(_alike(each, other) for other in kinds):
            kinds.append(each)
    return kinds


def _choices(offers: list[Offer], one: Offer | None) -> tuple[Choice, ...]:
    """The strengths and forms beside the one that is meant."""
    others = [each for each in _kinds(offers) if one is None or not _alike(each, one)]
    return tuple(Choice(cis=each.cis, label=each.name, variant=variant(each.name, each.form)) for each in others)


def _one(offers: list[Offer], name: FoundName, chosen: str | None) -> Offer | None:
    """The one that is meant: chosen; the only one; of one strength, the only plain form («comprimé» beside «effervescent»)."""
    if chosen is not None:
        return next((each for each in name.offers if each.cis == chosen), None)
    kinds = _kinds(offers)
    if len(kinds) == 1:
        return _plainest(offers)
    plain = [each for each in kinds if _base_form(each) == frozenset(each.form.split()[:1])]
    if len({_strength(each) for each in kinds}) == 1 and len(plain) == 1:
        return _plainest([each for each in offers if _alike(each, plain[0])])
    return None


def _plainest(offers: list[Offer]) -> Offer:
    return min(offers, key=lambda each: len(each.form))


def _strength(offer: Offer) -> frozenset[str]:
    """The strengths of its name by value, or those of its substances where the name has none."""
    return _keys(offer.name) or frozenset(key for each in offer.substances for key in _keys(each))


def _keys(text: str, *, every: bool = False) -> frozenset[str]:
    return frozenset(key for each in read(text).amounts for key in each.keys if every or key[0] != "n")


def _base_form(offer: Offer) -> frozenset[str]:
    """The form without what makes no difference to how it is taken (film-coated, scored), and what it is held in."""
    return (frozenset(offer.form.split()) - _PLAIN_FORMS) | (frozenset(offer.name.split()) & _HELD_IN)
