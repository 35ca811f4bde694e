"""What an executant is told: which line, how much, in which words."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from factories import NOON, a_medicine, a_text, an_actor, an_execution, boxes, delivered, registered
from ordonum.knowledge.rights import may_execute
from ordonum.model.acts import Given
from ordonum.model.decisions import bare, check_execution
from ordonum.model.facts import Facts
from ordonum.model.identifiers import BirthDate
from ordonum.model.kept import Registered
from ordonum.model.lines import Family, Quantity, Unit
from ordonum.model.outcomes import Delivered, Handwritten
from ordonum.model.prescription import Identity
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.rule import Check, Effect, Rule, Scope, When
from ordonum.model.state import state

RENEWED = registered(a_medicine(1, quantity=boxes(9)), a_medicine(2, quantity=boxes(2), renewals=2))


def _facts(order: Registered = RENEWED, rules: tuple[Rule, ...] = ()) -> Facts:
    found = state([order])
    assert found is not None
    return Facts(
        state=found,
        actor=an_actor(),
        sealed=Identity("Éloïse", BirthDate("1979-03-14")),
        may_execute=may_execute(an_actor()),
        rules=rules,
        now=NOON,
        zone=ZoneInfo("Europe/Paris"),
    )


def _told(*lines: Delivered, given: Given = Given.NOW, order: Registered = RENEWED) -> tuple[str, ...]:
    return check_execution(an_execution(*lines, given=given, performed_at=NOON), _facts(order)).notices


def _detail(*lines: Delivered, order: Registered) -> str:
    with pytest.raises(Refused) as raised:
        check_execution(an_execution(*lines, performed_at=NOON), _facts(order))
    return raised.value.detail


def test_several_deliveries_at_once_are_told_of_the_line_that_is_renewed_alone() -> None:
    assert _told(delivered(1, boxes(9)), delivered(2, boxes(2))) == ()
    (notice,) = _told(delivered(1, boxes(9)), delivered(2, boxes(3)))
    assert notice == "Ligne 2 : une délivrance prescrite est de 2 boîtes"
    assert _told(delivered(2, None), given=Given.ALREADY) == ()
    uncounted = registered(a_text(renewals=3))
    assert _told(msgspec.structs.replace(delivered(1, None), covers=3), order=uncounted) == ()


def test_one_is_not_plural_and_symbols_never_are() -> None:
    for unit, left in ((Unit.MILLILITRES, "100 ml"), (Unit.GRAMS, "100 g"), (Unit.BOXES, "100 boîtes")):
        order = registered(a_medicine(quantity=Quantity(100, unit)))
        assert re.search(rf"il reste {left}\b", _detail(delivered(1, Quantity(101, unit)), order=order))
    one = registered(a_medicine(quantity=boxes(1)))
    detail = _detail(delivered(1, boxes(2)), order=one)
    assert "1 boîte" in detail
    assert "1 boîtes" not in detail


def test_the_unit_that_is_wanted_is_named() -> None:
    for unit, noun in ((Unit.BOXES, "boîtes"), (Unit.MILLILITRES, "ml")):
        order = registered(a_medicine(quantity=Quantity(5, unit)))
        for quantity in (None, Quantity(1, Unit.SESSIONS)):
            detail = _detail(delivered(1, quantity), order=order)
            assert noun in detail
            assert f"{noun}s" not in detail


def test_a_line_counted_by_deliveries_says_how_many_are_left() -> None:
    order = registered(a_text(renewals=1))
    assert "2 exécutions" in _detail(msgspec.structs.replace(delivered(1, None), covers=3), order=order)


def test_what_was_added_by_hand_meets_the_rules_as_any_delivery() -> None:
    rule = Rule(
        name="essai",
        article=None,
        sentence="Trop tard",
        since=NOON.date() - timedelta(days=900),
        effect=Effect.INFORMS,
        when=When.ANY,
        check=Check.SINCE_WRITING,
        scope=Scope(families=frozenset({Family.HEALTH_PRODUCTS})),
        months=0,
        source=None,
    )
    late = msgspec.structs.replace(
        an_execution(performed_at=NOON + timedelta(days=1)), lines=(Handwritten(text="Coton"),)
    )
    facts = msgspec.structs.replace(_facts(rules=(rule,)), now=NOON + timedelta(days=1))
    assert check_execution(late, facts).notices == (
        "Ajout à la main : Trop tard (règle à valider) (article à trouver)",
    )


@pytest.mark.parametrize("written", ["ELOISE", "Éloïse", "é l-o'ïse", "ELOÏSE"])
def test_a_first_name_is_compared_bare(written: str) -> None:
    assert bare(written) == bare("Éloïse") == "eloise"


@pytest.mark.parametrize(("days", "accepted"), [(0, True), (1, True), (2, False)])
def test_an_act_may_be_of_the_day_before_its_order_by_another_clock_and_no_earlier(days: int, accepted: bool) -> None:
    done = an_execution(given=Given.ALREADY, performed_at=NOON - timedelta(days=days))
    if accepted:
        assert check_execution(done, _facts()).in_conflict == ()
        return
    with pytest.raises(Refused) as raised:
        check_execution(done, _facts())
    assert raised.value.refusal is Refusal.PERFORMED_BEFORE_WRITTEN
