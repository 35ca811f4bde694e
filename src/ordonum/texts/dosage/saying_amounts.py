"""Amounts, numbers and lengths of time in French: figures for a patient, or words where the law wants them."""

from decimal import Decimal

from ordonum.model.dosage import Dose, DoseUnit, PerBody, Span, TimeUnit
from ordonum.texts import words
from ordonum.texts.dosage.facts import Amount
from ordonum.texts.dosage.tokens import plain
from ordonum.texts.dosage.units import COUNTED, FEMININE, noun

_PARTS = {
    Decimal("0.25"): "un quart", Decimal("0.5"): "demi", Decimal("0.75"): "trois quarts", Decimal("0.333"): "un tiers",
    Decimal("0.667"): "deux tiers",
}  # fmt: skip
_GROUPED_FROM = 10_000
_FEMININE_TIMES = frozenset({TimeUnit.HOUR, TimeUnit.MINUTE, TimeUnit.WEEK})


def number(value: Decimal | int, *, in_words: bool = False, feminine: bool = False) -> str:
    """«2», «0,5», «12 000» (no-break space); «deux», «zéro virgule cinq» in words, up to what has words."""
    value = plain(Decimal(value))
    whole, _, fraction = str(value).partition(".")
    if in_words and int(whole) <= words.MAX:
        return words.decimal(int(whole), fraction, feminine=feminine)
    if int(whole) >= _GROUPED_FROM and not fraction:
        whole = f"{int(whole):,}".replace(",", "\u00a0")
    return f"{whole},{fraction}" if fraction else whole


def said_amount(dose: Dose | Amount, *, in_words: bool = False) -> str:
    """«1 à 2 comprimés», «un demi-comprimé», «1 comprimé et demi», «15 mg par kg de poids arrondi à 5 mg près»."""
    unit = dose.unit or DoseUnit.UNIT
    if unit is DoseUnit.DOSE_KG and dose.high is None:
        return _by_graduation(dose, in_words=in_words)
    feminine = unit in FEMININE
    said = _in_parts(dose.amount, unit, in_words=in_words) if dose.high is None and unit in COUNTED else ""
    if not said:
        most = dose.high or dose.amount
        low = number(dose.amount, in_words=in_words, feminine=feminine)
        high = f" à {number(dose.high, in_words=in_words, feminine=feminine)}" if dose.high is not None else ""
        said = f"{low}{high} {noun(unit, plural=most >= 2, in_words=in_words)}"
    if dose.per is None:
        return said
    said += " par " + _body(dose.per, in_words=in_words)
    if dose.graduation is not None:
        near = number(dose.graduation, in_words=in_words, feminine=feminine)
        said += f" arrondi à {near} {noun(unit, plural=dose.graduation >= 2, in_words=in_words)} près"
    return said


def _body(per: PerBody, *, in_words: bool) -> str:
    if per is PerBody.KILOGRAM:
        return f"{'kilogramme' if in_words else 'kg'} de poids"
    return f"{'mètre carré' if in_words else 'm²'} de surface corporelle"


def _by_graduation(dose: Dose | Amount, *, in_words: bool) -> str:
    """A dose-kg is read on the graduations of its pipette: «1 dose correspondant à la graduation de 7 kg»."""
    one = number(1, in_words=in_words, feminine=True)
    if dose.per is PerBody.KILOGRAM:
        return f"{number(dose.amount, in_words=in_words, feminine=True)} dose{'s' if dose.amount >= 2 else ''}-poids"
    weight = number(dose.amount, in_words=in_words)
    kilograms = ("kilogrammes" if dose.amount >= 2 else "kilogramme") if in_words else "kg"
    return f"{one} dose correspondant à la graduation de {weight} {kilograms}"


def _in_parts(amount: Decimal, unit: DoseUnit, *, in_words: bool) -> str:
    """«un demi-comprimé», «trois quarts d'ampoule», «1 gélule et demie»; empty where the amount is no such part."""
    whole, part = int(amount), amount % 1
    feminine = unit in FEMININE
    if part not in _PARTS:
        return ""
    if whole:
        rest = f"demi{'e' if feminine else ''}" if part == Decimal("0.5") else _PARTS[part]
        many = noun(unit, plural=whole >= 2, in_words=in_words)
        return f"{number(whole, in_words=in_words, feminine=feminine)} {many} et {rest}"
    one = noun(unit, plural=False, in_words=in_words)
    if part == Decimal("0.5"):
        return f"un{'e' if feminine else ''} demi-{one}"
    return f"{_PARTS[part]} {'d’' if one[0] in 'aeiou' else 'de '}{one}".replace("’", "'")


def length(span: Span, *, in_words: bool = False) -> str:
    """«7 jours», «5 à 7 jours», «1 mois»."""
    return f"{_numbers(span, in_words=in_words)} {_time(span.unit, plural=(span.high or span.value) > 1)}"


def _numbers(span: Span, *, in_words: bool) -> str:
    feminine = span.unit in _FEMININE_TIMES
    low = number(span.value, in_words=in_words, feminine=feminine)
    return low if span.high is None else f"{low} à {number(span.high, in_words=in_words, feminine=feminine)}"


def _time(unit: TimeUnit, *, plural: bool) -> str:
    return unit.label if unit is TimeUnit.MONTH or not plural else f"{unit.label}s"


def each(span: Span, *, in_words: bool = False) -> str:
    """«tous les jours», «toutes les 6 heures», «toutes les 4 à 6 heures»."""
    led = "toutes les" if span.unit in _FEMININE_TIMES else "tous les"
    if span.value == 1 and span.high is None:
        return f"{led} {_time(span.unit, plural=True)}"
    return f"{led} {length(span, in_words=in_words)}"


def per(span: Span, *, in_words: bool = False) -> str:
    """«par jour», «par 2 semaines»."""
    return f"par {span.unit.label if span.value == 1 and span.high is None else length(span, in_words=in_words)}"


def listed(parts: list[str]) -> str:
    """«a, b et c»."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} et {parts[-1]}"
