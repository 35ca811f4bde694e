"""A database restored from a back-up: what it lost, for how long that is made good, and the decision on what is resent. Pure.

What the service acknowledged was decided once, under its signature: it is recorded again as it was acknowledged, whatever
happened since (a card revoked, a session key over, a cancellation that came back first). Only who sends it is judged now.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from ordonum.model.actors import Actor
from ordonum.model.acts import Acknowledgement
from ordonum.model.decisions import refuse_inside
from ordonum.model.identifiers import Moment, Rpps
from ordonum.model.lines import Family
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.state import State, readable

# How long workstations keep what was acknowledged, and so how long a restored service asks them for it (design: 35 days).
KEPT = timedelta(days=35)


class Restoration(Struct, frozen=True, kw_only=True):
    """A back-up was put back at `restored_at`; it holds all that was recorded until `restored_to`, and nothing is sure after."""

    restored_at: Moment
    restored_to: Moment

    def covers(self, recorded_at: datetime) -> bool:
        """Whether what was recorded then may be missing since."""
        return self.restored_to < recorded_at <= self.restored_at


def lost(recorded_at: datetime, restorations: Iterable[Restoration], now: datetime) -> bool:
    """Whether what was recorded then may have been lost by one of these restorations, which is recent enough to be made good."""
    return any(each.covers(recorded_at) and now <= each.restored_at + KEPT for each in restorations)


def told(restorations: Iterable[Restoration], now: datetime) -> Restoration | None:
    """The restoration that clients are told: the last of the last 35 days, back to the earliest moment of them all.

    A workstation that was closed since the one before then sends again what either lost.
    """
    recent = [each for each in restorations if now <= each.restored_at + KEPT]
    if not recent:
        return None
    return Restoration(
        restored_at=max(each.restored_at for each in recent), restored_to=min(each.restored_to for each in recent)
    )


def check_resent(actor: Actor, acknowledged: Acknowledgement, state: State | None, may: frozenset[Family]) -> State:
    """The state of the prescription that the acknowledgement names, on which its act is recorded again. Raises Refused.

    NOT_RESTORED_YET while the prescriber's workstation has not sent the registration again: to be tried later.
    """
    if state is None:
        raise Refused(Refusal.NOT_RESTORED_YET)
    if state.order.act_id != acknowledged.prescription:
        raise Refused(Refusal.ACKNOWLEDGES_ANOTHER)
    if acknowledged.act == "cancel":
        if state.order.prescriber.rpps != actor.rpps:
            raise Refused(Refusal.NOT_YOUR_PRESCRIPTION)
        return state
    refuse_inside(state.order, actor)
    if acknowledged.act == "execute" and not readable(state.order, may, actor.profession):
        raise Refused(Refusal.NOT_YOUR_FAMILY)
    return state


def check_resent_early(
    actor: Actor, acknowledged: Acknowledgement, may: frozenset[Family], *, prescriber: Rpps, names_patient: bool
) -> None:
    """Refuse an act that came before its registration, or return: sent again with its authentic QR code, which names the
    prescriber, and the patient whom the execution names, or not. Raises Refused.

    Its acknowledgement names no prescription: what it says of the patient must be what this code says.
    """
    if acknowledged.act == "cancel":
        if prescriber != actor.rpps:
            raise Refused(Refusal.NOT_YOUR_PRESCRIPTION)
    elif acknowledged.act == "execute":
        if not may:
            raise Refused(Refusal.NOT_YOUR_FAMILY)
        if names_patient is (Refusal.IDENTITY_DIFFERS.code in acknowledged.in_conflict):
            raise Refused(Refusal.ACKNOWLEDGES_ANOTHER)
