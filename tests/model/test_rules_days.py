"""The delays of common and listed medicines: the day before, the day, the day after; month ends, clock changes, La Réunion."""

from datetime import UTC, date, datetime

import pytest
from ruled import DAY, REUNION, deliver, facts_of, given_on, medicine, ordered, said, standing

from factories import an_execution
from ordonum.knowledge.conditions import CONDITIONS
from ordonum.knowledge.rules import RULES
from ordonum.model.legal import deadlines
from requirements import requirement

WRITTEN = date(2026, 11, 16)
MONTH_ENDS = [  # written, months, last day
    (date(2026, 11, 16), 3, date(2027, 2, 16)),
    (date(2026, 11, 30), 3, date(2027, 2, 28)),
    (date(2027, 11, 30), 3, date(2028, 2, 29)),
    (date(2028, 2, 29), 12, date(2029, 2, 28)),
    (date(2026, 12, 31), 3, date(2027, 3, 31)),
    (date(2026, 12, 28), 3, date(2027, 3, 28)),  # the day summer time begins
    (date(2026, 7, 25), 3, date(2026, 10, 25)),  # the day it ends
]


@requirement("CSP R.5132-22", "first-delivery-3-months")
@pytest.mark.parametrize(("written", "months", "last"), [each for each in MONTH_ENDS if each[1] == 3])
def test_a_listed_medicine_is_first_delivered_within_three_months(written: date, months: int, last: date) -> None:
    order = ordered(medicine("amoxicilline"), on=written)
    assert deliver(order, on=last - DAY)[0] == "silent"
    assert deliver(order, on=last)[0] == "silent"
    code, detail = deliver(order, on=last + DAY)
    assert code == "rule-refuses"
    assert f"{last:%d/%m/%Y}" in detail
    assert "Ligne 1" in detail
    assert "CSP R.5132-22" in detail
    assert deliver(ordered(medicine("paracétamol"), on=written), on=last + DAY)[0] == "silent"
    begun = (ordered(medicine("amoxicilline", renewals=5), on=written), given_on(last))
    assert deliver(*begun, on=last + 40 * DAY)[0] == "silent"


@requirement("CSP R.5132-22", "first-delivery-3-months")
def test_the_day_is_that_of_the_place_and_not_of_paris() -> None:
    order = ordered(medicine("amoxicilline"), on=WRITTEN)
    late_evening = datetime(2027, 2, 16, 21, 0, tzinfo=UTC)  # the 16th in Paris, already the 17th in La Réunion
    execution = an_execution(performed_at=late_evening)
    assert said(execution, facts_of(order, day=date(2027, 2, 17)))[0] == "silent"
    assert said(execution, facts_of(order, day=date(2027, 2, 17), zone=REUNION))[0] == "rule-refuses"


@requirement("CSP R.5132-21", "listed-12-months")
@pytest.mark.parametrize(("written", "last"), [(WRITTEN, date(2027, 11, 16)), (date(2028, 2, 29), date(2029, 2, 28))])
def test_nothing_listed_is_delivered_after_twelve_months(written: date, last: date) -> None:
    acts = (ordered(medicine("metformine", renewals=11), on=written), given_on(written))
    assert deliver(*acts, on=last)[0] == "silent"
    code, detail = deliver(*acts, on=last + DAY)
    assert code == "rule-refuses"
    assert f"{last:%d/%m/%Y}" in detail


@requirement("CSP R.5132-14", "renewal-not-before")
def test_another_delivery_waits_for_the_end_of_the_one_before() -> None:
    order = ordered(medicine("metformine", of=2, renewals=2), on=WRITTEN)
    due = WRITTEN + 30 * DAY
    begun = (order, given_on(WRITTEN, 2))
    assert deliver(*begun, on=due)[0] == deliver(*begun, on=due + DAY)[0] == "silent"
    code, detail = deliver(*begun, on=due - DAY)
    assert code == "rule-asks"
    assert f"pas avant le {due:%d/%m/%Y}" in detail
    assert deliver(*begun, on=due - DAY, rule_reason="départ en voyage")[0] == "silent"
    half = (order, given_on(WRITTEN, 1))
    assert deliver(*half, on=WRITTEN + DAY)[0] == "silent"  # the rest of a delivery waits for nothing
    assert "01/12/2026" in deliver(*half, on=WRITTEN + DAY, many=2)[1]  # what was delivered lasts fifteen days


def test_the_days_of_a_line_are_told_with_their_reasons() -> None:
    order = ordered(medicine("metformine", renewals=2), on=WRITTEN)
    (fresh,) = deadlines(standing(order), RULES, WRITTEN, conditions=CONDITIONS)
    assert (fresh.first_until, fresh.until, fresh.next_from) == (date(2027, 2, 16), date(2027, 11, 16), None)
    assert fresh.first_until_reason is not None
    assert "R.5132-22" in fresh.first_until_reason
    (begun,) = deadlines(standing(order, given_on(WRITTEN)), RULES, WRITTEN, conditions=CONDITIONS)
    assert (begun.first_until, begun.until, begun.next_from) == (None, date(2027, 11, 16), date(2026, 12, 16))
    (unknown,) = deadlines(standing(order), RULES, WRITTEN)
    assert (unknown.first_until, unknown.until) == (None, None)
