"""Allergies: to a substance, to those of its class, to an excipient of known effect. Pure.

Names come as the patient's file has them, so they are compared without salts, accents nor plural.
"""

import re
from functools import lru_cache

from ordonum.knowledge.assistance import tables
from ordonum.knowledge.assistance.names import identity, known_as
from ordonum.knowledge.assistance.patient import Case, Findings, not_done_because
from ordonum.knowledge.assistance.products import Product
from ordonum.model.alert import Alert, AlertKind, AlertLevel, Allergy, AllergyTo, Unchecked
from ordonum.model.conditions import bare_substance, plain_words

_ALLERGY_TO = re.compile(
    r"^\s*(?:allerg\w+|intol\w+|hypersensib\w+)\s+(?:à\s+l['’]|à\s+la\s+|à\s+|aux?\s+)(?=\w)", re.IGNORECASE
)
# What people call a class, by the words of it; each the ids of its classes.
_CALLED = {
    "penicilline": ("penicillines",),
    "beta lactamine": ("penicillines", "cephalosporines", "penemes"),
    "betalactamine": ("penicillines", "cephalosporines", "penemes"),
    "cephalosporine": ("cephalosporines",),
    "carbapeneme": ("penemes",),
    "sulfamide": ("sulfamides",),
    "ains": ("ains", "salicyles"),
    "anti inflammatoire": ("ains", "salicyles"),
    "antiinflammatoire": ("ains", "salicyles"),
    "salicyle": ("salicyles",),
    "morphinique": ("opioides",),
    "opioide": ("opioides",),
    "opiace": ("opioides",),
    "iode": ("iode", "contrastes"),
    "contraste": ("contrastes",),
    "macrolide": ("macrolides",),
    "quinolone": ("quinolones",),
    "fluoroquinolone": ("quinolones",),
    "cycline": ("cyclines",),
    "tetracycline": ("cyclines",),
    "aminoside": ("aminosides",),
    "heparine": ("heparines",),
    "statine": ("statines",),
    "iec": ("iec",),
    "enzyme conversion": ("iec",),
    "sartan": ("ara2",),
    "benzodiazepine": ("benzodiazepines",),
    "betabloquant": ("betabloquants",),
    "beta bloquant": ("betabloquants",),
    "corticoide": ("glucocorticoides",),
    "ipp": ("ipp",),
    "insuline": ("insulines",),
}
# Classes one of whose members answers for the others, as a document says; the others only have a note.
_CROSSED = {
    "penicillines": (
        AlertLevel.CAUTION,
        "these-betalactamines",
        "le risque d'allergie croisée entre pénicillines est élevé",
    ),
    "ains": (AlertLevel.STOP, "rcp-ibuprofene-4-3", "une allergie à l'aspirine ou à un AINS contre-indique les autres"),
}
# From one class to its neighbour.
_NEIGHBOURS = {
    "penicillines": ("cephalosporines", "penemes"),
    "cephalosporines": ("penicillines", "penemes"),
    "salicyles": ("ains",),
    "ains": ("salicyles",),
}
_AVOID = "choisir un autre médicament, ou faire préciser l'allergie"


@lru_cache(maxsize=4096)
def called(name: str) -> frozenset[str]:
    """The classes that such a name means; none for a single substance."""
    words = [each.removesuffix("s") if each != "ains" else each for each in bare_substance(name).split()]
    plain = f" {' '.join(words)} "
    found = {call: ids for call, ids in _CALLED.items() if f" {call} " in plain}
    if "contraste" in found:  # «produits de contraste iodés» are no antiseptic
        found.pop("iode", None)
    return frozenset(each for ids in found.values() for each in ids)


def check(case: Case, findings: Findings) -> None:
    """Every allergy against every line."""
    allergies = case.subject.allergies
    if allergies is None:
        if case.lines:
            lines = tuple(rank for each in case.lines for rank in each.lines)
            findings.unchecked.append(_not_filled(lines))
        return
    for allergy in [each for told in allergies for each in _meant(told, case)]:
        if allergy.to is not AllergyTo.EXCIPIENT and case.lines and not _recognised(allergy, case):
            because = not_done_because(f"l'allergie à « {allergy.name} » n'est pas reconnue")
            lines = tuple(rank for each in case.lines for rank in each.lines)
            findings.unchecked.append(Unchecked(kind=AlertKind.ALLERGY, lines=lines, because=because))
        for product in case.lines:
            if allergy.to is AllergyTo.EXCIPIENT:
                _excipient(allergy, product, findings)
            else:
                _substance(allergy, product, findings)


def _meant(told: Allergy, case: Case) -> tuple[Allergy, ...]:
    """The allergy by its name alone; one told by a brand («Augmentin»), as the substances of that brand."""
    allergy = Allergy(to=told.to, name=_ALLERGY_TO.sub("", told.name))
    if allergy.to is AllergyTo.EXCIPIENT or not case.lines or _recognised(allergy, case):
        return (allergy,)
    branded = [case.base.speciality(cis) for cis in case.base.of_brand(allergy.name)]
    names = {identity(each.name): each.name for one in branded if one is not None for each in one.active}
    brand = plain_words(allergy.name)
    for product in case.products:
        if f"{plain_words(product.label)} ".startswith(f"{brand} "):
            names.update({each.identity: each.name for each in product.substances})
    return tuple(Allergy(name=names[each]) for each in sorted(names)) or (allergy,)


def _not_filled(lines: tuple[int, ...]) -> Unchecked:
    return Unchecked(
        kind=AlertKind.ALLERGY, lines=lines, because=not_done_because("les allergies ne sont pas renseignées")
    )


def _recognised(allergy: Allergy, case: Case) -> bool:
    """Whether the name is that of a class, of a substance of the tables or of the base, or of a line."""
    names = known_as(allergy.name)
    if called(allergy.name) or names & tables.names() or case.base.of_substance(bare_substance(allergy.name)):
        return True
    return any(names & each.keys for product in case.products for each in product.substances)


def _substance(allergy: Allergy, product: Product, findings: Findings) -> None:
    """The gravest of: the very substance, the class that is told, the class of the substance, the neighbouring class."""
    meant = called(allergy.name)
    asked = known_as(allergy.name)
    own = frozenset(each[1:] for each in asked if each.startswith("@"))
    for each in product.substances:
        names = {key for key in each.keys if not key.startswith("@")}
        classes = {key[1:] for key in each.keys if key.startswith("@")}
        if names & asked:
            findings.alerts.append(_alert(allergy, product, each.identity, AlertLevel.STOP, "amm-4-3", "le contient"))
        elif told := classes & meant:
            label = tables.classes()[min(told)].label
            findings.alerts.append(
                _alert(allergy, product, each.identity, AlertLevel.STOP, "amm-4-3", f"fait partie des {label}")
            )
        else:
            _crossed(allergy, product, each.identity, classes, own | meant, findings)


def _crossed(
    allergy: Allergy, product: Product, identity: str, classes: set[str], own: frozenset[str], findings: Findings
) -> None:
    """What shares a class with the allergen, or has a neighbouring one."""
    neighbours = {near for each in own for near in _NEIGHBOURS.get(each, ())}
    shared = sorted(classes & own) or sorted(classes & neighbours)
    shared = [each for each in shared if tables.classes()[each].twice or each in _NEIGHBOURS]
    if not shared:
        return
    ains = bool({"ains", "salicyles"} & classes and {"ains", "salicyles"} & own)
    same = bool(classes & own)
    level, document, why = _CROSSED.get("ains" if ains else shared[0] if same else "", (AlertLevel.NOTE, None, ""))
    if not why and {"penicillines", "cephalosporines", "penemes"} & own:
        document, why = "these-betalactamines", "une allergie croisée entre bêtalactamines est possible"
    findings.alerts.append(_alert(allergy, product, identity, level, document, why or "est de la même classe"))


def _alert(
    allergy: Allergy, product: Product, identity: str, level: AlertLevel, document: str | None, why: str
) -> Alert:
    return Alert(
        key=f"allergy:{'-'.join(bare_substance(allergy.name).split())}",
        kind=AlertKind.ALLERGY,
        level=level,
        lines=product.lines,
        about=(identity,),
        sentence=f"« {product.label} » : allergie à « {allergy.name} », {why}.",
        conduct=_AVOID,
        source=tables.source(document) if document is not None else None,
    )


def _excipient(allergy: Allergy, product: Product, findings: Findings) -> None:
    known = tables.excipients().get(product.speciality.cis) if product.speciality is not None else None
    if known is None:
        findings.not_done(AlertKind.ALLERGY, product, "la base n'a pas les excipients")
        return
    asked = bare_substance(allergy.name)
    for name, source in known.items():
        if set(bare_substance(name).split()) & set(asked.split()):
            findings.alerts.append(
                Alert(
                    key=f"allergy:{'-'.join(asked.split())}",
                    kind=AlertKind.ALLERGY,
                    level=AlertLevel.CAUTION,
                    lines=product.lines,
                    about=(name,),
                    sentence=f"« {product.label} » contient un excipient à effet notoire : {name}.",
                    conduct="choisir une spécialité qui n'en contient pas",
                    source=source,
                )
            )
