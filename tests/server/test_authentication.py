"""Who is recognised, for how long, and what a wrong clock or a lost card is told."""

import asyncio
from datetime import timedelta

import httpx2
import msgspec
import pytest

from factories import a_prescription
from ordonum.cli.system import System
from ordonum.client import Client, Declined, prepare
from ordonum.client.card import CardFile
from ordonum.model.refusals import Refusal
from ordonum.sandbox.authority import Authority
from ordonum.server.identity.trust import RootsRefused, Trust
from ordonum.server.worker.revocations import receive
from ordonum.wire import native
from ordonum.wire.assertion import AssertionClaims
from raw import ask_token, assert_problem, post, token


def _assertion(client: Client, system: System, *, seconds: int = 0, audience: str | None = None) -> str:
    return prepare.assertion(
        client.card,
        client.card.place,
        client.software,
        audience=audience or f"{system.url}/v1/token",
        now=int(system.now().timestamp()) + seconds,
    )


def _claims(client: Client, system: System, **changes: object) -> str:
    now = int(system.now().timestamp())
    national = "8" + client.card.professional.rpps
    claims = AssertionClaims(
        iss=national,
        sub=national,
        aud=f"{system.url}/v1/token",
        iat=now,
        exp=now + 60,
        jti="0123456789abcdef" + str(now),
        place=client.card.place,
        software=client.software,
    )
    return client.card.sign_assertion(native.write(msgspec.structs.replace(claims, **changes)))


@pytest.mark.parametrize("seconds", [-290, 0, 290])
def test_a_clock_five_minutes_wrong_is_tolerated(system: System, doctor: Client, seconds: int) -> None:
    assert ask_token(system, _assertion(doctor, system, seconds=seconds)).status_code == 200


@pytest.mark.parametrize("seconds", [-420, 360])
def test_a_clock_more_wrong_is_refused_with_the_services_time(system: System, doctor: Client, seconds: int) -> None:
    told = assert_problem(ask_token(system, _assertion(doctor, system, seconds=seconds)), "clock-differs")
    assert system.now().strftime("%d/%m/%Y %H:") in told["detail"]


def test_an_assertion_serves_once(system: System, doctor: Client) -> None:
    signed = _assertion(doctor, system)
    assert ask_token(system, signed).status_code == 200
    assert_problem(ask_token(system, signed), "assertion-reused")


def test_an_assertion_for_another_service_another_person_or_too_long_is_refused(system: System, doctor: Client) -> None:
    for signed in (
        _assertion(doctor, system, audience="https://ailleurs.example/v1/token"),
        _claims(doctor, system, iss="899700366240", sub="899700366240"),
        _claims(doctor, system, exp=int(system.now().timestamp()) + 3600),
        _claims(doctor, system, iat=10**18, exp=10**18 + 60),
        doctor.card.sign_order(b"{}"),
        "a.b.c",
        "",
    ):
        assert_problem(ask_token(system, signed), "bad-assertion") if signed else assert_problem(
            ask_token(system, signed)
        )


def test_a_signature_key_does_not_authenticate(system: System, doctor: Client) -> None:
    file = native.read((system.authority.cards / "dr-martin.json").read_bytes(), CardFile)
    swapped = type(doctor.card)(msgspec.structs.replace(file, authentication=file.signature))
    with Client(system.url, swapped, home=system.home / "sw", trust=system.authority.trust) as client:
        assert_problem(ask_token(system, _assertion(client, system)), "certificate-untrusted")


@pytest.mark.parametrize("bearer", ["x", "a.b.c", "é" * 10, "Bearer", "x" * 9000])
def test_a_token_that_is_none_is_refused(system: System, bearer: str) -> None:
    headers = {b"Authorization": f"Bearer {bearer}".encode()}
    answer = httpx2.post(f"{system.url}/v1/consult", content=b"{}", headers=headers)
    assert_problem(answer, "no-token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_altered_or_of_another_use_is_refused(system: System, doctor: Client) -> None:
    header, payload, signature = token(doctor, system).split(".")
    for forged in (f"{header}.{payload}.{signature[:-2]}AA", doctor.card.sign_order(b"{}"), _assertion(doctor, system)):
        assert_problem(post(system, "/v1/consult", {}, bearer=forged), "no-token")


def test_a_token_expires(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor:
        bearer = token(doctor, own_system)
        assert_problem(post(own_system, "/v1/consult", {}, bearer=bearer), "unreadable")
        own_system.shift += timedelta(minutes=61)
        told = assert_problem(post(own_system, "/v1/consult", {}, bearer=bearer), "token-expired")
        assert told["retry"] == "same-id"
        assert doctor.prescribe(a_prescription()).act_id  # the client asks a new one by itself


def test_a_revocation_is_effective_on_the_next_request(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor:
        doctor.prescribe(a_prescription())
        bearer = token(doctor, own_system)
        card = native.read((own_system.authority.cards / "dr-martin.json").read_bytes(), CardFile)
        own_system.authority.revoke(card)
        _receive(own_system)
        assert_problem(post(own_system, "/v1/executions", {}, bearer=bearer), "certificate-revoked")
        assert_problem(ask_token(own_system, _assertion(doctor, own_system)), "certificate-revoked")
        with pytest.raises(Declined) as raised:
            doctor.prescribe(a_prescription())
        assert raised.value.refusal is Refusal.CERTIFICATE_REVOKED
    with own_system.client("dr-leroy") as other:
        other.prescribe(a_prescription())


def test_a_revocation_list_of_a_stranger_is_not_received(
    own_system: System, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stranger = Authority(tmp_path_factory.mktemp("stranger"))
    card = native.read((own_system.authority.cards / "dr-martin.json").read_bytes(), CardFile)
    stranger.revoke(card)
    own_system.authority.revocation_list.write_bytes(stranger.revocation_list.read_bytes())
    _receive(own_system)
    with own_system.client("dr-martin") as doctor:
        doctor.prescribe(a_prescription())


def _receive(system: System) -> None:
    """Have the service receive the list now, in its own loop, as its worker does every second."""
    assert system.context is not None
    assert system.loop is not None
    asyncio.run_coroutine_threadsafe(receive(system.context, system.authority.revocation_list), system.loop).result(10)


def test_test_roots_are_refused_unless_a_setting_says_sandbox(
    system: System, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(RootsRefused, match="autorité de test"):
        Trust(system.authority.trust, sandbox=False)
    with pytest.raises(RootsRefused, match="Aucune autorité"):
        Trust(tmp_path_factory.mktemp("empty"), sandbox=True)
    assert len(Trust(system.authority.trust, sandbox=True).roots) == 1
