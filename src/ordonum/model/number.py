"""The prescription number: 18 symbols that a person can read aloud, type on any keyboard and check.

One version symbol, 16 random ones (26^16, about 75 bits) and one check symbol (ISO 7064 hybrid MOD 27,26 over our
alphabet). The letters do not move between AZERTY, QWERTY and QWERTZ. The number is a secret: whoever holds it and is an
executant may read the prescription. The national form («01» and 16 symbols; its rule is not public) is another version,
read and kept as it is.
"""

import re
from collections.abc import Callable, Iterator

from stdnum.iso7064 import mod_37_36

from ordonum.model.identifiers import Identifier, Malformed

ALPHABET = "BCDEFGHJKLNPRSTUVX23456789"
VERSION = "N"
LENGTH = 18
NATIONAL = re.compile(r"01[0-9A-Z]{16}")

# Pairs that eyes and scanners confuse; the other one is tried when the check symbol is wrong.
LOOK_ALIKE = {"B": "8", "8": "B", "S": "5", "5": "S", "G": "6", "6": "G", "U": "V", "V": "U"}


class WrongCheckSymbol(Malformed):
    """Eighteen symbols of the right kind that are not a number: mistyped. `meant` proposes corrections."""

    def __init__(self, meant: tuple[str, ...]) -> None:
        super().__init__("wrong-check-symbol")
        self.meant = meant


class EpuId(Identifier):
    """Number of an e-prescription, ours or in the national form; 18 characters, compact, upper case.

    `EpuId.read` forgives what a person types.
    """

    title = "Numéro d'ordonnance numérique"
    pattern = rf"^([{ALPHABET}]{{18}}|01[0-9A-Z]{{16}})$"
    secret = True

    @classmethod
    def check(cls, text: str) -> None:
        if NATIONAL.fullmatch(text):
            return
        if text[0] != VERSION:
            raise Malformed("unknown-number-version")
        if not _holds(text):
            raise WrongCheckSymbol(tuple(_corrections(text)))

    @classmethod
    def read(cls, typed: str) -> "EpuId":
        """The number that a person typed: blanks, hyphens and lower case are forgiven. Raises Malformed."""
        text = re.sub(r"[\s\-.·]+", "", typed[:200]).upper()
        if len(text) != LENGTH:
            raise Malformed("wrong-length")
        if not NATIONAL.fullmatch(text) and not set(text) <= set(ALPHABET):
            raise Malformed("symbol-not-in-alphabet")
        return cls(text)

    @classmethod
    def draw(cls, choose: Callable[[str], str]) -> "EpuId":
        """A new number; `choose` picks one symbol of a string by a cryptographic generator."""
        body = VERSION + "".join(choose(ALPHABET) for _ in range(LENGTH - 2))
        return cls(body + mod_37_36.calc_check_digit(body, ALPHABET))

    @property
    def grouped(self) -> str:
        """As printed under the QR code: groups of three symbols."""
        return " ".join(self[i : i + 3] for i in range(0, LENGTH, 3))


def _holds(text: str) -> bool:
    return bool(mod_37_36.calc_check_digit(text[:-1], ALPHABET) == text[-1])


def _corrections(text: str) -> Iterator[str]:
    """Numbers that differ from `text` by one look-alike and whose check symbol holds."""
    for place, symbol in enumerate(text):
        other = LOOK_ALIKE.get(symbol)
        if other and place > 0:
            tried = text[:place] + other + text[place + 1 :]
            if _holds(tried):
                yield tried
