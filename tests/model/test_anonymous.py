"""What anonymity closes: no number comes in, and what is over is read by its executants alone (décret 2023-1222)."""

from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest

from factories import (
    DOCTOR,
    NOON,
    PLACE,
    a_beneficiary,
    a_medicine,
    an_actor,
    an_execution,
    boxes,
    delivered,
    executed,
    registered,
)
from ordonum.knowledge.rights import may_execute
from ordonum.model.actors import Profession
from ordonum.model.acts import Given
from ordonum.model.beneficiary import NoIdentity, NoIdentityReason
from ordonum.model.decisions import check_consultation, check_execution
from ordonum.model.facts import Facts
from ordonum.model.identifiers import BirthDate
from ordonum.model.kept import Act, Cancelled, Registered, Replaced
from ordonum.model.outcomes import NotDelivered, Withheld
from ordonum.model.prescription import Identity
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.state import State, state
from ordonum.model.stopping import CancelReason
from ordonum.model.wishes import Anonymity, AnonymityGround
from ordonum.sandbox import people, places

ASKED, DECLINED = (Anonymity(ground=AnonymityGround.IVG, requested=each) for each in (True, False))
RIVAL = an_actor(people.professional(4, "ROUX", "Hugo", Profession.PHARMACIST), places.PHARMACIE_GARE)
ALL, PART = executed(delivered(1, boxes(2))), executed(delivered(1, boxes(1)))
AUTHOR = an_actor(DOCTOR, PLACE)
STOP = Cancelled(act_id=uuid4(), recorded_at=NOON, by=AUTHOR, reason=CancelReason.DEATH)
END = Replaced(act_id=uuid4(), recorded_at=NOON, by=AUTHOR, reason=CancelReason.SHORTAGE, new=uuid4())
NOBODY = a_beneficiary(identity=NoIdentity(NoIdentityReason.ANONYMOUS))
NOT_SHOWN = a_beneficiary(identity=NoIdentity(NoIdentityReason.NOT_SHOWN))


def _order(anonymity: Anonymity | None) -> Registered:
    made = registered(a_medicine(quantity=boxes(2)))
    return msgspec.structs.replace(made, order=msgspec.structs.replace(made.order, anonymity=anonymity))


def _of(*acts: Act) -> State:
    found = state(acts)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("anonymity", "acts", "closed"),
    [
        (ASKED, (), False),
        (ASKED, (PART,), False),
        (ASKED, (ALL,), True),
        (ASKED, (STOP,), True),
        (ASKED, (PART, END), True),
        (ASKED, (executed(delivered(1, boxes(1))), msgspec.structs.replace(PART, act_id=uuid4(), by=RIVAL)), False),
        (DECLINED, (ALL,), False),
        (None, (ALL,), False),
    ],
)
def test_what_is_anonymous_and_over_is_read_by_its_executants_alone(
    anonymity: Anonymity | None, acts: tuple[Act, ...], closed: bool
) -> None:
    found = _of(_order(anonymity), *acts)
    check_consultation(an_actor(), _of(_order(anonymity), ALL), may_execute(RIVAL))  # it executed
    if not closed:
        check_consultation(RIVAL, found, may_execute(RIVAL))
        return
    with pytest.raises(Refused) as raised:
        check_consultation(RIVAL, found, may_execute(RIVAL))
    assert raised.value.refusal is Refusal.ANONYMOUS_CLOSED


@pytest.mark.parametrize("given", [Given.NOW, Given.ALREADY])
@pytest.mark.parametrize(
    ("anonymity", "beneficiary", "refused"),
    [
        (ASKED, a_beneficiary(), True),
        (ASKED, NOT_SHOWN, True),
        (ASKED, NOBODY, False),
        (ASKED, None, False),
        (DECLINED, a_beneficiary(), False),
        (None, a_beneficiary(), False),
    ],
)
def test_no_number_comes_in_where_anonymity_was_asked_for_even_afterwards(
    given: Given, anonymity: Anonymity | None, beneficiary: Any, refused: bool
) -> None:
    done = an_execution(performed_at=NOON, given=given)
    if beneficiary is None:
        done = an_execution(Withheld(line=1, reason=NotDelivered.OUT_OF_STOCK), performed_at=NOON, given=given)
    asked = msgspec.structs.replace(done, beneficiary=beneficiary)
    facts = Facts(
        state=_of(_order(anonymity)),
        actor=an_actor(),
        sealed=Identity("Éloïse", BirthDate("1979-03-14")),
        may_execute=may_execute(an_actor()),
        rules=(),
        now=NOON,
        zone=ZoneInfo("Europe/Paris"),
    )
    if not refused:
        assert check_execution(asked, facts).in_conflict == ()
        return
    with pytest.raises(Refused) as raised:
        check_execution(asked, facts)
    assert raised.value.refusal is Refusal.ANONYMITY_REQUESTED
    assert raised.value.faults[0].at == "$.execution.beneficiary.identity"
