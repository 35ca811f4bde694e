"""The classic deadly mistakes: daily methotrexate, first opioid by patch, wrong unit, opioid with benzodiazepine. Pure."""

import re
from collections.abc import Iterator
from decimal import Decimal

from ordonum.knowledge.assistance import tables
from ordonum.knowledge.assistance.doses import days_a_week
from ordonum.knowledge.assistance.duplicates import pairs
from ordonum.knowledge.assistance.patient import Case, Findings
from ordonum.knowledge.assistance.products import Product
from ordonum.model.alert import Alert, AlertKind, AlertLevel
from ordonum.model.dosage import DoseUnit

_HOURLY = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:µg|μg|mcg|microgrammes?)\s*(?:/|par)\s*(?:1\s*)?h", re.IGNORECASE)
_FIRST_PATCH = Decimal("12.5")
_NOT_INSULIN_UNITS = frozenset({DoseUnit.MILLILITRE, DoseUnit.MILLIGRAM, DoseUnit.GRAM})
_OPIOID, _SEDATIVE = "@opioides", "@benzodiazepines"
_DAY_WANTED = "écrire sur l'ordonnance le jour de la semaine"


def check(case: Case, findings: Findings) -> None:
    """Each line, then each pair."""
    for product in case.lines:
        keys = product.keys
        if "methotrexate" in keys and product.oral is not False and not product.local:
            findings.alerts += _methotrexate(case, product)
        if "fentanyl" in keys and product.patch:
            findings.alerts += _patch(product)
        findings.alerts += _units(product, keys)
    for one, other in pairs(case):
        if {_OPIOID, _SEDATIVE} <= one.keys | other.keys:
            findings.alerts += _sedated(one, other)


def _alert(name: str, level: AlertLevel, product: Product, sentence: str, conduct: str, document: str | None) -> Alert:
    return Alert(
        key=f"maximum:{name}",
        kind=AlertKind.MAXIMUM,
        level=level,
        lines=product.lines,
        about=(name,),
        sentence=f"« {product.label} » : {sentence}.",
        conduct=conduct,
        source=tables.source(document) if document is not None else None,
    )


def _methotrexate(case: Case, product: Product) -> Iterator[Alert]:
    """Once a week by mouth, on a day that is told."""
    days = days_a_week(product.dosage, case.day) if product.dosage is not None else None
    if days is None:
        yield _alert(
            "methotrexate-frequency",
            AlertLevel.CAUTION,
            product,
            "le rythme n'est pas compris ; par la bouche, une seule prise par semaine",
            _DAY_WANTED,
            "ansm-methotrexate",
        )
    elif days > 1:
        yield _alert(
            "methotrexate",
            AlertLevel.STOP,
            product,
            f"{days} jours de prise par semaine ; par la bouche, une seule prise par semaine (surdosages mortels)",
            f"corriger en une prise par semaine, {_DAY_WANTED}",
            "ansm-methotrexate",
        )
    elif product.dosage is not None and not any(step.timing.weekdays for step in product.dosage.steps):
        yield _alert(
            "methotrexate-day",
            AlertLevel.NOTE,
            product,
            "le jour de la prise n'est pas dit",
            _DAY_WANTED,
            "qph-methotrexate",
        )


def _patch(product: Product) -> Iterator[Alert]:
    told = _HOURLY.search(product.speciality.name if product.speciality is not None else product.label)
    if told is not None and Decimal(told[1].replace(",", ".")) <= _FIRST_PATCH:
        return
    yield _alert(
        "fentanyl",
        AlertLevel.CAUTION,
        product,
        "dispositif transdermique dangereux chez qui ne prend pas déjà d'opioïde",
        "vérifier le traitement opioïde en cours ; un premier opioïde commence à 12,5 µg/h",
        "rcp-fentanyl",
    )


def _units(product: Product, keys: frozenset[str]) -> Iterator[Alert]:
    """A unit that is that of a mistake; no document was read, so these are notes."""
    units = (
        {step.dose.unit for step in product.dosage.steps if step.dose is not None}
        if product.dosage is not None
        else set()
    )
    if "@insulines" in keys and units & _NOT_INSULIN_UNITS:
        yield _alert(
            "insulin-unit",
            AlertLevel.NOTE,
            product,
            "une insuline se prescrit en unités",
            "écrire la dose en unités",
            None,
        )
    if "levothyroxine" in keys and units & {DoseUnit.MILLIGRAM, DoseUnit.GRAM}:
        yield _alert(
            "levothyroxine-unit",
            AlertLevel.NOTE,
            product,
            "dose écrite en mg : la lévothyroxine se compte en µg",
            "vérifier l'unité",
            None,
        )


def _sedated(one: Product, other: Product) -> Iterator[Alert]:
    """An opioid with a benzodiazepine: coma, death."""
    if one.local or other.local:
        return
    met = next(
        ((a, b) for a in one.substances for b in other.substances if {_OPIOID, _SEDATIVE} <= a.keys | b.keys), None
    )
    if met is None:
        return
    yield Alert(
        key="interaction:opioides+benzodiazepines",
        kind=AlertKind.INTERACTION,
        level=AlertLevel.CAUTION,
        lines=(*one.lines, *other.lines),
        treatments=other.treatments,
        about=(met[0].identity, met[1].identity),
        sentence=f"« {one.label} » et « {other.label} » : opioïde et benzodiazépine, dépression respiratoire, coma, décès.",
        conduct="éviter ; sinon la dose la plus faible, la durée la plus courte",
        source=tables.source("cbip-opioides"),
    )
