"""Where a prescription stands, by the rules and the medicines' conditions that we ship."""

from datetime import date
from zoneinfo import ZoneInfo

from ordonum.knowledge.conditions import CONDITIONS
from ordonum.knowledge.rules import MAKING_DAYS
from ordonum.model.legal import deadlines
from ordonum.model.standing import Standing, standing
from ordonum.model.state import State


def stands(state: State, zone: ZoneInfo, day: date) -> Standing:
    """Where it stands on this legal day of this zone."""
    return standing(state, deadlines(state, MAKING_DAYS, day, conditions=CONDITIONS, zone=zone), day, zone)
