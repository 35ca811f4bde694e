"""What the same patient's other prescriptions of stupéfiants cover, for the rule against overlaps (CSP R.5132-33).

Looked for only where a line may not overlap, by the keyed name of the patient; nothing is told but the period.
"""

from datetime import timedelta

from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Actor
from ordonum.model.acts import Execution
from ordonum.model.case import Covered
from ordonum.model.conditions import Table, Trait, known_of
from ordonum.model.course import Contents, no_contents, with_duration
from ordonum.model.days import legal_day
from ordonum.model.outcomes import Delivered
from ordonum.model.products import MedicineLine
from ordonum.model.state import State
from ordonum.model.supply import covered_until, supplies
from ordonum.server.store.patients import executed_for
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.history import read_history
from ordonum.server.usecases.patient_index import index_of

LOOKED_AT_MAX = 50  # prescriptions of one patient, whichever: what is beyond is not looked for
NOT_TWICE = frozenset({Trait.NARCOTIC, Trait.NO_OVERLAP})


async def covering(
    context: Context, actor: Actor, execution: Execution, state: State, own: bytes
) -> tuple[Covered, ...]:
    """The periods that other prescriptions of this prescriber, executed in this place for this patient, cover. `own` is the
    look-up key of the prescription at hand, which does not overlap itself.
    """
    if execution.beneficiary is None or not _may_not_overlap(execution, state, context.conditions):
        return ()
    patient = index_of(context.vault, execution.beneficiary)
    if patient is None:
        return ()
    found: list[Covered] = []
    for lookup in await executed_for(context.pool, patient, LOOKED_AT_MAX):
        other = (await read_history(context, lookup)).state if lookup != own else None
        if other is not None and other.order.prescriber.rpps == state.order.prescriber.rpps:
            found += covered_by(other, actor, context.conditions, context.contents)
    return tuple(found)


def _may_not_overlap(execution: Execution, state: State, table: Table) -> bool:
    day = execution.performed_at.date()
    lines = {each.line for each in execution.lines if isinstance(each, Delivered)}
    return any(line.rank in lines and known_of(line, table, day).traits & NOT_TWICE for line in state.order.lines)


def covered_by(state: State, actor: Actor, table: Table, contents: Contents = no_contents) -> list[Covered]:
    """What the deliveries of this place on a prescription cover, substance by substance."""
    zone = zone_of(actor.place)
    here = [each for each in state.executions if each.by.place.key == actor.place.key]
    if not here:
        return []
    given, found = supplies(state, zone, contents), []
    first = min(legal_day(each.performed_at, zone) for each in here)
    for line in (with_duration(each, contents, state.order.written_on) for each in state.order.lines):
        end = covered_until(given.get(line.rank, ()), line)
        if not isinstance(line, MedicineLine) or end is None:
            continue
        known = known_of(line, table, first)
        if not known.traits & NOT_TWICE:
            continue
        found += [
            Covered(
                prescriber=state.order.prescriber.rpps,
                executant=actor.place.key,
                substance=each,
                first=first,
                last=end - timedelta(days=1),
            )
            for each in sorted(known.substances)
        ]
    return found
