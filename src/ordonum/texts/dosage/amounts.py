"""Reading of amounts and lengths of time. Each reader takes the tokens and a place, and gives back a fact and the place after
it, or nothing; it looks only a bounded number of tokens ahead.
"""

from decimal import Decimal

from ordonum.model.dosage import DoseUnit, PerBody, Span, TimeUnit
from ordonum.texts.dosage.facts import Amount, Pattern
from ordonum.texts.dosage.tokens import Phrases, Token
from ordonum.texts.dosage.units import WRITTEN, most

Tokens = list[Token]
UNITS = Phrases(WRITTEN)
TIMES = {
    "minute": TimeUnit.MINUTE, "heure": TimeUnit.HOUR, "jour": TimeUnit.DAY, "semaine": TimeUnit.WEEK,
    "mois": TimeUnit.MONTH, "an": TimeUnit.YEAR,
}  # fmt: skip
_PER_BODY = Phrases({
    "/kg": PerBody.KILOGRAM, "par kg": PerBody.KILOGRAM, "par kg de poids": PerBody.KILOGRAM,
    "/kg de poids": PerBody.KILOGRAM, "par kg de poids corporel": PerBody.KILOGRAM, "/m2": PerBody.SQUARE_METRE,
    "/m²": PerBody.SQUARE_METRE, "par m²": PerBody.SQUARE_METRE, "par m2": PerBody.SQUARE_METRE,
    "par m² de surface corporelle": PerBody.SQUARE_METRE, "par m2 de surface corporelle": PerBody.SQUARE_METRE,
    "par metre carre de surface corporelle": PerBody.SQUARE_METRE, "par metre carre": PerBody.SQUARE_METRE,
})  # fmt: skip


def key(tokens: Tokens, at: int) -> str:
    """The key of the token at that place, «» beyond the end."""
    return tokens[at].key if 0 <= at < len(tokens) else ""


def number(tokens: Tokens, at: int) -> Decimal | None:
    """The number at that place."""
    return tokens[at].value if 0 <= at < len(tokens) else None


def whole(tokens: Tokens, at: int, most_: int = 9_999) -> int | None:
    """The whole number from 1 at that place."""
    value = number(tokens, at)
    return int(value) if value is not None and 1 <= value <= most_ and not value % 1 else None


def skip(tokens: Tokens, at: int, *keys: str) -> int:
    """The place after these keys, each where it stands."""
    for each in keys:
        at += key(tokens, at) == each
    return at


def ranged(tokens: Tokens, at: int) -> tuple[Decimal, Decimal | None, int, bool] | None:
    """«2», «1 à 2», «1-2»: the low, the high, the place after; whether a hyphen (that needs a unit) made the range."""
    low = number(tokens, at)
    if low is None:
        return None
    sign, high = key(tokens, at + 1), number(tokens, at + 2)
    if sign in ("a", "ou", "-") and high is not None and key(tokens, at + 3) != "-":
        return low, high, at + 3, sign == "-"
    return low, None, at + 1, False


def amount(tokens: Tokens, at: int) -> tuple[Amount, int] | None:
    """«1 à 2 comprimés», «15 mg/kg», «un demi-comprimé», «1 cp et demi», «1»."""
    numbers = ranged(tokens, at)
    if numbers is None:
        return None
    low, high, end, hyphen = numbers
    found = _unit(tokens, end)
    if found is None:
        # A bare number before a word of time is no amount.
        if hyphen or key(tokens, end) in TIMES or key(tokens, end) in ("fois", "prise", "%", "°"):
            return None
        if key(tokens, end) == "x" and not (low == 1 and high is None and _times_a_day(tokens, end + 1)):
            return None  # «1 x/j» is once a day, «2 x 3/j» two or three takes; in «1 x 3/j» the first is a dose
        return (Amount(amount=low, high=high), end) if _plausible(low, high, DoseUnit.UNIT) else None
    unit, end = found
    if high is None:
        low, end = _and_part(tokens, end, low)
        high, end = _up_to(tokens, end, unit)
    if not _plausible(low, high, unit):
        return None
    return _by_body(tokens, end, low, high, unit)


def _times_a_day(tokens: Tokens, at: int) -> bool:
    """«3/j», «3 par jour», «3 fois par jour»."""
    after = skip(tokens, at + 1, "fois")
    return bool(number(tokens, at)) and key(tokens, after) in ("/", "par") and key(tokens, after + 1) in ("j", "jour")


def _by_body(tokens: Tokens, end: int, low: Decimal, high: Decimal | None, unit: DoseUnit) -> tuple[Amount, int]:
    per = _PER_BODY.at(tokens, end) if unit is not DoseUnit.DOSE_KG else None
    if per is None:
        weighed = skip(tokens, end, "-")
        if unit is DoseUnit.DOSE and key(tokens, weighed) == "poids":
            return _by_weight(tokens, weighed + 1, low, high)
        if unit is DoseUnit.DOSE and low == 1 and high is None and (weight := _graduation_of(tokens, end)):
            return Amount(amount=weight[0], unit=DoseUnit.DOSE_KG), weight[1]
        a_weight = (
            unit is DoseUnit.DOSE_KG and low == 1 and high is None
        )  # nobody weighs 1 kg: «1 dose-kg» is a dose-poids
        return Amount(amount=low, high=high, unit=unit, per=PerBody.KILOGRAM if a_weight else None), end
    end = per[1]
    graduation = None
    if (key(tokens, end), key(tokens, end + 1)) == ("arrondi", "a") and (rounded := number(tokens, end + 2)):
        near = UNITS.at(tokens, end + 3)
        if near is not None and near[0] is unit:
            graduation, end = rounded, skip(tokens, near[1], "pres")
    return Amount(amount=low, high=high, unit=unit, per=per[0], graduation=graduation), end


def _by_weight(tokens: Tokens, end: int, low: Decimal, high: Decimal | None) -> tuple[Amount, int]:
    """«1 dose-poids», of the patient's weight; «1 dose-poids de 14 kg»."""
    weight = number(tokens, end + 1)
    if low == 1 and high is None and weight and key(tokens, end) == "de" and key(tokens, end + 2) == "kg":
        return Amount(amount=weight, unit=DoseUnit.DOSE_KG), end + 3
    return Amount(amount=low, high=high, unit=DoseUnit.DOSE_KG, per=PerBody.KILOGRAM), end


def _unit(tokens: Tokens, at: int) -> tuple[DoseUnit, int] | None:
    """«comprimés», «-comprimé», «de comprimé», «d'ampoule»."""
    part = key(tokens, at - 1) == "part" or (number(tokens, at - 1) or 1) < 1
    if part and key(tokens, at) in ("-", "de", "d'"):
        at += 1
    found = UNITS.at(tokens, at)
    if found is None:
        return None
    return found[0], skip(tokens, found[1], "oral") if found[0] is DoseUnit.LYOPHILISATE else found[1]


_SCALE = {DoseUnit.GRAM: 1_000_000, DoseUnit.MILLIGRAM: 1_000, DoseUnit.MICROGRAM: 1}


def _up_to(tokens: Tokens, at: int, unit: DoseUnit) -> tuple[Decimal | None, int]:
    """«500 mg à 1 g», «5 gouttes à 10 gouttes»: the high of a range whose unit is told twice."""
    high = number(tokens, at + 1) if key(tokens, at) == "a" else None
    found = None if high is None else UNITS.at(tokens, at + 2)
    if (
        high is None
        or found is None
        or key(tokens, at + 3) == "/"
        or not (found[0] is unit or {found[0], unit} <= _SCALE.keys())
    ):
        return None, at
    return (high if found[0] is unit else high * _SCALE[found[0]] / _SCALE[unit]), found[1]


def _and_part(tokens: Tokens, at: int, low: Decimal) -> tuple[Decimal, int]:
    """«1 comprimé et demi», «2 comprimés et un quart», «1 cp 1/2»."""
    after = skip(tokens, at, "et")
    part = number(tokens, after)
    if part is None or part >= 1 or not part or low % 1:
        return low, at
    joined = after > at and key(tokens, after) == "part" and UNITS.at(tokens, after + 1) is None
    return (low + part, after + 1) if joined and key(tokens, after + 1) not in ("-", "de", "d'") else (low, at)


def _graduation_of(tokens: Tokens, at: int) -> tuple[Decimal, int] | None:
    """«correspondant à la graduation de 7 kg»."""
    bare = skip(tokens, at, "de")  # «1 dose de 12 kg», «1 dose 12 kg»
    if (weight := number(tokens, bare)) and key(tokens, bare + 1) == "kg" and 2 < weight < 100:
        return weight, bare + 2
    keys = [key(tokens, at + each) for each in range(5)]
    value = number(tokens, at + 5)
    if keys == ["correspondant", "a", "la", "graduation", "de"] and value and key(tokens, at + 6) == "kg":
        return value, at + 7
    return None


def _plausible(low: Decimal, high: Decimal | None, unit: DoseUnit) -> bool:
    return 0 < low <= most(unit) and (high is None or low < high <= most(unit))


def pattern(tokens: Tokens, at: int) -> tuple[Pattern, int] | None:
    """«1-0-1», «1/2 - 0 - 1 - 0»: morning, noon, evening, bedtime."""
    amounts: list[Decimal] = []
    while len(amounts) < 5 and (value := number(tokens, at)) is not None:
        amounts.append(value)
        at += 1
        if key(tokens, at) != "-" or number(tokens, at + 1) is None:
            break
        at += 1
    if len(amounts) not in (3, 4) or not any(amounts) or key(tokens, at) in ("/", "-"):
        return None
    unit = UNITS.at(tokens, at)
    if not all(not each or _plausible(each, None, DoseUnit.TABLET if unit is None else unit[0]) for each in amounts):
        return None
    return (Pattern(tuple(amounts)), at) if unit is None else (Pattern(tuple(amounts), unit[0]), unit[1])


def span(tokens: Tokens, at: int) -> tuple[Span, int] | None:
    """«7 jours», «5 à 7 jours», «48 h», «une demi-heure», «un quart d'heure»."""
    low = whole(tokens, at)
    if low is None:
        return _of_an_hour(tokens, at)
    high, end = None, at + 1
    if key(tokens, end) in ("a", "-", "ou") and (high := whole(tokens, end + 1)):
        end += 2
    unit = TIMES.get(key(tokens, end))
    if unit is None or (high is not None and high <= low):
        return None
    return Span(low, unit, high), end + 1


def _of_an_hour(tokens: Tokens, at: int) -> tuple[Span, int] | None:
    """«une demi-heure», «½ h», «trois quarts d'heure»."""
    part = number(tokens, at)
    end = skip(tokens, at + 1, "-", "d'", "de")
    if part not in (Decimal("0.25"), Decimal("0.5"), Decimal("0.75")) or key(tokens, end) != "heure":
        return None
    return Span(int(part * 60), TimeUnit.MINUTE), end + 1
