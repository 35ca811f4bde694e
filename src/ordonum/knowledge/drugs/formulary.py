"""The formulary that ships with the project: common medicines of town, so that everything works before anything is imported.

Its text, `formulary.jsonl`, is drawn from the Base de données publique des médicaments by scripts/formulary.py: the edition
on the first line, then one speciality a line, with the presentations that were chosen. A test compares it with the files.
"""

from functools import cache
from importlib.resources import files

import msgspec

from ordonum.knowledge.drugs import file
from ordonum.knowledge.drugs.base import Edition
from ordonum.knowledge.drugs.loaded import LoadedBase, holding
from ordonum.model.drug import Speciality

TABLE = "formulary.jsonl"
SOURCE = "Formulaire d'ordonum, extrait de la Base de données publique des médicaments (ANSM, HAS, UNCAM), Licence Ouverte 2.0"


@cache
def formulary() -> LoadedBase:
    """The base of the formulary, read once."""
    first, *lines = files("ordonum.knowledge").joinpath(TABLE).read_bytes().splitlines()
    decoder = msgspec.json.Decoder(Speciality)
    return holding([decoder.decode(line) for line in lines], msgspec.json.decode(first, type=Edition))


def at_hand(imported: bytes | None) -> LoadedBase:
    """The base of an imported file, else the formulary; `edition.whole` tells which. Raises BaseUnusable."""
    return formulary() if imported is None else file.read(imported)
