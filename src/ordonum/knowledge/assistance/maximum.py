"""Maximum doses: of a take, of a day over every medicine that has the substance, of a week, in days. Pure."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from msgspec import Struct

from ordonum.knowledge.assistance import tables
from ordonum.knowledge.assistance.doses import Taken
from ordonum.knowledge.assistance.patient import Case, Findings
from ordonum.knowledge.assistance.products import Product, Substance
from ordonum.knowledge.assistance.tables import Maximum
from ordonum.model.alert import Alert, AlertKind, AlertLevel

_ADULT = Decimal(15 * 12)
_ORDER = {AlertLevel.STOP: 0, AlertLevel.CAUTION: 1, AlertLevel.NOTE: 2}
_PER = {"take": "par prise", "day": "par jour", "week": "par semaine", "days": "jours"}
_GRAM = 1000


class _Use(Struct, frozen=True):
    """A medicine that has the substance, and what is taken of it."""

    product: Product
    substance: Substance
    taken: Taken


@cache
def _index() -> dict[str, tuple[Maximum, ...]]:
    found: dict[str, list[Maximum]] = {}
    for each in tables.maxima():
        found.setdefault(each.about, []).append(each)
    return {about: tuple(rows) for about, rows in found.items()}


def check(case: Case, findings: Findings) -> None:
    """Every substance of the lines that the table knows, with the treatments that have it too."""
    abouts = sorted({key for each in case.lines for one in each.substances for key in one.keys} & _index().keys())
    for about in abouts:
        rows = [row for row in _index()[about] if row.since <= case.day]
        uses = [
            _Use(product, each, case.taken(product, each))
            for product in case.products
            if not product.local
            for each in product.substances
            if about in each.keys
        ]
        if uses:
            _of(about, rows, uses, case, findings)


def _of(about: str, rows: list[Maximum], uses: list[_Use], case: Case, findings: Findings) -> None:
    _say_unknown(rows, uses, case, findings)
    exceeded = [(row, amount, used) for row in rows if _concerns(row, case) for amount, used in _over(row, uses, case)]
    if not exceeded:
        return
    row, amount, used = min(exceeded, key=lambda each: (_ORDER[each[0].level], rows.index(each[0])))
    names = ", ".join(f"« {each.product.label} »" for each in used)
    unit = "" if row.per == "days" else f" de {used[0].substance.name.lower()}"
    findings.alerts.append(
        Alert(
            key=f"maximum:{'-'.join(about.split())}",
            kind=AlertKind.MAXIMUM,
            level=row.level,
            lines=tuple(rank for each in used for rank in each.product.lines),
            treatments=tuple(place for each in used for place in each.product.treatments),
            about=(about,),
            sentence=f"{names} : {_said(row, amount)}{unit} {_PER[row.per]}.".replace("  ", " "),
            conduct=row.conduct,
            source=row.source,
        )
    )


def _said(row: Maximum, amount: Decimal) -> str:
    if row.per == "days":
        return f"{amount}"
    if row.unit == "mg/kg":
        return f"{_french(amount)} mg/kg"
    return f"{_french(amount / _GRAM)} g" if amount >= _GRAM else f"{_french(amount)} mg"


def _french(amount: Decimal) -> str:
    rounded = amount.quantize(Decimal("0.01")).normalize()
    return f"{rounded:f}".replace(".", ",")


def _over(row: Maximum, uses: list[_Use], case: Case) -> Iterator[tuple[Decimal, list[_Use]]]:
    """What is above the row, with the medicines that make it."""
    weight = case.subject.weight_g
    if row.per == "days":
        long = [(Decimal(use.product.days or 0), [use]) for use in uses]
        yield from ((days, used) for days, used in long if days > row.amount)
        return
    known = [use for use in uses if use.taken.unknown is None]
    if row.per == "take":
        found = [(use.taken.take, [use]) for use in known]
    else:
        found = [(sum((getattr(use.taken, row.per) for use in known), Decimal(0)), known)]
    for amount, used in found:
        per = amount * _GRAM / weight if row.unit == "mg/kg" and weight else amount
        if used and per > row.amount and (row.unit == "mg" or weight) and any(use.product.lines for use in used):
            yield per, used


def _concerns(row: Maximum, case: Case) -> bool:
    """Whether the row is about this patient; an adult of unknown weight is of fifty kilograms, one of unknown age an adult."""
    least, most = case.age or (_ADULT, _ADULT)
    low, high = row.age
    if (low is not None and most < low) or (high is not None and least >= high):
        return False
    weight, (light, heavy) = case.subject.weight_g, row.weight_g
    if weight is None:
        return heavy is None and row.unit != "mg/kg" and _clear(row, case)
    return (light is None or weight >= light) and (heavy is None or weight < heavy) and _clear(row, case)


def _clear(row: Maximum, case: Case) -> bool:
    clearance = case.subject.clearance
    return row.clearance_under is None or (clearance is not None and clearance < row.clearance_under)


def _say_unknown(rows: list[Maximum], uses: list[_Use], case: Case, findings: Findings) -> None:
    """What could not be compared, where a row that a document supports would have been."""
    if all(row.level is AlertLevel.NOTE or row.per == "days" for row in rows):
        return
    for use in uses:
        if use.taken.unknown is not None:
            findings.not_done(AlertKind.MAXIMUM, use.product, f"{use.taken.unknown} (« {use.product.label} »)")
    by_weight = any(row.unit == "mg/kg" and (row.age[1] or Decimal(0)) > Decimal(0) for row in rows)
    bounded = any(row.age != (None, None) for row in rows)
    for use in uses:
        if use.product.rank is None:
            continue
        if case.age is None and bounded:
            findings.not_done(
                AlertKind.MAXIMUM, use.product, "l'âge n'est pas renseigné : dose comparée à celle de l'adulte"
            )
        elif case.age is not None and case.age[0] < _ADULT and by_weight and case.subject.weight_g is None:
            findings.not_done(AlertKind.MAXIMUM, use.product, "le poids de l'enfant n'est pas renseigné")
