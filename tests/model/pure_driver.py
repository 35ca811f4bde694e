"""The model alone, in memory: acts in a list, decisions of `ordonum.model`, in the order in which the use cases take them."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from gestures import Ask, Order, Person, Said, Seen
from translate import actors, execution, invoice, order, shown

from factories import NOON, stood
from ordonum.knowledge import rights
from ordonum.knowledge.rules import RULES
from ordonum.model import decisions, executant_acts, justification, prescriber_acts, registration, views
from ordonum.model import state as states
from ordonum.model.actors import Actor, Professional
from ordonum.model.facts import Facts, RegisterFacts
from ordonum.model.identifiers import BirthDate, Rpps
from ordonum.model.kept import Act, Cancelled, Executed, Invoiced, Registered
from ordonum.model.lines import Family
from ordonum.model.prescription import Identity
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.wire import native

PARIS = ZoneInfo("Europe/Paris")
SEALED = Identity("Éloïse", BirthDate("1979-03-14"))


class Sheet(NamedTuple):
    """A number: what may be registered under it, what was recorded, what each act was answered with."""

    orders: tuple[Order, ...]
    acts: list[Act]
    answers: dict[object, tuple[Ask, Said]]


class PureDriver:
    """No service, no database: values."""

    longest_wait_days = 400

    def __init__(self) -> None:
        self.people = actors()
        self.may = {name: rights.may_execute(actor) for name, actor in self.people.items()}

    def begin(self) -> None:
        self.clock, self.drawn = NOON, 0

    def draw_id(self) -> UUID:
        self.drawn += 1
        return UUID(int=self.drawn, version=4)

    def now(self) -> datetime:
        return self.clock

    def wait(self, days: int) -> None:
        self.clock += timedelta(days=days)

    def sheet(self, orders: tuple[Order, ...]) -> Sheet:
        return Sheet(orders, [], {})

    def seen(self, sheet: Sheet, by: Person) -> Seen | None:
        return self._seen(states.state(sheet.acts), by)

    def rebuilt(self, sheet: Sheet, by: Person) -> Seen | None:
        stored = [native.read_own(native.write(act), type(act)) for act in sheet.acts]
        return self._seen(states.state(stored), by)

    def play(self, sheet: Sheet, ask: Ask) -> Said:
        self.clock += timedelta(seconds=1)
        actor = self.people[ask.who]
        if (first := sheet.answers.get(ask.id)) is not None:
            known = next(act for act in sheet.acts if act.act_id == ask.id)
            mine = (
                actor.rpps == _signer(known)
                if isinstance(known, Registered)
                else executant_acts.same_author(actor, known.by)
            )
            same = mine and first[0].what == ask.what
            return Said("again" if same else "exists-different", raw=first[1] if same else None)
        try:
            act, said = getattr(self, "_" + ask.op.replace("-", "_"))(sheet, ask, actor, states.state(sheet.acts))
        except Refused as refused:
            return Said(refused.refusal.code)
        if act is not None:
            sheet.acts.append(act)
            sheet.answers[ask.id] = (ask, said)
        return Said(said.code, said.conflicts, said.seen, said, said.justified)

    def _register(self, sheet: Sheet, ask: Ask, actor: Actor, found: states.State | None) -> tuple[Act | None, Said]:
        assert ask.order is not None
        by = self.people[ask.order.doctor]
        assert isinstance(by.who, Professional)
        signed = order(ask.order, by.who, by.place)
        facts = RegisterFacts(
            actor=actor,
            signer=by.who,
            may_prescribe=rights.may_prescribe(by.who.profession),
            commitment_opens=True,
            taken=found is not None,
            now=self.clock,
            zone=PARIS,
        )
        registration.check_registration(signed, facts)
        return Registered(ask.id, self.clock, signed), Said("recorded")

    def _consult(self, sheet: Sheet, ask: Ask, actor: Actor, found: states.State | None) -> tuple[Act | None, Said]:
        if found is None:
            raise self._unknown(sheet, ask)
        decisions.check_consultation(actor, found, self.may[ask.who])
        return None, Said("answered", seen=self._seen(found, ask.who))

    def _read_back(self, sheet: Sheet, ask: Ask, actor: Actor, found: states.State | None) -> tuple[Act | None, Said]:
        if found is None:
            raise Refused(Refusal.NOT_REGISTERED)
        prescriber_acts.check_read_back(actor, found)
        return None, Said("answered", seen=self._seen(found, ask.who))

    def _execute(self, sheet: Sheet, ask: Ask, actor: Actor, found: states.State | None) -> tuple[Act | None, Said]:
        asked, code, may = execution(ask, sheet.orders[0].lines), None, self.may[ask.who]
        if found is None:
            if ask.code is None or not ask.already:
                raise self._unknown(sheet, ask)
            decisions.check_early(asked, may, now=self.clock, zone=PARIS)
            stopped = self._cancelled(sheet, ask.code) is not None and ask.hands_over
            conflicts = ("cancelled",) * stopped + ("identity-differs",) * (ask.patient == "other")
            code = self._rpps(ask.code)
        else:
            facts = Facts(
                state=found, actor=actor, sealed=SEALED, may_execute=may, rules=RULES, now=self.clock, zone=PARIS
            )
            conflicts = decisions.check_execution(asked, facts).in_conflict
        kept = Executed(
            act_id=ask.id,
            recorded_at=self.clock,
            by=actor,
            given=asked.given,
            performed_at=asked.performed_at,
            lines=asked.lines,
            seen_on_paper=asked.seen_on_paper,
            in_conflict=conflicts,
            early=code is not None,
            may=_ordered(may) if code else (),
            code_of=code,
        )
        justification.justified_by(kept, sheet.acts)
        return kept, Said("recorded", frozenset(conflicts))

    def _cancel(self, sheet: Sheet, ask: Ask, actor: Actor, found: states.State | None) -> tuple[Act | None, Said]:
        if found is not None:
            asked = Cancellation(act_id=ask.id, reason=CancelReason.PRESCRIBING_ERROR)
            may, opposed = rights.may_prescribe(actor.profession), found.order.opposed
            prescriber_acts.check_cancellation(actor, asked, found, may_prescribe=may, opposed=opposed, zone=PARIS)
        elif ask.code is None:
            raise Refused(Refusal.NOT_REGISTERED)
        elif self._rpps(ask.code) != actor.rpps:
            raise Refused(Refusal.NOT_YOUR_PRESCRIPTION)
        elif self._cancelled(sheet, ask.code) is not None:
            raise Refused(Refusal.ALREADY_CANCELLED)
        early, why = found is None, CancelReason.PRESCRIBING_ERROR
        return Cancelled(act_id=ask.id, recorded_at=self.clock, by=actor, reason=why, early=early), Said("recorded")

    def _invoice(self, sheet: Sheet, ask: Ask, actor: Actor, found: states.State | None) -> tuple[Act | None, Said]:
        code = self._rpps(ask.code) if found is None and ask.code is not None else None
        if found is None and code is None:
            raise self._unknown(sheet, ask)
        if found is not None and not states.readable(found.order, self.may[ask.who], actor.profession):
            raise Refused(Refusal.NOT_YOUR_FAMILY)
        asked, early = invoice(ask), code is not None
        may = _ordered(self.may[ask.who]) if early else ()
        kept = Invoiced(
            act_id=ask.id, recorded_at=self.clock, by=actor, invoice=asked, early=early, may=may, code_of=code
        )
        told = justification.justify(asked, actor, found)
        return kept, Said("recorded", justified=tuple(each.position for each in told if not each.scan_needed))

    def _unknown(self, sheet: Sheet, ask: Ask) -> Refused:
        if ask.code is None:
            return Refused(Refusal.UNKNOWN_NUMBER)
        stopped = self._cancelled(sheet, ask.code)
        return Refused(Refusal.CANCELLED if stopped is not None else Refusal.NOT_YET_REGISTERED)

    def _cancelled(self, sheet: Sheet, doctor: Person) -> Cancelled | None:
        found = (act for act in sheet.acts if isinstance(act, Cancelled) and act.by.rpps == self._rpps(doctor))
        return next(found, None)

    def _rpps(self, doctor: Person) -> Rpps:
        found = self.people[doctor].rpps
        assert found is not None
        return found

    def _seen(self, found: states.State | None, by: Person) -> Seen | None:
        if found is None:
            return None
        view = views.for_prescriber(found, stood(found, self.clock.date()))
        return shown(view.status, view.remainders, view.executions)


def _signer(registered: Registered) -> Rpps:
    return registered.order.prescriber.rpps


def _ordered(may: frozenset[Family]) -> tuple[Family, ...]:
    return tuple(sorted(may, key=lambda each: each.value))
