"""Replace, cancel lines, withdraw, correct, report, copy, ask, list: kept before sent, sent again, verified, on both faces."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pypdfium2
import pytest
from msgspec.structs import replace

from faces import FACES, Face
from factories import a_medicine, a_patient, a_prescription, an_execution, boxes, delivered
from ordonum.cli.system import System
from ordonum.client import (
    CannotPrint,
    Client,
    Declined,
    EpuId,
    NotAuthentic,
    NotKept,
    Origin,
    Prescription,
    Unconfirmed,
    prepare,
)
from ordonum.client.outbox import Kept
from ordonum.model.acts import ByNumber, ByOwnAct, ReplaceReceipt
from ordonum.model.amending import AmendReason, Correction, Suspicion, SuspicionKind, Withdrawal
from ordonum.model.refusals import Refusal
from ordonum.model.state import Status
from ordonum.model.stopping import Cancellation, CancelOutcome, CancelReason, Replacement
from ordonum.model.wishes import Anonymity, AnonymityGround, CopyAcknowledged, CopyChannel, Paperless
from ordonum.wire import native
from restoring import put_back, recorded
from road import Road, road_to

Desk = Callable[..., Face]
TWO_LINES = (a_medicine(1, quantity=boxes(3)), a_medicine(2, label="PARACÉTAMOL 1 g, comprimé"))


@pytest.fixture(params=FACES, ids=[each.name for each in FACES])
def desk(request: pytest.FixtureRequest, system: System, tmp_path: Path) -> Iterator[Desk]:
    """Opens workstations of one face, each with a home of the test's own."""
    opened: list[Face] = []

    def open_desk(card: str, **named: object) -> Face:
        opened.append(request.param(system, card, tmp_path / card, **named))
        return opened[-1]

    yield open_desk
    for each in opened:
        each.__exit__()


@pytest.fixture
def road(system: System) -> Iterator[Road]:
    with road_to(system) as opened:
        yield opened


def _why(reason: CancelReason = CancelReason.CHANGE_OF_REGIME, **said: Any) -> Replacement:
    return Replacement(act_id=uuid4(), reason=reason, **said)


def _lost(path: str) -> Callable[[str, bytes], bool]:
    return lambda where, _: where != path


def _text(sheet: bytes) -> str:
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(sheet))


def test_a_replacement_ends_the_old_prescription_and_registers_the_new_one_at_once(desk: Desk) -> None:
    doctor, pharmacy = desk("dr-martin"), desk("pharmacie-centre")
    old = doctor.call("prescribe", a_prescription(lines=TWO_LINES))
    delivery = pharmacy.call("execute", old.number, an_execution())
    new = a_prescription(lines=(a_medicine(quantity=boxes(2)),))
    done = doctor.call("replace", new, ByNumber(old.number), _why())
    assert done.outcome is CancelOutcome.REST_STOPPED
    assert (done.ended.act, done.ended.prescription) == ("replace", old.act_id)
    assert pharmacy.call("consult", old.number, Origin.PAPER).view.status is Status.REPLACED
    found = pharmacy.call("consult", done.number, Origin.PAPER)
    assert (found.order.act_id, found.order.replaces) == (done.act_id, old.act_id)
    assert [each.act_id for each in found.view.earlier.executions] == [delivery.act_id]
    with pytest.raises(CannotPrint, match=str(done.act_id)):
        doctor.call("sheet", old.act_id)
    sheet = _text(doctor.call("sheet", done.act_id))
    assert "Remplace l'ordonnance du" in sheet
    assert old.number.grouped not in sheet
    assert doctor.call("pending") == ()


@pytest.mark.parametrize("face", FACES, ids=lambda each: each.name)
def test_a_lost_replacement_leaves_again_with_the_same_bytes_and_counts_once(
    own_system: System, tmp_path: Path, face: type[Face]
) -> None:
    with road_to(own_system) as road, face(own_system, "dr-martin", tmp_path / "w", url=road.url) as doctor:
        old = doctor.call("prescribe", a_prescription())
        road.rule = _lost("/v1/replace")
        with pytest.raises(Unconfirmed) as raised:
            doctor.call("replace", a_prescription(), ByOwnAct(old.act_id), _why())
        act_id = UUID(raised.value.act_id)
        assert "NON ENREGISTRÉE À CE JOUR" in _text(doctor.call("sheet", act_id))
        assert doctor.call("sheet", old.act_id)  # it stands until the service says otherwise
        road.rule = lambda *_: True
        (sent,) = doctor.call("send_pending")
        assert (sent.acknowledged.act_id, sent.acknowledged.replayed) == (act_id, True)
        assert len(set(road.bodies("/v1/replace"))) == 1
        assert sorted(kind for kind, _ in recorded(own_system).values()) == ["register", "register", "replace"]
        with pytest.raises(CannotPrint):
            doctor.call("sheet", old.act_id)
        # and a service that was restored is given both acts back, by their own proof
        was = recorded(own_system)
        put_back(own_system, doctor.client.outbox.get(old.act_id).created_at)
        assert [each.error for each in doctor.call("send_pending")] == [None, None]
        assert recorded(own_system) == was


def test_death_between_keeping_and_sending_loses_nothing(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor, own_system.client("pharmacie-centre") as pharmacy:
        old = doctor.prescribe(a_prescription())
        assert old.number is not None
        delivery = pharmacy.execute(old.number, an_execution())
        withdrawal = Withdrawal(act_id=uuid4(), execution=delivery.act_id, reason=AmendReason.NOT_COLLECTED)
        pharmacy.outbox.keep(_kept(pharmacy, "withdraw", prepare.withdrawal(old.number, withdrawal)))
        new = replace(a_prescription(), replaces=old.act_id)
        why = _why()
        prepared = prepare.replacement(new, ByOwnAct(old.act_id), why, doctor.card, doctor.software)
        doctor.outbox.keep(replace(_kept(doctor, "replace", prepared), prescription=new))
    with own_system.client("pharmacie-centre") as pharmacy, own_system.client("dr-martin") as doctor:
        (withdrawn,), (replaced,) = pharmacy.send_pending(), doctor.send_pending()
        assert withdrawn.error is None
        assert replaced.acknowledged is not None
        assert replaced.acknowledged.outcome is CancelOutcome.NOTHING_GIVEN  # what had been given was taken back
        with pytest.raises(CannotPrint):
            doctor.sheet(old.act_id)


def _kept(client: Client, operation: str, prepared: prepare.Prepared) -> Kept:
    return Kept(
        act_id=prepared.act_id,
        operation=operation,
        author=client.card.holder.author,
        created_at=client.now(),
        body=prepared.body.decode(),
        number=prepared.number,
    )


def test_a_cancellation_sent_again_stops_the_printing_too(desk: Desk, road: Road) -> None:
    doctor = desk("dr-martin", url=road.url)
    done = doctor.call("prescribe", a_prescription())
    road.rule = _lost("/v1/cancel")
    with pytest.raises(Unconfirmed):
        doctor.call("cancel", ByNumber(done.number), Cancellation(act_id=uuid4(), reason=CancelReason.DEATH))
    assert doctor.call("sheet", done.act_id)
    road.rule = lambda *_: True
    assert [each.error for each in doctor.call("send_pending")] == [None]
    with pytest.raises(CannotPrint):
        doctor.call("sheet", done.act_id)


def test_lines_cancelled_are_marked_on_the_next_sheet_and_all_of_them_are_the_whole(desk: Desk) -> None:
    doctor = desk("dr-martin")
    done = doctor.call("prescribe", a_prescription(lines=TWO_LINES))

    def stop(*lines: int) -> CancelOutcome:
        stopping = Cancellation(act_id=uuid4(), reason=CancelReason.CLINICAL_GROUNDS, lines=lines)
        outcome: CancelOutcome = doctor.call("cancel", ByOwnAct(done.act_id), stopping).outcome
        return outcome

    assert stop(2) is CancelOutcome.NOTHING_GIVEN
    assert _text(doctor.call("sheet", done.act_id)).count("LIGNE ANNULÉE") == 1
    stop(1)
    with pytest.raises(CannotPrint):
        doctor.call("sheet", done.act_id)


def test_what_is_withdrawn_or_corrected_is_left_again_at_once(desk: Desk, doctor: Client) -> None:
    number = doctor.prescribe(a_prescription(lines=TWO_LINES)).number
    pharmacy = desk("pharmacie-centre")

    def left() -> list[int | None]:
        return [each.left for each in pharmacy.call("consult", number, Origin.PAPER).view.remainders]

    first = pharmacy.call("execute", number, an_execution(delivered(1, boxes(3)), delivered(2)))
    corrects = Correction(execution=first.act_id, reason=AmendReason.QUANTITY)
    second = replace(an_execution(delivered(1, boxes(2)), delivered(2)), corrects=corrects)
    pharmacy.call("execute", number, second)
    assert left() == [1, 1]
    taken = Withdrawal(
        act_id=uuid4(), execution=second.act_id, reason=AmendReason.HANDED_BACK, lines=(2,), note="à commander"
    )
    assert pharmacy.call("withdraw", number, taken).acknowledgement.act == "withdraw"
    assert left() == [1, 2]
    assert pharmacy.call("withdraw", number, taken).replayed
    with pytest.raises(Declined) as raised:
        pharmacy.call("withdraw", number, replace(taken, act_id=uuid4()))
    assert raised.value.refusal is Refusal.ALREADY_WITHDRAWN
    assert pharmacy.call("pending") == ()


def test_a_suspicion_is_reported_and_shown_to_the_next(desk: Desk, doctor: Client) -> None:
    number = doctor.prescribe(a_prescription()).number
    pharmacy = desk("pharmacie-centre")
    pharmacy.call("report", number, Suspicion(act_id=uuid4(), kind=SuspicionKind.ALTERED))
    (report,) = pharmacy.call("consult", number, Origin.PAPER).view.reports
    assert report.suspicion is SuspicionKind.ALTERED


def test_the_paper_is_owed_until_its_copy_is_acknowledged(desk: Desk) -> None:
    doctor, today = desk("dr-martin"), datetime.now(UTC).date()
    asked = Paperless(channel=CopyChannel.PATIENT_MAIL, requested_on=today)
    done = doctor.call("prescribe", replace(a_prescription(), paperless=asked))
    kept = doctor.client.outbox.get
    assert kept(done.act_id).owes_paper
    assert "la copie envoyée par la messagerie sécurisée" in _text(doctor.call("sheet", done.act_id))
    arrived = CopyAcknowledged(act_id=uuid4(), channel=CopyChannel.PATIENT_MAIL, acknowledged_at=datetime.now(UTC))
    doctor.call("copy", ByOwnAct(done.act_id), arrived)
    assert not kept(done.act_id).owes_paper
    too_early = Paperless(channel=CopyChannel.PATIENT_MAIL, requested_on=date(2023, 12, 21))
    early = replace(a_prescription(written_on=date(2023, 12, 21)), paperless=too_early)
    with pytest.raises(Declined) as raised:
        doctor.call("prescribe", early)
    assert raised.value.refusal is Refusal.PAPERLESS_NOT_THEN


PILL = replace(a_medicine(), substances=(msgspec.structs.replace(a_medicine().substances[0], name="Lévonorgestrel"),))


def test_the_answer_on_anonymity_is_never_assumed(desk: Desk, road: Road) -> None:
    doctor = desk("dr-martin", url=road.url)
    minor = a_prescription(lines=(PILL,), patient=a_patient(birth_date=f"{datetime.now(UTC).year - 16}-01-01"))
    for method in ("prescribe", "preview"):
        with pytest.raises(Declined) as raised:
            doctor.call(method, minor)
        assert raised.value.refusal is Refusal.ANONYMITY_ANSWER_WANTED
        assert [each.at for each in raised.value.problem.errors] == ["$.anonymity"]
    assert road.sent == []
    assert list(doctor.client.outbox.all()) == []
    sheets = []
    for requested in (False, True):
        answer = Anonymity(ground=AnonymityGround.MINOR_CONTRACEPTION, requested=requested)
        done = doctor.call("prescribe", replace(minor, anonymity=answer))
        sheets.append(_text(doctor.call("sheet", done.act_id)))
    assert ["Contraception mineure : secret demandé" in each for each in sheets] == [False, True]
    assert ["Matricule INS" in each for each in sheets] == [True, False]
    assert "anonymity-answer-wanted" not in doctor.call("registered").items


def test_what_was_recorded_is_found_again_by_its_own_act_or_the_number(desk: Desk, road: Road) -> None:
    doctor = desk("dr-martin", url=road.url)
    done = doctor.call("prescribe", a_prescription())
    view = doctor.call("recorded", ByOwnAct(done.act_id), done.act_id)
    assert (view.kind, view.recorded_at) == ("register", done.acknowledgement.recorded_at)
    with pytest.raises(Declined) as raised:
        doctor.call("recorded", ByNumber(done.number), uuid4())
    assert raised.value.refusal is Refusal.NOT_RECORDED
    other = doctor.call("prescribe", a_prescription())
    road.rule = lambda path, _: (200, native.write(view)) if path == "/v1/recorded" else True
    with pytest.raises(NotAuthentic):
        doctor.call("recorded", ByOwnAct(other.act_id), other.act_id)


def test_the_list_is_ones_own_newest_first_and_by_pages(desk: Desk, system: System) -> None:
    doctor = desk("dr-leroy")
    made = [doctor.call("prescribe", _of(doctor)).act_id for _ in range(3)]
    found = doctor.call("registered")
    assert [each.register_act_id for each in found.items[:3]] == made[::-1]
    before = doctor.call("registered", found.items[0].registered_at)
    assert [each.register_act_id for each in before.items[:2]] == made[1::-1]


def _of(doctor: Face) -> Prescription:
    return replace(a_prescription(), place=doctor.client.card.place)


def test_a_prescription_that_nobody_here_knows_cannot_be_named_in_what_is_signed(desk: Desk, doctor: Client) -> None:
    number = doctor.prescribe(a_prescription()).number
    assert number is not None
    elsewhere = desk("dr-martin")
    with pytest.raises(NotKept):
        elsewhere.call("replace", a_prescription(), ByNumber(number), _why())
    assert list(elsewhere.client.outbox.all()) == []


def test_another_patients_prescription_is_not_replaced(desk: Desk, road: Road) -> None:
    doctor = desk("dr-martin", url=road.url)
    old = doctor.call("prescribe", a_prescription())
    other = a_prescription(patient=a_patient(first_name="Rose"))
    with pytest.raises(Declined) as raised:
        doctor.call("replace", other, ByOwnAct(old.act_id), _why())
    assert raised.value.refusal is Refusal.REPLACES_ANOTHER_PATIENT
    assert road.bodies("/v1/replace") == []


@pytest.mark.parametrize("which", ["registration", "replacement"])
def test_a_replacement_whose_either_receipt_is_another_is_not_believed(desk: Desk, road: Road, which: str) -> None:
    doctor = desk("dr-martin", url=road.url)
    old, other, why = (*(doctor.call("prescribe", a_prescription()) for _ in range(2)), _why())
    first = doctor.call("replace", a_prescription(), ByOwnAct(other.act_id), why)
    answer = native.read_own((doctor.client.outbox.get(first.act_id).answer or "").encode(), ReplaceReceipt)

    def rule(path: str, _: bytes) -> bool | tuple[int, bytes]:
        return (201, native.write(mixed)) if path == "/v1/replace" else True

    mixed = answer
    road.rule = rule
    with pytest.raises(NotAuthentic):
        doctor.call("replace", a_prescription(), ByOwnAct(old.act_id), why)
    (kept,) = doctor.call("pending")
    road.rule = lambda *_: True
    doctor.call("resend", kept)
    true = native.read_own((doctor.client.outbox.get(kept.act_id).answer or "").encode(), ReplaceReceipt)
    mixed = replace(true, **{which: getattr(answer, which)})
    road.rule = rule
    with pytest.raises(NotAuthentic):
        doctor.call("resend", doctor.client.outbox.get(kept.act_id))


def test_a_number_read_on_paper_names_what_is_replaced_where_the_file_says_its_act(desk: Desk, doctor: Client) -> None:
    old = doctor.prescribe(a_prescription())
    elsewhere = desk("dr-martin")
    new = replace(a_prescription(), replaces=old.act_id)
    done = elsewhere.call("replace", new, ByNumber(EpuId(str(old.number))), _why())
    assert done.ended.prescription == old.act_id
    assert "Remplace une ordonnance antérieure" in _text(elsewhere.call("sheet", done.act_id))


def test_a_restored_service_is_given_back_what_amends_ends_and_reports(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor, own_system.client("pharmacie-centre") as pharmacy:
        start, today = own_system.now(), own_system.now().date()
        asked = Paperless(channel=CopyChannel.PATIENT_MAIL, requested_on=today)
        done = doctor.prescribe(replace(a_prescription(lines=TWO_LINES), paperless=asked))
        assert done.number is not None
        first = pharmacy.execute(done.number, an_execution(delivered(1), delivered(2)))
        corrects = Correction(execution=first.act_id, reason=AmendReason.QUANTITY)
        second = pharmacy.execute(done.number, replace(an_execution(delivered(1), delivered(2)), corrects=corrects))
        taken = Withdrawal(act_id=uuid4(), execution=second.act_id, reason=AmendReason.RETURNED, lines=(2,))
        pharmacy.withdraw(done.number, taken)
        pharmacy.report(done.number, Suspicion(act_id=uuid4(), kind=SuspicionKind.ALTERED))
        arrived = CopyAcknowledged(act_id=uuid4(), channel=CopyChannel.PATIENT_MAIL, acknowledged_at=own_system.now())
        doctor.copy(ByOwnAct(done.act_id), arrived)
        stop = Cancellation(act_id=uuid4(), reason=CancelReason.CLINICAL_GROUNDS, lines=(2,))
        doctor.cancel(ByOwnAct(done.act_id), stop)
        was, seen = recorded(own_system), doctor.executions(ByOwnAct(done.act_id))
        put_back(own_system, start)
        assert [each.error for each in (*doctor.send_pending(), *pharmacy.send_pending())] == [None] * 7
        assert recorded(own_system) == was
        assert doctor.executions(ByOwnAct(done.act_id)) == seen
