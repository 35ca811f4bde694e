"""Registering: what is verified, what is refused, what a repeat gets, and what is never sent."""

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from factories import a_medicine, a_patient, a_prescription, a_text
from ordonum.cli.system import System
from ordonum.client import Card, Client, Declined, prepare
from ordonum.client.card import CardFile
from ordonum.client.prepare import Prepared
from ordonum.model.acts import ByNumber, ByOwnAct, Origin, RegisterRequest
from ordonum.model.lines import Family
from ordonum.model.prescription import Prescription, SignedOrder
from ordonum.model.refusals import Refusal
from ordonum.sandbox import people
from ordonum.sandbox.authority import Authority
from ordonum.server.worker.revocations import receive
from ordonum.wire import jws, native
from raw import assert_problem, post, token


def _prepared(client: Client, prescription: Prescription | None = None) -> Prepared:
    return prepare.registration(prescription or a_prescription(), client.card, client.software)


def _request(prepared: Prepared) -> RegisterRequest:
    return native.read(prepared.body, RegisterRequest)


def _signed_again(client: Client, request: RegisterRequest, **changes: object) -> bytes:
    """The request with a changed order, signed again by the card."""
    order = native.read(jws.payload_of(request.jws), SignedOrder)
    changed = msgspec.structs.replace(order, **changes)
    return native.write(msgspec.structs.replace(request, jws=client.card.sign_order(native.write(changed))))


def test_the_bytes_sent_at_registration_contain_neither_surname_nor_ins(doctor: Client) -> None:
    prescription = a_prescription(patient=a_patient(surname="ZZYZXSURNAME"))
    done = doctor.prescribe(prescription)
    sent = doctor.outbox.get(done.act_id).body
    assert prescription.patient.ins is not None
    decoded = sent
    for part in _request(Prepared(done.act_id, done.number, sent.encode())).jws.split(".")[:2]:
        decoded += base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("utf-8", "replace")
    assert "Éloïse" in decoded  # the first name is sent, and sealed: the search can find
    for hidden in ("ZZYZXSURNAME", prescription.patient.ins.matricule, prescription.patient.ins.matricule.matricule):
        assert hidden not in decoded
        assert base64.b64encode(hidden.encode()).decode().rstrip("=")[:-1] not in sent


def test_a_lost_reply_repeated_gets_the_first_answer_byte_for_byte(system: System, doctor: Client) -> None:
    bearer, prepared = token(doctor, system), _prepared(doctor)
    first = post(system, "/v1/register", prepared.body, bearer=bearer)
    again = post(system, "/v1/register", prepared.body, bearer=token(doctor, system))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.content == first.content
    assert "Replayed" not in first.headers
    assert again.headers["Replayed"] == "true"


def test_the_same_act_signed_again_by_a_newer_version_is_still_the_same(system: System, doctor: Client) -> None:
    bearer, prepared = token(doctor, system), _prepared(doctor)
    first = post(system, "/v1/register", prepared.body, bearer=bearer)
    newer = msgspec.structs.replace(doctor.software, version="99.0")
    again = post(system, "/v1/register", _signed_again(doctor, _request(prepared), software=newer), bearer=bearer)
    assert again.content == first.content


def test_the_same_id_with_other_content_is_refused(system: System, doctor: Client) -> None:
    bearer, prepared = token(doctor, system), _prepared(doctor)
    post(system, "/v1/register", prepared.body, bearer=bearer)
    other = _signed_again(doctor, _request(prepared), lines=(a_medicine(label="AUTRE CHOSE"),))
    assert_problem(post(system, "/v1/register", other, bearer=bearer), "exists-different")


def test_the_same_id_for_another_number_is_refused_and_nothing_is_recorded(system: System, doctor: Client) -> None:
    bearer, first, second = token(doctor, system), _prepared(doctor), _prepared(doctor)
    post(system, "/v1/register", first.body, bearer=bearer)
    clash = _signed_again(doctor, _request(second), act_id=first.act_id)
    assert_problem(post(system, "/v1/register", clash, bearer=bearer), "exists-different")
    assert second.number is not None
    with system.client("pharmacie-centre") as pharmacy, pytest.raises(Declined) as raised:
        pharmacy.consult(second.number, Origin.PAPER)
    assert raised.value.refusal is Refusal.UNKNOWN_NUMBER


def test_a_number_serves_one_prescription(system: System, doctor: Client) -> None:
    bearer, prepared = token(doctor, system), _prepared(doctor)
    post(system, "/v1/register", prepared.body, bearer=bearer)
    taken = _signed_again(doctor, _request(prepared), act_id=uuid4())
    assert_problem(post(system, "/v1/register", taken, bearer=bearer), "number-taken")


def test_an_altered_order_or_signature_is_refused(system: System, doctor: Client) -> None:
    bearer, request = token(doctor, system), _request(_prepared(doctor))
    header, payload, signature = request.jws.split(".")
    order = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    order["lines"][0]["quantity"]["value"] = 9
    altered = base64.urlsafe_b64encode(json.dumps(order).encode()).decode().rstrip("=")
    other = ("A" if signature[0] != "A" else "B") + signature[1:]
    for forged in (f"{header}.{altered}.{signature}", f"{header}.{payload}.{other}"):
        body = native.write(msgspec.structs.replace(request, jws=forged))
        assert_problem(post(system, "/v1/register", body, bearer=bearer), "signature-invalid")


def test_a_commitment_that_does_not_open_is_refused(system: System, doctor: Client) -> None:
    bearer, request = token(doctor, system), _request(_prepared(doctor))
    other = _request(_prepared(doctor))
    for change in ({"number": other.number}, {"opening": other.opening}):
        body = native.write(msgspec.structs.replace(request, **change))
        told = assert_problem(post(system, "/v1/register", body, bearer=bearer), "commitment-differs")
        assert str(other.number) not in json.dumps(told)


def test_an_order_signed_by_somebody_else_is_refused(system: System, doctor: Client) -> None:
    with system.client("dr-leroy") as leroy:
        prepared = _prepared(leroy)
        bearer = token(doctor, system)
        assert_problem(post(system, "/v1/register", prepared.body, bearer=bearer), "signer-not-caller")
        named = _signed_again(doctor, _request(prepared))
        assert_problem(post(system, "/v1/register", named, bearer=bearer), "signer-not-prescriber")


def test_a_key_that_authenticates_does_not_sign_orders(system: System, doctor: Client) -> None:
    file = (system.authority.cards / "dr-martin.json").read_bytes()
    content = json.loads(file)
    content["signature"] = content["authentication"]
    swapped = Card(native.read(json.dumps(content).encode(), CardFile))
    with Client(system.url, swapped, home=system.home / "swapped", trust=system.authority.trust) as client:
        body = _prepared(client).body
    bearer = token(doctor, system)
    assert_problem(post(system, "/v1/register", body, bearer=bearer), "certificate-untrusted")


@pytest.mark.parametrize(("expired_for_days", "code"), [(1, None), (30, None), (32, "certificate-expired")])
def test_an_expired_certificate_is_accepted_for_a_month_and_marked_late(
    system: System, expired_for_days: int, code: str | None
) -> None:
    who = people.professional(100 + expired_for_days, "TARD", "Anne", people.TEST_CARDS[0][1].profession)
    place = people.cabinet(50, "Cabinet Tard")
    since = datetime.now(UTC) - timedelta(days=400)
    until = timedelta(days=400 - expired_for_days)
    expired = system.authority.issue(f"tard-{expired_for_days}", who, place, since=since, lasts=until)
    current = system.authority.issue(f"tard-neuve-{expired_for_days}", who, place)
    mixed = Card(msgspec.structs.replace(current, signature=expired.signature))
    with Client(
        system.url, mixed, home=system.home / f"tard{expired_for_days}", trust=system.authority.trust
    ) as client:
        if code is None:
            written = (datetime.now(UTC) - timedelta(days=expired_for_days + 2)).date()
            with pytest.raises(Declined):  # written after the card's end: not late, too late
                client.prescribe(a_prescription(place=place))
            done = client.prescribe(a_prescription(place=place, written_on=written))
            assert done.acknowledgement.late
            with system.client("pharmacie-centre") as pharmacy:
                assert done.number is not None
                assert pharmacy.consult(done.number, Origin.PAPER).acknowledgement.late
        else:
            with pytest.raises(Declined) as raised:
                client.prescribe(a_prescription(place=place))
            assert raised.value.problem.code == code


def test_an_rsa_card_signs_too_and_a_card_of_another_authority_does_not(
    system: System, tmp_path_factory: pytest.TempPathFactory
) -> None:
    who, place = people.professional(150, "RSA", "Ronald", people.TEST_CARDS[0][1].profession), people.cabinet(51, "R")
    card = Card(system.authority.issue("rsa", who, place, rsa_keys=True))
    with Client(system.url, card, home=tmp_path_factory.mktemp("rsa"), trust=system.authority.trust) as client:
        prepared = _prepared(client, a_prescription(place=place))
        assert post(system, "/v1/register", prepared.body, bearer=token(client, system)).status_code == 201
    foreign = Authority(tmp_path_factory.mktemp("foreign"))
    stranger = Card(foreign.issue("stranger", who, place))
    with (
        Client(system.url, stranger, home=tmp_path_factory.mktemp("s"), trust=foreign.trust) as client,
        pytest.raises(Declined) as raised,
    ):
        client.prescribe(a_prescription(place=place))
    assert raised.value.refusal is Refusal.CERTIFICATE_UNTRUSTED


def test_a_profession_prescribes_its_own_families_only(nurse: Client, pharmacy: Client) -> None:
    for client, family in ((nurse, Family.NURSING), (pharmacy, Family.HEALTH_PRODUCTS)):
        lines = (a_text(),)
        with pytest.raises(Declined) as raised:
            client.prescribe(a_prescription(family=family, lines=lines, place=client.card.place))
        assert raised.value.refusal is Refusal.NOT_ENTITLED


def test_dates_in_the_future_or_too_old_are_refused(system: System, doctor: Client) -> None:
    today = system.now().date()
    for day, refusal in (
        (today + timedelta(days=2), Refusal.WRITTEN_IN_FUTURE),
        (today - timedelta(days=370), Refusal.WRITTEN_TOO_LONG_AGO),
    ):
        with pytest.raises(Declined) as raised:
            doctor.prescribe(a_prescription(written_on=day))
        assert raised.value.refusal is refusal


def test_a_refusal_is_not_remembered(system: System, doctor: Client) -> None:
    bearer, request = token(doctor, system), _request(_prepared(doctor))
    wrong = native.write(msgspec.structs.replace(request, opening="ab" * 32))
    assert_problem(post(system, "/v1/register", wrong, bearer=bearer), "commitment-differs")
    assert post(system, "/v1/register", native.write(request), bearer=bearer).status_code == 201


def test_one_finds_ones_own_by_the_registering_act(system: System, doctor: Client) -> None:
    done = doctor.prescribe(a_prescription())
    assert done.number is not None
    assert doctor.executions(ByOwnAct(done.act_id)) == doctor.executions(ByNumber(done.number))
    with system.client("dr-leroy") as leroy, pytest.raises(Declined) as raised:
        leroy.executions(ByOwnAct(done.act_id))
    assert raised.value.refusal is Refusal.UNKNOWN_OWN_ACT


def test_the_same_order_with_another_identity_is_no_repeat(system: System, doctor: Client) -> None:
    bearer, prepared = token(doctor, system), _prepared(doctor)
    post(system, "/v1/register", prepared.body, bearer=bearer)
    request = _request(prepared)
    other = msgspec.structs.replace(request, identity=msgspec.structs.replace(request.identity, first_name="Zoé"))
    assert_problem(post(system, "/v1/register", native.write(other), bearer=bearer), "exists-different")


def test_a_card_revoked_for_compromise_no_longer_signs_and_an_expired_one_no_longer_authenticates(
    own_system: System,
) -> None:
    authority = own_system.authority
    who, place = people.TEST_CARDS[0][1], people.TEST_CARDS[0][2]
    stolen, renewed = authority.issue("stolen", who, place), authority.issue("renewed", who, place)
    authority.revoke(stolen)
    assert own_system.context is not None
    assert own_system.loop is not None
    received = receive(own_system.context, authority.revocation_list)
    asyncio.run_coroutine_threadsafe(received, own_system.loop).result(10)
    mixed = Card(msgspec.structs.replace(renewed, signature=stolen.signature))
    with Client(own_system.url, mixed, home=own_system.home / "m", trust=authority.trust) as client:
        with pytest.raises(Declined) as raised:
            client.prescribe(a_prescription())
        assert raised.value.refusal is Refusal.CERTIFICATE_REVOKED
    since = datetime.now(UTC) - timedelta(days=100)
    expired = Card(authority.issue("expired", who, place, since=since, lasts=timedelta(days=95)))
    with Client(own_system.url, expired, home=own_system.home / "e", trust=authority.trust) as client:
        with pytest.raises(Declined) as raised:
            client.prescribe(a_prescription())
        assert raised.value.refusal is Refusal.CERTIFICATE_EXPIRED
