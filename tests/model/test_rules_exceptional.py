"""What is delivered on an expired prescription: chronic treatments, oral contraceptives; each condition to the day."""

from datetime import date
from typing import Any

import msgspec
from ruled import DAY, deliver, given_on, medicine, noon, ordered

from factories import boxes, delivered, executed
from ordonum.model.kept import Act, Executed
from ordonum.model.outcomes import Delivered, ExceptionalRule
from requirements import requirement

WRITTEN = date(2026, 11, 16)
CHRONIC, PILLS = ExceptionalRule.CHRONIC_TREATMENT, ExceptionalRule.ORAL_CONTRACEPTIVE
EXPIRED = date(2027, 2, 16)  # three months, begun on the day of the writing


def extra(kind: ExceptionalRule, many: int = 1) -> Delivered:
    """A delivery under that exception."""
    return msgspec.structs.replace(delivered(1, boxes(many)), exceptional=kind)


def given_extra(day: date, kind: ExceptionalRule, many: int = 1) -> Executed:
    """A past one."""
    return executed(extra(kind, many), at=noon(day))


def chronic(substance: str = "metformine", *, on: date = WRITTEN, **rest: Any) -> tuple[Act, ...]:
    """Three months, all given, one a month."""
    order = ordered(medicine(substance, **{"renewals": 2, **rest}), on=on)
    return (order, *(given_on(on + each * 30 * DAY) for each in range(3)))


def ask(*acts: Act, on: date, kind: ExceptionalRule = CHRONIC, many: int = 1, **rest: Any) -> tuple[str, str]:
    return deliver(*acts, on=on, lines=(extra(kind, many),), **rest)


@requirement("CSP R.5123-2-1", "exceptional-within-a-month", "exceptional-told")
def test_a_month_more_within_the_month_after_the_expiry_and_the_prescriber_is_told() -> None:
    for day in (EXPIRED, EXPIRED + DAY, date(2027, 3, 16)):
        code, notices = ask(*chronic(), on=day)
        assert code == "told"
        assert "messagerie sécurisée" in notices
    code, detail = ask(*chronic(), on=date(2027, 3, 17))
    assert code == "rule-refuses"
    assert "16/03/2027" in detail
    assert deliver(*chronic(), on=EXPIRED)[0] == "more-than-left"  # without the exception


@requirement("CSP R.5123-2-1", "exceptional-within-a-month")
def test_what_twelve_months_would_refuse_is_delivered_by_the_exception() -> None:
    year = ordered(medicine("metformine", renewals=11), on=WRITTEN)
    acts = (year, *(given_on(WRITTEN + each * 30 * DAY) for each in range(12)))
    assert deliver(*acts, on=date(2027, 11, 17))[0] == "rule-refuses"
    assert ask(*acts, on=date(2027, 11, 17))[0] == "told"


@requirement("CSP R.5123-2-1", "exceptional-three-months", "exceptional-a-month-at-once")
def test_three_months_in_all_a_month_at_a_time() -> None:
    acts = [*chronic()]
    for each in range(3):
        day = EXPIRED + each * 30 * DAY
        assert ask(*acts, on=day)[0] == "told"
        acts.append(given_extra(day, CHRONIC))
    code, detail = ask(*acts, on=EXPIRED + 90 * DAY)
    assert code == "rule-refuses"
    assert "trois mois" in detail
    assert ask(*chronic(), on=EXPIRED, many=2, only="exceptional-a-month-at-once")[0] == "rule-refuses"
    for days, code in ((31, "silent"), (32, "rule-refuses")):
        by_unit = ordered(medicine("metformine", days=90, of=90), on=WRITTEN)
        assert ask(by_unit, on=EXPIRED, many=days, only="exceptional-a-month-at-once")[0] == code


@requirement("CSP R.5123-2-1", "exceptional-once")
def test_under_the_old_wording_it_was_given_once() -> None:
    acts = (*chronic(on=date(2024, 7, 1)), given_extra(date(2024, 10, 1), CHRONIC))
    assert ask(*acts, on=date(2024, 11, 28), only="exceptional-once")[0] == "rule-refuses"
    assert ask(*acts, on=date(2024, 11, 29), only="exceptional-once")[0] == "silent"
    assert ask(*chronic(on=date(2024, 7, 1)), on=date(2024, 10, 1), only="exceptional-once")[0] == "silent"


@requirement("CSP R.5123-2-1", "exceptional-chronic", "exceptional-not-narcotic", "exceptional-not-expired")
def test_it_is_for_chronic_treatments_that_are_no_stupefiant_and_have_expired() -> None:
    for days, code in ((91, "rule-refuses"), (92, "silent"), (93, "silent")):  # 16 November to 16 February
        assert (
            ask(ordered(medicine("metformine", days=days), on=WRITTEN), on=EXPIRED, only="exceptional-chronic")[0]
            == code
        )
    for substance, code in (("morphine", "rule-refuses"), ("zolpidem", "rule-refuses"), ("metformine", "silent")):
        assert ask(*chronic(substance), on=EXPIRED, only="exceptional-not-narcotic")[0] == code
    going = chronic()[:2]
    assert ask(*going, on=EXPIRED - DAY, only="exceptional-not-expired")[0] == "rule-asks"
    assert ask(*going, on=EXPIRED + DAY, only="exceptional-not-expired")[0] == "silent"
    assert ask(*chronic(), on=EXPIRED - DAY, only="exceptional-not-expired")[0] == "silent"


@requirement("CSP R.5134-4-1", "contraceptive-only", "contraceptive-one-year", "contraceptive-six-months")
@requirement("CSP R.5134-4-1", "contraceptive-not-before-the-end")
@requirement("CSP R.5134-4-2", "contraceptive-mention", "contraceptive-three-months-at-once")
def test_oral_contraceptives_are_given_six_months_more_three_at_once_within_the_year() -> None:
    order = ordered(medicine("désogestrel", days=84, of=3), on=WRITTEN)
    begun = (order, given_on(WRITTEN, 3))
    code, notices = ask(*begun, on=WRITTEN + 84 * DAY, kind=PILLS, many=3)
    assert code == "told"
    assert "la mention et sa durée" in notices
    for day, code in ((date(2027, 11, 16), "silent"), (date(2027, 11, 17), "rule-refuses")):
        assert ask(*begun, on=day, kind=PILLS, only="contraceptive-one-year")[0] == code
    for many, code in ((3, "silent"), (4, "rule-refuses")):
        assert (
            ask(*begun, on=date(2027, 3, 1), kind=PILLS, many=many, only="contraceptive-three-months-at-once")[0]
            == code
        )
    once = (*begun, given_extra(date(2027, 2, 8), PILLS, 3))
    for many, code in ((3, "silent"), (4, "rule-refuses")):  # 168 days, then 196
        assert ask(*once, on=date(2027, 5, 3), kind=PILLS, many=many, only="contraceptive-six-months")[0] == code
    assert ask(*chronic(), on=EXPIRED, kind=PILLS, only="contraceptive-only")[0] == "rule-refuses"
    assert ask(*begun, on=EXPIRED, kind=PILLS, only="contraceptive-only")[0] == "silent"
    assert ask(order, on=WRITTEN, kind=PILLS, only="contraceptive-not-before-the-end")[0] == "rule-asks"
