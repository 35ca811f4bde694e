"""The interactions thesaurus as tables (tabulation, header, quotes or not): pairs of August 2016, substances and classes. Pure.

Pairs: protagoniste1, protagoniste2, description_interaction (gravity, then the text), description_medoc, mecanisme, and the
conduct of each gravity in CI, AD, PE, PC. Members: molecule, famille.
"""

import csv

from ordonum.knowledge.interactions.names import key
from ordonum.wire.thesaurus_blocks import Block, NotAThesaurus, gravities

PAIRS = (
    "protagoniste1",
    "protagoniste2",
    "description_interaction",
    "description_medoc",
    "mecanisme",
    "CI",
    "AD",
    "PE",
    "PC",
)
MEMBERS = ("molecule", "famille")
ALONE = "interactions en propre seulement"
_LAST = "t"  # both tables follow the alphabet and end after this letter


def rows(text: str, columns: tuple[str, ...], name: str) -> list[list[str]]:
    """The rows under the header, each with every column.

    Raises:
        NotAThesaurus: another header, a row of another width, an empty name, or an end before the end of the alphabet.
    """
    if not text.endswith("\n"):
        raise NotAThesaurus(f"{name} : la dernière ligne est coupée.")
    read = []
    table = csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_MINIMAL, strict=True)
    try:
        header = tuple(next(table))
        if header != columns:
            raise NotAThesaurus(f"{name}, ligne 1 : colonnes attendues {', '.join(columns)}.")
        for row in table:
            if len(row) != len(columns):
                raise NotAThesaurus(f"{name}, ligne {table.line_num} : {len(row)} colonnes au lieu de {len(columns)}.")
            if not row[0].strip():
                raise NotAThesaurus(f"{name}, ligne {table.line_num}, colonne 1 : elle est vide.")
            read.append(row)
    except csv.Error:
        raise NotAThesaurus(f"{name}, ligne {table.line_num} : guillemets mal placés.") from None
    if not read or key(read[-1][0])[:1] < _LAST:
        raise NotAThesaurus(f"{name} : la table s'arrête avant la fin de l'alphabet, à la ligne {len(read) + 1}.")
    return read


def pairs(text: str, name: str) -> list[Block]:
    """The blocks of a table of pairs; each pair stands in it once.

    Raises:
        NotAThesaurus: as `rows`.
    """
    made = []
    for number, row in enumerate(rows(text, PAIRS, name), start=2):
        a, b, told, _, mechanism, *conducts = row
        levels, rest = gravities(told)
        heading = told[: len(told) - len(rest)] if levels else told
        conduct = [each.strip() for each in conducts if each.strip()]
        made.append(Block(a, b, f"ligne {number}", (heading.strip(), *conduct), (mechanism,)))
    return made


def members(text: str, name: str) -> list[tuple[str, str | None]]:
    """(substance, class) of each row; no class: it has interactions of its own alone.

    Raises:
        NotAThesaurus: as `rows`.
    """
    return [(a, b if b and key(b) != ALONE else None) for a, b in rows(text, MEMBERS, name)]
