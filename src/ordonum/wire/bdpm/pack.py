"""What a box holds, read from the label of its presentation: «3 plaquette(s) PVC aluminium de 10 comprimé(s)». Pure.

A label is elements set apart by dashes, «+» or «et»; an element is a number, a container, and a number of what it contains.
What is not surely read is None.
"""

import re
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from ordonum.model.dosage import DoseUnit
from ordonum.model.drug import Pack

# What is counted one by one.
_COUNTED = {
    "comprimé": DoseUnit.TABLET,
    "gélule": DoseUnit.CAPSULE,
    "capsule": DoseUnit.SOFT_CAPSULE,
    "gomme": DoseUnit.GUM,
    "pastille": DoseUnit.LOZENGE,
    "lyophilisat": DoseUnit.LYOPHILISATE,
    "suppositoire": DoseUnit.SUPPOSITORY,
    "ovule": DoseUnit.PESSARY,
    "emplâtre": DoseUnit.PLASTER,
    "patch": DoseUnit.PATCH,
    "implant": DoseUnit.IMPLANT,
    "anneau": DoseUnit.RING,
    "bouffée": DoseUnit.PUFF,
    "pulvérisation": DoseUnit.SPRAY,
    "inhalation": DoseUnit.INHALATION,
    "dose": DoseUnit.DOSE,
    "film": DoseUnit.FILM,
    "récipient unidose": DoseUnit.SINGLE_DOSE,
    "sachet": DoseUnit.SACHET,
    "ampoule": DoseUnit.AMPOULE,
    "dispositif": DoseUnit.UNIT,
    "compresse": DoseUnit.UNIT,
    "pansement": DoseUnit.UNIT,
}
_MEASURED = {
    "ml": DoseUnit.MILLILITRE,
    "l": DoseUnit.LITRE,
    "litre": DoseUnit.LITRE,
    "g": DoseUnit.GRAM,
    "mg": DoseUnit.MILLIGRAM,
    "microgramme": DoseUnit.MICROGRAM,
    "µg": DoseUnit.MICROGRAM,
    "ui": DoseUnit.IU,
    "u.i.": DoseUnit.IU,
    "mui": DoseUnit.MEGA_IU,
}
# What is taken whole: counted itself; what is in it is said besides.
_TAKEN_WHOLE = {
    "récipient unidose": DoseUnit.SINGLE_DOSE,
    "flacon unidose": DoseUnit.SINGLE_DOSE,
    "unidose": DoseUnit.SINGLE_DOSE,
    "sachet": DoseUnit.SACHET,
    "ampoule": DoseUnit.AMPOULE,
    "seringue": DoseUnit.SYRINGE,
    "poche": DoseUnit.BAG,
}
# What is taken from: what is in it is counted; itself, where a dose may count it.
_TAKEN_FROM: dict[str, DoseUnit | None] = {"flacon": DoseUnit.VIAL, "stylo": DoseUnit.PEN, "tube": DoseUnit.TUBE}
for _each in (
    *(
        "applicateur",
        "bande",
        "boîte",
        "boite",
        "bouteille",
        "cartouche",
        "dispositif",
        "distributeur",
        "enveloppe",
        "film",
    ),
    *("inhalateur", "pilulier", "plaquette", "pot", "récipient multidose"),
):
    _TAKEN_FROM[_each] = None
_POURED = (DoseUnit.MILLILITRE, DoseUnit.LITRE, DoseUnit.GRAM)
# A blister of more is the total of several: «4 plaquettes de 56» are 56 or 224, and nothing says which.
_BLISTER_MAX = 35

_COUNTED_WORDS = "|".join(_COUNTED)
_CONTAINERS = "|".join(sorted([*_TAKEN_WHOLE, *_TAKEN_FROM], key=len, reverse=True))
_THINGS = rf"(?P<counted>\d+) (?P<thing>{_COUNTED_WORDS})(?:s|x)?\b"
_ALONE = re.compile(_THINGS)
_ELEMENT = re.compile(rf"(?:(?P<count>\d+) )?(?P<container>{_CONTAINERS})s?\b(?P<rest>.*)")
_CONTENT = re.compile(
    rf"{_THINGS}|(?:de|contenant) (?P<measured>\d+(?: \d{{3}})*(?:[.,]\d+)?) ?"
    rf"(?P<unit>{'|'.join(map(re.escape, _MEASURED))})s?(?![\w/.])"
)
_DOSES_BESIDE = re.compile(r"\((?:soit )?(\d+) (dose|bouffée|pulvérisation)s?\)")
_IN_ANOTHER = re.compile(r"\b(?:dans|en) (?:un |(\d+) )?(stylo|seringue)")
_NEXT = re.compile(r"(?: -|\+| \+|,| et)(?: de)? (?=\d)| - | \+ (?=plaquette|flacon|ampoule)| et (?=plaquette)")
_COMMENT = re.compile(
    r"(?<=[a-z] )(?:dont|soit|chaque|conditionnement|kit|palier|distribut\w+ parallèle)\b.*|[;.](?: .*|$)"
)
_RECONSTITUTED = re.compile(r"^(?:poudre|lyophilisat|trousse|granulés)|solvant")
_ACCESSORY = re.compile(
    r"^(?:\d+ )?(?:aiguille|tampon|adaptateur|dispositif|gobelet|cuillère|pipette|compte-gouttes|compresse|perfuseur|canule|"
    r"trousse|nécessaire|set|filtre|embout|applicateur|pompe|pansement|kit|système|inhalateur|bouchon|cathéter|lingette|"
    r"avec|muni|robinet|mesurette|godet|piston|g de déshydratant|seringues?(?! préremplie))"
)
# What comes with the container and has its own size: «avec seringue de 10 ml»; what measures a dose is small.
_ITS_OWN = re.compile(r"\bavec (?:une? |\d+ )?(?:aiguille|seringue|flacon|ampoule|poche|cartouche)")
_MEASURES = re.compile(r"\bavec (?:une? |\d+ )?(?:gobelet|cuillère|pipette|godet)")
_MEASURE_MAX = 40
_WRITINGS = (
    (re.compile(r"\((?:s|x|e)\)"), ""),
    (re.compile(r"\([^()]*\)|[()]"), " "),
    (re.compile(r"\s+"), " "),
    (re.compile(r"(\d) ?x ?1 (?=[a-zé])"), r"\1 "),
    (re.compile(r"(?<=\d)(?=comprimé|gélule|capsule|ml\b|mg\b|g\b)|(?<=\bde)(?=\d)|(?<=plaquette)(?=pvc)"), " "),
    (re.compile(r"\bplaquettes(?=pvc)"), "plaquette "),
    (re.compile(r"pré-rempli"), "prérempli"),
    (re.compile(r"\b(récipient|flacon)s? unidoses?"), r"\1 unidose"),
    (re.compile(r"sachets?-doses?|sachets(?=poly)"), "sachet "),
    (re.compile(r"^ ?(?:1 )?bo[iî]te(?: carton)?s? de "), ""),
    (re.compile(r"^(\d+ comprimés (?:sous|conditionnés) .*) contenant .*"), r"\1"),
    (re.compile(r"(?:suremballée|surpochée)s?/?"), ""),
)


class _Content(Struct, frozen=True):
    amount: Decimal
    unit: DoseUnit
    counted: bool


def pack_of(label: str, form: str) -> Pack | None:
    """What a box of this label holds; `form` is the pharmaceutical form, that names what a label leaves out."""
    text = label.lower()
    for pattern, written in _WRITINGS:
        text = pattern.sub(written, text)
    first, *others = [each.strip() for each in _NEXT.split(_COMMENT.sub("", text.strip())) if each.strip()] or [""]
    found = _element(first, form)
    others = [each for each in others if not _ACCESSORY.match(each)]
    if found is not None and others:
        return _together(found, [_following(found, each, form) for each in others], form)
    beside = _DOSES_BESIDE.search(label.lower())
    if found is not None and beside and found.containers in (None, 1) and found.unit in _POURED:
        return replace(found, other=(Decimal(beside[1]), _COUNTED[beside[2]]))
    return found


def _element(text: str, form: str) -> Pack | None:
    """The pack of one element: «3 plaquettes PVC de 10 comprimés», «20 comprimés»."""
    match = _ELEMENT.match(text)
    if match is None:
        alone = _ALONE.match(text)
        return Pack(Decimal(alone["counted"]), _unit(alone["thing"], form)) if alone else None
    container, rest = match["container"], match["rest"]
    count = int(match["count"]) if match["count"] else None
    if inside := _IN_ANOTHER.search(rest):
        container, count = inside[2], int(inside[1]) if inside[1] else count
    if count == 0:
        return None
    content = _content(rest, form)
    return _bare(count, container, rest, form) if content is None else _of(count, container, content)


def _following(found: Pack, text: str, form: str) -> Pack | None:
    """The pack of a further element; «et 4 comprimés blancs» is said of each container of the first."""
    pack = _element(text, form)
    if pack is None or _ELEMENT.match(text) or found.containers is None:
        return pack
    return Pack(pack.amount * found.containers, pack.unit)


def _content(rest: str, form: str) -> _Content | None:
    """What a container has in it, by what is said of it first."""
    found = _CONTENT.search(rest)
    if found is None or _ITS_OWN.search(rest, 0, found.start()):
        return None
    if found["thing"]:
        amount, unit = Decimal(found["counted"]), _unit(found["thing"], form)
    else:
        amount, unit = Decimal(found["measured"].replace(" ", "").replace(",", ".")), _MEASURED[found["unit"]]
        if amount < _MEASURE_MAX and _MEASURES.search(rest, 0, found.start()):
            return None
    return _Content(amount, unit, counted=bool(found["thing"])) if amount else None


def _of(count: int | None, container: str, content: _Content) -> Pack | None:
    """So many containers of that content."""
    whole = _plain((count or 1) * content.amount)
    if content.counted and not (content.unit is DoseUnit.DOSE and container in _TAKEN_WHOLE):
        several = container == "plaquette" and (count or 1) > 1 and content.amount > _BLISTER_MAX
        return None if several else Pack(whole, content.unit, count)
    if container in _TAKEN_WHOLE:
        return Pack(Decimal(count or 1), _TAKEN_WHOLE[container], None, (whole, content.unit))
    itself = _TAKEN_FROM[container]
    told = (Decimal(count or 1), itself) if itself is not None else None
    if told is not None and content.unit not in _POURED:  # a powder: the vial is what a dose counts
        return Pack(*told, None, (whole, content.unit))
    return Pack(whole, content.unit, count, told)


def _bare(count: int | None, container: str, rest: str, form: str) -> Pack | None:
    """A container of which the content is not said: counted itself; or «plaquette de 30» of what the form names."""
    if container == "plaquette":
        named = next((unit for word, unit in _COUNTED.items() if form.startswith(word)), None)
        told = re.search(r" de (\d+)$", rest)
        return Pack((count or 1) * Decimal(told[1]), named, count) if named and told else None
    unit = _TAKEN_WHOLE.get(container) or _TAKEN_FROM.get(container)
    return Pack(Decimal(count), unit) if unit is not None and count else None


def _together(found: Pack, others: list[Pack | None], form: str) -> Pack | None:
    """Elements of one box. Alike, they are added; of a powder and its solvent, the containers of the powder are counted."""
    solid = found.unit in _COUNTED.values() and found.unit not in _TAKEN_WHOLE.values()
    kinds = {(each.unit, each.other[1] if each.other else None) if each else None for each in (found, *others)}
    if len(kinds) == 1 and (solid or " et " not in form):
        packs = [found, *(each for each in others if each is not None)]
        told = [each.other for each in packs if each.other is not None]
        both = (sum((amount for amount, _ in told), Decimal()), told[0][1]) if told else None
        return Pack(sum((each.amount for each in packs), Decimal()), found.unit, None, both)
    if not _RECONSTITUTED.search(form) or (solid and found.unit not in (DoseUnit.DOSE, DoseUnit.LYOPHILISATE)):
        return None
    itself = (
        Pack(*found.other) if found.unit in _POURED and found.other is not None else replace(found, containers=None)
    )
    return itself if all(each is None or _containers(each) == itself.amount for each in others) else None


def _containers(pack: Pack) -> Decimal:
    return pack.other[0] if pack.unit in _POURED and pack.other is not None else pack.amount


def _unit(thing: str, form: str) -> DoseUnit:
    """The unit of a thing; «dispositif» is what its form says."""
    return DoseUnit.PATCH if thing == "dispositif" and "transdermique" in form else _COUNTED[thing]


def _plain(amount: Decimal) -> Decimal:
    """The same number without zeros after its last decimal: 8 for 8.0."""
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize()
