"""The sandbox's register: every test card works somewhere, and each refusal has its case."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from ordonum.model.actors import Actor, Employee, Place, Software, Who
from ordonum.model.identifiers import Nil
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.sites import Activation, Register, Role, Site, SiteKind, check_site, check_software
from ordonum.sandbox import people, places, register
from ordonum.sandbox.register import ORDONUM, sandbox_register, write_register
from ordonum.wire import native

TODAY = date(2026, 11, 16)
REGISTER = sandbox_register(TODAY)
SITES = {each.key: each for each in REGISTER.sites}
PRODUCTS = {each.nil: each for each in REGISTER.software}
EVERYBODY: list[tuple[str, Who, Place]] = [
    *people.TEST_CARDS,
    *(
        (name, Employee(who.id, who.surname, who.given_name, who.role, under), place)
        for name, who, place, under in people.EMPLOYEE_CARDS
    ),
    *people.STRUCTURE_CARDS,
]


def _software(nil: Nil = ORDONUM, version: str = "1.0") -> Software:
    return Software("x", version, nil=nil)


@pytest.mark.parametrize(("name", "who", "place"), EVERYBODY, ids=[each[0] for each in EVERYBODY])
def test_every_test_card_works_from_its_place_with_our_software(name: str, who: Who, place: Place) -> None:
    actor = Actor(who, place, _software())
    check_software(actor, PRODUCTS[ORDONUM], Role.EXECUTANT, today=TODAY)
    check_site(actor, SITES.get(actor.site), today=TODAY)


def test_a_doctor_prescribes_inside_the_care_home() -> None:
    _, doctor, place = people.TEST_CARDS[0]
    actor = Actor(doctor, place, _software(), inside=places.EHPAD_INSIDE)
    check_software(actor, PRODUCTS[ORDONUM], Role.PRESCRIBER_ESMS, today=TODAY)
    check_site(actor, SITES.get(actor.site), today=TODAY)
    assert SITES[actor.site].kind is SiteKind.CARE_HOME


@pytest.mark.parametrize(
    ("nil", "version", "role", "refusal"),
    [
        (register.PRE_SERIES, "1", Role.PRESCRIBER, None),
        (register.PRE_SERIES, "1", Role.EXECUTANT, Refusal.SOFTWARE_NOT_AUTHORISED),
        (register.SUSPENDED, "1", Role.PRESCRIBER, Refusal.SOFTWARE_NOT_USABLE),
        (register.BY_VERSION, "2.1", Role.PRESCRIBER, None),
        (register.BY_VERSION, "3.0", Role.PRESCRIBER, Refusal.SOFTWARE_VERSION),
        (Nil("INCONNU-1"), "1", Role.PRESCRIBER, Refusal.SOFTWARE_UNKNOWN),
    ],
)
def test_each_product_is_refused_for_its_own_reason(
    nil: Nil, version: str, role: Role, refusal: Refusal | None
) -> None:
    _, doctor, place = people.TEST_CARDS[0]
    actor = Actor(doctor, place, _software(nil, version))
    if refusal is None:
        check_software(actor, PRODUCTS.get(nil), role, today=TODAY)
        check_site(actor, SITES.get(actor.site), today=TODAY)
        return
    with pytest.raises(Refused) as raised:
        check_software(actor, PRODUCTS.get(nil), role, today=TODAY)
    assert raised.value.refusal is refusal


def test_a_site_that_opens_next_month_does_then_and_a_closed_one_did_before() -> None:
    _, doctor, _ = people.TEST_CARDS[0]
    for place, day in ((places.NOT_YET, TODAY + timedelta(days=30)), (places.CLOSED, date(2023, 12, 31))):
        actor = Actor(doctor, place, _software())
        with pytest.raises(Refused) as raised:
            check_site(actor, SITES.get(actor.site), today=TODAY)
        assert raised.value.refusal is Refusal.SITE_NOT_ACTIVE
        check_site(actor, SITES.get(actor.site), today=day)


def test_an_employee_works_under_somebody_of_the_place_and_nowhere_else() -> None:
    _, assistant, place, under = people.EMPLOYEE_CARDS[0]
    cases = (
        (under, places.PHARMACIE_GARE, Refusal.NOT_OF_THIS_SITE),
        (people.rpps(4), place, Refusal.NOBODY_ANSWERS),
        (None, place, Refusal.NOBODY_ANSWERS),
    )
    for who_answers, where, refusal in cases:
        who = Employee(assistant.id, assistant.surname, assistant.given_name, assistant.role, who_answers)
        with pytest.raises(Refused) as raised:
            check_site(Actor(who, where, _software()), SITES[where.key], today=TODAY)
        assert raised.value.refusal is refusal


def test_the_register_written_is_the_register_read_with_the_sites_that_one_adds(tmp_path: Path) -> None:
    activation = Activation(nil=ORDONUM, since=date(2020, 1, 1))
    place = people.pharmacy(60, "Pharmacie de plus")
    more = Site(key=place.key, name=place.name, kind=SiteKind.PHARMACY, activations=(activation,))
    write_register(tmp_path / "register.json", (more,))
    written = (tmp_path / "register.json").read_bytes()
    read = native.read(written, Register)
    assert read.software == REGISTER.software
    assert read.sites[-1] == more
    assert [each.key for each in read.sites[:-1]] == [each.key for each in REGISTER.sites]
    assert written.count(b"\n") > 100  # a person reads it
