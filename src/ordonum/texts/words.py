"""Numbers in French words, for amounts that the law wants «en toutes lettres» (CSP R.5132-29: stupéfiants and assimilated)."""

import re
from functools import partial

_UNITS = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
    "quatorze", "quinze", "seize",
)  # fmt: skip
_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 80: "quatre-vingt"}
MAX = 999_999
# Feminine words that follow a number in a dosage or an amount: «une gélule», «vingt et une gélules».
_FEMININE = re.compile(
    r"\s+(?:demi-)?(?:gélule|ampoule|boîte|dose|goutte|fois|unité|poche|injection|application|cuillère|mesure|inhalation|"
    r"bouffée|pulvérisation|semaine|journée|heure|minute|séance|prise|délivrance|pastille|capsule|seringue|pilule|paire|plaquette)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w,.])(\d{1,3}(?:[  ]\d{3})+|\d+)(?:[,.](\d+))?(?![\w,.]\d)")
_UNIT_WORDS = (
    (re.compile(r"\bmg\b"), "milligramme"),
    (re.compile(r"\b(?:µg|mcg)(?!\w)"), "microgramme"),
    (re.compile(r"\bml\b"), "millilitre"),
    (re.compile(r"(?<=\s)g\b"), "gramme"),
)


def cardinal(value: int, *, feminine: bool = False) -> str:
    """«vingt et un», «quatre-vingts», «deux cents» (1990 hyphens are not used). From 0 to 999,999."""
    if not 0 <= value <= MAX:
        raise ValueError("out of range")
    thousands, rest = divmod(value, 1000)
    parts = []
    if thousands:
        parts.append("mille" if thousands == 1 else f"{_below_thousand(thousands, plural=False)} mille")
    if rest or not thousands:
        parts.append(_below_thousand(rest, plural=True))
    text = " ".join(parts)
    return re.sub(r"\bun$", "une", text) if feminine else text


def decimal(whole: int, fraction: str, *, feminine: bool = False) -> str:
    """«zéro virgule cinq», «deux virgule zéro sept»: each leading zero is said."""
    kept = fraction.rstrip("0")
    if not kept:
        return cardinal(whole, feminine=feminine)
    zeros = len(kept) - len(kept.lstrip("0"))
    return " ".join([cardinal(whole), "virgule", *["zéro"] * zeros, cardinal(int(kept))])


def spelled(text: str) -> str:
    """The same text, its numbers in words, and mg, g, ml written out where a number stands before them.

    A number too long to be an amount stays in figures.
    """

    def words(found: re.Match[str]) -> str:
        whole = int(re.sub(r"\D", "", found[1]))
        if whole > MAX or len(found[2] or "") > 4:
            return found[0]
        feminine = _FEMININE.match(text, found.end()) is not None
        return decimal(whole, found[2] or "", feminine=feminine)

    return _unit_words(_NUMBER.sub(words, text))


def _unit_words(text: str) -> str:
    for pattern, word in _UNIT_WORDS:
        text = pattern.sub(partial(_written_out, word), text)
    return text


def _written_out(word: str, found: re.Match[str]) -> str:
    return word + ("" if _singular(found.string, found.start()) else "s")


def _singular(text: str, end: int) -> bool:
    """Whether what stands before is one or less: «un gramme», «zéro virgule cinq milligramme»."""
    before = text[:end].split()
    return bool(before) and (before[-1] in ("un", "une") or "zéro" in before[-4:])


def _below_thousand(value: int, *, plural: bool) -> str:
    hundreds, rest = divmod(value, 100)
    if not hundreds:
        return _below_hundred(rest, plural=plural)
    head = "cent" if hundreds == 1 else f"{_UNITS[hundreds]} cent"
    if not rest:
        return head + ("s" if hundreds > 1 and plural else "")
    return f"{head} {_below_hundred(rest, plural=plural)}"


def _below_hundred(value: int, *, plural: bool) -> str:
    if value < len(_UNITS):
        return _UNITS[value]
    if value < 20:
        return f"dix-{_UNITS[value - 10]}"
    base = value // 10 * 10
    if base in (70, 90):
        base -= 10
    rest = value - base
    if base == 80:
        return (
            "quatre-vingts"
            if not rest and plural
            else "quatre-vingt" + (f"-{_below_hundred(rest, plural=plural)}" if rest else "")
        )
    if not rest:
        return _TENS[base]
    return (
        f"{_TENS[base]} et {_UNITS[rest]}"
        if rest in (1, 11)
        else f"{_TENS[base]}-{_below_hundred(rest, plural=plural)}"
    )
