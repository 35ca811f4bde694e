"""From the unit in which a dose is written to the one that a box counts: strengths, volumes, weight, surface, graduation. Pure.

What cannot be converted exactly is not converted: a tablet is no milligram without its strength, a drop is no millilitre.
"""

import re
from collections.abc import Iterable
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation

from msgspec import Struct

from ordonum.model.dosage import Dose, DoseUnit, PerBody
from ordonum.model.drug import Component, Pack


class Amount(Struct, frozen=True):
    """So much of a unit."""

    amount: Decimal
    unit: DoseUnit


class Strength(Struct, frozen=True):
    """What a medicine holds: `holds` of active substance in each of `within`, which are one and the same amount of it
    («40 mg», in one syringe, that is 0,4 ml).
    """

    holds: Amount
    within: tuple[Amount, ...]


class Body(Struct, frozen=True):
    """Weight in grams and height in centimetres, where they are known."""

    weight_g: int | None = None
    height_cm: int | None = None


NOBODY = Body()
# Units that are one another's multiple, as (what they count, how many of it).
_MEASURES: dict[DoseUnit, tuple[str, Decimal]] = {
    DoseUnit.GRAM: ("mg", Decimal(1000)),
    DoseUnit.MILLIGRAM: ("mg", Decimal(1)),
    DoseUnit.MICROGRAM: ("mg", Decimal("0.001")),
    DoseUnit.NANOGRAM: ("mg", Decimal("0.000001")),
    DoseUnit.LITRE: ("ml", Decimal(1000)),
    DoseUnit.MILLILITRE: ("ml", Decimal(1)),
    DoseUnit.SPOONFUL_SMALL: ("ml", Decimal(5)),  # spoons of the Pharmacopée française
    DoseUnit.SPOONFUL_DESSERT: ("ml", Decimal(10)),
    DoseUnit.SPOONFUL: ("ml", Decimal(15)),
    DoseUnit.IU: ("iu", Decimal(1)),
    DoseUnit.IU_ANTI_XA: ("iu", Decimal(1)),  # the unit of a heparin is an anti-Xa unit
    DoseUnit.MEGA_IU: ("iu", Decimal(1_000_000)),
    # One actuation of an inhaler or of a nasal spray is one of the doses that its label counts.
    DoseUnit.PUFF: ("dose", Decimal(1)),
    DoseUnit.INHALATION: ("dose", Decimal(1)),
    DoseUnit.SPRAY: ("dose", Decimal(1)),
    DoseUnit.DOSE: ("dose", Decimal(1)),
}
# Two names of one thing, for who writes a dose and who labels a box.
_SAME = {
    DoseUnit.SOFT_CAPSULE: DoseUnit.CAPSULE,
    DoseUnit.INJECTION: DoseUnit.SYRINGE,
    DoseUnit.PLASTER: DoseUnit.PATCH,
}
CONTAINERS = frozenset(
    {
        DoseUnit.AMPOULE,
        DoseUnit.VIAL,
        DoseUnit.BAG,
        DoseUnit.SYRINGE,
        DoseUnit.INJECTION,
        DoseUnit.PEN,
        DoseUnit.SACHET,
        DoseUnit.SINGLE_DOSE,
        DoseUnit.TUBE,
        DoseUnit.ENEMA,
    }
)
_UNCOUNTED = frozenset({DoseUnit.DROP, DoseUnit.APPLICATION, DoseUnit.DOSE_KG, DoseUnit.MEASURE, DoseUnit.MILLIMOLE})
_VOLUMES = frozenset({DoseUnit.MILLILITRE, DoseUnit.LITRE, DoseUnit.GRAM, DoseUnit.MILLIGRAM})


def per_one(unit: DoseUnit, into: DoseUnit, strength: Strength | None = None) -> Decimal | None:
    """How many `into` one `unit` is: by measure, or by the strength of the medicine; None where they do not convert."""
    if unit is into:
        return Decimal(1)
    if strength is not None and _measure(strength.holds.unit)[0] == "iu":  # the «unités» of a pen
        unit, into = (DoseUnit.IU if each is DoseUnit.UNIT else each for each in (unit, into))
    (kind, many), (other, of) = _measure(unit), _measure(into)
    if kind == other:
        return many / of
    if strength is None:
        return None
    held, held_many = _measure(strength.holds.unit)
    for each in strength.within:
        within, within_many = _measure(each.unit)
        whole, content = each.amount * within_many, strength.holds.amount * held_many
        if (kind, other) == (held, within):
            return many * whole / content / of
        if (kind, other) == (within, held):
            return many * content / whole / of
    return _between_holders(kind, many, other, of, strength)


def _between_holders(kind: str, many: Decimal, other: str, of: Decimal, strength: Strength) -> Decimal | None:
    """From one of the amounts that hold the same to another: a syringe to its millilitres."""
    holders = {kind_: each.amount * unit for each in strength.within for kind_, unit in [_measure(each.unit)]}
    if kind in holders and other in holders:
        return many * holders[other] / holders[kind] / of
    return None


def _measure(unit: DoseUnit) -> tuple[str, Decimal]:
    return _MEASURES.get(unit) or (_SAME.get(unit, unit).value, Decimal(1))


def countable(unit: DoseUnit) -> bool:
    """Whether it is handed over one by one: tablets and ampoules are, millilitres, drops and puffs are not."""
    return unit not in _MEASURES and unit not in _UNCOUNTED


def in_pack(pack: Pack, unit: DoseUnit, strength: Strength | None = None) -> Decimal | None:
    """How many of `unit` a box holds; None where that cannot be told. A vial is one, however much it holds; a unit without a
    name («1-0-1») is one of what the box counts.
    """
    if unit is DoseUnit.UNIT and countable(pack.unit):
        return pack.amount
    if (told := pack.holds(unit)) is not None:
        return told
    if unit in CONTAINERS and pack.unit in _VOLUMES:
        return Decimal(pack.containers or 1)
    factor = per_one(pack.unit, unit, strength)
    return None if factor is None else pack.amount * factor


def surface(body: Body) -> Decimal | None:
    """Body surface in m², to the hundredth, by Mosteller's formula: the root of weight (kg) × height (cm) / 3600."""
    if body.weight_g is None or body.height_cm is None:
        return None
    square = Decimal(body.weight_g) / 1000 * body.height_cm / 3600
    return square.sqrt().quantize(Decimal("0.01"), ROUND_HALF_UP)


def for_body(dose: Dose, body: Body, most: Decimal | None = None) -> tuple[Decimal, Decimal] | None:
    """The lowest and highest amount of one take, for this patient; None where weight or height are wanted and unknown.

    Rounded to the graduation, the nearest (half goes up), never to nothing; never above `most`, the greatest allowed take:
    then to the graduation below it.
    """
    times = _times(dose, body)
    if times is None:
        return None
    low, high = (_graduated(each * times, dose.graduation, most) for each in (dose.amount, dose.high or dose.amount))
    return low, high


def _times(dose: Dose, body: Body) -> Decimal | None:
    if dose.per is None:
        return Decimal(1)
    if dose.per is PerBody.SQUARE_METRE:
        return surface(body)
    return None if body.weight_g is None else Decimal(body.weight_g) / 1000


def _graduated(amount: Decimal, graduation: Decimal | None, most: Decimal | None) -> Decimal:
    if most is not None and amount > most:
        amount = most
    if graduation is None:
        return amount
    steps = max(Decimal(1), (amount / graduation).quantize(Decimal(1), ROUND_HALF_UP))
    if most is not None and steps * graduation > most >= graduation:
        steps = (most / graduation).to_integral_value(ROUND_FLOOR)
    return steps * graduation


_NUMBER = r"(?P<number>\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
_UNITS = (
    (r"mg|milligrammes?", DoseUnit.MILLIGRAM),
    (r"g|grammes?", DoseUnit.GRAM),
    (r"µg|μg|mcg|microgrammes?", DoseUnit.MICROGRAM),
    (r"ng|nanogrammes?", DoseUnit.NANOGRAM),
    (r"ml|millilitres?", DoseUnit.MILLILITRE),
    (r"l|litres?", DoseUnit.LITRE),
    (r"(?:ui|u\.i\.?|u|unités?)\s*(?:anti-?xa|axa)", DoseUnit.IU_ANTI_XA),
    (r"(?:m\.?\s?u\.?\s?i\.?|millions?\s+(?:d['’])?(?:ui|unités?(?:\s+internationales?)?))", DoseUnit.MEGA_IU),
    (r"ui|ul|u\.i\.?|unités?\s+internationales?|u|unités?", DoseUnit.IU),
    (r"mmol|millimoles?", DoseUnit.MILLIMOLE),
    (r"meq", DoseUnit.MILLIEQUIVALENT),
)
_WRITTEN = re.compile(
    rf"{_NUMBER}\s*(?:" + "|".join(f"(?P<u{rank}>{text})" for rank, (text, _) in enumerate(_UNITS)) + r")(?![\w%])",
    re.IGNORECASE,
)
# What a composition calls one of: the words at the beginning of its reference.
_HOLDERS = (
    ("comprimé", DoseUnit.TABLET),
    ("gélule", DoseUnit.CAPSULE),
    ("capsule", DoseUnit.SOFT_CAPSULE),
    ("sachet", DoseUnit.SACHET),
    ("ampoule", DoseUnit.AMPOULE),
    ("flacon", DoseUnit.VIAL),
    ("poche", DoseUnit.BAG),
    ("seringue", DoseUnit.SYRINGE),
    ("stylo", DoseUnit.PEN),
    ("suppositoire", DoseUnit.SUPPOSITORY),
    ("ovule", DoseUnit.PESSARY),
    ("dispositif", DoseUnit.PATCH),
    ("patch", DoseUnit.PATCH),
    ("emplâtre", DoseUnit.PLASTER),
    ("pastille", DoseUnit.LOZENGE),
    ("gomme", DoseUnit.GUM),
    ("film", DoseUnit.FILM),
    ("lyophilisat", DoseUnit.LYOPHILISATE),
    ("récipient unidose", DoseUnit.SINGLE_DOSE),
    ("récipient-unidose", DoseUnit.SINGLE_DOSE),
    ("cuillère-mesure", DoseUnit.MEASURE),
    ("cuillère mesure", DoseUnit.MEASURE),
    ("goutte", DoseUnit.DROP),
    ("implant", DoseUnit.IMPLANT),
    ("anneau", DoseUnit.RING),
    ("tube", DoseUnit.TUBE),
    ("dose", DoseUnit.DOSE),
    ("bouffée", DoseUnit.DOSE),
    ("pulvérisation", DoseUnit.DOSE),
    ("inhalation", DoseUnit.DOSE),
)
_ONE = re.compile(r"(?:pour\s+)?(?:1|une?)\s+(?P<noun>[^\W\d].*)", re.IGNORECASE)
_LENGTH_MAX = 200


def amount_read(text: str) -> Amount | None:
    """«1 000 mg», «100 UI», «0,7 ml» as an amount; None for what is more, or something else («5 CH», «qsp», «5 mg à 10 mg»)."""
    found = _WRITTEN.fullmatch(text.strip()[:_LENGTH_MAX])
    return _amount(found) if found is not None else None


def _amount(found: re.Match[str]) -> Amount | None:
    try:
        value = Decimal(re.sub(r"[ \u00a0\u202f]", "", found["number"]).replace(",", "."))
    except InvalidOperation:
        return None
    unit = next(unit for rank, (_, unit) in enumerate(_UNITS) if found[f"u{rank}"])
    return Amount(value, unit) if value > 0 else None


def strength_of(component: Component) -> Strength | None:
    """The strength of a component, by unit of the medicine or by volume; None where it is not written so that it is sure."""
    if component.amount is None or component.reference is None:
        return None
    holds, within = amount_read(component.amount), _within(component.reference.strip()[:_LENGTH_MAX])
    return Strength(holds, within) if holds is not None and within else None


def _within(reference: str) -> tuple[Amount, ...]:
    """«un comprimé», «5 ml de solution», «une seringue préremplie de 0,4 ml» (a syringe, and 0,4 ml)."""
    measured = _WRITTEN.match(re.sub(r"^pour\s+", "", reference))
    if measured is not None:
        amount = _amount(measured)
        return (amount,) if amount is not None else ()
    one = _ONE.fullmatch(reference)
    if one is None:
        return ()
    noun = one["noun"].casefold()
    holder = next((unit for word, unit in _HOLDERS if noun.startswith(word)), None)
    sizes = [amount for found in _WRITTEN.finditer(noun) if (amount := _amount(found)) is not None]
    volumes = [each for each in sizes if each.unit in {DoseUnit.MILLILITRE, DoseUnit.LITRE}]
    found_ = [Amount(Decimal(1), holder)] if holder is not None else []
    return (*found_, *(volumes if len(volumes) == 1 else ()))


def only_strength(components: Iterable[Component]) -> Strength | None:
    """The strength of a medicine whose doses may be written in amount of substance: that of its only active substance
    (several, or several elements: None).
    """
    kept = list(components)
    return strength_of(kept[0]) if len(kept) == 1 else None
