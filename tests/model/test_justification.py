"""What an invoice still needs: line by line, by what its own place executed."""

from datetime import date
from uuid import UUID, uuid4

import msgspec
import pytest

from factories import NOON, PHARMACY, a_medicine, an_actor, boxes, delivered, executed, registered
from ordonum.model.actors import Place
from ordonum.model.identifiers import Cip13
from ordonum.model.invoice import Invoice, InvoicedLine, ScanReason
from ordonum.model.justification import justified_by, justify
from ordonum.model.kept import Act, Executed, Invoiced, Registered
from ordonum.model.lines import Quantity, Unit
from ordonum.model.outcomes import Delivered, SeenOnPaper
from ordonum.model.state import State, state
from ordonum.sandbox import people

DOLIPRANE, OTHER = Cip13("3400935955838"), Cip13("3400936403109")
GARE = people.pharmacy(2, "Pharmacie de la Gare")
UNITS = Quantity(1, Unit.UNITS)


def _of(*acts: Act) -> State:
    found = state([_registered(), *acts])
    assert found is not None
    return found


def _registered() -> Registered:
    return registered(a_medicine(quantity=boxes(9)), a_medicine(2, quantity=boxes(9)))


def _invoice(*lines: InvoicedLine, execution: UUID | None = None) -> Invoice:
    chosen = lines or (_billed(1),)
    return Invoice(act_id=uuid4(), execution=execution, number="1", lot="1", date=date(2026, 11, 16), lines=chosen)


def _billed(amount: int | None, rank: int | None = 1, *, cip13: Cip13 | None = None) -> InvoicedLine:
    return InvoicedLine(line=rank, quantity=None if amount is None else boxes(amount), cip13=cip13)


def _invoiced(invoice: Invoice, place: Place = PHARMACY) -> Invoiced:
    return Invoiced(act_id=invoice.act_id, recorded_at=NOON, by=an_actor(place=place), invoice=invoice)


def _given(amount: int, *, place: Place = PHARMACY, **changes: object) -> Executed:
    made = executed(Delivered(line=1, quantity=boxes(amount)))
    return msgspec.structs.replace(made, by=an_actor(place=place), **changes)


def _reasons(invoice: Invoice, *acts: Act, place: Place = PHARMACY) -> list[ScanReason]:
    told = justify(invoice, an_actor(place=place), _of(*acts))
    assert [each.scan_needed for each in told] == [each.reason is not ScanReason.JUSTIFIED for each in told]
    assert [each.position for each in told] == list(range(1, len(told) + 1))
    return [each.reason for each in told]


def test_what_was_executed_here_is_justified_to_the_last_box_and_no_further() -> None:
    assert _reasons(_invoice(_billed(3)), _given(2), _given(1)) == [ScanReason.JUSTIFIED]
    assert _reasons(_invoice(_billed(4)), _given(2), _given(1)) == [ScanReason.MORE_THAN_EXECUTED]


def test_before_the_registration_and_beside_the_order_a_scan_is_needed() -> None:
    (told,) = justify(_invoice(), an_actor(), None)
    assert (told.reason, told.scan_needed, told.line) == (ScanReason.NOT_REGISTERED, True, 1)
    for rank in (None, 3):
        assert _reasons(_invoice(_billed(1, rank)), _given(1)) == [ScanReason.NO_PRESCRIPTION_LINE]


def test_the_execution_of_another_line_or_place_is_still_awaited() -> None:
    assert _reasons(_invoice(_billed(1, 2)), _given(1)) == [ScanReason.EXECUTION_AWAITED]
    assert _reasons(_invoice(), _given(1, place=GARE)) == [ScanReason.EXECUTION_AWAITED]
    assert _reasons(_invoice(), _given(1, place=GARE), place=GARE) == [ScanReason.JUSTIFIED]


def test_an_invoice_that_names_its_execution_looks_at_that_one() -> None:
    named = _given(1)
    assert _reasons(_invoice(execution=named.act_id), named) == [ScanReason.JUSTIFIED]
    assert _reasons(_invoice(execution=uuid4()), named) == [ScanReason.EXECUTION_AWAITED]
    assert _reasons(_invoice(execution=named.act_id), named, place=GARE) == [ScanReason.EXECUTION_AWAITED]


def test_a_delivery_seen_on_paper_justifies_nothing_by_itself_nor_beside_one_of_ones_own() -> None:
    seen = _given(5, seen_on_paper=SeenOnPaper(stamp="Pharmacie des Halles"))
    assert _reasons(_invoice(), seen) == [ScanReason.SEEN_ON_PAPER]
    assert _reasons(_invoice(_billed(1)), seen, _given(1)) == [ScanReason.JUSTIFIED]
    assert _reasons(_invoice(_billed(2)), seen, _given(1)) == [ScanReason.MORE_THAN_EXECUTED]


def test_one_execution_in_conflict_wants_the_paper() -> None:
    wrong = _given(1, in_conflict=("more-than-left",))
    assert _reasons(_invoice(), wrong, _given(1)) == [ScanReason.IN_CONFLICT]
    assert _reasons(_invoice(execution=uuid4()), wrong) == [ScanReason.EXECUTION_AWAITED]


def test_an_early_execution_in_conflict_with_the_order_wants_the_paper() -> None:
    order = _registered()
    early = _given(10, early=True, may=(order.order.family,), code_of=order.order.prescriber.rpps)
    assert _reasons(_invoice(), early) == [ScanReason.IN_CONFLICT]
    few = msgspec.structs.replace(early, lines=(delivered(1, boxes(1)),))
    assert _reasons(_invoice(), few) == [ScanReason.JUSTIFIED]


@pytest.mark.parametrize(
    ("billed", "done", "reason"),
    [
        (DOLIPRANE, DOLIPRANE, ScanReason.JUSTIFIED),
        (OTHER, DOLIPRANE, ScanReason.PRODUCT_DIFFERS),
        (OTHER, None, ScanReason.JUSTIFIED),
        (None, DOLIPRANE, ScanReason.JUSTIFIED),
    ],
)
def test_codes_are_compared_where_both_were_said(billed: Cip13 | None, done: Cip13 | None, reason: ScanReason) -> None:
    act = executed(Delivered(line=1, quantity=boxes(1), cip13=done))
    assert _reasons(_invoice(_billed(1, cip13=billed)), act) == [reason]


def test_another_unit_is_no_amount_of_it() -> None:
    assert _reasons(_invoice(InvoicedLine(line=1, quantity=UNITS)), _given(1)) == [ScanReason.UNIT_DIFFERS]
    mixed = executed(Delivered(line=1, quantity=UNITS), Delivered(line=1, quantity=boxes(2)))
    assert _reasons(_invoice(_billed(2)), mixed) == [ScanReason.JUSTIFIED]
    assert _reasons(_invoice(_billed(3)), mixed) == [ScanReason.MORE_THAN_EXECUTED]


def test_where_nobody_said_how_much_an_invoice_does_not_either() -> None:
    unsaid = executed(delivered(1, None))
    assert _reasons(_invoice(_billed(None)), unsaid) == [ScanReason.JUSTIFIED]
    assert _reasons(_invoice(_billed(1)), unsaid) == [ScanReason.UNIT_DIFFERS]
    assert _reasons(_invoice(_billed(None)), _given(1)) == [ScanReason.JUSTIFIED]


def test_an_invoice_that_says_no_amount_is_one_of_what_was_executed_first() -> None:
    first_boxes = executed(Delivered(line=1, quantity=boxes(1)), Delivered(line=1, quantity=Quantity(9, Unit.UNITS)))
    twice = _invoice(_billed(None), _billed(None))
    assert _reasons(twice, first_boxes) == [ScanReason.JUSTIFIED, ScanReason.MORE_THAN_EXECUTED]


def test_the_lines_before_and_the_other_invoices_of_the_place_count_against_the_same_boxes() -> None:
    two = _invoice(_billed(1), _billed(None), _billed(1))
    expected = [ScanReason.JUSTIFIED, ScanReason.JUSTIFIED, ScanReason.MORE_THAN_EXECUTED]
    assert _reasons(two, _given(2)) == expected
    before = _invoiced(_invoice(_billed(1), _billed(5, 2)))
    assert _reasons(_invoice(_billed(1)), _given(2), before) == [ScanReason.JUSTIFIED]
    assert _reasons(_invoice(_billed(2)), _given(2), before) == [ScanReason.MORE_THAN_EXECUTED]
    assert _reasons(_invoice(_billed(2)), _given(2), _invoiced(_invoice(_billed(2)), GARE)) == [ScanReason.JUSTIFIED]
    mine = _invoiced(_invoice(_billed(2)))
    assert _reasons(mine.invoice, _given(2), mine) == [ScanReason.JUSTIFIED]


def test_an_execution_tells_only_what_it_changes_for_the_invoices_of_its_place() -> None:
    mine, theirs = _invoiced(_invoice(_billed(1), _billed(1, 2))), _invoiced(_invoice(), GARE)
    acts: list[Act] = [_registered(), mine, theirs]
    told = justified_by(_given(1), acts)
    assert {each.invoice for each in told} == {mine.act_id}
    assert [each.reason for each in told] == [ScanReason.JUSTIFIED, ScanReason.EXECUTION_AWAITED]
    assert justified_by(_given(1), [*acts, _given(5)]) == ()
    assert justified_by(_given(1), [mine]) == ()
