"""The care team searches among the executed prescriptions of a patient, under a relation that they declare; all is traced."""

import asyncio
import logging
from datetime import datetime

from msgspec import Struct

from ordonum.knowledge.care_team import readable
from ordonum.knowledge.rights import caller_label
from ordonum.knowledge.timezones import zone_of
from ordonum.model import care_team
from ordonum.model.care_team import PAGE, FoundList, FoundPrescription, SearchRequest, found, page_of, shown
from ordonum.model.days import legal_day
from ordonum.model.lines import Family
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.events import Event, log
from ordonum.server.identity.signer import refuse_revoked
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.acts import Question, read_acts
from ordonum.server.store.misses import add_miss, take_turn
from ordonum.server.store.patients import ExecutedRows, newest_executed
from ordonum.server.store.trace import Traced, add_entries
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.history import opened_here
from ordonum.server.usecases.opposed import opposed
from ordonum.server.usecases.patient_index import index_of, traced_under
from ordonum.server.usecases.people import beneficiary_of
from ordonum.server.usecases.standing import stands
from ordonum.server.usecases.tracing import entry

ALERTS = ("searching-professional", "searching-place")


class _Asked(Struct, frozen=True, kw_only=True):
    """A search, its patient's keyed name, what its author reads, and the keyed names under which misses are counted."""

    request: SearchRequest
    patient: bytes
    families: frozenset[Family]
    professional: bytes
    place: bytes


class _Candidate(Struct, frozen=True):
    """A prescription that the searcher may find unless one of these patients, whom it was executed for, is opposed."""

    lookup: bytes
    year: int
    item: FoundPrescription
    patients: frozenset[bytes]


async def search(context: Context, caller: Caller, request: SearchRequest) -> FoundList:
    """What was executed for this patient, newest first, of the families that the searcher reads. The search is traced under
    the patient's keyed name, even if nothing is found, and each prescription shown under its own, before it is answered.

    Raises Refused: a relation of another profession, a number that names nobody, too many searches in vain.
    """
    asked, now = _asked(context, caller, request), context.now()
    await _let_through(context, caller, asked, now)
    there = await _there(context, caller, asked)
    if there:
        await add_entries(context.pool, _traces(context, caller, asked, there[:PAGE], now))
    else:
        await _count(context, caller, asked, now)
    return page_of([each.item for each in there])


def _asked(context: Context, caller: Caller, request: SearchRequest) -> _Asked:
    relation = request.care.relation
    families = readable(caller.actor.who, relation)
    if families is None:
        raise Refused(
            Refusal.RELATION_NOT_YOURS,
            at="$.care.relation",
            relation=relation.label,
            caller=caller_label(caller.actor),
        )
    patient = index_of(context.vault, request.patient)
    if patient is None:
        raise Refused(Refusal.FICTITIOUS_NUMBER)
    return _Asked(
        request=request,
        patient=patient,
        families=families,
        professional=context.vault.blind("search/professional/1", caller.actor.author),
        place=context.vault.blind("search/place/1", caller.actor.place.key),
    )


async def _let_through(context: Context, caller: Caller, asked: _Asked, now: datetime) -> None:
    """Whoever searched in vain too often waits for their turn, whatever this search would find. Raises Refused."""
    stands = await read_acts(
        context.pool,
        Question(
            lookup=asked.patient,  # no act lies under a patient's name: only what stands around is asked
            issuers=caller.issuers,
            serials=caller.serials,
            professional=asked.professional,
            place=asked.place,
            since=now - care_team.WINDOW,
        ),
    )
    if stands.revoked:
        await refuse_revoked(context.pool, caller.certificates)
    if care_team.slowed(stands.misses, stands.misses_here):
        seconds = await take_turn(context.pool, asked.professional, now, care_team.TURN_SECONDS)
        if seconds:
            raise _too_many(seconds)
        caller.turn_taken = True


async def _there(context: Context, caller: Caller, asked: _Asked) -> list[_Candidate]:
    """A page and one more, if there is: prescriptions that are not to be found leave no hole in it, so that nothing tells
    that they exist.
    """
    if await opposed(context, [asked.patient]):
        return []
    request, there = asked.request, list[_Candidate]()
    since = care_team.earliest(request.since) if request.since is not None else None
    cursor = request.after
    before = (cursor.registered_at, cursor.register_act_id) if cursor is not None else None
    while len(there) <= PAGE:
        rows = await newest_executed(context.pool, asked.patient, before=before, since=since, limit=PAGE + 1)
        candidates = await asyncio.to_thread(_candidates, context, caller, asked, rows)
        closed = await opposed(context, {name for each in candidates for name in each.patients} - {asked.patient})
        there += [each for each in candidates if not each.patients & closed]
        if len(rows) <= PAGE:
            break
        first = rows[-1].rows[0]
        before = (first.recorded_at, first.act_id)
    return there


def _candidates(context: Context, caller: Caller, asked: _Asked, rows: tuple[ExecutedRows, ...]) -> list[_Candidate]:
    kept = (_candidate(context, caller, asked, each) for each in rows)
    return [each for each in kept if each is not None]


def _candidate(context: Context, caller: Caller, asked: _Asked, row: ExecutedRows) -> _Candidate | None:
    """The prescription, if the searcher reads it and an execution that stands names this very patient."""
    history, request = opened_here(context, row.lookup, row.rows), asked.request
    state = history.state
    if state is None or not shown(state, asked.families, caller.actor.profession, request.since):
        return None
    people = [each for made in state.executions if (each := beneficiary_of(context, history, made.act_id)) is not None]
    named = [(index_of(context.vault, each), each) for each in people]
    if not any(index == asked.patient and request.patient.is_named_by(each) for index, each in named):
        return None
    patients = frozenset(index for index, _ in named if index is not None)
    zone = zone_of(caller.actor.place)
    there = stands(context, state, zone, legal_day(context.now(), zone))
    return _Candidate(row.lookup, history.year(0), found(state, there), patients)


def _traces(context: Context, caller: Caller, asked: _Asked, page: list[_Candidate], now: datetime) -> list[Traced]:
    """The search under the patient's name of the year, then each prescription shown."""
    name = traced_under(context.vault, asked.patient, now.year)
    wanted = [("seek", name, now.year), *(("search", each.lookup, each.year) for each in page)]
    return [
        Traced(
            lookup=lookup,
            row=entry(
                context,
                lookup,
                action=action,
                actor=caller.actor,
                at=now,
                year=year,
                outcome="done",
                purpose=asked.request.care,
            ),
        )
        for action, lookup, year in wanted
    ]


async def _count(context: Context, caller: Caller, asked: _Asked, now: datetime) -> None:
    """Trace and count, in one statement, a search that finds nothing, for whatever reason. Raises Refused."""
    (traced,) = _traces(context, caller, asked, [], now)
    missed = await add_miss(
        context.pool,
        traced.lookup,
        traced.row,
        professional=asked.professional,
        place=asked.place,
        since=now - care_team.WINDOW,
        limits=care_team.LIMITS,
        kinds=ALERTS,
    )
    if missed.alerts:
        log(Event.SEARCHING, logging.WARNING, alerts=missed.alerts)
    if not caller.turn_taken and care_team.one_too_many(missed.misses, missed.misses_here):
        raise _too_many(care_team.TURN_SECONDS)


def _too_many(seconds: int) -> Refused:
    return Refused(Refusal.TOO_MANY_SEARCHES, seconds=seconds, every=care_team.TURN_SECONDS)
