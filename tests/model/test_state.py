"""What acts add up to."""

from datetime import timedelta
from uuid import uuid4

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from factories import DOCTOR, NOON, PLACE, a_medicine, a_text, an_actor, boxes, delivered, executed, registered
from ordonum.model.care import PhysiotherapyLine
from ordonum.model.kept import Cancelled
from ordonum.model.lines import Family, Quantity, Unit
from ordonum.model.outcomes import (
    Agreement,
    AgreementMeans,
    Intervention,
    InterventionKind,
    NotDelivered,
    Withheld,
)
from ordonum.model.state import LineStatus, State, Status, state
from ordonum.model.stopping import CancelReason

NO_AMOUNT = delivered(1, None)


def _state(*acts: object) -> State:
    made = state(acts)  # type: ignore[arg-type]  # acts of any kind
    assert made is not None
    return made


def _cancelled() -> Cancelled:
    return Cancelled(act_id=uuid4(), recorded_at=NOON, by=an_actor(DOCTOR, PLACE), reason=CancelReason.PATIENT_REQUEST)


def test_nothing_registered_is_no_state() -> None:
    assert state([]) is None
    assert state([executed()]) is None


def test_a_registered_prescription_is_wholly_to_deliver() -> None:
    found = _state(registered(a_medicine(quantity=boxes(2), renewals=2)))
    assert found.status is Status.REGISTERED
    assert (found.remainders[0].status, found.remainders[0].left) == (LineStatus.TO_DELIVER, 6)


def test_a_part_leaves_the_rest_and_the_rest_leaves_nothing() -> None:
    order = registered(a_medicine(quantity=boxes(3)))
    part = _state(order, executed(delivered(1, boxes(1))))
    assert (part.status, part.remainders[0].left) == (Status.PARTLY_EXECUTED, 2)
    whole = _state(order, executed(delivered(1, boxes(1))), executed(delivered(1, boxes(2))))
    assert (whole.status, whole.remainders[0].left, whole.remainders[0].beyond) == (Status.EXECUTED, 0, 0)


def test_what_was_delivered_beyond_is_said_and_the_remainder_is_never_negative() -> None:
    found = _state(registered(a_medicine(quantity=boxes(1))), executed(delivered(1, boxes(3))))
    assert (found.remainders[0].left, found.remainders[0].beyond) == (0, 2)


def test_a_line_without_quantity_is_counted_in_days_then_in_deliveries() -> None:
    days = _state(registered(a_medicine(quantity=None, duration_days=30, renewals=1)))
    assert (days.remainders[0].unit, days.remainders[0].total) == (Unit.DAYS, 60)
    text = _state(registered(a_text(renewals=1)), executed(delivered(1, None)))
    assert (text.remainders[0].unit, text.remainders[0].left) == (None, 1)


def test_a_line_not_delivered_says_so_until_it_is() -> None:
    order = registered(a_medicine(1), a_medicine(2))
    withheld = executed(Withheld(line=2, reason=NotDelivered.OUT_OF_STOCK))
    assert _state(order, withheld).remainders[1].status is LineStatus.NOT_DELIVERED
    assert _state(order, withheld).status is Status.REGISTERED
    later = _state(order, withheld, executed(delivered(2, boxes(2)), at=NOON + timedelta(days=1)))
    assert later.remainders[1].status is LineStatus.DELIVERED


def test_a_cancellation_stops_the_rest_and_keeps_what_was_delivered() -> None:
    order = registered(a_medicine(1, quantity=boxes(2)), a_medicine(2))
    found = _state(order, executed(delivered(1, boxes(2))), _cancelled())
    assert found.status is Status.CANCELLED
    assert [each.status for each in found.remainders] == [LineStatus.DELIVERED, LineStatus.CANCELLED]
    assert [each.left for each in found.remainders] == [0, 0]


def test_what_is_cancelled_line_by_line_is_cancelled_as_if_it_were_at_once() -> None:
    order = registered(a_medicine(1, quantity=boxes(2)), a_medicine(2))
    begun = executed(delivered(1, boxes(1)))
    whole = _state(order, begun, _cancelled())
    lines = [msgspec.structs.replace(_cancelled(), lines=each) for each in ((1,), (2,))]
    found = _state(order, begun, *lines)
    assert (found.status, found.remainders) == (whole.status, whole.remainders)
    assert [each.given for each in found.remainders] == [1, 0]
    assert _state(order, begun, lines[0]).status is Status.PARTLY_EXECUTED
    done = executed(delivered(1, boxes(2)))
    assert _state(order, done, lines[1]).status is Status.EXECUTED


@given(st.integers(1, 20), st.integers(0, 5), st.lists(st.integers(1, 10), max_size=12))
def test_given_and_left_always_add_up_to_the_total(value: int, renewals: int, parts: list[int]) -> None:
    order = registered(a_text(quantity=Quantity(value, Unit.SESSIONS), renewals=renewals))
    given_parts = [executed(delivered(1, Quantity(each, Unit.SESSIONS))) for each in parts]
    remainder = _state(order, *given_parts).remainders[0]
    assert remainder.given == sum(parts)
    assert remainder.left is not None
    assert remainder.given + remainder.left - remainder.beyond == remainder.total == value * (1 + renewals)


def test_the_last_delivery_is_the_latest_whatever_the_order_of_recording() -> None:
    order = registered(a_medicine(quantity=boxes(3)))
    later, earlier = executed(at=NOON), executed(at=NOON - timedelta(days=2))
    assert _state(order, later, earlier).remainders[0].last_at == NOON


def test_what_left_the_counter_in_the_lines_unit_counts_at_least_as_much_unless_the_prescriber_agreed() -> None:
    order = registered(a_medicine(quantity=boxes(6)))
    three = msgspec.structs.replace(delivered(1, boxes(3)), covers=1)
    assert _state(order, executed(three)).remainders[0].given == 3
    assert _state(order, executed(msgspec.structs.replace(three, covers=5))).remainders[0].given == 5
    by_phone = Intervention(kind=InterventionKind.AS_PRESCRIBED, agreement=Agreement(AgreementMeans.PHONE))
    agreed = msgspec.structs.replace(three, intervention=by_phone)
    assert _state(order, executed(agreed)).remainders[0].given == 1
    alone = msgspec.structs.replace(agreed, intervention=Intervention(kind=InterventionKind.AS_PRESCRIBED))
    assert _state(order, executed(alone)).remainders[0].given == 3
    units = msgspec.structs.replace(three, quantity=Quantity(3, Unit.UNITS))
    assert _state(order, executed(units)).remainders[0].given == 1


def test_what_nobody_counted_is_never_gone_beyond_nor_wholly_given() -> None:
    found = _state(
        registered(PhysiotherapyLine(rank=1, label="Genou"), family=Family.PHYSIOTHERAPY), executed(NO_AMOUNT)
    )
    remainder = found.remainders[0]
    assert (remainder.total, remainder.given, remainder.left, remainder.beyond) == (None, 1, None, 0)
    assert (remainder.status, found.status) == (LineStatus.PARTLY, Status.PARTLY_EXECUTED)


def test_one_line_delivered_of_two_is_a_part() -> None:
    order = registered(a_medicine(1, quantity=boxes(1)), a_medicine(2))
    assert _state(order, executed(delivered(1, boxes(1)))).status is Status.PARTLY_EXECUTED


def test_there_is_no_line_before_the_first_nor_after_the_last() -> None:
    found = _state(registered(a_medicine(1), a_medicine(2)))
    assert found.remainder(0) is None
    assert found.remainder(3) is None
    assert [found.remainder(rank) for rank in (1, 2)] == list(found.remainders)
