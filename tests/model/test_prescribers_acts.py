"""What prescribers do to what they prescribed: stop it, whole or by line, replace it, say that its copy arrived."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest

from factories import (
    DOCTOR,
    MONDAY,
    NOON,
    PLACE,
    a_medicine,
    a_text,
    an_actor,
    an_order,
    boxes,
    delivered,
    executed,
    registered,
    stood,
)
from ordonum.model.actors import Actor, Place, Profession
from ordonum.model.care import NursingLine
from ordonum.model.identifiers import Cip13, Cis
from ordonum.model.kept import Act, Cancelled, Copied, Registered, Replaced
from ordonum.model.lines import Family
from ordonum.model.prescriber_acts import check_cancellation, check_copy, check_replacement, same_thing
from ordonum.model.prescription import Line, SignedOrder
from ordonum.model.rates import DAYS, unusual
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.registration import CLOCK_TOLERANCE
from ordonum.model.state import LineStatus, State, Status, state
from ordonum.model.stopping import Cancellation, CancelOutcome, CancelReason, Replacement
from ordonum.model.wishes import CopyAcknowledged, CopyChannel, Paperless
from ordonum.sandbox import people, places

PARIS = ZoneInfo("Europe/Paris")
AUTHOR = an_actor(DOCTOR, PLACE)
AUTHOR_ELSEWHERE = an_actor(DOCTOR, places.CABINET_LEROY)
REPLACED = people.professional(2, "LEROY", "Paul", Profession.DOCTOR)
MATE = an_actor(people.professional(9, "SIMON", "Julie", Profession.DOCTOR), PLACE)
STRANGER = an_actor(people.professional(8, "REY", "Antoine", Profession.DOCTOR), places.CABINET_REY)
SECRETARY = Actor(people.EMPLOYEE_CARDS[1][1], PLACE, AUTHOR.software)
TWO = (a_medicine(1, quantity=boxes(3), label="A"), a_medicine(2, quantity=boxes(2), label="B"))
ALL = frozenset(Family)


def _registered(*lines: Line, **changes: Any) -> Registered:
    made = registered(*(lines or TWO))
    return msgspec.structs.replace(made, order=msgspec.structs.replace(made.order, **changes))


def _of(*acts: Act) -> State:
    found = state(acts)
    assert found is not None
    return found


def _stop(*lines: int, **changes: Any) -> Cancelled:
    made = Cancelled(act_id=uuid4(), recorded_at=NOON, by=AUTHOR, reason=CancelReason.DEATH, lines=lines)
    return msgspec.structs.replace(made, **changes)


def _replaced() -> Replaced:
    return Replaced(act_id=uuid4(), recorded_at=NOON, by=AUTHOR, reason=CancelReason.SHORTAGE, new=uuid4())


def _cancel(
    actor: Actor, found: State, *lines: int, may: frozenset[Family] = ALL, why: str | None = None, opposed: bool = False
) -> CancelOutcome:
    asked = Cancellation(act_id=uuid4(), reason=CancelReason.DEATH, lines=lines, place_reason=why)
    return check_cancellation(actor, asked, found, may_prescribe=may, opposed=opposed, zone=PARIS)


def _refused(*args: Any, **named: Any) -> Refused:
    with pytest.raises(Refused) as raised:
        _cancel(*args, **named)
    return raised.value


@pytest.mark.parametrize(
    ("actor", "may", "why", "refusal"),
    [
        (AUTHOR, frozenset(), None, None),
        (AUTHOR_ELSEWHERE, frozenset(), None, None),
        (an_actor(REPLACED, places.CABINET_LEROY), frozenset(), None, None),
        (MATE, ALL, "elle est en congé", None),
        (MATE, ALL, None, Refusal.COLLEAGUE_REASON_WANTED),
        (MATE, frozenset({Family.NURSING}), "elle est en congé", Refusal.NOT_YOUR_PRESCRIPTION),
        (STRANGER, ALL, "elle est en congé", Refusal.NOT_YOUR_PRESCRIPTION),
        (SECRETARY, ALL, "elle est en congé", Refusal.NOT_YOUR_PRESCRIPTION),
    ],
)
def test_the_author_stops_the_one_replaced_too_and_a_colleague_who_says_why(
    actor: Actor, may: frozenset[Family], why: str | None, refusal: Refusal | None
) -> None:
    found = _of(_registered(replaced=REPLACED))
    if refusal is None:
        assert _cancel(actor, found, may=may, why=why) is CancelOutcome.NOTHING_GIVEN
        return
    refused = _refused(actor, found, may=may, why=why)
    assert refused.refusal is refusal
    if refusal is Refusal.COLLEAGUE_REASON_WANTED:
        assert refused.faults[0].at == "$.place_reason"


def test_nobody_else_is_the_one_replaced_where_nobody_is() -> None:
    assert _refused(an_actor(REPLACED, places.CABINET_LEROY), _of(_registered())).refusal is (
        Refusal.NOT_YOUR_PRESCRIPTION
    )


def test_a_line_is_stopped_once_if_anything_is_left_of_it() -> None:
    order, full = _registered(), executed(delivered(2, boxes(2)))
    for acts, rank, refusal, said in (
        ((order,), 3, Refusal.UNKNOWN_LINE, "3"),
        ((order, _stop(1)), 1, Refusal.LINE_ALREADY_STOPPED, LineStatus.CANCELLED.label),
        ((order, full), 2, Refusal.LINE_ALREADY_STOPPED, LineStatus.DELIVERED.label),
        ((order, full, _stop(2)), 2, Refusal.LINE_ALREADY_STOPPED, LineStatus.CANCELLED.label),
    ):
        refused = _refused(AUTHOR, _of(*acts), rank)
        assert (refused.refusal, refused.faults[0].at) == (refusal, "$.cancellation.lines[0]")
        assert said in refused.detail
    assert _refused(AUTHOR, _of(order, _stop(2)), 1, 2).faults[0].at == "$.cancellation.lines[1]"
    assert _cancel(AUTHOR, _of(order, full), 2, opposed=True) is CancelOutcome.STOPPED
    assert _refused(AUTHOR, _of(order, _stop(2)), 2, opposed=True).refusal is Refusal.LINE_ALREADY_STOPPED
    twice = _registered(a_medicine(1, quantity=boxes(1), renewals=1))
    used = executed(delivered(1, boxes(2)))
    assert LineStatus.EXHAUSTED.label in _refused(AUTHOR, _of(twice, used), 1).detail


@pytest.mark.parametrize(
    ("given", "lines", "opposed", "done"),
    [
        ((), (), False, CancelOutcome.NOTHING_GIVEN),
        ((1,), (), False, CancelOutcome.REST_STOPPED),
        ((1,), (1,), False, CancelOutcome.REST_STOPPED),
        ((1,), (2,), False, CancelOutcome.NOTHING_GIVEN),
        ((1,), (2, 1), False, CancelOutcome.REST_STOPPED),
        ((1,), (), True, CancelOutcome.STOPPED),
        ((), (1,), True, CancelOutcome.STOPPED),
    ],
)
def test_what_a_cancellation_did_is_told_but_not_to_an_opposed_patients_prescriber(
    given: tuple[int, ...], lines: tuple[int, ...], opposed: bool, done: CancelOutcome
) -> None:
    acts = [executed(delivered(rank, boxes(1))) for rank in given]
    assert _cancel(AUTHOR, _of(_registered(), *acts), *lines, opposed=opposed) is done


def test_line_by_line_then_whole_an_opposed_patients_prescriber_is_answered_the_same_whatever_was_delivered() -> None:
    for given in ((), (delivered(1, boxes(3)),), (delivered(1, boxes(3)), delivered(2, boxes(2)))):
        made = [executed(*given)] if given else []
        acts: tuple[Act, ...] = (_registered(opposed=True), *made, _stop(1), _stop(2))
        with pytest.raises(Refused) as refused:
            _cancel(AUTHOR, _of(*acts), opposed=True)
        assert refused.value.refusal is Refusal.ALREADY_CANCELLED


def test_what_is_over_is_not_stopped_again_and_says_when_it_was_and_why() -> None:
    order = _registered()
    full = executed(delivered(1, boxes(3)), delivered(2, boxes(2)))
    late = NOON + timedelta(hours=11, minutes=30)
    for acts, refusal in (
        ((order, _stop(recorded_at=late)), Refusal.ALREADY_CANCELLED),
        ((order, _stop(1, recorded_at=late), _stop(2)), Refusal.ALREADY_CANCELLED),
        ((order, msgspec.structs.replace(_replaced(), recorded_at=late)), Refusal.REPLACED),
        ((order, full), Refusal.ALREADY_EXECUTED),
        ((order, executed(delivered(1, boxes(3))), _stop(2)), Refusal.ALREADY_EXECUTED),
    ):
        refused = _refused(AUTHOR, _of(*acts))
        assert refused.refusal is refusal
        if refusal is not Refusal.ALREADY_EXECUTED:
            assert "17/11/2026" in refused.detail  # in Paris
    assert "décès" in _refused(AUTHOR, _of(order, _stop())).detail
    assert _refused(AUTHOR, _of(order, _replaced()), 1).refusal is Refusal.REPLACED
    assert _cancel(AUTHOR, _of(order, full), opposed=True) is CancelOutcome.STOPPED
    assert _cancel(AUTHOR, _of(order, _stop(1))) is CancelOutcome.NOTHING_GIVEN
    with_more = executed(delivered(1, boxes(3)))
    assert _cancel(AUTHOR, _of(order, with_more, _stop(1))) is CancelOutcome.REST_STOPPED


def test_the_first_to_stop_a_line_is_remembered_and_a_replacement_ends_the_whole() -> None:
    first, second = _stop(1), _stop(1, 2)
    found = _of(_registered(), first, second)
    assert found.stops == {1: first, 2: second}
    over = _of(_registered(), executed(delivered(1, boxes(1))), _replaced())
    assert (over.status, [each.left for each in over.remainders]) == (Status.REPLACED, [0, 0])
    assert over.stopped is over.replaced
    assert all(each.sentence.startswith("Remplacée") for each in stood(over).lines)
    assert [each.sentence[:7] for each in stood(found).lines] == ["Annulée"] * 2
    assert _of(_registered(), _stop()).stopped is not None
    assert _of(_registered()).stopped is None


# A replacement ------------------------------------------------------------------------------------------------------


def _new(old: Registered, *lines: Line, family: Family = Family.HEALTH_PRODUCTS, **changes: Any) -> SignedOrder:
    made = an_order(*lines, family=family)
    return msgspec.structs.replace(made, **({"replaces": old.act_id} | changes))


def _replace(
    old: Registered,
    new: SignedOrder,
    *acts: Act,
    actor: Actor = AUTHOR,
    beyond: str | None = None,
    same: bool = True,
    opposed: bool = False,
) -> CancelOutcome:
    asked = Replacement(act_id=uuid4(), reason=CancelReason.CHANGE_OF_REGIME, beyond_reason=beyond)
    return check_replacement(
        actor,
        asked,
        new,
        _of(old, *acts),
        same_patient=same,
        may_prescribe=ALL,
        opposed=opposed,
        zone=PARIS,
    )


def _not_replaced(*args: Any, **named: Any) -> Refused:
    with pytest.raises(Refused) as raised:
        _replace(*args, **named)
    return raised.value


def test_a_replacement_ends_what_it_names_for_the_same_patient_and_family() -> None:
    old = _registered()
    full = executed(delivered(1, boxes(3)), delivered(2, boxes(2)))
    nursing = _new(old, NursingLine(rank=1, label="Soins"), family=Family.NURSING)
    for new, acts, named, refusal, at in (
        (_new(old, replaces=None), (), {}, Refusal.REPLACES_DIFFERS, "$.registration.jws.replaces"),
        (_new(old, replaces=uuid4()), (), {}, Refusal.REPLACES_DIFFERS, "$.registration.jws.replaces"),
        (nursing, (), {}, Refusal.REPLACES_ANOTHER_PATIENT, "$.registration"),
        (_new(old), (), {"same": False}, Refusal.REPLACES_ANOTHER_PATIENT, "$.registration"),
        (_new(old), (full,), {}, Refusal.ALREADY_EXECUTED, None),
        (_new(old), (_stop(),), {}, Refusal.ALREADY_CANCELLED, None),
        (_new(old), (_replaced(),), {}, Refusal.REPLACED, None),
        (_new(old), (), {"actor": STRANGER}, Refusal.NOT_YOUR_PRESCRIPTION, None),
        (_new(old), (), {"actor": MATE}, Refusal.COLLEAGUE_REASON_WANTED, "$.place_reason"),
    ):
        refused = _not_replaced(old, new, *acts, **named)
        assert refused.refusal is refusal
        assert at is None or refused.faults[0].at == at
    assert _replace(old, _new(old)) is CancelOutcome.NOTHING_GIVEN
    assert _replace(old, _new(old), executed(delivered(1))) is CancelOutcome.REST_STOPPED
    assert _replace(old, _new(old), full, opposed=True) is CancelOutcome.STOPPED


def _line(amount: int, label: str = "A", rank: int = 1, **changes: Any) -> Line:
    return a_medicine(rank, quantity=boxes(amount), label=label, **changes)


@pytest.mark.parametrize(
    ("carried", "given", "fault"),
    [
        ((_line(3),), None, None),  # nothing given: all of it may be written again
        ((_line(2),), 1, None),
        ((_line(3),), 1, 0),
        ((_line(1, renewals=2),), 1, 0),  # 1 and 2 renewals
        ((_line(9, label="C"),), 1, None),  # another product
        ((_line(9, label="C"), _line(3, rank=2)), 1, 1),
        ((_line(1), _line(2, rank=2)), 1, 0),  # over two lines
        ((_line(1), _line(1, rank=2)), 1, None),
        ((_line(9, label="B"),), 1, None),  # of which nothing was given
        ((a_medicine(1, quantity=None, duration_days=9, label="A"),), 1, None),  # counted otherwise
        ((a_text(1, text="A", quantity=boxes(9)),), 1, None),
    ],
)
def test_the_new_one_carries_what_is_left_or_says_why_it_carries_more(
    carried: tuple[Line, ...], given: int | None, fault: int | None
) -> None:
    old = _registered()
    new, acts = _new(old, *carried), [executed(delivered(1, boxes(given)))] if given else []
    if fault is None:
        _replace(old, new, *acts)
        return
    refused = _not_replaced(old, new, *acts)
    assert refused.refusal is Refusal.REPLACEMENT_BEYOND
    assert [each.at for each in refused.faults] == [f"$.registration.jws.lines[{fault}]"]
    assert "2 boîtes" in refused.detail
    assert "2 boîtes" in refused.faults[0].detail
    assert _replace(old, new, *acts, beyond="boîte perdue") is CancelOutcome.REST_STOPPED
    assert _replace(old, new, *acts, opposed=True) is CancelOutcome.STOPPED


def test_what_is_left_is_said_in_the_lines_own_words() -> None:
    old = _registered()
    for given, said in ((2, "1 boîte "), (3, "0 boîte ")):
        refused = _not_replaced(old, _new(old, _line(9)), executed(delivered(1, boxes(given))))
        assert said in refused.detail.replace(".", " ").replace(",", " ").replace(")", " ")
    uncounted = _registered(a_text(1, text="A", renewals=2))
    again = _new(uncounted, a_text(1, text="A", renewals=2))
    assert "2 délivrances" in _not_replaced(uncounted, again, executed(delivered(1, None))).detail


def test_two_lines_are_of_one_thing_by_a_code_that_both_have_else_by_their_words() -> None:
    def coded(label: str, **codes: Any) -> Line:
        return msgspec.structs.replace(a_medicine(label=label), **codes)

    one, two = Cip13("3400930000014"), Cip13("3400930000021")
    assert same_thing(coded("A", cip13=one), coded("B", cip13=one))
    assert not same_thing(coded("A", cip13=one), coded("A", cip13=two))
    assert same_thing(coded("A", cip13=one), coded("a"))
    assert not same_thing(coded("A", cip13=one), coded("B"))
    assert same_thing(coded("A", cip13=one, cis=Cis("60000001")), coded("B", cis=Cis("60000001")))
    assert same_thing(a_text(text="Pansement"), a_text(2, text="PANSEMENT"))
    assert not same_thing(a_text(text="A"), a_medicine(label="A"))


# The copy that replaces the paper -----------------------------------------------------------------------------------


def _copy(
    at: datetime = NOON,
    *acts: Act,
    actor: Actor = AUTHOR,
    channel: CopyChannel = CopyChannel.DMP,
    asked: CopyChannel | None = CopyChannel.DMP,
    now: datetime = NOON,
) -> Refusal | None:
    wish = Paperless(channel=asked, requested_on=MONDAY) if asked else None
    arrived = CopyAcknowledged(act_id=uuid4(), channel=channel, acknowledged_at=at)
    try:
        check_copy(actor, arrived, _of(_registered(paperless=wish), *acts), now=now)
    except Refused as refused:
        return refused.refusal
    return None


def _at(place: Place) -> Actor:
    return an_actor(people.professional(9, "SIMON", "Julie", Profession.DOCTOR), place)


def test_a_copy_is_acknowledged_once_by_the_way_that_was_asked_for() -> None:
    copied = Copied(act_id=uuid4(), recorded_at=NOON, by=AUTHOR, channel=CopyChannel.DMP, acknowledged_at=NOON)
    second = timedelta(seconds=1)
    assert _copy() is None
    assert _copy(actor=_at(PLACE)) is None
    assert _copy(actor=AUTHOR_ELSEWHERE) is None
    assert _copy(actor=_at(places.CABINET_LEROY)) is Refusal.NOT_YOUR_PRESCRIPTION
    assert _copy(asked=None) is Refusal.COPY_NOT_ASKED
    assert _copy(channel=CopyChannel.PATIENT_MAIL) is Refusal.COPY_NOT_ASKED
    for at, refusal in (
        (NOON - CLOCK_TOLERANCE, None),
        (NOON - CLOCK_TOLERANCE - second, Refusal.COPY_DATE),
        (NOON + CLOCK_TOLERANCE, None),
        (NOON + CLOCK_TOLERANCE + second, Refusal.COPY_DATE),
    ):
        assert _copy(at) is refusal
    assert _copy(NOON + timedelta(days=1), now=NOON + timedelta(days=1)) is None
    assert _copy(NOON, copied) is Refusal.COPY_ALREADY


# Unusual rates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "today", "found"),
    [
        ((), 60, False),
        ((), 61, True),
        ((20,), 61, True),
        ((21,), 63, False),
        ((21,), 64, True),
        ((30, 5), 90, False),
        ((5, 30), 91, True),
    ],
)
def test_more_than_sixty_and_than_thrice_the_busiest_day_is_unusual(
    before: tuple[int, ...], today: int, found: bool
) -> None:
    days = [0] * (DAYS - 1 - len(before))
    assert unusual((*before, *days, today)) is found
    assert unusual((*days, *before, today)) is found
    assert not unusual((*before, *days))


@pytest.mark.parametrize(("usual", "today", "told"), [(20, 61, True), (20, 60, False), (21, 63, False), (21, 64, True)])
def test_more_than_sixty_and_three_times_the_busiest_day_of_four_weeks_is_unusual(
    usual: int, today: int, told: bool
) -> None:
    assert unusual([*[usual] * 28, today]) is told
    assert not unusual([*[usual] * 27, today])  # not yet four weeks to compare with
