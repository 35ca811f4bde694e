"""The insurer's office reads, for a patient, who did what on their data and when; the reading itself is traced, and told the
next time."""

import asyncio
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from ordonum.knowledge.rights import check_purpose
from ordonum.model.acts import ByNumber
from ordonum.model.office import TRACES_MAX, TraceEntry, Traces, TracesRequest
from ordonum.model.prescription import SignedOrder
from ordonum.server.identity.signer import refuse_revoked
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.oppositions import oppositions_of
from ordonum.server.store.patients import BodyRow, executed_for, registrations_of
from ordonum.server.store.trace import Traced, add_entries, entries_of
from ordonum.server.usecases.asking import Brought, look_up
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.history import known
from ordonum.server.usecases.opposing import patient_of
from ordonum.server.usecases.patient_index import traced_under
from ordonum.server.usecases.tracing import Leaf, Personal, entry
from ordonum.server.vault.vault import Purpose
from ordonum.texts import french
from ordonum.texts import traces as words
from ordonum.texts.consent import ONLY_THE_PRESCRIBERS_WORD
from ordonum.wire import jws, native

YEARS = 5  # what is older is kept no longer (CSP R.4071-1)
THE_FIRST = f"Seules {TRACES_MAX} ordonnances sont relues à la fois"


class _About(Struct, frozen=True):
    """What is read: of the patient if they were named, year by year, the newest last; of the prescriptions, each with its
    order and the year of its keys.
    """

    years: tuple[bytes, ...]
    orders: dict[bytes, tuple[SignedOrder, int]]


async def traces(context: Context, caller: Caller, request: TracesRequest) -> Traces:
    """The entries of the trace, each as a sentence. Raises Refused."""
    check_purpose(caller.actor.who, request.purpose)
    about, since, cut = await _about(context, caller, request)
    found = await entries_of(context.pool, [*about.years, *about.orders])
    told = await asyncio.to_thread(_told, context, about, found)
    now = context.now()
    seen = [
        Traced(
            lookup=lookup,
            row=entry(
                context,
                lookup,
                action="traces",
                actor=caller.actor,
                at=now,
                year=about.orders[lookup][1] if lookup in about.orders else now.year,
                outcome="done",
                purpose=request.purpose,
            ),
        )
        for lookup in [*about.years[-1:], *about.orders]
    ]
    await add_entries(context.pool, seen)
    notices = (*((ONLY_THE_PRESCRIBERS_WORD,) if about.years else ()), *((THE_FIRST,) if cut else ()))
    return Traces(entries=told, opposed_since=since, notices=notices)


async def _about(context: Context, caller: Caller, request: TracesRequest) -> tuple[_About, datetime | None, bool]:
    """What is read, since when an opposition stands if the patient was named, and whether there is more."""
    named = request.about
    if isinstance(named, ByNumber):
        lookup = context.vault.lookup(named.number)
        history = await look_up(context, caller, lookup, Brought(named.number, request.qr))
        return _About((), {lookup: (known(history).order, history.year(0))}), None, False
    await refuse_revoked(context.pool, caller.certificates)
    patient = patient_of(context, named.patient)
    rows = await oppositions_of(context.pool, patient)
    lookups = await executed_for(context.pool, patient, TRACES_MAX + 1)
    bodies = await registrations_of(context.pool, lookups[:TRACES_MAX])
    orders = await asyncio.to_thread(lambda: dict(_orders(context, bodies)))
    since = rows[-1].recorded_at if len(rows) % 2 else None
    now = context.now().year
    years = tuple(traced_under(context.vault, patient, year) for year in range(now - YEARS, now + 1))
    return _About(years, orders), since, len(lookups) > TRACES_MAX


def _orders(context: Context, bodies: tuple[BodyRow, ...]) -> Iterator[tuple[bytes, tuple[SignedOrder, int]]]:
    """The prescriptions, but those under anonymity: a number that came before the registration said so tells nobody of them."""
    for each in bodies:
        order = _order(context, each)
        if order.anonymity is None or not order.anonymity.requested:
            yield each.lookup, (order, each.year)


def _order(context: Context, row: BodyRow) -> SignedOrder:
    body = context.vault.decrypt(Purpose.BODY, row.year, row.lookup, row.act_id, row.body)
    return native.reread(jws.payload_of(body.decode()), SignedOrder)


def _told(context: Context, about: _About, found: tuple[Traced, ...]) -> tuple[TraceEntry, ...]:
    """The entries as the patient reads them; one reading of all their prescriptions is told once."""
    whole = {each.row.recorded_at for each in found if each.lookup in about.years}
    leaves = ((each, native.reread(each.row.leaf, Leaf)) for each in found)
    return tuple(
        _entry(context, about, each, leaf)
        for each, leaf in leaves
        if each.lookup in about.years or leaf.action != "traces" or each.row.recorded_at not in whole
    )


def _entry(context: Context, about: _About, each: Traced, leaf: Leaf) -> TraceEntry:
    row = each.row
    actor, care = None, None
    if row.personal and context.vault.has_year(str(row.year)):
        plain = context.vault.decrypt(Purpose.AUDIT, row.year, each.lookup, row.entry_id, row.personal)
        personal = native.reread(plain, Personal)
        actor, care = personal.actor, personal.care
    order = about.orders[each.lookup][0] if each.lookup in about.orders else None
    what = words.WHOLE if order is None else words.prescription(french.day(order.written_on), order.family)
    place = actor.place.name if actor is not None else None
    return TraceEntry(
        at=row.recorded_at,
        sentence=words.sentence(leaf.action, leaf.outcome, place, what, leaf.origin, care),
        who=words.who(actor) if actor is not None else None,
        place=place,
        written_on=order.written_on if order is not None else None,
        family=order.family if order is not None else None,
        refused=None if leaf.outcome == "done" else leaf.outcome,
    )
