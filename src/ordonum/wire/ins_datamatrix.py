"""The INS DataMatrix of a patient with a qualified identity («INS à scanner»): its text, written and read.

Source: ANS, «INS — Format datamatrix», v2.2 (26/09/2023), §3 and §5, as public implementations that name it apply it; the
document itself was not read here. Field by field:
- header, 26 characters, that of a 2D-Doc with an empty certificate: «IS», version «01», 22 zeros;
- S1 matricule, 15 characters: 13 and the key · S2 OID of its authority, 19 or 20 characters
- S3 first names of the birth certificate, blanks between · S4 birth name: 1 to 100 of A-Z, blank, hyphen, apostrophe
- S5 sex, F or M; the INSi service knows no other · S6 birth date JJ-MM-AAAA · S7 birth place, 5, INSEE's official code.
A field of variable length, shorter than its maximum and not the last, ends with <GS> (ASCII 29). Nothing is signed.
"""

import re
import unicodedata

from msgspec import Struct

from ordonum.model.identifiers import BirthDate, Identifier, InsOid, Malformed, NirKey

HEADER = "IS01" + "0" * 22
GS = "\x1d"
NAME_MAX, OID_MAX = 100, 20
_READ_MAX = 400
# No name holds a digit and no OID a letter, so that fields are told apart even where a keyboard swallowed <GS>.
_FIELD = re.compile(
    r"S(?:1(?P<S1>[0-9AB]{15})|2(?P<S2>[0-9.]{19,20})|3(?P<S3>[A-Z' -]{1,100}?)|4(?P<S4>[A-Z' -]{1,100}?)"
    r"|5(?P<S5>[FM])|6(?P<S6>[0-9]{2}-[0-9]{2}-[0-9]{4})|7(?P<S7>[0-9AB]{5}))\x1d?(?=S[1-7]|$)"
)
_LIGATURES = str.maketrans({"Œ": "OE", "Æ": "AE", "’": "'", "ʼ": "'", "‐": "-", "‑": "-", "ẞ": "SS"})


class StrictName(Identifier):
    """A name as the INSi service gives it: capitals without accents, blanks, hyphens, apostrophes; 1 to 100 characters."""

    title = "Trait d'identité INS"
    pattern = r"^[A-Z][A-Z' -]{0,99}$"
    secret = True

    def __new__(cls, text: str) -> "StrictName":  # other identifiers end at 64 characters
        if not isinstance(text, str) or not re.fullmatch(cls.pattern.strip("^$"), text):
            raise Malformed("wrong-shape")
        return str.__new__(cls, text)


class BirthPlace(Identifier):
    """INSEE's official code of the commune, or of the country (99…), where the patient was born; 99999 when unknown."""

    title = "Code officiel géographique du lieu de naissance"
    pattern = r"^[0-9][0-9AB][0-9]{3}$"
    secret = True


class InsTraits(Struct, frozen=True, kw_only=True):
    """What the DataMatrix says: the INS (matricule with its key, OID) and the five strict traits."""

    matricule: NirKey
    oid: InsOid
    first_names: StrictName
    surname: StrictName
    sex: str
    birth_date: BirthDate
    birth_place: BirthPlace

    def __repr__(self) -> str:
        return "InsTraits(…)"


def strict_name(name: str) -> StrictName:
    """A name of the patient's file in the alphabet of the DataMatrix: accents removed, ligatures opened. Raises Malformed."""
    opened = name[:200].upper().translate(_LIGATURES)
    letters = "".join(each for each in unicodedata.normalize("NFD", opened) if not unicodedata.combining(each))
    return StrictName(" ".join(letters.split()))


def write(traits: InsTraits) -> str:
    """The text to put in the DataMatrix. Raises Malformed when the sex is neither F nor M."""
    if traits.sex not in ("F", "M"):
        raise Malformed("sex-unknown")
    year, month, day = traits.birth_date.split("-")
    return "".join(
        (
            HEADER,
            "S1" + traits.matricule,
            "S2" + _ended(traits.oid, OID_MAX),
            "S3" + _ended(traits.first_names, NAME_MAX),
            "S4" + _ended(traits.surname, NAME_MAX),
            "S5" + traits.sex,
            f"S6{day}-{month}-{year}",
            "S7" + traits.birth_place,
        )
    )


def read(text: str) -> InsTraits:
    """The traits in a DataMatrix's text; fields in any order, each once. Raises Malformed, linear in the length."""
    if not text.startswith(HEADER) or len(text) > _READ_MAX:
        raise Malformed("not-an-ins-datamatrix")
    fields: dict[str, str] = {}
    place, end = len(HEADER), len(text.rstrip("\r\n"))
    while place < end:
        found = _FIELD.match(text, place, end)
        if found is None or found.lastgroup is None or found.lastgroup in fields:
            raise Malformed("damaged-ins-datamatrix")
        fields[found.lastgroup] = found[found.lastgroup]
        place = found.end()
    if len(fields) < 7:
        raise Malformed("damaged-ins-datamatrix")
    day, month, year = fields["S6"].split("-")
    return InsTraits(
        matricule=NirKey(fields["S1"]),
        oid=InsOid(fields["S2"]),
        first_names=StrictName(fields["S3"]),
        surname=StrictName(fields["S4"]),
        sex=fields["S5"],
        birth_date=BirthDate(f"{year}-{month}-{day}"),
        birth_place=BirthPlace(fields["S7"]),
    )


def _ended(value: str, longest: int) -> str:
    return value if len(value) == longest else value + GS
