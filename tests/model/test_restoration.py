"""What a restoration lost, for how long it is made good, and who may give an act back."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from factories import DOCTOR, NOON, PHARMACIST, PHARMACY, PLACE, an_actor, registered
from ordonum.model.acts import Acknowledgement
from ordonum.model.identifiers import CommitmentHex
from ordonum.model.lines import Family
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.restoration import KEPT, Restoration, check_resent, check_resent_early, lost, told
from ordonum.model.state import State, state

HOUR = timedelta(hours=1)
FIRST = Restoration(restored_at=NOON, restored_to=NOON - 5 * HOUR)
SECOND = Restoration(restored_at=NOON + 48 * HOUR, restored_to=NOON + 40 * HOUR)


def test_what_was_recorded_between_the_backup_and_the_restoration_may_be_lost() -> None:
    assert not lost(FIRST.restored_to, [FIRST], NOON)
    assert lost(FIRST.restored_to + timedelta(microseconds=1), [FIRST], NOON)
    assert lost(FIRST.restored_at, [FIRST], NOON)
    assert not lost(FIRST.restored_at + timedelta(microseconds=1), [FIRST], NOON + HOUR)
    assert not lost(NOON + 10 * HOUR, [FIRST, SECOND], NOON + 50 * HOUR)
    assert not lost(NOON, [], NOON)


def test_it_is_made_good_for_thirty_five_days() -> None:
    assert lost(NOON, [FIRST], FIRST.restored_at + KEPT)
    assert not lost(NOON, [FIRST], FIRST.restored_at + KEPT + timedelta(seconds=1))


def test_clients_are_told_the_last_restoration_back_to_the_earliest_moment() -> None:
    assert told([], NOON) is None
    assert told([FIRST], NOON) == FIRST
    both = Restoration(restored_at=SECOND.restored_at, restored_to=FIRST.restored_to)
    assert told([FIRST, SECOND], NOON + 50 * HOUR) == both
    assert told([FIRST, SECOND], FIRST.restored_at + KEPT + HOUR) == SECOND
    assert told([FIRST, SECOND], SECOND.restored_at + KEPT + HOUR) is None


def _ack(act: str, prescription: UUID) -> Acknowledgement:
    zero = CommitmentHex("0" * 64)
    return Acknowledgement(v=1, act=act, act_id=uuid4(), prescription=prescription, recorded_at=NOON, content=zero)  # type: ignore[arg-type]  # one of its kinds


def _state() -> State:
    found = state([registered()])
    assert found is not None
    return found


MEDICINES = frozenset({Family.HEALTH_PRODUCTS})


def test_an_act_is_taken_back_from_who_may_do_it_on_the_prescription_that_it_names() -> None:
    there = _state()
    pharmacist, doctor = an_actor(PHARMACIST, PHARMACY), an_actor(DOCTOR, PLACE)
    for act in ("execute", "invoice"):
        assert check_resent(pharmacist, _ack(act, there.order.act_id), there, MEDICINES) is there
    assert check_resent(doctor, _ack("cancel", there.order.act_id), there, frozenset()) is there


@pytest.mark.parametrize(
    ("act", "may", "other", "refusal"),
    [
        ("execute", MEDICINES, True, Refusal.ACKNOWLEDGES_ANOTHER),
        ("execute", frozenset({Family.NURSING}), False, Refusal.NOT_YOUR_FAMILY),
        ("cancel", MEDICINES, False, Refusal.NOT_YOUR_PRESCRIPTION),
        ("cancel", MEDICINES, True, Refusal.ACKNOWLEDGES_ANOTHER),
    ],
)
def test_it_is_refused_from_others_and_on_others(
    act: str, may: frozenset[Family], other: bool, refusal: Refusal
) -> None:
    there = _state()
    named = uuid4() if other else there.order.act_id
    with pytest.raises(Refused) as told_why:
        check_resent(an_actor(), _ack(act, named), there, may)
    assert told_why.value.refusal is refusal


def _early(act: str, *conflicts: str) -> Acknowledgement:
    act_id, zero = uuid4(), CommitmentHex("0" * 64)
    return Acknowledgement(
        v=1, act=act, act_id=act_id, prescription=act_id, recorded_at=NOON, content=zero, early=True, in_conflict=conflicts  # type: ignore[arg-type]  # one of its kinds
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ack", "may", "names_patient", "refusal"),
    [
        (_early("execute"), MEDICINES, True, None),
        (_early("execute", "identity-differs"), MEDICINES, False, None),
        (_early("invoice"), frozenset(), True, None),
        (_early("execute"), MEDICINES, False, Refusal.ACKNOWLEDGES_ANOTHER),
        (_early("execute", "identity-differs"), MEDICINES, True, Refusal.ACKNOWLEDGES_ANOTHER),
        (_early("execute"), frozenset(), True, Refusal.NOT_YOUR_FAMILY),
        (_early("cancel"), MEDICINES, True, Refusal.NOT_YOUR_PRESCRIPTION),
    ],
)
def test_what_came_early_is_taken_back_with_the_code_it_came_with(
    ack: Acknowledgement, may: frozenset[Family], names_patient: bool, refusal: Refusal | None
) -> None:
    def check() -> None:
        check_resent_early(an_actor(), ack, may, prescriber=DOCTOR.rpps, names_patient=names_patient)

    if refusal is None:
        check()
        return
    with pytest.raises(Refused) as told_why:
        check()
    assert told_why.value.refusal is refusal


def test_a_cancellation_that_came_early_is_its_prescribers() -> None:
    doctor = an_actor(DOCTOR, PLACE)
    check_resent_early(doctor, _early("cancel"), frozenset(), prescriber=DOCTOR.rpps, names_patient=True)


def test_it_waits_for_the_registration_to_come_back() -> None:
    with pytest.raises(Refused) as told_why:
        check_resent(an_actor(), _ack("execute", uuid4()), None, MEDICINES)
    assert told_why.value.refusal is Refusal.NOT_RESTORED_YET
    assert told_why.value.refusal.value.retry.value == "later"
