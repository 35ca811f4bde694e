"""The register of software and sites: each refusal by its name, and the days on which each thing begins and ends."""

from datetime import date

import msgspec
import pytest

from factories import DOCTOR, PHARMACY, PLACE
from ordonum.model.actors import Actor, Employee, EmployeeRole, Establishment, Software, Structure, Who
from ordonum.model.identifiers import EmployeeId, Nie, Nil, StructureId
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.sites import (
    Activation,
    RegisteredSoftware,
    Role,
    Site,
    SiteKind,
    SoftwareStatus,
    check_site,
    check_software,
    role_of,
)
from ordonum.sandbox import people

BEGINS, ENDS, TODAY = date(2026, 1, 1), date(2027, 1, 1), date(2026, 6, 1)
NIL, OTHER = Nil("LGO-1"), Nil("LGO-2")
PRODUCT = RegisteredSoftware(
    nie=Nie("NIE-1"),
    nil=NIL,
    publisher="Éditeur",
    product="Officine",
    versions=("1.0", "1.1"),
    roles=(Role.EXECUTANT,),
    status=SoftwareStatus.AUTHORISED,
    since=BEGINS,
    until=ENDS,
)
SITE = Site(
    key=f"finess:{people.finess(1)}",
    name="Pharmacie du Centre",
    kind=SiteKind.PHARMACY,
    responsible=(people.rpps(3),),
    activations=(Activation(nil=NIL, since=BEGINS, until=ENDS),),
)
HOME = Establishment(finess=people.finess(77), name="EHPAD")


def _actor(who: Who = DOCTOR, version: str = "1.0", inside: Establishment | None = None) -> Actor:
    return Actor(who, PHARMACY, Software("Officine", version, nil=NIL), inside)


def _employee(structure: str = f"3{people.finess(1)}", under: int | None = 3) -> Employee:
    answers = None if under is None else people.rpps(under)
    return Employee(EmployeeId(f"{structure}/CPET00001"), "X", "Y", EmployeeRole.PHARMACY_ASSISTANT, answers)


def _software_refused(product: RegisteredSoftware | None, *, today: date = TODAY, version: str = "1.0") -> Refused:
    with pytest.raises(Refused) as raised:
        check_software(_actor(version=version), product, Role.EXECUTANT, today=today)
    return raised.value


def _site_refused(site: Site | None, actor: Actor | None = None, *, today: date = TODAY) -> Refused:
    with pytest.raises(Refused) as raised:
        check_site(actor or _actor(), site, today=today)
    return raised.value


def test_a_software_in_its_days_in_one_of_its_versions_for_its_role_is_used() -> None:
    for version in ("1.0", "1.1"):
        check_software(_actor(version=version), PRODUCT, Role.EXECUTANT, today=TODAY)
    any_version = msgspec.structs.replace(PRODUCT, versions=("*",))
    check_software(_actor(version="9.9"), any_version, Role.EXECUTANT, today=TODAY)


def test_a_software_that_is_not_is_refused_by_what_it_lacks() -> None:
    assert _software_refused(None).refusal is Refusal.SOFTWARE_UNKNOWN
    assert _software_refused(PRODUCT, version="0.9").refusal is Refusal.SOFTWARE_VERSION
    prescribes = msgspec.structs.replace(PRODUCT, roles=(Role.PRESCRIBER,))
    refused = _software_refused(prescribes)
    assert refused.refusal is Refusal.SOFTWARE_NOT_AUTHORISED
    assert "Officine" in refused.detail
    assert "exécutant" in refused.detail


@pytest.mark.parametrize(
    ("status", "usable"),
    [
        (SoftwareStatus.AUTHORISED, True),
        (SoftwareStatus.PRE_SERIES, True),
        (SoftwareStatus.SUSPENDED, False),
        (SoftwareStatus.WITHDRAWN, False),
    ],
)
def test_a_product_is_used_while_it_is_authorised_or_in_pre_series(status: SoftwareStatus, usable: bool) -> None:
    product = msgspec.structs.replace(PRODUCT, status=status)
    assert product.stands(TODAY) is usable
    if not usable:
        assert status.label in _software_refused(product).detail


@pytest.mark.parametrize(
    ("today", "stands"),
    [(date(2025, 12, 31), False), (BEGINS, True), (date(2026, 12, 31), True), (ENDS, False), (date(2027, 1, 2), False)],
)
def test_the_first_day_counts_and_the_last_does_not_for_products_and_for_sites(today: date, stands: bool) -> None:
    assert PRODUCT.stands(today) is stands
    if stands:
        check_site(_actor(), SITE, today=today)
    else:
        assert _software_refused(PRODUCT, today=today).refusal is Refusal.SOFTWARE_NOT_USABLE
        assert _site_refused(SITE, today=today).refusal is Refusal.SITE_NOT_ACTIVE


def test_without_an_end_a_product_and_a_site_stand_for_ever() -> None:
    assert msgspec.structs.replace(PRODUCT, until=None).stands(date(2100, 1, 1))
    endless = msgspec.structs.replace(SITE, activations=(Activation(nil=NIL, since=BEGINS),))
    check_site(_actor(), endless, today=date(2100, 1, 1))


def test_a_site_that_is_unknown_or_active_for_another_software_is_refused() -> None:
    assert _site_refused(None).refusal is Refusal.SITE_UNKNOWN
    other = msgspec.structs.replace(SITE, activations=(Activation(nil=OTHER, since=BEGINS),))
    refused = _site_refused(other)
    assert refused.refusal is Refusal.SITE_NOT_ACTIVE
    assert "activation prévue" not in refused.detail


def test_a_site_that_opens_later_says_when_the_soonest() -> None:
    days = (date(2025, 1, 1), date(2026, 9, 1), date(2026, 8, 1))
    activations = tuple(Activation(nil=NIL, since=day, until=day.replace(month=12)) for day in days)
    refused = _site_refused(msgspec.structs.replace(SITE, activations=activations))
    assert "01/08/2026" in refused.detail
    assert (
        "activation prévue"
        not in _site_refused(
            msgspec.structs.replace(SITE, activations=(Activation(nil=NIL, since=TODAY, until=TODAY),))
        ).detail
    )


def test_an_employee_acts_from_the_structure_that_employs_them() -> None:
    check_site(_actor(_employee()), SITE, today=TODAY)
    elsewhere = _actor(_employee(structure=f"3{people.finess(2)}"))
    assert _site_refused(SITE, elsewhere).refusal is Refusal.NOT_OF_THIS_SITE
    declared = msgspec.structs.replace(SITE, key="am:691000001", structure=StructureId(f"1{people.finess(1)}"))
    check_site(_actor(_employee()), declared, today=TODAY)
    unnamed = msgspec.structs.replace(SITE, key="am:691000001")
    assert _site_refused(unnamed, _actor(_employee())).refusal is Refusal.NOT_OF_THIS_SITE


@pytest.mark.parametrize("under", [None, 4])
def test_an_employee_needs_somebody_who_answers_for_the_site(under: int | None) -> None:
    assert _site_refused(SITE, _actor(_employee(under=under))).refusal is Refusal.NOBODY_ANSWERS


def test_a_structure_acts_from_itself_and_nobody_needs_to_answer() -> None:
    check_site(_actor(Structure(StructureId(f"1{people.finess(1)}"), "P")), SITE, today=TODAY)
    other = _actor(Structure(StructureId(f"1{people.finess(2)}"), "P"))
    assert _site_refused(SITE, other).refusal is Refusal.NOT_OF_THIS_SITE


def test_only_professionals_work_inside_another_establishment() -> None:
    check_site(_actor(inside=HOME), SITE, today=TODAY)
    structure = Structure(StructureId(f"1{people.finess(1)}"), "P")
    for who in (_employee(), structure):
        assert _site_refused(SITE, _actor(who, inside=HOME)).refusal is Refusal.NOT_OF_THIS_SITE


def test_prescribing_inside_an_establishment_is_a_role_of_its_own() -> None:
    outside, inside = Actor(DOCTOR, PLACE, Software("x", "1")), Actor(DOCTOR, PLACE, Software("x", "1"), HOME)
    assert role_of(outside, prescribes=True) is Role.PRESCRIBER
    assert role_of(inside, prescribes=True) is Role.PRESCRIBER_ESMS
    assert role_of(inside, prescribes=False) is role_of(outside, prescribes=False) is Role.EXECUTANT
    assert (outside.site, inside.site) == (PLACE.key, HOME.key)
