"""What came before the registration: what joins it, and what then stands against it."""

from datetime import date, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest

from factories import (
    DOCTOR,
    NOON,
    PHARMACY,
    PLACE,
    a_medicine,
    an_actor,
    an_execution,
    boxes,
    delivered,
    executed,
    registered,
)
from ordonum.model.actors import Establishment
from ordonum.model.acts import Execution, Given
from ordonum.model.decisions import check_early, check_execution
from ordonum.model.early import conflicts
from ordonum.model.facts import Facts
from ordonum.model.identifiers import BirthDate, Finess
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.model.kept import Act, Cancelled, Executed, Invoiced
from ordonum.model.lines import Family
from ordonum.model.outcomes import Handwritten, NotDelivered, Outcome, SeenOnPaper, Withheld
from ordonum.model.prescription import Identity
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.state import State, Status, state
from ordonum.model.stopping import CancelReason
from ordonum.sandbox import people

PARIS = ZoneInfo("Europe/Paris")
ORDER = registered(a_medicine(quantity=boxes(2)), a_medicine(2, quantity=boxes(1), secured=True))
WITHHELD, ADDED = Withheld(line=1, reason=NotDelivered.OUT_OF_STOCK), Handwritten(text="Coton")
HOUR = timedelta(hours=1)


def _early(*lines: Outcome, **changes: object) -> Executed:
    made = msgspec.structs.replace(
        executed(at=NOON - HOUR), early=True, may=(Family.HEALTH_PRODUCTS,), code_of=DOCTOR.rpps
    )
    return msgspec.structs.replace(made, lines=lines or made.lines, **changes)


def _cancelled(*, early: bool, at: object = NOON, rank: int = 1) -> Cancelled:
    by = an_actor(people.professional(rank, "X", "Y", DOCTOR.profession), PLACE)
    made = Cancelled(act_id=uuid4(), recorded_at=NOON, by=by, reason=CancelReason.DEATH, early=early)
    return msgspec.structs.replace(made, recorded_at=at)


def _of(*acts: Act) -> State:
    found = state(acts)
    assert found is not None
    return found


def _against(execution: Executed, *acts: Act) -> set[str]:
    return set(conflicts(execution, _of(execution, *(acts or (ORDER,)))))


def test_what_the_order_allows_stands_without_a_word() -> None:
    assert _against(_early(delivered(1, boxes(2)), ADDED)) == set()


def test_what_goes_over_is_marked_and_a_reason_excuses_it_but_for_a_secured_line() -> None:
    assert _against(_early(delivered(1, boxes(3)))) == {"more-than-left"}
    assert _against(_early(delivered(1, boxes(1)), delivered(1, boxes(2)))) == {"more-than-left"}
    assert _against(_early(delivered(1, boxes(3), beyond="boîte perdue"))) == set()
    secured = _early(delivered(2, boxes(2), beyond="boîte perdue"))
    assert _against(secured) == {"secured-unregistered", "secured-more-than-left"}
    assert _against(_early(delivered(2, boxes(1)))) == {"secured-unregistered"}


def test_what_comes_later_accuses_nobody_of_what_came_before() -> None:
    first, second = _early(delivered(1, boxes(2))), _early(delivered(1, boxes(1)))
    found = _of(first, second, ORDER, executed(delivered(1, boxes(5), beyond="boîte perdue")))
    assert conflicts(first, found) == ()
    assert conflicts(second, found) == ("more-than-left",)


def test_lines_that_the_order_does_not_have_are_named_once() -> None:
    unknown = _early(delivered(3), delivered(4), Withheld(line=5, reason=NotDelivered.OUT_OF_STOCK))
    assert conflicts(unknown, _of(unknown, ORDER)) == ("unknown-line",)
    then = _early(delivered(1, boxes(2)))
    assert conflicts(then, _of(unknown, then, ORDER)) == ()


def test_what_does_not_say_how_much_counts_as_one_delivery() -> None:
    assert _against(_early(delivered(1, None))) == set()
    assert _against(_early(delivered(1, None), delivered(1, boxes(1)))) == {"more-than-left"}
    first, second = _early(delivered(1, None)), _early(delivered(1, boxes(1)))
    assert conflicts(second, _of(first, second, ORDER)) == ("more-than-left",)


def test_it_conflicts_with_a_cancellation_that_came_before_it_if_anything_left_the_counter() -> None:
    before, after = _cancelled(early=True, at=NOON - 2 * HOUR), _cancelled(early=True, at=NOON)
    assert _against(_early(), before, ORDER) == {"cancelled"}
    assert _against(_early(ADDED), before, ORDER) == {"cancelled"}
    assert _against(_early(recorded_at=before.recorded_at), before, ORDER) == {"cancelled"}
    assert _against(_early(WITHHELD), before, ORDER) == set()
    assert _against(_early(), after, ORDER) == set()


def test_it_conflicts_with_the_end_of_a_line_that_came_before_it_if_that_line_was_delivered() -> None:
    before, after = (
        msgspec.structs.replace(_cancelled(early=True, at=at), lines=(1,)) for at in (NOON - 2 * HOUR, NOON)
    )
    assert _against(_early(delivered(1)), before, ORDER) == {"line-cancelled"}
    assert _against(_early(recorded_at=before.recorded_at), before, ORDER) == {"line-cancelled"}
    assert _against(_early(ADDED, WITHHELD), before, ORDER) == set()
    assert _against(_early(delivered(1)), after, ORDER) == set()
    assert "line-cancelled" not in _against(_early(delivered(2, boxes(1))), before, ORDER)


@pytest.mark.parametrize(("days", "found"), [(0, set()), (1, set()), (2, {"performed-before-written"})])
def test_it_may_be_of_the_day_before_by_another_clock(days: int, found: set[str]) -> None:
    assert _against(_early(performed_at=NOON - timedelta(days=days))) == found


def test_one_that_came_after_is_not_judged_again() -> None:
    after = executed(delivered(9))
    assert conflicts(after, _of(ORDER, after)) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"code_of": people.rpps(2)},
        {"code_of": None},
        {"may": (Family.NURSING,)},
        {"may": ()},
    ],
)
def test_only_the_rightful_joins_by_a_code_of_this_very_prescriber(changes: dict[str, object]) -> None:
    assert _of(_early(**changes), ORDER).executions == ()
    line = InvoicedLine(line=1)
    invoice = Invoice(act_id=uuid4(), number="1", lot="1", date=date(2026, 11, 16), lines=(line,))
    rightful = Invoiced(
        act_id=invoice.act_id,
        recorded_at=NOON,
        by=an_actor(),
        invoice=invoice,
        early=True,
        may=(Family.HEALTH_PRODUCTS,),
        code_of=DOCTOR.rpps,
    )
    assert _of(_early(), rightful, ORDER).invoices == (rightful,)
    assert _of(msgspec.structs.replace(rightful, **changes), ORDER).invoices == ()


def test_what_was_made_and_executed_inside_does_not_join() -> None:
    assert PHARMACY.finess is not None
    home = Establishment(finess=PHARMACY.finess, name="Hôpital")
    inside = msgspec.structs.replace(ORDER, order=msgspec.structs.replace(ORDER.order, establishment=home))
    assert _of(_early(), inside).executions == ()
    other = Establishment(finess=Finess("750512345"), name="Hôpital")
    outside = msgspec.structs.replace(ORDER, order=msgspec.structs.replace(ORDER.order, establishment=other))
    assert len(_of(_early(), outside).executions) == 1
    working_there = msgspec.structs.replace(an_actor(), inside=other)
    assert _of(_early(by=working_there), outside).executions == ()


def test_only_the_prescribers_own_early_cancellation_stops() -> None:
    assert _of(_cancelled(early=True), ORDER).status is Status.CANCELLED
    assert _of(_cancelled(early=True, rank=2), ORDER).status is Status.REGISTERED


def test_it_is_kept_of_whoever_executes_something_and_never_of_the_future() -> None:
    may = frozenset({Family.NURSING})

    def refused(minutes: int, families: frozenset[Family] = may) -> Refused:
        with pytest.raises(Refused) as raised:
            _check_early(minutes, families)
        return raised.value

    for minutes in (-60, 0, 5):
        _check_early(minutes, may)
    assert refused(6).refusal is Refusal.PERFORMED_IN_FUTURE
    assert "16/11/2026 13:00" in refused(6).detail
    assert refused(0, frozenset()).refusal is Refusal.NOT_YOUR_FAMILY


def _check_early(minutes: int, families: frozenset[Family]) -> None:
    execution = an_execution(given=Given.ALREADY, performed_at=NOON + timedelta(minutes=minutes))
    check_early(execution, families, now=NOON, zone=PARIS)


def test_a_past_delivery_read_on_the_paper_of_a_cancelled_sheet_is_in_conflict_too() -> None:
    found = _of(ORDER, _cancelled(early=False))
    facts = Facts(
        state=found,
        actor=an_actor(),
        sealed=Identity("Éloïse", BirthDate("1979-03-14")),
        may_execute=frozenset({Family.HEALTH_PRODUCTS}),
        rules=(),
        now=NOON,
        zone=PARIS,
    )
    seen = Execution(
        act_id=uuid4(),
        given=Given.ALREADY,
        performed_at=NOON,
        lines=(delivered(1, boxes(9)),),
        seen_on_paper=SeenOnPaper(stamp="Pharmacie des Halles"),
    )
    assert check_execution(seen, facts).in_conflict == ("cancelled",)
