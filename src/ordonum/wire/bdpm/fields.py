"""The fields of BDPM rows: codes, days, prices, rates, plain text; each read or refused with its place. Pure."""

import html
import re
from collections.abc import Collection
from datetime import date

from msgspec import Struct

from ordonum.model.identifiers import Cip13, Malformed
from ordonum.wire.bdpm.rows import BdpmRefused, Row

_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})|(\d{4})(\d{2})(\d{2})", re.ASCII)
# «24,34», «1.234,56», «1 234,56» and, in the files of 2025, «1,195,27»: two digits after the last mark are cents.
_PRICE = re.compile(r"(\d{1,3}(?:[., ]?\d{3})*)[.,](\d{2})", re.ASCII)
# Cents; the dearest box of July 2025 is at 66,597 euros.
_DEAREST = 100_000_000
_FIRST_YEAR = 1900
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_RATE = re.compile(r"(\d{1,3}) ?%", re.ASCII)


class Fields(Struct, frozen=True):
    """A row of a file, read column by column (from 1). Every method raises BdpmRefused with file, row and column."""

    file: str
    row: Row

    def refused(self, column: int, why: str) -> BdpmRefused:
        """The refusal of a column; what it holds is shown, cut at 40 characters."""
        found = self.row.fields[column - 1]
        return BdpmRefused(self.file, self.row.number, column, f"« {found[:40]} », {why}.")

    def text(self, column: int) -> str:
        """The text of a column, perhaps empty."""
        return self.row.fields[column - 1]

    def maybe(self, column: int) -> str | None:
        """The text of a column, None if empty."""
        return self.row.fields[column - 1] or None

    def said(self, column: int) -> str:
        """A text that cannot be missing."""
        if not self.text(column):
            raise self.refused(column, "un texte est attendu")
        return self.text(column)

    def several(self, column: int) -> tuple[str, ...]:
        """Texts set apart by semicolons, each once."""
        return tuple(dict.fromkeys(each.strip() for each in self.text(column).split(";") if each.strip()))

    def one_of(self, column: int, known: Collection[str]) -> str:
        """A word of a closed list."""
        if self.text(column) not in known:
            raise self.refused(column, f"attendu : {', '.join(known)}")
        return self.text(column)

    def beginning(self, column: int, *first: str) -> str:
        """A text that begins with one of these words."""
        if not self.text(column).startswith(first):
            raise self.refused(column, f"un texte qui commence par {' ou '.join(first)} est attendu")
        return self.text(column)

    def digits(self, column: int, length: int) -> str:
        """A code of that many digits."""
        found = self.text(column)
        if not (len(found) == length and found.isascii() and found.isdigit()):
            raise self.refused(column, f"{length} chiffres sont attendus")
        return found

    def number(self, column: int) -> int:
        """A natural number of nine digits at most."""
        found = self.text(column)
        if not (0 < len(found) < 10 and found.isascii() and found.isdigit()):
            raise self.refused(column, "un nombre entier est attendu")
        return int(found)

    def cip13(self, column: int) -> str:
        """A CIP13 whose key holds."""
        try:
            return str.__str__(Cip13(self.text(column)))
        except Malformed as error:
            why = {"wrong-check-digit": "la clé du code CIP13 est fausse"}
            raise self.refused(
                column, why.get(error.reason, "un code CIP13 (34009 et 8 chiffres) est attendu")
            ) from None

    def day(self, column: int, latest: date = date.max) -> date | None:
        """A day, «31/12/2025» or «20251231», not after `latest`; None if empty.

        A declaration of the official files is of 2924: only the days that something rests on have a latest.
        """
        found = self.text(column)
        if not found:
            return None
        match = _DAY.fullmatch(found)
        try:
            if match is None:
                raise ValueError
            day, month, year = (match[3] and (match[1], match[2], match[3])) or (match[6], match[5], match[4])
            read = date(int(year), int(month), int(day))
        except ValueError:
            raise self.refused(column, "une date JJ/MM/AAAA est attendue") from None
        if read.year < _FIRST_YEAR:
            raise self.refused(column, f"une date d'après {_FIRST_YEAR} est attendue")
        if read > latest:
            raise self.refused(column, f"cette date est à venir (nous sommes le {latest:%d/%m/%Y})")
        return read

    def cents(self, column: int) -> int | None:
        """A price in cents; None if empty."""
        found = self.text(column)
        if not found:
            return None
        if (match := _PRICE.fullmatch(found)) is None:
            raise self.refused(column, "un prix est attendu, comme 24,34 ou 1.234,56")
        found_cents = int(re.sub(r"[., ]", "", match[1])) * 100 + int(match[2])
        if found_cents > _DEAREST:
            raise self.refused(column, "un prix d'au plus un million d'euros est attendu")
        return found_cents

    def rates(self, column: int) -> tuple[int, ...]:
        """The rates, in per cent, each once, in their order: «65%», «65 %», «30% ; 65%»."""
        found: dict[int, None] = {}
        for each in filter(None, re.split(r"\s*[;,/]\s*", self.text(column))):
            match = _RATE.fullmatch(each)
            if match is None or int(match[1]) > 100:
                raise self.refused(column, "un taux est attendu, comme 65 %")
            found[int(match[1])] = None
        return tuple(found)

    def plain(self, column: int) -> str | None:
        """HTML as plain text; None if empty. «¿» stands for an apostrophe between letters, for a dash before a word."""
        found = re.sub(r"<sup>(\d+)</sup>", lambda match: match[1].translate(_RAISED), self.text(column))
        found = re.sub(r"\s*<br */?>\s*", "\n", found, flags=re.IGNORECASE)
        found = re.sub(
            r"</?(?:p|b|i|u|ul|ol|li|div|span|strong|em|sup|sub)(?: [^<>]*)?/?>", "", found, flags=re.IGNORECASE
        )
        found = html.unescape(found)
        found = re.sub(r"(?<=\w)¿(?=\w)", "'", found)
        found = re.sub(r"¿(?= ?\w)", "-", found)
        return re.sub(r"\n{2,}", "\n", found).strip() or None
