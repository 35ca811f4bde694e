"""The machine: people do what people do around sheets, in any order; what is answered is compared with the reference, and
what must always hold is looked at after each step. It knows a driver, never what is behind it.
"""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import hypothesis
from gestures import DOCTORS, EXECUTANTS, Ask, Doctor, Driver, Order, Part, Person, Said, Seen, Wanted
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from reference import NOTHING, READS, WORKS_WITH, Ledger

EARLY_OF_A_PLACE_MAX = 5  # the service keeps six: that bound has its own tests
AGES_HOURS = (0, 0, 0, 2, 23, 25, 72, -1)
PRODUCTS = (
    (Wanted("boxes", 2),),
    (Wanted("boxes", 1, 2), Wanted("boxes", 1, secured=True)),
    (Wanted("days", 30, 1), Wanted("boxes", 3)),
    (Wanted("times", 1, 1), Wanted("boxes", 2, 1, secured=True)),
)
CARE = ((Wanted("visits", 10),), (Wanted("open"), Wanted("visits", 3, 1)), (Wanted("times"), Wanted("open")))
LINES = st.sampled_from((*PRODUCTS, *CARE))
SHAPES = ("whole", "part", "rest", "rest", "more", "more-with-reason", "twice", "withheld", "handwritten", "unsaid")
DOERS = ("entitled", "entitled", "entitled", "other-entitled", "other-entitled", "colleague", "foreign")
CODES: tuple[Doctor | None, ...] = ("martin", "martin", "leroy", None)


class Story:
    """A sheet: its number for the driver, what may be registered, what was asked, and the ledger that judges."""

    def __init__(self, key: Any, orders: tuple[Order, ...]) -> None:
        self.key, self.orders, self.ledger = key, orders, Ledger()
        self.asked: list[Ask] = []
        self.answers: dict[UUID, Any] = {}
        self.billed: Counter[tuple[str, int]] = Counter()

    @property
    def order(self) -> Order:
        """The order that was registered, or the one on the paper."""
        return self.orders[0] if self.ledger.order is NOTHING else self.ledger.order

    @property
    def reader(self) -> Person:
        """Somebody who may read it."""
        return "nurse" if self.order.family == "care" else "rival"

    def person(self, role: str) -> Person:
        """Who plays this part before this sheet: those who may execute it, or who may not."""
        if self.order.family == "care":
            return "rival" if role == "foreign" else "nurse"
        cast: dict[str, Person] = {"entitled": "pharmacist", "other-entitled": "rival", "colleague": "assistant"}
        return cast.get(role, "nurse")


class Sheets(RuleBasedStateMachine):
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

    # what happens --------------------------------------------------------------------------------------------------

    @initialize(lines=LINES, opposed=st.sampled_from((False, False, True)), late=st.booleans())
    def a_sheet(self, lines: tuple[Wanted, ...], opposed: bool, late: bool) -> None:
        """A doctor writes; another order of theirs, another doctor's, and an altered one may come under the same number."""
        family, today = "care" if lines in CARE else "products", self.driver.now().date()
        written = today - timedelta(days=1) if (today.month, today.day) == (2, 29) else today
        first = Order(self.driver.draw_id(), "martin", family, opposed, written, lines)  # type: ignore[arg-type]  # one of the two
        changed = tuple(each._replace(renewals=each.renewals + 1) for each in lines)
        second = first._replace(id=self.driver.draw_id(), lines=changed)
        stolen = first._replace(id=self.driver.draw_id(), doctor="leroy")
        orders = (first, second, stolen, first._replace(lines=changed))
        self.story = Story(self.driver.sheet(orders), orders)
        self.stories.append(self.story)
        if not late:
            self.register(0, None)

    @precondition(lambda self: len(self.story.asked) > 14)
    @rule(lines=LINES, opposed=st.booleans(), late=st.booleans())
    def another_sheet(self, lines: tuple[Wanted, ...], opposed: bool, late: bool) -> None:
        self.a_sheet(lines, opposed, late)

    @rule(which=st.sampled_from((0, 0, 0, 0, 0, 0, 1, 2, 3)), by=st.sampled_from((None,) * 6 + ("leroy",)))
    def register(self, which: int, by: Doctor | None) -> None:
        order = self.story.orders[which]
        self.ask(Ask("register", order.id, by or order.doctor, order=order))

    @rule(by=st.sampled_from((*DOCTORS, *EXECUTANTS)), code=st.sampled_from(CODES))
    def consult(self, by: Person, code: Doctor | None) -> None:
        self.ask(Ask("consult", self.driver.draw_id(), by, code))

    @rule(by=st.sampled_from(("martin", "martin", "leroy", "rival")))
    def read_back(self, by: Person) -> None:
        self.ask(Ask("read-back", self.driver.draw_id(), by))

    @precondition(lambda self: self.story.ledger.order is not NOTHING)
    @rule(
        by=st.sampled_from(DOERS),
        shape=st.sampled_from(("part", "rest", "rest", "more", "unsaid")),
        already=st.booleans(),
    )
    def deliver(self, by: str, shape: str, already: bool) -> None:
        self.hand(by, shape, already=already, code=None)

    @precondition(lambda self: self.story.ledger.order is NOTHING)
    @rule(by=st.sampled_from(DOERS), shape=st.sampled_from((*SHAPES, "unknown-line")), code=st.sampled_from(DOCTORS))
    def deliver_on_paper(self, by: str, shape: str, code: Doctor) -> None:
        self.hand(by, shape, already=True, code=code)

    @precondition(lambda self: self.story.ledger.order is NOTHING and self.story.asked)
    @rule(which=st.sampled_from((0, 0, 0, 1, 2)))
    def register_at_last(self, which: int) -> None:
        self.register(which, None)

    @precondition(lambda self: self.story.ledger.order is NOTHING and self.story.asked)
    @rule(by=st.sampled_from(DOCTORS))
    def cancel_on_paper(self, by: Doctor) -> None:
        self.ask(Ask("cancel", self.driver.draw_id(), by, by))

    @rule(by=st.sampled_from(DOERS), shape=st.sampled_from(SHAPES), already=st.booleans(), code=st.sampled_from(CODES))
    def execute(self, by: str, shape: str, already: bool, code: Doctor | None) -> None:
        self.hand(by, shape, already=already, code=code)

    @rule(
        by=st.sampled_from(DOERS),
        shape=st.sampled_from((*SHAPES, "unknown-line")),
        already=st.booleans(),
        code=st.sampled_from(CODES),
        age=st.sampled_from(AGES_HOURS),
        patient=st.sampled_from(("same", "other", "explained")),
        paper=st.booleans(),
    )
    def execute_oddly(
        self, by: str, shape: str, already: bool, code: Doctor | None, age: int, patient: Any, paper: bool
    ) -> None:
        self.hand(by, shape, already=already, code=code, age=age, patient=patient, paper=paper)

    @rule(by=st.sampled_from((*DOCTORS, "martin")), code=st.sampled_from(CODES))
    @precondition(lambda self: len(self.story.asked) > 5)
    def cancel(self, by: Doctor, code: Doctor | None) -> None:
        self.ask(Ask("cancel", self.driver.draw_id(), by, code))

    @rule(by=st.sampled_from(DOERS), amount=st.integers(1, 3), code=st.sampled_from(CODES))
    def invoice(self, by: str, amount: int, code: Doctor | None) -> None:
        who, part = self.story.person(by), Part("given", 1, amount)
        if not self.crowded(who):
            now, version = self.driver.now(), len(self.story.asked)
            self.ask(Ask("invoice", self.driver.draw_id(), who, code, parts=(part,), done_at=now, version=version))

    @precondition(lambda self: self.story.asked)
    @rule(back=st.integers(1, 6), by=st.sampled_from((None, None, "rival", "assistant", "pharmacist", "leroy")))
    def repeat(self, back: int, by: Person | None) -> None:
        """The same act once more, by its author or by somebody else."""
        first = self.story.asked[-min(back, len(self.story.asked))]
        may_ask = first.op in ("execute", "invoice") or (by in DOCTORS and first.op == "register")
        self.ask(first._replace(who=by) if by is not None and may_ask else first)

    @precondition(lambda self: self.story.asked)
    @rule(back=st.integers(1, 6))
    def alter(self, back: int) -> None:
        """The same id, with other content."""
        first = self.story.asked[-min(back, len(self.story.asked))]
        if first.op in ("execute", "invoice"):
            self.ask(first._replace(version=first.version + 1))

    @rule(days=st.sampled_from((1, 1, 1, 1, 2, 2, 2, 7, 7, 7, 40, 370)))
    def wait(self, days: int) -> None:
        if days <= self.driver.longest_wait_days:
            self.driver.wait(days)

    # how it is asked, and what must hold -----------------------------------------------------------------------------

    def hand(self, by: str, shape: str, *, age: int = 0, paper: bool = False, **how: Any) -> None:
        """An execution of this shape; one seen on paper is a past delivery; nobody is named where nothing is delivered."""
        who = self.story.person(by)
        if self.crowded(who):
            return
        parts = self.parts(shape)
        paper = paper and how["already"] and any(each.what == "given" for each in parts)
        done_at = self.driver.now() - timedelta(hours=age)
        ask = Ask("execute", self.driver.draw_id(), who, parts=parts, done_at=done_at, on_paper=paper, **how)
        if paper or not ask.hands_over:
            ask = ask._replace(patient="same")
        self.ask(ask)

    def crowded(self, by: Person) -> bool:
        """Whether enough acts of this place wait for the order already."""
        ledger, place = self.story.ledger, WORKS_WITH.get(by, by)
        waiting = [each for each in ledger.book.values() if WORKS_WITH.get(each.who, each.who) == place]
        return ledger.order is NOTHING and len(waiting) >= EARLY_OF_A_PLACE_MAX

    def parts(self, shape: str) -> tuple[Part, ...]:
        """What is done of each line, from what the reference knows to be left."""
        lines, ledger = self.story.order.lines, self.story.ledger
        left = [each.total or 4 for each in lines]
        if ledger.order is not NOTHING:
            left = [max(0, most - given) for most, given in zip(left, ledger.given, strict=True)]
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
            "unsaid": [Part("given", rank, None) for rank, _ in rest],
            "unknown-line": [Part("given", 1, 1), Part("given", len(lines) + 1, 1)],
        }
        return tuple(made[shape])

    def ask(self, ask: Ask) -> None:
        """Ask the service and the reference, and compare."""
        story, driver = self.story, self.driver
        before = story.ledger.seen() if story.ledger.order is not NOTHING else None
        said = driver.play(story.key, ask)
        code, conflicts = story.ledger.answer(ask, driver.now())
        self.played[f"{ask.op}: {code}"] += 1
        assert (said.code, said.conflicts) == (code, frozenset(conflicts) if ask.op == "execute" else frozenset())
        seen = driver.seen(story.key, story.reader)
        expected = story.ledger.seen() if story.ledger.order is not NOTHING else None
        assert seen == expected
        if code == "again":
            assert said.raw == story.answers[ask.id]
        elif code == "recorded":
            story.answers[ask.id] = said.raw
            story.asked.append(ask)
            self.billed_no_more_than_executed(ask, said)
        if code != "recorded":
            assert seen == before
        if said.seen is not None:
            assert said.seen == seen
        if seen is not None:
            self.holds(seen)

    def holds(self, seen: Seen) -> None:
        """What must hold of any sheet, said without the reference's arithmetic."""
        story, order = self.story, self.story.ledger.order
        free, quiet, stopped = [0] * len(order.lines), [0] * len(order.lines), False
        known = {each.id: each for each in seen.past}
        for ask in story.ledger.book.values():
            stopped = stopped or (ask.op == "cancel" and ask.who == order.doctor)
            past = known.get(ask.id)
            if ask.op != "execute" or past is None:
                continue
            assert not past.early or (ask.code == order.doctor and READS[ask.who] == order.family)
            if stopped and ask.hands_over:
                assert ask.already
                assert "cancelled" in past.conflicts
            for part in ask.parts if not past.conflicts else ():
                if part.what == "given":
                    amount = part.amount or order.lines[part.rank - 1].one
                    free[part.rank - 1] += amount
                    quiet[part.rank - 1] += 0 if part.reason else amount
        for line, rank in zip(order.lines, range(len(free)), strict=True):
            if line.total is not None:
                assert quiet[rank] <= line.total, "more than the total, and in conflict with nothing"
                assert free[rank] <= line.total or not line.secured, "beyond a secured line"

    def billed_no_more_than_executed(self, ask: Ask, said: Said) -> None:
        """What a place is told needs no scan is never more than what it executed."""
        if ask.op != "invoice":
            return
        place = WORKS_WITH.get(ask.who, ask.who)
        for position in said.justified:
            part = ask.parts[position - 1]
            self.story.billed[place, part.rank] += part.amount or 1
            done = [each for each, _, _ in self.story.ledger.done if WORKS_WITH.get(each.who, each.who) == place]
            parts = [p for each in done if not each.on_paper for p in each.parts if p.what == "given"]
            executed = sum(p.amount or 0 for p in parts if p.rank == part.rank)
            assert self.story.billed[place, part.rank] <= executed

    @invariant()
    def a_step_more(self) -> None:
        self.steps["steps"] += 1

    def teardown(self) -> None:
        """The state is a function of the acts: made again from what is stored, it is the same."""
        for story in self.stories:
            assert self.driver.rebuilt(story.key, story.reader) == self.driver.seen(story.key, story.reader)


def machine_of(driver: Driver) -> type[Sheets]:
    """The machine that plays on this driver."""
    return type("Sheets", (Sheets,), {"driver": driver, "played": Counter(), "steps": Counter()})


def play(driver: Driver, *, runs: int, steps: int, seed: int | None = None, shrink: bool = True) -> type[Sheets]:
    """Play that many stories, and say how many; the machine, with its counts. Without a seed, the same stories each time."""
    machine = machine_of(driver)
    chosen = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        derandomize=seed is None,
        database=None,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine if seed is None else hypothesis.seed(seed)(machine), settings=chosen)
    print(
        f"seed {'fixed' if seed is None else seed}: {machine.steps['stories']} stories, {machine.steps['steps']} steps,"
        f" {sum(machine.played.values())} asked and compared, answered in {len(machine.played)} ways"
    )
    return machine
