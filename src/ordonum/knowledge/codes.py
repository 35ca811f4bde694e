"""Devices (LPP), examinations of biology (NABM) and nursing acts (NGAP): a documented table of ours, shipped as a sample.

A row has a code only where somebody read it in a public source, which the row names (title, day, address); otherwise it is a
label alone, and the line that takes it has no code. The day is that of the document, or of the reading where it has none.
Columns: `code`, `label`, `also` (other words that find it), `kind`, `title`, `on` (AAAA-MM-JJ), `at`. A house that has the
national tables writes the same three files from them and loads these instead.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from ordonum.model.identifiers import ActCode, Identifier, Lpp, Malformed, Nabm
from ordonum.model.labels import Labelled
from ordonum.model.rule import Source

COLUMNS = ("code", "label", "also", "kind", "title", "on", "at")
ROWS_MAX, LABEL_MAX, CELL_MAX = 100_000, 200, 500
_NAMED = {"label": LABEL_MAX, "kind": LABEL_MAX}


class CodeFamily(Labelled):
    """What a code is of; the label names its list."""

    DEVICES = "devices", "LPP"
    BIOLOGY = "biology", "NABM"
    NURSING = "nursing", "NGAP"


_CODE: dict[CodeFamily, type[Identifier]] = {
    CodeFamily.DEVICES: Lpp,
    CodeFamily.BIOLOGY: Nabm,
    CodeFamily.NURSING: ActCode,
}


class BadCodes(Exception):
    """A table that cannot be read. The message is French and names the row (from 1, the header) and the column."""

    def __init__(self, row: int, column: str, why: str) -> None:
        """Row, column, and why in French."""
        super().__init__(f"Ligne {row}, colonne « {column} » : {why}. La table n'est pas chargée.")
        self.row, self.column = row, column


class Coded(Struct, frozen=True, kw_only=True):
    """A device, an examination or an act. `code` None: read in no public source, and so is its `source`."""

    family: CodeFamily
    code: str | None
    label: str
    also: str
    kind: str
    source: Source | None


class Counts(Struct, frozen=True):
    """How many rows of a table have a code, and how many are a label alone."""

    coded: int
    alone: int


@cache
def shipped(family: CodeFamily) -> tuple[Coded, ...]:
    """The sample that ships with the project."""
    return read(files("ordonum.knowledge").joinpath(f"{family.value}.csv").read_bytes(), family)


def read(raw: bytes, family: CodeFamily) -> tuple[Coded, ...]:
    """The rows of a table in CSV (UTF-8, commas). Raises BadCodes: a table is read whole or not at all."""
    found: list[Coded] = []
    seen: set[tuple[str, str]] = set()
    for number, row in _rows(raw):
        each = _coded(number, row, family)
        for key, column in _keys(each):
            if (column, key) in seen:
                raise BadCodes(number, column, "déjà écrit plus haut")
            seen.add((column, key))
        found.append(each)
    return tuple(found)


def counts(table: Sequence[Coded]) -> Counts:
    """With a code, and a label alone."""
    coded = sum(each.code is not None for each in table)
    return Counts(coded, len(table) - coded)


def by_code(table: Sequence[Coded], code: str) -> tuple[Coded, ...]:
    """The rows of this code: one, but for nursing acts, of which many share a key letter and a coefficient."""
    return tuple(each for each in table if each.code == code)


def by_words(table: Sequence[Coded], words: str) -> tuple[Coded, ...]:
    """The rows in which each word begins a word (or is the code), accents and case apart; the shortest label first."""
    asked = _words(words)
    if not asked:
        return ()
    found = [each for each in table if _answers(each, asked)]
    return tuple(sorted(found, key=lambda each: (asked[0] not in _words(each.label)[:1], len(each.label), each.label)))


def _answers(each: Coded, asked: list[str]) -> bool:
    there = _words(f"{each.label} {each.also} {each.kind} {each.code or ''}")
    return all(any(word.startswith(part) for word in there) for part in asked)


def _words(text: str) -> list[str]:
    """The words of a text without case nor accents: «œstradiol» is «oestradiol»."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(" " if not each.isalnum() else each for each in plain if not unicodedata.combining(each)).split()


def _rows(raw: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadCodes(raw[: error.start].count(b"\n") + 1, "?", "le texte n'est pas en UTF-8") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 1
    try:
        header = next(reader, [])
        if tuple(header) != COLUMNS:
            missing = next((each for each in COLUMNS if each not in header), COLUMNS[-1])
            raise BadCodes(1, missing, f"les colonnes attendues sont {', '.join(COLUMNS)}")
        for number, row in enumerate(reader, start=2):
            if len(row) != len(COLUMNS):
                column = COLUMNS[min(len(row), len(COLUMNS) - 1)]
                raise BadCodes(number, column, f"{len(row)} cellules au lieu de {len(COLUMNS)}")
            if number > ROWS_MAX:
                raise BadCodes(number, COLUMNS[0], f"plus de {ROWS_MAX} lignes")
            yield number, dict(zip(COLUMNS, row, strict=True))
    except csv.Error:
        raise BadCodes(number + 1, "?", "le CSV est mal formé (guillemet, saut de ligne)") from None


def _coded(number: int, row: dict[str, str], family: CodeFamily) -> Coded:
    for column, cell in row.items():
        if len(cell) > _NAMED.get(column, CELL_MAX) or cell != cell.strip() or not cell.isprintable():
            raise BadCodes(number, column, "trop long, bordé d'espaces, ou avec un signe qui ne s'écrit pas")
        if column in _NAMED and not cell:
            raise BadCodes(number, column, "vide")
    code = row["code"] or None
    if code is not None:
        try:
            _CODE[family](code)
        except Malformed:
            raise BadCodes(number, "code", f"ce n'est pas un code de la {family.label}") from None
    return Coded(
        family=family,
        code=code,
        label=row["label"],
        also=row["also"],
        kind=row["kind"],
        source=_source(number, row, coded=code is not None),
    )


def _source(number: int, row: dict[str, str], *, coded: bool) -> Source | None:
    said = {column: row[column] for column in ("title", "on", "at")}
    if not coded:
        for column, cell in said.items():
            if cell:
                raise BadCodes(number, column, "une source sans code : ce qui n'a pas de code n'en a pas été lu")
        return None
    for column, cell in said.items():
        if not cell:
            raise BadCodes(number, column, "un code sans sa source : le titre, le jour et l'adresse sont à écrire")
    try:
        on = msgspec.convert(row["on"], date)
    except msgspec.ValidationError:
        raise BadCodes(number, "on", "ce n'est pas un jour (AAAA-MM-JJ)") from None
    if not row["at"].startswith(("https://", "http://")):
        raise BadCodes(number, "at", "ce n'est pas une adresse")
    return Source(title=row["title"], on=on.isoformat(), at=row["at"])


def _keys(each: Coded) -> Iterator[tuple[str, str]]:
    """What no two rows may share: the label, and the code where it names one thing."""
    yield each.label.casefold(), "label"
    if each.code is not None and each.family is not CodeFamily.NURSING:
        yield each.code, "code"
