"""Delegated keys: registered before use, published day by day, revoked with their card; orders that they sign."""

import asyncio
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey, OKPKey

from factories import a_patient, a_prescription
from ordonum.cli.system import System
from ordonum.client import Card, Client, prepare
from ordonum.client.card import CardFile
from ordonum.client.key_lists import KeyLists, Proof
from ordonum.client.keys import HeldKey, HeldKeys
from ordonum.model.actors import Profession
from ordonum.model.acts import Origin, RegisterRequest
from ordonum.model.delegation import Delegated, DelegateRequest, KeyUse
from ordonum.model.number import EpuId
from ordonum.model.prescription import SignedOrder
from ordonum.sandbox import people
from ordonum.server.worker.revocations import receive
from ordonum.wire import delegation, jws, native, qr
from ordonum.wire.qr import QrContent
from raw import assert_problem, post, token


@pytest.fixture
def keys(tmp_path: Path) -> HeldKeys:
    return HeldKeys(tmp_path / "keys")


@pytest.fixture
def rsa_doctor(system: System, tmp_path: Path) -> Iterator[Client]:
    """A doctor whose card has RSA keys, as the cards in use do."""
    who = people.professional(91, "RSA", "Marie", Profession.DOCTOR)
    card = Card(system.authority.issue("dr-rsa", who, people.cabinet(91, "Cabinet RSA"), rsa_keys=True))
    with Client(system.url, card, home=tmp_path / "rsa", trust=system.authority.trust) as client:
        yield client


def _delegate(system: System, client: Client, held: HeldKey) -> Delegated:
    answer = post(
        system, "/v1/delegations", native.write(DelegateRequest(held.delegation)), bearer=token(client, system)
    )
    assert answer.status_code == 201, answer.text
    return native.read(answer.content, Delegated)


def _ack_keys(system: System) -> dict[str, OKPKey]:
    published = httpx2.get(f"{system.url}/v1/acknowledgement-keys").json()["keys"]
    return {each["kid"]: OKPKey.import_key(each) for each in published}


def _lists(system: System, folder: Path) -> KeyLists:
    lists = KeyLists(folder, _ack_keys(system))
    today = system.now().date()
    for day in [today - timedelta(days=n) for n in range(36)] + [today + timedelta(days=1)]:
        answer = httpx2.get(f"{system.url}/v1/keys/{day.isoformat()}")
        if answer.status_code == 200:
            lists.keep(day, answer.text)
    return lists


def _content(client: Client, number: EpuId, system: System) -> QrContent:
    patient = a_patient()
    return qr.content_for(
        number,
        client.card.professional.rpps,
        client.card.place,
        surname=patient.surname,
        first_name=patient.first_name,
        birth_date=patient.birth_date,
        written_on=system.now().date(),
    )


def _number() -> EpuId:
    return EpuId.draw(secrets.choice)


def test_a_qr_key_is_registered_published_and_verifies_a_code_without_the_service(
    system: System, rsa_doctor: Client, keys: HeldKeys, tmp_path: Path
) -> None:
    held = keys.make(rsa_doctor.card, KeyUse.QR, system.now())
    answer = _delegate(system, rsa_doctor, held)
    assert answer.use is KeyUse.QR
    assert _delegate(system, rsa_doctor, held) == answer  # the same key again: the first answer
    signed = held.sign_qr(_content(rsa_doctor, _number(), system))
    lists = _lists(system, tmp_path / "lists")
    # The lists of the month before are needed too: a key lasts thirty-one days. All but tomorrow's are there.
    found = lists.verdict(signed)
    assert found.proof is Proof.PROVEN
    other = msgspec.structs.replace(signed, content=msgspec.structs.replace(signed.content, surname="AUTRE"))
    assert lists.verdict(other).proof is Proof.LISTS_MISSING  # today is not over: a key may still come


def test_a_code_signed_by_nobodys_key_is_told_from_one_whose_lists_are_missing(
    system: System, doctor: Client, keys: HeldKeys, tmp_path: Path
) -> None:
    held = keys.make(doctor.card, KeyUse.QR, system.now())  # never registered
    content = msgspec.structs.replace(
        _content(doctor, _number(), system), written_on=system.now().date() - timedelta(days=2)
    )
    signed = held.sign_qr(content)
    assert _lists(system, tmp_path / "whole").verdict(signed).proof is Proof.NOT_PROVEN
    empty = KeyLists(tmp_path / "empty", _ack_keys(system))
    assert empty.verdict(signed).proof is Proof.LISTS_MISSING


def test_a_list_is_of_its_day_and_of_this_service(system: System, tmp_path: Path) -> None:
    today = system.now().date()
    text = httpx2.get(f"{system.url}/v1/keys/{today.isoformat()}").text
    lists = KeyLists(tmp_path / "lists", _ack_keys(system))
    assert lists.keep(today, text).complete is False
    with pytest.raises(jws.BadSignature):
        lists.keep(today - timedelta(days=1), text)
    with pytest.raises(jws.BadSignature):
        lists.keep(today, text[:-6] + "AAAAAA")
    assert today in set(lists.wanted(today))  # not complete yet: asked for again


@pytest.mark.parametrize("day", ["demain", "2026-13-01", "20261122", "2019-01-01", "2999-01-01", "2026-W47-7", "%00"])
def test_a_day_that_has_no_list_is_told(system: System, day: str) -> None:
    assert_problem(httpx2.get(f"{system.url}/v1/keys/{day}"), "unknown-day")


def test_the_card_revoked_revokes_its_keys(own_system: System, tmp_path: Path) -> None:
    system = own_system
    keys = HeldKeys(tmp_path / "keys")
    with system.client("dr-leroy") as doctor:
        held = keys.make(doctor.card, KeyUse.QR, system.now())
        _delegate(system, doctor, held)
        signed = held.sign_qr(_content(doctor, _number(), system))
        assert _lists(system, tmp_path / "before").verdict(signed).proof is Proof.PROVEN
        card = native.read((system.authority.cards / "dr-leroy.json").read_bytes(), CardFile)
        system.authority.revoke(card)
        _receive(system)
        # What it signed on a later day no longer holds; a code of today may have been signed before.
        later = msgspec.structs.replace(signed.content, written_on=signed.content.written_on + timedelta(days=3))
        assert _lists(system, tmp_path / "after").verdict(held.sign_qr(later)).proof is not Proof.PROVEN


def _receive(system: System) -> None:
    assert system.context is not None
    assert system.loop is not None
    coroutine = receive(system.context, system.authority.revocation_list)
    asyncio.run_coroutine_threadsafe(coroutine, system.loop).result(10)


@pytest.mark.parametrize(
    ("hours", "use", "right"),
    [(12, KeyUse.ORDER, True), (13, KeyUse.ORDER, False), (31 * 24, KeyUse.QR, True), (32 * 24, KeyUse.QR, False)],
)
def test_a_key_lasts_no_longer_than_its_use_admits(
    system: System, doctor: Client, hours: int, use: KeyUse, right: bool
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    asked = delegation.make(key, use, since=system.now(), lasts=timedelta(hours=hours))
    body = native.write(DelegateRequest(doctor.card.sign_delegation(native.write(asked))))
    answer = post(system, "/v1/delegations", body, bearer=token(doctor, system))
    if right:
        assert answer.status_code == 201, answer.text
    else:
        assert_problem(answer, "bad-delegation")


def test_a_delegation_of_another_card_over_or_of_another_kind_is_refused(
    system: System, doctor: Client, rsa_doctor: Client, keys: HeldKeys
) -> None:
    bearer = token(doctor, system)
    others = keys.make(rsa_doctor.card, KeyUse.QR, system.now()).delegation
    over = keys.make(doctor.card, KeyUse.ORDER, system.now() - timedelta(hours=13)).delegation
    coming = keys.make(doctor.card, KeyUse.ORDER, system.now() + timedelta(hours=1)).delegation
    for text in (others, over, coming, doctor.card.sign_order(b"{}"), doctor.card.sign_delegation(b"{}")):
        assert_problem(
            post(system, "/v1/delegations", native.write(DelegateRequest(text)), bearer=bearer), "bad-delegation"
        )


def _order_signed_by(held: HeldKey, doctor: Client) -> bytes:
    prepared = prepare.registration(a_prescription(place=doctor.card.place), doctor.card, doctor.software)
    request = native.read(prepared.body, RegisterRequest)
    signed = held.sign_order(jws.payload_of(request.jws))
    return native.write(msgspec.structs.replace(request, jws=signed))


def test_an_order_signed_by_a_registered_session_key_is_registered_and_verified_by_the_pharmacy(
    system: System, rsa_doctor: Client, pharmacy: Client, keys: HeldKeys
) -> None:
    held = keys.make(rsa_doctor.card, KeyUse.ORDER, system.now())
    _delegate(system, rsa_doctor, held)
    body = _order_signed_by(held, rsa_doctor)
    answer = post(system, "/v1/register", body, bearer=token(rsa_doctor, system))
    assert answer.status_code == 201, answer.text
    found = pharmacy.consult(native.read(body, RegisterRequest).number, Origin.PAPER)
    assert found.order.prescriber == rsa_doctor.card.professional


def test_a_key_not_registered_or_delegated_for_something_else_signs_no_order(
    system: System, doctor: Client, keys: HeldKeys
) -> None:
    bearer = token(doctor, system)
    unknown = keys.make(doctor.card, KeyUse.ORDER, system.now())
    assert_problem(post(system, "/v1/register", _order_signed_by(unknown, doctor), bearer=bearer), "key-not-delegated")
    for_codes = keys.make(doctor.card, KeyUse.QR, system.now())
    _delegate(system, doctor, for_codes)
    refused = post(system, "/v1/register", _order_signed_by(for_codes, doctor), bearer=bearer)
    assert_problem(refused, "signature-invalid")


def test_an_order_whose_delegation_names_another_key_is_refused(system: System, doctor: Client, keys: HeldKeys) -> None:
    held = keys.make(doctor.card, KeyUse.ORDER, system.now())
    _delegate(system, doctor, held)
    request = native.read(_order_signed_by(held, doctor), RegisterRequest)
    stranger = ECKey.import_key(ec.generate_private_key(ec.SECP256R1()))
    forged = jws.sign_delegated(jws.payload_of(request.jws), stranger, held.delegation)
    body = native.write(msgspec.structs.replace(request, jws=forged))
    assert_problem(post(system, "/v1/register", body, bearer=token(doctor, system)), "signature-invalid")
    assert native.read(jws.payload_of(request.jws), SignedOrder).prescriber == doctor.card.professional


def test_a_session_key_that_is_over_is_accepted_late_and_marked(own_system: System, tmp_path: Path) -> None:
    with own_system.client("dr-martin") as doctor:
        held = HeldKeys(tmp_path / "keys").make(doctor.card, KeyUse.ORDER, own_system.now())
        _delegate(own_system, doctor, held)
        body = _order_signed_by(held, doctor)
        own_system.shift += timedelta(hours=20)
        answer = post(own_system, "/v1/register", body, bearer=token(doctor, own_system))
        assert answer.status_code == 201, answer.text
        receipt = answer.json()["acknowledgement"]
        assert b'"late":true' in jws.payload_of(receipt)
