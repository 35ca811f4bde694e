"""Decisions: each refusal by its name, in its order; what has happened is recorded with its conflict."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest

from factories import (
    DOCTOR,
    NOON,
    PHARMACY,
    PLACE,
    a_beneficiary,
    a_medicine,
    a_text,
    an_actor,
    an_execution,
    an_order,
    boxes,
    delivered,
    executed,
    registered,
)
from ordonum.knowledge.rights import may_execute, may_prescribe
from ordonum.knowledge.rules import RULES
from ordonum.model.actors import Actor, Profession
from ordonum.model.acts import Execution, Given
from ordonum.model.days import months_after
from ordonum.model.decisions import check_consultation, check_execution
from ordonum.model.facts import Facts, RegisterFacts
from ordonum.model.identifiers import BirthDate
from ordonum.model.kept import Act, Cancelled
from ordonum.model.lines import Family, Quantity, Unit
from ordonum.model.outcomes import NotDelivered, Withheld
from ordonum.model.prescriber_acts import check_cancellation, check_read_back
from ordonum.model.prescription import Identity
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.registration import check_registration
from ordonum.model.rule import Check, Effect, Rule, Scope, Source, When
from ordonum.model.state import State, state
from ordonum.model.stopping import Cancellation, CancelOutcome, CancelReason
from ordonum.sandbox import people

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")


def _state(*acts: Act) -> State:
    found = state(acts)
    assert found is not None
    return found


def _facts(*acts: Act, now: datetime = NOON, zone: ZoneInfo = PARIS, rules: tuple[Rule, ...] = ()) -> Facts:
    return Facts(
        state=_state(*(acts or (registered(),))),
        actor=an_actor(),
        sealed=Identity("Éloïse", BirthDate("1979-03-14")),
        may_execute=may_execute(an_actor()),
        rules=rules,
        now=now,
        zone=zone,
    )


def _refused(execution: Execution, facts: Facts) -> Refused:
    with pytest.raises(Refused) as raised:
        check_execution(execution, facts)
    return raised.value


def _now(*lines: object, **rest: object) -> Execution:
    return an_execution(*lines, performed_at=NOON, **rest)  # type: ignore[arg-type]  # lines and keywords of an_execution


CANCELLED = Cancelled(
    act_id=an_order().act_id, recorded_at=NOON, by=an_actor(DOCTOR, PLACE), reason=CancelReason.PRESCRIBING_ERROR
)


def test_what_is_left_may_be_delivered_without_a_word() -> None:
    verdict = check_execution(_now(delivered(1, boxes(2))), _facts())
    assert verdict.in_conflict == ()


def test_more_than_what_is_left_asks_a_reason_and_a_reason_lets_it_pass() -> None:
    facts = _facts(registered(a_medicine(quantity=boxes(1))), executed(delivered(1, boxes(1))))
    refused = _refused(_now(delivered(1, boxes(1))), facts)
    assert refused.refusal is Refusal.MORE_THAN_LEFT
    assert "il reste 0 boîte" in refused.detail
    assert "Rien n'a été enregistré." in refused.detail
    check_execution(_now(delivered(1, boxes(1), beyond="boîte perdue")), facts)


def test_a_secured_line_is_never_exceeded_whatever_the_reason() -> None:
    facts = _facts(registered(a_medicine(quantity=boxes(1), secured=True)))
    refused = _refused(_now(delivered(1, boxes(2), beyond="boîte perdue")), facts)
    assert refused.refusal is Refusal.SECURED_MORE_THAN_LEFT


def test_every_line_at_fault_is_named() -> None:
    facts = _facts(registered(a_medicine(1, quantity=boxes(1)), a_medicine(2, quantity=boxes(1))))
    refused = _refused(_now(delivered(1, boxes(2)), delivered(2, boxes(3))), facts)
    assert [fault.at for fault in refused.faults] == [
        "$.execution.lines[0].quantity",
        "$.execution.lines[1].quantity",
    ]


def test_what_has_happened_is_recorded_with_its_conflict() -> None:
    facts = _facts(registered(a_medicine(quantity=boxes(1))), executed(delivered(1, boxes(1))), CANCELLED)
    verdict = check_execution(_now(delivered(1, boxes(1)), given=Given.ALREADY), facts)
    assert verdict.in_conflict == ("cancelled",)


def test_a_cancelled_prescription_is_not_executed() -> None:
    refused = _refused(_now(), _facts(registered(), CANCELLED))
    assert refused.refusal is Refusal.CANCELLED
    assert "16/11/2026" in refused.detail
    assert "erreur de prescription" in refused.detail


def test_an_act_that_delivers_nothing_may_be_told_of_a_cancelled_prescription() -> None:
    check_execution(_now(Withheld(line=1, reason=NotDelivered.PATIENT_DECLINES)), _facts(registered(), CANCELLED))


def test_another_family_is_refused_before_anything_else() -> None:
    facts = _facts(registered(a_text(), family=Family.NURSING), CANCELLED)
    assert _refused(_now(delivered(9, None)), facts).refusal is Refusal.NOT_YOUR_FAMILY


@pytest.mark.parametrize(
    ("execution", "refusal"),
    [
        (_now(delivered(2, boxes(1))), Refusal.UNKNOWN_LINE),
        (_now(delivered(1, Quantity(1, Unit.UNITS))), Refusal.UNIT_DIFFERS),
        (_now(delivered(1, None)), Refusal.QUANTITY_WANTED),
        (an_execution(performed_at=NOON + timedelta(minutes=6)), Refusal.PERFORMED_IN_FUTURE),
        (an_execution(performed_at=NOON - timedelta(hours=24, seconds=1)), Refusal.LATE_NEEDS_ALREADY),
        (
            an_execution(performed_at=NOON - timedelta(days=3), given=Given.ALREADY),
            Refusal.PERFORMED_BEFORE_WRITTEN,
        ),
    ],
)
def test_shape_refuses_and_dates_and_lines_refuse_even_what_has_happened(
    execution: Execution, refusal: Refusal
) -> None:
    assert _refused(execution, _facts()).refusal is refusal
    if refusal not in (Refusal.LATE_NEEDS_ALREADY, Refusal.UNIT_DIFFERS, Refusal.QUANTITY_WANTED):
        already = msgspec.structs.replace(execution, given=Given.ALREADY)
        assert _refused(already, _facts()).refusal is refusal


@pytest.mark.parametrize(
    ("first_name", "birth_date", "same"),
    [
        ("Éloïse", "1979-03-14", True),
        ("ÉLOÏSE", "1979-03-14", True),
        ("E\u0301loi\u0308se", "1979-03-14", True),
        ("Eloise", "1979-03-14", True),
        ("Élodie", "1979-03-14", False),
        ("Éloïse", "1979-03-15", False),
    ],
)
def test_an_identity_unlike_the_sealed_one_is_asked_about(first_name: str, birth_date: str, same: bool) -> None:
    execution = _now(beneficiary=a_beneficiary(first_name=first_name, birth_date=birth_date))
    if same:
        check_execution(execution, _facts())
    else:
        assert _refused(execution, _facts()).refusal is Refusal.IDENTITY_DIFFERS
        check_execution(msgspec.structs.replace(execution, identity_reason="prénom d'usage"), _facts())


def _rule(effect: Effect, when: When = When.ANY, since: date = date(2020, 1, 1), until: date | None = None) -> Rule:
    return Rule(
        name="essai",
        article="CSP R.0",
        sentence="Trop tard",
        since=since,
        until=until,
        effect=effect,
        when=when,
        check=Check.SINCE_WRITING,
        scope=Scope(families=frozenset(Family)),
        months=3,
        source=Source("essai", "aujourd'hui", "ici"),
    )


@pytest.mark.parametrize(
    ("day", "met"), [(date(2027, 2, 15), False), (date(2027, 2, 16), False), (date(2027, 2, 17), True)]
)
def test_a_rule_is_met_the_day_after_its_delay(day: date, met: bool) -> None:
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    facts = _facts(now=moment, rules=(_rule(Effect.REFUSES),))
    execution = an_execution(performed_at=moment)
    if met:
        assert _refused(execution, facts).refusal is Refusal.RULE_REFUSES
        already = msgspec.structs.replace(execution, given=Given.ALREADY)
        verdict = check_execution(already, facts)
        assert (verdict.in_conflict, verdict.notices) == (("rule-refuses",), ())  # what refused is not told as a notice
    else:
        check_execution(execution, facts)


def test_a_rule_asks_a_reason_or_only_informs() -> None:
    moment = NOON + timedelta(days=120)
    execution = an_execution(performed_at=moment)
    asks = _facts(now=moment, rules=(_rule(Effect.ASKS),))
    assert _refused(execution, asks).refusal is Refusal.RULE_ASKS
    check_execution(msgspec.structs.replace(execution, rule_reason="accord du prescripteur"), asks)
    informs = _facts(now=moment, rules=(_rule(Effect.INFORMS),))
    assert check_execution(execution, informs).notices == ("Ligne 1 : Trop tard (CSP R.0)",)


def test_a_rule_looks_at_its_own_dates_and_deliveries() -> None:
    moment = NOON + timedelta(days=120)
    execution = an_execution(performed_at=moment)
    ended = _rule(Effect.REFUSES, until=date(2026, 12, 1))
    check_execution(execution, _facts(now=moment, rules=(ended,)))
    first_only = _rule(Effect.REFUSES, when=When.FIRST)
    begun = (registered(), executed(delivered(1, boxes(1))))
    check_execution(execution, _facts(*begun, now=moment, rules=(first_only,)))


def test_a_rule_whose_article_was_not_read_cannot_refuse() -> None:
    with pytest.raises(ValueError, match="only informs"):
        msgspec.structs.replace(_rule(Effect.REFUSES), source=None)


def test_the_day_is_the_one_of_the_place() -> None:
    late_evening_in_paris = datetime(2027, 2, 16, 22, 30, tzinfo=UTC)  # the 17th in La Réunion
    execution = an_execution(performed_at=late_evening_in_paris)
    rules = (_rule(Effect.REFUSES),)
    check_execution(execution, _facts(now=late_evening_in_paris, rules=rules, zone=PARIS))
    there = _facts(now=late_evening_in_paris, rules=rules, zone=REUNION)
    assert _refused(execution, there).refusal is Refusal.RULE_REFUSES


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 5, 15), 12, date(2027, 5, 15)),
    ],
)
def test_months_end_on_the_last_day_where_there_is_no_such_day(day: date, months: int, after: date) -> None:
    assert months_after(day, months) == after


def _register_facts(**changes: object) -> RegisterFacts:
    facts = RegisterFacts(
        actor=an_actor(DOCTOR, PLACE),
        signer=DOCTOR,
        may_prescribe=may_prescribe(Profession.DOCTOR),
        commitment_opens=True,
        taken=False,
        now=NOON,
        zone=PARIS,
    )
    return msgspec.structs.replace(facts, **changes)


OTHER_DOCTOR = people.professional(2, "LEROY", "Paul", Profession.DOCTOR)


@pytest.mark.parametrize(
    ("changes", "order", "refusal"),
    [
        ({"signer": OTHER_DOCTOR}, {}, Refusal.SIGNER_NOT_CALLER),
        ({"signer": OTHER_DOCTOR, "actor": an_actor(OTHER_DOCTOR, PLACE)}, {}, Refusal.SIGNER_NOT_PRESCRIBER),
        ({"may_prescribe": frozenset()}, {}, Refusal.NOT_ENTITLED),
        ({"commitment_opens": False}, {}, Refusal.COMMITMENT_DIFFERS),
        ({}, {"written_on": date(2026, 11, 17)}, Refusal.WRITTEN_IN_FUTURE),
        ({}, {"written_on": date(2025, 11, 15)}, Refusal.WRITTEN_TOO_LONG_AGO),
        ({"taken": True}, {}, Refusal.NUMBER_TAKEN),
    ],
)
def test_a_registration_is_refused_by_name(
    changes: dict[str, object], order: dict[str, date], refusal: Refusal
) -> None:
    with pytest.raises(Refused) as raised:
        check_registration(an_order(written_on=order.get("written_on", date(2026, 11, 16))), _register_facts(**changes))
    assert raised.value.refusal is refusal


@pytest.mark.parametrize("written_on", [date(2026, 11, 16), date(2025, 11, 16)])
def test_a_registration_of_today_and_of_a_year_ago_is_accepted(written_on: date) -> None:
    check_registration(an_order(written_on=written_on), _register_facts())


def _cancel(actor: Actor, found: State, **changed: Any) -> CancelOutcome:
    cancellation = Cancellation(act_id=uuid4(), reason=CancelReason.PRESCRIBING_ERROR, **changed)
    return check_cancellation(
        actor, cancellation, found, may_prescribe=frozenset(Family), opposed=found.order.opposed, zone=PARIS
    )


def test_only_the_prescriber_cancels_and_only_what_is_not_wholly_executed() -> None:
    mine = an_actor(DOCTOR, PLACE)
    cases = (
        (an_actor(OTHER_DOCTOR, PHARMACY), _state(registered()), Refusal.NOT_YOUR_PRESCRIPTION),
        (an_actor(OTHER_DOCTOR, PLACE), _state(registered()), Refusal.COLLEAGUE_REASON_WANTED),
        (mine, _state(registered(), CANCELLED), Refusal.ALREADY_CANCELLED),
        (mine, _state(registered(), executed(delivered(1, boxes(2)))), Refusal.ALREADY_EXECUTED),
    )
    for actor, found, refusal in cases:
        with pytest.raises(Refused) as raised:
            _cancel(actor, found)
        assert raised.value.refusal is refusal
    _cancel(mine, _state(registered(), executed(delivered(1, boxes(1)))))


def test_only_the_prescriber_reads_back_and_never_against_the_patient() -> None:
    mine = an_actor(DOCTOR, PLACE)
    check_read_back(mine, _state(registered()))
    for actor, found, refusal in (
        (an_actor(OTHER_DOCTOR, PLACE), _state(registered()), Refusal.NOT_YOUR_PRESCRIPTION),
        (mine, _state(registered(opposed=True)), Refusal.PATIENT_OPPOSED),
    ):
        with pytest.raises(Refused) as raised:
            check_read_back(actor, found)
        assert raised.value.refusal is refusal


THIRTY_DAYS = a_medicine(quantity=None, duration_days=30)


def test_boxes_delivered_of_a_line_counted_in_days_say_what_they_cover() -> None:
    two_boxes = delivered(1, boxes(2))
    assert _refused(_now(two_boxes), _facts(registered(THIRTY_DAYS))).refusal is Refusal.UNIT_DIFFERS
    covering = msgspec.structs.replace(two_boxes, covers=30)
    check_execution(_now(covering), _facts(registered(THIRTY_DAYS)))
    begun = _facts(registered(THIRTY_DAYS), executed(msgspec.structs.replace(two_boxes, covers=20)))
    assert begun.state.remainders[0].left == 10
    assert _refused(_now(covering), begun).refusal is Refusal.MORE_THAN_LEFT


def test_what_has_happened_is_recorded_whatever_unit_it_was_counted_in() -> None:
    already = _now(delivered(1, boxes(2)), given=Given.ALREADY)
    assert check_execution(already, _facts(registered(THIRTY_DAYS))).in_conflict == ()
    assert _state(registered(THIRTY_DAYS), executed(delivered(1, boxes(2)))).remainders[0].left == 0


def test_two_products_of_one_line_add_up() -> None:
    facts = _facts(registered(a_medicine(quantity=boxes(3))))
    check_execution(_now(delivered(1, boxes(2)), delivered(1, boxes(1))), facts)
    refused = _refused(_now(delivered(1, boxes(2)), delivered(1, boxes(2))), facts)
    assert [each.at for each in refused.faults] == ["$.execution.lines[1].quantity"]


def test_more_than_one_delivery_at_once_is_said_where_renewals_space_them() -> None:
    facts = _facts(registered(a_medicine(quantity=boxes(2), renewals=2)))
    assert check_execution(_now(delivered(1, boxes(2))), facts).notices == ()
    (notice,) = check_execution(_now(delivered(1, boxes(6))), facts).notices
    assert "une délivrance prescrite est de 2 boîtes" in notice


def test_of_a_medicine_that_the_table_does_not_know_the_rules_of_lists_only_inform() -> None:
    late = NOON + timedelta(days=120)
    told = check_execution(an_execution(performed_at=late), _facts(now=late, rules=RULES)).notices
    assert len(told) == 1
    assert "16/02/2027" in told[0]
    assert "que la table ne connaît pas" in told[0]
    nursing = _facts(registered(a_text(), family=Family.NURSING), now=late, rules=RULES)
    may = msgspec.structs.replace(nursing, may_execute=frozenset(Family))
    assert check_execution(an_execution(delivered(1, None), performed_at=late), may).notices == ()


def test_a_prescriber_who_may_execute_learns_nothing_of_an_opposed_patient() -> None:
    facts = _facts(registered(a_text(), family=Family.BIOLOGY, opposed=True))
    own = msgspec.structs.replace(facts, actor=an_actor(DOCTOR, PLACE), may_execute=frozenset(Family))
    assert _refused(_now(delivered(1, None)), own).refusal is Refusal.PATIENT_OPPOSED
    with pytest.raises(Refused) as raised:
        check_consultation(an_actor(DOCTOR, PLACE), own.state, frozenset(Family))
    assert raised.value.refusal is Refusal.PATIENT_OPPOSED


def test_a_clock_a_little_ahead_of_midnight_does_not_put_an_order_in_the_future() -> None:
    almost_midnight = datetime(2026, 11, 16, 22, 57, tzinfo=UTC)  # 23:57 in Paris
    check_registration(an_order(written_on=date(2026, 11, 17)), _register_facts(now=almost_midnight))
    in_reunion = datetime(2026, 11, 16, 20, 30, tzinfo=UTC)  # already the 17th there
    check_registration(an_order(written_on=date(2026, 11, 17)), _register_facts(now=in_reunion, zone=REUNION))
    with pytest.raises(Refused):
        check_registration(an_order(written_on=date(2026, 11, 17)), _register_facts(now=in_reunion))
    a_year_later = datetime(2027, 11, 16, 20, 30, tzinfo=UTC)
    check_registration(an_order(written_on=date(2026, 11, 16)), _register_facts(now=a_year_later))
    with pytest.raises(Refused):
        check_registration(an_order(written_on=date(2026, 11, 16)), _register_facts(now=a_year_later, zone=REUNION))


def test_the_prescriber_is_named_as_the_card_names_them() -> None:
    married = msgspec.structs.replace(DOCTOR, surname="MARTIN-DURAND")
    with pytest.raises(Refused) as raised:
        check_registration(an_order(), _register_facts(signer=married))
    assert raised.value.refusal is Refusal.SIGNER_NOT_PRESCRIBER


def test_a_refusal_to_deliver_is_no_first_delivery_and_meets_no_rule() -> None:
    moment = NOON + timedelta(days=120)
    withheld = executed(Withheld(line=1, reason=NotDelivered.OUT_OF_STOCK))
    facts = _facts(registered(), withheld, now=moment, rules=(_rule(Effect.REFUSES, when=When.FIRST),))
    assert _refused(an_execution(performed_at=moment), facts).refusal is Refusal.RULE_REFUSES
    nothing = an_execution(Withheld(line=1, reason=NotDelivered.PATIENT_DECLINES), performed_at=moment)
    check_execution(nothing, facts)


def test_a_rule_not_yet_in_force_is_not_met() -> None:
    moment = NOON + timedelta(days=120)
    coming = _rule(Effect.REFUSES, since=(moment + timedelta(days=1)).date())
    check_execution(an_execution(performed_at=moment), _facts(now=moment, rules=(coming,)))


def test_what_was_executed_then_cancelled_is_said_to_be_cancelled() -> None:
    found = _state(registered(), executed(delivered(1, boxes(1))), CANCELLED, executed(delivered(1, boxes(1))))
    with pytest.raises(Refused) as raised:
        _cancel(an_actor(DOCTOR, PLACE), found)
    assert raised.value.refusal is Refusal.ALREADY_CANCELLED


def test_the_wrong_patient_is_said_before_the_wrong_quantity() -> None:
    facts = _facts(registered(a_medicine(quantity=boxes(1))))
    wrong = _now(delivered(1, boxes(5)), beneficiary=a_beneficiary(first_name="Paul"))
    refused = _refused(wrong, facts)
    assert [each.code for each in refused.faults] == ["identity-differs", "more-than-left"]


def test_the_refusal_says_when_the_last_delivery_was() -> None:
    facts = _facts(registered(a_medicine(quantity=boxes(1))), executed(delivered(1, boxes(1))))
    assert "16/11/2026 à 13 h 00" in _refused(_now(delivered(1, boxes(1))), facts).detail
    fresh = _facts(registered(a_medicine(quantity=boxes(1))))
    assert "dernière délivrance : aucune" in _refused(_now(delivered(1, boxes(2))), fresh).detail
