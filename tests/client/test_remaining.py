"""The lines of a replacement carry what was left, whatever was delivered, and no more: the service never asks why."""

from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as some
from msgspec.structs import replace

from factories import NOON, an_actor, executed, registered
from ordonum.client import remaining_lines
from ordonum.knowledge.rights import may_prescribe
from ordonum.knowledge.timezones import PARIS
from ordonum.model.care import BiologyLine, NursingLine, PhysiotherapyLine
from ordonum.model.kept import Act, Cancelled, Registered
from ordonum.model.lines import Family, Frequency, Period, Quantity, Unit
from ordonum.model.measure import allowed
from ordonum.model.outcomes import Delivered
from ordonum.model.prescriber_acts import check_replacement
from ordonum.model.prescription import Line, check_lines
from ordonum.model.products import MedicineLine, Substance
from ordonum.model.state import DONE, LineStatus, State, state
from ordonum.model.stopping import CancelReason, Replacement
from ordonum.texts import lines as line_texts

QUANTITIES = some.none() | some.builds(Quantity, some.integers(1, 12), some.sampled_from([Unit.BOXES, Unit.UNITS]))
FREQUENCIES = some.none() | some.builds(
    Frequency, times=some.integers(1, 4), every=some.integers(1, 3), period=some.sampled_from(Period)
)
OF_ALL = {"rank": some.just(1), "renewals": some.integers(0, 5)}
KINDS: dict[Family, some.SearchStrategy[Line]] = {
    Family.HEALTH_PRODUCTS: some.builds(
        MedicineLine,
        label=some.sampled_from("ABCDE"),
        substances=some.just((Substance("amoxicilline"),)),
        dosage=some.just("1 par jour"),
        duration_days=some.integers(1, 90),
        quantity=QUANTITIES,
        **OF_ALL,
    ),
    Family.NURSING: some.builds(
        NursingLine,
        label=some.sampled_from("ABCDE"),
        frequency=FREQUENCIES,
        duration_days=some.none() | some.integers(1, 90),
        quantity=QUANTITIES,
        **OF_ALL,
    ),
    Family.BIOLOGY: some.builds(
        BiologyLine,
        label=some.sampled_from("ABCDE"),
        frequency=FREQUENCIES,
        duration_days=some.none() | some.integers(1, 90),
        quantity=some.none(),
        **OF_ALL,
    ),
    Family.PHYSIOTHERAPY: some.builds(
        PhysiotherapyLine, label=some.sampled_from("ABCDE"), quantity=some.none(), **OF_ALL
    ),
}


@some.composite
def _begun(draw: some.DrawFn) -> tuple[Registered, State]:
    """A registered prescription, of which something was delivered and some lines were cancelled."""
    family = draw(some.sampled_from(sorted(KINDS, key=lambda each: each.value)))
    drawn = draw(some.lists(KINDS[family], min_size=1, max_size=5, unique_by=line_texts.title))
    lines = tuple(replace(each, rank=rank) for rank, each in enumerate(drawn, start=1))
    act = registered(*lines, family=family)
    given = [
        Delivered(line=line.rank, covers=covers)
        for line in lines
        if (covers := draw(some.integers(0, (allowed(line) or 9) + 1)))
    ]
    stopped = tuple(draw(some.sets(some.sampled_from([line.rank for line in lines]), max_size=2)))
    acts: list[Act] = [act, *([executed(*given)] if given else [])]
    if stopped:
        why = CancelReason.CLINICAL_GROUNDS
        acts.append(Cancelled(act_id=uuid4(), recorded_at=NOON, by=an_actor(), reason=why, lines=stopped))
    found = state(acts)
    assert found is not None
    return act, found


@settings(max_examples=400, deadline=None)
@given(_begun())
def test_what_is_left_is_carried_line_by_line_and_no_more(begun: tuple[Registered, State]) -> None:
    act, now = begun
    found = remaining_lines(act.order, now.remainders)
    if found:
        check_lines(found, act.order.family)
    over = DONE | {LineStatus.CANCELLED}
    for line, remainder in zip(act.order.lines, now.remainders, strict=True):
        mine = [each for each in found if line_texts.title(each) == line_texts.title(line)]
        if remainder.status in over or remainder.left == 0:
            assert mine == []
        elif remainder.left is None:
            assert [replace(each, rank=line.rank) for each in mine] == [line]
        else:
            assert sum(allowed(each) or 0 for each in mine) == remainder.left
            assert all((each.duration_days or 1) <= (line.duration_days or 1) for each in mine)
        if not remainder.given and remainder.status not in over:
            assert [replace(each, rank=line.rank) for each in mine] == [line]


@settings(max_examples=200, deadline=None)
@given(_begun())
def test_such_a_replacement_needs_no_reason(begun: tuple[Registered, State]) -> None:
    act, now = begun
    lines = remaining_lines(act.order, now.remainders)
    if not lines:
        return
    new = replace(act.order, act_id=uuid4(), replaces=act.order.act_id, lines=lines)
    check_replacement(
        replace(an_actor(), who=act.order.prescriber, place=act.order.place),
        Replacement(act_id=uuid4(), reason=CancelReason.CHANGE_OF_REGIME),
        new,
        now,
        same_patient=True,
        may_prescribe=may_prescribe(act.order.prescriber.profession),
        opposed=False,
        zone=PARIS,
    )
