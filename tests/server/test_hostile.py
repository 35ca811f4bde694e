"""What an attacker tried, and must not work again."""

import base64
import json
import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from base import in_service, owner_fetches, owner_runs
from factories import a_beneficiary, a_medicine, a_prescription, a_text, an_execution, boxes, delivered
from ordonum.cli.system import System
from ordonum.client import Cancellation, CancelReason, Card, Client, Declined, prepare
from ordonum.client.card import CardFile
from ordonum.knowledge.timezones import PARIS
from ordonum.model.actors import Profession
from ordonum.model.acts import ByNumber, ByOwnAct, Execution, Given, Origin
from ordonum.model.lines import Family
from ordonum.model.products import MedicineLine
from ordonum.model.refusals import Refusal, Refused
from ordonum.sandbox import people
from ordonum.sandbox.authority import Authority
from ordonum.server.store.trace import entries
from ordonum.server.usecases.history import read_history
from ordonum.server.vault.keys import KeysRefused, new_keys, write_file
from ordonum.server.worker.revocations import receive
from ordonum.server.worker.yearly_keys import add_coming_keys
from ordonum.texts import french
from ordonum.wire import native
from raw import ask_token, assert_problem, post, token


def test_an_act_and_its_trace_are_recorded_together_or_not_at_all(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor, own_system.client("pharmacie-centre") as pharmacy:
        number = doctor.prescribe(a_prescription()).number
        assert number is not None
        bearer = token(pharmacy, own_system)
        execution = native.write({"number": str(number), "execution": an_execution(delivered(1, boxes(1)))})
        owner_runs(own_system, "REVOKE INSERT ON audit FROM ordonum_application")
        assert_problem(post(own_system, "/v1/execute", execution, bearer=bearer), "unavailable")
        body = {"number": str(number), "origin": "paper"}
        told = assert_problem(post(own_system, "/v1/consult", body, bearer=bearer), "unavailable")
        assert "AMOXICILLINE" not in json.dumps(told)
        owner_runs(own_system, "GRANT INSERT ON audit TO ordonum_application")
        assert post(own_system, "/v1/execute", execution, bearer=bearer).status_code == 201


def test_a_link_cut_after_the_commit_is_told_as_unknown_and_the_same_bytes_are_recognised(own_system: System) -> None:
    """The answer of PostgreSQL is lost: the service must not say that nothing was recorded."""
    with own_system.client("dr-martin") as doctor, own_system.client("pharmacie-centre") as pharmacy:
        number = doctor.prescribe(a_prescription()).number
        assert number is not None
        bearer = token(pharmacy, own_system)
        # The trigger ends its own connection once the statement has done its work: the commit may or may not follow.
        owner_runs(
            own_system,
            "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;"
            " CREATE TRIGGER cut AFTER INSERT ON act FOR EACH ROW EXECUTE FUNCTION cut()",
        )
        execution = native.write({"number": str(number), "execution": an_execution(delivered(1, boxes(1)))})
        told = assert_problem(post(own_system, "/v1/execute", execution, bearer=bearer), effect="unknown")
        assert (told["code"], told["retry"]) == ("outcome-unknown", "same-id")
        owner_runs(own_system, "DROP TRIGGER cut ON act")
        assert post(own_system, "/v1/execute", execution, bearer=bearer).status_code in (200, 201)
        assert pharmacy.consult(number, Origin.PAPER).view.remainders[0].given == 1


def test_two_revocations_in_the_same_second_are_both_received(own_system: System) -> None:
    assert own_system.context is not None
    for name in ("kine-bernard", "dr-leroy", "infirmiere-diallo"):
        card = native.read((own_system.authority.cards / f"{name}.json").read_bytes(), CardFile)
        own_system.authority.revoke(card)
        in_service(own_system, receive(own_system.context, own_system.authority.revocation_list))
    for name in ("kine-bernard", "dr-leroy", "infirmiere-diallo"):
        with own_system.client(name) as client, pytest.raises(Declined) as raised:
            client.executions(ByOwnAct(an_execution().act_id))
        assert raised.value.refusal is Refusal.CERTIFICATE_REVOKED


def test_a_revoked_issuer_revokes_all_below_it(own_system: System) -> None:
    assert own_system.context is not None
    authority = own_system.authority
    with own_system.client("dr-martin") as doctor:
        bearer = token(doctor, own_system)
        authority.revoke_issuer()
        in_service(own_system, receive(own_system.context, authority.revocation_list))
        assert_problem(post(own_system, "/v1/consult", {}, bearer=bearer), "certificate-revoked")


def test_a_superseded_card_signs_late_and_no_longer_authenticates(own_system: System) -> None:
    assert own_system.context is not None
    authority = own_system.authority
    file = native.read((authority.cards / "dr-martin.json").read_bytes(), CardFile)
    with own_system.client("dr-martin") as doctor:
        authority.revoke(file, x509.ReasonFlags.superseded)
        in_service(own_system, receive(own_system.context, authority.revocation_list))
        with pytest.raises(Declined) as raised:
            doctor.prescribe(a_prescription())
        assert raised.value.refusal is Refusal.CERTIFICATE_REVOKED
        renewed = authority.issue("renewed", doctor.card.professional, doctor.card.place)
        mixed = type(doctor.card)(msgspec.structs.replace(file, authentication=renewed.authentication))
    with Client(own_system.url, mixed, home=own_system.home / "mixed", trust=authority.trust) as client:
        assert client.prescribe(a_prescription()).acknowledgement.late


def test_registering_stops_when_the_revocation_list_is_overdue_and_the_rest_goes_on(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor, own_system.client("pharmacie-centre") as pharmacy:
        number = doctor.prescribe(a_prescription()).number
        assert number is not None
        own_system.shift += timedelta(days=32)
        doctor.prescribe(a_prescription(written_on=own_system.now().date()))
        own_system.shift += timedelta(days=2)
        with pytest.raises(Exception, match="liste de révocation"):
            doctor.prescribe(a_prescription(written_on=own_system.now().date()))
        assert pharmacy.consult(number, Origin.PAPER).order.lines


def test_with_an_overdue_list_who_reads_and_who_executes_are_told_since_when(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor, own_system.client("pharmacie-centre") as pharmacy:
        number = doctor.prescribe(a_prescription()).number
        assert number is not None

        def told() -> list[tuple[str, ...]]:
            execution = an_execution(
                delivered(quantity=None, beyond="essai"), performed_at=own_system.now(), given=Given.ALREADY
            )
            said = [
                pharmacy.consult(number, Origin.PAPER).view.notices,
                pharmacy.execute(number, execution).notices,
                doctor.executions(ByNumber(number)).notices,
            ]
            return [tuple(each for each in some if "révocations" in each) for some in said]

        assert told() == [(), (), ()]
        (row,) = owner_fetches(own_system, "SELECT max(next_update) AS due FROM revocation_list")
        own_system.shift += row["due"] - own_system.now() + timedelta(hours=1)
        since = french.moment(row["due"], PARIS)
        sentence = f"La liste des révocations est en retard depuis le {since} : une carte révoquée depuis serait encore acceptée"
        assert told() == [(sentence,)] * 3


def test_a_prescriber_learns_nothing_of_an_opposed_patient_by_another_door(system: System, tmp_path: Path) -> None:
    """A doctor who is a biologist may execute what they prescribed."""
    who = people.professional(93, "LABO", "Anne", Profession.DOCTOR, specialty="SM03")
    card = Card(system.authority.issue("dr-labo", who, people.cabinet(93, "Cabinet Labo")))
    with Client(system.url, card, home=tmp_path, trust=system.authority.trust) as doctor:
        _learns_nothing(system, doctor)


def _learns_nothing(system: System, doctor: Client) -> None:
    prescription = a_prescription(opposed=True, lines=(a_text(),), family=Family.BIOLOGY, place=doctor.card.place)
    done = doctor.prescribe(prescription)
    assert done.number is not None
    with system.client("biologiste-henry") as laboratory:
        laboratory.execute(done.number, an_execution(delivered(1, None)))
    with pytest.raises(Declined) as raised:
        doctor.consult(done.number, Origin.PAPER)
    assert raised.value.refusal is Refusal.PATIENT_OPPOSED
    cancelled = doctor.cancel(
        ByNumber(done.number), Cancellation(act_id=an_execution().act_id, reason=CancelReason.DEATH)
    )
    assert cancelled.acknowledgement.act == "cancel"


def test_a_foreign_key_file_is_not_taken_at_the_turn_of_the_year(own_system: System) -> None:
    assert own_system.context is not None
    file, vault = own_system.context.settings.key_file, own_system.context.vault
    own = file.read_bytes()
    write_file(file, new_keys(own_system.now().date()))
    own_system.shift += datetime(own_system.now().year, 12, 2, tzinfo=UTC) - own_system.now()
    with pytest.raises(KeysRefused):
        in_service(own_system, add_coming_keys(own_system.context))
    assert own_system.context.vault is vault
    file.write_bytes(own)
    assert in_service(own_system, add_coming_keys(own_system.context))
    assert own_system.context.vault.has_year(str(own_system.now().year + 1))


def _self_signed(key: Any = None, **changes: datetime) -> tuple[bytes, Any]:
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "899700366240")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(changes.get("start", datetime(2020, 1, 1, tzinfo=UTC)))
        .not_valid_after(changes.get("end", datetime(2040, 1, 1, tzinfo=UTC)))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER), key


def _spoiled(der: bytes) -> list[bytes]:
    """Certificates that no library of ours likes: unknown curve, unknown version, impossible dates, cut."""
    return [
        der.replace(bytes.fromhex("06082a8648ce3d030107"), bytes.fromhex("06082a8648ce3d03017f")),
        der.replace(bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex("06072a8648ce3d0209")),
        der.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020104")),
        der.replace(b"20400101000000Z"[2:], b"00000101000000Z"[2:]).replace(b"400101000000Z", b"009901000000Z"),
        der[:-40],
        der[: len(der) // 2],
        b"",
        b"\x30\x80",
    ]


def test_no_certificate_makes_the_service_stumble(system: System, doctor: Client) -> None:
    bearer, der = token(doctor, system), _self_signed()[0]
    key = ec.generate_private_key(ec.SECP384R1())
    for spoiled in [*_spoiled(der), _self_signed(key)[0], der]:
        header = {"alg": "ES256", "typ": "JWT", "x5c": [base64.b64encode(spoiled).decode()]}
        for typ in ("JWT", "ordonum-order+jws"):
            written = json.dumps({**header, "typ": typ}).encode()
            signed = ".".join(
                base64.urlsafe_b64encode(each).decode().rstrip("=") for each in (written, b"{}", b"x" * 64)
            )
            assert_problem(ask_token(system, signed))
            body = json.loads(prepare.registration(a_prescription(), doctor.card, doctor.software).body)
            body["jws"] = ".".join([signed.split(".")[0], *body["jws"].split(".")[1:]])
            assert_problem(post(system, "/v1/register", body, bearer=bearer))


@pytest.mark.parametrize("payload", [b"[" * 60_000, b'{"z":' * 5_000 + b"1" + b"}" * 5_000, b"1" * 60_000])
def test_a_deep_assertion_is_refused_by_name(system: System, doctor: Client, payload: bytes) -> None:
    assert_problem(ask_token(system, doctor.card.sign_assertion(payload)))


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "2201-01-01T00:00:00Z"],
)
def test_an_impossible_date_is_a_fault_with_its_path(
    system: System, doctor: Client, pharmacy: Client, moment: str
) -> None:
    number = doctor.prescribe(a_prescription()).number
    body = json.loads(native.write({"number": str(number), "execution": an_execution()}))
    body["execution"]["performed_at"] = moment
    told = assert_problem(post(system, "/v1/execute", body, bearer=token(pharmacy, system)), "unreadable")
    assert told["errors"][0]["at"].startswith("$.execution")


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31mROUGE", "a\x7f", "  ", "\n", "x\u202ey"])
def test_control_characters_are_refused_in_every_text(text: str) -> None:
    for field in ("dosage", "label", "note"):
        body = json.loads(native.write(a_medicine())) | {field: text}
        with pytest.raises(Refused):
            native.read(json.dumps(body).encode(), MedicineLine)


def test_reasons_that_were_asked_are_kept(system: System, doctor: Client, pharmacy: Client) -> None:
    number = doctor.prescribe(a_prescription()).number
    assert number is not None
    reason = "prénom d'usage vérifié sur la carte"
    done: Execution = an_execution(beneficiary=a_beneficiary(first_name="Zoé"), identity_reason=reason)
    pharmacy.execute(number, done)
    assert system.context is not None
    history = in_service(system, read_history(system.context, system.context.vault.lookup(number)))
    assert history.state.executions[0].identity_reason == reason


def test_refusals_named_by_own_act_are_traced_too(system: System, doctor: Client) -> None:
    done = doctor.prescribe(a_prescription(opposed=True))
    assert done.number is not None
    for _ in range(3):
        with pytest.raises(Declined):
            doctor.executions(ByOwnAct(done.act_id))
    assert system.context is not None
    lookup = system.context.vault.lookup(done.number)
    rows = in_service(system, entries(system.context.pool, lookup))
    assert [native.read(each.leaf, dict)["outcome"] for each in rows] == ["done", *["patient-opposed"] * 3]


def test_a_damaged_list_spoils_no_other(own_system: System) -> None:
    assert own_system.context is not None
    authority = own_system.authority
    card = native.read((authority.cards / "dr-leroy.json").read_bytes(), CardFile)
    authority.revoke(card)
    good = authority.revocation_list.read_bytes()
    damaged = b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"
    authority.revocation_list.write_bytes(damaged + good)
    in_service(own_system, receive(own_system.context, authority.revocation_list))
    with own_system.client("dr-leroy") as client, pytest.raises(Declined):
        client.prescribe(a_prescription(place=client.card.place))


def test_headers_without_end_are_cut(system: System) -> None:
    host, port = system.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"POST /v1/token HTTP/1.1\r\nHost: x\r\nX-Long: ")
        cut = False
        for _ in range(200):
            try:
                connection.sendall(b"a" * 65_536)
                time.sleep(0.001)
            except OSError:
                cut = True
                break
        assert cut


def test_a_stranger_authority_with_our_names_is_not_ours(system: System, tmp_path: Path, doctor: Client) -> None:
    foreign = Authority(tmp_path / "foreign")
    stranger = foreign.issue("dr-martin", doctor.card.professional, doctor.card.place)
    card = type(doctor.card)(stranger)
    with (
        Client(system.url, card, home=tmp_path / "c", trust=foreign.trust) as client,
        pytest.raises(Declined) as raised,
    ):
        client.prescribe(a_prescription())
    assert raised.value.refusal is Refusal.CERTIFICATE_UNTRUSTED
