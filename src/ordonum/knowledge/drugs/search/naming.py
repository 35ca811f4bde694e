"""The name of a speciality without strength, form and seller: «METFORMINE» of «METFORMINE SANDOZ 1000 mg, comprimé». Pure."""

import re
from collections.abc import Iterable
from itertools import pairwise

from msgspec import Struct

from ordonum.knowledge.drugs.search.words import folded, plain_words, written_words
from ordonum.model.drug import Speciality

_COMMA = re.compile(r",(?!\d)")
_BRACKETS = re.compile(r"\([^)]*\)?|\[[^]]*\]?")
_LETTERED = re.compile(r"[^\W\d_]")
_LOWER = re.compile(r"[a-zà-ÿ]{2}")
_UNITS = "mg ml g l mu kg cm cm2 ch dh ui mui u cent pour anti xa mmol mbq gbq ppm bar kbq mci"
_OF_UNITS = frozenset(_UNITS.split())
# What stands after a name and tells one from its neighbours, but names nothing: release, patient, taste, salesmanship.
_OF_QUALIFIERS = """
lp li lm cp adulte adultes enfant enfants nourrisson nourrissons prematures sans sucre sucres conseil generiques
generique sante pharma lab labo laboratoire laboratoires france menthe citron miel orange fraise framboise abricot
solution injectable comprime gelule sirop ref reference mylan ranbaxy almus evolugen bgr rpg qualimed isomed gnr winthrop
actavis ratiopharm merck set phr lbr ge
"""
_QUALIFIERS = frozenset(_OF_QUALIFIERS.split())


class Name(Struct, frozen=True):
    """A name as it is written, and its words; never empty."""

    written: str
    words: tuple[str, ...]


def sellers(specialities: Iterable[Speciality]) -> frozenset[str]:
    """The words of the names of all holders: what may stand after the name of a generic."""
    return frozenset(word for each in specialities for holder in each.holders for word in plain_words(holder))


def name_of(full: str, sold_by: frozenset[str], substances: frozenset[str]) -> Name:
    """The name within the full one: its words in capitals before the comma, amounts, sellers and qualifiers left out.

    A name that begins by words of its substances ends with the last of them: what follows tells the seller or the device.
    """
    head = _BRACKETS.sub(" ", _COMMA.split(full)[0])
    tokens = [each for each in head.split() if _names(each)] or head.split()
    if len(tokens[0]) == 1 and tokens[0] == head[:1] and head.split()[1:2]:
        tokens.insert(1, head.split()[1])  # «A 313», «L 28»: the number is all of the name
    words = [
        (folded(each),) if len(each) == 1 and before.startswith("VITAMINE") else plain_words(each)
        for before, each in pairwise(("", *tokens))
    ]
    kept = _common(words, substances) if len(tokens[0]) > 1 else 0
    kept = kept or len(tokens)
    while kept > 1 and all(each in sold_by or each in _QUALIFIERS for each in words[kept - 1]):
        kept -= 1
    found = tuple(word for each in words[:kept] for word in each)
    return Name(" ".join(tokens[:kept]).strip(" .:-/+[]"), found or written_words(head) or (folded(full),))


def _common(words: list[tuple[str, ...]], substances: frozenset[str]) -> int:
    """How many tokens at the beginning are of substances only."""
    count, before = 0, ""
    for each in words:
        for word in each:
            vitamin = before.startswith("vitamine") and len(word) <= len("b12")
            if not (vitamin or word in substances or word.startswith("vitamine")):
                return count
            before = word
        count += 1
    return count


def _names(token: str) -> bool:
    """Whether a token may be part of a name: in capitals, and no unit."""
    if not _LETTERED.match(token) or _LOWER.search(token):
        return False
    return folded(token).strip(".,").split("/")[0] not in _OF_UNITS
