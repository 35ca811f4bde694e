"""The strength of a component is read where it is sure: written examples, and the whole public drug base where it is at hand."""

import os
import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from ordonum.model.dosage import DoseUnit
from ordonum.model.drug import Component, Nature
from ordonum.model.plan_units import only_strength, per_one, strength_of

BDPM = Path(os.environ.get("ORDONUM_DATA") or Path(__file__).parents[3] / "shared" / "data") / "bdpm"
NEARLY_ALL = 0.97  # of the specialities of one substance: 97.4 % in July 2025
HOMEOPATHY = re.compile(r"\b\d*\s?(?:CH|DH|TM)\b")


def component(amount: str | None, reference: str | None, *, name: str = "x") -> Component:
    """A component of that strength."""
    return Component(
        element="", code="1", name=name, amount=amount, reference=reference, nature=Nature.SUBSTANCE, link=1
    )


@pytest.mark.parametrize(
    ("amount", "reference", "holds", "within"),
    [
        ("1 000 mg", "un comprimé", "1000 mg", "1 tablet"),
        ("500,00 mg", "une gélule", "500.00 mg", "1 capsule"),
        ("2,5 mg", "1 ml de solution", "2.5 mg", "1 ml"),
        ("125 mg", "pour 5 ml", "125 mg", "5 ml"),
        ("100 UI", "1 ml", "100 iu", "1 ml"),
        ("100 Unités", "1 ml", "100 iu", "1 ml"),
        ("4 000 UI anti-Xa", "une seringue préremplie de 0,4 mL", "4000 iu-anti-xa", "1 syringe 0.4 ml"),
        ("320 microgrammes", "une dose délivrée", "320 ug", "1 dose"),
        ("1 g", "un flacon de poudre", "1 g", "1 vial"),
        ("3 M.U.I.", "un flacon", "3 mega-iu", "1 vial"),
        ("5 CH", "un comprimé", None, None),
        ("qsp 300 mg", "un comprimé", None, None),
        ("5 mg à 10 mg", "un comprimé", None, None),
        ("0,05 %", "un flacon de 30 ml", None, None),
        ("140 microgrammes (5600 UI)", "un comprimé", None, None),  # two readings
        ("10 mg", "une unité de prise", None, None),
        (None, "un comprimé", None, None),
        ("10 mg", None, None, None),
    ],
)
def test_a_strength_is_read_where_it_is_sure(
    amount: str | None, reference: str | None, holds: str | None, within: str | None
) -> None:
    found = strength_of(component(amount, reference))
    if holds is None or found is None:
        assert found is holds is None
        return
    assert f"{found.holds.amount} {found.holds.unit.value}" == holds
    assert " ".join(f"{each.amount} {each.unit.value}" for each in found.within) == within


def test_doses_convert_by_the_strength_of_the_only_substance() -> None:
    tablet, pen = strength_of(component("20 mg", "un comprimé")), strength_of(component("100 unités", "1 ml"))
    assert per_one(DoseUnit.MILLIGRAM, DoseUnit.TABLET, tablet) == Decimal("0.05")
    assert per_one(DoseUnit.GRAM, DoseUnit.TABLET, tablet) == 50
    assert per_one(DoseUnit.UNIT, DoseUnit.MILLILITRE, pen) == Decimal("0.01")
    assert per_one(DoseUnit.TABLET, DoseUnit.CAPSULE, tablet) is None
    assert per_one(DoseUnit.IU, DoseUnit.TABLET, tablet) is None
    assert only_strength([component("20 mg", "un comprimé"), component("5 mg", "un comprimé", name="y")]) is None


@pytest.mark.skipif(not BDPM.is_dir(), reason="the files of the public drug base are not at hand")
def test_nearly_all_strengths_of_the_public_base_are_read() -> None:
    of: dict[str, list[Component]] = defaultdict(list)
    for row in (each.split("\t") for each in (BDPM / "CIS_COMPO_bdpm.txt").read_text(encoding="utf-8").splitlines()):
        nature, link = Nature(row[6].strip()), int(row[7] or 0)
        amount, reference = (text.strip() or None for text in row[4:6])
        of[row[0]].append(
            Component(
                element=row[1], code=row[2], name=row[3], amount=amount, reference=reference, nature=nature, link=link
            )
        )
    single, read = 0, 0
    for parts in of.values():
        fractions = {each.link for each in parts if each.nature is Nature.FRACTION}
        active = {
            (each.name, each.amount): each
            for each in parts
            if each.nature is Nature.FRACTION or each.link not in fractions
        }
        if len(active) == 1 and not any(HOMEOPATHY.search(each.amount or "") for each in parts):
            single += 1
            read += only_strength(active.values()) is not None
    assert single > 10_000
    assert read / single > NEARLY_ALL
