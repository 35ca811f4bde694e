"""What a substance asks of some patients: pregnancy, breast-feeding, age, renal function. Pure.

A check is said not to have been made only where its answer would matter: where a table has something of that medicine.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache

from ordonum.knowledge.assistance import tables
from ordonum.knowledge.assistance.patient import Case, Findings
from ordonum.knowledge.assistance.products import Product, Substance
from ordonum.knowledge.assistance.tables import Caveat
from ordonum.model.alert import Alert, AlertKind, AlertLevel
from ordonum.model.prescription import Sex

_ANY = (Decimal(0), Decimal(10**6))
_CHILDBEARING = (Decimal(10 * 12), Decimal(55 * 12))
_ORDER = {AlertLevel.STOP: 0, AlertLevel.CAUTION: 1, AlertLevel.NOTE: 2}
_MIN_MG = "mg>="
_NOT_YET = frozenset({"prevention", "men"})  # rows about whoever may have a child, not about a pregnancy


@cache
def _index() -> dict[tuple[AlertKind, str], tuple[Caveat, ...]]:
    found: dict[tuple[AlertKind, str], list[Caveat]] = {}
    for each in tables.warnings():
        found.setdefault((each.kind, each.about), []).append(each)
    return {key: tuple(rows) for key, rows in found.items()}


def warned(kind: AlertKind, case: Case, product: Product, substance: Substance) -> Iterator[Caveat]:
    """The rows of a table about a substance of a medicine, in force that day, that its route does not set aside."""
    for name in sorted(substance.keys):
        for row in _index().get((kind, name), ()):
            outside = product.for_the_eye if "all" in row.flags else product.local
            if row.since <= case.day and not outside and _dosed(row, case, product, substance):
                yield row


def _dosed(row: Caveat, case: Case, product: Product, substance: Substance) -> bool:
    """Whether the dose is one that the row speaks of; a dose that is not known may be."""
    least = next((Decimal(flag.removeprefix(_MIN_MG)) for flag in row.flags if flag.startswith(_MIN_MG)), None)
    if least is None:
        return True
    found = case.taken(product, substance)
    return found.unknown is not None or found.day >= least


def alert(
    row: Caveat, product: Product, substance: Substance, *, level: AlertLevel | None = None, more: str = ""
) -> Alert:
    """The alert of a row for a medicine."""
    return Alert(
        key=f"{row.kind.value}:{row.slug}",
        kind=row.kind,
        level=level or row.level,
        lines=product.lines,
        about=(substance.identity,),
        sentence=f"« {product.label} » : {row.found}{more}.",
        conduct=row.conduct,
        source=row.source,
    )


def gravest(found: Iterable[tuple[Caveat, Alert]]) -> list[Alert]:
    """The gravest for a substance of a medicine: a class does not repeat what is said of its member."""
    kept = sorted(found, key=lambda each: (_ORDER[each[1].level], each[0].about.startswith("@")))
    return [kept[0][1]] if kept else []


def check(case: Case, findings: Findings) -> None:
    """The four checks on each line."""
    for product in case.lines:
        for substance in product.substances:
            _pregnancy(case, product, substance, findings)
            _breastfeeding(case, product, substance, findings)
            _age(case, product, substance, findings)
            _renal(case, product, substance, findings)


def _may_bear(case: Case) -> bool:
    """Whether this may be a woman of childbearing age."""
    if case.subject.sex is Sex.MALE:
        return False
    return case.age is None or (case.age[1] >= _CHILDBEARING[0] and case.age[0] < _CHILDBEARING[1])


def _pregnancy(case: Case, product: Product, substance: Substance, findings: Findings) -> None:
    subject = case.subject
    rows = list(warned(AlertKind.PREGNANCY, case, product, substance))
    if subject.sex is Sex.MALE and case.age is not None and case.age[1] >= _CHILDBEARING[0]:
        findings.alerts += gravest((row, alert(row, product, substance)) for row in rows if "men" in row.flags)
    if subject.pregnant is not True and not _may_bear(case):
        return
    if subject.pregnant:
        findings.alerts += gravest(
            _of_term(row, product, substance, subject.pregnant_weeks)
            for row in _within_term(rows, subject.pregnant_weeks)
        )
        return
    if subject.sex is Sex.FEMALE:
        prevention = [row for row in rows if "prevention" in row.flags]
        findings.alerts += gravest((row, alert(row, product, substance)) for row in prevention)
    if subject.pregnant is None and _matter(row for row in rows if not row.flags & _NOT_YET):
        findings.not_done(AlertKind.PREGNANCY, product, "la grossesse n'est pas renseignée")


def _within_term(rows: list[Caveat], weeks: int | None) -> list[Caveat]:
    bounds = _ANY if weeks is None else (Decimal(weeks), Decimal(weeks))
    return [row for row in rows if not row.flags & _NOT_YET and row.holds(*bounds)]


def _of_term(row: Caveat, product: Product, substance: Substance, weeks: int | None) -> tuple[Caveat, Alert]:
    """A row for some weeks only, of a pregnancy whose weeks are not known, does not stop."""
    unsure = weeks is None and (row.low or row.high is not None) and row.level is AlertLevel.STOP
    level = AlertLevel.CAUTION if unsure else None
    return row, alert(row, product, substance, level=level, more=" (terme non renseigné)" if unsure else "")


def _breastfeeding(case: Case, product: Product, substance: Substance, findings: Findings) -> None:
    subject = case.subject
    if subject.breastfeeding is False or (subject.breastfeeding is None and not _may_bear(case)):
        return
    rows = list(warned(AlertKind.BREASTFEEDING, case, product, substance))
    if subject.breastfeeding:
        findings.alerts += gravest((row, alert(row, product, substance)) for row in rows)
    elif any(row.level is AlertLevel.STOP for row in rows):
        findings.not_done(AlertKind.BREASTFEEDING, product, "l'allaitement n'est pas renseigné")


def _age(case: Case, product: Product, substance: Substance, findings: Findings) -> None:
    rows = list(warned(AlertKind.AGE, case, product, substance))
    age = case.age
    if age is None:
        if _matter(rows):
            findings.not_done(AlertKind.AGE, product, "l'âge n'est pas renseigné")
        return
    findings.alerts += gravest((row, alert(row, product, substance)) for row in rows if row.holds(*age))


def _renal(case: Case, product: Product, substance: Substance, findings: Findings) -> None:
    rows = list(warned(AlertKind.RENAL, case, product, substance))
    clearance = case.subject.clearance
    if clearance is None:
        if _matter(rows):
            findings.not_done(AlertKind.RENAL, product, "la clairance de la créatinine n'est pas renseignée")
        return
    findings.alerts += gravest((row, alert(row, product, substance)) for row in rows if row.holds(clearance, clearance))


def _matter(rows: Iterable[Caveat]) -> bool:
    return any(row.level is not AlertLevel.NOTE for row in rows)
