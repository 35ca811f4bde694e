"""What holds of aspirin at antiplatelet doses: the thesaurus sets them apart from those against pain and inflammation. Pure."""

import re
from decimal import Decimal

from msgspec.structs import replace

from ordonum.knowledge.interactions.matching import Found
from ordonum.knowledge.interactions.names import key

ASPIRIN = "acide acetylsalicylique"
ANTIPLATELET_MOST = Decimal(375)
"""Milligrams a day: «des doses antiagrégantes (de 50 mg à 375 mg par jour)», thesaurus of October 2020."""
_OTHERS = re.compile(r"\bdoses? (?:\w+ )?(?:anti inflammatoires|antalgiques|antipyretiques)\b")
_ANTIPLATELET = re.compile(r"\bantiagregantes?\b")


def at_antiplatelet_doses(found: Found) -> Found | None:
    """The entry without the gravities that are told of other doses alone; None where none is left."""
    entry = found.entry
    whole = f"{entry.conduct or ''} {entry.mechanism or ''}"
    kept = tuple(each for each in found.degrees if not _of_other_doses(each.conduct or whole))
    if len(kept) == len(found.degrees):
        return found
    return replace(found, degrees=kept) if kept else None


def _of_other_doses(text: str) -> bool:
    plain = key(text)
    return bool(_OTHERS.search(plain)) and not _ANTIPLATELET.search(plain)
