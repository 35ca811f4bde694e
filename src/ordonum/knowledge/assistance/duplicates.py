"""The same substance, or the same class, twice: across the lines, and with what is already taken. Pure.

What goes on unchanged is a renewal and has a note; a substance that is hidden in an association has more.
"""

from collections.abc import Iterator
from itertools import combinations

from ordonum.knowledge.assistance import tables
from ordonum.knowledge.assistance.patient import Case, Findings
from ordonum.knowledge.assistance.products import Product, Substance
from ordonum.model.alert import Alert, AlertKind, AlertLevel
from ordonum.model.rule import Source

# Substances and classes for which a document says that two of them are too many.
_SAID = {"paracetamol": "rfcrpv-paracetamol", "@ains": "esante-ibuprofene"}
_ANTICOAGULANTS, _DIRECT = "@anticoagulants", "@aod"


def pairs(case: Case) -> Iterator[tuple[Product, Product]]:
    """Every line with every other line, and with every treatment."""
    yield from combinations(case.lines, 2)
    for line in case.lines:
        for treatment in case.treatments:
            yield line, treatment


def check(case: Case, findings: Findings) -> None:
    """Each pair of medicines that act in the whole body."""
    for one, other in pairs(case):
        if not (one.local or other.local or one.keys.isdisjoint(other.keys)):
            findings.alerts += _of(one, other)


def _of(one: Product, other: Product) -> Iterator[Alert]:
    shared = one.same & other.same
    for a in one.substances:
        if a.identity in shared and (found := _same(one, other, a)) is not None:
            yield found
    for a in one.substances:
        for b in other.substances:
            if a.identity != b.identity and not {a.identity, b.identity} & shared:
                yield from _classes(one, other, a, b)


def _same(one: Product, other: Product, substance: Substance) -> Alert | None:
    """The same substance twice; two strengths of the same medicine on a prescription are a dose, and nothing is said."""
    alike = one.same == other.same
    if alike and other.rank is not None and _strength(one, substance) != _strength(other, substance):
        return None
    renewed = alike and other.rank is None
    source = _source(substance)
    more = " (renouvellement, ou doublon ?)" if renewed else ""
    return Alert(
        key=f"duplicate:{'-'.join(substance.identity.split())}",
        kind=AlertKind.DUPLICATE,
        level=AlertLevel.CAUTION if source is not None and not renewed else AlertLevel.NOTE,
        lines=(*one.lines, *other.lines),
        treatments=other.treatments,
        about=(substance.identity,),
        sentence=f"« {one.label} » et « {other.label} » contiennent tous deux : {substance.name.lower()}{more}.",
        conduct="n'en garder qu'un, ou additionner les doses",
        source=source,
    )


def _strength(product: Product, substance: Substance) -> object:
    found = next(each for each in product.substances if each.identity == substance.identity).strength
    return found or product.label


def _source(substance: Substance) -> Source | None:
    named = next((_SAID[key] for key in sorted(substance.keys) if key in _SAID), None)
    return tables.source(named) if named is not None else None


def _classes(one: Product, other: Product, a: Substance, b: Substance) -> Iterator[Alert]:
    if {_ANTICOAGULANTS} <= a.keys & b.keys and _DIRECT in a.keys | b.keys:
        yield _twice(one, other, a, b, "anticoagulants", AlertLevel.STOP, tables.source("notice-dabigatran"))
        return
    for name in sorted(a.keys & b.keys):
        found = tables.classes().get(name[1:]) if name.startswith("@") else None
        if found is not None and found.twice:
            source = tables.source(_SAID[name]) if name in _SAID else None
            yield _twice(one, other, a, b, found.id, AlertLevel.CAUTION if source else AlertLevel.NOTE, source)


def _twice(
    one: Product, other: Product, a: Substance, b: Substance, name: str, level: AlertLevel, source: Source | None
) -> Alert:
    label = tables.classes()[name].label
    conduct = (
        "n'en garder qu'un, sauf relais de l'un à l'autre"
        if level is AlertLevel.STOP
        else "n'en garder qu'un si possible"
    )
    return Alert(
        key=f"duplicate:{name}",
        kind=AlertKind.DUPLICATE,
        level=level,
        lines=(*one.lines, *other.lines),
        treatments=other.treatments,
        about=(a.identity, b.identity),
        sentence=f"« {one.label} » et « {other.label} » : deux {label}.",
        conduct=conduct,
        source=source,
    )
