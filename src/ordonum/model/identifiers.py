"""Identifiers of people, places and products. One that exists is valid: it is checked once, by being made.

Check digits are verified only where the algorithm is published (RPPS, FINESS, NIR, CIP13); the others by shape.
"""

import re
from datetime import datetime
from functools import lru_cache
from typing import Annotated, ClassVar, Self

from msgspec import Meta
from stdnum import ean, luhn
from stdnum.fr import nir as stdnum_nir


class Malformed(ValueError):
    """The text is not an identifier of this kind. `reason` is a code for a fault list; it never carries the value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@lru_cache(maxsize=1_024)
def _luhn(digits: str) -> bool:
    """Whether the last digit holds: professionals and places come back at each request."""
    return bool(luhn.is_valid(digits))


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
        if not _luhn(text):
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
        if text.isdigit() and not _luhn(text):
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

    @property
    def is_fictitious(self) -> bool:
        """Whether it is a number of anonymous billing, which names nobody and is shared: «2 55 55 55 CCC 042».

        Source: vidal.fr 19707 and urps-ml-paca.org on the minors' contraception (décret 2016-865).
        """
        return self[1:7] == "555555"


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


class Ucd13(Identifier):
    """Code of a medicine's unit of dispensing (UCD): 34008, seven digits and an EAN-13 check digit."""

    title = "Code UCD13"
    pattern = r"^34008[0-9]{8}$"

    @classmethod
    def check(cls, text: str) -> None:
        if not ean.is_valid(text):
            raise Malformed("wrong-check-digit")


class Cis(Identifier):
    """Code of a speciality in the BDPM, 8 digits, without check digit."""

    title = "Code CIS"
    pattern = r"^[0-9]{8}$"


class MedicabaseCode(Identifier):
    """Code of a virtual medicine (Medicabase, OID 1.2.250.1.213.2.59): MV and 8 digits."""

    title = "Code Medicabase (médicament virtuel)"
    pattern = r"^MV[0-9]{8}$"


class SubstanceCode(Identifier):
    """Code of an active substance in the BDPM, 5 digits."""

    title = "Code substance"
    pattern = r"^[0-9]{5}$"


class Lpp(Identifier):
    """Code of the list of products and services (LPP, OID 1.2.250.1.215.200.2.1), 7 digits; its key is not public."""

    title = "Code LPP"
    pattern = r"^[0-9]{7}$"


class Nabm(Identifier):
    """Code of a biology act (nomenclature des actes de biologie médicale), 4 digits."""

    title = "Code NABM"
    pattern = r"^[0-9]{4}$"


class ActCode(Identifier):
    """A key letter of the NGAP with its coefficient if any (AMI 4, AMK 7.5), or a CCAM code (four letters, three digits)."""

    title = "Lettre-clé NGAP et coefficient, ou code CCAM"
    pattern = r"^(?:[A-Z]{1,4}(?: [0-9]{1,3}(?:\.[0-9]{1,2})?)?|[A-Z]{4}[0-9]{3})$"


class InseeCode(Identifier):
    """INSEE code of a place of birth: a commune (5 characters, 2A and 2B in Corsica) or a country (99 and 3 digits)."""

    title = "Code INSEE du lieu de naissance"
    pattern = r"^(?:[0-9]{2}|2A|2B)[0-9]{3}$"


class EmployeeId(Identifier):
    """National identifier of an employee under a structure: 3 and its FINESS, or 5 and its SIRET, «/», a number of its own.

    As in the samples of the ANS («30B0168811/CPET00001»); the types 3 and 5 are to be confirmed.
    """

    title = "Identifiant national d'un employé"
    pattern = r"^(?:3[0-9][0-9AB][0-9]{7}|5[0-9]{14})/[A-Za-z0-9]{1,20}$"

    @classmethod
    def check(cls, text: str) -> None:
        _structure_of(text)

    @property
    def structure(self) -> "StructureId":
        """The structure that employs them, as its own identifier writes it."""
        return _structure_of(self)


def _structure_of(employee: str) -> "StructureId":
    number = employee.split("/")[0]
    return StructureId(("1" if number[0] == "3" else "3") + number[1:])


class StructureId(Identifier):
    """National identifier of a structure (OID 1.2.250.1.71.4.2.2): 1 and FINESS, 3 and SIRET, 4 and RPPS with a rank."""

    title = "Identifiant national de structure"
    pattern = r"^(?:1[0-9][0-9AB][0-9]{7}|3[0-9]{14}|4[0-9]{14})$"

    @classmethod
    def check(cls, text: str) -> None:
        number = text[1:12] if text[0] == "4" else text[1:]
        if number.isdigit() and not luhn.is_valid(number):
            raise Malformed("wrong-check-digit")

    @property
    def finess(self) -> str | None:
        """Its FINESS, where it is named by one."""
        return self[1:] if self[0] == "1" else None


class Nil(Identifier):
    """Number of a product at the CNDA (NIL); its form is not public: letters, digits, hyphens."""

    title = "NIL du logiciel"
    pattern = r"^[A-Z0-9][A-Z0-9-]{1,19}$"


class Nie(Identifier):
    """Number of a publisher at the CNDA (NIE); its form is not public: letters, digits, hyphens."""

    title = "NIE de l'éditeur"
    pattern = r"^[A-Z0-9][A-Z0-9-]{1,19}$"


class SpecialtyCode(Identifier):
    """Specialty or qualification of the CI-SIS (JDV_J01): what follows the profession, as SM26, C43, A, SI01 or 80."""

    title = "Code de spécialité (CI-SIS)"
    pattern = r"^(?:[A-Z]{1,4}[0-9]{0,3}|[0-9]{2})$"


class BirthDate(Identifier):
    """Birth date as the civil registry writes it, AAAA-MM-JJ; month or day may be 00, and need not be in a calendar."""

    title = "Date de naissance (AAAA-MM-JJ)"
    pattern = r"^(?:18|19|20|21)[0-9]{2}-[0-9]{2}-[0-3][0-9]$"
    secret = True


class CommitmentHex(Identifier):
    """SHA-256 in lower-case hexadecimal, 64 characters."""

    title = "Engagement (SHA-256)"
    pattern = r"^[0-9a-f]{64}$"


Moment = Annotated[datetime, Meta(tz=True)]
"""A moment on the wire: it says its offset."""
