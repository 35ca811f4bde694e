"""Devices, glasses, acts, the insurer's agreements, substitution and the prescriber's agreement, initial prescriptions."""

from datetime import date
from typing import Any

import msgspec
import pytest
from ruled import DAY, deliver, given_on, medicine, ordered, rule

from factories import DOCTOR, boxes, delivered
from ordonum.model.actors import Profession
from ordonum.model.care import BiologyLine, Correction, NursingLine, OpticalEquipment, OpticsLine, PhysiotherapyLine
from ordonum.model.kept import Registered
from ordonum.model.lines import AgreementState, Family, PriorAgreement
from ordonum.model.outcomes import (
    Agreement,
    AgreementMeans,
    Delivered,
    Intervention,
    InterventionKind,
    InterventionReason,
    InterventionSubReason,
    SubstitutionKind,
)
from ordonum.model.products import DeviceLine, InitialPrescription, NoSubstitution, Supply
from requirements import requirement

WRITTEN = date(2026, 8, 31)
EVERYTHING = {"may_execute": frozenset(Family)}
LENSES = OpticalEquipment.CONTACT_LENSES


def _act(line: Any, family: Family, on: date, **rest: Any) -> tuple[str, str]:
    """Do this line, of that family, on that day."""
    order = ordered(line, on=WRITTEN, family=family)
    profession = rest.pop("by", Profession.DOCTOR)
    assert isinstance(order, Registered)
    signed = msgspec.structs.replace(order.order, prescriber=msgspec.structs.replace(DOCTOR, profession=profession))
    order = msgspec.structs.replace(order, order=signed)
    return deliver(order, on=on, lines=(delivered(1, rest.pop("quantity", None)),), **rest)


@requirement("CSS R.165-40", "device-first-6-months")
@requirement("CSS R.165-41", "device-a-month-at-once")
@requirement("article à trouver", "device-one-year")
def test_a_device_is_first_delivered_within_six_months_a_month_at_once() -> None:
    device = DeviceLine(rank=1, label="Sondes", quantity=boxes(60), duration_days=60)
    order = ordered(device, on=WRITTEN)
    for day, code in ((date(2027, 2, 27), "silent"), (date(2027, 2, 28), "silent"), (date(2027, 3, 1), "rule-asks")):
        assert deliver(order, on=day, only="device-first-6-months")[0] == code
    begun = (order, given_on(WRITTEN))
    assert deliver(*begun, on=date(2027, 3, 1), only="device-first-6-months")[0] == "silent"
    for many, code in ((29, "silent"), (30, "silent"), (31, "rule-asks")):
        assert deliver(order, on=WRITTEN, many=many, only="device-a-month-at-once")[0] == code
    rented = ordered(msgspec.structs.replace(device, supply=Supply.RENTED), on=WRITTEN)
    assert deliver(rented, on=WRITTEN, many=31, only="device-a-month-at-once")[0] == "silent"
    for day, code in ((date(2027, 8, 31), "silent"), (date(2027, 9, 1), "told")):
        found = deliver(order, on=day, only="device-one-year")
        assert found[0] == code
    assert "règle à valider" in found[1]


@requirement("CSP D.4362-12", "glasses-child", "glasses-adult", "glasses-later", "glasses-orthoptist")
@requirement("article à trouver", "lenses-child", "lenses-later")
@pytest.mark.parametrize(
    ("name", "born", "years", "code"),
    [
        ("glasses-child", "2010-09-01", 1, "rule-refuses"),  # fifteen until the day after the writing
        ("glasses-adult", "2010-08-31", 5, "rule-refuses"),
        ("glasses-adult", "1983-09-01", 5, "rule-refuses"),
        ("glasses-later", "1983-08-31", 3, "rule-refuses"),
        ("glasses-orthoptist", "1950-01-01", 2, "told"),
        ("lenses-child", "2015-01-01", 1, "told"),
        ("lenses-later", "1983-08-31", 3, "told"),
    ],
)
def test_glasses_and_lenses_are_valid_by_the_age_at_the_writing(name: str, born: str, years: int, code: str) -> None:
    kind = LENSES if "lenses" in name else OpticalEquipment.GLASSES_FAR
    line = OpticsLine(rank=1, equipment=kind, right=Correction(sphere="+01.00"))
    by = Profession.ORTHOPTIST if "orthoptist" in name else Profession.DOCTOR
    last = WRITTEN.replace(year=WRITTEN.year + years)
    for day, expected in ((last - DAY, "silent"), (last, "silent"), (last + DAY, code)):
        assert _act(line, Family.OPTICS, day, by=by, born=born, only=name, **EVERYTHING)[0] == expected
    other = msgspec.structs.replace(line, equipment=OpticalEquipment.GLASSES_FAR if kind is LENSES else LENSES)
    assert _act(other, Family.OPTICS, last + DAY, by=by, born=born, only=name, **EVERYTHING)[0] == "silent"


@requirement("article à trouver", "biology-one-year", "nursing-one-year", "rehabilitation-one-year")
@pytest.mark.parametrize(
    ("name", "line", "family"),
    [
        ("biology-one-year", BiologyLine(rank=1, label="NFS"), Family.BIOLOGY),
        ("nursing-one-year", NursingLine(rank=1, label="Pansement"), Family.NURSING),
        ("rehabilitation-one-year", PhysiotherapyLine(rank=1, label="Genou"), Family.PHYSIOTHERAPY),
    ],
)
def test_deadlines_without_an_article_only_inform(name: str, line: Any, family: Family) -> None:
    for day, code in ((date(2027, 8, 31), "silent"), (date(2027, 9, 1), "told")):
        found = _act(line, family, day, only=name, **EVERYTHING)
        assert found[0] == code
    assert "article à trouver" in found[1]


@requirement("CSS L.315-2", "agreement-refused", "agreement-pending")
@requirement("CSS R.163-2", "exceptional-drug")
def test_the_insurers_agreement_and_its_information_are_told() -> None:
    def line(state: AgreementState, since: date | None = None) -> Any:
        return ordered(medicine("metformine", prior_agreement=PriorAgreement(state=state, since=since)), on=WRITTEN)

    assert deliver(line(AgreementState.REFUSED), on=WRITTEN, only="agreement-refused")[0] == "rule-asks"
    assert deliver(line(AgreementState.GRANTED), on=WRITTEN, only="agreement-refused")[0] == "silent"
    assert deliver(line(AgreementState.TO_ASK), on=WRITTEN, only="agreement-pending")[0] == "told"
    assert deliver(line(AgreementState.GRANTED), on=WRITTEN, only="agreement-pending")[0] == "silent"
    asked = line(AgreementState.ASKED, WRITTEN)  # without an answer it is given after fifteen days
    for after, code in ((14, "told"), (15, "told"), (16, "silent")):
        assert deliver(asked, on=WRITTEN + after * DAY, only="agreement-pending")[0] == code
    assert (
        deliver(ordered(medicine("metformine", exceptional=True), on=WRITTEN), on=WRITTEN, only="exceptional-drug")[0]
        == "told"
    )
    assert deliver(ordered(medicine("metformine"), on=WRITTEN), on=WRITTEN, only="exceptional-drug")[0] == "silent"


def _changed(**what: Any) -> tuple[Delivered, ...]:
    return (msgspec.structs.replace(delivered(), **what),)


@requirement("CSP L.5125-23", "mention-excludes", "other-product-agreed")
def test_a_mention_excludes_substitution_and_another_product_wants_the_prescribers_agreement() -> None:
    order = ordered(medicine("lévothyroxine", no_substitution=NoSubstitution.MTE), on=WRITTEN)
    plain = ordered(medicine("lévothyroxine"), on=WRITTEN)
    for kind, code in (
        (SubstitutionKind.GENERIC, "rule-refuses"),
        (SubstitutionKind.EMERGENCY, "silent"),
        (None, "silent"),
    ):
        assert deliver(order, on=WRITTEN, lines=_changed(substitution=kind), only="mention-excludes")[0] == code
    assert deliver(plain, on=WRITTEN, lines=_changed(substitution=SubstitutionKind.GENERIC))[0] == "silent"
    wanted = rule("other-product-agreed").code
    assert deliver(plain, on=WRITTEN, lines=_changed(substitution=SubstitutionKind.AGREED))[0] == wanted
    modified = Intervention(kind=InterventionKind.MODIFIED, reason=InterventionReason.DOSAGE)
    assert deliver(plain, on=WRITTEN, lines=_changed(intervention=modified))[0] == wanted
    by_right = msgspec.structs.replace(modified, sub_reason=InterventionSubReason.PROTOCOL)
    assert deliver(plain, on=WRITTEN, lines=_changed(intervention=by_right))[0] == "silent"
    quantity = msgspec.structs.replace(modified, reason=InterventionReason.QUANTITY)
    assert deliver(plain, on=WRITTEN, lines=_changed(intervention=quantity))[0] == "silent"
    for day, code in ((WRITTEN - DAY, "silent"), (WRITTEN, "silent"), (WRITTEN + DAY, "agreement-after-act")):
        agreed = msgspec.structs.replace(modified, agreement=Agreement(AgreementMeans.PHONE, day))
        assert deliver(plain, on=WRITTEN, lines=_changed(intervention=agreed))[0] == code


@requirement("CSP R.5121-78", "initial-presented")
@requirement("CSP R.5121-77", "initial-in-time")
def test_the_initial_prescription_is_presented_and_still_good() -> None:
    order = ordered(medicine("ciclosporine", renewals=2), on=WRITTEN)
    assert deliver(order, on=WRITTEN, only="initial-presented")[0] == "rule-asks"
    assert deliver(order, given_on(WRITTEN), on=WRITTEN, only="initial-presented")[0] == "silent"
    cited = ordered(medicine("ciclosporine", initial=InitialPrescription(by="CHU", on=date(2026, 8, 31))), on=WRITTEN)
    assert deliver(cited, on=WRITTEN, only="initial-presented")[0] == "silent"
    for day, code in (
        (date(2027, 2, 28), "silent"),
        (date(2027, 3, 1), "rule-asks"),
    ):  # six months, to the end of February
        assert deliver(cited, on=day, only="initial-in-time")[0] == code
