"""When anonymity is to be proposed: IVG (décret 2023-1222) and contraception of a minor (CSP L.5134-1), by the content.

By active substance; what comes as free text or by another act is not recognised: then only the woman's own request counts.
Substances of the BDPM (juillet 2025): ATC G03A, G03AD, misoprostol; mifépristone and géméprost, which it does not list.
"""

import unicodedata
from collections.abc import Iterable
from datetime import date

from ordonum.model.identifiers import BirthDate
from ordonum.model.prescription import Line
from ordonum.model.products import MedicineLine
from ordonum.model.wishes import AnonymityGround

MAJORITY_YEARS = 18
IVG = frozenset({"mifepristone", "misoprostol", "gemeprost"})
CONTRACEPTION = frozenset(
    {
        "chlormadinone",
        "desogestrel",
        "dienogest",
        "drospirenone",
        "estetrol",
        "ethinylestradiol",
        "etonogestrel",
        "gestodene",
        "levonorgestrel",
        "medroxyprogesterone",
        "nomegestrol",
        "norelgestromine",
        "norethisterone",
        "norgestimate",
        "ulipristal",
    }
)


def proposed(lines: Iterable[Line], birth_date: BirthDate, written_on: date) -> AnonymityGround | None:
    """On which ground anonymity is to be proposed to this patient, if any: whoever prescribes then asks, every time."""
    words = {word for line in lines for word in _words(line)}
    if words & IVG:
        return AnonymityGround.IVG
    if words & CONTRACEPTION and is_minor(birth_date, written_on):
        return AnonymityGround.MINOR_CONTRACEPTION
    return None


def is_minor(birth_date: BirthDate, on: date) -> bool:
    """Whether somebody born then is under eighteen on that day; a month or day that no calendar has counts as the earliest."""
    year, month, day = (int(part) for part in birth_date.split("-"))
    return (on.year - year, on.month, on.day) < (MAJORITY_YEARS, max(1, month), max(1, day))


def _words(line: Line) -> Iterable[str]:
    """The words of the active substances of a line, without accents nor case; salts are words of their own."""
    if isinstance(line, MedicineLine):
        for each in line.substances:
            plain = unicodedata.normalize("NFKD", each.name).casefold()
            yield from "".join(sign if sign.isalpha() else " " for sign in plain if sign.isascii()).split()
