"""Stupéfiants at the counter: presented within three days, fractions and their windows, overlaps, bearers; never exceeded."""

from datetime import date
from typing import Any

import msgspec
import pytest
from ruled import DAY, REUNION, deliver, given_on, medicine, ordered, rule, standing

from factories import DOCTOR, PHARMACY, PLACE, boxes, delivered
from ordonum.knowledge.conditions import CONDITIONS
from ordonum.knowledge.rules import RULES
from ordonum.model.beneficiary import Bearer
from ordonum.model.case import Covered
from ordonum.model.early import conflicts
from ordonum.model.legal import deadlines
from ordonum.model.lines import Quantity, Unit
from ordonum.model.products import MedicineLine
from requirements import requirement

WRITTEN = date(2027, 2, 1)  # the example of the Moniteur des pharmacies: to 4 February whole, on the 5th less four days
BEARER = Bearer(surname="DURAND", first_name="Paul", address="Lyon", proof="CNI 123")


def morphine(**rest: Any) -> MedicineLine:
    """One unit a day for twenty-eight days."""
    return medicine("sulfate de morphine", days=28, of=28, secured=True, in_words=True, **rest)


@requirement("CSP R.5132-33", "narcotic-three-days")
@pytest.mark.parametrize("zone", [None, REUNION])
def test_after_the_third_day_only_what_remains_is_delivered(zone: Any) -> None:
    where = {} if zone is None else {"zone": zone}
    order = ordered(morphine(), on=WRITTEN)
    for after in (0, 1, 3):
        assert deliver(order, on=WRITTEN + after * DAY, many=28, only="narcotic-three-days", **where)[0] == "silent"
    code, detail = deliver(order, on=date(2027, 2, 5), many=28, only="narcotic-three-days", **where)
    assert code == "rule-refuses"
    assert "04/02/2027" in detail
    assert "24 jours de traitement, soit 24 boîtes au plus" in detail
    assert deliver(order, on=date(2027, 2, 5), many=24, only="narcotic-three-days", **where)[0] == "silent"
    assert deliver(order, on=date(2027, 2, 5), many=25, only="narcotic-three-days", **where)[0] == "rule-refuses"
    assert (
        deliver(order, on=date(2027, 2, 28), many=1, only="narcotic-three-days", **where)[0] == "silent"
    )  # the 28th day
    assert deliver(order, on=date(2027, 3, 1), many=1, only="narcotic-three-days", **where)[0] == "rule-refuses"
    zolpidem = ordered(medicine("zolpidem", days=28), on=WRITTEN)
    assert deliver(zolpidem, on=date(2027, 2, 20), only="narcotic-three-days")[0] == "silent"


@requirement("CSP R.5132-33", "narcotic-three-days", "narcotic-not-before")
@requirement("CSP R.5132-30", "narcotic-fraction")
@requirement("CSP R.5132-14", "narcotic-not-before")
def test_a_fraction_is_no_longer_than_it_is_comes_after_the_one_before_and_within_three_days_of_its_end() -> None:
    order = ordered(morphine(fraction_days=7), on=WRITTEN)
    for many, code in ((6, "silent"), (7, "silent"), (8, "rule-refuses")):
        assert deliver(order, on=WRITTEN, many=many, only="narcotic-fraction")[0] == code
    once = ordered(morphine(fraction_days=7, single_delivery=True), on=WRITTEN)
    assert deliver(once, on=WRITTEN, many=28, only="narcotic-fraction")[0] == "silent"
    methadone = ordered(medicine("méthadone", days=28, of=28), on=WRITTEN)  # seven days by its own conditions
    assert deliver(methadone, on=WRITTEN, many=8, only="narcotic-fraction")[0] == "rule-refuses"
    begun = (order, given_on(WRITTEN, 7))  # covers 1 to 7 February
    for day, code in ((7, "rule-refuses"), (8, "silent"), (9, "silent")):
        assert deliver(*begun, on=date(2027, 2, day), many=7, only="narcotic-not-before")[0] == code
    assert "08/02/2027" in deliver(*begun, on=date(2027, 2, 7), many=7, only="narcotic-not-before")[1]
    for day, many, code in ((10, 7, "silent"), (11, 7, "rule-refuses"), (11, 4, "silent"), (11, 5, "rule-refuses")):
        assert deliver(*begun, on=date(2027, 2, day), many=many, only="narcotic-three-days")[0] == code


@requirement("CSP R.5132-33", "narcotic-three-days")
def test_days_that_ran_before_somebody_came_are_lost_and_the_fraction_that_runs_is_delivered() -> None:
    late, fourth = date(2027, 2, 5), "narcotic-three-days"
    whole = (ordered(morphine(), on=WRITTEN), given_on(late, 24))
    for day in (late, date(2027, 2, 6), date(2027, 3, 5)):
        assert deliver(*whole, on=day, many=1, only=fourth)[0] == "rule-refuses"  # the four days are not fetched later
    assert deliver(whole[0], given_on(late, 20), on=late, many=4, only=fourth)[0] == "silent"  # the rest of the 24
    order = ordered(morphine(fraction_days=7), on=WRITTEN)
    for day, many in (
        (date(2027, 2, 9), 6),
        (date(2027, 2, 15), 7),
        (date(2027, 2, 28), 1),
    ):  # a fraction never fetched
        assert deliver(order, on=day, many=many, only=fourth)[0] == "silent"
        assert deliver(order, on=day, many=many + 1, only=fourth)[0] == "rule-refuses"
    assert deliver(order, on=date(2027, 3, 1), many=1, only=fourth)[0] == "rule-refuses"
    begun = (order, given_on(WRITTEN, 7), given_on(date(2027, 2, 12), 3))  # four days of the second are lost
    for on, many, code in ((12, 1, "rule-refuses"), (15, 7, "silent"), (15, 8, "rule-refuses"), (24, 5, "silent")):
        assert deliver(*begun, on=date(2027, 2, on), many=many, only=fourth)[0] == code


@requirement("CSP R.5132-33", "narcotic-three-days")
@requirement("CSP R.5132-30", "narcotic-fraction")
def test_less_than_a_box_is_handed_over_by_the_unit_and_said_in_days() -> None:
    box = ordered(medicine("sulfate de morphine", days=28, of=1, secured=True, fraction_days=14), on=WRITTEN)
    for only, day, most in (("narcotic-fraction", WRITTEN, 14), ("narcotic-three-days", date(2027, 2, 5), 10)):
        code, detail = deliver(box, on=day, only=only)
        assert (code, "0 boîte" in detail, "quantity en jours" in detail) == ("rule-refuses", False, True)
        for days, expected in ((most, "silent"), (most + 1, "rule-refuses")):
            broken = msgspec.structs.replace(delivered(1, Quantity(days, Unit.DAYS)), covers=1)
            assert deliver(box, on=day, lines=(broken,), only=only)[0] == expected


@requirement("CSP R.5132-33", "narcotic-overlap")
def test_the_same_practitioners_do_not_overlap_without_an_express_mention() -> None:
    def covered(**other: Any) -> tuple[Covered, ...]:
        mine = {"prescriber": DOCTOR.rpps, "executant": PHARMACY.key, "substance": "morphine"}
        return (Covered(**{**mine, **other}, first=WRITTEN, last=date(2027, 2, 10)),)

    order = ordered(morphine(), on=WRITTEN)
    for day, code in ((10, "rule-refuses"), (11, "silent")):
        assert deliver(order, on=date(2027, 2, day), only="narcotic-overlap", covered=covered())[0] == code
    assert "10/02/2027" in deliver(order, on=WRITTEN, only="narcotic-overlap", covered=covered())[1]
    for other in ({"prescriber": "99700366240"}, {"executant": PLACE.key}, {"substance": "oxycodone"}):
        assert deliver(order, on=WRITTEN, only="narcotic-overlap", covered=covered(**other))[0] == "silent"
    allowed = ordered(morphine(overlap="perte du traitement, remplacement voulu"), on=WRITTEN)
    assert deliver(allowed, on=WRITTEN, only="narcotic-overlap", covered=covered())[0] == "silent"
    zolpidem = ordered(medicine("zolpidem", days=28), on=WRITTEN)
    again = covered(substance="zolpidem")
    assert deliver(zolpidem, on=WRITTEN, only="narcotic-overlap", covered=again)[0] == "rule-refuses"


@requirement("CSP R.5132-35", "narcotic-bearer-proof", "narcotic-bearer-named")
def test_who_came_in_the_patients_stead_is_named_and_proven() -> None:
    order = ordered(morphine(), on=WRITTEN)
    assert deliver(order, on=WRITTEN, only="narcotic-bearer-named")[0] == "told"
    assert deliver(order, on=WRITTEN, only="narcotic-bearer-named", bearer=BEARER)[0] == "silent"
    assert deliver(order, on=WRITTEN, only="narcotic-bearer-proof", bearer=BEARER)[0] == "silent"
    known = Bearer(surname="DURAND", first_name="Paul", address="Lyon")
    assert deliver(order, on=WRITTEN, only="narcotic-bearer-proof", bearer=known)[0] == "rule-asks"
    assert (
        deliver(order, on=WRITTEN, only="narcotic-bearer-proof", bearer=known, rule_reason="porteur connu")[0]
        == "silent"
    )
    common = ordered(medicine("paracétamol"), on=WRITTEN)
    assert deliver(common, on=WRITTEN, only="narcotic-bearer-named")[0] == "silent"


@requirement("CSP R.5132-33", "narcotic-never-exceeded")
@requirement("CSP R.5132-5", "narcotic-unregistered")
def test_what_is_secured_is_never_exceeded_nor_delivered_on_a_sheet_that_is_not_registered() -> None:
    order = ordered(morphine(), on=WRITTEN)
    lines = (delivered(1, boxes(29), beyond="boîte perdue"),)
    code, _ = deliver(order, on=WRITTEN, lines=lines, only="narcotic-overlap")
    assert code == rule("narcotic-never-exceeded").code
    early = msgspec.structs.replace(given_on(WRITTEN), early=True, code_of=DOCTOR.rpps)
    assert conflicts(early, standing(order)) == (rule("narcotic-unregistered").code,)


def test_the_last_day_of_a_stupefiant_is_that_of_the_treatment() -> None:
    (dates,) = deadlines(standing(ordered(morphine(), on=WRITTEN)), RULES, WRITTEN, conditions=CONDITIONS)
    assert dates.until == date(2027, 2, 28)
    assert dates.until_reason is not None
    assert "28/02/2027" in dates.until_reason
    begun = standing(ordered(morphine(fraction_days=7), on=WRITTEN), given_on(WRITTEN, 7))
    (next_one,) = deadlines(begun, RULES, WRITTEN, conditions=CONDITIONS)
    assert next_one.next_from == date(2027, 2, 8)
    assert next_one.until == date(2027, 2, 28)  # what is left of the 28 days, once something was given too
