"""Reading of amounts, frequencies, durations and limits. Each reader takes the tokens and a place, and gives back a fact and
the place after it, or nothing; it looks only a bounded number of tokens ahead.
"""

from decimal import Decimal

from ordonum.model.dosage import Cycle, DoseUnit, PerBody, Rate, Span, TimeUnit
from ordonum.texts.dosage.facts import (
    AfterPause,
    Amount,
    Days,
    Giving,
    Lasting,
    Often,
    Pattern,
)
from ordonum.texts.dosage.tokens import Phrases, Token
from ordonum.texts.dosage.units import WRITTEN, most

Tokens = list[Token]
UNITS = Phrases(WRITTEN)
TIMES = {
    "minute": TimeUnit.MINUTE, "heure": TimeUnit.HOUR, "jour": TimeUnit.DAY, "semaine": TimeUnit.WEEK,
    "mois": TimeUnit.MONTH, "an": TimeUnit.YEAR,
}  # fmt: skip
_PERIODS = {
    "jour": TimeUnit.DAY,
    "journee": TimeUnit.DAY,
    "semaine": TimeUnit.WEEK,
    "mois": TimeUnit.MONTH,
    "an": TimeUnit.YEAR,
}
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


def _ranged(tokens: Tokens, at: int) -> tuple[Decimal, Decimal | None, int, bool] | None:
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
    ranged = _ranged(tokens, at)
    if ranged is None:
        return None
    low, high, end, hyphen = ranged
    found = _unit(tokens, end)
    if found is None:
        # A bare number before a word of time is no amount.
        if hyphen or key(tokens, end) in TIMES or key(tokens, end) in ("fois", "x", "prise", "%", "°"):
            return None
        return (Amount(amount=low, high=high), end) if _plausible(low, high, DoseUnit.UNIT) else None
    unit, end = found
    if high is None:
        low, end = _and_part(tokens, end, low)
    if not _plausible(low, high, unit):
        return None
    return _by_body(tokens, end, low, high, unit)


def _by_body(tokens: Tokens, end: int, low: Decimal, high: Decimal | None, unit: DoseUnit) -> tuple[Amount, int]:
    per = _PER_BODY.at(tokens, end)
    if per is None:
        if unit is DoseUnit.DOSE and key(tokens, end) == "-" and key(tokens, end + 1) == "poids":
            return Amount(amount=low, high=high, unit=DoseUnit.DOSE_KG, per=PerBody.KILOGRAM), end + 2
        if unit is DoseUnit.DOSE and key(tokens, end) == "poids":
            return Amount(amount=low, high=high, unit=DoseUnit.DOSE_KG, per=PerBody.KILOGRAM), end + 1
        if unit is DoseUnit.DOSE and low == 1 and high is None and (weight := _graduation_of(tokens, end)):
            return Amount(amount=weight[0], unit=DoseUnit.DOSE_KG), weight[1]
        return Amount(amount=low, high=high, unit=unit), end
    end = per[1]
    graduation = None
    if (key(tokens, end), key(tokens, end + 1)) == ("arrondi", "a") and (rounded := number(tokens, end + 2)):
        near = UNITS.at(tokens, end + 3)
        if near is not None and near[0] is unit:
            graduation, end = rounded, skip(tokens, near[1], "pres")
    return Amount(amount=low, high=high, unit=unit, per=per[0], graduation=graduation), end


def _unit(tokens: Tokens, at: int) -> tuple[DoseUnit, int] | None:
    """«comprimés», «-comprimé», «de comprimé», «d'ampoule»."""
    part = key(tokens, at - 1) == "part" or (number(tokens, at - 1) or 1) < 1
    if part and key(tokens, at) in ("-", "de", "d'"):
        at += 1
    found = UNITS.at(tokens, at)
    if found is None:
        return None
    if found[0] is DoseUnit.MEGA_IU and tokens[at].key == "mui" and tokens[at].end - tokens[at].start != 3:
        return None
    return found[0], skip(tokens, found[1], "oral") if found[0] is DoseUnit.LYOPHILISATE else found[1]


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
    keys = [key(tokens, at + each) for each in range(5)]
    value = number(tokens, at + 5)
    if keys == ["correspondant", "a", "la", "graduation", "de"] and value and key(tokens, at + 6) == "kg":
        return value, at + 7
    return None


def _plausible(low: Decimal, high: Decimal | None, unit: DoseUnit) -> bool:
    return 0 < low <= most(unit) and (high is None or low < high <= most(unit))


def pattern(tokens: Tokens, at: int) -> tuple[Pattern, int] | None:
    """«1-0-1», «1/2 - 0 - 1 - 0»: morning, noon, evening, bedtime."""
    amounts = []
    while len(amounts) < 5 and (value := number(tokens, at)) is not None:
        amounts.append(value)
        at += 1
        if key(tokens, at) != "-" or number(tokens, at + 1) is None:
            break
        at += 1
    if len(amounts) not in (3, 4) or not any(amounts) or key(tokens, at) in ("/", "-"):
        return None
    return Pattern(tuple(amounts)), at


def span(tokens: Tokens, at: int) -> tuple[Span, int] | None:
    """«7 jours», «5 à 7 jours», «48 h»."""
    low = whole(tokens, at)
    if low is None:
        return None
    high, end = None, at + 1
    if key(tokens, end) in ("a", "-", "ou") and (high := whole(tokens, end + 1)):
        end += 2
    unit = TIMES.get(key(tokens, end))
    if unit is None or (high is not None and high <= low):
        return None
    return Span(low, unit, high), end + 1


_PERFUSED = Phrases(dict.fromkeys(
    ("en perfusion de", "en perfusion sur", "perfusion de", "en perfusion lente de", "perfuse en", "perfuses en", "a perfuser en",
     "a passer en", "a administrer en", "en perfusion iv de", "en perfusion continue de", "a administrer sur", "en perfusion pendant"), "",
))  # fmt: skip
_CLOCK = (TimeUnit.HOUR, TimeUnit.MINUTE)
_AT_MOST = Phrases(dict.fromkeys(("avec un", "sans depasser", "ne pas depasser", "au"), ""))


def lasting(tokens: Tokens, at: int) -> tuple[Lasting | AfterPause | Giving, int] | None:
    """«pendant 7 jours», «pdt 5 à 7 j», «x 10 j», «QSP 1 mois», «30j», «maximum 7 jours»; «7 jours d'arrêt»."""
    perfused = _PERFUSED.at(tokens, at)
    if perfused is not None:
        over = span(tokens, perfused[1])
        return None if over is None or over[0].unit not in _CLOCK else (Giving(Rate(over=over[0])), over[1])
    bounded = _AT_MOST.at(tokens, at)
    if bounded is not None and (key(tokens, bounded[1]) == "max" or key(tokens, at) in ("sans", "ne")):
        found = span(tokens, skip(tokens, bounded[1], "max", "de"))
        long = found is not None and found[0].unit not in _CLOCK
        return (Lasting(span=found[0], at_most=True), found[1]) if found is not None and long else None
    led = key(tokens, at)
    most_ = led == "max"
    start = skip(tokens, at, led) if led in ("pendant", "x", "qsp", "pour", "max", "sur", "duree") else at
    start = skip(tokens, start, ":") if led == "duree" else skip(tokens, start, "les") if led == "pendant" else start
    start = skip(tokens, start, "max", "de") if led in ("max", "pendant") else start
    found = span(tokens, start)
    if found is None or (
        led == "sur" and found[0].unit in (TimeUnit.DAY, TimeUnit.WEEK) and key(tokens, at - 1) in TIMES
    ):
        return None
    length, end = found
    if key(tokens, end) in ("d'", "de") and key(tokens, end + 1) in ("stop", "pause", "repos", "arret"):
        return AfterPause(length), end + 2
    if length.unit in (TimeUnit.HOUR, TimeUnit.MINUTE):
        return _by_the_clock(length, led, end)
    if start == at and key(tokens, end) in ("/", "sur", "avant", "apres", "plus", "entre"):
        return None
    end = skip(tokens, end, "consecutifs", "suivants")
    return Lasting(span=length, at_most=most_ or key(tokens, end) == "max"), skip(tokens, end, "max")


def _by_the_clock(length: Span, led: str, end: int) -> tuple[Lasting | Giving, int] | None:
    """«pendant 48 heures» is how long it goes on; «pendant 30 minutes», «sur 2 h», how long it is given."""
    if led == "pendant" and length.unit is TimeUnit.HOUR and length.value >= 24:
        return Lasting(span=length), end
    return (Giving(Rate(over=length)), end) if led in ("pendant", "sur") else None


def period(tokens: Tokens, at: int) -> tuple[int, int | None, TimeUnit, int] | None:
    """«par jour», «/j», «/8h», «par 24 heures», «/ 2 semaines»: how many of which, and the place after."""
    if key(tokens, at) not in ("/", "par"):
        return None
    at += 1
    if key(tokens, at) in _PERIODS:
        return 1, None, _PERIODS[key(tokens, at)], at + 1
    if key(tokens, at) == "heure":
        return 1, None, TimeUnit.HOUR, at + 1
    found = span(tokens, at)
    if found is None or found[0].unit is TimeUnit.MINUTE:
        return None
    return found[0].value, found[0].high, found[0].unit, found[1]


_EVERY_DAY = Phrases({
    **dict.fromkeys(("chaque heure", "toutes les heure"), TimeUnit.HOUR),
    **dict.fromkeys(("quotidien", "quotidienne", "quotidiennement"), TimeUnit.DAY),
    **dict.fromkeys(("chaque semaine", "toutes les semaine", "hebdomadaire"), TimeUnit.WEEK),
    **dict.fromkeys(("chaque mois", "toutes les mois", "mensuel", "mensuelle", "mensuellement"), TimeUnit.MONTH),
    **dict.fromkeys(("chaque an", "toutes les an", "annuel", "annuellement"), TimeUnit.YEAR),
})  # fmt: skip


def often(tokens: Tokens, at: int) -> tuple[Often | Days, int] | None:
    """«3 fois par jour», «x3/j», «toutes les 6 heures», «q8h», «/j», «un jour sur deux», «21 jours sur 28»."""
    each = _EVERY_DAY.at(tokens, at)
    if each is not None:
        return Often(times=1, period=each[0]), each[1]
    return _so_many_times(tokens, at) or _each_so_long(tokens, at) or _some_days_of(tokens, at)


def _so_many_times(tokens: Tokens, at: int) -> tuple[Often, int] | None:
    """«3 fois par jour», «3x/j», «x3/j», «1 à 2 fois/jour», «en 3 prises par jour», «par jour»."""
    start = skip(tokens, at, "x")
    ranged = _ranged(tokens, start)
    if ranged is None:
        alone = period(tokens, at)
        return None if alone is None else (_every(None, None, alone), alone[3])
    low, high, end, hyphen = ranged
    said = key(tokens, end) in ("fois", "x", "prise")
    end = skip(tokens, end, key(tokens, end)) if said else end
    per = period(tokens, end)
    if per is None and said and key(tokens, end) in ("toutes", "chaque"):
        again = _each_so_long(tokens, end) or _EVERY_DAY.at(tokens, end)
        if again is not None:
            kind = again[0]
            every = (kind.every, kind.every_high, kind.period) if isinstance(kind, Often) else (1, None, kind)
            per = (*every, again[1])
    if per is None or (start == at and not said) or (hyphen and not said):
        return None
    if low % 1 or not 1 <= low <= 100 or (high is not None and (high % 1 or not low < high <= 100)):
        return None
    return _every(int(low), None if high is None else int(high), per), per[3]


def _every(low: int | None, high: int | None, per: tuple[int, int | None, TimeUnit, int]) -> Often:
    every, every_high, unit, _ = per
    if (every, unit) == (24, TimeUnit.HOUR) and every_high is None:
        every, unit = 1, TimeUnit.DAY
    if low is None and (every > 1 or every_high is not None):
        low = 1  # «/8h»: one take each
    return Often(times=low, times_high=high, every=every, every_high=every_high, period=unit)


def _each_so_long(tokens: Tokens, at: int) -> tuple[Often, int] | None:
    """«toutes les 4 à 6 heures», «tous les 2 jours», «q8h», «chaque 8 h»."""
    if key(tokens, at) == "toutes" and key(tokens, at + 1) == "les":
        at += 2
    elif key(tokens, at) in ("q", "chaque"):
        at += 1
    else:
        return None
    found = span(tokens, at)
    if found is None or found[0].unit is TimeUnit.MINUTE:
        return None
    length = found[0]
    return Often(times=1, every=length.value, every_high=length.high, period=length.unit), found[1]


def _some_days_of(tokens: Tokens, at: int) -> tuple[Often | Days, int] | None:
    """«un jour sur deux», «1 j/2», «21 jours sur 28», «3 semaines sur 4»."""
    some, unit = whole(tokens, at, 366), key(tokens, at + 1)
    of = whole(tokens, at + 3, 366)
    if some is None or unit not in ("jour", "semaine") or key(tokens, at + 2) not in ("sur", "/") or of is None:
        return None
    end = skip(tokens, at + 4, unit)
    if some >= of:
        return None
    if some == 1 and unit == "jour":
        return Often(times=1, every=of), end
    scale = 7 if unit == "semaine" else 1
    if of * scale > 366:
        return None
    return Days(cycle=Cycle(length=of * scale, days=tuple(range(1, some * scale + 1)))), end
