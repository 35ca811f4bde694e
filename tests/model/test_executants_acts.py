"""What executants do to what they recorded: withdraw it, whole or by line, correct it; and what it then adds up to."""

from datetime import date, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest

from factories import (
    NOON,
    PHARMACIST,
    PHARMACY,
    a_medicine,
    an_actor,
    an_execution,
    boxes,
    delivered,
    executed,
    registered,
)
from ordonum.knowledge.rights import may_execute
from ordonum.model.actors import Actor, Profession
from ordonum.model.acts import Given
from ordonum.model.amending import AmendReason, Correction, SuspicionKind, Withdrawal
from ordonum.model.decisions import check_execution
from ordonum.model.executant_acts import amended, check_withdrawal, judged_on, same_author
from ordonum.model.facts import Facts
from ordonum.model.identifiers import BirthDate
from ordonum.model.invoice import Invoice, InvoicedLine, ScanReason
from ordonum.model.justification import changed_by
from ordonum.model.kept import Act, Executed, Invoiced, Reported, Withdrawn
from ordonum.model.outcomes import Handwritten, NotDelivered, Outcome, Withheld
from ordonum.model.prescription import Identity
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.state import LineStatus, State, Status, joined, state
from ordonum.sandbox import people, places

MINE, RIVAL = an_actor(), an_actor(people.professional(4, "ROUX", "Hugo", Profession.PHARMACIST), places.PHARMACIE_GARE)
COLLEAGUE = an_actor(people.professional(23, "NOIR", "Zoé", Profession.PHARMACIST), PHARMACY)
ELSEWHERE = an_actor(PHARMACIST, places.PHARMACIE_GARE)
ORDER = registered(a_medicine(quantity=boxes(3)), a_medicine(2, quantity=boxes(2), label="DOLIPRANE 500 mg"))
ADDED = Handwritten(text="Coton")
WITHHELD = Withheld(line=1, reason=NotDelivered.OUT_OF_STOCK)


def _of(*acts: Act) -> State:
    found = state(acts)
    assert found is not None
    return found


def _done(*lines: Outcome, by: Actor = MINE, corrects: UUID | None = None) -> Executed:
    correction = Correction(execution=corrects, reason=AmendReason.QUANTITY) if corrects else None
    return msgspec.structs.replace(executed(), lines=lines or (delivered(),), by=by, corrects=correction)


def _withdrawn(execution: Executed, *lines: int) -> Withdrawn:
    reason = AmendReason.DUPLICATE
    return Withdrawn(
        act_id=uuid4(), recorded_at=NOON, by=MINE, execution=execution.act_id, reason=reason, lines=tuple(lines)
    )


def _withdraw(actor: Actor, execution: UUID, *acts: Act, lines: tuple[int, ...] = ()) -> Executed:
    asked = Withdrawal(act_id=uuid4(), execution=execution, reason=AmendReason.DUPLICATE, lines=lines)
    found = _of(*acts)
    return check_withdrawal(actor, asked, found, joined(acts, found.order))


def _refused(actor: Actor, execution: UUID, *acts: Act, lines: tuple[int, ...] = ()) -> tuple[Refusal, str]:
    with pytest.raises(Refused) as raised:
        _withdraw(actor, execution, *acts, lines=lines)
    return raised.value.refusal, raised.value.faults[0].at


def test_what_is_taken_back_is_left_again_whole_or_by_line() -> None:
    both = _done(delivered(1, boxes(2)), delivered(2, boxes(2)))
    back = _withdrawn(both)
    assert _of(ORDER, both, back) == msgspec.structs.replace(_of(ORDER), withdrawn=(back,))
    part = _of(ORDER, both, _withdrawn(both, 2))
    assert [(each.given, each.left) for each in part.remainders] == [(2, 1), (0, 2)]
    assert (part.status, part.executions[0].lines) == (Status.PARTLY_EXECUTED, both.lines[:1])
    gone = _of(ORDER, both, _withdrawn(both, 2), _withdrawn(both, 1))
    assert (gone.status, gone.executions, len(gone.withdrawn)) == (Status.REGISTERED, (), 2)


def test_what_was_written_by_hand_stays_until_the_whole_is_taken_back() -> None:
    beside = _done(delivered(1), ADDED)
    assert _of(ORDER, beside, _withdrawn(beside, 1)).executions[0].lines == (ADDED,)
    assert _of(ORDER, beside, _withdrawn(beside, 1), _withdrawn(beside)).executions == ()


def test_a_line_taken_back_of_one_execution_stays_in_the_others() -> None:
    one, two = _done(delivered(1, boxes(1))), _done(delivered(1, boxes(1)))
    found = _of(ORDER, one, two, _withdrawn(two, 1))
    assert (found.executions, found.remainders[0].given) == ((one,), 1)


@pytest.mark.parametrize(
    ("actor", "mine"),
    [(MINE, True), (COLLEAGUE, True), (ELSEWHERE, True), (RIVAL, False)],
)
def test_only_its_author_or_their_place_takes_an_execution_back(actor: Actor, mine: bool) -> None:
    done = _done()
    assert same_author(actor, done.by) is mine
    if mine:
        assert _withdraw(actor, done.act_id, ORDER, done) == done
    else:
        assert _refused(actor, done.act_id, ORDER, done) == (
            Refusal.NOT_YOUR_EXECUTION,
            "$.withdrawal.execution",
        )


def test_what_cannot_be_taken_back_is_named_with_its_place() -> None:
    done = _done(delivered(1), ADDED)
    where = "$.withdrawal.execution"
    assert _refused(MINE, uuid4(), ORDER, done) == (Refusal.UNKNOWN_EXECUTION, where)
    assert _refused(MINE, uuid4(), ORDER) == (Refusal.UNKNOWN_EXECUTION, where)
    assert _refused(MINE, done.act_id, ORDER, done, _withdrawn(done)) == (Refusal.ALREADY_WITHDRAWN, where)
    again = _done(delivered(1), corrects=done.act_id)
    assert _refused(MINE, done.act_id, ORDER, done, again) == (Refusal.ALREADY_WITHDRAWN, where)
    assert _refused(MINE, done.act_id, ORDER, done, lines=(1, 2)) == (Refusal.UNKNOWN_LINE, "$.withdrawal.lines[1]")
    part = _withdrawn(done, 1)
    assert _refused(MINE, done.act_id, ORDER, done, part, lines=(1,)) == (
        Refusal.ALREADY_WITHDRAWN,
        "$.withdrawal.lines[0]",
    )
    assert _withdraw(MINE, done.act_id, ORDER, done, part).lines == (ADDED,)


def test_an_execution_is_found_among_others_whatever_its_rank() -> None:
    first, second = _done(delivered(1)), _done(delivered(2))
    for each in (first, second):
        assert _withdraw(MINE, each.act_id, ORDER, first, second) == each
    found = _of(ORDER, first, second)
    assert amended(MINE, second.act_id, found, found.executions, at="$") == second
    assert _refused(MINE, first.act_id, ORDER, first, second, lines=(2,))[0] is Refusal.UNKNOWN_LINE


def _judged(*acts: Act, corrects: UUID, amount: int) -> tuple[str, ...]:
    correction = Correction(execution=corrects, reason=AmendReason.QUANTITY)
    asked = msgspec.structs.replace(
        an_execution(delivered(1, boxes(amount)), performed_at=NOON, given=Given.ALREADY), corrects=correction
    )
    facts = Facts(
        state=judged_on(MINE, asked, _of(*acts), acts),
        actor=MINE,
        sealed=Identity("Éloïse", BirthDate("1979-03-14")),
        may_execute=may_execute(MINE),
        rules=(),
        now=NOON,
        zone=ZoneInfo("Europe/Paris"),
    )
    return check_execution(asked, facts).in_conflict


def test_a_correction_is_judged_without_what_it_corrects_and_takes_its_place() -> None:
    first, other = _done(delivered(1, boxes(2))), _done(delivered(1, boxes(1)))
    assert _judged(ORDER, first, other, corrects=first.act_id, amount=2) == ()
    assert _judged(ORDER, first, other, corrects=first.act_id, amount=3) == ("more-than-left",)
    second = _done(delivered(1, boxes(1)), corrects=first.act_id)
    found = _of(ORDER, first, other, second)
    assert (found.executions, found.remainders[0].given) == ((other, second), 2)


def test_a_correction_of_a_correction_does_not_bring_the_first_back() -> None:
    first = _done(delivered(1, boxes(2)))
    second = _done(delivered(1, boxes(1)), corrects=first.act_id)
    assert _judged(ORDER, first, second, corrects=second.act_id, amount=3) == ()
    third = _done(delivered(1, boxes(3)), corrects=second.act_id)
    assert _of(ORDER, first, second, third).executions == (third,)


def test_an_opposition_that_came_later_stands_when_a_correction_is_judged() -> None:
    done = _done()
    asked = msgspec.structs.replace(
        an_execution(), corrects=Correction(execution=done.act_id, reason=AmendReason.QUANTITY)
    )
    for later in (True, False):
        now = msgspec.structs.replace(_of(ORDER, done), opposed_later=later)
        assert judged_on(MINE, asked, now, (ORDER, done)).opposed is later


def test_what_corrects_nothing_is_judged_on_what_is_there() -> None:
    found = _of(ORDER, _done())
    assert judged_on(MINE, an_execution(), found, (ORDER,)) is found


def test_a_correction_of_what_is_not_ones_own_is_refused_by_name() -> None:
    done = _done()
    for actor, execution, refusal in (
        (RIVAL, done.act_id, Refusal.NOT_YOUR_EXECUTION),
        (MINE, uuid4(), Refusal.UNKNOWN_EXECUTION),
    ):
        asked = msgspec.structs.replace(
            an_execution(), corrects=Correction(execution=execution, reason=AmendReason.QUANTITY)
        )
        with pytest.raises(Refused) as raised:
            judged_on(actor, asked, _of(ORDER, done), (ORDER, done))
        assert raised.value.refusal is refusal
        assert raised.value.faults[0].at == "$.execution.corrects.execution"


def _invoiced(by: Actor, act_id: UUID) -> Invoiced:
    line = InvoicedLine(line=1, quantity=boxes(1))
    made = Invoice(act_id=act_id, number="1", lot="1", date=date(2026, 11, 16), lines=(line,))
    return Invoiced(act_id=act_id, recorded_at=NOON, by=by, invoice=made)


def test_what_billed_an_execution_that_is_taken_back_waits_for_one_again() -> None:
    done, bill, elsewhere = _done(), _invoiced(MINE, UUID(int=1)), _invoiced(RIVAL, UUID(int=2))
    told = changed_by(_withdrawn(done), (ORDER, done, bill, elsewhere))
    assert [(each.invoice, each.reason) for each in told] == [(bill.act_id, ScanReason.EXECUTION_AWAITED)]
    another = _done()
    assert changed_by(_withdrawn(done), (ORDER, done, another, bill)) == ()
    assert changed_by(_withdrawn(done), (done, bill)) == ()


def test_reports_are_kept_whether_they_came_early_or_not_and_stop_nothing() -> None:
    early, late = (
        Reported(act_id=uuid4(), recorded_at=NOON, by=RIVAL, suspicion=SuspicionKind.FORGED, early=each)
        for each in (True, False)
    )
    found = _of(early, ORDER, late)
    assert (found.reports, found.status, found.remainders[0].left) == ((early, late), Status.REGISTERED, 3)


def test_withheld_then_taken_back_is_to_deliver_again() -> None:
    withheld = _done(WITHHELD)
    assert _of(ORDER, withheld).remainders[0].status is LineStatus.NOT_DELIVERED
    assert _of(ORDER, withheld, _withdrawn(withheld, 1)).remainders[0].status is LineStatus.TO_DELIVER
    later = msgspec.structs.replace(_done(), performed_at=NOON + timedelta(days=2))
    assert _of(ORDER, later, _withdrawn(later)).remainders[0].last_at is None
