"""A table of drug interactions: entries between substances or classes, members of the classes, edition. Pure.

The four gravities are those of the ANSM thesaurus, kept as such. They become three levels of alert by what the ANSM asks of
the prescriber: a contre-indication is not to be transgressed and an association déconseillée is to be avoided «sauf après un
examen approfondi du rapport bénéfice/risque», so both stop and want a reason; a précaution d'emploi is a caution; what is «à
prendre en compte» is a note.
"""

from datetime import date

from msgspec import Struct

from ordonum.knowledge.interactions.names import key
from ordonum.model.alert import AlertLevel
from ordonum.model.labels import Labelled
from ordonum.model.rule import Source


class Gravity(Labelled):
    """The four levels of the thesaurus, the gravest first."""

    CONTRAINDICATED = "contraindicated", "contre-indication"
    DISCOURAGED = "discouraged", "association déconseillée"
    PRECAUTION = "precaution", "précaution d'emploi"
    CONSIDER = "consider", "à prendre en compte"


ORDER = {each: rank for rank, each in enumerate(Gravity)}
LEVELS = {
    Gravity.CONTRAINDICATED: AlertLevel.STOP,
    Gravity.DISCOURAGED: AlertLevel.STOP,
    Gravity.PRECAUTION: AlertLevel.CAUTION,
    Gravity.CONSIDER: AlertLevel.NOTE,
}


class Degree(Struct, frozen=True):
    """One gravity of an entry, with the conduct that goes with it alone, where the text tells them apart."""

    gravity: Gravity
    conduct: str | None = None


class Entry(Struct, frozen=True, kw_only=True):
    """What holds between `a` and `b`, each a substance or a class, named as published.

    `degrees`: the gravest first; several where it depends on dose, route or indication. `conduct`: the whole text of what to
    do; `mechanism`: why. `place`: page or row where it was read. `source`: of this entry alone, else that of the edition.
    """

    a: str
    b: str
    degrees: tuple[Degree, ...]
    conduct: str | None = None
    mechanism: str | None = None
    place: str = ""
    source: Source | None = None

    @property
    def gravity(self) -> Gravity:
        """The gravest."""
        return self.degrees[0].gravity

    @property
    def pair(self) -> tuple[str, str]:
        """The keys of both sides, in the order of the alphabet: A with B is B with A."""
        a, b = sorted((key(self.a), key(self.b)))
        return a, b


class Table(Struct, frozen=True, kw_only=True):
    """An edition. `classes`: name as published → names of its substances; `substances`: those of the index.

    `of`: the first day of the month of the edition; `whole`: false for the table that ships with the project; `unread`: places
    of the blocks whose gravity could not be read, each told; `digest`: SHA-256 of the files it was read from, in hexadecimal.
    """

    title: str
    of: date
    entries: tuple[Entry, ...]
    classes: dict[str, tuple[str, ...]]
    substances: tuple[str, ...]
    unread: tuple[str, ...] = ()
    whole: bool = True
    digest: str = ""
