"""The delays of common and listed medicines: the day before, the day, the day after; month ends, clock changes, La Réunion."""

from datetime import UTC, date, datetime

import msgspec
import pytest
from ruled import DAY, REUNION, deliver, facts_of, given_on, medicine, ordered, rule, said, standing

from factories import an_execution
from ordonum.knowledge.conditions import CONDITIONS
from ordonum.knowledge.rules import RULES
from ordonum.model.acts import Given
from ordonum.model.decisions import check_execution
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
    early = (order, given_on(WRITTEN, 2), given_on(WRITTEN + 20 * DAY, 2))  # supplies add up: sixty days
    assert deliver(*early, on=WRITTEN + 59 * DAY)[0] == "rule-asks"
    assert deliver(*early, on=WRITTEN + 60 * DAY)[0] == "silent"
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


@requirement("CSP R.5123-2", "a-month-at-once", "contraceptive-at-once", "common-12-months")
@requirement("CSS R.162-20-5", "a-month-at-once", "contraceptive-at-once")
def test_a_month_at_once_three_for_a_large_pack_twelve_weeks_for_a_contraceptive() -> None:
    for days, code in ((29, "silent"), (30, "silent"), (31, "rule-asks")):
        sixty = ordered(medicine("amlodipine", days=2 * days, of=2 * days), on=WRITTEN)
        assert deliver(sixty, on=WRITTEN, many=days, only="a-month-at-once")[0] == code
    for days, code in ((91, "silent"), (92, "silent"), (93, "rule-asks")):
        large = ordered(medicine("amlodipine", days=days), on=WRITTEN)
        assert deliver(large, on=WRITTEN, only="a-month-at-once")[0] == code
    for days, code in ((83, "silent"), (84, "silent"), (85, "rule-asks")):
        pill = ordered(medicine("désogestrel", days=days, of=3), on=WRITTEN)
        assert deliver(pill, on=WRITTEN, many=3, only="contraceptive-at-once")[0] == code
        assert deliver(pill, on=WRITTEN, many=3, only="a-month-at-once")[0] == "silent"
    not_paid = ordered(medicine("amlodipine", days=60, of=2, not_reimbursable=True), on=WRITTEN)
    assert deliver(not_paid, on=WRITTEN, many=2, only="a-month-at-once")[0] == "silent"
    common = (ordered(medicine("paracétamol", renewals=9), on=WRITTEN),)
    assert deliver(*common, on=date(2027, 11, 16), only="common-12-months")[0] == "silent"
    assert deliver(*common, on=date(2027, 11, 17), only="common-12-months")[0] == "rule-asks"


@requirement("CSP R.5132-22", "list-1-renewal-stated", "list-2-renewal-forbidden", "list-2-renewal-free")
def test_list_1_is_renewed_only_if_that_is_written_and_list_2_unless_it_is_forbidden() -> None:
    due = WRITTEN + 30 * DAY
    one = (ordered(medicine("metformine"), on=WRITTEN), given_on(WRITTEN))
    code, _ = deliver(*one, on=due)
    assert code == rule("list-1-renewal-stated").code
    stated = (ordered(medicine("metformine", renewals=1), on=WRITTEN), given_on(WRITTEN))
    assert deliver(*stated, on=due)[0] == "silent"
    two = (ordered(medicine("lévothyroxine"), on=WRITTEN), given_on(WRITTEN))
    code, detail = deliver(*two, on=due)
    assert code == "told"
    assert "n'a pas interdit" in detail
    assert deliver(*two, on=due - DAY)[0] == "rule-asks"  # too soon, as any other
    assert deliver(*two, on=date(2027, 11, 17))[0] == "rule-refuses"  # within twelve months
    assert deliver(*two, on=due, many=2, only="list-2-renewal-free")[0] == "more-than-left"  # one delivery at a time
    forbidden = (ordered(medicine("lévothyroxine", renewal_forbidden=True), on=WRITTEN), given_on(WRITTEN))
    assert deliver(*forbidden, on=due)[0] == "rule-refuses"


def test_a_rule_does_not_look_at_what_came_before_it_nor_after_its_end() -> None:
    long_ago = date(2020, 1, 1)
    act = ordered(medicine("amoxicilline"), on=long_ago)
    facts = facts_of(act, day=long_ago + 200 * DAY)
    late = an_execution(performed_at=facts.now)
    for since, until, code in (
        (long_ago + 201 * DAY, None, "silent"),
        (long_ago + 200 * DAY, None, "rule-refuses"),
        (long_ago, long_ago + 200 * DAY, "silent"),
        (long_ago, long_ago + 201 * DAY, "rule-refuses"),
    ):
        row = msgspec.structs.replace(rule("first-delivery-3-months"), since=since, until=until)
        assert said(late, msgspec.structs.replace(facts, rules=(row,)))[0] == code


def test_what_has_happened_is_recorded_with_what_a_rule_would_have_refused() -> None:
    facts = facts_of(ordered(medicine("amoxicilline"), on=WRITTEN), day=WRITTEN + 200 * DAY)
    late = an_execution(performed_at=facts.now, given=Given.ALREADY)
    assert check_execution(late, facts).in_conflict == ("rule-refuses",)


def test_more_of_what_is_all_given_is_too_much_and_not_too_soon() -> None:
    order = ordered(medicine("metformine"), on=WRITTEN)
    code, told = deliver(order, given_on(WRITTEN), on=WRITTEN + DAY)
    assert code == "more-than-left"
    assert "R.5132-14" not in told
