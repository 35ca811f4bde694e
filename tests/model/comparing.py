"""How the machine asks, and what must hold after each step: the answer is the reference's, and some things always are."""

from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from gestures import EXECUTANTS, Ask, Doctor, Driver, Order, Part, Person, Said, Seen
from hypothesis.stateful import RuleBasedStateMachine, invariant
from reference import READS, place
from story import EARLY_MAX, EARLY_OF_A_PLACE_MAX, Story


class Comparing(RuleBasedStateMachine):
    """Made for a driver by `machine_of`; `played` counts what was answered, `steps` what was done, over all runs."""

    driver: Driver
    played: Counter[str]
    steps: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.driver.begin()
        self.steps["stories"] += 1
        self.story: Story
        self.stories: list[Story] = []

    def day(self) -> date:
        """Today, or the day before 29 February, which no year after has."""
        today = self.driver.now().date()
        return today - timedelta(days=1) if (today.month, today.day) == (2, 29) else today

    def new_story(self, first: Order) -> Story:
        """A number under which this order may be registered, and others."""
        changed = tuple(each._replace(renewals=each.renewals + 1) for each in first.lines)
        second = first._replace(id=self.driver.draw_id(), lines=changed, replaces=None, other_patient=False)
        by: Doctor = "martin" if first.doctor == "leroy" else "leroy"
        stolen = first._replace(
            id=self.driver.draw_id(), doctor=by, replaces=None, other_patient=False, instead_of=None
        )
        orders = (first, second, stolen, first._replace(lines=changed))
        return Story(self.driver.sheet(orders), orders)

    def into(self, ask: Ask) -> Story | None:
        """The story of the new order of a replacement."""
        return next((each for each in self.stories if each.key is ask.into), None)

    def hand(
        self,
        by: str,
        shape: str,
        *,
        code: str | None,
        age: int = 0,
        paper: bool = False,
        wrongly_named: bool = False,
        but: UUID | None = None,
        **how: Any,
    ) -> None:
        """An execution of this shape; one seen on paper is a past delivery; nobody is named where nothing is delivered."""
        who: Any = by if by in EXECUTANTS else self.story.person(by)
        if self.crowded(who):
            return
        parts = self.parts(shape, but)
        paper = paper and how["already"] and any(each.what == "given" for each in parts)
        how |= {"code": self.story.code(code), "nameless": self.story.order.anonymous is not wrongly_named}
        done_at = self.driver.now() - timedelta(hours=age)
        ask = Ask("execute", self.driver.draw_id(), who, parts=parts, done_at=done_at, on_paper=paper, **how)
        if not ask.names:
            ask = ask._replace(patient="same")
        self.ask(ask)

    def crowded(self, by: Person) -> bool:
        """Whether enough acts of this place, or in all, wait for the order already."""
        ledger = self.story.ledger
        waiting = [each for each in ledger.book.values() if place(each.ask.who) == place(by)]
        return not ledger.here and (len(waiting) >= EARLY_OF_A_PLACE_MAX or len(ledger.book) >= EARLY_MAX)

    def parts(self, shape: str, but: UUID | None = None) -> tuple[Part, ...]:
        """What is done of each line, from what the reference knows to be left, without one execution."""
        lines, ledger = self.story.order.lines, self.story.ledger
        left = [each.total or 4 for each in lines]
        if ledger.here:
            given = ledger.summed(ledger.standing(but))
            left = [max(0, most - n) for most, n in zip(left, given, strict=True)]
        rest = [(rank, max(1, n)) for rank, n in enumerate(left, start=1)]
        made = {
            "whole": [Part("given", rank, line.one) for rank, line in enumerate(lines, start=1)],
            "part": [Part("given", 1, 1)],
            "rest": [Part("given", rank, n) for rank, n in rest],
            "more": [Part("given", rank, left[rank - 1] + 1) for rank, _ in rest[-1:]],
            "more-with-reason": [Part("given", rank, left[rank - 1] + 1, reason=True) for rank, _ in rest],
            "twice": [Part("given", 1, rest[0][1]), Part("given", 1, 1)],
            "withheld": [Part("withheld", 1), *[Part("given", rank, n) for rank, n in rest[1:2]]],
            "handwritten": [Part("handwritten", 0)],
            "beside": [Part("given", 1, 1), Part("handwritten", 0)],
            "unsaid": [Part("given", rank, None) for rank, _ in rest],
            "unknown-line": [Part("given", 1, 1), Part("given", len(lines) + 1, 1)],
        }
        return tuple(made[shape])

    def ask(self, ask: Ask, into: Story | None = None) -> str:
        """Ask the service and the reference, and compare; what was answered."""
        story, driver = self.story, self.driver
        before = story.ledger.seen() if story.ledger.here else None
        said = driver.play(story.key, ask)
        code, conflicts, outcome = story.ledger.answer(ask, driver.now(), into.ledger if into else None)
        self.played[f"{ask.op}: {code}"] += 1
        assert (said.code, said.conflicts) == (code, frozenset(conflicts) if ask.op == "execute" else frozenset()), ask
        seen = driver.seen(story.key, story.reader)
        expected = story.ledger.seen() if story.ledger.here else None
        assert seen == expected, ask
        if code == "again":
            assert said.raw == story.answers.setdefault(ask.id, said.raw)
        elif code == "recorded":
            assert said.outcome == outcome
            story.answers[ask.id] = said.raw
            story.asked.append(ask)
            self.billed_no_more_than_executed(ask, said)
            if into is not None and ask.order is not None:
                into.asked.append(Ask("register", ask.order.id, ask.who, order=ask.order))
        if code != "recorded":
            assert seen == before
        if said.seen is not None:
            assert said.seen == seen
        if seen is not None:
            self.holds(seen)
        return code

    def holds(self, seen: Seen) -> None:
        """What must hold of any sheet, said without the reference's arithmetic."""
        ledger, order = self.story.ledger, self.story.ledger.order
        free, quiet = [0] * len(order.lines), [0] * len(order.lines)
        known = {each.id: each for each in seen.past}
        stopped, gone = False, {each.ask.target for each in ledger.book.values() if each.ask.op == "withdraw"}
        for ask in (each.ask for each in ledger.book.values()):
            stopped = stopped or (not ask.lines and (ask.op == "replace" or (ask.op == "cancel" and self.rightly(ask))))
            past = known.get(ask.id)
            if ask.op != "execute" or past is None:
                continue
            assert not past.early or (ask.code == order.doctor and READS[ask.who] == order.family)
            if stopped and ask.hands_over and ask.id not in gone:
                assert ask.already
                assert past.conflicts & {"cancelled", "replaced"}
            for part in ask.parts if not past.conflicts else ():
                if part.what == "given" and part.rank in past.ranks:
                    amount = part.amount or order.lines[part.rank - 1].one
                    free[part.rank - 1] += amount
                    quiet[part.rank - 1] += 0 if part.reason else amount
        for line, of_line, rank in zip(order.lines, seen.lines, range(len(free)), strict=True):
            status, given, left = of_line
            assert given >= 0
            if line.total is None:
                assert left in (None, 0)
                continue
            assert left is not None
            assert left >= 0
            assert given + left == line.total or given > line.total or (left == 0 and status == "cancelled")
            assert quiet[rank] <= line.total, "more than the total, and in conflict with nothing"
            assert free[rank] <= line.total or not line.secured, "beyond a secured line"

    def rightly(self, ask: Ask) -> bool:
        """Whether a cancellation is of this order: before the registration its doctor's only."""
        return ask.who == self.story.order.doctor or not self.story.ledger.book[ask.id].early

    def billed_no_more_than_executed(self, ask: Ask, said: Said) -> None:
        """What a place is told needs no scan is never more than what it executed."""
        if ask.op != "invoice":
            return
        here = place(ask.who)
        for position in said.justified:
            part = ask.parts[position - 1]
            self.story.billed[here, part.rank] += part.amount or 1
            done = [(each.ask, parts) for each, parts in self.story.ledger.standing() if place(each.ask.who) == here]
            parts = [p for each, left in done if not each.on_paper for p in left if p.what == "given"]
            by_boxes = (
                self.story.order.lines[part.rank - 1].kind != "days"
            )  # else each part is a box, whatever it covers
            executed = sum((p.amount or 0) if by_boxes else 1 for p in parts if p.rank == part.rank)
            assert self.story.billed[here, part.rank] <= executed

    @invariant()
    def a_step_more(self) -> None:
        self.steps["steps"] += 1

    def teardown(self) -> None:
        """The state is a function of the acts: made again from what is stored, it is the same; nothing else is stored."""
        for story in self.stories:
            assert self.driver.rebuilt(story.key, story.reader) == self.driver.seen(story.key, story.reader)
            kept, ledger = self.driver.kept(story.key), story.ledger
            assert kept.acts == len(ledger.book), "something was recorded that was refused, or twice"
            joined, standing = ledger.executions(), {act.ask.id: parts for act, parts in ledger.standing()}
            named = [each.ask for each in ledger.book.values() if each.ask.op == "execute" and each.ask.names]
            attached = [
                not ask.nameless
                and (ask.id not in joined or any(part.what != "withheld" for part in standing.get(ask.id, ())))
                for ask in named
            ]
            assert kept.indexed in (None, sum(attached))
