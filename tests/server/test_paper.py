"""The real world of paper: deliveries seen on it, lines written by hand, how the number came, lost and reprinted sheets."""

from uuid import UUID, uuid4

import msgspec
import pypdfium2
import pytest

from factories import a_medicine, a_prescription, an_execution, boxes, delivered
from ordonum.cli.system import System
from ordonum.client import Client, Declined
from ordonum.model.acts import ByOwnAct, Execution, Given, Origin
from ordonum.model.number import EpuId
from ordonum.model.outcomes import Batch, Delivered, Handwritten, SeenOnPaper, SubstitutionKind
from ordonum.model.refusals import Refusal
from ordonum.model.state import LineStatus, Status
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.wire import scan


def _prescribed(doctor: Client, boxes_of: int = 3) -> tuple[UUID, EpuId]:
    done = doctor.prescribe(a_prescription(lines=(a_medicine(quantity=boxes(boxes_of)),)))
    assert done.number is not None
    return done.act_id, done.number


def _seen(system: System, *lines: Delivered) -> Execution:
    return Execution(
        act_id=uuid4(),
        given=Given.ALREADY,
        performed_at=system.now(),
        lines=lines,
        origin=Origin.PAPER,
        seen_on_paper=SeenOnPaper(stamp="Pharmacie des Halles, Dijon"),
    )


def test_a_delivery_seen_on_the_paper_counts_is_marked_and_attaches_nobody(
    system: System, doctor: Client, pharmacy: Client, other_pharmacy: Client
) -> None:
    _, number = _prescribed(doctor)
    pharmacy.execute(number, _seen(system, delivered(1, boxes(2))))
    view = other_pharmacy.consult(number, Origin.PAPER).view
    assert (view.remainders[0].left, view.remainders[0].status) == (1, LineStatus.PARTLY)
    (seen,) = view.executions
    assert seen.seen_on_paper == SeenOnPaper(stamp="Pharmacie des Halles, Dijon")
    with pytest.raises(Declined) as raised:
        other_pharmacy.execute(number, an_execution(delivered(1, boxes(2))))
    assert raised.value.refusal is Refusal.MORE_THAN_LEFT


def test_what_was_seen_on_paper_is_past_and_of_nobody(system: System) -> None:
    with pytest.raises(ValueError, match="seen-on-paper"):
        Execution(
            act_id=uuid4(),
            given=Given.NOW,
            performed_at=system.now(),
            lines=(delivered(1, boxes(1)),),
            seen_on_paper=SeenOnPaper(stamp="Pharmacie des Halles"),
        )


def test_a_line_written_by_hand_is_recorded_beside_the_base_and_counts_in_no_line(
    doctor: Client, pharmacy: Client, other_pharmacy: Client
) -> None:
    _, number = _prescribed(doctor)
    by_hand = Handwritten(
        text="+ Doliprane 1 g, 1 boîte, si douleur",
        product="DOLIPRANE 1000 mg",
        quantity=boxes(1),
        batches=(Batch(number="AB12", expires="2028-01"),),
    )
    execution = an_execution()
    pharmacy.execute(number, msgspec.structs.replace(execution, lines=(*execution.lines, by_hand)))
    view = other_pharmacy.consult(number, Origin.PAPER).view
    assert view.remainders[0].left == 2
    assert by_hand in view.executions[0].lines


def test_batches_ordonnancier_and_substitution_come_back_to_the_doctor(doctor: Client, pharmacy: Client) -> None:
    act_id, number = _prescribed(doctor)
    given = Delivered(
        line=1,
        quantity=boxes(1),
        product="AMOXICILLINE BIOGARAN",
        batches=(Batch(number="L1", expires="2027-05"), Batch(number="L2")),
        ordonnancier="2026-001",
        substitution=SubstitutionKind.GENERIC,
    )
    pharmacy.execute(number, an_execution(given))
    assert doctor.executions(ByOwnAct(act_id)).executions[0].lines == (given,)


def test_a_lost_sheet_is_cancelled_with_its_reason_and_the_executant_is_told(
    system: System, doctor: Client, pharmacy: Client
) -> None:
    act_id, number = _prescribed(doctor)
    doctor.cancel(ByOwnAct(act_id), Cancellation(act_id=uuid4(), reason=CancelReason.LOST_OR_STOLEN))
    view = pharmacy.consult(number, Origin.PAPER).view
    assert view.status is Status.CANCELLED
    with pytest.raises(Declined, match="perdue ou volée"):
        pharmacy.execute(number, an_execution())


def test_a_reprint_is_a_duplicate_and_is_in_the_journal(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor:
        act_id, number = _prescribed(doctor)
        first, second = doctor.sheet(act_id), doctor.sheet(act_id)
        assert b"DUPLICATA" not in _text(first)
        assert "DUPLICATA n° 1 imprimé le".encode() in _text(second)
        assert scan.find_code(second) == scan.find_code(first)  # the very code: signed once
        assert scan.find_code(second).content.number == number
        copies = [each.copy for each in doctor.journal.entries() if each.operation == "print" and each.copy]
        assert copies == [1, 2]


def _text(pdf: bytes) -> bytes:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(document[0].get_textpage().get_text_range().split()).encode()
    finally:
        document.close()
