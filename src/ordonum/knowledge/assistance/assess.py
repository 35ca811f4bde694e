"""What may be said of a prescription for a patient and their treatments: one pure function, that stores and logs nothing.

A check that cannot be made says so in `unchecked`; none blocks, none raises. What was passed over with a reason, on a line, is
told apart (`overridden`).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec.structs import replace

from ordonum.knowledge.assistance import allergy, doping, driving, duplicates, killers, maximum, off_label, terrain
from ordonum.knowledge.assistance.patient import Case, Findings, age_in_months
from ordonum.knowledge.assistance.products import Product, Substance, of_lines, of_treatments
from ordonum.knowledge.drugs.base import DrugBase
from ordonum.knowledge.interactions import Interactions, Taken
from ordonum.knowledge.interactions.doses import ANTIPLATELET_MOST, ASPIRIN
from ordonum.model.alert import Alert, AlertKind, AlertLevel, Assessment, Subject, Treatment, Unchecked
from ordonum.model.prescription import Line, Prescription

_LEVELS = {each: rank for rank, each in enumerate(AlertLevel)}
_KINDS = {each: rank for rank, each in enumerate(AlertKind)}
_CHECKS = (allergy, duplicates, maximum, killers, terrain, driving, doping, off_label)


def assess(
    prescription: Prescription | Sequence[Line],
    subject: Subject,
    treatments: Sequence[Treatment] = (),
    *,
    base: DrugBase,
    interactions: Interactions,
    day: date,
) -> Assessment:
    """The alerts of a prescription (or of lines alone) on that day, the gravest first, and what could not be looked at.

    `treatments` that were over before `day` are not counted; what they are together was judged when they were prescribed.
    """
    lines = prescription.lines if isinstance(prescription, Prescription) else prescription
    case = Case(
        lines=of_lines(lines, base),
        treatments=of_treatments(treatments, base, day),
        subject=subject,
        day=day,
        age=age_in_months(subject.birth_date, day),
        base=base,
    )
    findings = Findings([], [])
    for check in _CHECKS:
        check.check(case, findings)
    _unknown(case, findings)
    met, not_met = interactions.between(_taken(case, case.lines), _taken(case, case.treatments))
    alerts = _once(_gravest_of_pairs(findings.alerts, met, interactions))
    reasons = {
        (rank, each.alert): each.reason for line in case.lines for rank in line.lines for each in line.overridden
    }
    passed = [each for each in alerts if any((rank, each.key) in reasons for rank in each.lines)]
    return Assessment(
        alerts=tuple(each for each in alerts if each not in passed),
        unchecked=_told_once((*findings.unchecked, *not_met)),
        overridden=tuple(_with_reason(each, reasons) for each in passed),
    )


def _taken(case: Case, products: Iterable[Product]) -> tuple[Taken, ...]:
    return tuple(
        Taken(
            substances=tuple(substance.name for substance in each.substances),
            routes=frozenset(each.speciality.routes) if each.speciality is not None else frozenset(),
            line=each.rank,
            treatment=each.position,
            label=each.label,
            antiplatelet=any(_antiplatelet(case, each, substance) for substance in each.substances),
        )
        for each in products
    )


def _antiplatelet(case: Case, product: Product, substance: Substance) -> bool:
    """Whether it is aspirin, and so little of it that it is surely taken for platelets."""
    if ASPIRIN not in substance.keys:
        return False
    taken = case.taken(product, substance)
    return taken.unknown is None and 0 < taken.day <= ANTIPLATELET_MOST


def _unknown(case: Case, findings: Findings) -> None:
    """Medicines of which the base knows nothing: what their substances are, what their code is."""
    for product in case.products:
        if not product.substances:
            findings.not_done(
                AlertKind.DUPLICATE, product, f"les substances de « {product.label} » ne sont pas connues"
            )
        elif product.missing and product.rank is not None:
            findings.not_done(AlertKind.MAXIMUM, product, f"le code de « {product.label} » n'est pas dans la base")


def _gravest_of_pairs(own: list[Alert], met: Sequence[Alert], interactions: Interactions) -> Iterator[Alert]:
    """Of a pair of which both the thesaurus and a table of ours speak, the gravest; the thesaurus, if they are equal."""
    told = {frozenset(each.about): each for each in met}
    ours: dict[frozenset[str], Alert] = {}
    for each in own:
        pair = _pair(each, interactions)
        other = told.get(pair) if pair is not None else None
        if other is None or _LEVELS[each.level] < _LEVELS[other.level]:
            yield each
            if pair is not None:
                ours[pair] = each
    yield from (each for each in met if frozenset(each.about) not in ours)


def _pair(alert: Alert, interactions: Interactions) -> frozenset[str] | None:
    """The two substances of an alert of ours, as the thesaurus calls them."""
    if len(alert.about) != len({"one", "other"}):
        return None
    linked = [interactions.linked(each) for each in alert.about]
    return frozenset(names[0] for names in linked) if all(linked) else None


def _once(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """In their order: by level, kind, place, key; of the same thing said twice, the gravest."""
    kept: dict[tuple[str, tuple[int, ...], tuple[int, ...]], Alert] = {}
    for each in sorted(alerts, key=_order):
        kept.setdefault((each.key, each.lines, each.treatments), each)
    return tuple(kept.values())


def _order(alert: Alert) -> tuple[int, int, tuple[int, ...], tuple[int, ...], str, str]:
    return _LEVELS[alert.level], _KINDS[alert.kind], alert.lines, alert.treatments, alert.key, alert.sentence


def _told_once(unchecked: Iterable[Unchecked]) -> tuple[Unchecked, ...]:
    return tuple(
        dict.fromkeys(
            sorted(unchecked, key=lambda each: (_KINDS[each.kind], each.lines, each.treatments, each.because))
        )
    )


def _with_reason(alert: Alert, reasons: dict[tuple[int, str], str]) -> Alert:
    return replace(alert, reason=next(reasons[rank, alert.key] for rank in alert.lines if (rank, alert.key) in reasons))
