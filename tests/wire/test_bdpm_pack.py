"""What a box holds, read from its label: a hundred labels drawn by seed (20250704) and checked by hand, the traps, the share."""

from decimal import Decimal
from pathlib import Path

import pytest

from ordonum.model.dosage import DoseUnit
from ordonum.model.drug import Pack
from ordonum.model.plan_units import in_pack
from ordonum.wire.bdpm.pack import pack_of
from whole_base import whole_base

TABLE = Path(__file__).parent / "bdpm_packs.tsv"
DRAWN = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()]
TRAPS = [
    ("5 stylos préremplis de 3 ml", "", "15 ml in 5 = 5 pen"),
    ("cartouches en verre en 5 stylos préremplis KwikPen jetables de 3 mL", "", "15 ml in 5 = 5 pen"),
    ("1 flacon(s) en verre de 150 ml avec cuillère-mesure de 5 ml", "", "150 ml in 1 = 1 vial"),
    ("1 flacon(s) en verre avec seringue(s) de 10 ml", "", "1 vial"),
    ("1 flacon(s) en verre avec gobelet(s) doseur(s) polypropylène de 200 ml", "", "200 ml in 1 = 1 vial"),
    (
        "20 récipient(s) unidose(s) de 2 ml surpochée(s) par plaquette de 5 récipients unidoses",
        "",
        "20 single-dose = 40 ml",
    ),
    ("30 sachet(s)", "", "30 sachet"),
    ("1 flacon pressurisé de 200 doses", "", "200 dose in 1"),
    ("1 flacon de 18 g (120 pulvérisations)", "", "18 g in 1 = 120 spray"),
    ("4 sachet(s) polyester de 1 dispositif(s)", "dispositif transdermique", "4 patch in 4"),
    ("3 plaquette(s) de 24 comprimés jaunes et de 4 comprimés blancs", "", "84 tablet"),
    ("1 plaquette de 6 comprimés beiges, 5 comprimés blancs et 10 comprimés verts", "", "21 tablet"),
    ("3 plaquette(s) PVC de 21 comprimé(s) - 3 plaquette(s) PVC de 7 comprimé(s)", "", "84 tablet"),
    ("20 comprimés conditionnés en 4 plaquettes PVC de 5 comprimés", "", "20 tablet"),
    ("plaquettes unitaires de 84 x 1 gélules", "", "84 capsule"),
    ("plaquette(s) PVC de 90 (3 x 30) comprimé(s)", "", "90 tablet"),
    ("plaquette(s) PVC de 30", "comprimé pelliculé", "30 tablet"),
    (
        "1 flacon en verre de 500 mg - 1 ampoule de 5 ml",
        "poudre et solvant pour solution injectable",
        "1 vial = 500 mg",
    ),
    ("2 flacon(s) en verre de 5,5 ml - 3 flacon(s) de 8,3 ml", "solution pour perfusion", "35.9 ml = 5 vial"),
    ("2 flacon(s) de 5 ml - 1 flacon(s) de 5 ml", "solution et solution pour perfusion", ""),
    ("4 plaquettes thermoformées de 56 gélules 224 (4x56)", "", ""),
    ("plaquette(s) de 4 comprimé(s) - 24 sachet(s)", "comprimé et granulés", ""),
    ("1 à 4 flacons de 4,6 ml", "", ""),
    ("1 flacon(s) en verre de 37 MBq/ml", "", "1 vial"),
    ("0 flacon(s) de 10 ml", "", ""),
    ("", "", ""),
]


def _said(pack: Pack | None) -> str:
    if pack is None:
        return ""
    held = f"{pack.amount:f} {pack.unit.value}" + (f" in {pack.containers}" if pack.containers else "")
    return held + (f" = {pack.other[0]:f} {pack.other[1].value}" if pack.other else "")


@pytest.mark.parametrize(("expected", "form", "label"), DRAWN)
def test_a_label_drawn_by_seed_is_read_as_by_hand(expected: str, form: str, label: str) -> None:
    assert _said(pack_of(label, form)) == expected


@pytest.mark.parametrize(("label", "form", "expected"), TRAPS)
def test_a_trap_is_read_or_left(label: str, form: str, expected: str) -> None:
    assert _said(pack_of(label, form)) == expected


def test_a_box_is_counted_in_either_of_its_units() -> None:
    pens = pack_of("5 stylos préremplis de 3 ml", "solution injectable")
    assert pens is not None
    assert [pens.holds(unit) for unit in (DoseUnit.MILLILITRE, DoseUnit.PEN, DoseUnit.TABLET)] == [15, Decimal(5), None]


def test_a_dosage_in_the_other_unit_of_a_box_finds_how_many_it_holds() -> None:
    doses = pack_of("20 récipient(s) unidose(s) de 2 ml", "solution pour inhalation")
    assert doses is not None
    assert in_pack(doses, DoseUnit.MILLILITRE) == 40
    assert in_pack(doses, DoseUnit.SINGLE_DOSE) == 20


def test_nearly_every_box_on_sale_is_read() -> None:
    sold = [box for each in whole_base().specialities() for box in each.presentations if box.sold]
    read = sum(box.pack is not None for box in sold)
    print(f"{read} of {len(sold)} labels read: {read / len(sold):.2%}")
    assert read / len(sold) > 0.99


def test_a_long_label_takes_no_longer() -> None:
    for hostile in (
        "1 flacon " * 5_000,
        "(" * 20_000,
        "de 1 " * 10_000,
        "1 " * 20_000,
        "plaquette de 9 comprimé " * 4_000,
    ):
        pack_of(hostile, "comprimé")
