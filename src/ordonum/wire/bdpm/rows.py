"""From the bytes of a BDPM file to its rows: encoding, lines, columns. What is not surely such a file is refused. Pure."""

import re
from collections.abc import Iterator

from msgspec import Struct

EMPTY = "(vide)"
"""A last column that only the mark before it makes: it may be missing, as one may be too many."""

FILES = {
    "CIS_bdpm.txt": (
        "code CIS",
        "dénomination",
        "forme pharmaceutique",
        "voies d'administration",
        "statut de l'autorisation",
        "procédure",
        "état de commercialisation",
        "date d'autorisation",
        "statut BDM",
        "numéro européen",
        "titulaires",
        "surveillance renforcée",
    ),
    "CIS_CIP_bdpm.txt": (
        "code CIS",
        "code CIP7",
        "libellé de la présentation",
        "statut de la présentation",
        "état de commercialisation",
        "date de déclaration",
        "code CIP13",
        "agrément aux collectivités",
        "taux de remboursement",
        "prix sans honoraire",
        "prix public",
        "honoraire de dispensation",
        "indications ouvrant droit au remboursement",
    ),
    "CIS_COMPO_bdpm.txt": (
        "code CIS",
        "élément pharmaceutique",
        "code de la substance",
        "substance",
        "dosage",
        "référence du dosage",
        "nature du composant",
        "numéro de liaison",
        EMPTY,
    ),
    "CIS_CPD_bdpm.txt": ("code CIS", "condition de prescription ou de délivrance"),
    "CIS_GENER_bdpm.txt": (
        "identifiant du groupe",
        "libellé du groupe",
        "code CIS",
        "type de générique",
        "numéro de tri",
        EMPTY,
    ),
    "CIS_MITM.txt": ("code CIS", "code ATC", "dénomination", "lien"),
    "CIS_CIP_Dispo_Spec.txt": (
        "code CIS",
        "code CIP13",
        "code de statut",
        "libellé du statut",
        "date de début",
        "date de mise à jour",
        "date de remise à disposition",
        "lien",
    ),
}
"""The files and the names of their columns, in their order."""

_BOM = b"\xef\xbb\xbf"
# Controls, what replaces a character that could not be read, what turns the order of a line that is shown.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x81\x8d\x8f\x90\x9d\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffd]"
)
# UTF-8 read as a single-byte encoding and written again: «Ã©» for «é», «â€™» for «’».
_MOJIBAKE = re.compile(
    "[ÃÂ][\u0080-\u00bf\u2018-\u203a\u20ac\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc]|â[\x80€]"
)
# The file of July 2025 in UTF-8 was made as if the original were ISO-8859-1: its C1 controls are characters of CP1252.
_C1 = {code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
# One apostrophe, one space: a label is searched and compared.
_ONE_WRITING = _C1 | {0x92: "'", 0x91: "'", 0x2019: "'", 0x2018: "'", 0xA0: " ", 0x202F: " "}
# What is not seen, and would keep a name from being found: soft hyphen, zero width.
_UNSEEN = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_LONGEST = 4_000  # characters of a field; the longest of July 2025 has 1,582


class BdpmRefused(Exception):
    """A file that is not what its name says, or is damaged; the message says in French where, and what was expected."""

    def __init__(self, file: str, row: int | None, column: int | None, why: str) -> None:
        place = file
        if row is not None:
            place += f", ligne {row}"
        if column is not None:
            place += f", colonne {column} ({FILES[file][column - 1]})"
        super().__init__(f"{place} : {why} Rien n'est importé.")
        self.brings = {"file": file, "row": row, "column": column}


class Row(Struct, frozen=True):
    """A line of a file: its number from 1 as an editor shows it, and its fields without spaces around or doubled."""

    number: int
    fields: list[str]


def rows(file: str, raw: bytes) -> Iterator[Row]:
    """The rows of a file, blank lines left out. Raises BdpmRefused."""
    expected = len(FILES[file])
    text = _decoded(file, raw)
    if not text.strip():
        raise BdpmRefused(file, None, None, "le fichier est vide.")
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        fields = line.removesuffix("\r").split("\t")
        if len(fields) == expected + 1 and not fields[-1].strip():
            fields.pop()
        elif len(fields) == expected - 1 and FILES[file][-1] == EMPTY:
            fields.append("")
        if len(fields) != expected:
            raise BdpmRefused(file, number, None, _wrong_columns(file, len(fields), number, len(lines)))
        if len(line) > _LONGEST:
            _refuse_long(file, number, fields)
        yield Row(number, [" ".join(each.split()) for each in fields])
    if lines[-1].strip():
        raise BdpmRefused(file, len(lines), None, "la dernière ligne n'est pas finie : le fichier est tronqué ?")


def _decoded(file: str, raw: bytes) -> str:
    """UTF-8 if the whole file is, else CP1252 if the whole file is; one writing of apostrophes and spaces."""
    try:
        text = raw.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as utf8:
        text = _of_cp1252(file, raw, not_utf8=raw.count(b"\n", 0, utf8.start + raw.startswith(_BOM) * len(_BOM)) + 1)
    for pattern, what in (
        (_CONTROL, "un caractère de contrôle ou de remplacement"),
        (_MOJIBAKE, "un texte mal converti"),
    ):
        if found := pattern.search(text):
            row = text.count("\n", 0, found.start()) + 1
            raise BdpmRefused(
                file, row, None, f"{what} ({ascii(found[0])[1:-1]}) : l'encodage attendu est UTF-8 ou CP1252."
            )
    return text.translate(_ONE_WRITING | _UNSEEN)


def _of_cp1252(file: str, raw: bytes, not_utf8: int) -> str:
    """A file that is not UTF-8, from a row on. Raises BdpmRefused when it is not CP1252 either, or is some of each."""
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        raise BdpmRefused(file, row, None, "ni UTF-8 ni CP1252 : l'encodage n'est pas reconnu.") from None
    if found := _MOJIBAKE.search(text):
        row = text.count("\n", 0, found.start()) + 1
        why = f"deux encodages mêlés, UTF-8 à la ligne {row}, un autre à la ligne {not_utf8}."
        raise BdpmRefused(file, not_utf8, None, why)
    return text


def _refuse_long(file: str, number: int, fields: list[str]) -> None:
    for column, each in enumerate(fields, start=1):
        if len(each) > _LONGEST:
            raise BdpmRefused(file, number, column, f"{len(each)} caractères, au plus {_LONGEST} sont attendus.")


def _wrong_columns(file: str, found: int, number: int, lines: int) -> str:
    """Why the number of columns is wrong: another file under this name, a cut, or something else."""
    last = number == lines
    other = next((name for name, columns in FILES.items() if number == 1 and len(columns) == found), None)
    said = f"{found} colonnes au lieu de {len(FILES[file])}"
    if last:
        return f"{said} à la dernière ligne : le fichier est tronqué ?"
    return f"{said}" + (f" : c'est le contenu de {other} ?" if other else ".")
