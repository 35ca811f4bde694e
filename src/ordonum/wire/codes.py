"""What a scanned text is, and how a person is told so when it is not the code of an ordonnance numérique.

A sheet bears several codes and a counter sees more: the patient's INS DataMatrix, the prescriber's bars (arrêté of 10 August
2010), boxes of medicines. They are recognised by shape and published check digits, in one pass; what is told never
repeats what the code holds.
"""

import re
from collections.abc import Iterable
from enum import Enum

from stdnum import ean, luhn

from ordonum.model.identifiers import Malformed, NirKey

PREFIX = "NRX2"
READ_MAX = 2000
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_URL = re.compile(r"(?:[A-Z][A-Z0-9+.-]{1,15}[:;]//|WWW[.;])")
_GTIN = re.compile(r"\(?01\)?([0-9]{14})")
_FINESS = re.compile(r"[0-9][0-9AB][0-9]{7}")


class NotOurCode(Exception):
    """The image or text holds no code of an ordonnance numérique; `seen` says in French what it is, when we know."""

    def __init__(self, seen: str) -> None:
        super().__init__(seen)
        self.seen = seen


class Kind(Enum):
    """What was scanned, with the words that explain it. The first that a page bears is the one to tell."""

    DAMAGED = "un QR code d'ordonnance numérique abîmé : tapez le numéro imprimé dessous"
    INS = (
        "le DataMatrix de l'identité INS du patient, pas celui de l'ordonnance ; "
        "le QR code de l'ordonnance est en bas à gauche de la feuille"
    )
    TWO_D_DOC = "un 2D-Doc (le cachet d'un justificatif officiel), pas le QR code de l'ordonnance, en bas à gauche de la feuille"
    RPPS = "le code-barres du prescripteur (N° RPPS), pas le QR code de l'ordonnance, en bas à gauche de la feuille"
    PLACE = (
        "le code-barres du lieu d'exercice (N° AM ou FINESS), pas le QR code de l'ordonnance, "
        "en bas à gauche de la feuille"
    )
    BOX = "le code d'une boîte de médicament ou d'un dispositif, pas celui de l'ordonnance"
    NIR = "un numéro de sécurité sociale ou matricule INS, pas le numéro de l'ordonnance"
    VITALE = "un code de la carte Vitale, pas celui de l'ordonnance ; n'ouvrez aucune adresse lue dans un code"
    URL = "l'adresse d'un site : une ordonnance numérique n'en contient jamais, ne l'ouvrez pas"
    UNKNOWN = "un code qui n'est pas celui d'une ordonnance numérique"


SEVERAL = "plusieurs ordonnances à la fois ; présentez-les une à une"
NOTHING = "aucun code lisible"
TOO_LONG = "un code trop long pour une ordonnance numérique"


def compact(text: str) -> str:
    """The text as it is compared: without what scanners add at both ends (AIM identifier, blanks), in upper case."""
    trimmed = text.strip()
    return (trimmed[3:] if _AIM.match(trimmed) else trimmed).upper()


def kind_of(text: str) -> Kind:
    """What a text is, from its first characters and its shape; UNKNOWN when nothing tells."""
    start = compact(text[:READ_MAX])
    if start.startswith(PREFIX):
        return Kind.DAMAGED
    if start.startswith("IS0"):
        return Kind.INS
    if re.match(r"DC0[1-9]", start):
        return Kind.TWO_D_DOC
    if _URL.match(start):
        return Kind.VITALE if "VITALE" in start.partition("//")[2].partition("/")[0] else Kind.URL
    return _kind_of_identifier(start)


def explain(texts: Iterable[str]) -> str:
    """What to say of the codes of a page, none of which is ours: the one that explains most."""
    kinds = {kind_of(text) for text in texts}
    return next((kind.value for kind in Kind if kind in kinds), NOTHING)


def _kind_of_identifier(start: str) -> Kind:
    if (gtin := _GTIN.match(start.lstrip("\x1d"))) and ean.is_valid(gtin[1]):
        return Kind.BOX
    if len(start) == 13 and start.startswith("340") and ean.is_valid(start):
        return Kind.BOX
    if len(start) == 11 and _is_number(start) and luhn.is_valid(start):
        return Kind.RPPS
    if len(start) == 12 and start.startswith("8") and _is_number(start) and luhn.is_valid(start[1:]):
        return Kind.RPPS  # «8» and the RPPS number: the national identifier of a professional (CI-SIS)
    if _FINESS.fullmatch(start):
        return Kind.PLACE
    try:
        NirKey(start)
    except Malformed:
        return Kind.UNKNOWN
    return Kind.NIR


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
