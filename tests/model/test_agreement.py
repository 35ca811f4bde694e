"""What the prescriber has to agree to, when, and what is said where nothing says that they did (CSP L.5125-23)."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from factories import NOON, a_medicine, an_actor, an_execution, boxes, delivered, registered
from ordonum.knowledge.rights import may_execute
from ordonum.model.acts import Given
from ordonum.model.decisions import check_execution
from ordonum.model.facts import Facts
from ordonum.model.identifiers import BirthDate
from ordonum.model.outcomes import (
    Agreement,
    AgreementMeans,
    Intervention,
    InterventionKind,
    InterventionReason,
    InterventionSubReason,
    SubstitutionKind,
)
from ordonum.model.prescription import Identity
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.state import state

ORDER = registered(a_medicine(quantity=boxes(3)))
DAY = NOON.date()
FOUND = state([ORDER])
assert FOUND is not None
FACTS = Facts(
    state=FOUND,
    actor=an_actor(),
    sealed=Identity("Éloïse", BirthDate("1979-03-14")),
    may_execute=may_execute(an_actor()),
    rules=(),
    now=NOON,
    zone=ZoneInfo("Europe/Paris"),
)


def _modified(reason: InterventionReason, **more: Any) -> Intervention:
    return Intervention(kind=InterventionKind.MODIFIED, reason=reason, **more)


def _said(given: Given, *, on: date | None = None, agreed: bool = False, **changes: Any) -> tuple[str, ...] | Refused:
    if agreed:
        before = changes.get("intervention") or Intervention(kind=InterventionKind.AS_PRESCRIBED)
        changes["intervention"] = msgspec.structs.replace(before, agreement=Agreement(AgreementMeans.PHONE, on))
    line = msgspec.structs.replace(delivered(1, boxes(1)), **changes)
    try:
        return check_execution(an_execution(line, performed_at=NOON, given=given), FACTS).in_conflict
    except Refused as refused:
        return refused


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"substitution": SubstitutionKind.AGREED}, True),
        ({"substitution": SubstitutionKind.GENERIC}, False),
        ({"substitution": SubstitutionKind.EMERGENCY}, False),
        ({"intervention": _modified(InterventionReason.DOSAGE)}, True),
        (
            {"intervention": _modified(InterventionReason.DOSAGE), "substitution": SubstitutionKind.GENERIC},
            False,
        ),
        (
            {
                "intervention": _modified(
                    InterventionReason.DOSAGE, sub_reason=InterventionSubReason.PROTOCOL, detail="protocole"
                )
            },
            False,
        ),
        ({"intervention": Intervention(kind=InterventionKind.AS_PRESCRIBED)}, False),
        ({}, False),
    ],
)
def test_what_goes_beyond_the_right_to_substitute_wants_the_prescribers_agreement(
    changes: dict[str, Any], wanted: bool
) -> None:
    assert _said(Given.ALREADY, **changes) == (("agreement-wanted",) if wanted else ())
    asked = _said(Given.NOW, **changes)
    if wanted:
        assert isinstance(asked, Refused)
        assert (asked.refusal, asked.faults[0].at) == (
            Refusal.AGREEMENT_WANTED,
            "$.execution.lines[0].intervention.agreement",
        )
    else:
        assert asked == ()
    assert _said(Given.NOW, agreed=True, **changes) == ()


@pytest.mark.parametrize("given", [Given.NOW, Given.ALREADY])
def test_an_agreement_comes_before_the_act_or_on_its_day(given: Given) -> None:
    for days, refused in ((-3, False), (0, False), (1, True)):
        told = _said(given, agreed=True, on=DAY + timedelta(days=days))
        if not refused:
            assert told == ()
            continue
        assert isinstance(told, Refused)
        assert (told.refusal, told.faults[0].at) == (
            Refusal.AGREEMENT_AFTER_ACT,
            "$.execution.lines[0].intervention.agreement.on",
        )
