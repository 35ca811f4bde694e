"""The invoice, an act of its own: before, with or after the execution; line by line, whether a scan is still needed."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import msgspec
import pytest

from factories import a_medicine, a_prescription, an_execution, boxes, delivered
from ordonum.cli.system import System
from ordonum.client import Client
from ordonum.model.acts import ExecuteRequest, Execution, Given, InvoiceRequest
from ordonum.model.identifiers import Cip13
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.model.lines import Quantity, Unit
from ordonum.model.number import EpuId
from ordonum.model.outcomes import Delivered, SeenOnPaper
from ordonum.wire import native
from raw import assert_problem, post, token

DOLIPRANE, OTHER = Cip13("3400935955838"), Cip13("3400936403109")


def _prescribed(doctor: Client, *boxes_of: int) -> EpuId:
    lines = tuple(a_medicine(rank, quantity=boxes(n)) for rank, n in enumerate(boxes_of, start=1))
    done = doctor.prescribe(a_prescription(lines=lines))
    assert done.number is not None
    return done.number


def _execute(system: System, client: Client, number: EpuId, *lines: Delivered) -> UUID:
    execution = an_execution(*lines)
    answer = post(
        system,
        "/v1/execute",
        native.write(ExecuteRequest(number=number, execution=execution)),
        bearer=token(client, system),
    )
    assert answer.status_code == 201, answer.text
    return execution.act_id


def _attach(
    system: System, client: Client, number: EpuId, *lines: InvoicedLine, execution: UUID | None = None, **rest: Any
) -> httpx2.Response:
    invoice = Invoice(
        act_id=rest.pop("act_id", None) or uuid4(),
        execution=execution,
        number="000123456",
        lot="042",
        date=rest.pop("date", system.now().date()),
        lines=lines or (InvoicedLine(line=1, quantity=boxes(1)),),
    )
    body = native.write(InvoiceRequest(number=number, invoice=invoice))
    return post(system, "/v1/invoice", body, bearer=token(client, system))


def _reasons(answer: httpx2.Response) -> list[tuple[bool, str]]:
    assert answer.status_code == 201, answer.text
    return [(each["scan_needed"], each["reason"]) for each in answer.json()["justification"]]


def test_an_invoice_after_its_execution_needs_no_scan(system: System, doctor: Client, pharmacy: Client) -> None:
    number = _prescribed(doctor, 2, 1)
    execution = _execute(system, pharmacy, number, delivered(1, boxes(2)), delivered(2, boxes(1)))
    lines = (InvoicedLine(line=1, quantity=boxes(2)), InvoicedLine(line=2))
    assert _reasons(_attach(system, pharmacy, number, *lines, execution=execution)) == [(False, "justified")] * 2


def test_an_invoice_before_its_execution_awaits_it_and_the_execution_tells_what_it_justifies(
    system: System, doctor: Client, pharmacy: Client
) -> None:
    number, act_id = _prescribed(doctor, 2), uuid4()
    assert _reasons(_attach(system, pharmacy, number, act_id=act_id)) == [(True, "execution-awaited")]
    told = pharmacy.execute(number, an_execution(delivered(1, boxes(1)))).justification
    assert [(each.invoice, each.scan_needed) for each in told] == [(act_id, False)]
    assert _reasons(_attach(system, pharmacy, number, act_id=uuid4(), execution=uuid4())) == [
        (True, "execution-awaited")
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (InvoicedLine(line=None, label="Thermomètre"), "no-prescription-line"),
        (InvoicedLine(line=9), "no-prescription-line"),
        (InvoicedLine(line=1, cip13=OTHER), "product-differs"),
        (InvoicedLine(line=1, cip13=DOLIPRANE, quantity=boxes(2)), "more-than-executed"),
        (InvoicedLine(line=2), "execution-awaited"),
        (InvoicedLine(line=1, cip13=DOLIPRANE, quantity=boxes(1)), "justified"),
    ],
)
def test_each_line_tells_why_a_scan_is_still_needed(
    system: System, doctor: Client, pharmacy: Client, line: InvoicedLine, reason: str
) -> None:
    number = _prescribed(doctor, 2, 2)
    _execute(system, pharmacy, number, Delivered(line=1, quantity=boxes(1), cip13=DOLIPRANE))
    assert _reasons(_attach(system, pharmacy, number, line)) == [(reason != "justified", reason)]


def test_what_another_invoice_billed_is_not_billed_twice(system: System, doctor: Client, pharmacy: Client) -> None:
    number = _prescribed(doctor, 2)
    _execute(system, pharmacy, number, delivered(1, boxes(2)))
    line = InvoicedLine(line=1, quantity=boxes(1))
    assert _reasons(_attach(system, pharmacy, number, line)) == [(False, "justified")]
    assert _reasons(_attach(system, pharmacy, number, line)) == [(False, "justified")]
    assert _reasons(_attach(system, pharmacy, number, line)) == [(True, "more-than-executed")]


def test_another_pharmacys_execution_justifies_nothing(
    system: System, doctor: Client, pharmacy: Client, other_pharmacy: Client
) -> None:
    number = _prescribed(doctor, 2)
    _execute(system, pharmacy, number, delivered(1, boxes(1)))
    assert _reasons(_attach(system, other_pharmacy, number)) == [(True, "execution-awaited")]


def test_an_execution_in_conflict_still_needs_the_paper(system: System, doctor: Client, pharmacy: Client) -> None:
    from ordonum.model.acts import Given

    number = _prescribed(doctor, 1)
    execution = an_execution(delivered(1, boxes(3)), given=Given.ALREADY)
    body = native.write(ExecuteRequest(number=number, execution=execution))
    assert post(system, "/v1/execute", body, bearer=token(pharmacy, system)).status_code == 201
    assert _reasons(_attach(system, pharmacy, number)) == [(True, "in-conflict")]


def test_a_repeated_invoice_gets_its_first_answer_and_another_under_its_id_is_refused(
    system: System, doctor: Client, pharmacy: Client
) -> None:
    number, act_id = _prescribed(doctor, 2), uuid4()
    first = _attach(system, pharmacy, number, act_id=act_id)
    again = _attach(system, pharmacy, number, act_id=act_id)
    assert (again.status_code, again.content) == (200, first.content)
    other = _attach(system, pharmacy, number, InvoicedLine(line=1, quantity=boxes(2)), act_id=act_id)
    assert_problem(other, "exists-different")


def test_an_unknown_number_another_family_and_the_future_are_refused(
    system: System, doctor: Client, pharmacy: Client, nurse: Client
) -> None:
    number = _prescribed(doctor, 2)
    assert_problem(_attach(system, nurse, number), "not-your-family")
    assert_problem(_attach(system, pharmacy, EpuId("01S2TBPZ2JCNZZYGHZ")), "unknown-number")
    tomorrow = system.now().date() + timedelta(days=2)
    assert_problem(_attach(system, pharmacy, number, date=tomorrow), "invoiced-in-future")


def test_another_unit_no_quantity_or_another_naming_gets_round_nothing(
    system: System, doctor: Client, pharmacy: Client
) -> None:
    number = _prescribed(doctor, 2)
    _execute(system, pharmacy, number, delivered(1, boxes(1)))
    units = InvoicedLine(line=1, quantity=Quantity(10_000, Unit.UNITS))
    assert _reasons(_attach(system, pharmacy, number, units)) == [(True, "unit-differs")]
    other = _prescribed(doctor, 2)
    _execute(system, pharmacy, other, delivered(1, boxes(1)))
    twice = (InvoicedLine(line=1), InvoicedLine(line=1))
    assert [each for _, each in _reasons(_attach(system, pharmacy, other, *twice))] == [
        "justified",
        "more-than-executed",
    ]
    third = _prescribed(doctor, 2)
    execution = _execute(system, pharmacy, third, delivered(1, boxes(1)))
    assert _reasons(_attach(system, pharmacy, third, execution=execution)) == [(False, "justified")]
    assert _reasons(_attach(system, pharmacy, third)) == [(True, "more-than-executed")]


def test_a_delivery_that_was_only_seen_on_paper_justifies_no_more(
    system: System, doctor: Client, pharmacy: Client
) -> None:
    number = _prescribed(doctor, 9)
    _execute(system, pharmacy, number, delivered(1, boxes(1)))
    seen = Execution(
        act_id=uuid4(),
        given=Given.ALREADY,
        performed_at=system.now(),
        lines=(delivered(1, boxes(3)),),
        seen_on_paper=SeenOnPaper(stamp="Pharmacie des Halles"),
    )
    pharmacy.execute(number, seen)
    line = InvoicedLine(line=1, quantity=boxes(4))
    assert _reasons(_attach(system, pharmacy, number, line)) == [(True, "more-than-executed")]
    alone = _prescribed(doctor, 9)
    pharmacy.execute(alone, msgspec.structs.replace(seen, act_id=uuid4()))
    assert _reasons(_attach(system, pharmacy, alone)) == [(True, "seen-on-paper")]
