"""Where a prescription stands, by the rules that we ship and the conditions of the medicines at hand."""

from datetime import date
from zoneinfo import ZoneInfo

from ordonum.knowledge.rules import MAKING_DAYS
from ordonum.model.legal import deadlines
from ordonum.model.standing import Standing, standing
from ordonum.model.state import State
from ordonum.server.usecases.context import Context


def stands(context: Context, state: State, zone: ZoneInfo, day: date) -> Standing:
    """Where it stands on this legal day of this zone."""
    contents = context.contents
    dates = deadlines(state, MAKING_DAYS, day, conditions=context.conditions, contents=contents, zone=zone)
    return standing(state, dates, day, zone, contents)
