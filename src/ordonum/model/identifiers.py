"""Identifiers of people, places and products. One that exists is valid: it is checked once, by being made.

Check digits are verified only where the algorithm is published (RPPS, FINESS, NIR, CIP13); the others by shape.
"""

import re
from typing import ClassVar, Self

from stdnum import ean, luhn
from stdnum.fr import nir as stdnum_nir


class Malformed(ValueError):
    """The text is not an identifier of this kind. `reason` is a code for a fault list; it never carries the value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Identifier(str):
    """A string that is valid by construction. Its `repr` never shows the value of a secret or personal identifier."""

    title: ClassVar[str] = ""  # type: ignore[assignment]  # hides str.title: an identifier is not prose
    pattern: ClassVar[str] = r"^.+$"
    secret: ClassVar[bool] = False
    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        if not isinstance(text, str):
            raise Malformed("not-a-string")
        if len(text) > 64 or not re.fullmatch(cls.pattern.strip("^$"), text, re.ASCII):
            raise Malformed("wrong-shape")
        cls.check(text)
        return super().__new__(cls, text)

    @classmethod
    def check(cls, text: str) -> None:
        """Raise Malformed when a published check digit does not hold."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'…' if self.secret else str.__repr__(self)})"


class Rpps(Identifier):
    """Identifier of a health professional, 11 digits, the last one Luhn (checked on the published CPS test cards)."""

    title = "Numéro RPPS"
    pattern = r"^[0-9]{11}$"

    @classmethod
    def check(cls, text: str) -> None:
        if not luhn.is_valid(text):
            raise Malformed("wrong-check-digit")


class NumeroAm(Identifier):
    """N° AM, the liberal professional's billing identifier, 9 digits. The algorithm of its key is not public."""

    title = "Numéro d'Assurance Maladie du professionnel (N° AM)"
    pattern = r"^[0-9]{9}$"


class Finess(Identifier):
    """FINESS of an establishment, 9 characters (2A and 2B in Corsica), the last one Luhn when all are digits."""

    title = "Numéro FINESS"
    pattern = r"^[0-9][0-9AB][0-9]{7}$"

    @classmethod
    def check(cls, text: str) -> None:
        if text.isdigit() and not luhn.is_valid(text):
            raise Malformed("wrong-check-digit")


class NirKey(Identifier):
    """NIR or NIA with its key: 13 characters and 2 digits (97 minus the number modulo 97; 2A is 19, 2B is 18)."""

    title = "NIR avec sa clé"
    pattern = r"^[1-478][0-9]{4}(?:[0-9]{2}|2A|2B)[0-9]{8}$"
    secret = True

    @classmethod
    def check(cls, text: str) -> None:
        if stdnum_nir.calc_check_digits(text[:13]) != text[13:]:
            raise Malformed("wrong-check-digit")

    @property
    def matricule(self) -> str:
        """The 13 characters without the key."""
        return self[:13]


class InsOid(Identifier):
    """Authority that gave an INS (CI-SIS): NIR, NIA, and the two test roots."""

    title = "OID de l'INS"
    pattern = r"^1\.2\.250\.1\.213\.1\.4\.(?:8|9|10|11)$"

    @property
    def is_test(self) -> bool:
        return self.endswith((".10", ".11"))


class Cip13(Identifier):
    """Code of a medicine's presentation: 34009, CIP7 and an EAN-13 check digit (20,882 of 20,882 rows of the BDPM)."""

    title = "Code CIP13"
    pattern = r"^34009[0-9]{8}$"

    @classmethod
    def check(cls, text: str) -> None:
        if not ean.is_valid(text):
            raise Malformed("wrong-check-digit")


class BirthDate(Identifier):
    """Birth date as the civil registry writes it, AAAA-MM-JJ; month or day may be 00, and need not be in a calendar."""

    title = "Date de naissance (AAAA-MM-JJ)"
    pattern = r"^(?:18|19|20|21)[0-9]{2}-[0-9]{2}-[0-3][0-9]$"
    secret = True


class CommitmentHex(Identifier):
    """SHA-256 in lower-case hexadecimal, 64 characters."""

    title = "Engagement (SHA-256)"
    pattern = r"^[0-9a-f]{64}$"
