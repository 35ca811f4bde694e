"""What may be asked of a drug base, whatever it was loaded from."""

from collections.abc import Iterator
from datetime import date
from typing import Protocol

from msgspec import Struct

from ordonum.model.drug import Presentation, Speciality


class Edition(Struct, frozen=True, kw_only=True):
    """Which data this is: its source and licence in words, the day it is from, the digest of its content, its counts."""

    source: str
    of: date
    digest: str
    counts: dict[str, int]
    whole: bool


class DrugBase(Protocol):
    """A drug base. Codes that it does not have give None, names nothing: an unknown product never raises."""

    def __hash__(self) -> int:
        """A base is what it is: what is made of one may be kept beside it."""

    @property
    def edition(self) -> Edition:
        """Which data this is; `whole` is false for the formulary that ships with the project."""

    def speciality(self, cis: str) -> Speciality | None:
        """The speciality of this CIS code."""

    def presentation(self, cip13: str) -> tuple[Speciality, Presentation] | None:
        """The presentation of this CIP13 code, with its speciality."""

    def of_substance(self, name: str) -> tuple[str, ...]:
        """The CIS codes of the specialities with that active substance, named as `bare_substance` gives it."""

    def of_brand(self, name: str) -> tuple[str, ...]:
        """The CIS codes of the specialities of that very brand; none for a common name, or a name that is not whole."""

    def of_group(self, group: int) -> tuple[str, ...]:
        """The CIS codes of a generic group, in the order of their ranks."""

    def specialities(self) -> Iterator[Speciality]:
        """Every speciality, in the order of the CIS codes."""
