"""Strengths by value: 1 g is 1000 mg, 0,5 mg is 500 µg, 1 % is 10 mg/ml. Pure.

An amount has keys, compared as they are: «m» a mass in µg, «v» a volume in µl, «u» international units, «r» and «q» the µg
and the units in 1 ml or 1 g, «n» the number as it is written, and other units by their name.
"""

import re
from collections.abc import Iterator
from decimal import Context, Decimal
from itertools import pairwise

from msgspec import Struct

_WRITTEN = (
    ("m", "0.001", "ng nanogramme nanogrammes"),
    ("m", "1", "µg ug mcg microg microgramme microgrammes gamma gammas"),
    ("m", "1000", "mg milligramme milligrammes"),
    ("m", "1000000", "g gr gramme grammes"),
    ("v", "1", "µl microlitre microlitres"),
    ("v", "1000", "ml cc millilitre millilitres"),
    ("v", "10000", "cl"),
    ("v", "1000000", "l litre litres"),
    ("u", "1", "ui iu u unite unites"),
    ("u", "1000000", "mui|millions? (?:ui|unites?)|m ui"),
    ("percent", "1", "%|pour ?cent|pct"),
    ("mmol", "1", "mmol"),
    ("meq", "1", "meq"),
    ("mbq", "1", "mbq"),
    ("mbq", "1000", "gbq"),
    ("ch", "1", "ch"),
    ("dh", "1", "dh"),
    ("h", "1", "h heure heures"),
)
_UNITS = {
    f"u{place}": (
        kind,
        Decimal(factor),
        names if "|" in names else "|".join(sorted(names.split(), key=len, reverse=True)),
    )
    for place, (kind, factor, names) in enumerate(_WRITTEN)
}
_NUMBER = r"(?:\d{1,3}(?: \d{3})+(?!\d)|\d{1,12})(?:[.,]\d{1,6})?"
_UNIT = "|".join(f"(?P<{name}>{names})" for name, (_, _, names) in _UNITS.items())
# A number, its unit; at the very end the unit may only be begun («500 m»), as it is typed.
_AMOUNT = re.compile(
    rf"(?<![a-z0-9.,])(?P<number>{_NUMBER})(?: ?(?:{_UNIT})(?![a-z0-9])| ?(?:m|mi\w*|un\w*)$)?(?![a-z])"
)
_PER = re.compile(
    rf"(?: ?anti-? ?xa)? ?\)? ?(?:/|par|pour) ?(?:(?P<number>{_NUMBER}) ?)?(?:(?P<ml>ml|cc|g)|(?P<l>l)"
    r"|h|heures?|doses?|inhalation|bouffee|pulverisation|goutte|cp|comprime|gelule|sachet|ampoule)(?![a-z0-9])"
)
_DILUTIONS = re.compile(r"entre (\d+) ?(ch|dh) et (\d+) ?(?:ch|dh)")
_SHORT = Context(prec=6)


class Amount(Struct, frozen=True):
    """An amount as it is written from `begin` to `end` of the folded text.

    `keys`: what it is found by in a name. `wanted`: what finds it where it is asked for, any of them. `undivided`: of a
    concentration, what finds the amount that is divided.
    """

    written: str
    keys: frozenset[str]
    wanted: frozenset[str]
    undivided: frozenset[str]
    begin: int
    end: int


def amounts(plain: str) -> tuple[Amount, ...]:
    """The amounts of a folded text, in their order.

    What divides the last of «100 mg/12,5 mg par ml» divides both, and the unit of «200/6 microgrammes» is that of both.
    """
    found: list[re.Match[str]] = []
    dividers: list[re.Match[str] | None] = []
    at = 0
    for match in _AMOUNT.finditer(plain):
        if match.start() >= at:
            per = _PER.match(plain, match.end())
            at = (per or match).end()
            found.append(match)
            dividers.append(per)
    ends = [per.end() if per else match.end() for match, per in zip(found, dividers, strict=True)]
    units = [next((each for each in _UNITS if match[each]), None) for match in found]
    for place, (one, other) in reversed(list(enumerate(pairwise(found)))):
        if dividers[place] is None and plain[one.end() : other.start()].replace("anti-xa", "").strip() in (
            "/",
            "+",
            "(",
        ):
            dividers[place] = dividers[place + 1]
            units[place] = units[place] or units[place + 1]
    return tuple(
        _amount(plain[match.start() : end], (match.start(), end), _decimal(match["number"]), unit, _millilitres(per))
        for match, end, unit, per in zip(found, ends, units, dividers, strict=True)
    )


def dilutions(plain: str) -> frozenset[str]:
    """The keys of every dilution of a homeopathic medicine: «entre 4CH et 30CH»."""
    ranges = _DILUTIONS.findall(plain)
    return frozenset(f"{unit}{each}" for low, unit, high in ranges for each in range(int(low), min(int(high), 60) + 1))


def _amount(written: str, span: tuple[int, int], number: Decimal, unit: str | None, divider: Decimal | None) -> Amount:
    as_written = f"n{_text(number)}"
    if unit is None:
        return Amount(written, frozenset({as_written}), frozenset(_bare(number)), frozenset(), *span)
    measured = frozenset(_measured(number, unit, divider))
    concentrations = frozenset(each for each in measured if each[0] in "rq")
    undivided = measured - concentrations if concentrations else frozenset()
    return Amount(written, measured | {as_written}, concentrations or measured, undivided, *span)


def _bare(number: Decimal) -> Iterator[str]:
    """The keys of a number without unit: it stands for any usual one."""
    yield f"n{_text(number)}"
    for unit in ("u1", "u2", "u3", "u8"):
        kind, factor, _ = _UNITS[unit]
        yield f"{kind}{_text(number * factor)}"


def _measured(number: Decimal, unit: str, divider: Decimal | None) -> Iterator[str]:
    kind, factor, _ = _UNITS[unit]
    value = number * factor
    yield f"{kind}{_text(value)}"
    if kind == "percent":
        yield f"r{_text(value * 10_000)}"
    elif divider:
        yield f"{'q' if kind == 'u' else 'r'}{_text(value / divider)}"


def _millilitres(per: re.Match[str] | None) -> Decimal | None:
    """By how many ml (or g) it is divided; None where it is not, or by takes."""
    if per is None or not (per["ml"] or per["l"]):
        return None
    return (_decimal(per["number"]) if per["number"] else Decimal(1)) * (1000 if per["l"] else 1)


def _decimal(written: str) -> Decimal:
    return Decimal(written.replace(" ", "").replace(",", "."))


def _text(value: Decimal) -> str:
    """The value without useless zeros, six digits long at most."""
    return f"{_SHORT.plus(value).normalize():f}"
