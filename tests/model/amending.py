"""What people do to what was done: stop, replace, take back, correct, report; and ask whether it was recorded."""

from datetime import timedelta
from typing import Any

from comparing import Comparing
from gestures import Ask, Order, Person, Wanted
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from reference import Act, place
from story import CARE, CODES, LINES_OF, PRODUCTS, SHAPES, STOPPERS


class Amending(Comparing):
    """The rules of what comes after."""

    @precondition(lambda self: len(self.story.asked) > 5)
    @rule(by=STOPPERS, code=st.sampled_from(CODES), excuse=st.booleans())
    def cancel(self, by: str, code: str | None, excuse: bool) -> None:
        self.stop(by, code, (), excuse)

    @rule(by=STOPPERS, code=st.sampled_from(CODES), lines=LINES_OF.filter(bool), excuse=st.booleans())
    def cancel_lines(self, by: str, code: str | None, lines: tuple[int, ...], excuse: bool) -> None:
        self.stop(by, code, lines, excuse)

    def stop(self, by: str, code: str | None, lines: tuple[int, ...], excuse: bool) -> None:
        """The end of the whole, or of lines; only as many as may wait for an order."""
        who = self.story.doctor(by)
        if not self.crowded(who):
            self.ask(Ask("cancel", self.driver.draw_id(), who, self.story.code(code), lines=lines, excuse=excuse))

    @precondition(lambda self: len(self.story.asked) > 2)
    @rule(
        by=STOPPERS,
        carries=st.sampled_from(("left", "left", "all", "other")),
        odd=st.sampled_from(
            (None,) * 6 + ("unnamed", "family", "patient", "taken", "signer", "again", "repeat", "repeat", "alone")
        ),
        excuse=st.booleans(),
        beyond=st.sampled_from((False, False, True)),
        follow=st.booleans(),
    )
    def replace(self, by: str, carries: str, odd: str | None, excuse: bool, beyond: bool, follow: bool) -> None:
        """A new order takes the place of this one, which may be over; or something is odd, and it does not."""
        old = self.story.order
        who, lines = self.story.doctor(by), self.carried(carries, odd == "family")
        order = old._replace(
            id=self.driver.draw_id(),
            doctor="leroy" if odd == "signer" and who != "leroy" else who,
            written=self.day(),
            lines=lines,
            family=self.family(old, other=odd == "family"),
            instead_of=None,
            replaces=None if odd == "unnamed" else old.id,
            other_patient=odd == "patient",
        )
        taken = [each for each in self.stories if each is not self.story and each.ledger.here]
        replaced = [each for each in self.story.asked if each.op == "replace" and each.order]
        into = taken[0] if odd == "taken" and taken else self.new_story(order)
        ask = Ask("replace", self.driver.draw_id(), who, order=order, excuse=excuse, beyond=beyond, into=into.key)
        if odd == "again" and replaced:  # the order that took its place already, once more
            ask, into = ask._replace(order=replaced[0].order, into=replaced[0].into), self.into(replaced[0]) or into
        if odd == "repeat" and replaced:
            ask, into = replaced[-1], self.into(replaced[-1]) or into
        if odd == "alone":  # it names another, and comes without its end
            old_story, self.story = self.story, into
            self.ask(Ask("register", order.id, who, order=order))
            self.story = old_story
            return
        known = into in self.stories
        self.ask(ask, into)
        assert known or self.driver.kept(into.key).acts == (ask.id in self.story.ledger.book), "one without the other"
        if into.ledger.here and not known:
            self.stories.append(into)
            self.story = into if follow else self.story

    def family(self, order: Order, *, other: bool) -> Any:
        """The family of a new order: the same, or the other."""
        return order.family if not other else "products" if order.family == "care" else "care"

    @precondition(lambda self: self.story.ledger.here and len(self.story.asked) > 2)
    @rule(carries=st.sampled_from(("left", "all")), beyond=st.sampled_from((False, False, True)), follow=st.booleans())
    def replace_rightly(self, carries: str, beyond: bool, follow: bool) -> None:
        self.replace("author", carries, None, False, beyond, follow)

    def carried(self, carries: str, other_family: bool) -> tuple[Wanted, ...]:
        """The lines of a new order: what is left of each, or all of it again, or something else."""
        lines, care = self.story.order.lines, self.story.order.family == "care"
        if other_family or carries == "other":
            return CARE[1] if care is not other_family else PRODUCTS[1]
        if carries == "all" or not self.story.ledger.here:
            return lines
        left = [(line, n) for line, (_, _, n) in zip(lines, self.story.ledger.seen().lines, strict=True)]
        return tuple(line._replace(one=n, renewals=0) if n and line.kind != "times" else line for line, n in left)

    @precondition(lambda self: self.story.ledger.executions())
    @rule(
        by=st.sampled_from(("its place", "its place", "its place", "another")),
        back=st.integers(1, 5),
        lines=LINES_OF,
        exists=st.sampled_from((True,) * 8 + (False,)),
        code=st.sampled_from(CODES),
    )
    def withdraw(self, by: str, back: int, lines: tuple[int, ...], exists: bool, code: str | None) -> None:
        """Something is taken back, once or more, by who did it or by somebody else."""
        first = self.execution(back)
        who, id_ = self.amender(first, by), first.ask.id if exists else self.driver.draw_id()
        self.ask(Ask("withdraw", self.driver.draw_id(), who, self.story.code(code), target=id_, lines=lines))

    @precondition(lambda self: not self.story.ledger.here and self.story.asked)
    @rule(code=st.sampled_from(CODES), correct=st.booleans())
    def amend_too_early(self, code: str | None, correct: bool) -> None:
        """What waits for its registration cannot be taken back before."""
        first = next((each for each in self.story.asked if each.op == "execute"), None)
        if first is not None:
            id_, doctor = self.driver.draw_id(), self.story.code(code)
            made = first._replace(id=id_, target=first.id, code=doctor)
            self.ask(made if correct else Ask("withdraw", id_, first.who, doctor, target=first.id))

    @precondition(lambda self: self.story.ledger.executions())
    @rule(
        by=st.sampled_from(("its place", "its place", "its place", "another")),
        back=st.integers(1, 5),
        shape=st.sampled_from(SHAPES),
        already=st.booleans(),
        exists=st.sampled_from((True,) * 8 + (False,)),
    )
    def correct(self, by: str, back: int, shape: str, already: bool, exists: bool) -> None:
        """Another amount takes the place of one that was wrong."""
        first = self.execution(back)
        id_ = first.ask.id if exists else self.driver.draw_id()
        but = first.ask.id if exists else None
        self.hand(self.amender(first, by), shape, already=already, code=None, target=id_, but=but)

    @precondition(lambda self: self.story.ledger.standing())
    @rule(back=st.integers(1, 5))
    def correct_as_it_was(self, back: int) -> None:
        """What takes the place of itself changes nothing but its id."""
        standing = self.story.ledger.standing()
        first, parts = standing[-min(back, len(standing))]
        before, id_ = self.story.ledger.seen(), self.driver.draw_id()
        same = first.ask._replace(id=id_, parts=tuple(parts), already=True, target=first.ask.id, code=None)
        if not same.names:
            same = same._replace(patient="same")
        if first.ask.on_paper and not any(each.what == "given" for each in parts):
            return
        if self.ask(same) == "recorded":
            after = self.story.ledger.seen()
            assert (after.status, after.lines) == (before.status, before.lines)
            moved = [each for each in before.past if each.id != first.ask.id]
            assert [each.id for each in after.past] == [*(each.id for each in moved), id_]

    @precondition(lambda self: len(self.story.asked) > 10 and self.story.ledger.standing())
    @rule()
    def take_all_back(self) -> None:
        """When all that was executed is taken back, it is as if nothing had been."""
        for first, _ in self.story.ledger.standing():
            self.ask(Ask("withdraw", self.driver.draw_id(), self.amender(first, "its place"), target=first.ask.id))
        seen, stops = self.story.ledger.seen(), self.story.ledger.stops()
        total = [each.total for each in self.story.order.lines]
        left = [0 if 0 in stops or rank in stops else each for rank, each in enumerate(total, start=1)]
        assert (seen.past, [each[1:] for each in seen.lines]) == ((), [(0, each) for each in left])
        assert seen.status in ("registered", "cancelled", "replaced")

    @rule(by=st.sampled_from(("rival", "pharmacist", "nurse", "martin")), code=st.sampled_from(CODES))
    @precondition(lambda self: len(self.story.asked) > 3)
    def report(self, by: Person, code: str | None) -> None:
        if not self.crowded(by):
            self.ask(Ask("report", self.driver.draw_id(), by, self.story.code(code)))

    @precondition(lambda self: self.story.order.paperless or len(self.story.asked) > 12)
    @rule(by=STOPPERS, age=st.sampled_from((0, 0, 2, -1)), channel=st.sampled_from((0, 0, 0, 1)))
    def copy_arrived(self, by: str, age: int, channel: int) -> None:
        at = self.driver.now() - timedelta(hours=age)
        self.ask(Ask("copy", self.driver.draw_id(), self.story.doctor(by), done_at=at, version=channel))

    @precondition(lambda self: len(self.story.asked) != 1)
    @rule(back=st.integers(1, 6), by=st.sampled_from((None, None, None, "rival", "simon")), known=st.booleans())
    def ask_whether_recorded(self, back: int, by: Person | None, known: bool) -> None:
        """«Was mine recorded?»: of an act, or of none, by its author or by somebody else."""
        asked = [each for each in self.story.asked if each.who != "assistant"] if known else []
        first = asked[-min(back, len(asked))] if asked else None
        who = by or (first.who if first else "pharmacist")
        target = first.id if first else self.driver.draw_id()
        self.ask(Ask("recorded", self.driver.draw_id(), who, target=target))

    def execution(self, back: int) -> Act:
        """One of the executions, standing or not."""
        every = list(self.story.ledger.executions().values())
        return every[-min(back, len(every))]

    def amender(self, first: Act, by: str) -> Person:
        """Somebody of the place that executed, who may amend it; or of another."""
        if by == "its place":
            return place(first.ask.who)
        return "pharmacist" if place(first.ask.who) == "rival" else "rival"
