"""A second opinion, naive on purpose: one sheet in one ledger, kept as a careful clerk would, in fifty statements at most
beside five constants.

It imports nothing of the model: what it knows of the circuit is written here a second time, from its sentences.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from gestures import Ask, Order, Past, Seen

DAY = timedelta(days=1)
READS = {"pharmacist": "products", "assistant": "products", "rival": "products", "nurse": "care"}
WORKS_WITH = {"assistant": "pharmacist"}
UNSAID = {"boxes": "quantity-wanted", "visits": "quantity-wanted", "days": "unit-differs"}
NOTHING = Order(UUID(int=0), "martin", "products", False, date.min + DAY, ())


class Ledger:
    """Acts in `book`; executions with what stands against each, and if they came early: in `done`, or `kept` for the order."""

    order, stopped = NOTHING, frozenset[str]()

    def __init__(self) -> None:
        self.book, self.given = dict[UUID, Ask](), list[int]()
        self.done, self.kept = list[tuple[Ask, list[str], bool]](), list[tuple[Ask, list[str], bool]]()

    def answer(self, ask: Ask, now: datetime) -> tuple[str, list[str]]:
        """What must be answered: a refusal's code or what became of it, and what it is in conflict with."""
        if first := self.book.get(ask.id):
            mine = WORKS_WITH.get(first.who, first.who) == WORKS_WITH.get(ask.who, ask.who)
            return ("again" if mine and first.what == ask.what else "exists-different"), []
        here = self.order is not NOTHING
        stopped = (self.order.doctor if here else ask.code) in self.stopped
        given, unfit, over = self.weighed(ask)
        against = ["cancelled"] * (stopped and ask.hands_over) + ["identity-differs"] * (ask.patient == "other")
        against += [] if stopped else over
        if refusal := self.refusal(ask, now, here, stopped, [*unfit, *([] if ask.already else against)]):
            return refusal, []
        if ask.op in ("consult", "read-back"):
            return "answered", []
        self.book[ask.id] = ask
        self.stopped |= {ask.who} if ask.op == "cancel" else set()
        if ask.op == "execute":
            self.given = given
            (self.done if here else self.kept).append((ask, against, not here))
        if ask.op == "register" and ask.order:
            self.order, self.given = ask.order, [0] * len(ask.order.lines)
            for each, told, early in self.kept:
                if each.code == self.order.doctor and READS[each.who] == self.order.family:
                    self.given, unfit, over = self.weighed(each, early)
                    self.done.append((each, told + unfit + over, early))
        return "recorded", against

    def refusal(self, ask: Ask, now: datetime, here: bool, stopped: bool, wrong: list[str]) -> str | None:
        """The first thing that stands against what is asked, in this order; `wrong`: in its parts."""
        order, own = ask.order or self.order, ask.who == (self.order.doctor if here else ask.code)
        reads, kept = READS.get(ask.who) == order.family, ask.code and (ask.already or ask.op == "invoice")
        unknown = "unknown-number" if not ask.code else "cancelled" if stopped else "not-yet-registered"
        column = (
            ("register", ask.who != order.doctor, "signer-not-caller"),
            ("register", order.written.replace(year=order.written.year + 1) < now.date(), "written-too-long-ago"),
            ("register", here, "number-taken"),
            ("consult execute invoice", not here and not kept, unknown),
            ("consult", own and not reads, "own-prescription"),
            ("consult execute invoice", here and not reads, "not-your-family"),
            ("execute", ask.done_at > now + DAY / 288, "performed-in-future"),
            ("execute", here and ask.done_at.date() < order.written - DAY, "performed-before-written"),
            ("execute", here and not ask.already and ask.done_at < now - DAY, "late-needs-already"),
            ("execute", here and wrong, "".join(wrong[:1])),
            ("cancel read-back", not here and not (ask.code and ask.op == "cancel"), "not-registered"),
            ("cancel read-back", not own, "not-your-prescription"),
            ("read-back", order.opposed, "patient-opposed"),
            ("cancel", stopped, "already-cancelled"),
            ("cancel", here and not order.opposed and self.seen().status == "executed", "already-executed"),
        )
        return next((code for ops, met, code in column if ask.op in ops and met), None)

    def weighed(self, ask: Ask, early: bool = False) -> tuple[list[int], list[str], list[str]]:
        """What will have been given of each line; what is unfit in the parts, or was when it came early; what goes over."""
        lines, given, over = self.order.lines, [*self.given], list[str]()
        unfit = ["performed-before-written"] * (early and ask.done_at.date() < self.order.written - DAY)
        for what, rank, amount, reason in [each for each in ask.parts if each.what != "handwritten"]:
            if rank > len(lines):
                unfit.append("unknown-line")
            elif what == "given":
                line = lines[rank - 1]
                unfit += [UNSAID.get(line.kind, "")] * (amount is None and not ask.already and line.kind in UNSAID)
                unfit += ["secured-unregistered"] * (early and line.secured)
                given[rank - 1] += amount or line.one
                over += ["secured-" * line.secured + "more-than-left"] * (
                    line.total is not None and given[rank - 1] > line.total and (line.secured or not reason)
                )
        return given, unfit, over

    def seen(self) -> Seen:
        """The sheet as whoever is entitled must be shown it."""
        lines = list(zip(self.given, self.order.lines, strict=True))
        stopped, full = self.order.doctor in self.stopped, all(n >= (line.total or n + 1) for n, line in lines)
        left = [0 if stopped else None if line.total is None else max(0, line.total - n) for n, line in lines]
        begun = "executed" if full else "partly-executed" if any(self.given) else "registered"
        past = tuple(Past(ask.id, early, frozenset(codes)) for ask, codes, early in self.done)
        return Seen("cancelled" if stopped else begun, tuple(zip(self.given, left, strict=True)), past)
