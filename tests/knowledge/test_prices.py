"""What a prescription costs: cents, boxes, rates, equivalents; a price that nobody published is said to be free."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from ruled import medicine

from ordonum.knowledge.drugs.file import edition_of
from ordonum.knowledge.drugs.formulary import formulary
from ordonum.knowledge.drugs.loaded import LoadedBase, holding
from ordonum.knowledge.drugs.prices import WithoutPrice, bill, boxes_of, cheaper, counted_in, line_price, per_unit
from ordonum.model.dosage import Dosage, Dose, DoseUnit, Step, TimeUnit, Timing
from ordonum.model.drug import GroupPlace, Pack, Presentation, Speciality
from ordonum.model.identifiers import Cip13, Cis
from ordonum.model.lines import Quantity, Unit
from ordonum.texts.french import euros
from whole_base import whole_base

TODAY = date(2026, 11, 22)
AMLOR, SKENAN = "3400933313586", "3400933323691"
AMLOR_BOX, SKENAN_BOX = Cip13(AMLOR), Cip13(SKENAN)


def _box(cip13: str, price: int | None, amount: int | None = 30, **said: Any) -> Presentation:
    told: dict[str, Any] = {
        "cip13": cip13,
        "cip7": cip13[5:12],
        "label": "boîte",
        "status": "Présentation active",
        "marketing": "Déclaration de commercialisation",
        "since": None,
        "hospital": None,
        "rates": (65,) if price is not None else (),
        "price": price and price - 102,
        "public_price": price,
        "fee": price and 102,
        "indications": None,
        "pack": Pack(Decimal(amount), DoseUnit.TABLET) if amount else None,
    }
    return Presentation(**(told | said))


def _speciality(cis: str, *boxes: Presentation, place: int | None = None, **said: Any) -> Speciality:
    groups = (GroupPlace(group=1, label="GROUPE", type=place, rank=1),) if place is not None else ()
    told: dict[str, Any] = {
        "cis": cis,
        "name": f"SPECIALITE {cis}",
        "form": "comprimé",
        "routes": ("orale",),
        "status": "Autorisation active",
        "procedure": "nationale",
        "marketing": "Commercialisée",
        "since": None,
        "bdm": None,
        "european": None,
        "holders": (),
        "watched": False,
        "components": (),
        "conditions": (),
        "atc": None,
        "groups": groups,
        "presentations": boxes,
        "shortages": (),
    }
    return Speciality(**(told | said))


def _base(*specialities: Speciality) -> LoadedBase:
    ordered = sorted(specialities, key=lambda each: each.cis)
    return holding(ordered, edition_of(ordered, source="essai", of=date(2026, 11, 22), whole=False))


ORIGINAL = _box(AMLOR, 1000)
BASE = _base(
    _speciality("60000001", ORIGINAL, place=0),
    _speciality("60000002", _box("3400930000021", 700), _box("3400930000022", 1500, 90), place=1),
    _speciality("60000003", _box("3400930000031", 600), place=1, marketing="Non commercialisée"),
    _speciality("60000004", _box("3400930000041", 100), place=2),
    _speciality("60000005", _box("3400930000051", 999, status="Présentation abrogée"), place=1),
    _speciality("60000006", _box("3400930000061", None), place=1),
    _speciality("60000007", _box("3400930000071", 1000), place=4),
    _speciality("60000008", _box("3400930000081", 500, None), place=1),
    _speciality("60000009", _box(SKENAN, None)),
)


@pytest.mark.parametrize(
    ("said", "total", "insured", "rate"),
    [
        ({}, 2000, 1300, 65),
        ({"ald": True}, 2000, 2000, 100),
        ({"not_reimbursable": True}, 2000, 0, 0),
        ({"ald": True, "not_reimbursable": True}, 2000, 0, 0),
        ({"quantity": Quantity(61, Unit.UNITS)}, 3000, 1950, 65),
        ({"quantity": Quantity(60, Unit.UNITS)}, 2000, 1300, 65),
    ],
)
def test_a_line_costs_its_boxes_and_insurance_pays_at_the_rate(said: Any, total: int, insured: int, rate: int) -> None:
    line = medicine("amlodipine", **({"cip13": AMLOR_BOX, "quantity": Quantity(2, Unit.BOXES)} | said))
    found = line_price(BASE, line, start=TODAY)
    assert (found.total, found.insured, found.rate, found.because) == (total, insured, rate, None)


def test_half_a_cent_of_insurance_is_rounded_up_and_renewals_count_in_the_whole() -> None:
    base = _base(_speciality("60000001", _box(AMLOR, 1010, rates=(15,))))
    found = line_price(
        base, medicine("amlodipine", cip13=AMLOR_BOX, quantity=Quantity(1, Unit.BOXES), renewals=2), start=TODAY
    )
    assert (found.insured, found.total, found.whole) == (152, 1010, 3030)


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ({}, WithoutPrice.UNCODED),
        ({"cip13": Cip13("3400935955838")}, WithoutPrice.UNKNOWN),
        ({"cis": Cis("69999999")}, WithoutPrice.UNKNOWN),
        ({"cip13": SKENAN_BOX}, WithoutPrice.FREE),
        ({"cis": Cis("60000009")}, WithoutPrice.FREE),
        ({"cis": Cis("60000002")}, WithoutPrice.SEVERAL),
        ({"cip13": AMLOR_BOX, "quantity": None}, WithoutPrice.NO_COUNT),
        ({"cip13": AMLOR_BOX, "quantity": Quantity(60, Unit.MILLILITRES)}, WithoutPrice.NO_COUNT),
        ({"cip13": AMLOR_BOX, "quantity": Quantity(60, Unit.DAYS)}, WithoutPrice.NO_COUNT),
    ],
)
def test_a_figure_that_misses_says_why(said: Any, because: WithoutPrice) -> None:
    found = line_price(BASE, medicine("amlodipine", **({"quantity": Quantity(1, Unit.BOXES)} | said)), start=TODAY)
    assert (found.because, found.total, found.insured) == (because, None, None)


def test_the_one_box_of_a_speciality_needs_no_code_and_the_dosage_counts_boxes_where_none_were_written() -> None:
    twice = Dosage(
        steps=(Step(dose=Dose(amount=Decimal(1), unit=DoseUnit.TABLET), timing=Timing(times=2, period=TimeUnit.DAY)),)
    )
    line = medicine("amlodipine", cis=Cis("60000001"), quantity=None, rank=3, days=60, structured_dosage=twice)
    assert line_price(BASE, line, start=TODAY).boxes == 4
    summed = bill(BASE, (line, medicine("amlodipine", rank=4)), start=TODAY)
    assert (summed.total, summed.insured, summed.missing) == (4000, 2600, (4,))


def test_cheaper_equivalents_are_of_the_same_group_sold_priced_and_compared_by_unit() -> None:
    speciality = BASE.speciality("60000001")
    assert speciality is not None
    found = cheaper(BASE, speciality, ORIGINAL)
    assert [(each.cip13, each.per_unit) for each in found] == [
        ("3400930000022", Decimal("16.67")),
        ("3400930000021", Decimal("23.33")),
    ]
    assert cheaper(BASE, speciality, _box(AMLOR, 1000, None)) == ()
    assert per_unit(ORIGINAL) == Decimal(1000) / 30


def test_units_that_the_box_does_not_count_give_no_boxes() -> None:
    syrup = _box(AMLOR, 500, pack=Pack(Decimal(150), DoseUnit.MILLILITRE))
    assert boxes_of(medicine("amlodipine", quantity=Quantity(300, Unit.MILLILITRES)), syrup) == 2
    assert boxes_of(medicine("amlodipine", quantity=Quantity(300, Unit.UNITS)), syrup) is None


def test_every_priced_box_of_the_whole_base_has_a_bill_and_no_equivalent_costs_more() -> None:
    base = whole_base()
    speciality, box = base.presentation("3400933313586") or pytest.fail("AMLOR 5 mg")
    found = line_price(base, medicine("amlodipine", cip13=AMLOR_BOX, quantity=Quantity(3, Unit.BOXES)), start=TODAY)
    assert box.public_price is not None
    assert found.total == 3 * box.public_price
    own = per_unit(box)
    assert own is not None
    assert all(each.per_unit < own and each.cis != speciality.cis for each in found.cheaper)
    assert all("AMLODIPINE" in each.name for each in found.cheaper)


@pytest.mark.parametrize(
    ("cents", "said"), [(0, "0,00 €"), (5, "0,05 €"), (123456, "1\u202f234,56\u00a0€"), (-150, "−1,50\u00a0€")]
)
def test_euros_are_written_as_in_french(cents: int, said: str) -> None:
    assert euros(cents).replace("\u00a0", " ") == said.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("substance", "form", "counted"),
    [
        ("insuline glargine", "solution", DoseUnit.IU),
        ("paracetamol", "suspension", None),
        ("paracetamol", "gélule", DoseUnit.CAPSULE),
    ],
)
def test_a_bare_number_is_never_a_volume(substance: str, form: str, counted: DoseUnit | None) -> None:
    base = formulary()
    found = [base.speciality(cis) for cis in base.of_substance(substance)]
    boxes = [box for each in found if each and each.form.startswith(form) for box in each.presentations]
    assert boxes
    assert {counted_in(base, each.cip13, None) for each in boxes} == {counted}
