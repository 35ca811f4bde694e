"""The model alone, in memory: acts in a list, decisions of `ordonum.model`, in the order in which the use cases take them."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from gestures import Ask, Kept, Order, Person, Said, Seen
from translate import (
    actors,
    arrived,
    cancellation,
    execution,
    invoice,
    order,
    replacement,
    shown,
    suspicion,
    withdrawal,
)

from factories import NOON, stood
from ordonum.knowledge import rights
from ordonum.knowledge.rules import RULES
from ordonum.model import decisions, executant_acts, justification, kept, prescriber_acts, registration, views
from ordonum.model import state as states
from ordonum.model.actors import Actor, Professional
from ordonum.model.facts import Facts, RegisterFacts
from ordonum.model.identifiers import BirthDate, Rpps
from ordonum.model.kept import Act, Cancelled, Executed, Invoiced, Registered
from ordonum.model.lines import Family
from ordonum.model.prescription import Identity
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.stopping import CancelOutcome
from ordonum.wire import native

PARIS = ZoneInfo("Europe/Paris")
SEALED = Identity("Éloïse", BirthDate("1979-03-14"))
COMMUTE = (kept.Withdrawn, kept.Reported, kept.Copied, kept.Invoiced)


class Sheet(NamedTuple):
    """A number: what may be registered under it, what was recorded, what each act was answered with."""

    orders: tuple[Order, ...]
    acts: list[Act]
    answers: dict[object, tuple[Ask, Said]]


class PureDriver:
    """No service, no database: values."""

    longest_wait = timedelta(days=400)

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

    def wait(self, span: timedelta) -> None:
        self.clock += span

    def sheet(self, orders: tuple[Order, ...]) -> Sheet:
        return Sheet(orders, [], {})

    def seen(self, sheet: Sheet, by: Person) -> Seen | None:
        return self._seen(states.state(sheet.acts), by)

    def kept(self, sheet: Sheet) -> Kept:
        return Kept(len(sheet.acts), None)

    def rebuilt(self, sheet: Sheet, by: Person) -> Seen | None:
        """Read back from what is written, and what took something back only at the end: it commutes with all the rest."""
        stored = [native.read_own(native.write(act), type(act)) for act in sheet.acts]
        return self._seen(states.state(sorted(stored, key=lambda act: isinstance(act, COMMUTE))), by)

    def play(self, sheet: Sheet, ask: Ask) -> Said:
        self.clock += timedelta(seconds=1)
        actor, into = self.people[ask.who], sheet if ask.into is None else ask.into
        order_id = ask.id if ask.order is None else ask.order.id
        firsts = [sheet.answers.get(ask.id), into.answers.get(order_id)]
        if any(firsts):
            known = [act for acts in (sheet.acts, into.acts) for act in acts if act.act_id in (ask.id, order_id)]
            mine = all(_is_of(act, actor) for act in known)
            first = firsts[0] if mine and all(each and each[0].order == ask.order for each in firsts) else None
            again = first is not None and first[0].what == ask.what
            return Said("again", raw=first[1]) if first and again else Said("exists-different")
        try:
            act, said = getattr(self, "_" + ask.op.replace("-", "_"))(sheet, ask, actor, states.state(sheet.acts))
        except Refused as refused:
            return Said(refused.refusal.code)
        if act is not None:
            sheet.acts.append(act)
            sheet.answers[ask.id] = (ask, said)
        answer: Said = said._replace(raw=said)
        return answer

    def _register(self, sheet: Sheet, ask: Ask, actor: Actor, found: states.State | None) -> tuple[Act | None, Said]:
        assert ask.order is not None
        if ask.order.replaces is not None and ask.op == "register":
            raise Refused(Refusal.REPLACES_ALONE)
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
        return Registered(ask.order.id, self.clock, signed), Said("recorded")

    def _replace(self, sheet: Sheet, ask: Ask, actor: Actor, found: states.State | None) -> tuple[Act | None, Said]:
        if found is None:
            raise Refused(Refusal.NOT_REGISTERED)
        assert ask.order is not None
        new, _ = self._register(ask.into, ask, actor, states.state(ask.into.acts))
        assert isinstance(new, Registered)
        asked = replacement(ask)
        done = prescriber_acts.check_replacement(
            actor,
            asked,
            new.order,
            found,
            same_patient=not ask.order.other_patient,
            may_prescribe=rights.may_prescribe(actor.profession),
            opposed=found.order.opposed,
            zone=PARIS,
        )
        ask.into.acts.append(new)
        ask.into.answers[new.act_id] = (Ask("register", new.act_id, ask.who, order=ask.order), Said("recorded"))
        made = kept.Replaced(act_id=ask.id, recorded_at=self.clock, by=actor, reason=asked.reason, new=new.act_id)
        return made, Said("recorded", outcome=done.value)

    def _withdraw(self, sheet: Sheet, ask: Ask, actor: Actor, found: states.State | None) -> tuple[Act | None, Said]:
        if found is None:
            raise self._unknown(sheet, ask)
        asked = withdrawal(ask)
        executant_acts.check_withdrawal(actor, asked, found, states.joined(sheet.acts, found.order))
        made = kept.Withdrawn(
            act_id=ask.id,
            recorded_at=self.clock,
            by=actor,
            execution=asked.execution,
            reason=asked.reason,
            lines=asked.lines,
        )
        justification.changed_by(made, sheet.acts)
        return made, Said("recorded")

    def _report(self, sheet: Sheet, ask: Ask, actor: Actor, found: states.State | None) -> tuple[Act | None, Said]:
        if found is not None and found.order.family not in self.may[ask.who]:
            raise Refused(Refusal.NOT_YOUR_FAMILY)
        asked, early = suspicion(ask), found is None
        made = kept.Reported(act_id=ask.id, recorded_at=self.clock, by=actor, suspicion=asked.kind, early=early)
        return made, Said("recorded")

    def _copy(self, sheet: Sheet, ask: Ask, actor: Actor, found: states.State | None) -> tuple[Act | None, Said]:
        if found is None:
            raise Refused(Refusal.NOT_REGISTERED)
        asked = arrived(ask)
        prescriber_acts.check_copy(actor, asked, found, now=self.clock)
        at = asked.acknowledged_at
        made = kept.Copied(act_id=ask.id, recorded_at=self.clock, by=actor, channel=asked.channel, acknowledged_at=at)
        return made, Said("recorded")

    def _recorded(self, sheet: Sheet, ask: Ask, actor: Actor, found: states.State | None) -> tuple[Act | None, Said]:
        if not sheet.acts:
            raise Refused(Refusal.NOT_REGISTERED)
        if not any(act.act_id == ask.target and _is_of(act, actor) for act in sheet.acts):
            raise Refused(Refusal.NOT_RECORDED)
        return None, Said("answered")

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
            if asked.corrects is not None:
                raise Refused(Refusal.UNKNOWN_EXECUTION)
            if ask.code is None or not ask.already:
                raise self._unknown(sheet, ask)
            decisions.check_early(asked, may, now=self.clock, zone=PARIS)
            stopped = self._cancelled(sheet, ask.code) is not None and ask.hands_over
            conflicts = ("cancelled",) * stopped + ("identity-differs",) * (ask.patient == "other")
            code = self._rpps(ask.code)
        else:
            judged = executant_acts.judged_on(actor, asked, found, sheet.acts)
            facts = Facts(
                state=judged, actor=actor, sealed=SEALED, may_execute=may, rules=RULES, now=self.clock, zone=PARIS
            )
            conflicts = decisions.check_execution(asked, facts).in_conflict
        made = Executed(
            act_id=ask.id,
            recorded_at=self.clock,
            by=actor,
            given=asked.given,
            performed_at=asked.performed_at,
            lines=asked.lines,
            seen_on_paper=asked.seen_on_paper,
            corrects=asked.corrects,
            in_conflict=conflicts,
            early=code is not None,
            may=_ordered(may) if code else (),
            code_of=code,
        )
        justification.justified_by(made, sheet.acts)
        return made, Said("recorded", frozenset(conflicts))

    def _cancel(self, sheet: Sheet, ask: Ask, actor: Actor, found: states.State | None) -> tuple[Act | None, Said]:
        asked, done = cancellation(ask), CancelOutcome.KEPT
        if found is not None:
            may, opposed = rights.may_prescribe(actor.profession), found.order.opposed
            done = prescriber_acts.check_cancellation(
                actor, asked, found, may_prescribe=may, opposed=opposed, zone=PARIS
            )
        elif ask.code is None:
            raise Refused(Refusal.NOT_REGISTERED)
        elif self._rpps(ask.code) != actor.rpps:
            raise Refused(Refusal.NOT_YOUR_PRESCRIPTION)
        elif self._cancelled(sheet, ask.code) is not None:
            raise Refused(Refusal.ALREADY_CANCELLED)
        made = Cancelled(
            act_id=ask.id,
            recorded_at=self.clock,
            by=actor,
            reason=asked.reason,
            early=found is None,
            lines=asked.lines,
            place_reason=asked.place_reason,
        )
        return made, Said("recorded", outcome=done.value)

    def _invoice(self, sheet: Sheet, ask: Ask, actor: Actor, found: states.State | None) -> tuple[Act | None, Said]:
        code = self._rpps(ask.code) if found is None and ask.code is not None else None
        if found is None and code is None:
            raise self._unknown(sheet, ask)
        if found is not None and not states.readable(found.order, self.may[ask.who], actor.profession):
            raise Refused(Refusal.NOT_YOUR_FAMILY)
        asked, early = invoice(ask), code is not None
        may = _ordered(self.may[ask.who]) if early else ()
        made = Invoiced(
            act_id=ask.id, recorded_at=self.clock, by=actor, invoice=asked, early=early, may=may, code_of=code
        )
        told = justification.justify(asked, actor, found)
        return made, Said("recorded", justified=tuple(each.position for each in told if not each.scan_needed))

    def _unknown(self, sheet: Sheet, ask: Ask) -> Refused:
        if ask.code is None:
            return Refused(Refusal.UNKNOWN_NUMBER)
        stopped = self._cancelled(sheet, ask.code)
        return Refused(Refusal.CANCELLED if stopped is not None else Refusal.NOT_YET_REGISTERED)

    def _cancelled(self, sheet: Sheet, doctor: Person) -> Cancelled | None:
        whole = (act for act in sheet.acts if isinstance(act, Cancelled) and not act.lines)
        return next((act for act in whole if act.by.rpps == self._rpps(doctor)), None)

    def _rpps(self, doctor: Person) -> Rpps:
        found = self.people[doctor].rpps
        assert found is not None
        return found

    def _seen(self, found: states.State | None, by: Person) -> Seen | None:
        if found is None:
            return None
        return shown(views.for_prescriber(found, stood(found, self.clock.date())))


def _is_of(act: Act, actor: Actor) -> bool:
    """Whether an act is this actor's, or their place's."""
    if isinstance(act, Registered):
        return actor.rpps == act.order.prescriber.rpps or actor.place.key == act.order.place.key
    return executant_acts.same_author(actor, act.by)


def _ordered(may: frozenset[Family]) -> tuple[Family, ...]:
    return tuple(sorted(may, key=lambda each: each.value))
