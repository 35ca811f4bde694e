"""FFC, FFP, RFP, RFC are what the acts make of them: the first delivery or a next one, whole or in part."""

from datetime import timedelta

from factories import NOON, a_medicine, boxes, delivered, executed, registered
from ordonum.model.completeness import completeness
from ordonum.model.state import state


def _of(renewals: int, *amounts: int, each: int = 2) -> list[str]:
    acts = [executed(delivered(1, boxes(amount)), at=NOON + timedelta(days=day)) for day, amount in enumerate(amounts)]
    found = state([registered(a_medicine(quantity=boxes(each), renewals=renewals)), *acts])
    assert found is not None
    made = completeness(found)
    return [made[act.act_id][1].value for act in acts]


def test_parts_and_rests_of_each_delivery_are_told_apart() -> None:
    assert _of(0, 2) == ["FFC"]
    assert _of(0, 1, 1) == ["FFP", "FFC"]
    assert _of(2, 2, 2, 2) == ["FFC", "RFC", "RFC"]
    assert _of(2, 1, 1, 1, 1, 2) == ["FFP", "FFC", "RFP", "RFC", "RFC"]
    assert _of(1, 3, 1) == ["FFC", "RFC"]  # what goes over the first delivery completes it
