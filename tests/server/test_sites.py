"""The register of software and sites: who may ask a token, and call, with what, from where, on that day."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import httpx2
import msgspec
import pytest

from factories import a_prescription
from ordonum.cli.system import System
from ordonum.client import Client, prepare
from ordonum.model.actors import Establishment, Software
from ordonum.model.identifiers import Finess, Nie, Nil
from ordonum.model.sites import Activation, Register, RegisteredSoftware, Role, Site, SiteKind, SoftwareStatus
from ordonum.sandbox import people
from ordonum.sandbox.register import sandbox_register
from ordonum.server.identity.sites import RegisterRefused, Sites, load
from ordonum.wire import native
from ordonum.wire.assertion import AssertionClaims
from raw import ask_token, assert_problem, post, token

TODAY = date(2026, 11, 22)


def _product(nil: str, **changes: object) -> RegisteredSoftware:
    made = RegisteredSoftware(
        nie=Nie("EDITEUR"),
        nil=Nil(nil),
        publisher="Éditeur d'essai",
        product=f"Produit {nil}",
        versions=("*",),
        roles=(Role.PRESCRIBER, Role.EXECUTANT),
        status=SoftwareStatus.AUTHORISED,
        since=date(2020, 1, 1),
    )
    return msgspec.structs.replace(made, **changes)


@pytest.fixture
def registered(system: System) -> Iterator[System]:
    """The sandbox's register with products and sites that are not all what they should be."""
    base = sandbox_register()
    today = system.now().date()
    products = (
        _product("PRESCRIT", roles=(Role.EXECUTANT,)),
        _product("PRESCRIPTEUR", roles=(Role.PRESCRIBER,)),
        _product("SUSPENDU", status=SoftwareStatus.SUSPENDED),
        _product("FUTUR", since=today + timedelta(days=1)),
        _product("FINI", until=today),
        _product("VERSION", versions=("2.0",)),
        _product("NULLE-PART"),
    )
    nils = [each.nil for each in products if each.nil != "NULLE-PART"]
    sites = tuple(
        msgspec.structs.replace(
            site,
            activations=(
                *site.activations,
                *(Activation(nil=nil, since=date(2020, 1, 1)) for nil in nils),
                Activation(nil=Nil("NULLE-PART"), since=today + timedelta(days=20)),
            ),
        )
        for site in base.sites
    )
    assert system.context is not None
    before = system.context.sites
    system.context.sites = Sites(
        Register(software=(*base.software, *products), sites=sites, any_site_for=base.any_site_for)
    )
    yield system
    system.context.sites = before


def _ask(system: System, client: Client, nil: str | None, *, version: str = "1.0") -> httpx2.Response:
    software = Software("logiciel d'essai", version, nil=Nil(nil) if nil else None)
    now = int(system.now().timestamp())
    signed = prepare.assertion(client.card, client.card.place, software, audience=f"{system.url}/v1/token", now=now)
    return ask_token(system, signed)


@pytest.mark.parametrize(
    ("nil", "code", "said"),
    [
        (None, "software-unknown", "NIL"),
        ("INCONNU", "software-unknown", "NIL"),
        ("SUSPENDU", "software-not-usable", "suspendu"),
        ("FUTUR", "software-not-usable", "Produit FUTUR"),
        ("FINI", "software-not-usable", "Produit FINI"),
        ("VERSION", "software-version", "Produit VERSION"),
        ("NULLE-PART", "site-not-active", "activation prévue le"),
        ("PRESCRIPTEUR", "software-not-authorised", "exécutant"),
    ],
)
def test_a_token_is_refused_with_the_reason(
    registered: System, pharmacy: Client, nil: str | None, code: str, said: str
) -> None:
    assert said in assert_problem(_ask(registered, pharmacy, nil), code)["detail"]


def test_the_version_authorised_and_the_role_authorised_are_given_a_token(
    registered: System, doctor: Client, pharmacy: Client
) -> None:
    assert _ask(registered, pharmacy, "VERSION", version="2.0").status_code == 200
    assert _ask(registered, doctor, "PRESCRIPTEUR").status_code == 200
    assert _ask(registered, pharmacy, "PRESCRIT").status_code == 200


def test_a_doctors_software_authorised_for_executants_only_registers_nothing(
    registered: System, doctor: Client
) -> None:
    bearer = str(_ask(registered, doctor, "PRESCRIT").json()["access_token"])
    prepared = prepare.registration(a_prescription(), doctor.card, doctor.software)
    told = assert_problem(post(registered, "/v1/register", prepared.body, bearer=bearer), "software-not-authorised")
    assert "prescripteur" in told["detail"]


def test_what_the_register_says_holds_from_the_next_call(registered: System, doctor: Client) -> None:
    bearer = token(doctor, registered)
    prepared = prepare.registration(a_prescription(), doctor.card, doctor.software)
    assert registered.context is not None
    base = sandbox_register()
    suspended = tuple(msgspec.structs.replace(each, status=SoftwareStatus.SUSPENDED) for each in base.software)
    registered.context.sites = Sites(Register(software=suspended, sites=base.sites))
    assert_problem(post(registered, "/v1/register", prepared.body, bearer=bearer), "software-not-usable")


def test_inside_an_establishment_the_site_is_the_establishment_and_the_role_its_own(
    registered: System, doctor: Client
) -> None:
    home = Establishment(finess=people.finess(77), name="EHPAD d'essai")
    now = int(registered.now().timestamp())

    def ask(nil: str) -> httpx2.Response:
        claims = AssertionClaims(
            iss="8" + doctor.card.professional.rpps,
            sub="8" + doctor.card.professional.rpps,
            aud=f"{registered.url}/v1/token",
            iat=now,
            exp=now + 60,
            jti=f"0123456789abcdef{nil}{registered.now().timestamp()}",
            place=doctor.card.place,
            software=Software("x", "1", nil=Nil(nil)),
            inside=home,
        )
        return ask_token(registered, doctor.card.sign_assertion(native.write(claims)))

    # Authorised as a prescriber in town, not inside an establishment: it may still be used to execute.
    assert_problem(ask("PRESCRIPTEUR"), "software-not-authorised")
    assert_problem(ask("PRESCRIT"), "site-unknown")
    assert ask("ORDONUM-1").status_code == 200  # any undeclared site is open to it in the sandbox


def _file(tmp_path: Path, register: Register) -> Path:
    file = tmp_path / "register.json"
    file.write_bytes(native.write(register))
    return file


def test_a_real_service_refuses_a_register_that_opens_all_sites_and_one_that_is_missing(tmp_path: Path) -> None:
    product = _product("PRODUIT-X")
    opened = _file(tmp_path, Register(software=(product,), sites=(), any_site_for=(Nil("PRODUIT-X"),)))
    load(opened, sandbox=True)
    with pytest.raises(RegisterRefused, match="any_site_for"):
        load(opened, sandbox=False)
    with pytest.raises(RegisterRefused, match="manque"):
        load(tmp_path / "nulle-part.json", sandbox=True)


@pytest.mark.parametrize("text", ["", "{}", '{"software": [], "sites": [{"key": 1}]}', "[]"])
def test_a_damaged_register_is_refused_with_its_places(tmp_path: Path, text: str) -> None:
    file = tmp_path / "register.json"
    file.write_text(text)
    with pytest.raises(RegisterRefused, match=r"lisible \(\$"):
        load(file, sandbox=True)


def test_a_register_names_each_product_and_each_site_once(tmp_path: Path) -> None:
    product = _product("PRODUIT-X")
    site = Site(key="am:691000001", name="Cabinet", kind=SiteKind.PRACTICE, activations=())
    for register in (
        Register(software=(product, product), sites=()),
        Register(software=(product,), sites=(site, site)),
    ):
        with pytest.raises(RegisterRefused, match="deux fois"):
            load(_file(tmp_path, register), sandbox=True)


def test_an_order_from_another_place_than_the_senders_is_refused(system: System, doctor: Client) -> None:
    elsewhere = people.cabinet(55, "Autre cabinet")
    prepared = prepare.registration(a_prescription(place=elsewhere), doctor.card, doctor.software)
    answer = post(system, "/v1/register", prepared.body, bearer=token(doctor, system))
    assert_problem(answer, "place-differs")
    inside = msgspec.structs.replace(
        a_prescription(), establishment=Establishment(finess=Finess(people.finess(77)), name="EHPAD d'essai")
    )
    prepared = prepare.registration(inside, doctor.card, doctor.software)
    assert_problem(post(system, "/v1/register", prepared.body, bearer=token(doctor, system)), "place-differs")
