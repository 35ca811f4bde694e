"""The machine: people do what people do around sheets, in any order; what is answered is compared with the reference, and
what must always hold is looked at after each step. It knows a driver, never what is behind it.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

import hypothesis
from amending import Amending
from gestures import DOCTORS, EXECUTANTS, Ask, Doctor, Driver, Order, Part, Person, Wanted
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test
from story import AGES_HOURS, CARE, CODES, DOERS, LINES, LINES_OF, SHAPES, WISHES, Wishes

_MET = (  # what the stories must have met, or they prove little
    "register: recorded again exists-different number-taken signer-not-caller written-too-long-ago replaces-alone",
    "consult: answered not-your-family own-prescription unknown-number not-yet-registered cancelled",
    "read-back: answered not-registered not-your-prescription patient-opposed",
    "cancel: recorded again not-your-prescription colleague-reason-wanted already-cancelled already-executed replaced",
    "cancel: not-registered unknown-line line-already-stopped exists-different",
    "replace: recorded replaced already-cancelled already-executed not-registered not-your-prescription exists-different",
    "replace: colleague-reason-wanted replaces-differs replaces-another-patient replacement-beyond number-taken again",
    "withdraw: recorded again exists-different not-your-execution already-withdrawn unknown-execution unknown-line",
    "withdraw: not-yet-registered",
    "report: recorded again exists-different not-your-family",
    "copy: recorded not-registered not-your-prescription copy-not-asked copy-date copy-already",
    "recorded: answered not-recorded not-registered",
    "invoice: recorded again exists-different not-your-family unknown-number",
    "execute: recorded again exists-different cancelled replaced line-cancelled more-than-left secured-more-than-left",
    "execute: identity-differs anonymity-requested unknown-execution not-your-execution already-withdrawn",
    "execute: quantity-wanted unit-differs unknown-line not-your-family performed-in-future late-needs-already",
    "execute: performed-before-written not-yet-registered unknown-number",
)
ANSWERS = {f"{op}: {code}" for op, codes in (each.split(": ") for each in _MET) for code in codes.split()}


class Sheets(Amending):
    """Everything that happens around sheets."""

    @initialize(lines=LINES, wishes=WISHES, late=st.booleans())
    def a_sheet(self, lines: tuple[Wanted, ...], wishes: Wishes, late: bool) -> None:
        """A doctor writes; another order of theirs, another doctor's, and an altered one may come under the same number."""
        family, written = "care" if lines in CARE else "products", self.day()
        first = Order(self.driver.draw_id(), "martin", family, wishes.opposed, written, lines, *wishes[1:])  # type: ignore[arg-type]  # one of the two
        self.story = self.new_story(first)
        self.stories.append(self.story)
        if not late:
            self.register(0, None)

    @precondition(lambda self: len(self.story.asked) > 14)
    @rule(lines=LINES, wishes=WISHES, late=st.booleans())
    def another_sheet(self, lines: tuple[Wanted, ...], wishes: Wishes, late: bool) -> None:
        self.a_sheet(lines, wishes, late)

    @precondition(lambda self: len(self.stories) > 1)
    @rule(back=st.integers(1, 3))
    def turn_to(self, back: int) -> None:
        """An older sheet comes back to the counter."""
        self.story = self.stories[-min(back, len(self.stories))]

    @rule(which=st.sampled_from((0, 0, 0, 0, 0, 0, 1, 2, 3)), by=st.sampled_from((None,) * 6 + ("leroy",)))
    def register(self, which: int, by: Doctor | None) -> None:
        order = self.story.orders[which]
        self.ask(Ask("register", order.id, by or order.doctor, order=order))

    @rule(by=st.sampled_from((*DOCTORS, *EXECUTANTS)), code=st.sampled_from(CODES))
    def consult(self, by: Person, code: str | None) -> None:
        self.ask(Ask("consult", self.driver.draw_id(), by, self.story.code(code)))

    @rule(by=st.sampled_from(("author", "author", "leroy", "simon", "rival")))
    def read_back(self, by: str) -> None:
        self.ask(Ask("read-back", self.driver.draw_id(), self.story.doctor(by)))

    @precondition(lambda self: self.story.ledger.here)
    @rule(
        by=st.sampled_from(DOERS),
        shape=st.sampled_from(("part", "rest", "rest", "more", "unsaid")),
        already=st.booleans(),
    )
    def deliver(self, by: str, shape: str, already: bool) -> None:
        self.hand(by, shape, already=already, code=None)

    @precondition(lambda self: not self.story.ledger.here)
    @rule(
        by=st.sampled_from(DOERS),
        shape=st.sampled_from((*SHAPES, "unknown-line")),
        code=st.sampled_from(("author", "author", "leroy")),
    )
    def deliver_on_paper(self, by: str, shape: str, code: str) -> None:
        self.hand(by, shape, already=True, code=code)

    @precondition(lambda self: not self.story.ledger.here and self.story.asked)
    @rule(which=st.sampled_from((0, 0, 0, 1, 2)))
    def register_at_last(self, which: int) -> None:
        self.register(which, None)

    @precondition(lambda self: not self.story.ledger.here and self.story.asked)
    @rule(by=st.sampled_from(("author", "author", "leroy", "simon")), lines=LINES_OF)
    def cancel_on_paper(self, by: str, lines: tuple[int, ...]) -> None:
        doctor = self.story.doctor(by)
        if not self.crowded(doctor):
            self.ask(Ask("cancel", self.driver.draw_id(), doctor, doctor, lines=lines))

    @rule(by=st.sampled_from(DOERS), shape=st.sampled_from(SHAPES), already=st.booleans(), code=st.sampled_from(CODES))
    def execute(self, by: str, shape: str, already: bool, code: str | None) -> None:
        self.hand(by, shape, already=already, code=code)

    @rule(
        by=st.sampled_from(DOERS),
        shape=st.sampled_from((*SHAPES, "unknown-line")),
        already=st.booleans(),
        code=st.sampled_from(CODES),
        age=st.sampled_from(AGES_HOURS),
        patient=st.sampled_from(("same", "other", "explained")),
        paper=st.booleans(),
        wrongly_named=st.booleans(),
    )
    def execute_oddly(
        self,
        by: str,
        shape: str,
        already: bool,
        code: str | None,
        age: int,
        patient: Any,
        paper: bool,
        wrongly_named: bool,
    ) -> None:
        how = {"age": age, "patient": patient, "paper": paper, "wrongly_named": wrongly_named}
        self.hand(by, shape, already=already, code=code, **how)

    @rule(by=st.sampled_from(DOERS), amount=st.integers(1, 3), code=st.sampled_from(CODES))
    def invoice(self, by: str, amount: int, code: str | None) -> None:
        who, part, doctor = self.story.person(by), Part("given", 1, amount), self.story.code(code)
        if not self.crowded(who):
            now, version = self.driver.now(), len(self.story.asked)
            self.ask(Ask("invoice", self.driver.draw_id(), who, doctor, parts=(part,), done_at=now, version=version))

    @precondition(lambda self: self.story.asked)
    @rule(
        back=st.integers(1, 6), by=st.sampled_from((None, None, "rival", "assistant", "pharmacist", "leroy", "simon"))
    )
    def repeat(self, back: int, by: Person | None) -> None:
        """The same act once more, by its author or by somebody else."""
        first = self.story.asked[-min(back, len(self.story.asked))]
        may_ask = first.op in ("execute", "invoice") or by in ("leroy", "rival", "simon")
        self.ask(first._replace(who=by) if by is not None and may_ask else first, self.into(first))

    @precondition(lambda self: self.story.asked)
    @rule(back=st.integers(1, 6))
    def alter(self, back: int) -> None:
        """The same id, with other content."""
        first = self.story.asked[-min(back, len(self.story.asked))]
        if first.op != "register":
            self.ask(first._replace(version=first.version + 1), self.into(first))

    @precondition(lambda self: len(self.story.asked) > 12)
    @rule(back=st.integers(1, 6), kind=st.sampled_from(("withdraw", "report")))
    def take_an_id(self, back: int, kind: Any) -> None:
        """The id of one act, for an act of another kind."""
        first = self.story.asked[-min(back, len(self.story.asked))]
        if first.op != kind and first.who != "assistant":
            self.ask(Ask(kind, first.id, first.who, target=self.story.asked[0].id))

    @rule(hours=st.sampled_from((1, 23, 24, 24, 24, 25, 48, 48, 168, 168, 168, 24 * 40, 24 * 91, 24 * 370)))
    def wait(self, hours: int) -> None:
        if timedelta(hours=hours) <= self.driver.longest_wait:
            self.driver.wait(timedelta(hours=hours))


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
