"""The units of a dose as people say and write them: noun, plural, gender, and every abbreviation that is read."""

from ordonum.model.dosage import DoseUnit as Unit

# What is counted one by one; the rest (mg, ml, UI…) is measured.
_NOUNS: dict[Unit, str] = {
    Unit.TABLET: "cp|cps|cpr|cprs|comp|comps|comprime|comprimes|cachet|cachets|pilule|pilules|comprime lp|comprimes lp|cp lp|"
    "comprime effervescent|comprimes effervescents|comprime orodispersible|comprimes orodispersibles|comprime secable|"
    "comprimes secables|comprime gastro-resistant|comprimes gastro-resistants",
    Unit.CAPSULE: "gel|gels|gelu|gelule|gelules|gelule lp|gelules lp|gel lp",
    Unit.SOFT_CAPSULE: "caps capsule capsules",
    Unit.SACHET: "sach|sachet|sachets|sachet-dose|sachets-doses",
    Unit.AMPOULE: "amp|amps|ampoule|ampoules|ampoule buvable|ampoules buvables",
    Unit.VIAL: "fl flacon flacons",
    Unit.BAG: "poche poches",
    Unit.SYRINGE: "seringue seringues",
    Unit.PEN: "stylo stylos",
    Unit.INJECTION: "inj injection injections",
    Unit.DROP: "gtt gtte gttes goutte gouttes",
    Unit.SPOONFUL_SMALL: "cac|c a c|c.a.c|c. a c.|c/c|"
    "c. a cafe|c a cafe|cuil. a cafe|cuillere a cafe|cuilleres a cafe|cuilleree a cafe|cuillerees a cafe",
    Unit.SPOONFUL_DESSERT: "cad|c a d|cuillere a dessert|cuilleres a dessert",
    Unit.SPOONFUL: "cas|c a s|c.a.s|c. a s.|c/s|"
    "c. a soupe|c a soupe|cuil. a soupe|cuillere a soupe|cuilleres a soupe|cuilleree a soupe|cuillerees a soupe",
    Unit.MEASURE: "mesure|mesures|cuillere-mesure|cuilleres-mesure|cuillere mesure|cuilleres-mesures",
    Unit.DOSE: "dose doses",
    Unit.DOSE_KG: "dose-kg|doses-kg|dose kg|doses kg|dose/kg",
    Unit.PUFF: "bouf bouff bouffee bouffees",
    Unit.SPRAY: "pulv pulverisation pulverisations spray sprays",
    Unit.INHALATION: "inh inhalation inhalations",
    Unit.NEBULISATION: "neb nebulisation nebulisations",
    Unit.APPLICATION: "applic|application|applications|application locale|applications locales",
    Unit.PATCH: "patch|patchs|patches|dispositif|dispositifs|dispositif transdermique|dispositifs transdermiques",
    Unit.PLASTER: "emplatre emplatres",
    Unit.SUPPOSITORY: "supp supps suppo suppos suppositoire suppositoires",
    Unit.PESSARY: "ovule ovules",
    Unit.LOZENGE: "pastille pastilles",
    Unit.GUM: "gomme gommes",
    Unit.FILM: "film films",
    Unit.LYOPHILISATE: "lyoc lyocs lyophilisat lyophilisats",
    Unit.IMPLANT: "implant implants",
    Unit.RING: "anneau anneaux",
    Unit.ENEMA: "lavement lavements",
    Unit.MOUTHWASH: "bain de bouche|bains de bouche",
    Unit.SINGLE_DOSE: "unidose unidoses monodose monodoses dosette dosettes",
    Unit.TUBE: "tube tubes",
    Unit.UNIT: "u unite unites",
}
_MEASURES: dict[Unit, str] = {
    Unit.GRAM: "g gr gramme grammes",
    Unit.MILLIGRAM: "mg mgr milligramme milligrammes",
    Unit.MICROGRAM: "µg ug mcg microgramme microgrammes",
    Unit.NANOGRAM: "ng nanogramme nanogrammes",
    Unit.MILLILITRE: "ml millilitre millilitres",
    Unit.LITRE: "l litre litres",
    Unit.IU: "ui|unite internationale|unites internationales",
    Unit.IU_ANTI_XA: "ui anti-xa|ui anti xa|ui axa|unite anti-xa|unites anti-xa|unite internationale anti-xa"
    "|unites internationales anti-xa",
    Unit.MEGA_IU: "MUI|million d'ui|millions d'ui|million d'unites internationales|millions d'unites internationales",
    Unit.MILLIMOLE: "mmol millimole millimoles",
    Unit.MILLIEQUIVALENT: "meq milliequivalent milliequivalents",
}


def _split(names: str) -> list[str]:
    return names.split("|") if "|" in names else names.split()


WRITTEN: dict[str, Unit] = {
    name: unit for table in (_NOUNS, _MEASURES) for unit, names in table.items() for name in _split(names)
}
COUNTED = frozenset(_NOUNS)
FEMININE = frozenset({
    Unit.CAPSULE, Unit.SOFT_CAPSULE, Unit.AMPOULE, Unit.BAG, Unit.SYRINGE, Unit.INJECTION, Unit.DROP,
    Unit.SPOONFUL_SMALL, Unit.SPOONFUL_DESSERT, Unit.SPOONFUL, Unit.MEASURE, Unit.DOSE, Unit.DOSE_KG, Unit.PUFF,
    Unit.SPRAY, Unit.INHALATION, Unit.NEBULISATION, Unit.APPLICATION, Unit.LOZENGE, Unit.GUM, Unit.SINGLE_DOSE,
    Unit.UNIT, Unit.IU, Unit.IU_ANTI_XA, Unit.MILLIMOLE,
})  # fmt: skip
# Acts: «2 applications par jour» is one application, twice a day; «2 comprimés par jour» is two tablets in all.
ACTS = frozenset({Unit.APPLICATION, Unit.INJECTION, Unit.NEBULISATION, Unit.ENEMA, Unit.MOUTHWASH})
INTERNATIONAL = frozenset({Unit.IU, Unit.IU_ANTI_XA})
# The most that one take can hold: beyond, the text was not meant so.
MOST = {
    Unit.DROP: 500,
    Unit.UNIT: 100_000,
    Unit.GRAM: 1_000,
    Unit.MILLIGRAM: 100_000,
    Unit.LITRE: 50,
    Unit.MILLILITRE: 20_000,
}
MOST_COUNTED, MOST_MEASURED = 100, 100_000_000

# Symbols stand as on the box in figures (mg, ml, UI), but for the microgram: its sign is taken for that of the milligram.
_SYMBOLS_IN_FIGURES = frozenset(_MEASURES) - {Unit.MICROGRAM}
_SPELLED = {
    Unit.GRAM: "gramme", Unit.MILLIGRAM: "milligramme", Unit.MICROGRAM: "microgramme", Unit.NANOGRAM: "nanogramme",
    Unit.MILLILITRE: "millilitre", Unit.LITRE: "litre", Unit.IU: "unité internationale",
    Unit.IU_ANTI_XA: "unité internationale anti-Xa", Unit.MEGA_IU: "million d'unités internationales",
    Unit.MILLIMOLE: "millimole", Unit.MILLIEQUIVALENT: "milliéquivalent",
}  # fmt: skip
_PLURALS = {
    "cuillère à café": "cuillères à café", "cuillère à dessert": "cuillères à dessert", "anneau": "anneaux",
    "cuillère à soupe": "cuillères à soupe", "cuillère-mesure": "cuillères-mesure", "dose-kg": "doses-kg",
    "dispositif transdermique": "dispositifs transdermiques", "bain de bouche": "bains de bouche",
    "unité internationale": "unités internationales", "unité internationale anti-Xa": "unités internationales anti-Xa",
    "million d'unités internationales": "millions d'unités internationales",
}  # fmt: skip


def noun(unit: Unit, *, plural: bool, in_words: bool = False) -> str:
    """«comprimés», «cuillères à café»; «mg», or «milligrammes» in words."""
    if unit in _SYMBOLS_IN_FIGURES and not in_words:
        return unit.label
    said = _SPELLED.get(unit, unit.label)
    return _PLURALS.get(said, f"{said}s") if plural else said


def most(unit: Unit) -> int:
    """The most of that unit that one take can hold."""
    return MOST.get(unit, MOST_COUNTED if unit in COUNTED else MOST_MEASURED)
