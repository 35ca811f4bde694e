"""The short table of interactions that ships with the project, so that it warns before any import. Pure.

The gravest and the most usual of town medicine, written in our words: gravities and pages are those of the ANSM thesaurus of
October 2020, where each row was read. An imported thesaurus takes its place. The classes hold what they need of the index.
"""

from datetime import date
from functools import cache
from importlib import resources

from ordonum.knowledge.interactions.table import Degree, Entry, Gravity, Table
from ordonum.model.rule import Source

_READ = "Thésaurus des interactions médicamenteuses, ANSM, octobre 2020"
_COLUMNS = ["a", "b", "gravities", "page", "mechanism", "conduct"]


@cache
def shipped() -> Table:
    """The table, read from the package once."""
    entries = []
    for a, b, gravities, page, mechanism, conduct in _rows("shipped.tsv", _COLUMNS):
        degrees = tuple(Degree(Gravity(each)) for each in gravities.split("/"))
        source = Source(_READ, "10/2020", f"p. {page}, « {a} + {b} »")
        entries.append(
            Entry(a=a, b=b, degrees=degrees, mechanism=mechanism, conduct=conduct, place=f"p. {page}", source=source)
        )
    classes = {
        name: tuple(members.split(", ")) for name, members in _rows("shipped_classes.tsv", ["class", "substances"])
    }
    return Table(
        title=f"Table des interactions livrée avec ordonum ({len(entries)} interactions)",
        of=date(2020, 10, 1),
        entries=tuple(entries),
        classes=classes,
        substances=(),
        whole=False,
    )


def _rows(name: str, columns: list[str]) -> list[list[str]]:
    text = resources.files("ordonum.knowledge.interactions").joinpath(name).read_text(encoding="utf-8")
    header, *rows = [line.split("\t") for line in text.splitlines()]
    assert header == columns
    return rows
