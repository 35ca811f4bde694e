"""What a scanner that types like a keyboard meant, when its layout is not the computer's.

Such a scanner sends keys, not characters: set to a US layout on a French (AZERTY) computer it types «é» for 2 and «Q» for
A; the reverse types «@» for 2. The letters of our alphabet do not move, digits do. Each key is taken back to the letter or digit
it bears, shift and caps lock forgotten; what comes out is believed only when the check symbol of the number agrees, or when
a known code of another kind is recognised.
"""

import re
import unicodedata

from ordonum.model.identifiers import Malformed
from ordonum.model.number import LENGTH, EpuId
from ordonum.wire import codes
from ordonum.wire.codes import PREFIX, Kind

# Keys in the order of the US keyboard: what each types unshifted, then shifted. AltGr is never needed by our codes.
_US = ("1234567890", "qwertyuiopasdfghjkl;zxcvbnm,./", "!@#$%^&*()", "QWERTYUIOPASDFGHJKL:ZXCVBNM<>?")
_FR = ("&é\"'(-è_çà", "azertyuiopqsdfghjklmwxcvbn,;:!", "1234567890", "AZERTYUIOPQSDFGHJKLMWXCVBN?./§")
_FR_MAC = ("&é\"'(§è!çà", _FR[1][:-1] + "=", _FR[2], _FR[3][:-1] + "+")  # also the Belgian one
_CAPS = "ÉÈÇÀ"  # caps lock on systems where it shifts letters only


def understood(typed: str) -> str:
    """The text of the code that was typed; what was typed, without blanks around, when nothing better can be told.

    Linear in the length, never raises. When two layouts would both give a number, none is chosen.
    """
    plain = unicodedata.normalize("NFC", typed[: codes.READ_MAX]).strip()
    if len(typed) > codes.READ_MAX or _is_ours(plain):
        return plain
    readings = list(dict.fromkeys(plain.translate(table) for table in _TABLES))
    ours = [text for text in readings if _is_ours(text)]
    if ours:
        return ours[0] if len(ours) == 1 else plain
    if codes.kind_of(plain) is Kind.UNKNOWN:
        for text in readings:
            if codes.kind_of(text) is not Kind.UNKNOWN:
                return text
    return plain


def _is_ours(text: str) -> bool:
    """Whether this is a number or the text of a QR code whose number has the right check symbol."""
    compact = codes.compact(text)
    number = compact[len(PREFIX) :][:LENGTH] if compact.startswith(PREFIX) else re.sub(r"[\s\-.·]+", "", compact)
    try:
        EpuId(number)
    except Malformed:
        return False
    return True


def _table(scanner: tuple[str, ...], computer: tuple[str, ...]) -> dict[int, str]:
    """From the characters the computer shows to the upper-case letters, digits and signs the scanner meant."""
    table: dict[int, str] = {}
    sides = ("".join(layout[half : half + 2]) for layout in (scanner, computer) for half in (0, 2))
    for low, high, shown_low, shown_high in zip(*sides, strict=True):
        meant = next((sign for sign in (low, high) if sign.isalnum() and sign.isascii()), None)
        table[ord(shown_low)] = (meant or low).upper()
        table[ord(shown_high)] = (meant or high).upper()
    for capital in _CAPS:
        if (small := table.get(ord(capital.lower()))) is not None:
            table[ord(capital)] = small
    return table


_TABLES = (_table(_US, _FR), _table(_US, _FR_MAC), _table(_FR, _US))
