"""Prescribing outside the marketing authorisation: said by the prescriber, or seen. Pure."""

from ordonum.knowledge.assistance import tables
from ordonum.knowledge.assistance.patient import Case, Findings
from ordonum.model.alert import Alert, AlertKind, AlertLevel
from ordonum.model.prescription import Sex

_FOR_WOMEN = "nitrofurantoine"


def check(case: Case, findings: Findings) -> None:
    """Lines marked so, and what is authorised for women alone."""
    for product in case.lines:
        if product.off_label:
            findings.alerts.append(
                Alert(
                    key="off-label:written",
                    kind=AlertKind.OFF_LABEL,
                    level=AlertLevel.NOTE,
                    lines=product.lines,
                    sentence=f"« {product.label} » est prescrit hors AMM.",
                    conduct="informer le patient ; hors des indications prises en charge, écrire « non remboursable »",
                    source=tables.source("css-l162-4"),
                )
            )
        elif case.subject.sex is Sex.MALE and any(_FOR_WOMEN in each.keys for each in product.substances):
            findings.alerts.append(
                Alert(
                    key=f"off-label:{_FOR_WOMEN}",
                    kind=AlertKind.OFF_LABEL,
                    level=AlertLevel.CAUTION,
                    lines=product.lines,
                    about=(_FOR_WOMEN,),
                    sentence=f"« {product.label} » : réservé à la cystite de la femme et de la fille dès 6 ans.",
                    conduct="choisir un autre antibiotique, ou écrire « hors AMM »",
                    source=tables.source("crpv-nitrofurantoine"),
                )
            )
