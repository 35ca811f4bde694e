"""The search of medicines: by code, by brand, by substance, by short form, with strengths and one fault a word. Pure."""

import re
from typing import Protocol

from ordonum.knowledge.drugs.search.finding import NAMES_SHOWN, Finder
from ordonum.knowledge.drugs.search.found import NOTHING, Found, FoundName, LookAlike, Offer
from ordonum.model.drug import Presentation, Speciality

__all__ = ["NAMES_SHOWN", "Finder", "Found", "FoundName", "LookAlike", "Offer", "Searched", "by_code", "search"]

_CODE = re.compile(r"\s*(?:cip\s*(?:13|7)?|cis|gtin)?\s*:?\s*((?:\d[\s.-]*){7,14})", re.IGNORECASE)
_TYPED_MAX = 60


class Searched(Protocol):
    """A drug base that can be searched."""

    @property
    def finder(self) -> Finder:
        """What finds names in it."""

    def speciality(self, cis: str) -> Speciality | None:
        """The speciality of this CIS code."""

    def presentation(self, cip13: str) -> tuple[Speciality, Presentation] | None:
        """The presentation of this CIP13 code, with its speciality."""

    def by_cip7(self, cip7: str) -> tuple[Speciality, Presentation] | None:
        """The presentation of this CIP7 code, with its speciality."""


def search(base: Searched, text: str, limit: int = NAMES_SHOWN) -> Found:
    """What a text means: the speciality of a code, else names, the likeliest first. Never raises; a long text is cut."""
    code = _code(text)
    if code is None:
        return base.finder.find(text, limit)
    found = by_code(base, text)
    return base.finder.bearing(found[0].cis) if found is not None else NOTHING


def by_code(base: Searched, text: str) -> tuple[Speciality, Presentation | None] | None:
    """What bears this code, spaces allowed: CIP13 (or the GTIN of 14 digits that a box bears), CIP7 or CIS."""
    code = _code(text) or ""
    if len(code) == len("60002283"):
        named = base.speciality(code)
        return (named, None) if named is not None else None
    return base.by_cip7(code) if len(code) == len("4949729") else base.presentation(code[-13:])


def _code(text: str) -> str | None:
    match = _CODE.fullmatch(text) if len(text) <= _TYPED_MAX else None
    return "".join(each for each in match[1] if each in "0123456789") if match else None
