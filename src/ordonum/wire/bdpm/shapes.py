"""What the columns of BDPM files look like: two that were exchanged are the right number, with the wrong look. Pure."""

import re
from collections import Counter

from ordonum.wire.bdpm.rows import BdpmRefused, Row

# So few say nothing, whatever their share; beyond this share, it is not a column of oddities. July 2025: 0.4 % at most.
FEW = 10
_ODD_MAX = 0.1
_LOOKS = {
    "CIS_bdpm.txt": {
        2: r"[A-Z0-9ÀÂÉÈÊÎÔ]",
        3: r"[a-zàâéèêîô]",
        4: r"(?!comprim|gélule|capsule|solution|poudre|suspension|gel\b|crème|granul|sirop|pommade|collyre)",
    },
    "CIS_COMPO_bdpm.txt": {
        2: r"[a-zàâéèêîô]",
        4: r"[A-Z0-9(\[ÀÂÉÈÊÎÔ]",
        6: r"(?!\D*\d[\d ,.]* ?(?:mg|µg|microg|UI)\b)",
    },
    "CIS_CIP_bdpm.txt": {3: r"(?!Présentation|Déclaration)"},
    "CIS_MITM.txt": {2: r"[A-Z]\d\d", 3: r"(?!https?:)"},
    "CIS_CIP_Dispo_Spec.txt": {4: r"(?!https?:)"},
}
_PATTERNS = {file: {column: re.compile(look) for column, look in columns.items()} for file, columns in _LOOKS.items()}


class Shapes:
    """Counts, row by row, what does not look like its column."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.rows = 0
        self.odd: Counter[int] = Counter()

    def see(self, row: Row) -> None:
        """One row more."""
        self.rows += 1
        for column, look in _PATTERNS.get(self.file, {}).items():
            found = row.fields[column - 1]
            if found and not look.match(found):
                self.odd[column] += 1

    def check(self) -> None:
        """Raises BdpmRefused when a column is not what its name says."""
        for column, odd in sorted(self.odd.items()):
            if odd > max(FEW, self.rows * _ODD_MAX):
                raise BdpmRefused(
                    self.file,
                    None,
                    column,
                    f"{odd} lignes sur {self.rows} n'en ont pas l'air : des colonnes échangées ?",
                )
