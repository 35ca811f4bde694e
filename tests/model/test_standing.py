"""Where a prescription stands on a day is told in one sentence, with its reason and the next day on which something changes."""

from datetime import date, timedelta
from uuid import uuid4

from ruled import given_on, medicine, ordered
from ruled import standing as state_of

from factories import DOCTOR as PRESCRIBER
from factories import MONDAY, PLACE, a_medicine, a_text, an_actor, boxes, registered, stood
from ordonum.model.actors import Actor
from ordonum.model.kept import Act, Cancelled, Replaced
from ordonum.model.outcomes import NotDelivered, Withheld
from ordonum.model.standing import LineStanding, Standing
from ordonum.model.state import LineStatus, Status
from ordonum.model.stopping import CancelReason

WRITTEN = date(2026, 1, 31)
DOCTOR: Actor = an_actor()


def at(day: date, *acts: Act) -> Standing:
    return stood(state_of(*acts), day)


def line_at(day: date, *acts: Act) -> LineStanding:
    return at(day, *acts).lines[0]


RENEWED = ordered(medicine("metformine", renewals=2), on=WRITTEN)


def test_a_listed_medicine_waits_three_months_and_then_is_expired() -> None:
    last = date(2026, 4, 30)  # 31 January and three months
    for day, status in ((last, LineStatus.TO_DELIVER), (last + timedelta(days=1), LineStatus.EXPIRED)):
        found = line_at(day, RENEWED)
        assert found.status is status
    before = at(last, RENEWED)
    assert (before.status, before.next_on) == (Status.REGISTERED, last + timedelta(days=1))
    assert before.lines[0].until == last
    assert before.lines[0].sentence == "À délivrer (délivrance 1 sur 3). Au plus tard le 30/04/2026."
    assert "R.5132-22" in (before.next_reason or "")
    after = at(last + timedelta(days=1), RENEWED)
    assert after.status is Status.EXPIRED
    assert after.lines[0].sentence.startswith("Expirée : ")
    assert after.next_on is None


def test_the_day_that_comes_first_is_told_with_its_own_reason_and_not_with_a_later_one() -> None:
    order = ordered(medicine("sulfate de morphine", days=28, of=28, secured=True, in_words=True), on=WRITTEN)
    last = WRITTEN + timedelta(days=27)  # the treatment is over long before the three months of a first delivery
    for said in (at(WRITTEN, order).next_reason, line_at(last + timedelta(days=1), order).sentence):
        assert last.strftime("%d/%m/%Y") in (said or "")
        assert "R.5132-33" in (said or "")


def test_the_next_delivery_is_named_with_its_day_and_the_days_in_hand() -> None:
    first = given_on(date(2026, 2, 10))
    found = at(date(2026, 2, 20), RENEWED, first)
    line = found.lines[0]
    assert (line.status, line.delivery, line.deliveries) == (LineStatus.PARTLY, 2, 3)
    assert (line.next_from, line.days_in_hand, line.days_to_give) == (date(2026, 3, 12), 20, 60)
    assert (found.next_on, found.status) == (date(2026, 3, 12), Status.PARTLY_EXECUTED)
    assert "12/03/2026" in line.sentence
    assert line_at(date(2026, 3, 12), RENEWED, first).next_from is None
    assert line_at(date(2026, 3, 20), RENEWED, first).days_in_hand == 0


def test_a_renewed_line_is_exhausted_and_one_without_renewal_is_delivered() -> None:
    all_of_it = [given_on(date(2026, month, 10)) for month in (2, 3, 4)]
    found = at(date(2026, 4, 11), RENEWED, *all_of_it)
    assert (found.lines[0].status, found.status, found.next_on) == (LineStatus.EXHAUSTED, Status.EXECUTED, None)
    assert "3 délivrances" in found.lines[0].sentence
    once = at(MONDAY, registered(a_medicine(quantity=boxes(1))), given_on(MONDAY))
    assert (once.lines[0].status, once.lines[0].sentence) == (LineStatus.DELIVERED, "Délivrée en entier.")


def test_what_the_prescriber_stopped_says_when_and_why() -> None:
    why = CancelReason.CONTRA_INDICATION
    two = registered(a_medicine(), a_text(2))
    moment = given_on(MONDAY).performed_at
    whole = Cancelled(act_id=uuid4(), recorded_at=moment, by=DOCTOR, reason=why)
    one = Cancelled(act_id=uuid4(), recorded_at=moment, by=DOCTOR, reason=why, lines=(2,))
    new = Replaced(act_id=uuid4(), recorded_at=moment, by=DOCTOR, reason=why, new=uuid4())
    day = MONDAY.strftime("%d/%m/%Y")
    assert at(MONDAY, two, whole).sentence == f"Annulée le {day} (contre-indication)."
    assert at(MONDAY, two, new).sentence == f"Remplacée le {day} par une autre ordonnance (contre-indication)."
    half = at(MONDAY, two, one)
    assert (half.status, [each.status for each in half.lines]) == (
        Status.REGISTERED,
        [LineStatus.TO_DELIVER, LineStatus.CANCELLED],
    )
    assert half.lines[1].sentence == "Annulée par le prescripteur : contre-indication."


def test_a_line_that_is_not_there_stops_nothing() -> None:
    early = Cancelled(
        act_id=uuid4(),
        recorded_at=given_on(MONDAY).performed_at,
        by=an_actor(PRESCRIBER, PLACE),
        reason=CancelReason.DEATH,
        early=True,
        lines=(1, 2),
    )
    assert set(state_of(early, registered()).stops) == {1}


def test_what_was_withheld_is_still_to_deliver_and_says_why() -> None:
    nothing = given_on(MONDAY)
    refused = Withheld(line=1, reason=NotDelivered.OUT_OF_STOCK)
    act = type(nothing)(**{each: getattr(nothing, each) for each in nothing.__struct_fields__} | {"lines": (refused,)})
    found = at(MONDAY, registered(), act)
    assert found.lines[0].sentence.startswith("Non délivrée : rupture. Reste à délivrer.")
    assert found.status is Status.REGISTERED


def test_a_line_that_may_be_given_beside_one_that_expired_keeps_the_prescription_open() -> None:
    both = ordered(medicine("metformine"), a_text(2), on=WRITTEN)
    found = at(date(2026, 6, 1), both)
    assert [each.status for each in found.lines] == [LineStatus.EXPIRED, LineStatus.TO_DELIVER]
    assert found.status is Status.REGISTERED
