"""Names of substances and classes, made comparable: case, accents, order of words, salts. Pure."""

import re
import unicodedata
from functools import lru_cache

from ordonum.model.conditions import bare_substance

_OTHERS = re.compile(r"^autres (.+)$|^(.+) autres$")
# One substance under two spellings inside one edition (its index and its entries).
_SPELLINGS = {"fampridines": "fampridine", "esclicarbazepine": "eslicarbazepine"}
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "’": "'"})


@lru_cache(maxsize=8192)
def key(name: str) -> str:
    """A name as published, without case, accents nor punctuation; «autres X» and «X (autres)» is X."""
    plain = unicodedata.normalize("NFKD", name.translate(_LIGATURES)).casefold()
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    words = " ".join("".join(each if each.isalnum() else " " for each in plain).split())
    found = _OTHERS.match(words)
    words = (found[1] or found[2]) if found else words
    return _SPELLINGS.get(words, words)


# Beyond the salts that `bare_substance` knows: other salts, esters that are the same medicine, degrees of hydration.
_OF_MORE_SALTS = """
acetonide caproate amine axetil benzoate besilate betadex bromure butylamine butyrate cilexetil dichlorhydrate digluconate
dihydratee diisethionate dimaleate dinitrate diphosphate dipropionate etexilate ethyle furoate gluconate hemifumarate
hemihydratee hemisuccinate heptahydrate heptahydratee hexahydrate hydrogenosuccinate hydrogenotartrate iodure
isetionate lysinate medoxomil meglumine metilsulfate mesylate monohydratee monosodique nicotinate palmitate pegol
pentahydrate pentahydratee pidolate pivalate pivoxil proxetil recombinante saccharinate stearate t tert tertbutylamine
tetrahydrate tetraphosphate trihydratee trometamine trometamol valerate vedotine ozogamicine anhydre acetyl aceponate
enantate decanoate undecanoate cipionate hydrogenomaleate dimesilate camsilate xinafoate estolate ethylsuccinate
propionate solvate micronisee dihydrogenocitrate hydrogenophosphate monophosphate phosphate acide hemipentahydrate
oxoglurate adipate mucate
"""
_MORE_SALTS = frozenset(_OF_MORE_SALTS.split())


@lru_cache(maxsize=8192)
def cores(name: str) -> tuple[str, ...]:
    """The names under which a substance may be found in an index, the most exact first: bare, as its acid, without any salt.

    «VALPROATE DE SODIUM» is looked for as «valproate», then «valproique»; «BROMURE D'IPRATROPIUM» as «ipratropium».
    """
    bare = bare_substance(name.translate(_LIGATURES))
    core = " ".join(each for each in bare.split() if each not in _MORE_SALTS) or bare
    found = [bare, core]
    if " " not in core and core.endswith("ate"):
        found.append(f"{core[:-3]}ique")
    return tuple(dict.fromkeys(found))


def homeopathic(name: str) -> bool:
    """Whether a component is a stock of homeopathy («pour préparations homéopathiques»): no thesaurus speaks of them."""
    return "homeopathique" in key(name)
