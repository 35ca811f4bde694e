"""What a workstation keeps: before it is sent, until it is sure, and never doubled."""

import secrets
from uuid import uuid4

import httpx2
import pypdfium2
import pytest

from factories import a_medicine, a_prescription, a_text, an_execution
from ordonum.cli.system import System
from ordonum.client import CannotPrint, Client, Declined, EpuId, NotKept, Unconfirmed, prepare
from ordonum.client.outbox import Kept
from ordonum.model.acts import ByOwnAct, Given
from ordonum.model.lines import Family
from ordonum.model.refusals import Refusal
from ordonum.model.stopping import Cancellation, CancelReason


def _cut(client: Client, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The line is cut: what would have left is noted, with what is on the disk at that moment."""
    seen: list[bytes] = []

    def nobody(request: httpx2.Request) -> httpx2.Response:
        if request.url.path != "/v1/token":
            assert request.content.decode() in [each.body for each in client.outbox.all()], "sent before it was kept"
            seen.append(request.content)
        raise httpx2.ConnectError("cut")

    monkeypatch.setattr(client, "_http", httpx2.Client(transport=httpx2.MockTransport(nobody)))
    return seen


def test_a_request_is_on_the_disk_before_it_leaves_and_the_same_bytes_leave_each_time(
    own_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own_system.client("dr-martin") as doctor:
        doctor.prescribe(a_prescription())
        with monkeypatch.context() as cut:
            seen = _cut(doctor, cut)
            with pytest.raises(Unconfirmed) as raised:
                doctor.prescribe(a_prescription(lines=(a_medicine(label="AUTRE"),)))
        assert len(set(seen)) == 1
        (kept,) = doctor.outbox.pending()
        assert str(kept.act_id) == raised.value.act_id
        assert kept.doubtful
        assert kept.body.encode() == seen[0]
        done = doctor.resend(kept)
        assert not done.replayed
        assert list(doctor.outbox.pending()) == []


def _kept(client: Client) -> Kept:
    prepared = prepare.execution(EpuId("01S2TBPZ2JCNZZYGHZ"), an_execution())
    return Kept(
        act_id=prepared.act_id,
        operation="execute",
        author=client.card.professional.rpps,
        created_at=client.now(),
        body=prepared.body.decode(),
        number=prepared.number,
    )


def test_a_client_that_died_leaves_a_pending_act_that_another_process_sends(own_system: System) -> None:
    """The process ends between keeping and sending: nothing is lost, nothing is doubled."""
    with own_system.client("pharmacie-centre") as dying:
        dying.outbox.keep(_kept(dying))
    with own_system.client("pharmacie-centre") as client:
        (kept,) = client.outbox.pending()
        with pytest.raises(Declined) as raised:
            client.resend(kept)
        assert raised.value.refusal is Refusal.UNKNOWN_NUMBER
        # Asked «now» and refused: the counter did otherwise since, and what is sent again later would count twice.
        assert list(client.outbox.pending()) == []


def test_what_has_happened_waits_for_the_registration_and_can_be_given_up(own_system: System) -> None:
    with own_system.client("pharmacie-centre") as client:
        execution = an_execution(given=Given.ALREADY)
        with pytest.raises(Declined) as raised:
            client.execute(EpuId.draw(secrets.choice), execution)
        assert raised.value.refusal is Refusal.UNKNOWN_NUMBER
        assert [each.act_id for each in client.outbox.pending()] == [execution.act_id]  # «later»: it may still arrive
        client.outbox.discard(execution.act_id)
        assert list(client.outbox.pending()) == []


def test_a_refusal_of_the_card_settles_a_first_attempt_and_not_a_doubtful_one(
    own_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own_system.client("dr-martin") as doctor:
        doctor._core.road.audience = "http://ailleurs.example/v1/token"
        with pytest.raises(Declined):
            doctor.prescribe(a_prescription())
        assert list(doctor.outbox.pending()) == []
        with monkeypatch.context() as cut:
            _cut(doctor, cut)
            with pytest.raises(Unconfirmed):
                doctor.prescribe(a_prescription())
        (kept,) = doctor.outbox.pending()
        with pytest.raises(Declined):
            doctor.resend(kept)
        assert len(list(doctor.outbox.pending())) == 1


def test_what_cannot_be_printed_or_may_not_be_prescribed_is_not_sent(doctor: Client, pharmacy: Client) -> None:
    before = len(list(doctor.outbox.all()))
    with pytest.raises(CannotPrint, match="漢"):
        doctor.prescribe(a_prescription(lines=(a_text(text="crème 漢"),), family=Family.NURSING))
    assert len(list(doctor.outbox.all())) == before
    with pytest.raises(Declined) as raised:
        pharmacy.prescribe(a_prescription(place=pharmacy.card.place))
    assert raised.value.refusal is Refusal.NOT_ENTITLED


def test_an_act_that_is_not_kept_here_is_said_to_be_so(doctor: Client) -> None:
    with pytest.raises(NotKept):
        doctor.sheet(an_execution().act_id)


def test_a_damaged_side_file_does_not_stop_the_outbox(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor:
        doctor.prescribe(a_prescription())
        (doctor.outbox.directory / "x.123.new").write_bytes(b"half")
        assert len(list(doctor.outbox.all())) == 1


def test_a_cancelled_prescription_is_printed_no_more(doctor: Client) -> None:
    done = doctor.prescribe(a_prescription())
    doctor.sheet(done.act_id)
    doctor.cancel(ByOwnAct(done.act_id), Cancellation(act_id=uuid4(), reason=CancelReason.DEATH))
    with pytest.raises(CannotPrint, match="annulée"):
        doctor.sheet(done.act_id)


def test_the_first_sheet_printed_once_registered_is_no_duplicate_of_the_pending_one(
    own_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own_system.client("dr-martin") as doctor:
        doctor.prescribe(a_prescription())
        with monkeypatch.context() as cut:
            _cut(doctor, cut)
            with pytest.raises(Unconfirmed):
                doctor.prescribe(a_prescription())
        (kept,) = doctor.outbox.pending()
        doctor.sheet(kept.act_id)
        doctor.resend(kept)
        assert "DUPLICATA" not in _said(doctor.sheet(kept.act_id))
        assert "DUPLICATA n° 1" in _said(doctor.sheet(kept.act_id))


def _said(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return str(document[0].get_textpage().get_text_range())
    finally:
        document.close()
