"""What the client believes: each thing that could be forged, forged by somebody who holds the service's own keys."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from factories import a_beneficiary, a_prescription, an_execution
from ordonum.cli.system import System
from ordonum.client import Card, Client, EpuId, NirKey, NotAuthentic, prepare
from ordonum.client.verify import Verifier
from ordonum.model.acts import Acknowledgement, ByOwnAct, Receipt, RegisterRequest
from ordonum.model.beneficiary import Ins, InsStatus, Nir, NoIdentity, NoIdentityReason
from ordonum.model.identifiers import CommitmentHex, InsOid
from ordonum.model.prescription import SignedOrder
from ordonum.model.standing import Standing
from ordonum.model.state import Status
from ordonum.model.views import ForExecutant
from ordonum.sandbox.authority import Authority
from ordonum.server.usecases.patient_index import index_of
from ordonum.wire import commitment, jws, native
from raw import assert_problem, post, token


def _forged_view(system: System, request: RegisterRequest, at: datetime | None = None) -> ForExecutant:
    """What a dishonest service would answer: its own acknowledgement is right, the order is what it wants."""
    assert system.context is not None
    salt = "ab" * 32
    acknowledgement = Acknowledgement(
        v=1,
        act="register",
        act_id=uuid4(),
        prescription=uuid4(),
        recorded_at=at or datetime.now(UTC),
        content=commitment.digest(salt, request.jws.encode()),
    )
    signed = system.context.vault.acknowledge(native.write(acknowledgement))
    return ForExecutant(
        jws=request.jws,
        identity=request.identity,
        opening=request.opening,
        registered=Receipt(acknowledgement=signed, salt=CommitmentHex(salt)),
        status=Status.REGISTERED,
        cancelled=None,
        remainders=(),
        executions=(),
        standing=Standing(status=Status.REGISTERED, sentence="", next_on=None, next_reason=None, lines=()),
    )


def _made(client: Client) -> tuple[EpuId, RegisterRequest]:
    prepared = prepare.registration(a_prescription(), client.card, client.software)
    assert prepared.number is not None
    return prepared.number, native.read(prepared.body, RegisterRequest)


def test_an_honest_order_is_believed(system: System, doctor: Client, pharmacy: Client) -> None:
    number, request = _made(doctor)
    assert pharmacy.verifier().order(number, _forged_view(system, request)).order.lines


def test_an_order_of_a_card_of_another_authority_is_not(
    system: System, doctor: Client, pharmacy: Client, tmp_path: Path
) -> None:
    foreign = Authority(tmp_path / "foreign")
    card = Card(foreign.issue("x", doctor.card.professional, doctor.card.place))
    prepared = prepare.registration(a_prescription(), card, doctor.software)
    assert prepared.number is not None
    view = _forged_view(system, native.read(prepared.body, RegisterRequest))
    with pytest.raises(NotAuthentic, match="signature du prescripteur"):
        pharmacy.verifier().order(prepared.number, view)


def test_an_order_that_names_another_prescriber_than_its_signer_is_not(
    system: System, doctor: Client, pharmacy: Client
) -> None:
    number, request = _made(doctor)
    order = native.read(jws.payload_of(request.jws), SignedOrder)
    with system.client("dr-leroy") as leroy:
        stolen = msgspec.structs.replace(request, jws=leroy.card.sign_order(native.write(order)))
    with pytest.raises(NotAuthentic, match="un autre que son prescripteur"):
        pharmacy.verifier().order(number, _forged_view(system, stolen))


def test_an_order_acknowledged_before_its_card_existed_is_not(system: System, doctor: Client, pharmacy: Client) -> None:
    number, request = _made(doctor)
    long_ago = datetime.now(UTC) - timedelta(days=300)
    with pytest.raises(NotAuthentic):
        pharmacy.verifier().order(number, _forged_view(system, request, at=long_ago))


def test_an_order_that_says_a_thing_twice_is_refused_by_service_and_client(
    system: System, doctor: Client, pharmacy: Client
) -> None:
    number, request = _made(doctor)
    payload = jws.payload_of(request.jws)
    twice = payload[:-1] + b',"opposed":true}'
    forged = msgspec.structs.replace(request, jws=doctor.card.sign_order(twice))
    answer = post(system, "/v1/register", native.write(forged), bearer=token(doctor, system))
    assert_problem(answer, "unreadable")
    with pytest.raises(NotAuthentic, match="ne sait pas la lire"):
        pharmacy.verifier().order(number, _forged_view(system, forged))


def test_an_order_of_a_later_version_is_told_apart_from_a_false_one(
    system: System, doctor: Client, pharmacy: Client
) -> None:
    number, request = _made(doctor)
    later = jws.payload_of(request.jws).replace(b'"v":1', b'"v":2')
    newer = msgspec.structs.replace(request, jws=doctor.card.sign_order(later))
    with pytest.raises(NotAuthentic, match="mettez-le à jour"):
        pharmacy.verifier().order(number, _forged_view(system, newer))


def test_a_receipt_signed_by_another_key_is_not_believed(system: System, pharmacy: Client, doctor: Client) -> None:
    number, request = _made(doctor)
    view = _forged_view(system, request)
    stranger = Verifier(system.authority.trust, {})
    with pytest.raises(NotAuthentic):
        stranger.order(number, view)


def test_a_receipt_names_its_prescription(doctor: Client, pharmacy: Client) -> None:
    done = doctor.prescribe(a_prescription())
    assert done.number is not None
    assert done.acknowledgement.prescription == done.act_id
    assert pharmacy.execute(done.number, an_execution()).acknowledgement.prescription == done.act_id


def test_the_same_patient_has_the_same_keyed_name_and_others_have_another(system: System) -> None:
    assert system.context is not None
    nir = NirKey("279035121518989")

    def name(identity: Any, **rest: Any) -> bytes | None:
        assert system.context is not None
        return index_of(system.context.vault, a_beneficiary(identity=identity, **rest))

    own = name(Nir(nir, "self"))
    assert own is not None
    assert own == name(Ins(nir, InsOid("1.2.250.1.213.1.4.8"), InsStatus.QUALIFIED))
    others = {
        name(Ins(nir, InsOid("1.2.250.1.213.1.4.9"), InsStatus.QUALIFIED)),
        name(Ins(nir, InsOid("1.2.250.1.213.1.4.10"), InsStatus.QUALIFIED)),
        name(Nir(nir, "insured")),
        name(Nir(nir, "insured"), birth_date="2015-01-01"),
    }
    assert own not in others
    assert len(others) == 4
    assert name(NoIdentity(NoIdentityReason.FOREIGNER)) is None


def test_a_card_replaced_signs_the_same_prescription_again(own_system: System) -> None:
    """The card was revoked before reception: same number, same act, same sheet, another signature."""
    authority = own_system.authority
    with own_system.client("dr-martin") as doctor:
        who, place = doctor.card.professional, doctor.card.place
        doctor._core.road.audience = "http://ailleurs.example/"  # refused before anything is judged
        with pytest.raises(Exception, match="ORDONUM_AUDIENCE"):
            doctor.prescribe(a_prescription())
        (kept,) = doctor.outbox.all()
        assert kept.number is not None
    renewed = Card(authority.issue("dr-martin-neuve", who, place))
    home = own_system.home / "postes" / "dr-martin"
    with Client(own_system.url, renewed, home=home, trust=authority.trust) as client:
        done = client.sign_again(kept.act_id)
        assert (done.act_id, done.number) == (kept.act_id, kept.number)
        assert client.executions(ByOwnAct(done.act_id)).status is Status.REGISTERED
        assert client.sheet(done.act_id).startswith(b"%PDF")


def test_an_order_whose_signature_was_changed_is_not(system: System, doctor: Client, pharmacy: Client) -> None:
    number, request = _made(doctor)
    header, payload, signature = request.jws.split(".")
    changed = f"{header}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    view = _forged_view(system, msgspec.structs.replace(request, jws=changed))
    with pytest.raises(NotAuthentic, match="signature du prescripteur"):
        pharmacy.verifier().order(number, view)
