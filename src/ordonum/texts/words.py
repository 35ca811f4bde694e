"""Numbers in French words, for what the law wants «en toutes lettres»: units per dose, number of doses and strength of
stupéfiants and assimilated medicines; doses, concentrations, units or volume of preparations (CSP R.5132-29).

A figure that is not surely an amount (a date, a time, «B12», «1-0-1», «2 500») stays as it was written: a wrong reading
would be worse. `in_figures` names what stayed, so that a software may ask its prescriber to write it otherwise.
"""

import re

_UNITS = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
    "quatorze", "quinze", "seize",
)  # fmt: skip
_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 80: "quatre-vingt"}
MAX = 999_999
_DECIMALS_MAX = 4

# Symbols that follow a number, attached to it or not; alone they stay as they are. All take an s but those of _INVARIABLE.
_SYMBOLS = {
    "mg": "milligramme", "MG": "milligramme", "g": "gramme", "G": "gramme", "kg": "kilogramme", "ng": "nanogramme",
    "µg": "microgramme", "μg": "microgramme", "mcg": "microgramme", "ml": "millilitre", "mL": "millilitre",
    "ML": "millilitre", "cl": "centilitre", "dl": "décilitre", "l": "litre", "L": "litre", "cm": "centimètre",
    "mm": "millimètre", "UI": "unité internationale", "mmol": "millimole", "mEq": "milliéquivalent", "%": "pour cent",
    "h": "heure", "min": "minute", "j": "jour", "x": "fois",
}  # fmt: skip
_INVARIABLE = {"pour cent", "fois"}
_FEMININE_SYMBOLS = {"UI", "mmol", "h", "min", "x"}
# Words before which «un» is «une»: «une gélule», «vingt et une gélules», «une à deux doses», «une seule prise».
_FEMININE = re.compile(
    r"(?:\s+(?:à|ou)\s+\d+)?\s+(?:demi-|mini-)?(?:ampoule|année|application|bande|barrette|boîte|bouffée|bouteille|"
    r"capsule|cartouche|compresse|cuillère|cuillerée|délivrance|dose|dosette|dragée|fiole|fois|gélule|gomme|gorgée|goutte|"
    r"grande|heure|inhalation|injection|instillation|journée|mesure|minute|monodose|nébulisation|noisette|nuit|paire|"
    r"pastille|perfusion|petite|pilule|pipette|plaquette|pleine|poche|pression|prise|pulvérisation|seconde|semaine|seringue|"
    r"seule|séance|tablette|tasse|unidose|unité)s?\b",
    re.IGNORECASE,
)
_HALVED = re.compile(r"\s+(?:comprimé|cp|cachet|sachet|suppositoire|flacon|patch|verre|ovule|litre)", re.IGNORECASE)
_FRACTIONS = {
    "1/2": "un demi", "½": "un demi", "1/3": "un tiers", "2/3": "deux tiers", "1/4": "un quart", "¼": "un quart",
    "3/4": "trois quarts", "¾": "trois quarts",
}  # fmt: skip

_MONTH = r"(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)\b"
# Numbers that are no amounts, or that have two readings: left as they were written.
_LEFT = "|".join(
    (
        rf"(?:\d+(?:er)?\s+)?{_MONTH}(?:\s+\d{{4}})?",  # 12 novembre 2026
        r"\d{2}(?: \d{2}){3,}",  # a telephone
        r"\d+\s?h\s?\d{2}(?!\w)|\d+\s?[hj]\s?/\s?\d+(?!\w)",  # 8 h 30, 24h/24
        r"\d+\s?[½¼¾]|\d+ \d/\d",  # 1 1/2
        r"\d{1,3} [1-9]\d{2}(?!\d)",  # 2 500 mg: twice 500, or 2,500? (1 000 is sure)
        r"[1-9]\d*\.\d{3}(?!\d)",  # 1.000: one, or a thousand?
    )
)
_SYMBOL = "(?:" + "|".join(sorted(map(re.escape, _SYMBOLS), key=len, reverse=True)) + r")(?!\w)"
_PER = re.compile(rf"\s?/\s?(?:(?P<count>\d+)\s?)?(?P<of>{_SYMBOL}|[^\W\d_]+)")
_TOKEN = re.compile(
    rf"(?<![\w,./+-])(?:(?P<left>{_LEFT})"
    rf"|(?P<part>{'|'.join(_FRACTIONS)})(?![\w/½¼¾-]|[,.]\d)(?P<gap>\s+)?"
    r"|(?P<whole>\d{1,3}(?:[\u00a0\u202f]\d{3})+|\d{1,3} 0\d{2}(?: \d{3})*|\d+)(?:[,.](?P<fraction>\d+))?"
    rf"(?P<symbol>\s?{_SYMBOL})?(?P<per>(?:{_PER.pattern.replace('?P<count>', '').replace('?P<of>', '?:')})*)"
    r"(?!\w|[,.]\d|-\w|\s?/\s?\d))"
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
    """«zéro virgule cinq», «deux virgule zéro sept»: each leading zero of the fraction is said, none of its last ones."""
    kept = fraction.rstrip("0")
    if not kept:
        return cardinal(whole, feminine=feminine)
    zeros = len(kept) - len(kept.lstrip("0"))
    return " ".join([cardinal(whole), "virgule", *["zéro"] * zeros, cardinal(int(kept))])


def spelled(text: str) -> str:
    """The same text, its amounts in words, and the symbols that follow a number written out: «10 mg/ml» is «dix
    milligrammes par millilitre». A number too long to be an amount, and what has two readings, stay in figures.
    """
    return _TOKEN.sub(_worded, text)


def in_figures(text: str) -> tuple[str, ...]:
    """The words of `spelled(text)` that still hold a figure."""
    return tuple(re.findall(r"\S*\d\S*", spelled(text)))


def _worded(found: re.Match[str]) -> str:
    if found["left"] is not None:
        return found[0]
    if found["part"] is not None:
        return _part(found)
    whole, fraction = int(re.sub(r"\D", "", found["whole"])), found["fraction"] or ""
    if whole > MAX or len(fraction) > _DECIMALS_MAX:
        return found[0]
    symbol = (found["symbol"] or "").strip()
    feminine = symbol in _FEMININE_SYMBOLS or (
        not symbol and _FEMININE.match(found.string, found.end()) is not None and not found["per"]
    )
    said = decimal(whole, fraction, feminine=feminine)
    if symbol:
        said += " " + _noun(symbol, plural=whole > 1)
    return said + _PER.sub(_per, found["per"])


def _per(found: re.Match[str]) -> str:
    """«/ml» is «par millilitre», «/24 h» «par vingt-quatre heures», «/jour» «par jour»."""
    count = int(found["count"] or 1)
    if count > MAX:
        return found[0]
    said = _noun(found["of"], plural=count > 1) if found["of"] in _SYMBOLS else found["of"]
    if not found["count"]:
        return f" par {said}"
    return f" par {cardinal(count, feminine=found['of'] in _FEMININE_SYMBOLS)} {said}"


def _part(found: re.Match[str]) -> str:
    """«une demi-gélule», «un quart de comprimé», «trois quarts d'ampoule»; «un demi» where no noun follows."""
    said, gap, text = _FRACTIONS[found["part"]], found["gap"] or "", found.string
    before = found.end() - len(gap)
    feminine = _FEMININE.match(text, before) is not None
    if not feminine and not _HALVED.match(text, before):
        return said + gap
    if said == "un demi":
        return ("une" if feminine else "un") + " demi-"
    return f"{said} d’" if text[found.end()].lower() in "aeiou" else f"{said} de "


def _noun(symbol: str, *, plural: bool) -> str:
    noun = _SYMBOLS[symbol]
    if not plural or noun in _INVARIABLE:
        return noun
    return " ".join(f"{word}s" for word in noun.split())


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
