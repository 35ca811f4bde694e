"""By which names the tables know a substance: salts, accents and synonyms are set aside once for each name. Pure."""

from functools import cache, lru_cache

from ordonum.knowledge.assistance import tables
from ordonum.model.conditions import bare_substance

# What a substance is called elsewhere, by a word of its name: salts that are named otherwise, common names, brands of speech.
_SYNONYMS = {
    "acetaminophene": "paracetamol",
    "acetylsalicylate": "acide acetylsalicylique",
    "alendronate": "acide alendronique",
    "aspirine": "acide acetylsalicylique",
    "carbasalate": "acide acetylsalicylique",
    "chlorpheniramine": "chlorphenamine",
    "divalproate": "acide valproique",
    "eucalyptus": "eucalyptol",
    "ibandronate": "acide ibandronique",
    "methimazole": "thiamazole",
    "mycophenolique": "mycophenolate",
    "norepinephrine": "noradrenaline",
    "pamidronate": "acide pamidronique",
    "risedronate": "acide risedronique",
    "valproate": "acide valproique",
    "zoledronate": "acide zoledronique",
}
# Names that are those of a family: two of its members are not one substance.
_FAMILIES = frozenset({"heparine", "insuline", "iode", "potassium"})
# Traces of a substance, that are no treatment by it.
_TRACES = frozenset({"homeopathiques", "gluconate"})


@cache
def _by_word() -> dict[str, tuple[tuple[str, frozenset[str]], ...]]:
    """The names of the tables by the first of their words, each with its words."""
    found: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for name in sorted(tables.names()):
        words = name.split()
        found.setdefault(words[0], []).append((name, frozenset(words)))
    return {word: tuple(names) for word, names in found.items()}


@lru_cache(maxsize=16384)
def known_as(name: str) -> frozenset[str]:
    """Every name by which the tables may speak of a substance: its own bare one, those of the tables, «@class»."""
    bare = bare_substance(name)
    words = frozenset(bare.split())
    if words & _TRACES:
        return frozenset({bare})
    found = {bare} | {_SYNONYMS[word] for word in words if word in _SYNONYMS}
    for word in words:
        found |= {key for key, wanted in _by_word().get(word, ()) if wanted <= words}
    return frozenset(found | {f"@{each}" for key in found for each in tables.classes_of(key)})


@lru_cache(maxsize=16384)
def identity(name: str) -> str:
    """The one name by which a substance is compared: that of the tables, without salt nor ester, else its bare one."""
    bare = bare_substance(name)
    spoken = [
        each for each in known_as(name) if not each.startswith("@") and each in tables.names() and each not in _FAMILIES
    ]
    return min(spoken, key=lambda each: (-len(each.split()), each), default=bare)
